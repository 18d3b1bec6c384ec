//! Handshakes that a product declines, or answers late: nothing that follows one is taken for a request.

use std::time::Duration;

use super::{ask, fresh_jane, head, somebody, stage};

const HANDSHAKE: &str = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const CANARY: &str = "GET /canary HTTP/1.1\r\nHost: stream.test\r\n\r\n";

#[tokio::test]
async fn t168_what_follows_a_declined_handshake_is_no_request() {
    let (world, mut product) = stage("").await;
    let liam = somebody(&world, "liam");
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 426 Upgrade Required\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
    ] {
        let mut client = ask(&world, &liam, "/socket", HANDSHAKE).await;
        client.send(CANARY).await;
        let mut upstream = product.next().await;
        upstream.say(answer).await;
        let declined = client.answer().await;
        assert_eq!((declined.body.as_str(), declined.header("connection")), ("ok", "close"), "{declined:?}");
        assert!(client.is_closed().await);
        assert_eq!(upstream.rest().await, b"", "not one byte of it");
    }
    assert!(product.is_idle());
}

#[tokio::test]
async fn t168_bytes_before_the_101_wait_for_it() {
    let (world, mut product) = stage("").await;
    let mut client = ask(&world, &somebody(&world, "liam"), "/socket", HANDSHAKE).await;
    let frame = [0x81, 0x82, 0, 0, 0, 0, b'h', b'i'];
    client.send(frame).await;
    let mut upstream = product.next().await;
    let mut early = [0; 8];
    let waits = tokio::time::timeout(
        Duration::from_millis(50),
        tokio::io::AsyncReadExt::read(&mut upstream.stream, &mut early),
    );
    assert!(waits.await.is_err(), "{early:?}");
    upstream
        .say("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        .await;
    assert_eq!(client.head().await.status, 101);
    tokio::io::AsyncReadExt::read_exact(&mut upstream.stream, &mut early).await.expect("the frame");
    assert_eq!(early, frame);
}

#[tokio::test]
async fn t168_nothing_of_a_stale_handshake_or_after_it_reaches_the_product() {
    let (world, product) = stage("").await;
    let mut client = ask(&world, &somebody(&world, "jane"), "/socket", HANDSHAKE).await;
    client.send(CANARY).await;
    let refused = client.answer().await;
    assert_eq!((refused.status, refused.is_challenge(), refused.header("connection")), (401, true, "close"));
    assert!(client.is_closed().await);
    assert!(product.is_idle());
}

#[tokio::test]
async fn a_stream_in_answer_to_a_handshake_is_judged_again_like_any_other() {
    let (world, mut product) = stage("").await;
    let jane = fresh_jane(&world).await;
    let mut client = ask(&world, &jane, "/socket", HANDSHAKE).await;
    let mut upstream = product.next().await;
    upstream.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n").await;
    assert_eq!(client.head().await.status, 200);
    assert_eq!(client.bytes(7).await, b"2\r\nok\r\n");
    world.advance(Duration::from_secs(7 * 86_400));
    assert_eq!(client.rest().await, b"");
}

#[tokio::test]
async fn a_handshake_that_servers_could_read_in_two_ways_is_refused() {
    let (world, product) = stage("").await;
    let liam = somebody(&world, "liam");
    let without = |name: &str| -> String {
        HANDSHAKE.split_inclusive("\r\n").filter(|line| !line.starts_with(name)).collect()
    };
    for lines in [
        format!("{HANDSHAKE}Content-Length: 2\r\n"),
        format!("{HANDSHAKE}Transfer-Encoding: chunked\r\n"),
        without("Connection"),
        without("Sec-WebSocket-Version"),
        without("Sec-WebSocket-Key"),
        HANDSHAKE.replace(": 13", ": 12"),
        HANDSHAKE.replace("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ="),
        format!("{HANDSHAKE}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
        format!("{HANDSHAKE}Sec-WebSocket-Version: 13\r\n"),
    ] {
        assert_eq!(ask(&world, &liam, "/socket", &lines).await.answer().await.status, 400, "{lines}");
    }
    let old = head(&liam, "/socket", HANDSHAKE).replace("HTTP/1.1", "HTTP/1.0");
    assert_eq!(crate::support::raw::ask(world.address, old).await.status, 400, "HTTP/1.0");
    for lines in [
        format!("{HANDSHAKE}Upgrade: h2c\r\n"),
        format!("{HANDSHAKE}Authorization: Bearer abc\r\n"),
        format!("{HANDSHAKE}Authorization: junk\r\n"),
    ] {
        assert_eq!(ask(&world, &liam, "/socket", &lines).await.answer().await.status, 403, "{lines}");
    }
    assert!(product.is_idle());
}
