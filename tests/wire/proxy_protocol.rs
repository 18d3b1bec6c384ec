//! The PROXY protocol: the client is whom a trusted proxy names, and nobody else is heard.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::{HASTY, assert_nothing_forwarded, cut, forwarded};
use crate::support::raw::Raw;
use crate::support::tls::{Client, connect};
use crate::support::world::{JIRA, Setup, WIKI, World};

const LISTEN: &str = "proxy_protocol = true\ntrusted_proxies = [\"127.0.0.1\"]";
const REQUEST: &str = "GET /login.jsp HTTP/1.1\r\nHost: jira.test\r\n\r\n";

async fn world() -> World {
    World::set_up(Setup { listen: LISTEN, ..Setup::default() }).await
}

fn version_2(addresses: &[u8]) -> Vec<u8> {
    let mut header = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0".to_vec();
    header.push(u8::try_from(addresses.len()).unwrap());
    header.extend(addresses);
    header
}

#[tokio::test]
async fn the_client_is_whom_the_header_names() {
    let world = world().await;
    for header in [
        b"PROXY TCP4 198.51.100.7 10.0.0.1 4096 443\r\n".to_vec(),
        version_2(&[198, 51, 100, 7, 10, 0, 0, 1, 16, 0, 1, 187]),
    ] {
        let mut raw = Raw::connect(world.address).await;
        raw.send([&header, REQUEST.as_bytes()].concat()).await;
        assert_eq!(raw.answer().await.status, 200);
        raw.send(REQUEST).await;
        assert_eq!(raw.answer().await.status, 200, "for the whole connection");
    }
    let seen = forwarded(&world);
    assert_eq!(seen.len(), 4);
    for request in seen {
        assert_eq!(request.header("x-forwarded-for"), ["198.51.100.7"]);
    }
}

#[tokio::test]
async fn the_named_client_is_no_proxy_whose_word_counts() {
    let world = world().await;
    let forged = REQUEST.replace("\r\n\r\n", "\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n");
    for (header, client) in [
        ("PROXY TCP4 198.51.100.7 10.0.0.1 4096 443\r\n", "198.51.100.7"),
        ("PROXY UNKNOWN\r\n", "127.0.0.1"),
    ] {
        world.jira.clear_received();
        let mut raw = Raw::connect(world.address).await;
        raw.send(format!("{header}{forged}")).await;
        assert_eq!(raw.answer().await.status, 200);
        assert_eq!(forwarded(&world)[0].header("x-forwarded-for"), [client], "{header}");
    }
}

#[tokio::test]
async fn a_connection_without_a_header_is_closed_and_counted() {
    let world = world().await;
    let long = format!("PROXY TCP4 {}", "1".repeat(1000));
    let mut huge = version_2(&[]);
    huge[14..16].copy_from_slice(&[0xff, 0xff]);
    let bad = [
        REQUEST.as_bytes().to_vec(),
        b"PROXY TCP4 everywhere 10.0.0.1 4096 443\r\n".to_vec(),
        version_2(&[1, 2]),
        long.into_bytes(),
        huge,
    ];
    for (count, header) in bad.iter().enumerate() {
        let mut raw = Raw::connect(world.address).await;
        raw.send(header).await;
        raw.send(REQUEST).await;
        assert_eq!(raw.answer().await.status, 0, "{}", String::from_utf8_lossy(header));
        assert_eq!(cut(&world, "proxy_header"), count as u64 + 1);
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn a_header_of_anybody_else_is_not_even_read() {
    let world = world().await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 7, 1], 0))).unwrap();
    let mut raw = Raw::over(socket.connect(world.address).await.unwrap());
    raw.send(format!("PROXY TCP4 127.0.0.1 10.0.0.1 4096 443\r\n{REQUEST}")).await;
    assert_eq!(raw.answer().await.status, 0);
    assert_eq!(cut(&world, "proxy_header"), 1);
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn a_header_that_does_not_end_is_cut() {
    let world = World::set_up(Setup { listen: LISTEN, tempo: HASTY, ..Setup::default() }).await;
    for beginning in [&b""[..], b"PROXY TCP4 198.51", b"\r\n\r\n\0\r\nQUIT\n\x21"] {
        let mut raw = Raw::connect(world.address).await;
        raw.send(beginning).await;
        assert!(raw.is_closed().await);
    }
    assert_eq!(cut(&world, "proxy_header"), 3);
}

#[tokio::test]
async fn tls_begins_after_the_header() {
    let certificates: &[(&str, &[&str])] = &[("both", &[JIRA, WIKI])];
    let world = World::set_up(Setup { listen: LISTEN, certificates, ..Setup::default() }).await;
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream.write_all(b"PROXY TCP6 2001:db8::7 ::1 4096 443\r\n").await.unwrap();
    let config = std::sync::Arc::new(Client::trusting(world.authority()).config());
    let host = JIRA.try_into().unwrap();
    let mut tls = tokio_rustls::TlsConnector::from(config.clone()).connect(host, stream).await.unwrap();
    tls.write_all(REQUEST.as_bytes()).await.unwrap();
    let mut start = [0; 15];
    tls.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200 OK");
    assert_eq!(forwarded(&world)[0].header("x-forwarded-for"), ["2001:db8::7"]);
    assert!(connect(&config, world.address, JIRA).await.is_err(), "TLS without a header");
}
