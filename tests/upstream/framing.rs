//! What reaches the product of a request's framing: one framing, spelled once, of exactly the request that was judged.

use std::sync::Arc;

use tokio::sync::Notify;

use super::{HOST, before_recorder, connect, head};
use crate::support::raw::ask;
use crate::support::recorder::Step;

#[tokio::test]
async fn t161_of_two_framings_one_goes_on_and_the_connection_ends() {
    let (world, recorder) = before_recorder("").await;
    for lines in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    ] {
        let mut connection = connect(&world).await;
        connection
            .send(head("POST", "/first", lines) + "3\r\nabc\r\n0\r\n\r\n" + &head("GET", "/canary", ""))
            .await;
        assert_eq!(connection.answer().await.status, 200, "{lines}");
        assert!(connection.is_closed().await, "RFC 9112 section 6.1");
        let reached = recorder.forwarded().pop().expect("a request");
        assert_eq!((reached.target(), reached.body_bytes, reached.is_whole()), ("/first", 3, true));
        assert_eq!(reached.header("transfer-encoding"), ["chunked"]);
        assert!(reached.header("content-length").is_empty(), "{}", reached.head);
    }
    assert!(recorder.connections().iter().all(|connection| connection.broken.is_none()));
}

#[tokio::test]
async fn t162_a_body_never_loses_its_coding_on_the_way() {
    let (world, recorder) = before_recorder("").await;
    for lines in [
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: identity, chunked\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
    ] {
        let mut connection = connect(&world).await;
        connection
            .send(head("POST", "/first", lines) + "3\r\nabc\r\n0\r\n\r\n" + &head("GET", "/canary", ""))
            .await;
        let answer = connection.answer().await;
        assert_eq!((answer.status, answer.body.contains("malformed-request")), (400, true), "{lines}");
        assert!(connection.is_closed().await, "{lines}");
    }
    assert!(recorder.forwarded().is_empty());
}

#[tokio::test]
async fn t164_chunks_are_made_anew_and_extensions_stay_here() {
    let (world, recorder) = before_recorder("").await;
    let body = "3;name=value\r\nabc\r\n002\r\nde\r\n0\r\n\r\n";
    let request = head("POST", "/chunks", "Transfer-Encoding: chunked\r\n") + body;
    assert_eq!(ask(world.address, request).await.status, 200);
    let reached = &recorder.forwarded()[0];
    assert_eq!((reached.body_bytes, reached.is_whole()), (5, true));
    let bytes = String::from_utf8(recorder.connections()[0].bytes.clone()).expect("text");
    assert!(!bytes.contains("name=value") && bytes.ends_with("0\r\n\r\n"), "{bytes}");
}

#[tokio::test]
async fn t165_the_body_of_a_get_is_not_the_next_request() {
    let (world, recorder) = before_recorder("").await;
    let canary = head("GET", "/canary", "");
    let length = format!("Content-Length: {}\r\n", canary.len());
    let chunk = format!("{:x}\r\n{canary}\r\n0\r\n\r\n", canary.len());
    for (lines, body) in [(length.as_str(), &canary), ("Transfer-Encoding: chunked\r\n", &chunk)] {
        let mut connection = connect(&world).await;
        connection.send(head("GET", "/first", lines) + body).await;
        assert_eq!(connection.answer().await.status, 200, "{lines}");
        let answer = ask(world.address, head("GET", "/second", "")).await;
        assert!(answer.body.contains("/second"), "{answer:?}");
    }
    let targets: Vec<String> =
        recorder.forwarded().iter().map(|request| request.target().to_owned()).collect();
    assert_eq!(targets, ["/first", "/second", "/first", "/second"]);
    assert!(recorder.connections().iter().all(|connection| connection.broken.is_none()));
}

