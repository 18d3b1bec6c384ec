//! A token that is known costs no signature, whatever else comes along with it.

use postern::telemetry::labels::TokenResult;

use super::issuer::RSA;
use super::{APP, Realm, liam};

#[tokio::test]
async fn a_thousand_requests_check_one_signature() {
    let realm = Realm::start().await;
    let mut browser = realm.browser(&RSA[0].sign(&liam()));
    for number in 0..1_000 {
        if number % 2 == 0 {
            // Another set of cookies is another session to ask about, by the same token.
            browser.cookies.insert("visit".to_owned(), number.to_string());
        }
        assert_eq!(browser.open("/page").await.header("x-ausername"), "liam");
    }
    let verified = realm.world.app.metrics.site(APP);
    assert_eq!(verified.token_verifications.total(TokenResult::Valid), 1);
    assert_eq!(verified.token_verifications.total(TokenResult::Invalid), 0);
    assert_eq!(realm.issuer.fetches(), 1);
}
