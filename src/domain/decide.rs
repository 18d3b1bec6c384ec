//! The decision: an ordered list of ifs over facts, whose last line challenges.
//!
//! It never does I/O, never reads a clock, never allocates. A new rule is a new line here, a new `Reason`, and a new row in
//! the table below.

use std::time::Duration;

use jiff::Timestamp;

use super::account::Class;
use super::decision::{Credentials, Decision, Permit, Reason};
use super::facts::{Facts, Person, ProofFact, Session};
use super::lane::Lane;
use super::organization::OrganizationId;
use super::policy::{ApiTokens, ExternalUserPolicy, Snapshot, Verification};

/// How far clocks of several machines may differ before a proof counts as made in the future.
pub const CLOCK_SKEW: Duration = Duration::from_secs(60);

/// Decides what happens to a request.
pub fn decide(snapshot: &Snapshot, facts: &Facts<'_>, now: Timestamp) -> Decision {
    // The API lane forwards the Authorization alone, so it gains nothing from whatever session lies beside it.
    if facts.lane == Lane::Api {
        return decide_token(snapshot, facts);
    }
    if facts.lane == Lane::TrustedApi {
        return Decision::Pass(Permit::new(Reason::TrustedSource, Credentials::Authorization));
    }
    // A sign-in by a password in the head. A session beside it would be a second credential, so it stays here.
    if facts.lane == Lane::SignIn {
        return Decision::Pass(Permit::new(Reason::LoginPage, Credentials::Authorization));
    }
    if !facts.enforced {
        return Decision::Pass(Permit::new(Reason::EnforcementOff, Credentials::Cookies));
    }
    // Signing in and out must work without a code, or nobody could ever reach the challenge.
    if facts.lane == Lane::Public {
        return Decision::Pass(Permit::new(Reason::LoginPage, Credentials::Cookies));
    }
    // Without any credential it is a stranger's request, so neither a path nor an address opens anything by itself.
    if facts.lane == Lane::Resource {
        return Decision::Pass(Permit::new(Reason::PublicResource, Credentials::None));
    }
    if facts.lane == Lane::Trusted {
        return Decision::Pass(Permit::new(Reason::TrustedSource, Credentials::None));
    }
    match facts.session {
        Session::NotAsked if facts.lane == Lane::Anonymous => pass_anonymous(),
        // A session may become somebody's by a sign-in while the socket stays open, so it opens none.
        Session::Anonymous if facts.lane == Lane::Websocket => {
            Decision::Pass(Permit::new(Reason::Anonymous, Credentials::None))
        }
        Session::Anonymous => pass_anonymous(),
        // The product might accept what was not recognised here (a token just expired), so nothing of it goes on.
        Session::Unrecognised => Decision::Pass(Permit::new(Reason::Anonymous, Credentials::None)),
        Session::Person(person) => decide_person(snapshot, facts, person, now),
        // A session that nobody could or would resolve is never a pass.
        Session::NotAsked | Session::Unavailable => Decision::Unavailable(Reason::IdentityUnavailable),
    }
}

/// What somebody is to the organization, for labels.
pub fn class(snapshot: &Snapshot, organization: &OrganizationId, session: Session<'_>) -> Class {
    match session {
        Session::Person(person) if is_managed(snapshot, organization, person) => Class::Managed,
        Session::Person(_) => Class::External,
        Session::Anonymous => Class::Anonymous,
        Session::NotAsked | Session::Unrecognised | Session::Unavailable => Class::Unknown,
    }
}

fn decide_token(snapshot: &Snapshot, facts: &Facts<'_>) -> Decision {
    let pass = Decision::Pass(Permit::new(Reason::ApiToken, Credentials::Authorization));
    let site_allows = facts.api_tokens == ApiTokens::Allow;
    if !facts.enforced || (site_allows && !snapshot.may_block_tokens(facts.organization)) {
        return pass;
    }
    match facts.session {
        Session::Person(person) if is_managed(snapshot, facts.organization, person) => pass,
        Session::Person(person) if site_allows && may_use_tokens(snapshot, facts, person) => pass,
        // A token that the product does not know: it says so itself, and better.
        Session::Anonymous => pass,
        Session::Unavailable => Decision::Unavailable(Reason::IdentityUnavailable),
        // Whoever cannot be shown to be managed is external.
        Session::Person(_) | Session::NotAsked | Session::Unrecognised => {
            Decision::Deny(Reason::TokenBlocked)
        }
    }
}

