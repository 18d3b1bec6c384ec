//! What is only reported, and what is switched off.

use super::*;
use crate::domain::decision::Instead;
use crate::domain::email::EmailAddress;

fn instead(decision: Decision) -> Option<(Instead, Credentials)> {
    let Decision::Pass(permit) = decision else { panic!("a report lets everybody pass: {decision:?}") };
    permit.instead().map(|instead| (instead, permit.forward()))
}

#[test]
fn a_report_lets_everybody_pass_with_what_they_brought_and_says_what_would_have_been() {
    let (liam, jane) =
        (EmailAddress::parse("liam@acme.com").unwrap(), EmailAddress::parse("jane@gmail.com").unwrap());
    let (cookies, token) = (Credentials::Cookies, Credentials::Authorization);
    let api = |facts: Facts<'static>| Facts { lane: Lane::Api, ..facts };
    let closed = Session::Person(Person { standing: Standing::Closed, ..known(None, false) });
    let rows = [
        (facts(person(Some(&liam), true), ProofFact::Absent), None),
        (facts(person(Some(&jane), false), ProofFact::Absent), Some((Instead::Challenge, cookies))),
        (facts(person(Some(&jane), false), ProofFact::VerifiedAt(at(NOW), Method::MailedCode)), None),
        (facts(person(None, false), ProofFact::Absent), Some((Instead::Block, cookies))),
        (facts(Session::Unrecognised, ProofFact::Absent), Some((Instead::Block, cookies))),
        (facts(Session::Unavailable, ProofFact::Absent), Some((Instead::Block, cookies))),
        (facts(Session::Anonymous, ProofFact::Absent), None),
        (api(facts(Session::NotAsked, ProofFact::Absent)), None),
        (api(facts(closed, ProofFact::Absent)), Some((Instead::Block, token))),
    ];
    for (index, (facts, expected)) in rows.into_iter().enumerate() {
        let reported = decide(&snapshot(), &Facts { mode: Mode::Report, ..facts }, at(NOW));
        assert_eq!(instead(reported), expected, "row {index}");
        assert_eq!(reported.reason(), decide(&snapshot(), &facts, at(NOW)).reason(), "row {index}");
    }
}

#[test]
fn a_policy_that_is_only_reported_or_off_lets_its_people_pass_and_no_others() {
    let jane = EmailAddress::parse("jane@gmail.com").unwrap();
    let stranger = facts(person(Some(&jane), false), ProofFact::Absent);
    let token = Facts { lane: Lane::Api, ..stranger };
    let decided = |mode, facts: &Facts<'_>| {
        let mut snapshot = snapshot();
        snapshot.external = ExternalUserPolicy { mode, api_tokens: ApiTokens::Block, ..Default::default() };
        snapshot.auth.add(
            uuid::Uuid::nil(),
            OrganizationId::only(),
            false,
            crate::domain::member::AuthPolicy { settings: None, reset_at: None, version: None },
        );
        decide(&snapshot, facts, at(NOW))
    };
    assert_eq!(decided(Mode::Enforce, &stranger), Decision::Challenge(Reason::NoProof));
    assert_eq!(decided(Mode::Enforce, &token), Decision::Deny(Reason::TokenBlocked));
    let reported = Some((Instead::Challenge, Credentials::Cookies));
    assert_eq!(instead(decided(Mode::Report, &stranger)), reported);
    assert_eq!(instead(decided(Mode::Report, &token)), Some((Instead::Block, Credentials::Authorization)));
    for facts in [&stranger, &token] {
        assert_eq!(instead(decided(Mode::Off, facts)), None);
    }
    let invited = Facts { invited: Invited::No, ..stranger };
    assert_eq!(decided(Mode::Off, &invited), Decision::Deny(Reason::NotInvited), "that is the site's");
}
