//! What the fuzzers call for tokens: who a token is taken for is held against a second opinion of what it says.
//!
//! Compiled for fuzzing and for tests alone. Its keys sign nothing else. The other readers are in `proxy/fuzz.rs`.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use data_encoding::BASE64URL_NOPAD;
use futures_util::FutureExt as _;
use http::{HeaderName, HeaderValue};
use jiff::Timestamp;
use jsonwebtoken::Algorithm;
use serde_json::Value;

use crate::clock::Clock;
use crate::config::session::{Carrier, Jwt, KeySource};
use crate::domain::key_set::KeySet;
use crate::telemetry::metrics::Metrics;

use super::answer::{Address, Answer, Person, Presented};
use super::api_token;
use super::jwt::Tokens;

const NOW: i64 = 1_800_000_000;
const LEEWAY: i64 = 30;
const ISSUER: &str = "https://id.test";
const AUDIENCES: [&str; 2] = ["jira", "wiki"];
const HEADER: HeaderName = HeaderName::from_static("x-token");

struct World {
    tokens: Tokens,
    metrics: Arc<Metrics>,
    secret: hmac::Key,
    pair: Ed25519KeyPair,
    /// By a shared secret, and by a public key.
    rules: [Jwt; 2],
}

/// Who signed a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Signer {
    /// The issuer.
    Issuer,
    /// Somebody who knows what everybody may know: the public key, here as a secret.
    Stranger,
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let metrics = Metrics::new(&[]).expect("the names of metrics are constants");
        let now = Timestamp::from_second(NOW).expect("a time of this century");
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("any 32 bytes are a seed");
        let x = BASE64URL_NOPAD.encode(pair.public_key().as_ref());
        let set = format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"ed","x":"{x}"}}]}}"#);
        let public = KeySet::parse(set.as_bytes()).expect("a set of one good key");
        let shared = KeySet::of_secret(&[9; 32]).expect("a secret of 32 bytes");
        World {
            tokens: Tokens::new(Clock::manual(now), Arc::clone(&metrics)),
            metrics,
            secret: hmac::Key::new(hmac::HMAC_SHA256, &[9; 32]),
            pair,
            rules: [rules(Algorithm::HS256, shared), rules(Algorithm::EdDSA, public)],
        }
    })
}

fn rules(algorithm: Algorithm, keys: KeySet) -> Jwt {
    Jwt {
        carrier: Carrier::Header(HEADER),
        issuer: ISSUER.into(),
        audiences: AUDIENCES.map(str::to_owned).to_vec(),
        keys: KeySource::Fixed(Arc::new(keys)),
        algorithms: vec![algorithm],
        key_claim: "sub".into(),
        username_claim: "name".into(),
        email_claim: "email".into(),
        email_verified_claim: Some("email_verified".into()),
        session_claim: None,
        token_type: None,
        leeway: Duration::from_secs(LEEWAY.unsigned_abs()),
    }
}

/// A letter for how, and then a token's header and its claims on a line each, or a whole token.
pub fn tokens(bytes: &[u8]) {
    read(bytes);
}

/// Whether the token was somebody's.
fn read(bytes: &[u8]) -> bool {
    let Some((how, rest)) = bytes.split_first() else { return false };
    let rules = &world().rules[usize::from(how & 1)];
    let is_shared = how & 1 == 0;
    if how & 6 == 0 {
        assert!(person(rules, rest).is_none(), "nobody makes a token without the key");
        return false;
    }
    let Ok(text) = std::str::from_utf8(rest) else { return false };
    let (header, claims) = text.split_once('\n').unwrap_or((text, ""));
    if how & 6 == 4 {
        assert!(person(rules, &sign(header, claims, is_shared, Signer::Stranger)).is_none(), "{text:?}");
        return false;
    }
    let mut token = sign(header, claims, is_shared, Signer::Issuer);
    if how & 6 == 6 {
        // One bit of one byte, by where the claims end and how long the header is.
        let at = (header.len() * 31 + claims.len()) % token.len();
        token[at] ^= 1 << (header.len() % 7);
        assert!(person(rules, &token).is_none(), "a changed token is none: {text:?}");
        return false;
    }
    let Some((person, lifetime)) = person(rules, &token) else { return false };
    // What was found out once is found out again, though by memory.
    let again = self::person(rules, &token).map(|(person, _)| person.key);
    assert_eq!(again.as_ref(), Some(&person.key));
    hold_header(header, if is_shared { "HS256" } else { "EdDSA" });
    hold_claims(claims, &person, lifetime);
    true
}

fn sign(header: &str, claims: &str, is_shared: bool, signer: Signer) -> Vec<u8> {
    let World { secret, pair, .. } = world();
    let part = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = match (signer, is_shared) {
        (Signer::Issuer, true) => hmac::sign(secret, message.as_bytes()).as_ref().to_vec(),
        (Signer::Issuer, false) => pair.sign(message.as_bytes()).as_ref().to_vec(),
        (Signer::Stranger, _) => {
            let public = hmac::Key::new(hmac::HMAC_SHA256, pair.public_key().as_ref());
            hmac::sign(&public, message.as_bytes()).as_ref().to_vec()
        }
    };
    format!("{message}.{}", BASE64URL_NOPAD.encode(&signature)).into_bytes()
}

