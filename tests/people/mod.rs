//! What admins do about people from outside, by the API, and what those people and the audit log notice of it.

mod decisions;
mod events;
mod exemptions;
mod explain;
pub mod externals;
mod groups;
mod policies;
pub mod sessions;

use postern::clock;

use crate::support::process::PATIENCE;
use crate::support::world::World;

/// Of `omar@partner.example`, who is external.
pub const OMAR: &str = "omar@partner.example";
pub const PAGE: &str = "/browse/DEMO-1";

/// Waits for what the change log or the findings bring about on their own.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let since = clock::stopwatch();
    while !is_so().await {
        assert!(clock::stopwatch() - since < PATIENCE, "{what}: it never came");
        tokio::task::yield_now().await;
    }
}

/// Waits until so many events are counted by this query.
pub async fn until_counted(world: &World, query: &'static str, expected: i64) {
    until(query, async || world.count(query).await == expected).await;
}
