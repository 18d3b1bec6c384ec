//! Tokens as they must not be: a table of what is wrong with each, and the reason that it is refused for.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use http::Uri;
use jiff::Timestamp;
use jsonwebtoken::Algorithm;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::config::session::{Carrier, KeySource};

const NOW: i64 = 1_800_000_000;

fn rules() -> Jwt {
    Jwt {
        carrier: Carrier::Cookie("up_jwt".into()),
        issuer: "https://id.test".into(),
        audiences: vec!["jira".into(), "wiki".into()],
        keys: KeySource::Url(Uri::from_static("https://id.test/jwks")),
        algorithms: vec![Algorithm::RS256, Algorithm::PS256],
        key_claim: "sub".into(),
        username_claim: "sub".into(),
        email_claim: "email".into(),
        email_verified_claim: None,
        session_claim: None,
        token_type: None,
        leeway: Duration::from_secs(30),
    }
}

fn header() -> Value {
    json!({"alg": "RS256", "kid": "k1", "typ": "JWT"})
}

fn claims() -> Value {
    json!({"iss": "https://id.test", "aud": "jira", "sub": "jane", "exp": NOW + 300, "email": "Jane@Acme.com"})
}

fn token(header: &str, claims: &str) -> String {
    let part = |json: &str| BASE64URL_NOPAD.encode(json.as_bytes());
    format!("{}.{}.c2ln", part(header), part(claims))
}

fn read_by(rules: &Jwt, text: &str) -> Result<Token, TokenRefused> {
    Token::read(text.as_bytes(), rules, Timestamp::from_second(NOW).unwrap())
}

fn refusal(header: &Value, claims: &Value) -> Option<TokenRefused> {
    read_by(&rules(), &token(&header.to_string(), &claims.to_string())).err()
}

/// A value in place of the good one; `null` in the table is a JSON null, and "absent" leaves the name out.
fn with(mut object: Value, name: &str, value: &str) -> Value {
    match value {
        "absent" => drop(object.as_object_mut().unwrap().remove(name)),
        _ => object[name] = serde_json::from_str(value).unwrap(),
    }
    object
}

fn with_header(name: &str, value: &str) -> Option<TokenRefused> {
    refusal(&with(header(), name, value), &claims())
}

fn with_claim(name: &str, value: &str) -> Option<TokenRefused> {
    refusal(&header(), &with(claims(), name, value))
}

