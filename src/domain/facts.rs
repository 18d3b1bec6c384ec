//! What is known of one request when it is decided: facts, gathered by the proxy, judged by `decide`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::email::EmailAddress;
use super::group::Invited;
use super::lane::Lane;
use super::lifecycle::{Claim, Standing};
use super::member::Member;
use super::method::Method;
use super::mode::Mode;
use super::organization::OrganizationId;
use super::verification::ApiTokens;

/// The facts of one request.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Whose site it is. Another organization's domains make nobody managed there.
    pub organization: &'a OrganizationId,
    /// How much of the decision the site carries out. Where that is nothing it is a plain proxy with the same hygiene.
    pub mode: Mode,
    /// The lane, chosen by the credentials that would be forwarded.
    pub lane: Lane,
    /// Whether the site lets customers of the product's portal pass.
    pub customers_exempt: bool,
    /// Whose session it is; on the API lane, whose token.
    pub session: Session<'a>,
    /// The proof that came along.
    pub proof: ProofFact,
    /// When this person last signed out on this browser or was reset: an older proof is void.
    pub revoked_at: Option<Timestamp>,
    /// Until when this person's session is enrolled as a mobile app's.
    pub enrolled_until: Option<Timestamp>,
    /// Until when a group that this person is in is exempt from codes.
    pub exempt_until: Option<Timestamp>,
    /// Whether the site takes API tokens of external people.
    pub api_tokens: ApiTokens,
    /// Whether the person was invited to the site, where it wants that of external people.
    pub invited: Invited,
}

/// What the identity source said of the session.
#[derive(Debug, Clone, Copy)]
pub enum Session<'a> {
    /// Nobody asked: the lane needs no identity, or nobody can be asked about such a token.
    NotAsked,
    /// The product knows nobody by this credential.
    Anonymous,
    /// A signed-in person.
    Person(Person<'a>),
    /// No source knows the credentials, and none of them is the product's word that they are nobody's.
    Unrecognised,
    /// A source did not answer, or not sensibly, and no other knew.
    Unavailable,
}

/// A signed-in person as the directory knows them.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// The pinned address; `None` where neither product nor directory reveals one.
    pub email: Option<&'a EmailAddress>,
    /// What the organization's claim of the account of this address amounts to.
    pub claim: Claim,
    /// Whether the account of this address may come in at all.
    pub standing: Standing,
    /// Until when they may come, where they are external and that was agreed.
    pub ends_at: Option<Timestamp>,
    /// Whether the product counts them as a customer of its portal, without access to the product itself.
    pub is_customer: bool,
    /// The authentication policy that the account is a member of, where it is managed.
    pub policy: Option<Uuid>,
    /// What is known of the session of a managed person. Without that it begins now, by the policy of now.
    pub member: Option<Member<'a>>,
    /// Whether the product now reports another address, or this address for another person, than was pinned.
    pub address_changed: bool,
}

impl<'a> Person<'a> {
    /// The address, unless they may have made it up.
    pub fn believed_email(&self) -> Option<&'a EmailAddress> {
        self.email.filter(|_| !self.address_changed)
    }
}

/// What the proof cookie amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProofFact {
    /// There is none.
    Absent,
    /// Not ours, damaged, or made for another person, site or browser.
    Invalid,
    /// Genuine: this person passed a challenge in this browser then, in that way.
    VerifiedAt(Timestamp, Method),
}
