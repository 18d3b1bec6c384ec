//! One address has a bounded number of connections: one too many is told so, and a flood is not.

use super::{cut, forwarded};
use crate::support::client::Protocol;
use crate::support::frames::{END_STREAM, Frames, Outcome};
use crate::support::raw::Raw;
use crate::support::world::{JIRA, Setup, WIKI, World};

const REQUEST: &str = "GET /login.jsp HTTP/1.1\r\nHost: jira.test\r\n\r\n";

/// A connection that is served, and stays.
async fn served(world: &World) -> Raw {
    let mut raw = Raw::connect(world.address).await;
    raw.send(REQUEST).await;
    assert_eq!(raw.answer().await.status, 200);
    raw
}

#[tokio::test]
async fn one_too_many_is_answered_once_and_twice_as_many_are_not() {
    let listen = "max_connections_per_address = 2";
    let world = World::set_up(Setup { listen, ..Setup::default() }).await;
    let places = (served(&world).await, served(&world).await);
    world.jira.clear_received();
    let mut told = Vec::new();
    for _ in 0..2 {
        let mut raw = Raw::connect(world.address).await;
        raw.send(format!("{REQUEST}{REQUEST}")).await;
        let answer = raw.answer().await;
        assert_eq!((answer.status, answer.header("connection")), (503, "close"), "{answer:?}");
        assert!(answer.body.contains("\"code\":\"too-many-connections\""), "{answer:?}");
        assert_eq!(answer.header("retry-after"), "5");
        assert!(!answer.header("x-postern-receipt").is_empty());
        told.push(Raw::connect(world.address).await);
        assert!(raw.is_closed().await, "exactly one answer");
    }
    // Both places and two more are taken now: whoever comes is beyond twice the limit.
    let mut raw = Raw::connect(world.address).await;
    raw.send(REQUEST).await;
    assert_eq!(raw.answer().await.status, 0);
    assert!(cut(&world, "too_many") >= 1);
    assert!(forwarded(&world).is_empty());
    assert!(
        world.metrics().contains("reason=\"too-many-connections\",site=\"-\"} 2\n"),
        "{}",
        world.metrics()
    );
    drop((places, told));
    let mut elsewhere = world.browser().connecting_from([127, 0, 3, 1]);
    assert_eq!(elsewhere.open("/login.jsp").await.status, 200, "another address has its own");
}

#[tokio::test]
async fn over_http_2_it_is_told_so_too_and_then_goodbye() {
    let certificates: &[(&str, &[&str])] = &[("both", &[JIRA, WIKI])];
    let listen = "max_connections_per_address = 1";
    let world = World::set_up(Setup { listen, certificates, ..Setup::default() }).await;
    let mut first = world.browser_over(Protocol::Http2);
    assert_eq!(first.open("/login.jsp").await.status, 200);
    let mut frames = Frames::connect(&world, JIRA, &[]).await;
    let fields = [(":method", "GET"), (":scheme", "https"), (":authority", JIRA), (":path", "/login.jsp")];
    frames.ask(1, END_STREAM, &fields).await;
    assert_eq!(frames.outcome(1).await, Outcome::Answered(503));
    assert!(frames.is_closed().await);
    assert_eq!(first.open("/login.jsp").await.status, 200, "who was there first is served");
}

#[tokio::test]
async fn a_proxy_is_not_counted_but_whom_it_names_is() {
    let listen = "max_connections_per_address = 1\ntrusted_proxies = [\"127.0.0.1\"]";
    let world = World::set_up(Setup { listen, ..Setup::default() }).await;
    let _many = [served(&world).await, served(&world).await, served(&world).await];
    let listen = &format!("{listen}\nproxy_protocol = true");
    let world = World::set_up(Setup { listen, ..Setup::default() }).await;
    let status = async |client: u8| {
        let mut raw = Raw::connect(world.address).await;
        raw.send(format!("PROXY TCP4 198.51.100.{client} 10.0.0.1 4096 443\r\n{REQUEST}")).await;
        (raw.answer().await.status, raw)
    };
    let (first, second, other) = (status(1).await, status(1).await, status(2).await);
    assert_eq!((first.0, second.0, other.0), (200, 503, 200));
}
