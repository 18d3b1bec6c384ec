//! Framing: one request is one request, whatever a body contains, and an unread body is never read as the next request.

use super::{assert_nothing_forwarded, forwarded, head, liam, stale_jane};
use crate::support::raw::{Raw, ask};
use crate::support::world::World;

/// A request that must never be seen when it is sent inside a body.
const CANARY: &str = "GET /canary HTTP/1.1\r\nHost: jira.test\r\n\r\n";

fn targets(world: &World) -> Vec<String> {
    forwarded(&world.jira).into_iter().map(|request| request.target).collect()
}

#[tokio::test]
async fn t161_two_framings_at_once_end_the_connection() {
    let world = World::start().await;
    let liam = liam(&world).await;
    for lines in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    ] {
        world.jira.clear_received();
        let mut connection = Raw::connect(world.address).await;
        connection.send(head("POST", &liam, "/browse/DEMO-1", lines) + "0\r\n\r\n" + CANARY).await;
        let answer = connection.answer().await;
        assert!(connection.is_closed().await, "{lines}: {answer:?}");
        assert!(!targets(&world).contains(&"/canary".to_owned()), "{lines}");
    }
}

#[tokio::test]
async fn t162_an_unclear_transfer_encoding_is_refused() {
    let world = World::start().await;
    let liam = liam(&world).await;
    for lines in [
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked;a\r\n",
        "Transfer-Encoding: \x0bchunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    ] {
        let mut connection = Raw::connect(world.address).await;
        connection.send(head("POST", &liam, "/browse/DEMO-1", lines) + "0\r\n\r\n" + CANARY).await;
        assert_eq!(connection.answer().await.status, 400, "{lines:?}");
        assert!(connection.is_closed().await, "{lines:?}");
    }
    let old = head("POST", &liam, "/browse/DEMO-1", "Transfer-Encoding: chunked\r\n")
        .replace("HTTP/1.1", "HTTP/1.0");
    assert_eq!(ask(world.address, old + "0\r\n\r\n").await.status, 400);
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t163_a_content_length_that_is_no_number_is_refused() {
    let world = World::start().await;
    let liam = liam(&world).await;
    for value in [
        "5\r\nContent-Length: 6",
        "5,5",
        "5, 6",
        "+5",
        "0x5",
        "-1",
        "18446744073709551616",
        "5 x",
        "",
        "5\t5",
    ] {
        let mut connection = Raw::connect(world.address).await;
        let lines = format!("Content-Length: {value}\r\n");
        connection.send(head("POST", &liam, "/browse/DEMO-1", &lines) + "hello" + CANARY).await;
        assert_eq!(connection.answer().await.status, 400, "{value:?}");
        assert!(connection.is_closed().await, "{value:?}");
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t164_broken_chunks_end_the_request_and_the_connection() {
    let world = World::start().await;
    let liam = liam(&world).await;
    for body in ["0x5\r\nhello\r\n0\r\n\r\n", "11111111111111111\r\nhello", "5\r\nhelloX0\r\n\r\n", "z\r\n"] {
        let mut connection = Raw::connect(world.address).await;
        let request =
            head("POST", &liam, "/rest/api/2/issue", "Transfer-Encoding: chunked\r\n") + body + CANARY;
        connection.send(request).await;
        let answer = connection.answer().await;
        assert!(answer.status == 0 || answer.status >= 400, "{body:?}: {answer:?}");
        assert!(connection.is_closed().await, "{body:?}");
    }
    assert!(!targets(&world).contains(&"/canary".to_owned()));
}

#[tokio::test]
async fn t165_the_body_of_a_get_is_a_body_and_the_next_request_is_the_next() {
    let world = World::start().await;
    let liam = liam(&world).await;
    let length = format!("Content-Length: {}\r\n", CANARY.len());
    let mut connection = Raw::connect(world.address).await;
    let first = head("GET", &liam, "/browse/DEMO-1", &length) + CANARY;
    connection.send(first + &head("GET", &liam, "/browse/DEMO-2", "")).await;
    assert_eq!(connection.answer().await.status, 200);
    // An upstream that leaves the body unread may end the connection; then there is no second answer.
    let second = connection.answer().await;
    assert!(matches!(second.status, 0 | 200), "{second:?}");
    let targets = targets(&world);
    assert!(targets == ["/browse/DEMO-1", "/browse/DEMO-2"] || targets == ["/browse/DEMO-1"], "{targets:?}");
}

#[tokio::test]
async fn t166_the_unread_body_of_a_challenged_request_is_not_the_next_request() {
    let world = World::start().await;
    let jane = stale_jane(&world).await;
    let body = CANARY.repeat(1024 * 1024 / CANARY.len());
    for lines in [format!("Content-Length: {}\r\n", body.len()), "Transfer-Encoding: chunked\r\n".to_owned()]
    {
        let mut connection = Raw::connect(world.address).await;
        let request = head("POST", &jane, "/rest/api/2/issue", &lines);
        connection.send(request).await;
        let answer = connection.answer().await;
        assert_eq!((answer.status, answer.header("connection")), (401, "close"), "{answer:?}");
        connection.send(&body).await;
        assert!(connection.is_closed().await);
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t167_a_challenged_request_is_not_asked_for_its_body() {
    let world = World::start().await;
    let jane = stale_jane(&world).await;
    let mut connection = Raw::connect(world.address).await;
    let lines = format!("Content-Length: {}\r\nExpect: 100-continue\r\n", CANARY.len());
    connection.send(head("POST", &jane, "/rest/api/2/issue", &lines)).await;
    let answer = connection.answer().await;
    assert_eq!((answer.status, answer.header("connection")), (401, "close"), "no 100 before it: {answer:?}");
    connection.send(CANARY).await;
    assert!(connection.is_closed().await);
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn our_own_pages_leave_no_unread_body_behind() {
    let world = World::start().await;
    let jane = stale_jane(&world).await;
    for (method, target) in
        [("GET", "/.postern/challenge"), ("GET", "/.postern/assets/none.css"), ("PUT", "/.postern/verify")]
    {
        let mut connection = Raw::connect(world.address).await;
        let lines = format!("Accept: text/html\r\nContent-Length: {}\r\n", CANARY.len() + 9);
        connection.send(head(method, &jane, target, &lines) + CANARY).await;
        let answer = connection.answer().await;
        assert!(answer.status >= 200, "{answer:?}");
        connection.send("123456789").await;
        connection.send(CANARY).await;
        // Either the body is drained and the canary after it is a visitor's request, or the connection is closed.
        connection.answer().await;
        assert!(targets(&world).len() <= 1, "{target}: {:?}", targets(&world));
        world.jira.clear_received();
    }
}

#[tokio::test]
async fn t168_what_follows_a_websocket_handshake_is_judged_as_a_request_or_not_read() {
    let world = World::start().await;
    let jane = stale_jane(&world).await;
    let mut connection = Raw::connect(world.address).await;
    let lines = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                 Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let next = head("GET", &jane, "/browse/DEMO-2", "");
    connection.send(head("GET", &jane, "/browse/DEMO-1", lines) + &next).await;
    assert!(connection.answer().await.is_challenge());
    let second = connection.answer().await;
    assert!(second.status == 0 || second.is_challenge(), "{second:?}");
    assert_nothing_forwarded(&world);
}
