//! A connection between two requests lets go of what only requests need. Nobody who speaks over it can tell.

use std::time::Duration;

use postern::clock::stopwatch;
use postern::proxy::wire::Tempo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{cut, forwarded};
use crate::support::raw::Raw;
use crate::support::tls::Client;
use crate::support::world::{JIRA, Setup, WIKI, World};

/// It rests after two ticks, a head may take three, and it is kept for fifteen: 3 s.
const CALM: Tempo = Tempo { tick: Duration::from_millis(200) };
const REQUEST: &str = "GET /login.jsp HTTP/1.1\r\nHost: jira.test\r\n\r\n";
const HALVES: (&str, &str) = ("GET /login.jsp HTTP/1.1\r\nHo", "st: jira.test\r\n\r\n");

async fn calm(has_tls: bool) -> World {
    calm_with(has_tls, "", "").await
}

async fn calm_with(has_tls: bool, listen: &str, more: &str) -> World {
    let certificates: &[(&str, &[&str])] = if has_tls { &[("both", &[JIRA, WIKI])] } else { &[] };
    World::set_up(Setup { certificates, tempo: CALM, listen, more }).await
}

/// A connection that was used once and rests.
async fn rested(world: &World, has_tls: bool) -> Raw {
    let mut raw = match has_tls {
        true => {
            Raw::over(Client::trusting(world.authority()).connect(world.address, JIRA).await.expect("TLS"))
        }
        false => Raw::connect(world.address).await,
    };
    is_served(&mut raw).await;
    until_resting(world, 1).await;
    raw
}

async fn is_served(raw: &mut Raw) {
    raw.send(REQUEST).await;
    assert_eq!(raw.answer().await.status, 200);
}

fn resting(world: &World) -> u64 {
    let metrics = world.metrics();
    let line = metrics.lines().find_map(|line| line.strip_prefix("postern_connections_resting "));
    line.expect("the metric").parse().expect("a number")
}

/// Waits until so many connections rest.
async fn until_resting(world: &World, count: u64) {
    let wait = async {
        while resting(world) != count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), wait).await.expect("a rest in time");
}

/// Long enough for a connection without a request to rest.
async fn three_ticks() {
    tokio::time::sleep(CALM.tick * 3).await;
}

#[tokio::test]
async fn a_connection_that_rested_is_served_again_and_again() {
    for has_tls in [false, true] {
        let world = calm(has_tls).await;
        let mut raw = rested(&world, has_tls).await;
        for _ in 0..2 {
            is_served(&mut raw).await;
            assert_eq!(resting(&world), 0);
            until_resting(&world, 1).await;
        }
        raw.send(REQUEST.repeat(3)).await;
        for _ in 0..3 {
            assert_eq!(raw.answer().await.status, 200, "several at once too");
        }
        assert_eq!(forwarded(&world).len(), 6);
    }
}

#[tokio::test]
async fn a_head_that_comes_in_pieces_wakes_it_with_the_first_byte() {
    for has_tls in [false, true] {
        let world = calm(has_tls).await;
        let mut raw = rested(&world, has_tls).await;
        raw.send("G").await;
        until_resting(&world, 0).await;
        raw.send(&REQUEST[1..]).await;
        assert_eq!(raw.answer().await.status, 200);
    }
}

#[tokio::test]
async fn t176_a_head_that_begins_in_a_rest_and_does_not_end_is_cut() {
    for has_tls in [false, true] {
        let world = calm(has_tls).await;
        let mut raw = rested(&world, has_tls).await;
        raw.send("GET /").await;
        assert!(raw.is_closed().await);
        assert_eq!((cut(&world, "slow_head"), resting(&world)), (1, 0));
    }
}

#[tokio::test]
async fn t176_what_came_of_a_head_with_the_request_before_it_is_kept_and_does_not_wait_for_ever() {
    for has_tls in [false, true] {
        let world = calm(has_tls).await;
        let mut raw = rested(&world, has_tls).await;
        raw.send(format!("{REQUEST}{}", HALVES.0)).await;
        assert_eq!(raw.answer().await.status, 200);
        three_ticks().await;
        raw.send(HALVES.1).await;
        assert_eq!(raw.answer().await.status, 200, "no byte of it is lost");
        raw.send(format!("{REQUEST}{}", HALVES.0)).await;
        assert_eq!(raw.answer().await.status, 200);
        assert!(raw.is_closed().await);
        assert_eq!(cut(&world, "slow_head"), 1);
    }
}

