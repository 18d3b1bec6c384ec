//! What settings and names are taken and refused, field by field.

use super::*;
use proptest::prelude::*;

fn with(json: Value) -> Result<AuthPolicySettings, String> {
    let fields =
        |errors: Vec<FieldError>| errors.iter().map(|error| error.field).collect::<Vec<_>>().join(" ");
    AuthPolicySettings::default().with(&json).map_err(fields)
}

#[test]
fn settings_come_back_as_they_were_written_and_what_is_not_named_stays() {
    let asked = json!({
        "singleSignOn": { "enforced": true, "issuer": "https://id.acme.test" },
        "twoStepVerification": { "requirement": "required", "methods": ["passkey", "mailed-code", "passkey"] },
        "idleSessionMinutes": 15, "sessionExpirationMinutes": 525_600, "userApiTokens": "block",
    });
    let settings = with(asked).unwrap();
    assert_eq!(settings.single_sign_on, SingleSignOn::Issuer("https://id.acme.test".to_owned()));
    let TwoStep::Required(methods) = &settings.two_step else { panic!("{settings:?}") };
    assert_eq!(methods.labels(), ["mailed-code", "passkey"]);
    assert!(methods.has(Method::Passkey) && !methods.has(Method::AuthenticatorApp));
    assert_eq!(settings.idle_session, Duration::from_secs(900));
    let text = serde_json::to_string(&settings).unwrap();
    assert_eq!(serde_json::from_str::<AuthPolicySettings>(&text).unwrap(), settings);
    let changed = settings.with(&json!({ "sessionExpirationMinutes": null })).unwrap();
    assert_eq!(changed, AuthPolicySettings { session_expiration: None, ..settings });
    let default = AuthPolicySettings::default();
    assert_eq!(default.with(&default.to_json()), Ok(default.clone()));
    assert_eq!(default.idle_session, Duration::from_secs(30 * 86_400));
}

#[test]
fn each_wrong_field_is_named_once() {
    let all = json!({
        "singleSignOn": { "enforced": true }, "twoStepVerification": { "requirement": "always" },
        "idleSessionMinutes": 14, "sessionExpirationMinutes": "8h", "userApiTokens": true, "sso": 1, "mfa": 2,
    });
    let told = with(all).unwrap_err();
    for field in ["singleSignOn", "twoStepVerification.requirement", "userApiTokens", "settings"] {
        assert!(told.split(' ').any(|told| told == field), "{field} is not in {told}");
    }
    for (json, field) in [
        (json!([]), "settings"),
        (json!({ "idleSessionMinutes": 43_201 }), "idleSessionMinutes"),
        (json!({ "idleSessionMinutes": -15 }), "idleSessionMinutes"),
        (json!({ "idleSessionMinutes": 15.5 }), "idleSessionMinutes"),
        (json!({ "idleSessionMinutes": null }), "idleSessionMinutes"),
        (json!({ "sessionExpirationMinutes": 525_601 }), "sessionExpirationMinutes"),
        (json!({ "singleSignOn": true }), "singleSignOn"),
        (json!({ "singleSignOn": { "enforced": "false" } }), "singleSignOn.enforced"),
        (json!({ "singleSignOn": { "enforced": false, "issuer": "x" } }), "singleSignOn"),
        (json!({ "singleSignOn": { "enforced": true, "issuer": "x", "claim": "y" } }), "singleSignOn"),
        (json!({ "singleSignOn": { "enforced": true, "issuer": "a b" } }), "singleSignOn.issuer"),
        (json!({ "singleSignOn": { "enforced": true, "claim": "" } }), "singleSignOn.claim"),
        (json!({ "singleSignOn": { "enforced": true, "claim": "x", "or": 1 } }), "singleSignOn"),
        (json!({ "twoStepVerification": {} }), "twoStepVerification.requirement"),
        (
            json!({ "twoStepVerification": { "requirement": "required", "methods": [] } }),
            "twoStepVerification.methods",
        ),
        (
            json!({ "twoStepVerification": { "requirement": "required", "methods": ["sms"] } }),
            "twoStepVerification.methods",
        ),
        (
            json!({ "twoStepVerification": { "requirement": "off", "methods": ["passkey"] } }),
            "twoStepVerification.methods",
        ),
    ] {
        assert_eq!(with(json.clone()), Err(field.to_owned()), "{json}");
    }
}

#[test]
fn a_name_can_be_seen_and_is_not_too_long() {
    for text in ["", "  ", "a\nb", "a\u{200b}b", "\u{202e}tluafed", &"a".repeat(101)] {
        assert_eq!(PolicyName::parse(text).unwrap_err().field, "name", "{text:?}");
    }
    for text in ["a", "Büro & Außendienst", &"é".repeat(100)] {
        assert_eq!(PolicyName::parse(&format!(" {text} ")).unwrap().as_str(), text);
    }
    assert_eq!(PolicyName::parse("Default policy"), Ok(PolicyName::of_default()));
}

proptest! {
    #[test]
    fn what_was_read_is_read_again(idle in 0_u64..50_000, end in proptest::option::of(0_u64..600_000), claim in "\\PC{0,20}") {
        let json = json!({
            "singleSignOn": { "enforced": true, "claim": claim },
            "idleSessionMinutes": idle, "sessionExpirationMinutes": end,
        });
        if let Ok(settings) = AuthPolicySettings::default().with(&json) {
            prop_assert_eq!(AuthPolicySettings::default().with(&settings.to_json()), Ok(settings.clone()));
            prop_assert!((900..=2_592_000).contains(&settings.idle_session.as_secs()));
        }
    }
}
