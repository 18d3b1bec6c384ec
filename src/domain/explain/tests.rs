//! What is explained is what is decided.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::super::auth_policy::{AuthPolicySettings, SingleSignOn};
use super::super::authenticator::Authenticators;
use super::super::decide::CLOCK_SKEW;
use super::super::domain_name::DomainName;
use super::super::email::EmailAddress;
use super::super::lane::Lane;
use super::super::member::TokenWord;
use super::super::mode::Mode;
use super::super::organization::OrganizationId;
use super::super::policy::ApiTokens;
use super::super::recorded::Recorded;
use super::*;

const DAY: Duration = Duration::from_secs(86_400);

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn standings() -> impl Strategy<Value = Standing> {
    prop_oneof![
        6 => Just(Standing::Active),
        1 => Just(Standing::Suspended),
        1 => Just(Standing::Deactivated),
        1 => Just(Standing::Closed),
    ]
}

fn claims() -> impl Strategy<Value = Claim> {
    prop_oneof![Just(Claim::None), Just(Claim::Unproved), Just(Claim::InForce)]
}

/// Times around those at which an answer changes.
fn times() -> impl Strategy<Value = Timestamp> {
    let skew = CLOCK_SKEW.as_secs() as i64;
    let apart = prop_oneof![-9 * 86_400..9 * 86_400_i64, Just(0), -skew - 1..skew + 2];
    apart.prop_map(|apart| Timestamp::from_second(now().as_second() + apart).unwrap())
}

fn proofs() -> impl Strategy<Value = ProofFact> {
    prop_oneof![
        1 => Just(ProofFact::Absent),
        1 => Just(ProofFact::Invalid),
        4 => (times(), methods()).prop_map(|(at, by)| ProofFact::VerifiedAt(at, by)),
    ]
}

fn methods() -> impl Strategy<Value = Method> {
    prop_oneof![Just(Method::MailedCode), Just(Method::AuthenticatorApp), Just(Method::Passkey)]
}

fn policies() -> impl Strategy<Value = ExternalUserPolicy> {
    let verification = prop_oneof![
        4 => Just(Verification::Required), 1 => Just(Verification::Off), 1 => Just(Verification::Unreadable)
    ];
    let methods = prop_oneof![Just(Methods::ALL), Just(Methods::MAILED_CODE)];
    (verification, 1..8_u32, proptest::option::of(times()), modes(), methods).prop_map(
        |(verification, days, reset_at, mode, methods)| {
            // What cannot be read is carried out in full.
            let mode = if verification == Verification::Unreadable { Mode::Enforce } else { mode };
            let frequency = DAY * days;
            ExternalUserPolicy { verification, frequency, methods, mode, reset_at, ..Default::default() }
        },
    )
}

fn modes() -> impl Strategy<Value = Mode> {
    prop_oneof![6 => Just(Mode::Enforce), 1 => Just(Mode::Report), 1 => Just(Mode::Off)]
}

fn invitations() -> impl Strategy<Value = Invited> {
    prop_oneof![
        2 => Just(Invited::NotNeeded), 1 => Just(Invited::No), 1 => Just(Invited::Portal), 1 => Just(Invited::Product)
    ]
}

/// What may be asked of a member's session.
fn demands() -> impl Strategy<Value = Option<AuthPolicySettings>> {
    let sign_on = prop_oneof![
        3 => Just(SingleSignOn::NotEnforced),
        1 => Just(SingleSignOn::Issuer("idp".to_owned())),
        1 => Just(SingleSignOn::Claim("mfa".to_owned())),
    ];
    let two_step =
        prop_oneof![2 => Just("off"), 1 => Just("required"), 1 => Just("optional"), 1 => Just("passkey")];
    let demands = (sign_on, two_step, 1..9_u32, proptest::option::of(1..9_u32), modes()).prop_map(
        |(single_sign_on, two_step, idle, length, mode)| {
            let two_step = match two_step {
                "off" => json!({ "requirement": "off" }),
                "required" | "optional" => json!({ "requirement": two_step }),
                _ => json!({ "requirement": "required", "methods": ["passkey"] }),
            };
            let settings =
                AuthPolicySettings::default().with(&json!({ "twoStepVerification": two_step })).unwrap();
            let session_expiration = length.map(|days| DAY * days);
            AuthPolicySettings {
                single_sign_on,
                idle_session: DAY * idle,
                session_expiration,
                mode,
                ..settings
            }
        },
    );
    proptest::option::weighted(0.9, demands)
}

