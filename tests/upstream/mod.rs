//! The way to the product and back: protected, bounded, and never mixed up, however the other two behave.
//!
//! The upstream here is a [`Recorder`], whose record of bytes is the oracle.

mod answers;
mod bodies;
mod framing;
mod sharing;
mod traffic;
mod trust;

use crate::support::raw::Raw;
use crate::support::recorder::Recorder;
use crate::support::world::World;

/// The host of the recorder's site.
const HOST: &str = "rec.test";
/// A credential of the API lane, which no product is asked about.
const TOKEN: &str = "Authorization: Bearer demo\r\n";

/// A gateway before a recorder at [`HOST`]. Liam, who is managed, is signed in there by the session `liam-1`.
async fn before_recorder(more: &str) -> (World, Recorder) {
    let recorder = Recorder::start().await;
    recorder.knows("liam-1", "liam");
    let world = World::with(&recorder.site(HOST, more)).await;
    (world, recorder)
}

/// The head of an API client's request by hand; `lines` end in line breaks.
fn head(method: &str, target: &str, lines: &str) -> String {
    format!("{method} {target} HTTP/1.1\r\nHost: {HOST}\r\n{TOKEN}{lines}\r\n")
}

/// A connection to the gateway.
async fn connect(world: &World) -> Raw {
    Raw::connect(world.address).await
}
