//! What outlives its request: sockets and long answers, before a product that a test plays by hand and before a real
//! WebSocket server.

mod answers;
mod handshakes;
mod product;
mod sockets;

use http::StatusCode;

use crate::support::client::Browser;
use crate::support::raw::Raw;
use crate::support::world::World;
use product::Product;

/// The host of the product that is played by hand.
const HOST: &str = "stream.test";

/// The gateway before a product that is played by hand.
async fn stage(more: &str) -> (World, Product) {
    let product = Product::start().await;
    let world = World::with(&format!("{}\n{more}", product.site(HOST))).await;
    (world, product)
}

/// Jane there, verified at this moment.
async fn fresh_jane(world: &World) -> Browser {
    let mut jane = somebody(world, "jane");
    verify(world, &mut jane).await;
    jane
}

/// A browser with a session there.
fn somebody(world: &World, name: &str) -> Browser {
    let mut browser = world.browser_at(HOST);
    browser.cookies.insert("JSESSIONID".to_owned(), name.to_owned());
    browser
}

async fn verify(world: &World, jane: &mut Browser) {
    let page = jane.challenge("/").await;
    let answer = jane.submit(&page, &world.newest_mail("jane@acme.com").code()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
}

/// Sends the head of a request on a connection of its own.
async fn ask(world: &World, browser: &Browser, target: &str, lines: &str) -> Raw {
    let mut connection = Raw::connect(world.address).await;
    connection.send(head(browser, target, lines)).await;
    connection
}

fn head(browser: &Browser, target: &str, lines: &str) -> String {
    let cookies = browser.cookie_header();
    let cookies = if cookies.is_empty() { cookies } else { format!("Cookie: {cookies}\r\n") };
    format!("GET {target} HTTP/1.1\r\nHost: {}\r\n{cookies}{lines}\r\n", browser.host)
}
