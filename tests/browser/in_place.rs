//! The script that asks beside the page: what the page's own scripts sent goes on after the code, and nothing is loaded anew.

use std::time::Duration;

use crate::support::chromium::{Screen, Tab, browse};
use crate::support::world::World;

use super::{answer, arrive, jira};

const WEEK: Duration = Duration::from_secs(7 * 86_400);

#[tokio::test]
async fn a_background_save_waits_for_the_code_in_another_tab_and_goes_on() {
    let world = World::for_browsers().await;
    let walk = async |jane: &Tab| {
        arrive(&world, jane, "jane", "/browse/DEMO-1").await;
        answer(jane, &world.newest_mail("jane@acme.com").code()).await;
        jane.open(&jira(&world, "/secure/AddComment.jspa")).await;
        jane.fill("#comment", "half of my work").await;
        jane.click("#save").await;
        jane.shows("#saved", "201").await;

        world.advance(WEEK);
        jane.click("#save").await;
        jane.until("the dialog", async || jane.has("dialog h2").await).await;
        jane.shows("dialog h2", "Please verify your mailbox").await;
        assert_eq!(jane.focused().await.text().await.unwrap(), "Verify in a new tab");
        assert_eq!(
            jane.spoken("dialog").await,
            ("dialog".to_owned(), "Please verify your mailbox".to_owned())
        );
        let faults = jane.faults().await.unwrap_or_else(|| serde_json::json!([]));
        assert_eq!(faults, serde_json::json!([]), "by axe-core");
        let here = jane.client.window().await.expect("a window");
        jane.click("dialog a").await;
        jane.until("another tab", async || jane.client.windows().await.is_ok_and(|all| all.len() == 2)).await;
        let all = jane.client.windows().await.expect("windows");
        let there = all.into_iter().find(|window| *window != here).expect("another tab");
        jane.client.switch_to_window(there).await.expect("the other tab");
        jane.until("the challenge", async || jane.has("#code").await).await;
        answer(jane, &world.newest_mail("jane@acme.com").code()).await;
        assert_eq!(jane.place().await, "/secure/AddComment.jspa", "the page that asked");
        jane.client.close_window().await.expect("closed");
        jane.client.switch_to_window(here).await.expect("the first tab");
        jane.until("the save", async || jane.text("#saved").await == "201" && !jane.has("dialog").await)
            .await;
        let typed = jane.ask("return document.getElementById('comment').value").await;
        assert_eq!(typed, "half of my work", "the page is the same");

        // The old way hears of the refusal, and its page tries again by itself; who puts it off is asked the next time.
        world.advance(WEEK);
        for _ in 0..2 {
            jane.click("#save-old").await;
            jane.shows("#saved", "old 401").await;
            jane.until("the dialog", async || jane.has("dialog").await).await;
            jane.click("dialog button").await;
            assert!(!jane.has("dialog").await);
        }
    };
    browse(Screen::Desktop, walk).await;
}
