//! The keys of an issuer: fetched rarely, never replaced by anything odd, and gone soon after the issuer removed them.

use std::time::Duration;

use postern::telemetry::labels::KeySetResult;
use serde_json::{Value, json};

use super::issuer::{Answer, RSA};
use super::{NOW, Realm, liam, with};

/// Liam's claims with a far end, so that nothing but the key decides.
fn lasting() -> Value {
    with(liam(), "exp", json!(NOW + 1_000_000))
}

/// A token that names a key nobody has, with claims of its own, so that it is looked at anew.
fn unknown_key(number: u32) -> String {
    let header = with(RSA[0].header(), "kid", json!(format!("made-up-{number}")));
    RSA[0].sign_texts(&header.to_string(), &with(lasting(), "jti", json!(number)).to_string())
}

#[tokio::test]
async fn t070_made_up_key_ids_are_two_fetches_a_minute() {
    let realm = Realm::start().await;
    // One signature serves them all: the key is looked for before it.
    let signature = RSA[0].sign(&lasting());
    let signature = signature.rsplit('.').next().unwrap();
    for number in 0..1_020_u32 {
        let header = with(RSA[0].header(), "kid", json!(format!("made-up-{number}")));
        let unsigned = super::issuer::message(&header.to_string(), &lasting().to_string());
        assert!(!realm.accepts(&format!("{unsigned}.{signature}")).await);
        if number % 17 == 16 {
            realm.world.advance(Duration::from_millis(990));
        }
    }
    assert!(realm.issuer.fetches() <= 2, "{}", realm.issuer.fetches());
}

#[tokio::test]
async fn t071_an_odd_set_is_refused_and_the_one_before_stays() {
    let realm = Realm::start().await;
    assert!(realm.accepts(&RSA[0].sign(&lasting())).await);
    let good = RSA[1].jwk();
    let keys = |more: Value| Answer::Keys(vec![good.clone(), more]);
    let mut weak = RSA[0].jwk();
    weak["e"] = json!("AQ");
    let many = (0..10_000).map(|number| with(good.clone(), "kid", json!(number.to_string()))).collect();
    let set = json!({ "keys": [good] }).to_string();
    let odd = [
        Answer::Text("application/json", format!("{}{set}", " ".repeat(10 * 1024 * 1024))),
        Answer::Text("application/json", format!("{}{set}", " ".repeat(256 * 1024))),
        Answer::Keys(many),
        keys(json!({"kty": "oct", "kid": "s", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ"})),
        keys(good.clone()),
        keys(weak),
        Answer::Keys(vec![]),
        Answer::Redirect("http://169.254.169.254/latest/meta-data".into()),
        Answer::Redirect(realm.issuer.url()),
        Answer::Text("text/html", set.clone()),
        Answer::Text("application/json", "<html></html>".into()),
        Answer::Error,
    ];
    for (number, answer) in (1_u32..).zip(odd) {
        realm.issuer.publish(answer);
        realm.world.advance(Duration::from_secs(31));
        assert!(!realm.accepts(&unknown_key(number)).await);
        assert_eq!(realm.world.app.metrics.key_sets.total(KeySetResult::Refused), u64::from(number));
        assert!(realm.accepts(&RSA[0].sign(&with(lasting(), "jti", json!(number)))).await, "{number}");
        assert!(!realm.accepts(&RSA[1].sign(&with(lasting(), "jti", json!(number)))).await, "{number}");
    }
    realm.issuer.publish(Answer::Text("application/jwk-set+json; charset=utf-8", set));
    realm.world.advance(Duration::from_secs(31));
    assert!(realm.accepts(&RSA[1].sign(&lasting())).await, "it heals by itself");
}

#[tokio::test]
async fn t072_a_new_key_counts_within_a_minute_and_a_removed_one_for_ten_at_most() {
    let realm = Realm::start().await;
    let (old, new) = (RSA[0].sign(&lasting()), RSA[1].sign(&lasting()));
    assert!(realm.accepts(&old).await);
    realm.issuer.publish_keys(&[&RSA[0], &RSA[1]]);
    realm.world.advance(Duration::from_secs(41));
    assert!(realm.accepts(&new).await);
    assert!(realm.accepts(&old).await);
    realm.issuer.publish_keys(&[&RSA[1]]);
    realm.world.advance(Duration::from_secs(600));
    assert!(!realm.accepts(&old).await, "though its signature was found good before");
    assert!(realm.accepts(&new).await);
}

#[tokio::test]
async fn a_set_is_refreshed_behind_the_requests_that_it_serves() {
    let realm = Realm::start().await;
    assert!(realm.accepts(&RSA[0].sign(&lasting())).await);
    realm.world.advance(Duration::from_secs(299));
    assert!(realm.accepts(&RSA[0].sign(&lasting())).await);
    assert_eq!(realm.issuer.fetches(), 1);
    realm.world.advance(Duration::from_secs(60));
    assert!(realm.accepts(&RSA[0].sign(&lasting())).await);
    let fetched = async {
        while realm.world.app.metrics.key_sets.total(KeySetResult::Fetched) < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), fetched).await.expect("a refresh");
    assert_eq!(realm.issuer.fetches(), 2);
}

#[tokio::test]
async fn an_issuer_that_is_away_is_done_without_for_a_day() {
    let realm = Realm::start().await;
    assert!(realm.accepts(&RSA[0].sign(&lasting())).await);
    realm.issuer.publish(Answer::Error);
    for hours in [1, 12, 10] {
        realm.world.advance(Duration::from_secs(hours * 3600));
        assert!(realm.accepts(&RSA[0].sign(&lasting())).await);
    }
    realm.world.advance(Duration::from_secs(3600));
    let answer = realm.open(&RSA[0].sign(&lasting())).await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(realm.received().is_empty());
}

#[tokio::test]
async fn without_any_keys_a_token_is_no_pass() {
    let realm = Realm::start().await;
    realm.issuer.publish(Answer::Error);
    let token = RSA[0].sign(&lasting());
    for _ in 0..20 {
        let answer = realm.open(&token).await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "5"));
    }
    assert!(realm.received().is_empty());
    assert_eq!(realm.issuer.fetches(), 1, "a flood here is none at the issuer");
    assert_eq!(
        realm.send(&[("authorization", "Bearer token")]).await.status,
        200,
        "programs do not wait for it"
    );
    assert_eq!(realm.send(&[]).await.status, 200, "nor do visitors");
    realm.received();
    realm.issuer.publish_keys(&[&RSA[0]]);
    realm.world.advance(Duration::from_secs(6));
    assert!(realm.accepts(&token).await);
}
