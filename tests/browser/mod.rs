//! The promises to people, walked in a real Chromium. The steps that the walks share are here.

mod access;
mod held;
mod hosts;
mod in_place;
mod matrix;
mod methods;
mod mistakes;
mod sizes;
mod walk;

use crate::support::chromium::Tab;
use crate::support::world::World;

/// The address of a page of the Jira look-alike, as the browser sees it.
fn jira(world: &World, target: &str) -> String {
    format!("http://jira.localhost:{}{target}", world.address.port())
}

/// The address of a page of the wiki look-alike.
fn wiki(world: &World, target: &str) -> String {
    format!("http://wiki.localhost:{}{target}", world.address.port())
}

/// Loads a page of the Jira look-alike, is led to its sign-in page, and signs in: at last what [`sign_in`] shows.
async fn arrive(world: &World, tab: &Tab, username: &str, target: &str) {
    tab.open(&jira(world, target)).await;
    sign_in(tab, username).await;
}

/// Signs in by the product's form, which is shown.
async fn sign_in(tab: &Tab, username: &str) {
    tab.fill("input[name=os_username]", username).await;
    tab.fill("input[name=os_password]", "demo").await;
    tab.follow("main button").await;
}

/// Types the code into the challenge page, which is shown, and presses its button.
async fn answer(tab: &Tab, code: &str) {
    tab.fill("#code", code).await;
    tab.follow("form.code button").await;
}
