//! A decision as it is kept: the facts of its request, and as much of what was in force as had to do with it.
//!
//! It is enough to decide again, which comes to the same: that is how a receipt is explained days later, and how a policy is tried
//! on what happened before it. Nothing in it is a credential.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::auth_policy::AuthPolicySettings;
use super::authenticator::Authenticators;
use super::decide::is_managed;
use super::domain_name::DomainName;
use super::email::EmailAddress;
use super::explain::{Explanation, explain};
use super::facts::{Facts, Person, ProofFact, Session};
use super::group::Invited;
use super::lane::Lane;
use super::lifecycle::{Claim, Standing};
use super::member::{AuthPolicy, Member, TokenWord};
use super::mode::Mode;
use super::organization::OrganizationId;
use super::policy::{ExternalUserPolicy, PolicyVersion, Snapshot};
use super::verification::ApiTokens;

/// What a request was judged by. As JSON it is one object, in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    organization: OrganizationId,
    mode: Mode,
    lane: Lane,
    customers_exempt: bool,
    session: RecordedSession,
    proof: ProofFact,
    revoked_at: Option<Timestamp>,
    enrolled_until: Option<Timestamp>,
    exempt_until: Option<Timestamp>,
    site_tokens: ApiTokens,
    invited: Invited,
    in_force: InForce,
}

