//! Who keeps the gateway waiting is cut: a head that does not end, an answer that is not taken, a connection without use.

use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::{HASTY, cut, forwarded};
use crate::support::frames::{END_STREAM, Frames, HEADERS, Outcome, block};
use crate::support::raw::Raw;
use crate::support::tls::Client;
use crate::support::world::{JIRA, Setup, WIKI, World, behind};

const BIG: &str = "big.test";

/// A hasty world, with a site whose pages never end and nobody is asked a code for.
async fn hasty(has_tls: bool) -> World {
    let page = || async {
        let chunk = bytes::Bytes::from(vec![b'x'; 256 * 1024]);
        let chunks = futures_util::stream::repeat(Ok::<_, std::convert::Infallible>(chunk));
        Response::new(Body::from_stream(chunks))
    };
    let big = behind(axum::Router::new().fallback(page)).await;
    let more = format!(
        "[[site]]\nhost = \"{BIG}\"\nproduct = \"jira-software\"\nmode = \"off\"\nupstream = \"http://{big}\"\n"
    );
    let certificates: &[(&str, &[&str])] = &[("all", &[JIRA, WIKI, BIG])];
    let certificates = if has_tls { certificates } else { &[] };
    World::set_up(Setup { more: &more, certificates, tempo: HASTY, ..Setup::default() }).await
}

#[tokio::test]
async fn t176_a_head_that_does_not_end_is_cut() {
    let world = hasty(false).await;
    for beginning in ["", "GET", "GET / HTTP/1.1\r\nHost: jira.test\r\nX: 1\r\n"] {
        let mut raw = Raw::connect(world.address).await;
        raw.send(beginning).await;
        assert!(raw.is_closed().await, "{beginning}");
    }
    assert_eq!(cut(&world, "slow_head"), 3);
    // Also where every little while one more line comes.
    let (mut raw, mut lines) = (TcpStream::connect(world.address).await.unwrap(), 0);
    raw.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    while raw.write_all(b"X: 1\r\n").await.is_ok() && cut(&world, "slow_head") == 3 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        lines += 1;
    }
    assert!(lines < 90, "{lines} lines");
}

#[tokio::test]
async fn t176_so_is_a_handshake_and_a_head_within_tls() {
    let world = hasty(true).await;
    let mut raw = Raw::connect(world.address).await;
    raw.send(b"\x16\x03\x01\x02").await;
    assert!(raw.is_closed().await);
    assert_eq!(cut(&world, "handshake"), 1);
    let stream = Client::trusting(world.authority()).connect(world.address, JIRA).await.unwrap();
    let mut raw = Raw::over(stream);
    raw.send("GET / HTTP/1.1\r\n").await;
    assert!(raw.is_closed().await);
    let mut frames = Frames::connect(&world, JIRA, &[]).await;
    frames.send(HEADERS, 0, 1, &block(&[(":method", "GET")])).await;
    assert!(frames.is_closed().await);
    assert_eq!(cut(&world, "slow_head"), 2);
}

#[tokio::test]
async fn a_connection_without_use_is_closed_in_peace() {
    let world = hasty(true).await;
    let stream = Client::trusting(world.authority()).connect(world.address, JIRA).await.unwrap();
    let mut raw = Raw::over(stream);
    raw.send("GET /login.jsp HTTP/1.1\r\nHost: jira.test\r\n\r\n").await;
    assert_eq!(raw.answer().await.status, 200);
    assert!(raw.is_closed().await);
    let mut frames = Frames::connect(&world, JIRA, &[]).await;
    let fields = [(":method", "GET"), (":scheme", "https"), (":authority", JIRA), (":path", "/login.jsp")];
    frames.ask(1, END_STREAM, &fields).await;
    assert_eq!(frames.outcome(1).await, Outcome::Answered(200));
    // It says goodbye first, so that no request is lost on the way.
    let mut goodbye = false;
    while let Some(frame) = frames.next().await {
        goodbye |= frame.kind == crate::support::frames::GOAWAY;
        if frame.kind == crate::support::frames::PING && frame.flags == 0 {
            frames.send(crate::support::frames::PING, 1, 0, &frame.payload).await;
        }
    }
    assert!(goodbye);
    assert_eq!((cut(&world, "slow_head"), cut(&world, "stalled")), (0, 0));
}

#[tokio::test]
async fn t178_an_answer_that_is_not_taken_is_cut() {
    let world = hasty(false).await;
    let mut raw = Raw::connect(world.address).await;
    raw.send(format!("GET /x HTTP/1.1\r\nHost: {BIG}\r\n\r\n")).await;
    stalls(&world).await;
}

#[tokio::test]
async fn t178_so_is_one_over_tls_and_a_stream_without_a_window() {
    let world = hasty(true).await;
    let stream = Client::trusting(world.authority()).connect(world.address, BIG).await.unwrap();
    let mut raw = Raw::over(stream);
    raw.send(format!("GET /x HTTP/1.1\r\nHost: {BIG}\r\n\r\n")).await;
    stalls(&world).await;

    let fields = [(":method", "GET"), (":scheme", "https"), (":authority", BIG), (":path", "/x")];
    // No room at all, and room for some pieces that is never renewed. The connection itself is read all the time.
    for (count, window) in [(2, 0), (3, 40_000)] {
        let mut frames = Frames::connect(&world, BIG, &[(4, window)]).await;
        frames.ask(1, END_STREAM, &fields).await;
        assert_eq!(frames.outcome(1).await, Outcome::Answered(200));
        assert!(frames.is_closed().await);
        assert_eq!(cut(&world, "stalled"), count, "window {window}");
    }
}

/// Waits until one connection was cut, while its client reads nothing.
async fn stalls(world: &World) {
    let wait = async {
        while cut(world, "stalled") == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), wait).await.expect("it is cut");
    assert!(forwarded(world).is_empty());
}
