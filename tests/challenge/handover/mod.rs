//! Once per organization: whoever verified at one host is not asked at another, and nobody else gains anything by it. Jira is the
//! home host, as it is the first site.
//!
//! Start at `known.rs`.

mod ended;
mod known;
mod tickets;
mod unknown;

use std::collections::BTreeMap;

use http::StatusCode;

use super::JANE;
use crate::support::client::Browser;
use crate::support::world::{WIKI, World};

const HOME: &str = "__Host-postern-home";
const ASKED: &str = "__Host-postern-asked";
const PAGE: &str = "/display/DEMO/Home";

/// Jane, who has verified at home and signed in at the wiki, which has not asked her yet.
async fn at_wiki(world: &World) -> Browser {
    let mut jane = world.browser();
    jane.verify(world, "jane", JANE).await;
    jane.go_to(WIKI);
    jane.sign_in("jane").await;
    jane
}

/// The same, on her way back from home: with a ticket for the wiki, as its path.
async fn with_ticket(world: &World) -> (Browser, String) {
    let mut jane = at_wiki(world).await;
    let ticket = ticket_for(&mut jane, PAGE).await;
    (jane, ticket)
}

/// Goes to the home host and back, up to the ticket.
async fn ticket_for(browser: &mut Browser, page: &str) -> String {
    let host = browser.host.clone();
    browser.cookies.remove(ASKED);
    let refused = browser.open(page).await;
    let (_, asked) = browser.go_on(&refused).await;
    let (place, answer) = browser.go_on(&asked).await;
    assert!(place.starts_with("jira.test/.postern/handover?request="), "{place}");
    let location = answer.header("location").to_owned();
    browser.go_to(&host);
    location.strip_prefix(&format!("https://{host}")).unwrap_or_else(|| panic!("{location}")).to_owned()
}

/// Loads a page, whatever the way there, and says whether it was the challenge.
async fn is_asked(browser: &mut Browser, page: &str) -> bool {
    let (way, answer) = browser.settle(page).await;
    assert_eq!(answer.status, StatusCode::OK, "{way:?}: {}", answer.body);
    let is_challenge = way.last().is_some_and(|place| place.contains("/.postern/challenge?"));
    assert_eq!(is_challenge, answer.body.contains("action=\"resend\""), "{way:?}");
    is_challenge
}

/// What a browser has after its session at the product ended without a sign-out.
fn without_session(cookies: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    cookies
        .iter()
        .filter(|(name, _)| name.contains("postern"))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// How often somebody was handed over, as the audit log has it.
async fn handed_over(world: &World) -> i64 {
    world.count("SELECT count(*) FROM audit WHERE action = 'external_user_handed_over'").await
}
