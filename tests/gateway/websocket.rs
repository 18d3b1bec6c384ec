//! WebSockets: judged before the 101, from this site's own pages only, closed when the decision no longer holds.

use std::time::Duration;

use http::{Method, StatusCode};

use super::{assert_nothing_forwarded, forwarded, head};
use crate::support::client::Browser;
use crate::support::raw::{Raw, RawAnswer};
use crate::support::world::{WIKI, World};

const HANDSHAKE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

async fn at_wiki(world: &World, username: &str) -> Browser {
    let mut browser = world.browser_at(WIKI);
    browser.sign_in(username).await;
    world.wiki.clear_received();
    browser
}

async fn shake_hands(world: &World, browser: &Browser, target: &str, lines: &str) -> (Raw, RawAnswer) {
    let mut connection = Raw::connect(world.address).await;
    connection.send(head("GET", browser, target, &format!("{HANDSHAKE}{lines}"))).await;
    let answer = connection.answer().await;
    (connection, answer)
}

/// Sends a text frame whose mask is zero, and reads the echo (RFC 6455 section 5.2).
async fn echo(connection: &mut Raw, text: &str) -> String {
    let length = u8::try_from(text.len()).expect("a short text");
    connection.send([&[0x81, 0x80 | length, 0, 0, 0, 0], text.as_bytes()].concat()).await;
    let frame = connection.bytes(2 + text.len()).await;
    assert_eq!(frame[..2], [0x81, length]);
    String::from_utf8(frame[2..].to_vec()).expect("text")
}

