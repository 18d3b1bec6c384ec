//! The API lane: the token goes on alone, and junk beside a session gains nothing.

use http::{Method, StatusCode};
use postern::demo::{Product, ProductKind, demo_people};

use super::{assert_nothing_forwarded, forwarded, head, questions, stale_jane};
use crate::support::client::{Browser, FETCH};
use crate::support::raw::ask;
use crate::support::world::{World, behind};

const MYSELF: &str = "/rest/api/2/myself";

/// The browser's request with an `Authorization`, as a script would send it.
async fn with_authorization(browser: &mut Browser, value: &str) -> crate::support::client::Answer {
    let mut headers = FETCH.to_vec();
    headers.push(("authorization", value));
    browser.send(Method::GET, MYSELF, &headers, "").await
}

#[tokio::test]
async fn t042_t043_junk_beside_a_stale_session_goes_on_without_the_session() {
    let world = World::start().await;
    let mut jane = stale_jane(&world).await;
    for junk in ["Bearer junk", "Basic Zm9vOmJhcg=="] {
        world.jira.clear_received();
        let answer = with_authorization(&mut jane, junk).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.header("x-ausername"), "anonymous");
        let received = world.jira.received();
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].header("authorization"), [junk]);
        assert!(received[0].header("cookie").is_empty(), "{received:?}");
    }
}

#[tokio::test]
async fn t046_a_token_alone_goes_on_unchanged() {
    let world = World::start().await;
    let mut script = world.browser();
    for value in ["Bearer demo-pat-omar", "Basic b21hcjpkZW1v"] {
        world.jira.clear_received();
        let answer = with_authorization(&mut script, value).await;
        assert_eq!((answer.status, &answer.json()["name"]), (StatusCode::OK, &"omar".into()));
        let received = world.jira.received();
        assert_eq!(received.len(), 1, "nobody is asked whose token it is");
        assert_eq!(received[0].header("authorization"), [value]);
        let ours = received[0].headers.iter().filter(|(name, _)| name.starts_with("x-postern"));
        let names: Vec<&str> = ours.map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["x-postern-receipt", "x-postern-class"], "no identity header");
    }
    assert!(world.metrics().contains("lane=\"api\""));
}

#[tokio::test]
async fn t047_a_valid_token_and_a_session_never_go_on_together() {
    let world = World::start().await;
    let mut jane = stale_jane(&world).await;
    let answer = with_authorization(&mut jane, "Bearer demo-pat-liam").await;
    assert_eq!(answer.json()["name"], "liam");
    let reached = forwarded(&world.jira);
    assert_eq!((reached.len(), reached[0].header("cookie").len()), (1, 0));
    assert_eq!(questions(&world.jira), 0);
}

