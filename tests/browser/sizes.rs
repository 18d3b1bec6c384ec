//! Every page on every screen, in light and in dark, read from the left and from the right: nothing is cut off, what can be
//! pressed is as large as a finger, and axe-core finds no fault.
//!
//! Set `POSTERN_PICTURES` to a folder to see them all, in more languages than are walked otherwise. The two in
//! `src/proxy/pages/pictures/` are made that way, then made smaller by pngquant and optipng.

use std::time::Duration;

use postern::demo::Fault;

use crate::challenge::methods::App;
use crate::support::chromium::{Screen, Tab, browse};
use crate::support::sight::pictures;
use crate::support::world::World;

use super::{answer, jira, sign_in, wiki};

/// WCAG 2.2, 2.5.5: 44 CSS pixels in both directions.
const FINGER: f64 = 44.0;

/// What people set in their systems, by the name in pictures. The last one stays for what is walked through between pages.
const TASTES: [(&str, &[(&str, &str)]); 3] = [
    ("forced", &[("forced-colors", "active"), ("prefers-color-scheme", "dark")]),
    ("dark", &[("forced-colors", "none"), ("prefers-color-scheme", "dark")]),
    ("light", &[("forced-colors", "none"), ("prefers-color-scheme", "light")]),
];

/// One walk through all pages.
struct Tour<'a> {
    world: &'a World,
    tab: &'a Tab,
    language: &'static str,
    /// Whether each page is held to what axe-core knows, which takes a while.
    with_axe: bool,
}

#[tokio::test]
async fn every_page_fits_a_desktop() {
    tours(Screen::Desktop, &["en"], false).await;
}

#[tokio::test]
async fn every_page_fits_a_phone_and_is_clean_by_axe_core_read_from_either_side() {
    tours(Screen::Phone, &["en", "ar"], true).await;
}

/// German words are the longest.
#[tokio::test]
async fn every_page_fits_320_pixels() {
    tours(Screen::Narrow, &["de"], false).await;
}

