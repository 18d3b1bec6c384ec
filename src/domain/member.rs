//! A managed person as a member of an authentication policy: what it asks of their session, and whether the session does that.
//!
//! Settings act from a member's next sign-in on, so a session is held to those of its beginning. What ends sessions now is a
//! reset. A token has no sign-in: it is held to the settings of now.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use foldhash::fast::RandomState;
use jiff::Timestamp;
use uuid::Uuid;

use super::auth_policy::{AuthPolicySettings, SingleSignOn, TwoStep};
use super::authenticator::Authenticators;
use super::decision::Reason;
use super::method::Method;
use super::mode::Mode;
use super::organization::OrganizationId;
use super::verification::{ApiTokens, PolicyVersion};

/// Where nobody made a policy, nothing is asked.
static NOTHING_ASKED: LazyLock<AuthPolicy> =
    LazyLock::new(|| AuthPolicy { settings: Some(Arc::default()), reset_at: None, version: None });

/// A policy as the gate knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthPolicy {
    /// What it asks; `None` where that cannot be read, and then nobody passes by it.
    pub settings: Option<Arc<AuthPolicySettings>>,
    /// Sessions of members that began before are over.
    pub reset_at: Option<Timestamp>,
    /// Which policy it is; `None` where nobody made any.
    pub version: Option<PolicyVersion>,
}

/// The policies of all organizations.
#[derive(Debug, Clone, Default)]
pub struct AuthPolicies {
    by_id: HashMap<Uuid, AuthPolicy, RandomState>,
    defaults: HashMap<OrganizationId, Uuid, RandomState>,
    /// The organizations that have a policy which blocks API tokens, or may.
    blocking: HashSet<OrganizationId, RandomState>,
}

/// What is known of a member's session.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// What their policy asked when it began; `None` where that cannot be read.
    pub asked: Option<&'a AuthPolicySettings>,
    /// When they signed in, or were first seen with it.
    pub began_at: Timestamp,
    /// When they last did something with it themselves.
    pub active_at: Timestamp,
    /// When the person was last reset.
    pub reset_at: Option<Timestamp>,
    /// The signed token that it came with.
    pub token: Option<TokenWord<'a>>,
    /// What they set up for a second step. Nobody looks where their policy asks for none.
    pub authenticators: Authenticators,
}

/// What a signed token says of the sign-in.
#[derive(Debug, Clone, Copy)]
pub struct TokenWord<'a> {
    /// Who signed it.
    pub issuer: &'a str,
    /// The names of its claims that say something: not null, false or empty.
    pub claims: &'a [Box<str>],
}

impl AuthPolicy {
    /// How much of it is carried out. What cannot be read is carried out in full.
    pub fn mode(&self) -> Mode {
        self.settings.as_ref().map_or(Mode::Enforce, |settings| settings.mode)
    }

    /// A session that nobody knows anything of yet: it begins now, by the settings of now.
    pub(super) fn begins(&self, now: Timestamp) -> Member<'_> {
        let asked = self.settings.as_deref();
        let authenticators = Authenticators::default();
        Member { asked, began_at: now, active_at: now, reset_at: None, token: None, authenticators }
    }

    /// What a session is held to. What was asked when it began and cannot be read may be more than is believed of it, so what is
    /// asked now is.
    pub(super) fn asks<'a>(&'a self, member: &Member<'a>) -> Option<&'a AuthPolicySettings> {
        member.asked.or(self.settings.as_deref())
    }

    /// Whether members may use API tokens. Of what cannot be read nobody gains anything.
    pub fn api_tokens(&self) -> ApiTokens {
        self.settings.as_ref().map_or(ApiTokens::Block, |settings| settings.api_tokens)
    }
}

impl AuthPolicies {
    /// Takes in a policy.
    pub fn add(&mut self, id: Uuid, organization: OrganizationId, is_default: bool, policy: AuthPolicy) {
        if policy.api_tokens() == ApiTokens::Block {
            self.block_tokens(organization.clone());
        }
        if is_default {
            self.defaults.insert(organization, id);
        }
        self.by_id.insert(id, policy);
    }

