//! Cookies: ours stay here, one session is judged and the same one is forwarded.

use super::{assert_nothing_forwarded, forwarded, fresh_jane, liam, stale_jane};
use crate::support::client::Browser;
use crate::support::raw::{Raw, RawAnswer, ask};
use crate::support::world::World;

async fn with_cookies(world: &World, cookies: &str) -> RawAnswer {
    let request = format!("GET /browse/DEMO-1 HTTP/1.1\r\nHost: jira.test\r\n{cookies}\r\n");
    ask(world.address, request).await
}

#[tokio::test]
async fn t040_our_cookies_never_reach_the_upstream_or_the_introspection() {
    let world = World::start().await;
    let mut jane = fresh_jane(&world).await;
    assert!(jane.cookies.keys().any(|name| name.contains("postern")));
    world.advance(std::time::Duration::from_secs(31));
    jane.cookies.insert("postern-other".to_owned(), "x".to_owned());
    jane.cookies.insert("__HOST-Postern-Proof".to_owned(), "x".to_owned());
    assert_eq!(jane.open("/browse/DEMO-1").await.header("x-ausername"), "jane");
    assert_eq!(jane.fetch("/rest/api/2/myself").await.status, http::StatusCode::OK);
    jane.open("/login.jsp").await;
    jane.sign_out().await;
    let received = world.jira.received();
    assert!(received.len() > forwarded(&world.jira).len(), "somebody was asked");
    for request in received {
        let cookies = request.header("cookie").join("; ").to_lowercase();
        assert!(!cookies.contains("postern"), "{request:?}");
        assert!(request.header("authorization").is_empty(), "t041: {request:?}");
    }
}

#[tokio::test]
async fn t067_two_session_cookies_of_one_name_are_refused() {
    let world = World::start().await;
    let jane = stale_jane(&world).await.cookies["JSESSIONID"].clone();
    let liam = liam(&world).await.cookies["JSESSIONID"].clone();
    for cookies in [
        format!("Cookie: JSESSIONID={liam}; JSESSIONID={jane}\r\n"),
        format!("Cookie: JSESSIONID={jane}; JSESSIONID={liam}\r\n"),
        format!("Cookie: JSESSIONID={liam}\r\nCookie: JSESSIONID={jane}\r\n"),
        format!("Cookie: JSESSIONID={liam}; JSESSIONID ={jane}\r\n"),
    ] {
        let answer = with_cookies(&world, &cookies).await;
        assert_eq!((answer.status, answer.body.contains("duplicate-cookie")), (400, true), "{answer:?}");
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t068_a_stale_session_is_found_in_any_spelling_the_product_accepts() {
    let world = World::start().await;
    let jane = stale_jane(&world).await.cookies["JSESSIONID"].clone();
    let many: String = (0..200).map(|number| format!("c{number}=1; ")).collect();
    for cookies in [
        format!("Cookie: JSESSIONID=\"{jane}\"\r\n"),
        format!("Cookie: a=1;JSESSIONID={jane};b=2\r\n"),
        format!("Cookie: a=1\r\nCookie: JSESSIONID={jane}\r\n"),
        format!("Cookie: {many}JSESSIONID={jane}\r\n"),
        format!("Cookie: jsessionid=x; JSESSIONID={jane}\r\n"),
        format!("Cookie: $Version=1; JSESSIONID={jane}; $Path=/\r\n"),
        format!("Cookie:   ;;  JSESSIONID={jane} ; \r\n"),
    ] {
        let answer = with_cookies(&world, &cookies).await;
        assert!(answer.is_challenge(), "{cookies}: {answer:?}");
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t068_what_was_learnt_of_one_spelling_says_nothing_of_another() {
    let world = World::start().await;
    let jane = stale_jane(&world).await.cookies["JSESSIONID"].clone();
    // The product knows nobody by these. Were that remembered for the plain spelling, the session would be a visitor's.
    for odd in
        [format!("JSESSIONID ={jane}"), format!("JSESSIONID\t={jane}"), format!("\"JSESSIONID\"={jane}")]
    {
        let answer = with_cookies(&world, &format!("Cookie: {odd}\r\n")).await;
        assert_eq!(answer.header("x-ausername"), "anonymous", "{odd:?}: {answer:?}");
        world.jira.clear_received();
        let answer = with_cookies(&world, &format!("Cookie: JSESSIONID={jane}\r\n")).await;
        assert!(answer.is_challenge(), "{odd:?}: {answer:?}");
        assert_nothing_forwarded(&world);
        world.advance(std::time::Duration::from_secs(31));
    }
}

#[tokio::test]
async fn the_order_of_two_sessions_is_part_of_what_is_judged() {
    let world = World::start().await;
    let jane = stale_jane(&world).await.cookies["JSESSIONID"].clone();
    for name in ["seraph.rememberme.cookie", "unknown"] {
        let answer = with_cookies(&world, &format!("Cookie: {name}=x; JSESSIONID={jane}\r\n")).await;
        assert!(answer.is_challenge(), "{answer:?}");
        let answer = with_cookies(&world, &format!("Cookie: JSESSIONID={jane}; {name}=x\r\n")).await;
        assert!(answer.is_challenge(), "{answer:?}");
    }
    assert_nothing_forwarded(&world);
}

/// As behind a proxy that shares its connections: what one brought, with the proof in it, is nothing to the next.
#[tokio::test]
async fn t077_people_who_take_turns_on_a_connection_are_each_judged_by_their_own_cookies() {
    let world = World::start().await;
    let (fresh, liam) = (fresh_jane(&world).await, liam(&world).await);
    let session = |browser: &Browser| format!("JSESSIONID={}", browser.cookies["JSESSIONID"]);
    let stale = format!("{}; atlassian.xsrf.token=x", session(&fresh));
    let mut line = Raw::connect(world.address).await;
    let mut seen_with = async |cookies: &str| {
        line.send(format!("GET /browse/DEMO-1 HTTP/1.1\r\nHost: jira.test\r\nCookie: {cookies}\r\n\r\n"))
            .await;
        let answer = line.answer().await;
        if answer.is_challenge() { "a challenge".to_owned() } else { answer.header("x-ausername").to_owned() }
    };
    for _ in 0..2 {
        assert_eq!(seen_with(&fresh.cookie_header()).await, "jane");
        assert_eq!(seen_with(&fresh.cookie_header()).await, "jane");
        assert_eq!(seen_with(&session(&fresh)).await, "a challenge", "the session without the proof");
        assert_eq!(seen_with(&stale).await, "a challenge");
        assert_eq!(seen_with(&session(&liam)).await, "liam");
        assert_eq!(seen_with("a=1").await, "anonymous");
    }
}
