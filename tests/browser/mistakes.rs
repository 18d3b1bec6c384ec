//! What goes wrong is said where it is seen and heard, and leaves a way on.

use std::time::Duration;

use crate::support::chromium::{Screen, Tab, browse};
use crate::support::world::World;

use super::{answer, arrive, jira};

const MINUTE: Duration = Duration::from_secs(60);

/// A code that is not the one of the newest mail.
fn another(world: &World) -> String {
    let code: u32 = world.newest_mail("jane@acme.com").code().parse().expect("digits");
    format!("{:06}", (code + 1) % 1_000_000)
}

#[tokio::test]
async fn a_wrong_code_says_how_many_tries_are_left_and_the_fifth_offers_a_new_one() {
    let world = World::for_browsers().await;
    let walk = async |jane: &Tab| {
        arrive(&world, jane, "jane", "/browse/DEMO-1").await;
        let wrong = another(&world);
        for left in ["4 tries", "3 tries", "2 tries", "1 try"] {
            answer(jane, &wrong).await;
            assert!(jane.text("#notice").await.contains(&format!("you have {left} left")));
            assert!(jane.title().await.starts_with("Error: "));
            let field = jane.focused().await;
            assert_eq!(field.attr("id").await.unwrap().as_deref(), Some("code"));
            assert_eq!(field.attr("aria-invalid").await.unwrap().as_deref(), Some("true"));
            assert_eq!(
                field.prop("value").await.unwrap().as_deref(),
                Some(""),
                "what was typed is not repeated"
            );
        }
        let first = world.newest_mail("jane@acme.com").code();
        answer(jane, &wrong).await;
        assert!(jane.title().await.starts_with("Error: You need a new code"));
        assert!(!jane.has("#code").await, "nothing can be typed any more");
        assert_eq!(jane.focused().await.text().await.unwrap(), "Send a new code");

        world.advance(MINUTE);
        jane.follow("form.resend button").await;
        let second = world.newest_mail("jane@acme.com").code();
        assert_ne!(first, second);
        answer(jane, &second).await;
        assert_eq!(jane.place().await, "/browse/DEMO-1");
    };
    browse(Screen::Phone, walk).await;
}

#[tokio::test]
async fn send_again_sends_the_same_code_and_an_early_press_says_when() {
    let world = World::for_browsers().await;
    let walk = async |jane: &Tab| {
        arrive(&world, jane, "jane", "/browse/DEMO-1").await;
        jane.follow("form.resend button").await;
        assert!(jane.text("#notice").await.contains("ask again in 60 seconds"));
        assert_eq!(world.mails().len(), 1);

        world.advance(MINUTE);
        jane.follow("form.resend button").await;
        assert!(jane.text("#notice").await.contains("Another mail is on its way"));
        assert!(!jane.title().await.starts_with("Error"));
        let codes: Vec<String> = world.mails().iter().map(|mail| mail.code()).collect();
        assert_eq!(codes.len(), 2);
        assert_eq!(codes[0], codes[1]);
        answer(jane, &codes[0]).await;
        assert_eq!(jane.place().await, "/browse/DEMO-1");
    };
    browse(Screen::Desktop, walk).await;
}

#[tokio::test]
async fn the_product_can_be_left_from_the_challenge_page() {
    let world = World::for_browsers().await;
    let walk = async |jane: &Tab| {
        arrive(&world, jane, "jane", "/browse/DEMO-1").await;
        jane.follow("footer a").await;
        assert!(jane.text("main").await.contains("You are signed out"));
        assert!(jane.has("#sign-in").await);
    };
    browse(Screen::Phone, walk).await;
}

#[tokio::test]
async fn a_script_of_a_page_that_went_stale_gets_json_with_the_way_on_and_the_page_stays() {
    let world = World::for_browsers().await;
    let walk = async |jane: &Tab| {
        arrive(&world, jane, "jane", "/browse/DEMO-1").await;
        answer(jane, &world.newest_mail("jane@acme.com").code()).await;
        jane.open(&jira(&world, "/secure/Background.jspa")).await;
        jane.shows("#status", "200").await;

        world.advance(Duration::from_secs(7 * 86_400));
        jane.click("#again").await;
        jane.shows("#status", "401").await;
        let problem: serde_json::Value = serde_json::from_str(&jane.text("#answer").await).expect("JSON");
        assert_eq!(jane.place().await, "/secure/Background.jspa");

        jane.open(problem["challenge_url"].as_str().expect("the way on")).await;
        answer(jane, &world.newest_mail("jane@acme.com").code()).await;
        assert_eq!(jane.place().await, "/secure/Background.jspa", "the way on leads back to the page");
    };
    browse(Screen::Desktop, walk).await;
}

#[tokio::test]
async fn a_form_of_another_site_is_refused_with_a_page() {
    let world = World::for_browsers().await;
    let walk = async |jane: &Tab| {
        arrive(&world, jane, "jane", "/browse/DEMO-1").await;
        jane.open(&format!("http://{}/", world.mailbox().await)).await;
        let target = jira(&world, "/.postern/resend");
        let script = format!(
            "const form = document.createElement('form'); form.method = 'post'; form.action = '{target}';
             document.body.append(form); form.submit()"
        );
        jane.turn(async { drop(jane.ask(&script).await) }).await;
        assert!(jane.text("h1").await.contains("No access"));
        assert_eq!(world.mails().len(), 1);
    };
    browse(Screen::Desktop, walk).await;
}
