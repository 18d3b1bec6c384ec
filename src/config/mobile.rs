//! `[site.mobile]`: how the sessions of the products' mobile apps are treated.

use super::section::Section;
use super::settings::{Mobile, WebSessions};
use super::values::{Refusal, choice, network};

/// What the apps of the vendor append to the User-Agent of their web views.
const USER_AGENT: &str = "AtlassianMobileApp";

/// Reads the section of a site.
pub(super) fn read(site: &mut Section<'_>) -> Mobile {
    let mut section = site.section("mobile");
    let words = [("challenge", WebSessions::Challenge), ("pass", WebSessions::Pass)];
    let mobile = Mobile {
        clients: section.texts("clients", client).unwrap_or_default(),
        web_sessions: section.text("web_sessions", choice(&words)).unwrap_or(WebSessions::Challenge),
        user_agent: section.text("user_agent", user_agent).unwrap_or_else(|| USER_AGENT.to_owned()),
        networks: section.texts("networks", network).unwrap_or_default(),
        client_certificate: section.switch("client_certificate", false),
    };
    section.finish();
    mobile
}

fn client(text: &str) -> Result<String, Refusal> {
    let plain = !text.is_empty() && text.chars().all(|char| char.is_ascii_graphic());
    let expected = "expected the client id under which the app is registered at the product";
    if plain { Ok(text.to_owned()) } else { Err(Refusal::new("is not a client id", expected)) }
}

/// A short piece is in every browser's User-Agent.
fn user_agent(text: &str) -> Result<String, Refusal> {
    let plain = text.len() >= 6 && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    let expected =
        "expected six letters or more that only the app's User-Agent has, such as `AtlassianMobileApp`";
    if plain { Ok(text.to_owned()) } else { Err(Refusal::new("would match other browsers", expected)) }
}
