//! Without a mouse, without a screen, without scripts.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::chromium::{Screen, Tab, browse};
use crate::support::world::World;

use super::{answer, arrive, jira};

#[tokio::test]
async fn the_keyboard_alone_is_enough() {
    let world = World::for_browsers().await;
    let walk = async |jane: &Tab| {
        arrive(&world, jane, "jane", "/browse/DEMO-1").await;
        let tab = char::from(Key::Tab).to_string();
        let mut stops = Vec::new();
        for _ in 0..5 {
            let outline = "return getComputedStyle(document.activeElement).outlineStyle";
            assert_eq!(jane.ask(outline).await, "solid", "the focus is seen");
            stops.push(
                jane.ask("return document.activeElement.id || document.activeElement.textContent").await,
            );
            jane.keys(&tab).await;
        }
        assert_eq!(stops, ["code", "Continue", "Send again", "No mail?", "Sign out of jira.localhost"]);

        jane.client.refresh().await.expect("the page again");
        let code = world.newest_mail("jane@acme.com").code();
        jane.turn(jane.keys(&format!("{code}{}", char::from(Key::Enter)))).await;
        assert_eq!(jane.place().await, "/browse/DEMO-1");
    };
    browse(Screen::Desktop, walk).await;
}

#[tokio::test]
async fn a_screen_reader_can_say_what_everything_is() {
    let world = World::for_browsers().await;
    let walk = async |jane: &Tab| {
        arrive(&world, jane, "jane", "/browse/DEMO-1").await;
        let pair = |role: &str, label: &str| (role.to_owned(), label.to_owned());
        assert_eq!(jane.spoken("h1").await, pair("heading", "Check your mailbox"));
        assert_eq!(jane.spoken("#code").await, pair("textbox", "Six-digit code"));
        assert_eq!(jane.spoken("form.code button").await, pair("button", "Continue"));
        assert_eq!(jane.spoken("form.resend button").await, pair("button", "Send again"));
        assert_eq!(jane.spoken("footer a").await, pair("link", "Sign out of jira.localhost"));
        answer(jane, "1").await;
        assert_eq!(jane.spoken("#notice").await.0, "alert");
        let described = "return document.activeElement.getAttribute('aria-describedby').split(' ')
            .map(id => document.getElementById(id).textContent).join(' ')";
        let described = jane.ask(described).await;
        assert!(
            described.as_str().unwrap().starts_with("That is not a code. Type the six digits"),
            "{described}"
        );
        assert_eq!(jane.ask("return document.documentElement.lang").await, "en");
    };
    browse(Screen::Desktop, walk).await;
}

/// The driver's own commands are scripts, so this walk speaks to the browser by its DevTools.
#[tokio::test]
async fn a_browser_without_scripts_is_enough() {
    let world = World::for_browsers().await;
    let walk = async |jane: &Tab| {
        arrive(&world, jane, "jane", "/browse/DEMO-1").await;
        jane.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
        let with_scripts = document(jane).await;
        jane.devtools("Page.reload", json!({})).await;
        jane.until("the page again", async || document(jane).await != with_scripts).await;
        types(jane, "12").await;
        comes(jane, "Error: Check your mailbox – Acme", "/.postern/verify").await;
        types(jane, &world.newest_mail("jane@acme.com").code()).await;
        comes(jane, "Prepare the autumn release · Jira look-alike", "/browse/DEMO-1").await;

        // A page whose script did not run, so there were none all the way.
        jane.devtools("Page.navigate", json!({ "url": jira(&world, "/secure/Background.jspa") })).await;
        comes(jane, "Background fetch · Jira look-alike", "/secure/Background.jspa").await;
        jane.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await;
        assert_eq!(jane.text("#status").await, "…");
    };
    browse(Screen::Phone, walk).await;
}

/// Which load of a page is shown.
async fn document(tab: &Tab) -> Value {
    tab.devtools("Page.getFrameTree", json!({})).await["frameTree"]["frame"]["loaderId"].take()
}

/// Waits for the page to put the focus into a text field, types there, and presses Enter.
async fn types(tab: &Tab, text: &str) {
    let is_focused = |node: &Value| {
        let is_set = |property: &Value| property["name"] == "focused" && property["value"]["value"] == true;
        node["role"]["value"] == "textbox"
            && node["properties"].as_array().is_some_and(|all| all.iter().any(is_set))
    };
    let has_focus = async || {
        let tree = tab.devtools("Accessibility.getFullAXTree", json!({})).await;
        tree["nodes"].as_array().is_some_and(|nodes| nodes.iter().any(is_focused))
    };
    tab.until("a text field with the focus", has_focus).await;
    tab.devtools("Input.insertText", json!({ "text": text })).await;
    for kind in ["keyDown", "keyUp"] {
        let enter = json!({ "type": kind, "key": "Enter", "windowsVirtualKeyCode": 13, "text": "\r" });
        tab.devtools("Input.dispatchKeyEvent", enter).await;
    }
}

/// Waits for the page of this title at this place.
async fn comes(tab: &Tab, title: &str, place: &str) {
    let is_there = async || {
        let history = tab.devtools("Page.getNavigationHistory", json!({})).await;
        let index = history["currentIndex"].as_u64().and_then(|index| usize::try_from(index).ok());
        let page = &history["entries"][index.expect("an index")];
        page["title"] == title && page["url"].as_str().is_some_and(|url| url.ends_with(place))
    };
    tab.until(title, is_there).await;
}