proptest! {
    /// Whatever is known of a person and their request, the last check says what `decide` says.
    #[test]
    fn what_settles_it_is_what_was_decided(
        (address, is_verified, claim, address_changed) in (0..3_usize, any::<bool>(), claims(), any::<bool>()),
        (standing, ends_at, is_customer) in (standings(), proptest::option::of(times()), any::<bool>()),
        (customers_exempt, invited, mode) in (any::<bool>(), invitations(), modes()),
        (external, proof) in (policies(), proofs()),
        (now_asked, then_asked, policy_reset) in (demands(), demands(), proptest::option::of(times())),
        (began_at, active_at, reset_at) in (times(), times(), proptest::option::of(times())),
        (has_session, has_token) in (any::<bool>(), any::<bool>()),
        [app, passkey, passkey_here, takes_passkeys] in any::<[bool; 4]>(),
        (revoked_at, enrolled_until, exempt_until) in (
            proptest::option::of(times()),
            proptest::option::weighted(0.2, times()),
            proptest::option::weighted(0.2, times()),
        ),
    ) {
        let acme = OrganizationId::parse("acme").unwrap();
        let addresses = ["jane@acme.test", "jane@ext.test"].map(|text| EmailAddress::parse(text).unwrap());
        let mut snapshot = Snapshot { external, ..Snapshot::default() };
        if is_verified {
            snapshot.verified_domains.insert(DomainName::parse("acme.test").unwrap(), acme.clone());
        }
        let email = addresses.get(address);
        let policy = Some(Uuid::from_u128(7));
        let in_force = AuthPolicy { settings: now_asked.map(Arc::new), reset_at: policy_reset, version: None };
        snapshot.auth.add(Uuid::from_u128(7), acme.clone(), false, in_force);
        let authenticators = Authenticators { app, passkey, passkey_here, takes_passkeys };
        let token = has_token.then_some(TokenWord { issuer: "idp", claims: &[] });
        let session = Member { asked: then_asked.as_ref(), began_at, active_at, reset_at, token, authenticators };
        let member = has_session.then_some(session);
        let person = Person { email, claim, standing, ends_at, is_customer, policy, member, address_changed };
        let facts = Facts {
            organization: &acme,
            mode,
            lane: Lane::Browser,
            customers_exempt,
            session: Session::Person(person),
            proof,
            revoked_at,
            enrolled_until,
            exempt_until,
            api_tokens: ApiTokens::Allow,
            invited,
        };
        let explained = explain(&snapshot, &facts, now()).unwrap();
        let (last, others) = explained.checks.split_last().unwrap();
        prop_assert_eq!(last.settles, Some(explained.decision.reason()), "{:?}", explained);
        prop_assert!(others.iter().all(|check| check.settles.is_none()), "{:?}", explained);
        for lane in Lane::ALL {
            let facts = Facts { lane, ..facts };
            let kept = serde_json::to_string(&Recorded::of(&snapshot, &facts)).unwrap();
            let kept: Recorded = serde_json::from_str(&kept).unwrap();
            let (in_force, again) = (kept.in_force(), kept.facts());
            prop_assert_eq!(decide(&in_force, &again, now()), decide(&snapshot, &facts, now()));
            prop_assert_eq!(explain(&in_force, &again, now()), explain(&snapshot, &facts, now()));
        }
        let passes = matches!(explained.decision, Decision::Pass(permit) if permit.instead().is_none());
        prop_assert_eq!(passes, remedy(explained.decision.reason()).is_none(), "{:?}", explained);
    }
}

#[test]
fn nobody_is_explained_who_is_not_signed_in() {
    let acme = OrganizationId::parse("acme").unwrap();
    let facts = Facts {
        organization: &acme,
        mode: Mode::Enforce,
        lane: Lane::Browser,
        customers_exempt: false,
        session: Session::Anonymous,
        proof: ProofFact::Absent,
        revoked_at: None,
        enrolled_until: None,
        exempt_until: None,
        api_tokens: ApiTokens::Allow,
        invited: Invited::NotNeeded,
    };
    assert_eq!(explain(&Snapshot::default(), &facts, now()), None);
}
