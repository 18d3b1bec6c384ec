//! A form that a challenge interrupts, in a real browser: its fields come back as they were typed, and it is the browser that
//! sends them.

use crate::support::chromium::{Screen, Tab, browse};
use crate::support::world::World;

use super::{answer, arrive, jira};

#[tokio::test]
async fn what_was_typed_before_a_challenge_is_sent_after_it() {
    let world = World::for_browsers().await;
    let walk = async |jane: &Tab| {
        arrive(&world, jane, "jane", "/browse/DEMO-1").await;
        answer(jane, &world.newest_mail("jane@acme.com").code()).await;
        jane.open(&jira(&world, "/secure/AddComment.jspa")).await;
        jane.fill("#comment", "half of\nmy \"work\" & <b>caf\u{e9}</b>").await;
        world.advance(std::time::Duration::from_secs(7 * 86_400));
        world.jira.clear_received();
        jane.follow("#send").await;
        assert!(jane.text("main").await.contains("What you sent is kept"), "{}", jane.place().await);
        answer(jane, &world.newest_mail("jane@acme.com").code()).await;
        assert!(jane.place().await.starts_with("/.postern/held?form="));
        assert!(jane.text("main").await.contains("/secure/AddComment.jspa"));
        assert_eq!(jane.focused().await.text().await.unwrap(), "Send it now");
        assert!(
            world.reached_jira().iter().all(|request| request.method == "GET"),
            "nothing is sent by itself"
        );
        jane.follow("button.primary").await;
        assert_eq!(jane.place().await, "/secure/AddComment.jspa?id=10000");
        let comment = jane.ask("return document.querySelector('main').textContent").await;
        let comment = comment.as_str().unwrap_or_default().replace("\r\n", "\n");
        assert!(comment.contains("half of\nmy \"work\" & <b>caf\u{e9}</b>"), "{comment}");
        let posted: Vec<_> = world.reached_jira().into_iter().filter(|one| one.method == "POST").collect();
        let [posted] = posted.as_slice() else { panic!("{posted:?}") };
        assert_eq!(posted.header("sec-fetch-site"), ["same-origin"]);
        assert_eq!(posted.header("origin"), [jira(&world, "").as_str()]);
    };
    browse(Screen::Phone, walk).await;
}