#[tokio::test]
async fn a_managed_person_works_through_a_websocket() {
    let world = World::start().await;
    let liam = at_wiki(&world, "liam").await;
    let (mut connection, answer) =
        shake_hands(&world, &liam, "/synchrony?x=1", "Origin: https://wiki.test\r\n").await;
    assert_eq!(answer.status, 101, "{answer:?}");
    assert_eq!(answer.header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    for text in ["hello", "and once more"] {
        assert_eq!(echo(&mut connection, text).await, text);
    }
    let reached = forwarded(&world.wiki);
    assert_eq!(reached[0].target, "/synchrony?x=1");
    assert_eq!(reached[0].header("upgrade"), ["websocket"]);
}

#[tokio::test]
async fn t051_a_stale_session_gets_no_101() {
    let world = World::start().await;
    let jane = at_wiki(&world, "jane").await;
    let (_, answer) = shake_hands(&world, &jane, "/synchrony", "Sec-Fetch-Mode: websocket\r\n").await;
    assert_eq!((answer.status, answer.is_challenge()), (401, true), "{answer:?}");
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn another_sites_page_cannot_open_a_socket_with_this_ones_session() {
    let world = World::start().await;
    let liam = at_wiki(&world, "liam").await;
    for origin in
        ["https://evil.test", "null", "http://wiki.test", "https://jira.test", "https://wiki.test.evil.test"]
    {
        let (_, answer) = shake_hands(&world, &liam, "/synchrony", &format!("Origin: {origin}\r\n")).await;
        assert_eq!((answer.status, answer.body.contains("cross-site")), (403, true), "{origin}: {answer:?}");
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t169_no_other_upgrade_is_passed_on() {
    let world = World::start().await;
    let mut liam = at_wiki(&world, "liam").await;
    for protocol in ["foo", "h2c", "websocket, h2c", "TLS/1.0"] {
        let headers = [("connection", "Upgrade"), ("upgrade", protocol)];
        let answer = liam.send(Method::GET, "/synchrony", &headers, "").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{protocol}");
    }
    let post = liam
        .send(Method::POST, "/synchrony", &[("connection", "Upgrade"), ("upgrade", "websocket")], "x")
        .await;
    assert_eq!(post.status, StatusCode::FORBIDDEN);
    let visitor = world.browser_at(WIKI);
    let (_, answer) = shake_hands(&world, &visitor, "/synchrony", "").await;
    assert_eq!(answer.status, 403, "a socket needs a session that can be judged");
    let token = "Authorization: Bearer demo-pat-liam\r\n";
    assert_eq!(shake_hands(&world, &visitor, "/synchrony", token).await.1.status, 403);
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn credentials_in_the_address_open_no_socket() {
    let world = World::start().await;
    let liam = at_wiki(&world, "liam").await;
    let target = "/synchrony?os_username=omar&os_password=demo";
    let (_, answer) = shake_hands(&world, &liam, target, "").await;
    assert_eq!((answer.status, answer.body.contains("query-credentials")), (400, true), "{answer:?}");
    assert_nothing_forwarded(&world);
}

/// Reads a Close frame and answers it: its code and its reason.
async fn goodbye(connection: &mut Raw) -> (u16, String) {
    let head = connection.bytes(4).await;
    assert_eq!((head[0], head[1] & 0x80), (0x88, 0), "a Close frame without a mask: {head:?}");
    let reason = connection.bytes(usize::from(head[1]) - 2).await;
    connection.send([0x88, 0x80, 0, 0, 0, 0]).await;
    assert!(connection.is_closed().await, "nothing follows it");
    (u16::from_be_bytes([head[2], head[3]]), String::from_utf8(reason).expect("text"))
}

#[tokio::test]
async fn t052_an_open_socket_is_closed_when_the_proof_lapses_or_is_revoked() {
    let world = World::start().await;
    let mut jane = world.browser_at(WIKI);
    jane.verify(&world, "jane", "jane@acme.com").await;
    let (mut lapsing, answer) = shake_hands(&world, &jane, "/synchrony", "").await;
    assert_eq!(answer.status, 101);
    assert_eq!(echo(&mut lapsing, "open").await, "open");
    let (mut managed, _) = shake_hands(&world, &at_wiki(&world, "liam").await, "/synchrony", "").await;
    assert_eq!(echo(&mut managed, "open").await, "open");
    world.advance(Duration::from_secs(7 * 86_400));
    assert_eq!(goodbye(&mut lapsing).await, (4401, "verification needed".to_owned()));
    assert_eq!(echo(&mut managed, "still open").await, "still open");
    let mut jane = world.browser_at(WIKI);
    jane.verify(&world, "jane", "jane@acme.com").await;
    let (mut revoked, answer) = shake_hands(&world, &jane, "/synchrony", "").await;
    assert_eq!(answer.status, 101);
    assert_eq!(echo(&mut revoked, "open").await, "open");
    jane.sign_out().await;
    assert_eq!(goodbye(&mut revoked).await.0, 4401);
    assert_eq!(echo(&mut managed, "still open").await, "still open");
    let metrics = world.metrics();
    for line in ["postern_websockets 1", "{end=\"lapsed\"} 1", "{end=\"revoked\"} 1"] {
        assert!(metrics.contains(line), "{line}");
    }
}

#[tokio::test]
async fn a_stopping_gateway_says_so_to_every_socket() {
    let world = World::start().await;
    let liam = at_wiki(&world, "liam").await;
    let (mut connection, _) = shake_hands(&world, &liam, "/synchrony", "").await;
    assert_eq!(echo(&mut connection, "open").await, "open");
    let _world = world.restart().await;
    assert_eq!(goodbye(&mut connection).await, (1001, "restarting".to_owned()));
}

#[tokio::test]
async fn a_site_that_is_not_enforced_leaves_anonymous_sockets_to_the_product() {
    let world = World::with("[verification]\nmode = \"off\"").await;
    let visitor = world.browser_at(WIKI);
    let (_, answer) = shake_hands(&world, &visitor, "/synchrony", "").await;
    assert_eq!(
        (answer.status, forwarded(&world.wiki).len()),
        (401, 1),
        "the product's own answer: {answer:?}"
    );
    let jane = at_wiki(&world, "jane").await;
    let (mut connection, answer) = shake_hands(&world, &jane, "/synchrony", "").await;
    assert_eq!(answer.status, 101);
    assert_eq!(echo(&mut connection, "open").await, "open");
    world.wiki.clear_received();
    for lines in ["Origin: https://evil.test\r\n", "Authorization: Bearer demo-pat-liam\r\n"] {
        assert_eq!(shake_hands(&world, &jane, "/synchrony", lines).await.1.status, 403, "{lines}");
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn a_socket_that_was_opened_before_its_site_was_enforced_ends_with_that() {
    let world = World::with("[verification]\nmode = \"off\"").await;
    let jane = at_wiki(&world, "jane").await;
    let (mut connection, _) = shake_hands(&world, &jane, "/synchrony", "").await;
    assert_eq!(echo(&mut connection, "open").await, "open");
    world.reload("mode = \"off\"", "mode = \"enforce\"").expect("a reload");
    assert_eq!(goodbye(&mut connection).await.0, 4401);
}

/// Whoever signs in by that session afterwards, the socket would be theirs.
#[tokio::test]
async fn a_visitors_session_does_not_go_on_with_a_socket() {
    let world = World::start().await;
    let mut visitor = world.browser_at(WIKI);
    visitor.open("/login.action").await;
    assert!(!visitor.cookies.is_empty(), "a visitor's session");
    world.wiki.clear_received();
    shake_hands(&world, &visitor, "/synchrony", "").await;
    assert_eq!(forwarded(&world.wiki)[0].header("cookie"), Vec::<String>::new());
}
