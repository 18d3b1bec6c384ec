//! The listening side: TLS and its certificates, HTTP/2, the PROXY protocol, limits and patience.

mod certificates;
mod conformance;
mod conformance_heads;
mod crowd;
mod floods;
mod http2;
mod misframed;
mod patience;
mod proxy_protocol;
mod rest;
mod tls;
mod unreadable;

use std::time::Duration;

use postern::demo::Received;
use postern::proxy::wire::Tempo;

use crate::support::client::{Browser, Protocol};
use crate::support::world::World;

/// A patience that tests can wait for: 150 ms for a head, 750 ms of rest, 600 ms without taking an answer.
const HASTY: Tempo = Tempo { tick: Duration::from_millis(50) };

/// What was forwarded to Jira: only a forwarded request names its client.
fn forwarded(world: &World) -> Vec<Received> {
    let mut received = world.jira.received();
    received.retain(|request| !request.header("x-forwarded-for").is_empty());
    received
}

/// No byte of the requests since the record was cleared was forwarded.
#[track_caller]
fn assert_nothing_forwarded(world: &World) {
    let mut reached = forwarded(world);
    reached.extend(world.wiki.received());
    assert!(reached.is_empty(), "{reached:?}");
}

/// Liam at Jira, managed. The record is empty afterwards.
async fn liam(world: &World, protocol: Protocol) -> Browser {
    let mut liam = world.browser_over(protocol);
    liam.sign_in("liam").await;
    world.jira.clear_received();
    liam
}

/// How many connections were cut for this cause.
fn cut(world: &World, cause: &str) -> u64 {
    let metrics = world.metrics();
    let series = format!("postern_connections_cut_total{{cause=\"{cause}\"}} ");
    let line = metrics.lines().find_map(|line| line.strip_prefix(&series));
    line.unwrap_or_else(|| panic!("no {cause} in {metrics}")).parse().expect("a number")
}
