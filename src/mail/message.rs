//! Composes mails, as text and as HTML: codes, and notices whose text is given.
//!
//! The mail with a code must never hold a link: mail scanners open every one, and people learn to follow them. The only run of
//! digits as long as a code is the code, so that phones offer it for filling in. The words are in `pages/`.

use std::time::{Duration, SystemTime};

use askama::Template;
use jiff::Timestamp;
use lettre::Message;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use uuid::Uuid;

use crate::domain::code::Code;
use crate::domain::email::EmailAddress;
use crate::domain::language::Language;
use crate::domain::look;
use crate::domain::mail_tag::MailTag;
use crate::texts::{self, Texts, Value, Values, texts};

/// What goes on the outside of a mail.
pub struct Envelope<'a> {
    /// The sender.
    pub from: &'a Mailbox,
    /// Who writes, by the name that people know.
    pub organization: &'a str,
    /// The recipient; there is never a second one.
    pub to: &'a EmailAddress,
    /// The outbox id. `Message-ID` and the MIME boundary follow from it, so a mail that is delivered again after a crash
    /// is recognisably the same, and many mail servers drop the second one.
    pub id: Uuid,
    /// When the mail was queued, for `Date`.
    pub date: Timestamp,
}

/// What goes into a mail with a code.
pub struct CodeMail<'a> {
    /// The host that is being signed in to, shown as text.
    pub site_host: &'a str,
    /// The code.
    pub code: &'a Code,
    /// The mark that the page names it by.
    pub tag: MailTag,
    /// The language of who reads it.
    pub language: Language,
    /// What the organization says in place of our sentences.
    pub own: &'a look::Words,
    /// How long the code goes on being valid; shown in minutes.
    pub valid_for: Duration,
}

/// Why a mail cannot be composed. Trying again does not help.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// The mail library takes no such address.
    #[error("the recipient's address cannot be written to: {0}")]
    Recipient(lettre::address::AddressError),
    /// A template failed.
    #[error("the mail cannot be written: {0}")]
    Template(#[from] askama::Error),
    /// The message lacks a part.
    #[error("the mail cannot be put together: {0}")]
    Assembly(#[from] lettre::error::Error),
}

/// Composes the mail that carries a code.
pub fn compose_code(envelope: &Envelope<'_>, mail: &CodeMail<'_>) -> Result<Message, ComposeError> {
    let (organization, host) = (one_line(envelope.organization), one_line(mail.site_host));
    let (tag, own) = (mail.tag.to_string(), Texts::own(mail.own, mail.language));
    let texts = own.as_ref().unwrap_or_else(|| texts(mail.language));
    let values = [
        ("organization", Value::Strong(&organization)),
        ("host", Value::Strong(&host)),
        ("tag", Value::Strong(&tag)),
        ("count", Value::Count(whole_minutes(mail.valid_for))),
    ];
    let (language, code) = (mail.language, mail.code.digits());
    let words = Words { texts, values: &values };
    let subject = one_line(&words.plain("mail-subject"));
    let text = Text { words, code }.render()?;
    let html = Html { language, words, subject: &subject, code }.render()?;
    assemble(envelope, mail.language, subject, text, html)
}

/// Composes a notice. Its body is paragraphs with an empty line between two.
pub fn compose_notice(
    envelope: &Envelope<'_>,
    language: Language,
    subject: &str,
    body: &str,
) -> Result<Message, ComposeError> {
    let (organization, subject) = (one_line(envelope.organization), one_line(subject));
    let paragraphs: Vec<&str> =
        body.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()).collect();
    let text = NoticeText { organization: &organization, paragraphs: &paragraphs }.render()?;
    let html =
        NoticeHtml { language, organization: &organization, subject: &subject, paragraphs: &paragraphs }
            .render()?;
    assemble(envelope, language, subject, text, html)
}

fn assemble(
    envelope: &Envelope<'_>,
    language: Language,
    subject: String,
    text: String,
    html: String,
) -> Result<Message, ComposeError> {
    let Envelope { from, to, id, date, .. } = envelope;
    let from = Mailbox::new(from.name.as_deref().map(one_line), from.email.clone());
    let to = to.as_str().parse().map_err(ComposeError::Recipient)?;
    let body = MultiPart::alternative()
        .boundary(format!("postern-{id}"))
        .singlepart(SinglePart::plain(text))
        .singlepart(SinglePart::html(html));
    let message = Message::builder()
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        .date(SystemTime::from(*date))
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(subject)
        .header(AutoSubmitted)
        .header(ContentLanguage(language))
        .multipart(body)?;
    Ok(message)
}

#[derive(Template)]
#[template(path = "code.txt")]
struct Text<'a> {
    words: Words<'a>,
    code: &'a str,
}

#[derive(Template)]
#[template(path = "code.html")]
struct Html<'a> {
    language: Language,
    words: Words<'a>,
    subject: &'a str,
    code: &'a str,
}

/// The sentences of the mail with a code, filled with what it is about.
#[derive(Clone, Copy)]
struct Words<'a> {
    texts: &'a Texts,
    values: &'a Values<'a>,
}

impl Words<'_> {
    fn plain(&self, message: &str) -> String {
        self.texts.plain(message, self.values)
    }

    fn html(&self, message: &str) -> texts::Html {
        self.texts.html(message, self.values)
    }
}

#[derive(Template)]
#[template(path = "notice.txt")]
struct NoticeText<'a> {
    organization: &'a str,
    paragraphs: &'a [&'a str],
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticeHtml<'a> {
    language: Language,
    organization: &'a str,
    subject: &'a str,
    paragraphs: &'a [&'a str],
}

/// `Auto-Submitted: auto-generated` (RFC 3834): out-of-office replies stay away.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// `Content-Language` (RFC 3282), by which a mail program reads it aloud in the right voice.
#[derive(Clone)]
struct ContentLanguage(Language);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(tag: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(Language::of_tag(tag).unwrap_or_default()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.tag().to_owned())
    }
}

/// A name with a line end in it would be a header of its own, or a line that passes for the code's.
fn one_line(text: &str) -> String {
    let breaks = |char: char| char.is_control() || matches!(char, '\u{2028}' | '\u{2029}');
    text.chars().map(|char| if breaks(char) { ' ' } else { char }).collect()
}

/// To the nearest minute, as a mail that is composed a second after the challenge opened should not say nine of ten.
fn whole_minutes(valid_for: Duration) -> u32 {
    u32::try_from((valid_for.as_secs() + 30) / 60).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests;