#[tokio::test]
async fn t048_what_is_no_plain_authorization_leaves_a_stale_session_challenged() {
    let world = World::start().await;
    let mut jane = stale_jane(&world).await;
    let long = format!("Bearer {}", "a".repeat(8 * 1024));
    for value in
        ["", "Bearer", "Bearer ", "bearer x", "token x", "Negotiate abc", "Basic", "Bearer a b", &long]
    {
        let answer = with_authorization(&mut jane, value).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{value:?}");
        assert_eq!(answer.json()["code"], "no-proof", "{value:?}");
    }
    for lines in [
        "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n",
        "authorization:\r\nAuthorization: Bearer b\r\n",
    ] {
        let answer = ask(world.address, head("GET", &jane, MYSELF, lines)).await;
        assert_eq!(answer.status, 400, "{answer:?}");
        assert!(answer.body.contains("duplicate-authorization"));
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn an_authorization_that_is_none_does_not_go_on_beside_a_judged_session() {
    let world = World::start().await;
    let mut liam = super::liam(&world).await;
    let answer = with_authorization(&mut liam, "bearer demo-pat-omar").await;
    assert_eq!((answer.status, &answer.json()["name"]), (StatusCode::OK, &"liam".into()));
    assert!(forwarded(&world.jira)[0].header("authorization").is_empty());
}

#[tokio::test]
async fn a_session_born_from_a_basic_call_does_not_come_back() {
    let world = World::start().await;
    let mut script = world.browser();
    let answer = with_authorization(&mut script, "Basic b21hcjpkZW1v").await;
    assert_eq!(answer.header("x-ausername"), "omar");
    assert!(!answer.headers.contains_key("set-cookie"), "{:?}", answer.headers);
    // At the product itself the same call leaves a session behind.
    let direct = ask(
        world.app.settings.sites[0].upstream.authority.as_str().parse().expect("an address"),
        format!("GET {MYSELF} HTTP/1.1\r\nHost: jira.test\r\nAuthorization: Basic b21hcjpkZW1v\r\n\r\n"),
    )
    .await;
    assert!(direct.header("set-cookie").starts_with("JSESSIONID="), "{direct:?}");
}

#[tokio::test]
async fn a_stale_session_gains_nothing_from_a_page_load_with_a_token() {
    let world = World::start().await;
    let jane = stale_jane(&world).await;
    let answer = super::load(&world, &jane, "/browse/DEMO-1", "Authorization: Bearer junk\r\n").await;
    // The product takes the visitor for nobody and asks to sign in.
    assert_eq!(answer.status, 302, "{answer:?}");
    assert!(answer.header("location").starts_with("/login.jsp"));
    assert!(forwarded(&world.jira)[0].header("cookie").is_empty());
}

/// A site behind a load balancer, and its product.
async fn balanced(more: &str) -> (World, Product) {
    let product = Product::new(ProductKind::Jira, demo_people());
    let upstream = behind(product.router()).await;
    let site = format!(
        "[[site]]\nhost = \"nodes.test\"\nproduct = \"jira-software\"\nupstream = \"http://{upstream}\"\n\
         affinity_cookies = [\"ROUTEID\", \"AWSALB*\"]\n{more}"
    );
    (World::with(&site).await, product)
}

#[tokio::test]
async fn the_load_balancers_cookies_go_on_where_no_other_cookie_does() {
    let (world, product) = balanced("public = [\"GET /status\"]").await;
    let mut omar = world.browser_at("nodes.test");
    omar.sign_in("omar").await;
    for (name, value) in [("ROUTEID", ".2"), ("AWSALBCORS", "a/b"), ("theme", "dark"), ("routeid", "x")] {
        omar.cookies.insert(name.to_owned(), value.to_owned());
    }
    product.clear_received();
    assert!(omar.open("/browse/DEMO-1").await.is_challenge(), "they open nothing");
    assert_eq!(with_authorization(&mut omar, "Bearer demo-pat-omar").await.json()["name"], "omar");
    assert_eq!(omar.open("/status").await.status, StatusCode::OK);
    for request in forwarded(&product) {
        assert_eq!(request.header("cookie"), ["AWSALBCORS=a/b; ROUTEID=.2"], "{request:?}");
    }
    assert_eq!(forwarded(&product).len(), 2);
    let mut visitor = world.browser_at("nodes.test");
    visitor.cookies.insert("ROUTEID".to_owned(), ".2".to_owned());
    product.clear_received();
    assert_eq!(visitor.open("/browse/PUB-1").await.status, StatusCode::OK);
    assert_eq!(forwarded(&product)[0].header("cookie"), ["ROUTEID=.2"]);
    assert_eq!(questions(&product), 0, "such a cookie is nobody's session");
}

#[tokio::test]
async fn a_credential_cannot_hide_in_a_load_balancers_cookie() {
    let (world, product) = balanced("").await;
    let mut omar = world.browser_at("nodes.test");
    omar.sign_in("omar").await;
    let session = omar.cookies["JSESSIONID"].clone();
    product.clear_received();
    for cookie in [format!("ROUTEID=\"; JSESSIONID={session}\""), format!("ROUTEID=1,JSESSIONID={session}")] {
        let lines = format!("Authorization: Bearer junk\r\nCookie: {cookie}\r\n");
        omar.cookies.clear();
        ask(world.address, head("GET", &omar, MYSELF, &lines)).await;
        let request = forwarded(&product).pop().expect("a request");
        assert!(request.header("cookie").is_empty(), "{request:?}");
    }
}

#[tokio::test]
async fn t049_the_way_to_sign_in_is_taken_from_the_address_and_all_else_stays() {
    let world = World::start().await;
    let (mut script, token) = (world.browser(), [("authorization", "Bearer demo-pat-omar")]);
    for (sent, forwarded_as) in [
        ("/rest/api/2/myself?os_authType=basic", "/rest/api/2/myself"),
        (
            "/rest/api/2/search?jql=a%20=+b&os_authType=any&x=%5b1%5D|{}",
            "/rest/api/2/search?jql=a%20=+b&x=%5b1%5D|{}",
        ),
        ("/rest/api/2/myself?os%5FauthType=cookie&a", "/rest/api/2/myself?a"),
        ("/activity?os_authType=basic&a=%2f", "/activity?os_authType=basic&a=%2f"),
        ("/activity/x?os_authType=basic", "/activity/x"),
        ("/activity%2f?os_authType=basic", "/activity%2f"),
        ("/rest/api/2/search?jql=%6F", "/rest/api/2/search?jql=%6F"),
    ] {
        world.jira.clear_received();
        let lines = "Authorization: Bearer demo-pat-omar\r\n";
        ask(world.address, head("GET", &script, sent, lines)).await;
        assert_eq!(forwarded(&world.jira)[0].target, forwarded_as, "{sent}");
    }
    world.jira.clear_received();
    let refused =
        script.send(Method::GET, "/rest/api/2/myself?os_username=omar&os_password=demo", &token, "").await;
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (StatusCode::BAD_REQUEST, &"query-credentials".into())
    );
    assert_nothing_forwarded(&world);
    let mut jane = stale_jane(&world).await;
    for query in ["os_authType=basic", "access_token=x"] {
        assert!(jane.open(&format!("/browse/DEMO-1?{query}")).await.is_challenge(), "{query}");
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn the_load_balancer_may_set_its_cookie_in_answer_to_a_token_and_nobody_else() {
    let answers = axum::Router::new().fallback(|| async {
        let lines = ["ROUTEID=.3; Path=/", "JSESSIONID=1; Path=/", "unknown=1", "atlassian.xsrf.token=x"];
        axum::response::AppendHeaders(lines.map(|line| ("set-cookie", line)))
    });
    let upstream = behind(answers).await;
    let site = format!(
        "[[site]]\nhost = \"nodes.test\"\nproduct = \"jira-software\"\nupstream = \"http://{upstream}\"\n\
         affinity_cookies = [\"ROUTEID\"]"
    );
    let world = World::with(&site).await;
    let mut script = world.browser_at("nodes.test");
    let answer = with_authorization(&mut script, "Bearer demo-pat-omar").await;
    assert_eq!(answer.set_cookies(), ["ROUTEID=.3; Path=/", "atlassian.xsrf.token=x"]);
}
