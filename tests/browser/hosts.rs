//! Two hosts of one organization in a real browser, which keeps cookies by its own rules, and holds each step of a form's way
//! against the policy of the page that the form was on.

use std::time::Duration;

use crate::support::chromium::{Screen, Tab, browse};
use crate::support::code_mails;
use crate::support::world::World;

use super::{answer, jira, sign_in, wiki};

#[tokio::test]
async fn one_code_is_enough_for_both_hosts_wherever_it_is_typed() {
    let world = World::for_browsers().await;
    let walk = async |jane: &Tab| {
        is_let_in(jane, &wiki(&world, "/login.action"), false).await;
        answer(jane, &world.newest_mail("jane@acme.com").code()).await;
        assert!(jane.text("header").await.contains("signed in as Jane Doe"), "{}", jane.place().await);
        let host = jane.ask("return location.hostname").await;
        assert_eq!(host, "wiki.localhost", "by way of the home host");
        is_let_in(jane, &jira(&world, "/login.jsp"), true).await;
        let sent = jane.sent().await;
        assert!(sent.iter().any(|request| request.url.path() == "/.postern/handover"), "{sent:#?}");
    };
    browse(Screen::Desktop, walk).await;
    world.advance(Duration::from_secs(60));
    let walk = async |jane: &Tab| {
        is_let_in(jane, &jira(&world, "/login.jsp"), false).await;
        answer(jane, &world.newest_mail("jane@acme.com").code()).await;
        is_let_in(jane, &wiki(&world, "/login.action"), true).await;
    };
    browse(Screen::Phone, walk).await;
    assert_eq!(code_mails(&world).len(), 2, "one for each browser");
}

/// Signs Jane in, and finds out whether she is asked for a code.
async fn is_let_in(jane: &Tab, sign_in_page: &str, expected: bool) {
    jane.open(sign_in_page).await;
    sign_in(jane, "jane").await;
    assert_eq!(!jane.has("#code").await, expected, "{sign_in_page}: {}", jane.place().await);
}