/// As much of a snapshot as counts for one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct InForce {
    /// Whether the organization owns the domain of the person's address.
    owns_domain: bool,
    /// The external user policy that the person goes by.
    external: ExternalUserPolicy,
    /// Whether any policy of the organization refuses API tokens.
    blocks_tokens: bool,
    /// The authentication policy of the person.
    auth: Option<RecordedAuthPolicy>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedAuthPolicy {
    settings: Option<AuthPolicySettings>,
    reset_at: Option<Timestamp>,
    version: Option<PolicyVersion>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RecordedSession {
    NotAsked,
    Anonymous,
    Unrecognised,
    Unavailable,
    Person(Box<RecordedPerson>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedPerson {
    email: Option<EmailAddress>,
    claim: Claim,
    standing: Standing,
    ends_at: Option<Timestamp>,
    is_customer: bool,
    policy: Option<Uuid>,
    member: Option<RecordedMember>,
    address_changed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedMember {
    asked: Option<AuthPolicySettings>,
    began_at: Timestamp,
    active_at: Timestamp,
    reset_at: Option<Timestamp>,
    token: Option<RecordedToken>,
    authenticators: Authenticators,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedToken {
    issuer: String,
    claims: Vec<Box<str>>,
}

impl Recorded {
    /// What a request is judged by.
    pub fn of(snapshot: &Snapshot, facts: &Facts<'_>) -> Self {
        let organization = facts.organization;
        let (person, believed) = match facts.session {
            Session::Person(person) => (Some(person), person.believed_email()),
            _ => (None, None),
        };
        let domain = person.and_then(|person| person.email).map(EmailAddress::domain);
        let owner = domain.and_then(|domain| snapshot.verified_domains.get(domain));
        Self {
            organization: organization.clone(),
            mode: facts.mode,
            lane: facts.lane,
            customers_exempt: facts.customers_exempt,
            session: RecordedSession::of(&facts.session),
            proof: facts.proof,
            revoked_at: facts.revoked_at,
            enrolled_until: facts.enrolled_until,
            exempt_until: facts.exempt_until,
            site_tokens: facts.api_tokens,
            invited: facts.invited,
            in_force: InForce {
                owns_domain: owner == Some(organization),
                external: snapshot.external_policy(organization, believed),
                blocks_tokens: snapshot.may_block_tokens(organization),
                auth: person.map(|person| {
                    let AuthPolicy { settings, reset_at, version } =
                        snapshot.auth.of(organization, person.policy);
                    let settings = settings.as_deref().cloned();
                    RecordedAuthPolicy { settings, reset_at: *reset_at, version: *version }
                }),
            },
        }
    }

    /// The lane of the request.
    pub fn lane(&self) -> Lane {
        self.lane
    }

    /// The facts of the request.
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            organization: &self.organization,
            mode: self.mode,
            lane: self.lane,
            customers_exempt: self.customers_exempt,
            session: self.session.as_it_was(),
            proof: self.proof,
            revoked_at: self.revoked_at,
            enrolled_until: self.enrolled_until,
            exempt_until: self.exempt_until,
            api_tokens: self.site_tokens,
            invited: self.invited,
        }
    }

    /// What was in force, for this request and no other.
    pub fn in_force(&self) -> Snapshot {
        let InForce { owns_domain, external, blocks_tokens, auth } = &self.in_force;
        let mut snapshot = Snapshot { external: *external, ..Snapshot::default() };
        let domain = self.session.email().map(EmailAddress::domain).filter(|_| *owns_domain);
        if let Some(domain) = domain.and_then(|domain| DomainName::parse(domain).ok()) {
            snapshot.verified_domains.insert(domain, self.organization.clone());
        }
        if let Some(RecordedAuthPolicy { settings, reset_at, version }) = auth {
            let (reset_at, version) = (*reset_at, *version);
            let policy = AuthPolicy { settings: settings.clone().map(Arc::new), reset_at, version };
            snapshot.auth.add(Uuid::nil(), self.organization.clone(), true, policy);
        }
        if *blocks_tokens {
            snapshot.auth.block_tokens(self.organization.clone());
        }
        snapshot
    }

    /// What was asked of the person on the way, if it was about a page of theirs and not about a token.
    pub fn explain(&self, at: Timestamp) -> Option<Explanation> {
        let is_page = matches!(
            self.lane,
            Lane::Browser | Lane::Background | Lane::Websocket | Lane::Mobile | Lane::Own
        );
        if is_page { explain(&self.in_force(), &self.facts(), at) } else { None }
    }

    /// The policy that decided, and which of its versions: the authentication policy of whoever is managed, the external user
    /// policy of everybody else. `None` where it is the configuration file's, or none.
    pub fn policy(&self) -> Option<PolicyVersion> {
        let snapshot = self.in_force();
        match self.session.as_it_was() {
            Session::Person(person) if is_managed(&snapshot, &self.organization, person) => {
                self.in_force.auth.as_ref().and_then(|auth| auth.version)
            }
            _ => self.in_force.external.version,
        }
    }
}

impl RecordedSession {
    fn of(session: &Session<'_>) -> Self {
        match session {
            Session::NotAsked => Self::NotAsked,
            Session::Anonymous => Self::Anonymous,
            Session::Unrecognised => Self::Unrecognised,
            Session::Unavailable => Self::Unavailable,
            Session::Person(person) => Self::Person(Box::new(RecordedPerson::of(person))),
        }
    }

    fn as_it_was(&self) -> Session<'_> {
        match self {
            Self::NotAsked => Session::NotAsked,
            Self::Anonymous => Session::Anonymous,
            Self::Unrecognised => Session::Unrecognised,
            Self::Unavailable => Session::Unavailable,
            Self::Person(person) => Session::Person(person.as_it_was()),
        }
    }

    fn email(&self) -> Option<&EmailAddress> {
        if let Self::Person(person) = self { person.email.as_ref() } else { None }
    }
}

impl RecordedPerson {
    fn of(person: &Person<'_>) -> Self {
        let Person { email, claim, standing, ends_at, is_customer, policy, member, address_changed } =
            *person;
        let member = member.map(|member| RecordedMember {
            asked: member.asked.cloned(),
            began_at: member.began_at,
            active_at: member.active_at,
            reset_at: member.reset_at,
            token: member.token.map(|token| RecordedToken {
                issuer: token.issuer.to_owned(),
                claims: token.claims.to_vec(),
            }),
            authenticators: member.authenticators,
        });
        let email = email.cloned();
        Self { email, claim, standing, ends_at, is_customer, policy, member, address_changed }
    }

    fn as_it_was(&self) -> Person<'_> {
        let Self { email, claim, standing, ends_at, is_customer, policy, member, address_changed } = self;
        let member = member.as_ref().map(|member| Member {
            asked: member.asked.as_ref(),
            began_at: member.began_at,
            active_at: member.active_at,
            reset_at: member.reset_at,
            token: member
                .token
                .as_ref()
                .map(|token| TokenWord { issuer: &token.issuer, claims: &token.claims }),
            authenticators: member.authenticators,
        });
        Person {
            email: email.as_ref(),
            claim: *claim,
            standing: *standing,
            ends_at: *ends_at,
            is_customer: *is_customer,
            policy: *policy,
            member,
            address_changed: *address_changed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decide::decide;
    use crate::domain::external_policy::PolicyKind;

    /// Whose a token is may be unknown, and then it matters what others are refused.
    #[test]
    fn a_decision_about_a_token_replays_by_what_others_are_refused() {
        let acme = OrganizationId::only();
        let blocks = ExternalUserPolicy { api_tokens: ApiTokens::Block, ..ExternalUserPolicy::default() };
        let email = EmailAddress::parse("jane@ext.test").unwrap();
        let person = Person {
            email: Some(&email),
            claim: Claim::None,
            standing: Standing::Active,
            ends_at: None,
            is_customer: false,
            policy: None,
            member: None,
            address_changed: false,
        };
        for (others_block, members_block) in [(false, false), (true, false), (false, true)] {
            let mut snapshot = Snapshot::default();
            if others_block {
                let other = vec![DomainName::parse("other.test").unwrap()];
                let policies = snapshot.policies.entry(acme.clone()).or_default();
                policies.add(PolicyKind::Named, blocks, other, Vec::new());
            }
            if members_block {
                snapshot.auth.block_tokens(acme.clone());
            }
            for session in
                [Session::NotAsked, Session::Unavailable, Session::Anonymous, Session::Person(person)]
            {
                let facts = Facts {
                    organization: &acme,
                    mode: Mode::Enforce,
                    lane: Lane::Api,
                    customers_exempt: false,
                    session,
                    proof: ProofFact::Absent,
                    revoked_at: None,
                    enrolled_until: None,
                    exempt_until: None,
                    api_tokens: ApiTokens::Allow,
                    invited: Invited::NotNeeded,
                };
                let (kept, now) = (Recorded::of(&snapshot, &facts), Timestamp::UNIX_EPOCH);
                let replayed = decide(&kept.in_force(), &kept.facts(), now);
                assert_eq!(
                    replayed,
                    decide(&snapshot, &facts, now),
                    "{session:?}, {others_block}, {members_block}"
                );
            }
        }
    }
}