    /// The policy that an account goes by. Who has none, or one that is gone, goes by the default.
    pub fn of(&self, organization: &OrganizationId, policy: Option<Uuid>) -> &AuthPolicy {
        let find = |id: &Uuid| self.by_id.get(id);
        let named = policy.as_ref().and_then(find);
        named.or_else(|| self.defaults.get(organization).and_then(find)).unwrap_or(&NOTHING_ASKED)
    }

    /// Takes in that a policy of an organization refuses API tokens, or may.
    pub(super) fn block_tokens(&mut self, organization: OrganizationId) {
        self.blocking.insert(organization);
    }

    /// Whether any policy of an organization refuses API tokens, so that it matters whose a token is.
    pub fn may_block_tokens(&self, organization: &OrganizationId) -> bool {
        !self.blocking.is_empty() && self.blocking.contains(organization)
    }
}

impl Member<'_> {
    /// Why the session is over or is none that the policy takes, so that the person has to sign in again.
    pub(super) fn ended(
        &self,
        settings: &AuthPolicySettings,
        policy_reset_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<Reason> {
        if self.reset_at.max(policy_reset_at).is_some_and(|reset_at| self.began_at <= reset_at) {
            return Some(Reason::SessionReset);
        }
        if !self.is_signed_on(&settings.single_sign_on) {
            return Some(Reason::SingleSignOn);
        }
        if settings.session_expiration.is_some_and(|length| is_over(self.began_at, length, now)) {
            return Some(Reason::SessionExpired);
        }
        is_over(self.active_at, settings.idle_session, now).then_some(Reason::SessionIdle)
    }

    /// When it is over, used or not.
    pub(super) fn ends_at(&self, settings: &AuthPolicySettings) -> Option<Timestamp> {
        let length = settings.session_expiration?;
        Some(self.began_at.saturating_add(length).unwrap_or(Timestamp::MAX))
    }

    /// Whether it came from where the policy wants. Only a signed token says where it came from.
    fn is_signed_on(&self, wanted: &SingleSignOn) -> bool {
        match (wanted, self.token) {
            (SingleSignOn::NotEnforced, _) => true,
            (_, None) => false,
            (SingleSignOn::Issuer(issuer), Some(token)) => token.issuer == issuer,
            (SingleSignOn::Claim(claim), Some(token)) => token.claims.iter().any(|name| **name == **claim),
        }
    }

    /// How a second step is still to be done, if it is: once in each session, in a way that the policy lists.
    pub(super) fn lacks_second_step(
        &self,
        settings: &AuthPolicySettings,
        verified: Option<(Timestamp, Method)>,
        revoked_at: Option<Timestamp>,
    ) -> Option<SecondStep> {
        let methods = match settings.two_step {
            TwoStep::Off => return None,
            // At whatever host they set it up, or another host would be the way around it.
            TwoStep::Optional(methods) if self.authenticators.among(methods).is_empty() => return None,
            TwoStep::Optional(methods) | TwoStep::Required(methods) => methods,
        };
        let counts = |at: Timestamp, by| {
            at >= self.began_at && methods.has(by) && revoked_at.is_none_or(|revoked_at| at > revoked_at)
        };
        if verified.is_some_and(|(at, by)| counts(at, by)) {
            return None;
        }
        if methods.has(Method::MailedCode) || !self.authenticators.usable(methods).is_empty() {
            return Some(SecondStep::Ask);
        }
        if self.authenticators.possible(methods).is_empty() {
            return Some(SecondStep::Impossible);
        }
        Some(SecondStep::SetUp)
    }
}

/// Whether so long has passed. Compared as numbers: adding to a time takes a hundred instructions of each request.
fn is_over(since: Timestamp, length: Duration, now: Timestamp) -> bool {
    let age = now.as_nanosecond() - since.as_nanosecond();
    age >= i128::try_from(length.as_nanos()).unwrap_or(i128::MAX)
}

/// How a second step can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecondStep {
    /// In one of the ways that the policy lists and the person has.
    Ask,
    /// In one that they have to set up first.
    SetUp,
    /// In none of the ways that the policy lists: nobody can set them up here.
    Impossible,
}
