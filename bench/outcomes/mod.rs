//! One set of facts for each outcome of a decision, and the policy that they are judged by.

use std::hint::black_box;
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use postern::domain::auth_policy::AuthPolicySettings;
use postern::domain::authenticator::Authenticators;
use postern::domain::decide::decide;
use postern::domain::decision::Decision;
use postern::domain::domain_name::DomainName;
use postern::domain::email::EmailAddress;
use postern::domain::facts::{Facts, Person, ProofFact, Session};
use postern::domain::group::Invited;
use postern::domain::lane::Lane;
use postern::domain::lifecycle::{Claim, Standing};
use postern::domain::member::{AuthPolicies, AuthPolicy, Member};
use postern::domain::method::Method;
use postern::domain::mode::Mode;
use postern::domain::organization::OrganizationId;
use postern::domain::policy::{ApiTokens, Snapshot};

const NOW: i64 = 1_800_000_000;
const DAY: i64 = 86_400;

/// An organization, one of its people and a stranger.
pub struct Outcomes {
    snapshot: Snapshot,
    organization: OrganizationId,
    managed: EmailAddress,
    external: EmailAddress,
    /// What was asked of the managed one at their sign-in.
    asked: Arc<AuthPolicySettings>,
}

/// The policy of the managed one.
const POLICY: Uuid = Uuid::from_u128(7);

impl Outcomes {
    /// With more verified domains than most organizations have.
    pub fn new() -> Self {
        let name = |number: usize| DomainName::parse(&format!("d{number}.acme.com")).expect("a domain");
        let domain = |number| (name(number), OrganizationId::only());
        let (asked, mut auth) = (Arc::new(AuthPolicySettings::default()), AuthPolicies::default());
        let policy = AuthPolicy { settings: Some(Arc::clone(&asked)), reset_at: None, version: None };
        auth.add(POLICY, OrganizationId::only(), true, policy);
        Self {
            snapshot: Snapshot {
                verified_domains: (0..1000).map(domain).collect(),
                auth,
                ..Snapshot::default()
            },
            asked,
            organization: OrganizationId::only(),
            managed: EmailAddress::parse("liam@d500.acme.com").expect("an address"),
            external: EmailAddress::parse("jane@partner.example").expect("an address"),
        }
    }

    /// Names and facts. Each name begins with the outcome.
    pub fn rows(&self) -> [(&'static str, Facts<'_>); 10] {
        let person = |email, claimed: bool| {
            Session::Person(Person {
                email,
                claim: if claimed { Claim::InForce } else { Claim::None },
                standing: Standing::Active,
                ends_at: None,
                is_customer: false,
                policy: claimed.then_some(POLICY),
                member: claimed.then_some(Member {
                    asked: Some(&self.asked),
                    began_at: at(NOW - DAY),
                    active_at: at(NOW - 60),
                    reset_at: None,
                    token: None,
                    authenticators: Authenticators::default(),
                }),
                address_changed: false,
            })
        };
        let facts = |session, proof| Facts {
            organization: &self.organization,
            mode: Mode::Enforce,
            customers_exempt: false,
            lane: Lane::Browser,
            session,
            proof,
            revoked_at: None,
            enrolled_until: None,
            exempt_until: None,
            api_tokens: ApiTokens::Allow,
            invited: Invited::NotNeeded,
        };
        let stranger = person(Some(&self.external), false);
        let verified = |days: i64| ProofFact::VerifiedAt(at(NOW - days * DAY), Method::MailedCode);
        let not_asked = facts(Session::NotAsked, ProofFact::Absent);
        let rows = [
            ("pass, managed", facts(person(Some(&self.managed), true), ProofFact::Absent)),
            ("pass, fresh proof", facts(stranger, verified(1))),
            ("pass, anonymous", facts(Session::Anonymous, ProofFact::Absent)),
            ("pass, API token", Facts { lane: Lane::Api, ..not_asked }),
            ("pass, enforcement off", Facts { mode: Mode::Off, ..not_asked }),
            ("challenge, no proof", facts(stranger, ProofFact::Absent)),
            ("challenge, proof expired", facts(stranger, verified(8))),
            ("challenge, proof revoked", Facts { revoked_at: Some(at(NOW)), ..facts(stranger, verified(1)) }),
            ("deny, address unknown", facts(person(None, false), ProofFact::Absent)),
            ("unavailable, identity unknown", facts(Session::Unavailable, verified(1))),
        ];
        for (name, facts) in &rows {
            let outcome = format!("{:?}", self.decide(facts)).to_lowercase();
            assert!(name.starts_with(outcome.split('(').next().unwrap_or_default()), "{name}: {outcome}");
        }
        rows
    }

    /// The decision on these facts.
    pub fn decide(&self, facts: &Facts<'_>) -> Decision {
        decide(black_box(&self.snapshot), black_box(facts), black_box(at(NOW)))
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time of this century")
}
