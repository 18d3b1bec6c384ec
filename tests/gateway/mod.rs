//! What passes and what is refused. The oracle of every refusal is the product's own record of what reached it.

mod admin;
mod api;
mod assertion;
mod background;
mod bodies;
mod cookies;
mod exempt;
mod failing;
mod framing;
mod hosts;
mod identity;
mod limits;
pub mod organizations;
mod paths;
mod people;
mod plain;
mod public;
mod report;
mod sign_in;
mod spoofing;
mod storm;
mod tokens;
mod trusted;
mod warm;
mod watch;
mod websocket;

use postern::demo::{Product, Received};

use crate::support::client::Browser;
use crate::support::raw::{RawAnswer, ask};
use crate::support::world::World;

/// Jane at Jira: an external person with a session of the product and no proof. The record is empty afterwards.
async fn stale_jane(world: &World) -> Browser {
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    world.jira.clear_received();
    jane
}

/// Jane at Jira with a proof of this moment.
async fn fresh_jane(world: &World) -> Browser {
    let mut jane = world.browser();
    jane.verify(world, "jane", "jane@acme.com").await;
    world.jira.clear_received();
    jane
}

/// Liam at Jira, managed.
async fn liam(world: &World) -> Browser {
    let mut liam = world.browser();
    liam.sign_in("liam").await;
    world.jira.clear_received();
    liam
}

/// What was forwarded to a product: all it received but the gateway's own questions. Only a forwarded request names its
/// client, so a person's own request for the introspection resource counts as forwarded.
fn forwarded(product: &Product) -> Vec<Received> {
    let mut received = product.received();
    received.retain(|request| !request.header("x-forwarded-for").is_empty());
    received
}

/// The gateway's own questions whose session it is.
fn questions(product: &Product) -> usize {
    product.received().len() - forwarded(product).len()
}

/// The master oracle: no byte of the requests since the record was cleared was forwarded.
#[track_caller]
fn assert_nothing_forwarded(world: &World) {
    for product in [&world.jira, &world.wiki] {
        let reached = forwarded(product);
        assert!(reached.is_empty(), "{reached:?}");
    }
}

/// A page load by hand: this target, these more lines (each with its line break), this browser's cookies.
async fn load(world: &World, browser: &Browser, target: &str, lines: &str) -> RawAnswer {
    ask(world.address, head("GET", browser, target, &format!("Accept: text/html\r\n{lines}"))).await
}

/// The head of a request by hand.
fn head(method: &str, browser: &Browser, target: &str, lines: &str) -> String {
    let cookies = match browser.cookie_header() {
        cookies if cookies.is_empty() => cookies,
        cookies => format!("Cookie: {cookies}\r\n"),
    };
    format!("{method} {target} HTTP/1.1\r\nHost: {}\r\n{cookies}{lines}\r\n", browser.host)
}
