//! Forged, altered and unsuitable tokens: none is believed, and none reaches the product.

use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::EncodingKey;
use postern::telemetry::labels::TokenResult;
use serde_json::json;

use super::issuer::{ISSUER, RSA, Signer, message};
use super::{APP, NOW, Realm, liam, with};
use crate::support::raw::ask;

/// Both kinds of refusal: by the rules, and by the signature.
fn signatures_checked(realm: &Realm) -> u64 {
    let site = realm.world.app.metrics.site(APP);
    site.token_verifications.total(TokenResult::Valid) + site.token_verifications.total(TokenResult::Invalid)
}

#[tokio::test]
async fn a_managed_person_passes_by_a_token_and_nobody_by_another() {
    let realm = Realm::start().await;
    assert!(realm.accepts(&RSA[0].sign(&liam())).await);
    assert!(!realm.accepts("junk").await);
    assert!(!realm.accepts(&RSA[1].sign(&liam())).await, "a key that is not the issuer's");
}

#[tokio::test]
async fn t056_t057_an_algorithm_of_the_token_s_own_choice_is_refused() {
    let realm = Realm::start().await;
    let claims = liam().to_string();
    for name in ["none", "None", "nOnE", ""] {
        let unsigned = message(&json!({"alg": name, "kid": "rsa-1"}).to_string(), &claims);
        assert!(!realm.accepts(&format!("{unsigned}.")).await, "{name}");
        assert!(!realm.accepts(&format!("{unsigned}.AAAA")).await, "{name}");
        assert!(!realm.accepts(&unsigned).await, "{name}");
    }
    // The published key, as everything that an HMAC implementation was ever made to take for a secret.
    let jwk = RSA[0].jwk();
    let modulus = BASE64URL_NOPAD.decode(jwk["n"].as_str().unwrap().as_bytes()).unwrap();
    let secrets =
        [jwk.to_string().into_bytes(), jwk["n"].as_str().unwrap().into(), modulus, RSA[0].pem.clone().into()];
    for secret in secrets {
        let unsigned = message(&json!({"alg": "HS256", "kid": "rsa-1"}).to_string(), &claims);
        let key = EncodingKey::from_secret(&secret);
        let tag =
            jsonwebtoken::crypto::sign(unsigned.as_bytes(), &key, jsonwebtoken::Algorithm::HS256).unwrap();
        assert!(!realm.accepts(&format!("{unsigned}.{tag}")).await);
    }
    assert_eq!(signatures_checked(&realm), 0);
}

#[tokio::test]
async fn t058_a_signature_of_zeros_is_refused() {
    let signer = Signer::ec("ec-1");
    let realm = Realm::with(&[&signer], "cookie = \"up_jwt\"\nalgorithms = [\"ES256\"]").await;
    assert!(realm.accepts(&signer.sign(&liam())).await);
    let unsigned = message(&signer.header().to_string(), &liam().to_string());
    for signature in [[0; 64].as_slice(), &[0; 63], &[0; 72], &[0xff; 64]] {
        assert!(!realm.accepts(&format!("{unsigned}.{}", BASE64URL_NOPAD.encode(signature))).await);
    }
    assert!(!realm.accepts(&Signer::ec("ec-1").sign(&liam())).await, "the same name, another key");
}

#[tokio::test]
async fn t059_t060_t061_t066_odd_headers_are_refused_and_nothing_in_them_is_followed() {
    let realm = Realm::start().await;
    let stranger = super::Issuer::start(&[&RSA[1]]).await;
    assert!(realm.accepts(&RSA[0].sign(&liam())).await);
    let fetches = realm.issuer.fetches();
    for (name, value) in [
        ("kid", json!("../../dev/null")),
        ("kid", json!("' OR 1=1--")),
        ("kid", json!(stranger.url())),
        ("kid", json!(["rsa-1"])),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("typ", json!("logout+jwt")),
        ("typ", json!("at+jwt")),
        ("enc", json!("A256GCM")),
    ] {
        let header = with(RSA[0].header(), name, value.clone());
        assert!(
            !realm.accepts(&RSA[0].sign_texts(&header.to_string(), &liam().to_string())).await,
            "{name} {value}"
        );
    }
    for (name, value) in [
        ("jwk", RSA[1].jwk()),
        ("jku", json!(stranger.url())),
        ("x5u", json!(stranger.url())),
        ("x5c", json!(["MII"])),
    ] {
        let header = with(RSA[0].header(), name, value);
        assert!(!realm.accepts(&RSA[1].sign_texts(&header.to_string(), &liam().to_string())).await, "{name}");
        assert!(
            realm.accepts(&RSA[0].sign_texts(&header.to_string(), &liam().to_string())).await,
            "{name} is ignored"
        );
    }
    assert_eq!((stranger.fetches(), realm.issuer.fetches()), (0, fetches));
    let jwe = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.a.b.c.d";
    assert!(!realm.accepts(jwe).await);
}

