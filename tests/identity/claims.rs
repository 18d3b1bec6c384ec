//! What a token says of a person: who they are to us, and whether an address in it makes them managed.

use std::time::Duration;

use futures_util::future::join_all;
use http::StatusCode;
use serde_json::json;

use super::issuer::{ISSUER, RSA, Signer};
use super::{Realm, claims, liam, with};
use crate::support::client::Browser;

/// Passes the challenge that this browser's next page load must meet.
async fn verify(realm: &Realm, browser: &mut Browser, email: &str) {
    let page = browser.challenge("/page").await;
    let answer = browser.submit(&page, &realm.world.newest_mail(email).code()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(browser.open("/page").await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_external_person_with_a_token_verifies_once() {
    let realm = Realm::start().await;
    let mut jane = realm.browser(&RSA[0].sign(&claims("jane", "jane@acme.com")));
    verify(&realm, &mut jane, "jane@acme.com").await;
    assert_eq!(realm.received().len(), 1);
    // A refreshed token is the same person.
    let refreshed = RSA[0].sign(&with(claims("jane", "jane@acme.com"), "jti", json!("2")));
    jane.cookies.insert("up_jwt".to_owned(), refreshed);
    assert_eq!(jane.open("/page").await.status, StatusCode::OK);
}

#[tokio::test]
async fn t080_an_odd_address_makes_nobody_managed() {
    let lines = "cookie = \"up_jwt\"\nalgorithms = [\"RS256\"]\nemail_verified_claim = \"email_verified\"";
    let realm = Realm::with(&[&RSA[0]], lines).await;
    let verified = with(liam(), "email_verified", json!(true));
    assert!(realm.accepts(&RSA[0].sign(&verified)).await);
    // The directory knows the mailbox of this login name, and still it is not taken in place of what the token says.
    for (name, value) in [
        ("email", json!("liam@acme.com@evil.test")),
        ("email", json!(["liam@acme.com"])),
        ("email", json!(null)),
        ("email", json!(7)),
        ("email", json!("")),
        ("email_verified", json!(false)),
        ("email_verified", json!("true")),
        ("email_verified", json!(null)),
    ] {
        let answer = realm.open(&RSA[0].sign(&with(verified.clone(), name, value.clone()))).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name} {value}");
        assert!(answer.body.contains("No mailbox is known"), "{}", answer.body);
    }
    assert!(realm.received().is_empty());
}

#[tokio::test]
async fn a_token_without_an_address_is_judged_by_the_directory_s() {
    let realm = Realm::start().await;
    let mut silent = liam();
    silent.as_object_mut().unwrap().remove("email");
    assert!(realm.accepts(&RSA[0].sign(&silent)).await);
    let mut stranger = claims("nobody.known", "x@ext.test");
    stranger.as_object_mut().unwrap().remove("email");
    assert_eq!(realm.open(&RSA[0].sign(&stranger)).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn t081_the_same_name_at_another_issuer_is_another_person() {
    let other = Signer::ec("ec-1");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    std::fs::write(&file, json!({ "keys": [other.jwk()] }).to_string()).unwrap();
    let lines = format!(
        "cookie = \"up_jwt\"\nalgorithms = [\"RS256\"]\n[[site.session]]\nsource = \"jwt\"\ncookie = \"up_jwt\"\n\
         issuer = \"https://other.test\"\naudience = \"app\"\njwks_file = {:?}\nalgorithms = [\"ES256\"]",
        file.display().to_string()
    );
    let realm = Realm::with(&[&RSA[0]], &lines).await;
    let jane = claims("jane", "jane@acme.com");
    let mut browser = realm.browser(&RSA[0].sign(&jane));
    verify(&realm, &mut browser, "jane@acme.com").await;
    let elsewhere = other.sign(&with(jane.clone(), "iss", json!("https://other.test")));
    browser.cookies.insert("up_jwt".to_owned(), elsewhere);
    assert!(browser.open("/page").await.is_challenge(), "the proof is another person's");
    browser.cookies.insert("up_jwt".to_owned(), other.sign(&jane));
    realm.received();
    browser.open("/page").await;
    assert!(!realm.received()[0].contains_key("cookie"), "nor do an issuer's keys speak for another");
    assert_eq!(jane["iss"], ISSUER);
}

#[tokio::test]
async fn t082_a_changed_address_is_judged_at_the_next_request() {
    let realm = Realm::start().await;
    let mut browser = realm.browser(&RSA[0].sign(&liam()));
    assert_eq!(browser.open("/page").await.status, StatusCode::OK);
    let changed = RSA[0].sign(&claims("liam", "liam@gmail.com"));
    browser.cookies.insert("up_jwt".to_owned(), changed);
    assert!(browser.open("/page").await.is_challenge());
    let jane = RSA[0].sign(&claims("jane", "liam@acme.com"));
    browser.cookies.insert("up_jwt".to_owned(), jane);
    assert!(browser.open("/page").await.is_challenge(), "somebody else's address makes nobody managed");
}

#[tokio::test]
async fn a_new_sign_in_at_the_issuer_ends_the_verification_and_a_refresh_does_not() {
    let lines = "cookie = \"up_jwt\"\nalgorithms = [\"RS256\"]\nsession_claim = \"sid\"";
    let realm = Realm::with(&[&RSA[0]], lines).await;
    let jane = |session: &str, token: u32| {
        let claims = with(claims("jane", "jane@acme.com"), "sid", json!(session));
        RSA[0].sign(&with(claims, "jti", json!(token)))
    };
    let mut browser = realm.browser(&jane("one", 1));
    verify(&realm, &mut browser, "jane@acme.com").await;
    browser.cookies.insert("up_jwt".to_owned(), jane("one", 2));
    assert_eq!(browser.open("/page").await.status, StatusCode::OK);
    browser.cookies.insert("up_jwt".to_owned(), jane("two", 3));
    let challenged = browser.open("/page").await;
    assert!(challenged.is_challenge());
    let page = browser.open(challenged.header("location")).await;
    assert_eq!(page.status, StatusCode::OK, "and no other host may vouch for what was before it");
    realm.received();
    assert!(!realm.accepts(&RSA[0].sign(&liam())).await, "without the claim a token does not count");
}

#[tokio::test]
async fn t079_people_with_tokens_are_never_mixed_up() {
    const PEOPLE: u32 = 12;
    const ROUNDS: u32 = 20;
    let realm = Realm::start().await;
    let mut browsers = Vec::new();
    for number in 0..PEOPLE {
        let (name, email) = (format!("user{number}"), format!("user{number}@ext.test"));
        let mut browser = realm.browser(&RSA[0].sign(&claims(&name, &email)));
        verify(&realm, &mut browser, &email).await;
        browsers.push((name, browser));
    }
    for round in 0..ROUNDS {
        let asked = join_all(browsers.iter_mut().map(|(name, browser)| async move {
            let answer = browser.fetch("/page").await;
            assert_eq!((answer.status, answer.header("x-ausername")), (StatusCode::OK, name.as_str()));
        }));
        asked.await;
        if round % 5 == 0 {
            realm.world.advance(Duration::from_secs(31));
        }
    }
}
