//! Several sources of sessions at one site: the first that knows wins, and what nobody knows does not go on.

use http::{Method, StatusCode};
use postern::demo::{Fault, Product, ProductKind, demo_people};

use super::issuer::{ISSUER, Issuer, RSA};
use super::{Realm, claims, liam};
use crate::support::client::{Browser, FETCH};
use crate::support::world::{World, behind};

const HEADER: &str = "header = \"X-Acme-Token\"\nalgorithms = [\"RS256\"]";

/// A gateway with a site before a Jira look-alike of its own.
struct Both {
    world: World,
    jira: Product,
}

impl Both {
    /// Sessions come from these sources.
    async fn with(sources: &[&str]) -> Self {
        let url = Issuer::start(&[&RSA[0]]).await.url();
        let jira = Product::new(ProductKind::Jira, demo_people());
        let upstream = behind(jira.router()).await;
        let mut site = format!(
            "[[site]]\nhost = \"both.test\"\nproduct = \"jira-software\"\nupstream = \"http://{upstream}\"\n"
        );
        for source in sources {
            site += &format!("[[site.session]]\nsource = \"{source}\"\n");
            if *source == "jwt" {
                site += &format!(
                    "cookie = \"up_jwt\"\nissuer = \"{ISSUER}\"\naudience = \"app\"\njwks_url = \"{url}\"\nalgorithms = [\"RS256\"]\n"
                );
            }
        }
        Self { world: World::with(&site).await, jira }
    }

    fn browser(&self) -> Browser {
        self.world.browser_at("both.test")
    }
}

#[tokio::test]
async fn the_first_source_that_knows_the_session_wins() {
    for sources in [["jwt", "introspect"], ["introspect", "jwt"]] {
        let both = Both::with(&sources).await;
        let mut liam = both.browser();
        liam.sign_in("liam").await;
        assert_eq!(
            liam.open("/browse/DEMO-1").await.header("x-ausername"),
            "liam",
            "{sources:?}: by the product"
        );
        // Beside a token of the same person, the first counts.
        liam.cookies.insert("up_jwt".to_owned(), RSA[0].sign(&claims("Liam", "jane@acme.com")));
        assert_eq!(liam.open("/browse/DEMO-1").await.is_challenge(), sources[0] == "jwt", "{sources:?}");
    }
}

#[tokio::test]
async fn a_token_counts_while_the_product_cannot_be_asked() {
    for sources in [["jwt", "introspect"], ["introspect", "jwt"]] {
        let both = Both::with(&sources).await;
        both.jira.set_fault(Some(Fault::ServerError));
        let mut browser = both.browser();
        browser.cookies.insert("up_jwt".to_owned(), RSA[0].sign(&liam()));
        assert_eq!(browser.open("/browse/PUB-1").await.status, StatusCode::OK, "{sources:?}");
        // Whoever has none is not waved through.
        browser.cookies.insert("up_jwt".to_owned(), "junk".to_owned());
        assert_eq!(
            browser.open("/browse/PUB-1").await.status,
            StatusCode::SERVICE_UNAVAILABLE,
            "{sources:?}"
        );
    }
}

#[tokio::test]
async fn a_token_does_not_vouch_for_a_session_that_the_product_cannot_name() {
    let both = Both::with(&["introspect", "jwt"]).await;
    let mut jane = both.browser();
    jane.sign_in("jane").await;
    both.jira.clear_received();
    both.jira.set_fault(Some(Fault::ServerError));
    jane.cookies.insert("up_jwt".to_owned(), RSA[0].sign(&liam()));
    assert_eq!(jane.open("/browse/DEMO-1").await.status, StatusCode::SERVICE_UNAVAILABLE);
    let received = both.jira.received();
    assert!(received.iter().all(|request| request.header("x-forwarded-for").is_empty()), "{received:?}");
}

#[tokio::test]
async fn a_token_does_not_take_somebody_else_s_session_along() {
    let both = Both::with(&["jwt", "introspect"]).await;
    let mut jane = both.browser();
    jane.sign_in("jane").await;
    both.jira.clear_received();
    jane.cookies.insert("up_jwt".to_owned(), RSA[0].sign(&liam()));
    assert_eq!(jane.open("/browse/DEMO-1").await.status, StatusCode::SERVICE_UNAVAILABLE);
    let received = both.jira.received();
    assert!(received.iter().all(|request| request.header("x-forwarded-for").is_empty()), "{received:?}");
    // Beside a session that the product calls nobody's, the token counts.
    jane.cookies.insert("JSESSIONID".to_owned(), "ended".to_owned());
    assert!(jane.open("/browse/DEMO-1").await.header("x-ausername") != "jane");
}

#[tokio::test]
async fn what_the_product_itself_calls_nobody_s_goes_on() {
    let both = Both::with(&["jwt", "introspect"]).await;
    let mut browser = both.browser();
    browser.cookies.insert("JSESSIONID".to_owned(), "unknown".to_owned());
    both.jira.clear_received();
    assert_eq!(browser.open("/browse/PUB-1").await.header("x-ausername"), "anonymous");
    // The question whose session it is, and the request.
    let received = both.jira.received();
    assert!(
        received.len() == 2
            && received.iter().all(|request| request.header("cookie") == ["JSESSIONID=unknown"])
    );
}

