//! The notice that somebody verified in a new browser. Its link leads to a page that changes nothing by being opened: mail
//! scanners open every one.

use jiff::Timestamp;

use crate::domain::browser::Browser;
use crate::domain::language::Language;
use crate::domain::look::Words;
use crate::texts::{Texts, Value, texts};

/// What it tells.
#[derive(Debug, Clone, Copy)]
pub struct NewBrowser<'a> {
    /// The language of who reads it.
    pub language: Language,
    /// Who writes.
    pub organization: &'a str,
    /// Where they verified.
    pub host: &'a str,
    /// In what.
    pub browser: Browser,
    /// Roughly from where.
    pub network: &'a str,
    /// When.
    pub at: Timestamp,
    /// What the organization says in place of our sentences.
    pub own: &'a Words,
    /// The address of the page that lists their browsers.
    pub list: &'a str,
}

/// Its subject, and its paragraphs with an empty line between two.
pub fn new_browser(new: &NewBrowser<'_>) -> (String, String) {
    let own = Texts::own(new.own, new.language);
    let texts = own.as_ref().unwrap_or_else(|| texts(new.language));
    let (time, name) = (new.at.strftime("%Y-%m-%d %H:%M UTC").to_string(), texts.browser(new.browser));
    let what = texts.plain(
        "new-browser-what",
        &[
            ("time", Value::Text(&time)),
            ("host", Value::Text(new.host)),
            ("browser", Value::Text(&name)),
            ("network", Value::Text(new.network)),
        ],
    );
    let subject = texts.plain("new-browser-subject", &[("organization", Value::Text(new.organization))]);
    let (greeting, next) = (texts.say("mail-greeting"), texts.say("new-browser-next"));
    (subject, format!("{greeting}\n\n{what}\n\n{next}\n\n{}", new.list))
}
