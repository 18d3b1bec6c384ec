//! The table of decisions: a row for each reason, and what no order of them may open.

mod members;
mod modes;
mod policies;

use super::*;
use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use proptest::prelude::*;
use std::sync::LazyLock;

const WEEK: i64 = 7 * 86_400;
pub(super) const NOW: i64 = 1_800_000_000;
static ONLY: LazyLock<OrganizationId> = LazyLock::new(OrganizationId::only);

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(super) fn snapshot() -> Snapshot {
    let mut snapshot = Snapshot::default();
    snapshot.verified_domains.insert(DomainName::parse("acme.com").unwrap(), OrganizationId::only());
    snapshot
}

pub(super) fn known(email: Option<&EmailAddress>, claimed: bool) -> Person<'_> {
    Person {
        email,
        claim: if claimed { Claim::InForce } else { Claim::None },
        standing: Standing::Active,
        ends_at: None,
        is_customer: false,
        policy: None,
        member: None,
        address_changed: false,
    }
}

pub(super) fn person(email: Option<&EmailAddress>, claimed: bool) -> Session<'_> {
    Session::Person(known(email, claimed))
}

pub(super) fn facts(session: Session<'_>, proof: ProofFact) -> Facts<'_> {
    Facts {
        organization: &ONLY,
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
    }
}

fn reason(facts: &Facts<'_>) -> (&'static str, &'static str) {
    let decision = decide(&snapshot(), facts, at(NOW));
    let outcome = match decision {
        Decision::Pass(_) => "pass",
        Decision::Challenge(_) => "challenge",
        Decision::SignIn(_) => "sign-in",
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
    let verified = |age: i64| ProofFact::VerifiedAt(at(NOW - age), Method::MailedCode);
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
    let base = facts(person(Some(&gmail), false), ProofFact::VerifiedAt(at(NOW - 100), Method::MailedCode));
    assert_eq!(reason(&Facts { revoked_at: Some(at(NOW - 100)), ..base }), ("challenge", "proof-revoked"));
    assert_eq!(reason(&Facts { revoked_at: Some(at(NOW - 101)), ..base }), ("pass", "fresh-proof"));
}

#[test]
fn a_changed_address_is_never_managed() {
    let liam = EmailAddress::parse("liam@acme.com").unwrap();
    let session = Session::Person(Person { address_changed: true, ..known(Some(&liam), true) });
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
        let person = Person { is_customer, ..known(Some(&gmail), false) };
        let base = facts(Session::Person(person), ProofFact::Absent);
        assert_eq!(reason(&Facts { customers_exempt, ..base }), expected);
    }
}

#[test]
fn whoever_is_kept_out_passes_by_nothing() {
    let (liam, gmail) =
        (EmailAddress::parse("liam@acme.com").unwrap(), EmailAddress::parse("jane@gmail.com").unwrap());
    for (standing, code) in [
        (Standing::Suspended, "account-suspended"),
        (Standing::Deactivated, "account-deactivated"),
        (Standing::Closed, "account-closed"),
    ] {
        for person in [known(Some(&liam), true), known(Some(&gmail), false)] {
            let session = Session::Person(Person { standing, is_customer: true, ..person });
            let all = Facts {
                customers_exempt: true,
                enrolled_until: Some(at(NOW + 1)),
                ..facts(session, ProofFact::VerifiedAt(at(NOW), Method::MailedCode))
            };
            assert_eq!(reason(&all), ("deny", code));
            assert_eq!(reason(&Facts { lane: Lane::Api, ..all }), ("deny", code), "nor by a token");
            assert_eq!(reason(&Facts { mode: Mode::Off, ..all }).0, "pass");
            assert_eq!(reason(&Facts { lane: Lane::Public, ..all }).0, "pass", "they may sign out");
        }
    }
}

#[test]
fn an_external_persons_access_ends_on_its_day_and_a_managed_ones_does_not() {
    let (liam, gmail) =
        (EmailAddress::parse("liam@acme.com").unwrap(), EmailAddress::parse("jane@gmail.com").unwrap());
    let until = |second, person| {
        let session = Session::Person(Person { ends_at: Some(at(second)), ..person });
        facts(session, ProofFact::VerifiedAt(at(NOW), Method::MailedCode))
    };
    let external = known(Some(&gmail), false);
    assert_eq!(reason(&until(NOW + 1, external)), ("pass", "fresh-proof"));
    assert_eq!(reason(&until(NOW, external)), ("deny", "access-ended"));
    let token = Facts { lane: Lane::Api, ..until(NOW, external) };
    assert_eq!(reason(&token), ("deny", "access-ended"));
    assert_eq!(reason(&until(NOW, known(Some(&liam), true))), ("pass", "managed"));
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
    assert_eq!(forward(&Facts { mode: Mode::Off, ..lane(Lane::Api) }), Credentials::Authorization);
    assert_eq!(reason(&lane(Lane::TrustedApi)), ("pass", "trusted-source"));
    assert_eq!(forward(&lane(Lane::TrustedApi)), Credentials::Authorization);
    assert_eq!(forward(&Facts { mode: Mode::Off, ..lane(Lane::TrustedApi) }), Credentials::Authorization);
    assert_eq!(reason(&lane(Lane::SignIn)), ("pass", "login-page"));
    assert_eq!(forward(&lane(Lane::SignIn)), Credentials::Authorization);
    assert_eq!(forward(&Facts { mode: Mode::Off, ..lane(Lane::SignIn) }), Credentials::Authorization);
    assert_eq!(reason(&lane(Lane::Public)), ("pass", "login-page"));
    assert_eq!(forward(&lane(Lane::Public)), Credentials::Cookies);
    assert_eq!(reason(&lane(Lane::Resource)), ("pass", "public-resource"));
    assert_eq!(forward(&lane(Lane::Resource)), Credentials::None);
    assert_eq!(reason(&lane(Lane::Trusted)), ("pass", "trusted-source"));
    assert_eq!(forward(&lane(Lane::Trusted)), Credentials::None);
    assert_eq!(reason(&lane(Lane::Anonymous)), ("pass", "anonymous"));
    assert_eq!(forward(&lane(Lane::Anonymous)), Credentials::Cookies);
    assert_eq!(reason(&Facts { mode: Mode::Off, ..lane(Lane::Browser) }), ("pass", "enforcement-off"));
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
        assert_eq!(reason(&Facts { mode: Mode::Off, ..blocked(session) }), ("pass", "api-token"));
    }
    let fresh = Facts {
        proof: ProofFact::VerifiedAt(at(NOW), Method::MailedCode),
        ..blocked(person(Some(&gmail), false))
    };
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
    assert_eq!(forward(Session::Anonymous), Credentials::Cookies, "the product itself calls them nobody's");
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
        let facts = facts(person(Some(&gmail), false), ProofFact::VerifiedAt(at(verified), Method::MailedCode));
        let passes = matches!(decide(&snapshot, &facts, at(now)), Decision::Pass(_));
        let age = now - verified;
        prop_assert_eq!(passes, age >= -60 && age < i64::try_from(frequency).unwrap());
    }
}
