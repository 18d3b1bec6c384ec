//! Authenticator apps and passkeys by HTTP: set up, shown at the challenge, asked for by policies, removed; and who must not be able
//! to. Start at `app.rs`; what a passkey answers is tried in `browser/methods.rs`.

mod app;
mod passkey;
mod policies;

use std::time::Duration;

use http::StatusCode;
use totp_rs::{Builder, Totp};

use super::JANE;
use crate::people::until;
use crate::support::client::{Answer, Browser};
use crate::support::world::{Mail, World};

const METHODS: &str = "/.postern/methods";
const STEP: Duration = Duration::from_secs(30);

/// Somebody's app.
pub struct App(Totp);

impl App {
    /// Reads the key from the page, as somebody who types it.
    fn of(page: &Answer) -> Self {
        let key = page.body.split("translate=\"no\">").map(|rest| rest.split('<').next().unwrap_or_default());
        let key = key.filter(|text| text.len() == 39).last().expect("a key");
        Self::typed(key)
    }

    /// With a key that was typed into it.
    pub fn typed(key: &str) -> Self {
        let secret = data_encoding::BASE32_NOPAD.decode(key.replace(' ', "").as_bytes()).expect("base32");
        Self(Builder::new().with_secret(secret).build().expect("an app"))
    }

    /// What it shows now, on a clock that is so many steps ahead.
    pub fn code(&self, world: &World, ahead: i64) -> String {
        let now = world.clock.now().as_second() + ahead * 30;
        self.0.generate(u64::try_from(now).expect("a time")).to_string()
    }
}

/// Posts a form of the page of methods.
async fn deed(browser: &mut Browser, page: &Answer, path: &str, more: &[(&str, &str)]) -> Answer {
    let (token, back) = (page.field("token"), page.field("return"));
    let fields = [&[("token", token.as_str()), ("return", back.as_str())], more].concat();
    browser.post(&format!("/.postern/{path}"), &fields).await
}

/// Tries a code of an app at the challenge.
async fn try_app(browser: &mut Browser, page: &Answer, code: &str) -> Answer {
    let aim = page.field("for");
    let answer = deed(browser, page, "verify-app", &[("code", code), ("for", &aim)]).await;
    browser.arrive(answer).await
}

/// Sets up an app in a browser that has just verified.
async fn set_up(world: &World, browser: &mut Browser, name: &str) -> App {
    let page = browser.open(METHODS).await;
    let begun = deed(browser, &page, "methods-begin", &[]).await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.body);
    let app = App::of(&begun);
    let (id, code) = (begun.field("id"), app.code(world, 0));
    let done = deed(browser, &begun, "methods-finish", &[("id", &id), ("code", &code), ("name", name)]).await;
    assert!(done.status == StatusCode::OK && done.body.contains("It is set up"), "{}", done.body);
    app
}

async fn jane_with_app(world: &World) -> (Browser, App) {
    let mut jane = world.browser();
    jane.verify(world, "jane", JANE).await;
    let app = set_up(world, &mut jane, "My phone").await;
    (jane, app)
}

/// The mail with this in its subject, once it was sent.
async fn told(world: &World, email: &str, subject: &str) -> Mail {
    let found = || world.mails().into_iter().rfind(|mail| mail.to == email && mail.subject.contains(subject));
    until(subject, async || found().is_some()).await;
    found().expect("a mail")
}

/// The id of somebody's authenticator, as the database has it.
async fn authenticator_of(world: &World, email: &str) -> String {
    let id: Vec<u8> = sqlx::query_scalar("SELECT id FROM authenticators WHERE email = ?")
        .bind(email)
        .fetch_one(&mut world.database().await)
        .await
        .expect("an id");
    uuid::Uuid::from_slice(&id).expect("an id").to_string()
}

/// A second browser of Jane's, at the challenge.
async fn asked(world: &World, username: &str) -> (Browser, Answer) {
    let mut browser = world.browser();
    browser.sign_in(username).await;
    let page = browser.challenge("/browse/DEMO-1").await;
    (browser, page)
}