#[tokio::test]
async fn t174_trailers_are_dropped_in_both_directions() {
    let (world, recorder) = before_recorder("").await;
    let lines = "Transfer-Encoding: chunked\r\nTrailer: Authorization, X-Postern-Account\r\nTE: trailers\r\n";
    let trailers = "Authorization: Bearer other\r\nX-Postern-Account: liam\r\n";
    let request = head("POST", "/up", lines) + "3\r\nabc\r\n0\r\n" + trailers + "\r\n";
    assert_eq!(ask(world.address, &request).await.status, 200);
    let bytes = String::from_utf8(recorder.connections()[0].bytes.clone()).expect("text");
    assert!(bytes.ends_with("3\r\nabc\r\n0\r\n\r\n"), "{bytes}");
    assert!(!bytes.to_ascii_lowercase().contains("trailer"), "{bytes}");
    let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Set-Cookie\r\n\r\n\
                  3\r\nabc\r\n0\r\nSet-Cookie: postern-proof=x\r\n\r\n";
    recorder.answer("/down", answer);
    let mut connection = connect(&world).await;
    connection.send(head("GET", "/down", "TE: trailers\r\nConnection: TE, close\r\n")).await;
    let seen = String::from_utf8(connection.rest().await).expect("text");
    assert!(seen.ends_with("3\r\nabc\r\n0\r\n\r\n"), "{seen}");
    assert!(!seen.to_ascii_lowercase().contains("trailer") && !seen.contains("postern-proof"), "{seen}");
}

#[tokio::test]
async fn t168_what_follows_a_handshake_is_judged_whatever_the_product_says_to_it() {
    let (world, recorder) = before_recorder("").await;
    recorder.knows("omar-1", "omar");
    let late = Arc::new(Notify::new());
    let declined = Step::send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno");
    recorder.script("/declined", [declined.clone()]);
    recorder.script("/late", [Step::Wait(Arc::clone(&late)), declined]);
    let canary = format!("GET /canary HTTP/1.1\r\nHost: {HOST}\r\nCookie: JSESSIONID=omar-1\r\n\r\n");
    let lines = "Cookie: JSESSIONID=liam-1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                 Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for target in ["/declined", "/late"] {
        let mut connection = connect(&world).await;
        connection.send(format!("GET {target} HTTP/1.1\r\nHost: {HOST}\r\n{lines}\r\n{canary}")).await;
        recorder.until(|recorder| recorder.forwarded().iter().any(|one| one.target() == target)).await;
        late.notify_one();
        let answer = connection.answer().await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "no"), "{answer:?}");
        let next = connection.answer().await;
        assert!(next.status == 0 || next.is_challenge(), "{next:?}");
    }
    let canaries = recorder.connections().iter().filter(|one| contains(&one.bytes, b"canary")).count();
    assert_eq!(canaries, 0);
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn t169_no_tunnel_is_opened_through_the_gateway() {
    let (world, recorder) = before_recorder("").await;
    let canary = head("GET", "/canary", "");
    for request in [
        head("CONNECT", "rec.test:443", ""),
        head("CONNECT", "/x", ""),
        head("TRACE", "/x", ""),
        head("GET", "/x", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n"),
        format!("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{canary}"),
    ] {
        let mut connection = connect(&world).await;
        connection.send(&request).await;
        let answer = connection.answer().await;
        assert!(answer.status == 0 || (400..500).contains(&answer.status), "{request:?}: {answer:?}");
    }
    assert!(recorder.forwarded().is_empty(), "{:?}", recorder.forwarded());
}

#[tokio::test]
async fn odd_bytes_of_a_query_go_on_as_they_came() {
    let (world, recorder) = before_recorder("").await;
    let mut kept = 0;
    for query in [
        "jql=project%20=%20%22A%22",
        "a=[1]&b={2}&c=|&d=\"x\"",
        "x=%",
        "x=%zz&y=%2",
        "x=%00%ff%c3%28",
        "a=b;c=d&&=&==",
        "x=<script>",
        "x=^`\\",
        "x=caf\u{e9}",
        "x=~!*'()",
        "?",
        "",
    ] {
        let target = format!("/search?{query}");
        let answer = ask(world.address, head("GET", &target, "")).await;
        let reached = recorder.forwarded();
        // Whatever the parser does not take is refused before anything goes on; nothing is changed on the way.
        if answer.status == 400 {
            assert_eq!(reached.len(), kept, "{query}");
            continue;
        }
        assert_eq!((answer.status, reached[kept].target()), (200, target.as_str()), "{query}");
        kept += 1;
    }
    assert!(kept >= 10, "{kept}");
    let line = format!("GET http://{HOST}/absolute?x=[1] HTTP/1.1");
    let request = head("GET", "/", "").replacen("GET / HTTP/1.1", &line, 1);
    assert_eq!(ask(world.address, request).await.status, 200);
    assert_eq!(recorder.forwarded()[kept].target(), "/absolute?x=[1]");
}