#[tokio::test]
async fn t068_what_nobody_recognises_never_reaches_the_product() {
    let realm = Realm::start().await;
    let jane = RSA[0].sign(&claims("jane", "jane@acme.com"));
    let many: String = (0..200).map(|number| format!("c{number}=1; ")).collect();
    for cookies in [
        format!("UP_JWT={jane}"),
        format!("up_jwt ={jane}"),
        format!("\"up_jwt\"={jane}"),
        format!("up_jwt=\"{jane}\""),
        format!("up_jwt= {jane}"),
        format!("session={jane}"),
        format!("$Version=1; UP_JWT={jane}"),
        format!("{many}UP_JWT={jane}"),
        "up_jwt=junk; JSESSIONID=1".to_owned(),
        "anything".to_owned(),
    ] {
        let answer = realm.send(&[("cookie", &cookies)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("x-ausername")), (200, "anonymous"), "{cookies}");
        let received = realm.received();
        assert!(received.len() == 1 && !received[0].contains_key("cookie"), "{cookies}: {received:?}");
        assert!(!format!("{received:?}").contains(&jane));
    }
    assert!(realm.send(&[("cookie", &format!("{many}up_jwt={jane}"))]).await.is_challenge());
    assert!(realm.received().is_empty());
}

#[tokio::test]
async fn t067_two_tokens_are_refused() {
    let realm = Realm::start().await;
    let (liam, jane) = (RSA[0].sign(&liam()), RSA[0].sign(&claims("jane", "jane@acme.com")));
    for (one, other) in [(&liam, &jane), (&jane, &liam)] {
        for cookies in [format!("up_jwt={one}; up_jwt={other}"), format!("up_jwt={one}; up_jwt ={other}")] {
            assert_eq!(realm.send(&[("cookie", &cookies)]).await.status, StatusCode::BAD_REQUEST);
        }
        assert_eq!(
            realm
                .send(&[("cookie", &format!("up_jwt={one}")), ("cookie", &format!("up_jwt={other}"))])
                .await
                .status,
            StatusCode::BAD_REQUEST
        );
    }
    assert!(realm.received().is_empty());
}

#[tokio::test]
async fn a_session_in_a_header_is_judged_and_forwarded() {
    let realm = Realm::with(&[&RSA[0]], HEADER).await;
    let liam = RSA[0].sign(&liam());
    for _ in 0..2 {
        let answer = realm.send(&[("x-acme-token", &liam)]).await;
        assert_eq!((answer.status, answer.header("x-ausername")), (StatusCode::OK, "liam"));
        assert_eq!(realm.received()[0]["x-acme-token"], liam);
    }
    let in_a_cookie = realm.send(&[("cookie", &format!("up_jwt={liam}"))]).await;
    assert_eq!(in_a_cookie.header("x-ausername"), "anonymous", "this site takes no token from there");
}

#[tokio::test]
async fn the_product_is_shown_a_session_s_header_too() {
    let lines = format!(
        "{HEADER}\n[[site.session]]\nsource = \"introspect\"\n[site.introspect]\npath = \"/me\"\nkey = \"/id\"\n\
         username = \"/login\""
    );
    // The site of the realm has no such resource, so there the product fails, which is no pass.
    let realm = Realm::with(&[&RSA[0]], &lines).await;
    assert_eq!(realm.send(&[("x-acme-token", "opaque")]).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let received = realm.received();
    assert!(
        received.len() == 1
            && received[0]["x-acme-token"] == "opaque"
            && !received[0].contains_key("x-forwarded-for")
    );
}

#[tokio::test]
async fn a_header_that_is_there_twice_or_not_allowed_does_not_go_on() {
    let realm = Realm::with(&[&RSA[0]], HEADER).await;
    let (liam, jane) = (RSA[0].sign(&liam()), RSA[0].sign(&claims("jane", "jane@acme.com")));
    for second in ["x-acme-token", "x_acme_token", "x-acme_token"] {
        let answer = realm.send(&[("x-acme-token", &liam), (second, &jane)]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{second}");
    }
    assert!(realm.send(&[("x-acme-token", &jane)]).await.is_challenge());
    assert!(realm.received().is_empty());
    for lines in [
        vec![("x-acme-token", jane.as_str()), ("authorization", "Bearer token")],
        vec![("x_acme_token", jane.as_str())],
        vec![("x-acme-token", "junk")],
    ] {
        assert_eq!(realm.send(&lines).await.status, StatusCode::OK, "{lines:?}");
        for received in realm.received() {
            assert!(!received.keys().any(|name| name.as_str().contains("acme")), "{lines:?}: {received:?}");
        }
    }
    let fetched = [&FETCH[..], &[("x-acme-token", jane.as_str())]].concat();
    let answer = realm.world.browser_at(super::APP).send(Method::GET, "/page", &fetched, "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}
