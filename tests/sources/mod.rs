//! Whose session is it, and who are they to the organization: every way of asking, of joining, and of settling what does
//! not fit.

mod accepting;
mod answers;
mod crowd;
mod customers;
mod joins;
mod pages;
mod scripted;
mod secrecy;
mod squatters;

use std::time::Duration;

use http::StatusCode;
use postern::actions::import_directory::import_directory;

use crate::support::client::Browser;
use crate::support::world::World;

/// How long it is remembered whose session it is, and a little.
const FORGOTTEN: Duration = Duration::from_secs(31);

/// The header of an import with user keys.
const HEADER: &str = "type,domain,email,name,username,claimed,user_key\n";

/// Imports more people and has the tables loaded again, as the change log does.
async fn import(world: &World, rows: &str) {
    let file = format!("{HEADER}{rows}");
    import_directory(&world.app.store, &world.clock, &world.owner(), file.as_bytes(), "more.csv", |_| ())
        .await
        .expect("the import");
    world.app.directory.reload(&world.app.store).await.expect("the tables load");
}

/// Whether somebody is let through as who they are, without a code.
async fn passes(browser: &mut Browser, page: &str) -> bool {
    let answer = browser.open(page).await;
    assert!(answer.is_challenge() || answer.status == StatusCode::OK, "{answer:?}");
    answer.status == StatusCode::OK && answer.header("x-ausername") != "anonymous"
}

/// Waits in real time for what runs beside the traffic, with a bound.
async fn eventually(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !done().await {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(10), waiting).await.is_ok(), "{what} never came");
}
