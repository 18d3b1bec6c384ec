//! What else comes in through an open door: handshakes that end, bytes that are no request, credentials that are none.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use rustls::ClientConnection;
use rustls::pki_types::ServerName;
use tokio::io::AsyncWriteExt as _;

use super::APP;
use super::draw::Draw;
use super::line::Door;
use crate::support::client::Protocol;
use crate::support::process::PATIENCE;
use crate::support::raw::Raw;
use crate::support::world::JIRA;

/// Where it comes from.
const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 0, 2, 1);

/// One mischief. Panics where it makes the gateway fail.
pub async fn act(door: &Door, draw: &mut Draw, number: u64) {
    // A connection that fails is no mischief's concern.
    let _ = match draw.below(20) {
        0 => connect(door, b"").await,
        1 => connect(door, b"GET / HTTP/1.1\r\nHost: jira.test\r\n\r\n").await,
        2 => hello(door, draw).await,
        3 => door.stream(Protocol::Http1, JIRA, ELSEWHERE).await.map(drop),
        4 => frames(door, number).await,
        kind => say(door, &text(kind, number)).await,
    };
}

/// In the clear, where TLS is spoken.
async fn connect(door: &Door, bytes: &[u8]) -> io::Result<()> {
    door.tcp(ELSEWHERE).await?.write_all(bytes).await
}

/// A part of a handshake's first message, or all of it.
async fn hello(door: &Door, draw: &mut Draw) -> io::Result<()> {
    let host = ServerName::try_from(JIRA).expect("a host");
    let config = Arc::clone(door.config(Protocol::Http1));
    let mut client = ClientConnection::new(config, host).map_err(io::Error::other)?;
    let mut hello = Vec::new();
    client.write_tls(&mut hello)?;
    let sent = draw.place(hello.len() + 1);
    connect(door, &hello[..sent]).await
}

/// HTTP/2 that becomes something else.
async fn frames(door: &Door, number: u64) -> io::Result<()> {
    let mut stream = door.stream(Protocol::Http2, JIRA, ELSEWHERE).await?;
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await?;
    stream.write_all(&[0, 0, 8, 9, 9, 0, 0, 0, number.to_be_bytes()[7]]).await?;
    stream.write_all(&number.to_be_bytes()).await?;
    stream.flush().await
}

async fn say(door: &Door, text: &str) -> io::Result<()> {
    let mut raw = Raw::over(door.stream(Protocol::Http1, JIRA, ELSEWHERE).await?);
    raw.within(PATIENCE);
    raw.send(text).await;
    if !text.ends_with("\r\n\r\n") {
        return Ok(());
    }
    let answer = raw.head().await;
    assert_ne!(answer.status, 500, "{text} {answer:?}");
    Ok(())
}

fn text(kind: u64, number: u64) -> String {
    let get = |lines: &str| format!("GET /browse/page HTTP/1.1\r\nHost: {JIRA}\r\n{lines}\r\n");
    match kind {
        5 => "GET  / HTTP/1.1\r\n\r\n".to_owned(),
        6 => format!("GET /{number} HTTP/1.1\r\nHost: {JIRA}\r\nHost: {APP}\r\n\r\n"),
        7 => format!("GET / HTTP/1.1\r\nHost: host-{number}.test\r\n\r\n"),
        8 => get(&format!("X-Large: {}\r\n", "x".repeat(40_000))),
        9 => get(&format!("Cookie: JSESSIONID=a{number}; JSESSIONID=b{number}\r\n")),
        10 => get(&format!("Cookie: JSESSIONID=junk{number}\r\n")),
        11 => format!("GET / HTTP/1.1\r\nHost: {APP}\r\nCookie: up_jwt=e30.e30.{number}\r\n\r\n"),
        12 => get(&format!("Cookie: JSESSIONID=x1.{number}; __Host-postern-proof=junk{number}\r\n")),
        13 => format!(
            "POST /.postern/verify HTTP/1.1\r\nHost: {JIRA}\r\nOrigin: https://evil.test\r\nContent-Length: 0\r\n\r\n"
        ),
        14 => format!("GET /{number} HTTP/1.1\r\nHost: {JI}", JI = &JIRA[..2]),
        15 => format!(
            "POST /browse/page HTTP/1.1\r\nHost: {JIRA}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"
        ),
        16 => get("Connection: Upgrade\r\nUpgrade: websocket\r\n"),
        17 => format!("GET /a/%2e%2e/{number} HTTP/1.1\r\nHost: {JIRA}\r\n\r\n"),
        18 => get(&format!("Authorization: Bearer junk-{number}\r\n")),
        _ => format!("POST /browse/page HTTP/1.1\r\nHost: {JIRA}\r\nContent-Length: 1000\r\n\r\nhalf"),
    }
}
