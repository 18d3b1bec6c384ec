//! What an authentication policy asks of managed people.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::domain::auth_policy::AuthPolicySettings;
use crate::domain::authenticator::Authenticators;
use crate::domain::member::{Member, TokenWord};

const POLICY: Uuid = Uuid::from_u128(7);

fn settings(json: &Value) -> AuthPolicySettings {
    AuthPolicySettings::default().with(json).unwrap()
}

fn with_policy(policy: AuthPolicy) -> Snapshot {
    let mut snapshot = snapshot();
    snapshot.auth.add(POLICY, OrganizationId::only(), false, policy);
    snapshot
}

fn asking(json: &Value) -> AuthPolicy {
    AuthPolicy { settings: Some(Arc::new(settings(json))), reset_at: None, version: None }
}

/// A session that began a day ago and was used an hour ago.
fn session(asked: Option<&AuthPolicySettings>) -> Member<'_> {
    let (began_at, active_at) = (at(NOW - 86_400), at(NOW - 3_600));
    let authenticators = Authenticators::default();
    Member { asked, began_at, active_at, reset_at: None, token: None, authenticators }
}

fn decided(snapshot: &Snapshot, member: Option<Member<'_>>, proof: ProofFact) -> Decision {
    let liam = EmailAddress::parse("liam@acme.com").unwrap();
    let person = Person { policy: Some(POLICY), member, ..known(Some(&liam), true) };
    decide(snapshot, &facts(Session::Person(person), proof), at(NOW))
}

#[test]
fn a_session_is_over_when_it_is_too_old_or_was_idle_too_long() {
    let reason = |json: Value| {
        let asked = settings(&json);
        decided(&snapshot(), Some(session(Some(&asked))), ProofFact::Absent)
    };
    let over = |reason| Decision::SignIn(reason);
    assert_eq!(reason(json!({ "sessionExpirationMinutes": 1440 })), over(Reason::SessionExpired));
    assert_eq!(reason(json!({ "idleSessionMinutes": 60 })), over(Reason::SessionIdle));
    let Decision::Pass(permit) =
        reason(json!({ "sessionExpirationMinutes": 1441, "idleSessionMinutes": 61 }))
    else {
        panic!("it is not over")
    };
    assert_eq!((permit.reason(), permit.ends_at()), (Reason::Managed, Some(at(NOW + 60))));
}

#[test]
fn a_session_is_held_to_what_was_asked_when_it_began() {
    let (strict, lax) = (json!({ "sessionExpirationMinutes": 60 }), AuthPolicySettings::default());
    let snapshot = with_policy(asking(&strict));
    assert_eq!(decided(&snapshot, Some(session(Some(&lax))), ProofFact::Absent).reason(), Reason::Managed);
    let asked = settings(&strict);
    let snapshot = with_policy(asking(&json!({})));
    let session = Some(session(Some(&asked)));
    assert_eq!(decided(&snapshot, session, ProofFact::Absent), Decision::SignIn(Reason::SessionExpired));
}

#[test]
fn a_reset_ends_the_sessions_that_began_before() {
    let lax = AuthPolicySettings::default();
    let began_at = session(None).began_at;
    for (reset_at, reason) in
        [(began_at, Reason::SessionReset), (began_at - Duration::from_millis(1), Reason::Managed)]
    {
        let snapshot = with_policy(AuthPolicy { reset_at: Some(reset_at), ..asking(&json!({})) });
        assert_eq!(decided(&snapshot, Some(session(Some(&lax))), ProofFact::Absent).reason(), reason);
        let of_person = Member { reset_at: Some(reset_at), ..session(Some(&lax)) };
        assert_eq!(decided(&super::snapshot(), Some(of_person), ProofFact::Absent).reason(), reason);
    }
}

#[test]
fn single_sign_on_takes_sessions_of_the_issuer_or_with_the_claim_and_no_others() {
    let claims: [Box<str>; 1] = ["mfa".into()];
    let token = |issuer| Some(TokenWord { issuer, claims: &claims });
    let rows = [
        (json!({ "enforced": true, "issuer": "https://idp.test" }), token("https://idp.test"), true),
        (json!({ "enforced": true, "issuer": "https://idp.test" }), token("https://idp.test.evil"), false),
        (json!({ "enforced": true, "issuer": "https://idp.test" }), None, false),
        (json!({ "enforced": true, "claim": "mfa" }), token("https://other.test"), true),
        (json!({ "enforced": true, "claim": "sso" }), token("https://other.test"), false),
        (json!({ "enforced": false }), None, true),
    ];
    for (index, (single_sign_on, token, passes)) in rows.into_iter().enumerate() {
        let asked = settings(&json!({ "singleSignOn": single_sign_on }));
        let member = Member { token, ..session(Some(&asked)) };
        let expected = if passes { Reason::Managed } else { Reason::SingleSignOn };
        assert_eq!(decided(&snapshot(), Some(member), ProofFact::Absent).reason(), expected, "row {index}");
    }
}

