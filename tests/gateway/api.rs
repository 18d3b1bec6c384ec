//! The API lane: the token goes on alone, and junk beside a session gains nothing.

use http::{Method, StatusCode};

use super::{assert_nothing_forwarded, forwarded, head, questions, stale_jane};
use crate::support::client::{Browser, FETCH};
use crate::support::raw::ask;
use crate::support::world::World;

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
        world.app.settings.sites[0].upstream.as_str().parse().expect("an address"),
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