fn may_use_tokens(snapshot: &Snapshot, facts: &Facts<'_>, person: Person<'_>) -> bool {
    snapshot.external_policy(facts.organization, person).api_tokens == ApiTokens::Allow
}

fn pass_anonymous() -> Decision {
    Decision::Pass(Permit::new(Reason::Anonymous, Credentials::Cookies))
}

fn decide_person(snapshot: &Snapshot, facts: &Facts<'_>, person: Person<'_>, now: Timestamp) -> Decision {
    if is_managed(snapshot, facts.organization, person) {
        return Decision::Pass(Permit::new(Reason::Managed, Credentials::Cookies));
    }
    // By what the account may do, never by path: a customer of the portal reaches nothing else with any of them.
    if person.is_customer && facts.customers_exempt {
        return Decision::Pass(Permit::new(Reason::PortalCustomer, Credentials::Cookies));
    }
    let policy = snapshot.external_policy(facts.organization, person);
    match policy.verification {
        Verification::Required => {}
        Verification::Off => {
            return Decision::Pass(Permit::new(Reason::VerificationOff, Credentials::Cookies));
        }
        // Whatever it says, it may say less than is believed of it.
        Verification::Unreadable => return Decision::Unavailable(Reason::PolicyUnreadable),
    }
    let stale = match facts.proof {
        ProofFact::VerifiedAt(at) => match staleness(&policy, facts, at, now) {
            None => {
                let end = at.saturating_add(policy.frequency).unwrap_or(Timestamp::MAX);
                return Decision::Pass(Permit::new(Reason::FreshProof, Credentials::Cookies).until(end));
            }
            Some(reason) => reason,
        },
        ProofFact::Invalid => Reason::ProofInvalid,
        ProofFact::Absent => Reason::NoProof,
    };
    // An app that signed in there keeps its session, as in the product whose feature this is.
    if let Some(end) = facts.enrolled_until.filter(|&end| now < end) {
        return Decision::Pass(Permit::new(Reason::MobileSession, Credentials::Cookies).until(end));
    }
    // Without a mailbox a code page would be a dead end.
    if person.email.is_none() {
        return Decision::Deny(Reason::AddressUnknown);
    }
    Decision::Challenge(stale)
}

/// Managed needs two facts, and an address that its owner can edit is neither.
fn is_managed(snapshot: &Snapshot, organization: &OrganizationId, person: Person<'_>) -> bool {
    let Some(email) = person.email else { return false };
    person.claimed
        && !person.address_changed
        && snapshot.verified_domains.get(email.domain()).is_some_and(|owner| owner == organization)
}