#[test]
fn a_second_step_is_a_code_in_this_very_session() {
    let asked = settings(&json!({ "twoStepVerification": { "requirement": "required" } }));
    let member = session(Some(&asked));
    let code = Decision::Challenge(Reason::SecondStep);
    let began = NOW - 86_400;
    for (proof, passes) in [
        (ProofFact::Absent, false),
        (ProofFact::Invalid, false),
        (ProofFact::VerifiedAt(at(began - 1), Method::MailedCode), false),
        (ProofFact::VerifiedAt(at(began), Method::MailedCode), true),
        (ProofFact::VerifiedAt(at(NOW + 61), Method::MailedCode), false),
    ] {
        let decision = decided(&snapshot(), Some(member), proof);
        assert_eq!(matches!(decision, Decision::Pass(_)), passes, "{proof:?}");
        assert!(passes || decision == code, "{proof:?}");
    }
}

#[test]
fn a_second_step_is_done_in_a_way_that_the_policy_lists() {
    use Method::{AuthenticatorApp, MailedCode, Passkey};
    let none = Authenticators::default();
    let has_app = Authenticators { app: true, ..none };
    let takes = Authenticators { takes_passkeys: true, ..none };
    let elsewhere = Authenticators { passkey: true, ..takes };
    let here = Authenticators { passkey_here: true, ..elsewhere };
    let all = ["mailed-code", "authenticator-app", "passkey"].as_slice();
    let (app, passkey) = (["authenticator-app"].as_slice(), ["passkey"].as_slice());
    let (ask, set_up) = ("challenge second-step", "challenge second-step-setup");
    let rows = [
        ("required", all, none, None, ask),
        ("required", all, none, Some(MailedCode), "pass managed"),
        ("required", app, none, None, set_up),
        ("required", app, none, Some(MailedCode), set_up),
        ("required", app, has_app, None, ask),
        ("required", app, has_app, Some(MailedCode), ask),
        ("required", app, has_app, Some(Passkey), ask),
        ("required", app, has_app, Some(AuthenticatorApp), "pass managed"),
        ("required", passkey, none, None, "deny second-step-impossible"),
        ("required", passkey, has_app, Some(AuthenticatorApp), "deny second-step-impossible"),
        ("required", passkey, takes, None, set_up),
        ("required", passkey, elsewhere, Some(MailedCode), set_up),
        ("required", passkey, here, None, ask),
        ("required", passkey, here, Some(Passkey), "pass managed"),
        ("optional", all, none, None, "pass managed"),
        ("optional", all, has_app, None, ask),
        ("optional", all, has_app, Some(MailedCode), "pass managed"),
        ("optional", all, elsewhere, None, ask),
        ("optional", app, elsewhere, None, "pass managed"),
        ("optional", app, has_app, Some(MailedCode), ask),
        ("optional", passkey, elsewhere, None, set_up),
    ];
    for (index, (requirement, methods, authenticators, by, expected)) in rows.into_iter().enumerate() {
        let two_step = json!({ "requirement": requirement, "methods": methods });
        let asked = settings(&json!({ "twoStepVerification": two_step }));
        let member = Member { authenticators, ..session(Some(&asked)) };
        let proof = by.map_or(ProofFact::Absent, |by| ProofFact::VerifiedAt(at(NOW), by));
        let liam = EmailAddress::parse("liam@acme.com").unwrap();
        let person = Person { member: Some(member), ..known(Some(&liam), true) };
        let (outcome, code) = reason(&facts(Session::Person(person), proof));
        assert_eq!(format!("{outcome} {code}"), expected, "row {index}");
    }
}

#[test]
fn what_cannot_be_read_refuses_unless_the_policy_of_now_can_be() {
    let unreadable = AuthPolicy { settings: None, reset_at: None, version: None };
    let refused = Decision::Unavailable(Reason::PolicyUnreadable);
    for member in [None, Some(session(None))] {
        assert_eq!(decided(&with_policy(unreadable.clone()), member, ProofFact::Absent), refused);
    }
    let strict = with_policy(asking(&json!({ "sessionExpirationMinutes": 60 })));
    let decision = decided(&strict, Some(session(None)), ProofFact::Absent);
    assert_eq!(decision, Decision::SignIn(Reason::SessionExpired));
}

#[test]
fn tokens_are_held_to_the_policy_of_now_and_to_the_default_where_it_is_gone() {
    let liam = EmailAddress::parse("liam@acme.com").unwrap();
    let blocks = asking(&json!({ "userApiTokens": "block" }));
    let token = |snapshot: &Snapshot, policy| {
        let person = Session::Person(Person { policy, ..known(Some(&liam), true) });
        let facts = Facts { lane: Lane::Api, ..facts(person, ProofFact::Absent) };
        decide(snapshot, &facts, at(NOW)).reason()
    };
    let mut snapshot = with_policy(blocks.clone());
    assert_eq!(token(&snapshot, Some(POLICY)), Reason::TokenBlocked);
    assert_eq!(token(&snapshot, Some(Uuid::from_u128(8))), Reason::ApiToken);
    snapshot.auth.add(Uuid::from_u128(9), OrganizationId::only(), true, blocks);
    assert_eq!(token(&snapshot, Some(Uuid::from_u128(8))), Reason::TokenBlocked);
    let unreadable = with_policy(AuthPolicy { settings: None, reset_at: None, version: None });
    assert_eq!(token(&unreadable, Some(POLICY)), Reason::TokenBlocked);
    assert!(unreadable.may_block_tokens(&OrganizationId::only()));
}
