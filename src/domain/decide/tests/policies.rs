//! Decisions by the external user policies of an organization.

use std::time::Duration;

use super::{NOW, at, facts, known, person, snapshot};
use crate::domain::decide::*;
use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::domain::external_policy::PolicyKind;

/// A snapshot in which an organization says this of people at gmail.com.
fn saying(policy: ExternalUserPolicy) -> Snapshot {
    let mut snapshot = snapshot();
    let domain = DomainName::parse("gmail.com").unwrap();
    let policies = snapshot.policies.entry(OrganizationId::only()).or_default();
    policies.add(PolicyKind::Named, policy, vec![domain], vec![]);
    snapshot
}

fn reason_by(snapshot: &Snapshot, facts: &Facts<'_>) -> &'static str {
    decide(snapshot, facts, at(NOW)).reason().code()
}

/// Beside a proof that still counts, which may last longer; and never instead of one that shows whose a mailbox is.
#[test]
fn an_exempt_group_asks_for_no_code_until_its_end() {
    let reason = |facts: &Facts<'_>| reason_by(&snapshot(), facts);
    let jane = EmailAddress::parse("jane@ext.test").unwrap();
    let base = facts(person(Some(&jane), false), ProofFact::Absent);
    let until = |second| Facts { exempt_until: Some(at(second)), ..base };
    let exempt = decide(&snapshot(), &until(NOW + 1), at(NOW));
    assert_eq!(
        exempt,
        Decision::Pass(Permit::new(Reason::GroupExempt, Credentials::Cookies).until(at(NOW + 1)))
    );
    assert_eq!(reason(&until(NOW)), "no-proof");
    let fresh = ProofFact::VerifiedAt(at(NOW), Method::MailedCode);
    assert_eq!(reason(&Facts { proof: fresh, ..until(NOW + 1) }), "fresh-proof");
    let liam = EmailAddress::parse("liam@acme.com").unwrap();
    let to_prove = Person { claim: Claim::Unproved, ..known(Some(&liam), false) };
    let uninvited = Facts { invited: Invited::No, session: Session::Person(to_prove), ..until(NOW + 1) };
    assert_eq!(reason(&uninvited), "no-proof");
    for (standing, expected) in
        [(Standing::Suspended, "account-suspended"), (Standing::Closed, "account-closed")]
    {
        let out = Session::Person(Person { standing, ..known(Some(&jane), false) });
        assert_eq!(reason(&Facts { session: out, ..until(NOW + 1) }), expected);
    }
}

#[test]
fn a_person_is_judged_by_the_policy_of_their_domain_and_nobody_else_is() {
    let (gmail, other) =
        (EmailAddress::parse("jane@gmail.com").unwrap(), EmailAddress::parse("x@ext.test").unwrap());
    let (absent, old) = (ProofFact::Absent, ProofFact::VerifiedAt(at(NOW - 3600), Method::MailedCode));
    let of = |email, proof| facts(person(Some(email), false), proof);
    let off = ExternalUserPolicy { verification: Verification::Off, ..ExternalUserPolicy::default() };
    assert_eq!(reason_by(&saying(off), &of(&gmail, absent)), "verification-off");
    assert_eq!(reason_by(&saying(off), &of(&other, absent)), "no-proof");
    let hourly = ExternalUserPolicy { frequency: Duration::from_secs(3600), ..ExternalUserPolicy::default() };
    assert_eq!(reason_by(&saying(hourly), &of(&gmail, old)), "proof-expired");
    assert_eq!(reason_by(&saying(hourly), &of(&other, old)), "fresh-proof");
    let mail = ExternalUserPolicy { methods: Methods::MAILED_CODE, ..ExternalUserPolicy::default() };
    let by_app = ProofFact::VerifiedAt(at(NOW), Method::AuthenticatorApp);
    let reset = ExternalUserPolicy { reset_at: Some(at(NOW - 3600)), ..ExternalUserPolicy::default() };
    assert_eq!(reason_by(&saying(mail), &of(&gmail, by_app)), "proof-method");
    assert_eq!(reason_by(&saying(mail), &of(&other, by_app)), "fresh-proof");
    assert_eq!(reason_by(&saying(reset), &of(&gmail, old)), "proof-revoked");
    assert_eq!(reason_by(&saying(reset), &of(&other, old)), "fresh-proof");
    let elsewhere = OrganizationId::parse("other").unwrap();
    let at_other = Facts { organization: &elsewhere, ..of(&gmail, absent) };
    assert_eq!(reason_by(&saying(off), &at_other), "no-proof");
}

#[test]
fn a_policy_that_cannot_be_read_lets_nobody_through() {
    let gmail = EmailAddress::parse("jane@gmail.com").unwrap();
    let snapshot = saying(ExternalUserPolicy::unreadable());
    let fresh = facts(person(Some(&gmail), false), ProofFact::VerifiedAt(at(NOW), Method::MailedCode));
    assert_eq!(reason_by(&snapshot, &fresh), "policy-unreadable");
    let enrolled = Facts { enrolled_until: Some(at(NOW + 1)), ..fresh };
    assert_eq!(reason_by(&snapshot, &enrolled), "policy-unreadable");
    assert_eq!(reason_by(&snapshot, &Facts { lane: Lane::Api, ..fresh }), "token-blocked");
    let liam = EmailAddress::parse("liam@acme.com").unwrap();
    assert_eq!(reason_by(&snapshot, &facts(person(Some(&liam), true), ProofFact::Absent)), "managed");
}

#[test]
fn who_may_have_made_up_an_address_gains_nothing_by_a_laxer_policy() {
    let gmail = EmailAddress::parse("jane@gmail.com").unwrap();
    let off = ExternalUserPolicy { verification: Verification::Off, ..ExternalUserPolicy::default() };
    let pretender = Session::Person(Person { address_changed: true, ..known(Some(&gmail), false) });
    assert_eq!(reason_by(&saying(off), &facts(pretender, ProofFact::Absent)), "no-proof");
    assert_eq!(reason_by(&saying(off), &facts(person(None, false), ProofFact::Absent)), "address-unknown");
}

#[test]
fn a_policy_that_blocks_tokens_blocks_those_of_its_people_and_of_nobody_knows_whom() {
    let (gmail, other) =
        (EmailAddress::parse("jane@gmail.com").unwrap(), EmailAddress::parse("x@ext.test").unwrap());
    let snapshot =
        saying(ExternalUserPolicy { api_tokens: ApiTokens::Block, ..ExternalUserPolicy::default() });
    let liam = EmailAddress::parse("liam@acme.com").unwrap();
    let api = |session| Facts { lane: Lane::Api, ..facts(session, ProofFact::Absent) };
    for (session, expected) in [
        (person(Some(&gmail), false), "token-blocked"),
        (person(Some(&other), false), "api-token"),
        (person(Some(&liam), true), "api-token"),
        (person(None, false), "token-blocked"),
        (Session::NotAsked, "token-blocked"),
        (Session::Anonymous, "api-token"),
        (Session::Unavailable, "identity-unavailable"),
    ] {
        assert_eq!(reason_by(&snapshot, &api(session)), expected, "{session:?}");
    }
}

#[test]
fn a_site_by_invitation_lets_in_who_was_invited_and_whoever_is_managed() {
    let (liam, gmail) =
        (EmailAddress::parse("liam@acme.com").unwrap(), EmailAddress::parse("jane@gmail.com").unwrap());
    let customer = Session::Person(Person { is_customer: true, ..known(Some(&gmail), false) });
    let stranger = person(Some(&gmail), false);
    for (invited, session, page, token) in [
        (Invited::No, stranger, "not-invited", "not-invited"),
        (Invited::Portal, stranger, "not-invited", "not-invited"),
        (Invited::Portal, customer, "fresh-proof", "api-token"),
        (Invited::Product, stranger, "fresh-proof", "api-token"),
        (Invited::NotNeeded, stranger, "fresh-proof", "api-token"),
        (Invited::No, person(Some(&liam), true), "managed", "api-token"),
        (Invited::No, Session::NotAsked, "identity-unavailable", "not-invited"),
        (Invited::No, Session::Unavailable, "identity-unavailable", "identity-unavailable"),
        (Invited::No, Session::Anonymous, "anonymous", "api-token"),
    ] {
        let facts = Facts { invited, ..facts(session, ProofFact::VerifiedAt(at(NOW), Method::MailedCode)) };
        assert_eq!(reason_by(&snapshot(), &facts), page, "{invited:?} {session:?}");
        let by_token = Facts { lane: Lane::Api, ..facts };
        assert_eq!(reason_by(&snapshot(), &by_token), token, "{invited:?} {session:?}");
    }
    let off = || {
        let mut snapshot = snapshot();
        snapshot.external.verification = Verification::Off;
        snapshot
    };
    let unproved = known(Some(&liam), false);
    let unproved = Person { claim: Claim::Unproved, ..unproved };
    let stranger = Person { claim: Claim::Unproved, ..known(Some(&gmail), false) };
    for (person, proof, expected) in [
        (unproved, ProofFact::Absent, "no-proof"),
        (unproved, ProofFact::VerifiedAt(at(NOW), Method::MailedCode), "fresh-proof"),
        (unproved, ProofFact::VerifiedAt(at(NOW), Method::AuthenticatorApp), "proof-method"),
        (Person { address_changed: true, ..unproved }, ProofFact::Absent, "not-invited"),
        (stranger, ProofFact::VerifiedAt(at(NOW), Method::MailedCode), "not-invited"),
    ] {
        let uninvited = Facts { invited: Invited::No, ..facts(Session::Person(person), proof) };
        assert_eq!(reason_by(&off(), &uninvited), expected, "an address is proved where it makes managed");
    }
    let exempt = Facts { invited: Invited::No, customers_exempt: true, ..facts(customer, ProofFact::Absent) };
    assert_eq!(reason_by(&snapshot(), &exempt), "not-invited");
}
