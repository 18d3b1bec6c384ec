//! Background work of a stale session: told in a way a program understands, never redirected, never forwarded.

use http::{Method, StatusCode};

use super::{assert_nothing_forwarded, forwarded, fresh_jane, stale_jane};
use crate::support::client::{FETCH, NAVIGATION};
use crate::support::world::World;

#[tokio::test]
async fn a_fetch_of_a_stale_session_gets_a_problem_that_names_the_way_out() {
    let world = World::start().await;
    let mut jane = stale_jane(&world).await;
    let mut headers = FETCH.to_vec();
    headers.push(("referer", "https://jira.test/browse/DEMO-1?focus=x"));
    let answer = jane.send(Method::GET, "/rest/api/2/issue/DEMO-1", &headers, "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("www-authenticate"), "Postern-Code");
    assert_eq!((answer.header("location"), answer.header("cache-control")), ("", "no-store"));
    let problem = answer.json();
    assert_eq!((&problem["code"], &problem["status"]), (&"no-proof".into(), &401.into()));
    assert_eq!(problem["type"], "urn:postern:no-proof");
    assert_eq!(problem["receipt"], answer.header("x-postern-receipt"));
    assert_eq!(
        problem["challenge_url"],
        "https://jira.test/.postern/challenge?return=/browse/DEMO-1%3Ffocus%3Dx"
    );
    assert_nothing_forwarded(&world);
    assert!(world.mails().is_empty(), "background work sends no mail");
}

#[tokio::test]
async fn a_write_of_a_stale_session_is_not_forwarded_even_as_a_page_load() {
    let world = World::start().await;
    let mut jane = stale_jane(&world).await;
    let issue = r#"{"fields":{"project":{"key":"DEMO"},"summary":"smuggled"}}"#;
    let mut page_load = NAVIGATION.to_vec();
    page_load.push(("content-type", "application/json"));
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let answer = jane.send(method.clone(), "/rest/api/2/issue", &page_load, issue).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::UNAUTHORIZED, ""), "{method}");
        assert_eq!(answer.json()["code"], "no-proof");
    }
    assert_nothing_forwarded(&world);
    jane.verify(&world, "jane", "jane@acme.com").await;
    let found = jane.fetch("/rest/api/2/search").await;
    assert!(!found.body.contains("smuggled"), "no issue was made: {}", found.body);
}

#[tokio::test]
async fn t054_a_prefetch_of_a_stale_session_sends_no_mail() {
    let world = World::start().await;
    let mut jane = stale_jane(&world).await;
    for hint in [("sec-purpose", "prefetch"), ("purpose", "prefetch"), ("sec-purpose", "prefetch;prerender")]
    {
        for target in ["/browse/DEMO-1", "/.postern/challenge"] {
            let mut headers = NAVIGATION.to_vec();
            headers.push(hint);
            let answer = jane.send(Method::GET, target, &headers, "").await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{target} {hint:?}");
        }
    }
    assert_nothing_forwarded(&world);
    assert!(world.mails().is_empty());
}

#[tokio::test]
async fn t055_a_preflight_carries_no_data_and_a_stale_session_not_even_that() {
    let world = World::start().await;
    let mut jane = stale_jane(&world).await;
    let preflight = [("origin", "https://other.test"), ("access-control-request-method", "GET")];
    let answer = jane.send(Method::OPTIONS, "/rest/api/2/issue/DEMO-1", &preflight, "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_nothing_forwarded(&world);
    let mut nobody = world.browser();
    let answer = nobody.send(Method::OPTIONS, "/rest/api/2/issue/DEMO-1", &preflight, "").await;
    assert_eq!(forwarded(&world.jira).len(), 1);
    assert!(!answer.body.contains("autumn release"));
    assert!(world.metrics().contains("decision=\"pass\",lane=\"anonymous\",reason=\"anonymous\""));
    let answer = jane.send(Method::OPTIONS, "/status", &preflight, "").await;
    assert_eq!(answer.json()["code"], "no-proof", "not even where a GET is for everybody");
}

#[tokio::test]
async fn t053_the_next_request_of_a_kept_connection_is_judged_anew() {
    let world = World::start().await;
    let jane = fresh_jane(&world).await;
    let mut connection = crate::support::raw::Raw::connect(world.address).await;
    let request = super::head("GET", &jane, "/secure/attachment/10000/sample.bin", "");
    connection.send(&request).await;
    assert_eq!(connection.answer().await.status, 200);
    world.advance(std::time::Duration::from_secs(7 * 86_400));
    world.jira.clear_received();
    connection.send(&request).await;
    let answer = connection.answer().await;
    assert!(answer.is_challenge() && answer.body.contains("proof-expired"), "{answer:?}");
    assert_nothing_forwarded(&world);
}
