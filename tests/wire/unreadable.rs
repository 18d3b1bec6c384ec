//! What cannot be read as a request is refused like everything else: with a reason, a receipt, and a count.

use super::assert_nothing_forwarded;
use crate::support::raw::{Raw, RawAnswer, ask};
use crate::support::tls::Client;
use crate::support::world::{JIRA, World};

#[track_caller]
fn is_explained(answer: &RawAnswer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json", "{answer:?}");
    let problem: serde_json::Value = serde_json::from_str(&answer.body).expect("a problem");
    assert_eq!((&problem["code"], &problem["status"]), (&code.into(), &status.into()));
    assert_eq!(problem["receipt"], answer.header("x-postern-receipt"));
    assert_eq!(answer.header("cache-control"), "no-store");
    let once = answer.head.iter().filter(|line| line.starts_with("content-length:")).count();
    assert_eq!((once, answer.header("content-length")), (1, answer.body.len().to_string().as_str()));
}

fn unreadable() -> Vec<(String, u16, &'static str)> {
    let many: String = (0..101).map(|number| format!("x-{number}: 1\r\n")).collect();
    let head = |lines: &str| format!("GET /x HTTP/1.1\r\nHost: jira.test\r\n{lines}\r\n");
    vec![
        (head(&many), 431, "head-too-large"),
        (head(&format!("x: {}\r\n", "a".repeat(33 * 1024))), 431, "head-too-large"),
        (head(&format!("x: {}\r\n", "a".repeat(200 * 1024))), 431, "head-too-large"),
        (format!("GET /{} HTTP/1.1\r\nHost: jira.test\r\n\r\n", "a".repeat(66_000)), 414, "target-too-long"),
        (head("no colon\r\n"), 400, "malformed-request"),
        (head("Transfer-Encoding: chunked, identity\r\n"), 400, "malformed-request"),
        (head("Content-Length: 5, 6\r\n"), 400, "malformed-request"),
        ("G@T /x HTTP/1.1\r\nHost: jira.test\r\n\r\n".to_owned(), 400, "malformed-request"),
        ("GET /x HTTP/3.7\r\nHost: jira.test\r\n\r\n".to_owned(), 400, "malformed-request"),
        ("GET /a b HTTP/1.1\r\nHost: jira.test\r\n\r\n".to_owned(), 400, "malformed-request"),
        ("hello\r\n\r\n".to_owned(), 400, "malformed-request"),
    ]
}

#[tokio::test]
async fn t179_an_unreadable_request_gets_a_reason_and_a_receipt() {
    let world = World::start().await;
    for (request, status, code) in unreadable() {
        let answer = ask(world.address, &request).await;
        is_explained(&answer, status, code);
    }
    let metrics = world.metrics();
    let counted = "decision=\"deny\",lane=\"anonymous\",reason=\"malformed-request\",site=\"-\"} 7\n";
    assert!(metrics.contains(counted), "{metrics}");
    assert!(metrics.contains("postern_requests_in_flight 0\n"));
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t179_over_tls_it_is_the_same_with_the_headers_of_https() {
    let world = World::over_tls().await;
    for (request, status, code) in unreadable() {
        let client = Client::trusting(world.authority()).speaking(&[b"http/1.1"]);
        let mut raw = Raw::over(client.connect(world.address, JIRA).await.expect("TLS"));
        raw.send(&request).await;
        let answer = raw.answer().await;
        is_explained(&answer, status, code);
        assert!(!answer.header("strict-transport-security").is_empty());
    }
}

#[tokio::test]
async fn after_good_requests_a_bad_one_is_told_so_too() {
    let world = World::start().await;
    let mut raw = Raw::connect(world.address).await;
    let good = "GET /login.jsp HTTP/1.1\r\nHost: jira.test\r\n\r\n";
    raw.send(good).await;
    assert_eq!(raw.answer().await.status, 200);
    raw.send(format!("{good}no request\r\n\r\n")).await;
    assert_eq!(raw.answer().await.status, 200);
    is_explained(&raw.answer().await, 400, "malformed-request");
    assert!(raw.is_closed().await);
}

#[tokio::test]
async fn an_answer_of_the_product_that_looks_bare_goes_through_as_it_is() {
    let router = axum::Router::new().fallback(|| async { axum::http::StatusCode::NOT_FOUND });
    let bare = crate::support::world::behind(router).await;
    let more = format!(
        "[[site]]\nhost = \"bare.test\"\nproduct = \"jira-software\"\nmode = \"off\"\nupstream = \"http://{bare}\"\n"
    );
    let world = World::with(&more).await;
    let mut raw = Raw::connect(world.address).await;
    for last in ["", "", "Connection: close\r\n"] {
        raw.send(format!("GET /x HTTP/1.1\r\nHost: bare.test\r\n{last}\r\n")).await;
        let answer = raw.answer().await;
        assert_eq!((answer.status, answer.body.as_str()), (404, ""), "{answer:?}");
        assert!(answer.header("x-postern-receipt").is_empty(), "{answer:?}");
    }
    assert!(raw.is_closed().await);
}
