//! Every page on every screen: nothing is cut off, and what can be pressed is as large as a finger.
//!
//! Set `POSTERN_PICTURES` to a folder to see them. The two in `src/proxy/pages/pictures/` are made that way, then made smaller
//! by pngquant and optipng.

use std::time::Duration;

use postern::demo::Fault;

use crate::support::chromium::{Screen, Tab, browse};
use crate::support::world::World;

use super::{answer, jira, sign_in, wiki};

/// WCAG 2.2, 2.5.5: 44 CSS pixels in both directions.
const FINGER: f64 = 44.0;

#[tokio::test]
async fn every_page_fits_a_desktop() {
    tour(Screen::Desktop).await;
}

#[tokio::test]
async fn every_page_fits_a_phone() {
    tour(Screen::Phone).await;
}

#[tokio::test]
async fn every_page_fits_320_pixels() {
    tour(Screen::Narrow).await;
}

async fn tour(screen: Screen) {
    let world = World::for_browsers().await;
    let walk = async |jane: &Tab| {
        the_challenge(&world, jane).await;
        the_refusals(&world, jane).await;
        the_stand_ins(&world, jane).await;
    };
    browse(screen, walk).await;
}

async fn the_challenge(world: &World, jane: &Tab) {
    jane.open(&jira(world, "/browse/DEMO-1")).await;
    fits(jane, "sign-in").await;
    sign_in(jane, "jane").await;
    jane.find("#code").await;
    ours_fits(jane, "challenge").await;
    jane.click("summary").await;
    ours_fits(jane, "challenge-no-mail").await;
    jane.follow("form.resend button").await;
    jane.find("#notice").await;
    ours_fits(jane, "challenge-too-early").await;
    world.advance(Duration::from_secs(60));
    jane.follow("form.resend button").await;
    jane.find("#notice.done").await;
    ours_fits(jane, "challenge-sent-again").await;
    answer(jane, "12").await;
    jane.find("#notice.error").await;
    ours_fits(jane, "challenge-no-code").await;
    for _ in 0..3 {
        answer(jane, "000000").await;
    }
    ours_fits(jane, "challenge-wrong").await;
    answer(jane, "000000").await;
    ours_fits(jane, "challenge-over").await;
}

async fn the_refusals(world: &World, jane: &Tab) {
    jane.open(&jira(world, "/.postern/nothing")).await;
    ours_fits(jane, "not-found").await;
    jane.open(&jira(world, "/.postern/signed-out")).await;
    ours_fits(jane, "signed-out").await;
    jane.open(&wiki(world, "/login.action")).await;
    world.wiki.set_fault(Some(Fault::ServerError));
    sign_in(jane, "omar").await;
    ours_fits(jane, "unavailable").await;
    world.wiki.set_fault(None);
}

async fn the_stand_ins(world: &World, jane: &Tab) {
    jane.open(&format!("http://{}/", world.mailbox().await)).await;
    fits(jane, "mailbox").await;
    jane.open(&wiki(world, "/logout.action")).await;
    fits(jane, "wiki-signed-out").await;
    jane.open(&wiki(world, "/login.action")).await;
    sign_in(jane, "liam").await;
    fits(jane, "wiki-home").await;
    jane.open(&jira(world, "/secure/Logout!default.jspa")).await;
    jane.open(&jira(world, "/login.jsp")).await;
    sign_in(jane, "liam").await;
    fits(jane, "dashboard").await;
    jane.open(&jira(world, "/browse/DEMO-2")).await;
    fits(jane, "issue").await;
    jane.open(&jira(world, "/secure/Background.jspa")).await;
    fits(jane, "background").await;
}

/// Nothing must be scrolled sideways to.
async fn fits(tab: &Tab, name: &str) {
    tab.picture(name).await;
    let width = tab.ask("return document.documentElement.scrollWidth").await;
    assert!(width.as_u64() <= Some(tab.screen.width().into()), "{name} is {width} pixels wide");
}

/// As [`fits`], and every control is large enough.
async fn ours_fits(tab: &Tab, name: &str) {
    fits(tab, name).await;
    let controls = tab
        .ask(
            "return [...document.querySelectorAll('a, button, input:not([type=hidden]), summary')]
                .map(control => [control.textContent, control.getBoundingClientRect().width, control.getBoundingClientRect().height])",
        )
        .await;
    let small: Vec<_> = controls
        .as_array()
        .expect("controls")
        .iter()
        .filter(|control| control[1].as_f64() < Some(FINGER) || control[2].as_f64() < Some(FINGER))
        .collect();
    assert!(small.is_empty(), "{name}: {small:?}");
}