#[tokio::test]
async fn t062_t063_times_are_whole_seconds_around_now() {
    let realm = Realm::start().await;
    let text = liam().to_string();
    let end = (NOW + 900).to_string();
    for odd in ["1", "-1", "null", "\"9999999999\"", "1e400", "9999999999.5", "true", "[]"] {
        let claims = text.replace(&end, odd);
        assert!(!realm.accepts(&RSA[0].sign_texts(&RSA[0].header().to_string(), &claims)).await, "{odd}");
    }
    let mut endless = liam();
    endless.as_object_mut().unwrap().remove("exp");
    assert!(!realm.accepts(&RSA[0].sign(&endless)).await);
    for (name, value) in
        [("nbf", json!(NOW + 60)), ("nbf", json!("1")), ("iat", json!(NOW + 60)), ("nbf", json!(1.5))]
    {
        assert!(!realm.accepts(&RSA[0].sign(&with(liam(), name, value.clone()))).await, "{name} {value}");
    }
    assert_eq!(signatures_checked(&realm), 0);
}

#[tokio::test]
async fn a_token_ends_when_it_says_so_however_well_it_is_known() {
    let realm = Realm::start().await;
    let token = RSA[0].sign(&with(liam(), "exp", json!(NOW + 5)));
    assert!(realm.accepts(&token).await);
    realm.world.advance(std::time::Duration::from_secs(34));
    assert!(realm.accepts(&token).await, "the issuer's clock may be 30 s off");
    realm.world.advance(std::time::Duration::from_secs(1));
    assert!(!realm.accepts(&token).await);
}

#[tokio::test]
async fn t064_t065_another_issuer_or_audience_is_refused() {
    let realm = Realm::start().await;
    for (name, value) in [
        ("iss", json!("https://id.test/")),
        ("iss", json!("https://other.test")),
        ("iss", json!([ISSUER])),
        ("iss", json!(null)),
        ("aud", json!("other")),
        ("aud", json!(["other"])),
        ("aud", json!("app.evil")),
        ("aud", json!([])),
        ("aud", json!(null)),
        ("events", json!({})),
    ] {
        assert!(!realm.accepts(&RSA[0].sign(&with(liam(), name, value.clone()))).await, "{name} {value}");
    }
    assert!(realm.accepts(&RSA[0].sign(&with(liam(), "aud", json!(["other", "app"])))).await);
}

#[tokio::test]
async fn t078_no_altered_token_is_believed() {
    let realm = Realm::start().await;
    let good = RSA[0].sign(&liam());
    assert!(realm.accepts(&good).await);
    let mut tried = 0;
    for place in (0..good.len()).step_by(3) {
        let mut bytes = good.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(bytes).unwrap();
        assert!(!realm.accepts(&altered).await, "at {place}: {altered}");
        tried += 1;
    }
    assert!(tried >= 200, "{tried}");
    for cut in [1, 2, 3, 10, 100] {
        assert!(!realm.accepts(&good[..good.len() - cut]).await);
        assert!(!realm.accepts(&good[cut..]).await);
    }
    assert!(!realm.accepts(&format!("{good}=")).await);
    assert!(!realm.accepts(&format!("\"{good}\"")).await);
}

#[tokio::test]
async fn t069_large_tokens_are_refused_by_their_size() {
    let realm = Realm::start().await;
    let token = RSA[0].sign(&with(liam(), "pad", json!("x".repeat(7 * 1024))));
    assert!(token.len() > 8 * 1024 && !realm.accepts(&token).await);
    for size in [64 * 1024, 1024 * 1024] {
        let cookie = "x".repeat(size);
        let head = format!("GET / HTTP/1.1\r\nHost: {APP}\r\nCookie: up_jwt={cookie}\r\n\r\n");
        let answer = ask(realm.world.address, head).await;
        assert!(answer.status == 431 || answer.status == 0, "{}", answer.status);
    }
    assert!(realm.received().is_empty());
    assert_eq!(signatures_checked(&realm), 0);
}
