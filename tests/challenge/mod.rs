//! The challenge, from the first page to the proof, on a real gateway before real look-alikes.
//!
//! Start at `walk.rs`. Each other file holds one promise against who would break it; what they share is below.

mod binding;
mod browsers;
mod changes;
mod clocks;
mod codes;
mod forms;
mod guessing;
mod handover;
pub mod headers;
mod held;
mod languages;
mod looks;
mod loops;
pub mod methods;
mod opening;
mod prefix;
mod secrecy;
mod sending;
mod sign_out;
mod tabs;
pub mod targets;
mod walk;

use std::time::Duration;

use crate::support::client::{Answer, Browser};
use crate::support::world::World;

const JANE: &str = "jane@acme.com";
const OMAR: &str = "omar@partner.example";
const DEVICE: &str = "__Host-postern-device";
const PROOF: &str = "__Host-postern-proof";

/// Two mails to one account are this far apart by default.
const PAUSE: Duration = Duration::from_secs(60);
/// How long it is remembered whose session it is, and a little.
const FORGOTTEN: Duration = Duration::from_secs(31);
const WEEK: Duration = Duration::from_secs(7 * 86_400);

/// A code that is not `code`: the next one.
fn other_than(code: &str) -> String {
    let number: u32 = code.parse().expect("digits");
    let width = code.len();
    format!("{:0width$}", (number + 1) % 10_u32.pow(u32::try_from(width).expect("a code's length")))
}

/// Somebody signed in at Jira, on the challenge page, with the code that was mailed to them.
async fn challenged(world: &World, username: &str, email: &str) -> (Browser, Answer, String) {
    let mut browser = world.browser();
    browser.sign_in(username).await;
    let page = browser.challenge("/browse/DEMO-1").await;
    let code = world.newest_mail(email).code();
    (browser, page, code)
}

/// The mark that the page names the mail by.
fn mark(page: &Answer) -> String {
    let rest = page.body.split("<bdi class=\"mark\" translate=\"no\">").nth(1).expect("a mark");
    rest.split('<').next().expect("an end").to_owned()
}

/// How often the code of the newest challenge was tried, as the database has it.
async fn tries(world: &World) -> i64 {
    world.count("SELECT tries FROM challenges ORDER BY created_at DESC LIMIT 1").await
}

/// How many challenges were ever opened.
async fn challenges(world: &World) -> i64 {
    world.count("SELECT count(*) FROM challenges").await
}