/// Whom the gateway takes a token for, and for how long.
fn person(rules: &Jwt, token: &[u8]) -> Option<(Person, Duration)> {
    let value = HeaderValue::from_bytes(token).ok()?;
    let headers = [(HEADER, value)];
    let presented = Presented { cookies: None, headers: &headers, client: IpAddr::V4(Ipv4Addr::LOCALHOST) };
    let World { tokens, metrics, .. } = world();
    let reply = tokens.ask(rules, presented, &metrics.unrouted).now_or_never();
    let reply = reply.expect("with keys from the configuration nobody is waited for");
    assert!(
        matches!(reply.answer, Answer::Person(_) | Answer::Unknown),
        "a token is a person's or not known"
    );
    match reply.answer {
        Answer::Person(person) => Some((person, reply.lifetime)),
        _ => None,
    }
}

fn hold_header(text: &str, algorithm: &str) {
    let header: Value = serde_json::from_str(text).expect("a header is JSON");
    assert_eq!(header["alg"], algorithm, "only what is configured is a signature");
    for extension in ["crit", "b64", "enc", "zip"] {
        assert!(header.get(extension).is_none(), "an extension is not passed over: {text:?}");
    }
    assert!(header.get("kid").is_none_or(Value::is_string), "{text:?}");
    let kind = header.get("typ").map_or(Some("JWT"), Value::as_str).map(str::to_ascii_lowercase);
    assert!(matches!(kind.as_deref(), Some("jwt" | "application/jwt")), "another type: {text:?}");
}

fn hold_claims(text: &str, person: &Person, lifetime: Duration) {
    let claims: Value = serde_json::from_str(text).expect("claims are JSON");
    let word = |claim: &str| claims.get(claim).and_then(Value::as_str);
    assert_eq!(word("iss"), Some(ISSUER));
    assert!(claims.get("events").is_none(), "an event is nobody: {text:?}");
    let is_ours = |audience: &Value| AUDIENCES.iter().any(|known| audience == known);
    let audience = match claims.get("aud") {
        Some(Value::Array(all)) => all.iter().all(Value::is_string) && all.iter().any(is_ours),
        Some(one) => is_ours(one),
        None => false,
    };
    assert!(audience, "it is for somebody else: {text:?}");
    let left = time(&claims["exp"]).map(|end| end + i128::from(LEEWAY - NOW));
    let left = left.expect("an end is a whole number");
    assert!(left > 0 && i128::from(lifetime.as_secs()) <= left && lifetime.as_secs() <= 30, "{text:?}");
    for begin in ["nbf", "iat"].iter().filter_map(|name| claims.get(name)) {
        assert!(time(begin).is_some_and(|begin| begin <= i128::from(NOW + LEEWAY)), "{text:?}");
    }
    for (name, claim) in [(&person.key, "sub"), (&person.username, "name")] {
        assert_eq!(Some(name.as_str()), word(claim), "nobody is who the token does not name");
        assert!((1..=255).contains(&name.len()) && !name.contains(char::is_control), "{text:?}");
    }
    assert!(!matches!(person.address, Address::Unchecked(_)), "an address is checked or it does not count");
    match &person.address {
        Address::Reported(email) => {
            assert_eq!(claims["email_verified"], true, "an address that nobody checked: {text:?}");
            let written = word("email").expect("an address is a text");
            assert_eq!(written.trim().split('@').count(), 2, "{text:?}");
            assert_eq!(written.to_lowercase().matches('@').count(), email.as_str().matches('@').count());
        }
        Address::Unreported => assert!(claims.get("email").is_none(), "{text:?}"),
        _ => assert!(claims.get("email").is_some(), "{text:?}"),
    }
    assert_eq!(person.realm.as_deref(), Some(ISSUER));
    assert!(!person.is_customer && person.session.is_none());
}

/// Seconds as digits and nothing else.
fn time(value: &Value) -> Option<i128> {
    let Value::Number(number) = value else { return None };
    number.to_string().parse().ok()
}

/// The name in a password's `Authorization`, for the fuzzer of those.
pub fn user_name(credentials: &str) -> Option<String> {
    api_token::user_name(credentials)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without a good token among them the fuzzer would only ever see refusals.
    #[test]
    fn a_good_token_is_somebodys_and_its_neighbours_are_nobodys() {
        let claims = r#"{"iss":"https://id.test","aud":"jira","sub":"7","name":"jane","exp":1800000300}"#;
        let by = |how: char, algorithm: &str| {
            read(format!("{how}{{\"alg\":\"{algorithm}\"}}\n{claims}").as_bytes())
        };
        assert!(by('2', "HS256") && by('3', "EdDSA"));
        for (how, algorithm) in
            [('2', "EdDSA"), ('3', "HS256"), ('4', "HS256"), ('5', "EdDSA"), ('6', "HS256")]
        {
            assert!(!by(how, algorithm), "{how} {algorithm}");
        }
    }
}