async fn tours(screen: Screen, languages: &[&'static str], with_axe: bool) {
    for language in if pictures().is_some() { &["en", "ar", "he", "de", "ja"] } else { languages } {
        let world = World::for_browsers_with(HELP).await;
        let walk = async |tab: &Tab| {
            tab.read_in(language).await;
            let tour = Tour { world: &world, tab, language, with_axe };
            tour.the_challenge().await;
            tour.what_was_kept().await;
            tour.the_methods().await;
            tour.the_refusals().await;
            if *language == "en" {
                tour.the_stand_ins().await;
            }
        };
        browse(screen, walk).await;
    }
}

const HELP: &str = "[organization.help]\nen = \"The service desk helps on weekdays: +49 30 1234.\"\n";

impl Tour<'_> {
    async fn the_challenge(&self) {
        let Self { world, tab: jane, .. } = self;
        jane.open(&jira(world, "/browse/DEMO-1")).await;
        self.fits("sign-in").await;
        sign_in(jane, "jane").await;
        jane.find("#code").await;
        self.ours_fits("challenge").await;
        jane.click("summary").await;
        self.ours_fits("challenge-no-mail").await;
        jane.follow("form.resend button").await;
        jane.find("#notice").await;
        self.ours_fits("challenge-too-early").await;
        world.advance(Duration::from_secs(60));
        jane.follow("form.resend button").await;
        jane.find("#notice.done").await;
        self.ours_fits("challenge-sent-again").await;
        answer(jane, "12").await;
        jane.find("#notice.error").await;
        self.ours_fits("challenge-no-code").await;
        for _ in 0..3 {
            answer(jane, "000000").await;
        }
        self.ours_fits("challenge-wrong").await;
        answer(jane, "000000").await;
        self.ours_fits("challenge-over").await;
        self.the_mail_that_waits().await;
    }

    async fn the_methods(&self) {
        let Self { world, tab: jane, .. } = self;
        jane.open(&jira(world, "/secure/Logout!default.jspa")).await;
        jane.open(&jira(world, "/login.jsp")).await;
        sign_in(jane, "omar").await;
        jane.open(&jira(world, "/browse/DEMO-1")).await;
        answer(jane, &world.newest_mail("omar@partner.example").code()).await;
        let methods = jira(world, "/.postern/methods?return=/browse/DEMO-1");
        jane.open(&methods).await;
        self.ours_fits("methods").await;
        jane.follow("form[action=methods-begin] button").await;
        self.ours_fits("methods-setup").await;
        let app = App::typed(&jane.text("code").await);
        answer(jane, &app.code(world, 0)).await;
        self.ours_fits("methods-done").await;
        jane.open(&jira(world, "/.postern/challenge?for=methods&return=/browse/DEMO-1")).await;
        self.ours_fits("confirm").await;
        answer(jane, "000000").await;
        self.ours_fits("confirm-wrong").await;
    }

    /// A folder that cannot be written is what a mail server is that cannot be reached.
    async fn the_mail_that_waits(&self) {
        let mails = self.world.folder.path().join("mail");
        std::fs::rename(&mails, mails.with_extension("away")).expect("the folder moves");
        std::fs::write(&mails, "").expect("no folder any more");
        self.world.advance(Duration::from_secs(60));
        self.tab.follow("form.resend button").await;
        self.tab.find("#delivery a").await;
        self.ours_fits("challenge-waiting").await;
        std::fs::remove_file(&mails).expect("it goes");
        std::fs::rename(mails.with_extension("away"), &mails).expect("the folder is back");
    }

    /// The code is over by now, so another one is asked for.
    async fn what_was_kept(&self) {
        let Self { world, tab: jane, .. } = self;
        self.sends("password").await;
        self.ours_fits("unsent").await;
        self.sends("comment").await;
        self.ours_fits("challenge-held").await;
        world.advance(Duration::from_secs(60));
        jane.follow("form.resend button").await;
        answer(jane, &world.newest_mail("jane@acme.com").code()).await;
        self.ours_fits("held").await;
        let more = "INSERT INTO browsers SELECT randomblob(16), organization, email, randomblob(16), randomblob(16), \
                    site, 'Firefox', 'Windows', network, first_verified_at, last_verified_at FROM browsers";
        sqlx::query(more).execute(&mut world.database().await).await.expect("another browser");
        jane.open(&jira(world, "/.postern/browsers")).await;
        self.ours_fits("browsers").await;
        jane.follow("form.resend button").await;
        assert!(!jane.has("form").await, "no other one is left");
        jane.open(&jira(world, "/.postern/held?form=1")).await;
        self.ours_fits("held-gone").await;
    }

    /// Sends a form with one field, as a page of the product does.
    async fn sends(&self, field: &str) {
        self.tab.open(&jira(self.world, "/.postern/signed-out")).await;
        let script = format!(
            "const form = document.createElement('form'), field = document.createElement('input');
             form.method = 'post'; form.action = '/secure/AddComment.jspa?id=10000';
             field.name = '{field}'; field.value = 'half of my work';
             form.append(field); document.body.append(form); form.submit()"
        );
        self.tab.turn(async { drop(self.tab.ask(&script).await) }).await;
    }

    async fn the_refusals(&self) {
        let Self { world, tab: jane, .. } = self;
        jane.open(&jira(world, "/.postern/nothing")).await;
        self.ours_fits("not-found").await;
        jane.open(&jira(world, "/.postern/signed-out")).await;
        self.ours_fits("signed-out").await;
        jane.open(&wiki(world, "/login.action")).await;
        world.wiki.set_fault(Some(Fault::ServerError));
        sign_in(jane, "omar").await;
        self.ours_fits("unavailable").await;
        world.wiki.set_fault(None);
    }

    async fn the_stand_ins(&self) {
        let Self { world, tab: jane, .. } = self;
        jane.open(&format!("http://{}/", world.mailbox().await)).await;
        self.fits("mailbox").await;
        jane.open(&wiki(world, "/logout.action")).await;
        self.fits("wiki-signed-out").await;
        jane.open(&wiki(world, "/login.action")).await;
        sign_in(jane, "liam").await;
        self.fits("wiki-home").await;
        jane.open(&jira(world, "/secure/Logout!default.jspa")).await;
        jane.open(&jira(world, "/login.jsp")).await;
        sign_in(jane, "liam").await;
        self.fits("dashboard").await;
        jane.open(&jira(world, "/browse/DEMO-2")).await;
        self.fits("issue").await;
        jane.open(&jira(world, "/secure/Background.jspa")).await;
        self.fits("background").await;
    }

    /// Nothing must be scrolled sideways to.
    async fn fits(&self, name: &str) {
        self.tab.picture(name).await;
        let width = self.tab.ask("return document.documentElement.scrollWidth").await;
        let (most, language) = (self.tab.screen.width(), self.language);
        assert!(width.as_u64() <= Some(most.into()), "{name} in {language} is {width} pixels wide");
    }

    /// As [`fits`](Self::fits), in every taste and in the language that was asked for, and every control is large enough.
    async fn ours_fits(&self, name: &str) {
        let language = self.language;
        assert_eq!(self.tab.ask("return document.documentElement.lang").await, language, "{name}");
        for (taste, features) in TASTES {
            self.tab.prefer(features).await;
            self.fits(&format!("{name}-{language}-{taste}")).await;
            // Forced colours are the person's own.
            if self.with_axe && taste != "forced" {
                let faults = self.tab.faults().await.unwrap_or_else(|| serde_json::json!([]));
                assert_eq!(faults, serde_json::json!([]), "{name} in {language} and {taste}");
            }
        }
        let controls = self
            .tab
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
        assert!(small.is_empty(), "{name} in {language}: {small:?}");
    }
}