#[tokio::test]
async fn a_rest_ends_in_peace_after_75_seconds_and_with_the_process() {
    for has_tls in [false, true] {
        let world = calm(has_tls).await;
        let (mut raw, began) = (rested(&world, has_tls).await, stopwatch());
        assert!(raw.is_closed().await);
        assert!(began.elapsed() > CALM.tick * 8, "{:?}", began.elapsed());
        assert_eq!((cut(&world, "slow_head"), cut(&world, "stalled"), resting(&world)), (0, 0, 0));
        let (mut raw, began) = (rested(&world, has_tls).await, stopwatch());
        let world = world.restart().await;
        assert!(raw.is_closed().await);
        assert!(began.elapsed() < CALM.tick * 14, "{:?}", began.elapsed());
        drop(world);
    }
}

#[tokio::test]
async fn over_tls_a_rest_ends_with_a_goodbye() {
    let world = calm(true).await;
    let mut stream = Client::trusting(world.authority()).connect(world.address, JIRA).await.expect("TLS");
    stream.write_all(REQUEST.as_bytes()).await.unwrap();
    until_resting(&world, 1).await;
    let mut answer = Vec::new();
    // Without a close_notify this were an error: the end could be anybody's.
    stream.read_to_end(&mut answer).await.expect("a whole stream");
    assert!(answer.starts_with(b"HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn who_rests_keeps_its_place_in_the_crowd() {
    let world = calm_with(false, "max_connections_per_address = 1", "").await;
    let mut raw = rested(&world, false).await;
    let mut other = Raw::connect(world.address).await;
    other.send(REQUEST).await;
    assert_eq!(other.answer().await.status, 503);
    is_served(&mut raw).await;
}

#[tokio::test]
async fn a_rest_ends_when_the_client_leaves() {
    for has_tls in [false, true] {
        let world = calm(has_tls).await;
        let raw = rested(&world, has_tls).await;
        let left = stopwatch();
        drop(raw);
        until_resting(&world, 0).await;
        assert!(left.elapsed() < CALM.tick * 14, "{:?}", left.elapsed());
    }
}

/// A site whose product a test plays by hand.
async fn by_hand() -> (World, TcpListener) {
    let product = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let more = format!(
        "[[site]]\nhost = \"hand.test\"\nproduct = \"jira-software\"\nmode = \"off\"\nupstream = \"http://{}\"\n",
        product.local_addr().unwrap()
    );
    (calm_with(false, "", &more).await, product)
}

async fn head(product: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(product.read_u8().await.expect("a head"));
    }
    String::from_utf8(head).expect("a head in ASCII")
}

const UPLOAD: &str = "POST /x HTTP/1.1\r\nHost: hand.test\r\nContent-Type: text/plain\r\n";

#[tokio::test]
async fn nothing_that_is_open_rests() {
    let (world, product) = by_hand().await;
    let mut raw = Raw::connect(world.address).await;
    raw.send(format!("{UPLOAD}Content-Length: 10\r\n\r\n01234")).await;
    let (mut upstream, _) = product.accept().await.unwrap();
    assert!(head(&mut upstream).await.starts_with("POST /x "));
    three_ticks().await;
    assert_eq!(resting(&world), 0, "in the middle of an upload");
    raw.send("56789").await;
    let mut body = [0; 10];
    upstream.read_exact(&mut body).await.unwrap();
    assert_eq!(&body, b"0123456789");
    three_ticks().await;
    assert_eq!(resting(&world), 0, "while its answer is waited for");
    upstream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234").await.unwrap();
    assert_eq!(raw.head().await.status, 200);
    three_ticks().await;
    assert_eq!(resting(&world), 0, "in the middle of an answer");
    upstream.write_all(b"56789").await.unwrap();
    assert_eq!(raw.bytes(10).await, b"0123456789");
    until_resting(&world, 1).await;
}

#[tokio::test]
async fn what_follows_of_an_upload_that_is_answered_already_is_never_a_request() {
    let (world, product) = by_hand().await;
    for framing in ["Content-Length: 500\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n1f4\r\n"] {
        let mut raw = Raw::connect(world.address).await;
        raw.send(format!("{UPLOAD}{framing}0123")).await;
        let (mut upstream, _) = product.accept().await.unwrap();
        head(&mut upstream).await;
        upstream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
        assert_eq!(raw.answer().await.body, "ok");
        three_ticks().await;
        assert_eq!(resting(&world), 0);
        raw.send(REQUEST).await;
        assert!(raw.is_closed().await);
    }
    assert!(forwarded(&world).is_empty());
}

#[tokio::test]
async fn a_socket_is_left_alone() {
    let (world, product) = by_hand().await;
    let mut raw = Raw::connect(world.address).await;
    raw.send(
        "GET /x HTTP/1.1\r\nHost: hand.test\r\nCookie: JSESSIONID=liam\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    )
    .await;
    let (mut upstream, _) = product.accept().await.unwrap();
    head(&mut upstream).await;
    upstream
        .write_all(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(raw.head().await.status, 101);
    three_ticks().await;
    assert_eq!(resting(&world), 0);
    upstream.write_all(b"\x81\x02hi").await.unwrap();
    assert_eq!(raw.bytes(4).await, b"\x81\x02hi");
}