fn staleness(
    policy: &ExternalUserPolicy,
    facts: &Facts<'_>,
    verified_at: Timestamp,
    now: Timestamp,
) -> Option<Reason> {
    if facts.revoked_at.max(policy.reset_at).is_some_and(|revoked| verified_at <= revoked) {
        return Some(Reason::ProofRevoked);
    }
    let skew = i128::try_from(CLOCK_SKEW.as_nanos()).unwrap_or(0);
    let age = now.as_nanosecond() - verified_at.as_nanosecond();
    if age < -skew {
        return Some(Reason::ProofFromFuture);
    }
    let frequency = i128::try_from(policy.frequency.as_nanos()).unwrap_or(0);
    (age >= frequency).then_some(Reason::ProofExpired)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::domain_name::DomainName;
    use crate::domain::email::EmailAddress;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    const WEEK: i64 = 7 * 86_400;
    const NOW: i64 = 1_800_000_000;
    static ONLY: LazyLock<OrganizationId> = LazyLock::new(OrganizationId::only);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn snapshot() -> Snapshot {
        let mut snapshot = Snapshot::default();
        snapshot.verified_domains.insert(DomainName::parse("acme.com").unwrap(), OrganizationId::only());
        snapshot
    }

    fn person(email: Option<&EmailAddress>, claimed: bool) -> Session<'_> {
        Session::Person(Person { email, claimed, is_customer: false, address_changed: false })
    }

    fn facts(session: Session<'_>, proof: ProofFact) -> Facts<'_> {
        Facts {
            organization: &ONLY,
            enforced: true,
            customers_exempt: false,
            lane: Lane::Browser,
            session,
            proof,
            revoked_at: None,
            enrolled_until: None,
            api_tokens: ApiTokens::Allow,
        }
    }

    fn reason(facts: &Facts<'_>) -> (&'static str, &'static str) {
        let decision = decide(&snapshot(), facts, at(NOW));
        let outcome = match decision {
            Decision::Pass(_) => "pass",
            Decision::Challenge(_) => "challenge",
            Decision::Deny(_) => "deny",
            Decision::Unavailable(_) => "unavailable",
        };
        (outcome, decision.reason().code())
    }

    /// The truth table of managed accounts, and a row for each reason.
    #[test]
    fn a_domain_of_one_organization_makes_nobody_managed_at_another() {
        let (liam, other) =
            (EmailAddress::parse("liam@acme.com").unwrap(), OrganizationId::parse("other").unwrap());
        let at_home = facts(person(Some(&liam), true), ProofFact::Absent);
        assert_eq!(reason(&at_home), ("pass", "managed"));
        assert_eq!(reason(&Facts { organization: &other, ..at_home }), ("challenge", "no-proof"));
        assert_eq!(class(&snapshot(), &other, at_home.session), Class::External);
    }

    #[test]
    fn every_reason_has_its_row() {
        let liam = EmailAddress::parse("liam@acme.com").unwrap();
        let gmail = EmailAddress::parse("jane@gmail.com").unwrap();
        let (absent, invalid) = (ProofFact::Absent, ProofFact::Invalid);
        let verified = |age: i64| ProofFact::VerifiedAt(at(NOW - age));
        let rows = [
            (facts(person(Some(&liam), true), absent), ("pass", "managed")),
            (facts(person(Some(&liam), false), absent), ("challenge", "no-proof")),
            (facts(person(Some(&gmail), false), absent), ("challenge", "no-proof")),
            (facts(person(Some(&gmail), true), absent), ("challenge", "no-proof")),
            (facts(person(Some(&gmail), false), invalid), ("challenge", "proof-invalid")),
            (facts(person(Some(&gmail), false), verified(0)), ("pass", "fresh-proof")),
            (facts(person(Some(&gmail), false), verified(WEEK - 1)), ("pass", "fresh-proof")),
            (facts(person(Some(&gmail), false), verified(WEEK)), ("challenge", "proof-expired")),
            (facts(person(Some(&gmail), false), verified(WEEK + 1)), ("challenge", "proof-expired")),
            (facts(person(Some(&gmail), false), verified(-60)), ("pass", "fresh-proof")),
            (facts(person(Some(&gmail), false), verified(-61)), ("challenge", "proof-from-future")),
            (facts(person(None, false), absent), ("deny", "address-unknown")),
            (facts(person(None, true), verified(1)), ("pass", "fresh-proof")),
            (facts(Session::Anonymous, verified(1)), ("pass", "anonymous")),
            (facts(Session::Unrecognised, verified(1)), ("pass", "anonymous")),
            (facts(Session::Unavailable, verified(1)), ("unavailable", "identity-unavailable")),
            (facts(Session::NotAsked, verified(1)), ("unavailable", "identity-unavailable")),
        ];
        for (index, (facts, expected)) in rows.iter().enumerate() {
            assert_eq!(reason(facts), *expected, "row {index}");
        }
    }

    #[test]
    fn a_sign_out_ends_the_proofs_made_before_it() {
        let gmail = EmailAddress::parse("jane@gmail.com").unwrap();
        let base = facts(person(Some(&gmail), false), ProofFact::VerifiedAt(at(NOW - 100)));
        assert_eq!(
            reason(&Facts { revoked_at: Some(at(NOW - 100)), ..base }),
            ("challenge", "proof-revoked")
        );
        assert_eq!(reason(&Facts { revoked_at: Some(at(NOW - 101)), ..base }), ("pass", "fresh-proof"));
    }

    #[test]
    fn a_changed_address_is_never_managed() {
        let liam = EmailAddress::parse("liam@acme.com").unwrap();
        let session = Session::Person(Person {
            email: Some(&liam),
            claimed: true,
            is_customer: false,
            address_changed: true,
        });
        assert_eq!(reason(&facts(session, ProofFact::Absent)), ("challenge", "no-proof"));
    }

    #[test]
    fn a_customer_of_the_portal_passes_only_where_the_site_exempts_them() {
        let gmail = EmailAddress::parse("jane@gmail.com").unwrap();
        for (is_customer, customers_exempt, expected) in [
            (true, true, ("pass", "portal-customer")),
            (true, false, ("challenge", "no-proof")),
            (false, true, ("challenge", "no-proof")),
        ] {
            let person = Person { email: Some(&gmail), claimed: false, is_customer, address_changed: false };
            let base = facts(Session::Person(person), ProofFact::Absent);
            assert_eq!(reason(&Facts { customers_exempt, ..base }), expected);
        }
    }

    #[test]
    fn lanes_without_a_session_pass_with_one_kind_of_credential() {
        let lane = |lane| Facts { lane, ..facts(Session::NotAsked, ProofFact::Absent) };
        let forward = |facts: &Facts<'_>| match decide(&snapshot(), facts, at(NOW)) {
            Decision::Pass(permit) => permit.forward(),
            other => panic!("{other:?}"),
        };
        assert_eq!(reason(&lane(Lane::Api)), ("pass", "api-token"));
        assert_eq!(forward(&lane(Lane::Api)), Credentials::Authorization);
        assert_eq!(forward(&Facts { enforced: false, ..lane(Lane::Api) }), Credentials::Authorization);
        assert_eq!(reason(&lane(Lane::TrustedApi)), ("pass", "trusted-source"));
        assert_eq!(forward(&lane(Lane::TrustedApi)), Credentials::Authorization);
        assert_eq!(forward(&Facts { enforced: false, ..lane(Lane::TrustedApi) }), Credentials::Authorization);
        assert_eq!(reason(&lane(Lane::SignIn)), ("pass", "login-page"));
        assert_eq!(forward(&lane(Lane::SignIn)), Credentials::Authorization);
        assert_eq!(forward(&Facts { enforced: false, ..lane(Lane::SignIn) }), Credentials::Authorization);
        assert_eq!(reason(&lane(Lane::Public)), ("pass", "login-page"));
        assert_eq!(forward(&lane(Lane::Public)), Credentials::Cookies);
        assert_eq!(reason(&lane(Lane::Resource)), ("pass", "public-resource"));
        assert_eq!(forward(&lane(Lane::Resource)), Credentials::None);
        assert_eq!(reason(&lane(Lane::Trusted)), ("pass", "trusted-source"));
        assert_eq!(forward(&lane(Lane::Trusted)), Credentials::None);
        assert_eq!(reason(&lane(Lane::Anonymous)), ("pass", "anonymous"));
        assert_eq!(forward(&lane(Lane::Anonymous)), Credentials::Cookies);
        assert_eq!(reason(&Facts { enforced: false, ..lane(Lane::Browser) }), ("pass", "enforcement-off"));
        for judged in [Lane::Browser, Lane::Background, Lane::Websocket, Lane::Mobile, Lane::Own] {
            assert_eq!(reason(&lane(judged)), ("unavailable", "identity-unavailable"), "{judged:?}");
        }
    }

    #[test]
    fn a_blocked_token_passes_only_where_its_owner_is_managed_or_nobody() {
        let liam = EmailAddress::parse("liam@acme.com").unwrap();
        let gmail = EmailAddress::parse("jane@gmail.com").unwrap();
        let allowed = |session| Facts { lane: Lane::Api, ..facts(session, ProofFact::Absent) };
        let blocked = |session| Facts { api_tokens: ApiTokens::Block, ..allowed(session) };
        for (session, expected) in [
            (person(Some(&liam), true), ("pass", "api-token")),
            (person(Some(&liam), false), ("deny", "token-blocked")),
            (person(Some(&gmail), true), ("deny", "token-blocked")),
            (person(None, true), ("deny", "token-blocked")),
            (Session::NotAsked, ("deny", "token-blocked")),
            (Session::Anonymous, ("pass", "api-token")),
            (Session::Unavailable, ("unavailable", "identity-unavailable")),
        ] {
            assert_eq!(reason(&blocked(session)), expected, "{session:?}");
            assert_eq!(reason(&allowed(session)), ("pass", "api-token"), "{session:?}");
            assert_eq!(reason(&Facts { enforced: false, ..blocked(session) }), ("pass", "api-token"));
        }
        let fresh = Facts { proof: ProofFact::VerifiedAt(at(NOW)), ..blocked(person(Some(&gmail), false)) };
        assert_eq!(reason(&fresh), ("deny", "token-blocked"), "a proof belongs to a browser");
    }

    #[test]
    fn an_enrolled_session_of_an_app_passes_until_its_end() {
        let gmail = EmailAddress::parse("jane@gmail.com").unwrap();
        let enrolled = |until| Facts {
            enrolled_until: Some(at(until)),
            ..facts(person(Some(&gmail), false), ProofFact::Absent)
        };
        assert_eq!(reason(&enrolled(NOW + 1)), ("pass", "mobile-session"));
        assert_eq!(reason(&enrolled(NOW)), ("challenge", "no-proof"));
        let Decision::Pass(permit) = decide(&snapshot(), &enrolled(NOW + 1), at(NOW)) else { panic!() };
        assert_eq!((permit.forward(), permit.ends_at()), (Credentials::Cookies, Some(at(NOW + 1))));
        for session in [Session::NotAsked, Session::Unavailable] {
            let facts = Facts { session, ..enrolled(NOW + 1) };
            assert_eq!(reason(&facts), ("unavailable", "identity-unavailable"), "it belongs to a person");
        }
    }

    #[test]
    fn what_nobody_recognises_is_not_forwarded() {
        let forward = |session| match decide(&snapshot(), &facts(session, ProofFact::Absent), at(NOW)) {
            Decision::Pass(permit) => permit.forward(),
            other => panic!("{other:?}"),
        };
        assert_eq!(forward(Session::Unrecognised), Credentials::None);
        assert_eq!(
            forward(Session::Anonymous),
            Credentials::Cookies,
            "the product itself calls them nobody's"
        );
    }

    #[test]
    fn a_socket_of_nobodys_is_a_strangers() {
        let socket = Facts { lane: Lane::Websocket, ..facts(Session::Anonymous, ProofFact::Absent) };
        let Decision::Pass(permit) = decide(&snapshot(), &socket, at(NOW)) else { panic!() };
        assert_eq!(permit.forward(), Credentials::None);
    }

    proptest! {
        /// T112: whatever the clock does, a proof passes only inside its frequency, give or take the skew.
        #[test]
        fn t112_a_proof_passes_only_inside_its_frequency(verified in 0_i64..4_000_000_000, now in 0_i64..4_000_000_000, frequency in 1_u64..3_000_000) {
            let mut snapshot = snapshot();
            snapshot.external.frequency = Duration::from_secs(frequency);
            let gmail = EmailAddress::parse("jane@gmail.com").unwrap();
            let facts = facts(person(Some(&gmail), false), ProofFact::VerifiedAt(at(verified)));
            let passes = matches!(decide(&snapshot, &facts, at(now)), Decision::Pass(_));
            let age = now - verified;
            prop_assert_eq!(passes, age >= -60 && age < i64::try_from(frequency).unwrap());
        }
    }
}
