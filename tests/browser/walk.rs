//! From the product's sign-in page to the page that was asked for, as people walk it.

use std::time::Duration;

use crate::support::chromium::{Screen, Tab, browse};
use crate::support::world::World;

use super::{answer, arrive, jira, sign_in, wiki};

const WEEK: Duration = Duration::from_secs(7 * 86_400);

#[tokio::test]
async fn managed_people_never_meet_us_in_a_browser() {
    let world = World::for_browsers().await;
    let walk = async |liam: &Tab| {
        for (sign_in_page, page) in [
            (jira(&world, "/login.jsp"), jira(&world, "/browse/DEMO-1")),
            (wiki(&world, "/login.action"), wiki(&world, "/display/DEMO/Home")),
        ] {
            liam.open(&sign_in_page).await;
            sign_in(liam, "liam").await;
            liam.open(&page).await;
            assert!(liam.text("header").await.contains("signed in as Liam Hart"));
            let cookies = liam.cookies().await;
            assert!(!cookies.is_empty(), "the product's session");
            assert!(!cookies.iter().any(|name| name.contains("postern")), "{cookies:?}");
        }
        let sent = liam.sent().await;
        assert!(sent.len() >= 8, "the log is complete: {sent:#?}");
        assert!(!sent.iter().any(|request| request.url.path().starts_with("/.postern")), "{sent:#?}");
    };
    browse(Screen::Desktop, walk).await;
    assert!(world.mails().is_empty());
}

#[tokio::test]
async fn a_code_from_the_mailbox_leads_to_the_very_page_at_a_desktop() {
    an_external_person_walks(Screen::Desktop).await;
}

#[tokio::test]
async fn a_code_from_the_mailbox_leads_to_the_very_page_at_a_phone() {
    an_external_person_walks(Screen::Phone).await;
}

#[tokio::test]
async fn a_stale_person_sees_the_sign_in_page_as_it_is_meant() {
    let world = World::for_browsers().await;
    let walk = async |jane: &Tab| {
        arrive(&world, jane, "jane", "/browse/DEMO-1").await;
        assert!(jane.has("#code").await, "the session is stale: {}", jane.place().await);
        // What was loaded before the sign-in says nothing.
        jane.devtools("Network.clearBrowserCache", serde_json::json!({})).await;
        world.jira.clear_received();
        jane.open(&jira(&world, "/login.jsp")).await;
        let colour = "return getComputedStyle(document.querySelector('main button')).backgroundColor";
        assert_eq!(jane.ask(colour).await, "rgb(0, 82, 204)");
        let received = world.jira.received();
        let sheet = received.iter().find(|request| request.path().starts_with("/s/")).expect("a style sheet");
        assert!(sheet.header("cookie").is_empty(), "{sheet:?}");
    };
    browse(Screen::Desktop, walk).await;
}

async fn an_external_person_walks(screen: Screen) {
    let world = World::for_browsers().await;
    let walk = async |jane: &Tab| {
        let target = "/browse/DEMO-1?focus=comments&page=2%263";
        arrive(&world, jane, "jane", target).await;
        assert!(jane.place().await.starts_with("/.postern/challenge?return="), "{}", jane.place().await);
        assert!(jane.text("main").await.contains("j•••e@acme.com"));
        verify(&world, jane).await;
        assert_eq!(jane.place().await, target);
        moves_freely(&world, jane).await;

        world.advance(WEEK);
        jane.open(&jira(&world, "/browse/DEMO-2")).await;
        verify(&world, jane).await;
        assert_eq!(jane.place().await, "/browse/DEMO-2");

        world.advance(Duration::from_secs(60));
        jane.follow("#sign-out").await;
        assert!(
            !jane.cookies().await.iter().any(|name| name == "postern-proof"),
            "the proof went with the session"
        );
        jane.follow("#sign-in").await;
        sign_in(jane, "jane").await;
        assert!(jane.has("#code").await, "a new sign-in meets a new code: {}", jane.place().await);
    };
    browse(screen, walk).await;
}

/// Reads the newest code off the mailbox page, in the browser, and types it into the challenge page, which is shown.
async fn verify(world: &World, jane: &Tab) {
    let challenge = jane.client.current_url().await.expect("an address");
    jane.open(&format!("http://{}/", world.mailbox().await)).await;
    let code = jane.text(".code").await;
    assert_eq!(code, world.newest_mail("jane@acme.com").code());
    jane.open(challenge.as_str()).await;
    jane.sent().await;
    answer(jane, &code).await;
    let sent = jane.sent().await;
    let post = sent.iter().find(|request| request.method == "POST").expect("the form was sent");
    assert_eq!(post.url.path(), "/.postern/verify");
    assert_eq!(
        post.origin.as_deref(),
        Some(&*challenge.origin().ascii_serialization()),
        "no policy hides it"
    );
}

async fn moves_freely(world: &World, jane: &Tab) {
    jane.follow("header strong a").await;
    jane.follow("main a[href='/browse/DEMO-3']").await;
    assert_eq!(jane.place().await, "/browse/DEMO-3");
    jane.open(&jira(world, "/secure/Background.jspa")).await;
    jane.shows("#status", "200").await;
}