#[test]
fn a_token_by_the_rules_is_read() {
    let read = read_by(&rules(), &token(&header().to_string(), &claims().to_string())).unwrap();
    assert_eq!((read.algorithm, read.key_id.as_deref()), (Algorithm::RS256, Some("k1")));
    assert_eq!(read.remaining, Duration::from_secs(330));
    let person = read.person(&rules()).unwrap();
    assert_eq!((person.realm.as_deref(), person.key.as_str()), (Some("https://id.test"), "jane"));
    assert_eq!(person.username, "jane");
    assert!(matches!(person.address, Address::Reported(email) if email.as_str() == "jane@acme.com"));
    assert_eq!(with_claim("aud", r#"["other", "wiki"]"#), None);
    assert_eq!(with_header("typ", "absent"), None);
    assert_eq!(with_header("typ", r#""application/jwt""#), None);
    assert_eq!(with_header("alg", r#""PS256""#), None);
}

#[test]
fn t056_t057_only_listed_algorithms_count() {
    for name in [
        "\"none\"",
        "\"None\"",
        "\"nOnE\"",
        "\"\"",
        "absent",
        "null",
        "7",
        "[\"RS256\"]",
        "\"HS256\"",
        "\"RS512\"",
        "\"ES256\"",
        "\"rs256\"",
    ] {
        assert_eq!(with_header("alg", name), Some(TokenRefused::Algorithm), "{name}");
    }
    let good = token(&header().to_string(), &claims().to_string());
    let (message, _) = good.rsplit_once('.').unwrap();
    for text in
        [format!("{message}."), message.to_owned(), format!("{good}."), format!("{good}.x"), "..".into()]
    {
        assert_eq!(read_by(&rules(), &text).err(), Some(TokenRefused::Shape), "{text}");
    }
}

#[test]
fn t059_t060_t061_t066_odd_headers_are_refused_and_keys_in_them_ignored() {
    let long = format!("\"{}\"", "k".repeat(256));
    for id in ["[\"k1\"]", "7", "null", "{}", &long] {
        assert_eq!(with_header("kid", id), Some(TokenRefused::Header), "{id}");
    }
    for (name, value) in [("jwk", "{}"), ("jku", "\"http://evil.test\""), ("x5u", "7"), ("x5c", "[\"MII\"]")]
    {
        assert_eq!(with_header(name, value), None, "{name}");
    }
    for (name, value) in [
        ("crit", "[\"b64\"]"),
        ("crit", "[]"),
        ("b64", "false"),
        ("b64", "true"),
        ("enc", "\"A256GCM\""),
        ("zip", "\"DEF\""),
    ] {
        assert_eq!(with_header(name, value), Some(TokenRefused::Extension), "{name}");
    }
    for kind in ["\"at+jwt\"", "\"logout+jwt\"", "\"secevent+jwt\"", "\"\"", "7", "null", "[\"JWT\"]"] {
        assert_eq!(with_header("typ", kind), Some(TokenRefused::Type), "{kind}");
    }
    assert_eq!(with_claim("events", "{}"), Some(TokenRefused::Type));
    for text in [r#"{"alg":"RS256","alg":"RS256"}"#, "[]", "{", "null", "\"\""] {
        let read = read_by(&rules(), &token(text, &claims().to_string()));
        assert_eq!(read.err(), Some(TokenRefused::Header), "{text}");
    }
}

#[test]
fn t066_the_expected_type_must_be_there() {
    let rules = Jwt { token_type: Some("at+jwt".into()), ..rules() };
    for (kind, refused) in [
        ("\"at+jwt\"", None),
        ("\"AT+JWT\"", None),
        ("\"application/at+jwt\"", None),
        ("\"JWT\"", Some(TokenRefused::Type)),
        ("absent", Some(TokenRefused::Type)),
    ] {
        let text = token(&with(header(), "typ", kind).to_string(), &claims().to_string());
        assert_eq!(read_by(&rules, &text).err(), refused, "{kind}");
    }
}

#[test]
fn t062_the_end_is_a_whole_number_that_is_not_past() {
    let (past, edge) = ((NOW - 30).to_string(), (NOW - 29).to_string());
    for end in [
        &past,
        "absent",
        "\"9999999999\"",
        "-1",
        "0",
        "9999999999.5",
        "1800000300.0",
        "null",
        "true",
        "[9999999999]",
    ] {
        assert_eq!(with_claim("exp", end), Some(TokenRefused::Expired), "{end}");
    }
    assert_eq!(with_claim("exp", &edge), None, "the issuer's clock may be 30 s off");
    let text = claims().to_string();
    for (end, refused) in [
        ("1e400", TokenRefused::Claims),
        ("1e12", TokenRefused::Expired),
        ("18446744073709551615", TokenRefused::Expired),
    ] {
        let text = text.replace(&(NOW + 300).to_string(), end);
        assert_eq!(read_by(&rules(), &token(&header().to_string(), &text)).err(), Some(refused), "{end}");
    }
    assert_eq!(with_claim("exp", &i64::MAX.to_string()), None);
}

#[test]
fn t063_the_beginning_is_a_whole_number_that_is_not_ahead() {
    for name in ["nbf", "iat"] {
        for begin in [&(NOW + 31).to_string(), "\"1\"", "1.5", "null", "1e300"] {
            assert_eq!(with_claim(name, begin), Some(TokenRefused::NotYetValid), "{name} {begin}");
        }
        assert_eq!(with_claim(name, &(NOW + 30).to_string()), None);
    }
}

#[test]
fn t064_t065_issuer_and_audience_are_compared_letter_for_letter() {
    for issuer in
        ["\"https://id.test/\"", "\"https://ID.test\"", "[\"https://id.test\"]", "absent", "null", "\"\""]
    {
        assert_eq!(with_claim("iss", issuer), Some(TokenRefused::Issuer), "{issuer}");
    }
    for audience in [
        "absent",
        "\"other\"",
        "[\"other\"]",
        "\"jira.evil\"",
        "[]",
        "null",
        "{}",
        "[\"jira\", 7]",
        "\"jir\"",
    ] {
        assert_eq!(with_claim("aud", audience), Some(TokenRefused::Audience), "{audience}");
    }
    let twice = claims().to_string().replace("\"aud\":", "\"aud\":\"other\",\"aud\":");
    assert_eq!(read_by(&rules(), &token(&header().to_string(), &twice)).err(), Some(TokenRefused::Claims));
}

#[test]
fn t080_an_address_is_one_verified_text() {
    let rules = Jwt { email_verified_claim: Some("email_verified".into()), ..rules() };
    let address = |email: &str, verified: &str| {
        let claims = with(with(claims(), "email", email), "email_verified", verified);
        let read = read_by(&rules, &token(&header().to_string(), &claims.to_string())).unwrap();
        read.person(&rules).unwrap().address
    };
    assert!(matches!(address("\"liam@acme.com\"", "true"), Address::Reported(_)));
    assert!(matches!(address("absent", "true"), Address::Unreported));
    for email in [
        "\"a@managed.test@evil.test\"",
        "[\"liam@acme.com\"]",
        "null",
        "7",
        "\"\"",
        "{}",
        "\" liam@acme.com\"",
    ] {
        assert!(matches!(address(email, "true"), Address::Unusable), "{email}");
    }
    for verified in ["false", "absent", "null", "\"true\"", "1"] {
        assert!(matches!(address("\"liam@acme.com\"", verified), Address::Unusable), "{verified}");
    }
}

#[test]
fn a_person_needs_every_claim_that_names_them() {
    let rules = Jwt { username_claim: "name".into(), session_claim: Some("sid".into()), ..rules() };
    let whole = with(with(claims(), "name", "\"jane.doe\""), "sid", "\"s1\"");
    let person = |claims: &Value| {
        read_by(&rules, &token(&header().to_string(), &claims.to_string())).unwrap().person(&rules)
    };
    let jane = person(&whole).unwrap();
    assert_eq!((jane.username.as_str(), jane.session.as_deref()), ("jane.doe", Some("s1")));
    let long = format!("\"{}\"", "j".repeat(256));
    for claim in ["sub", "name", "sid"] {
        for odd in ["absent", "null", "7", "\"\"", "[\"x\"]", "\"a\\u0000b\"", "\"a\\nb\"", &long] {
            assert_eq!(
                person(&with(whole.clone(), claim, odd)).err(),
                Some(TokenRefused::Nobody),
                "{claim} {odd}"
            );
        }
    }
}

#[test]
fn t069_a_large_token_is_cheap_to_refuse() {
    let cpu = || getrusage(UsageWho::RUSAGE_THREAD).unwrap();
    let spent = || cpu().user_time().num_microseconds() + cpu().system_time().num_microseconds();
    let deep = format!("{{\"a\":{}", "[".repeat(5_000));
    let wide = format!("{{{}", (0..700).map(|name| format!("\"{name}\":1,")).collect::<String>());
    for (claims, size) in [(deep, 0), (wide, 0), (String::new(), 64 * 1024), (String::new(), 1024 * 1024)] {
        let text = token(&header().to_string(), &claims) + &"x".repeat(size);
        let before = spent();
        assert!(read_by(&rules(), &text).is_err());
        assert!(spent() - before <= 5_000, "{} µs for {} bytes", spent() - before, text.len());
    }
}

proptest! {
    #[test]
    fn reading_never_panics(text in "\\PC{0,40}(\\.\\PC{0,40}){0,3}", json in "\\PC{0,60}") {
        let _ = read_by(&rules(), &text);
        let _ = read_by(&rules(), &token(&json, &json));
        let _ = read_by(&rules(), &token(&header().to_string(), &json));
    }
}
