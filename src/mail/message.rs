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
    let organization = one_line(envelope.organization);
    let site_host = one_line(mail.site_host);
    let minutes = whole_minutes(mail.valid_for);
    let code = mail.code.digits();
    let text = Text { organization: &organization, site_host: &site_host, code, minutes }.render()?;
    let html = Html { organization: &organization, site_host: &site_host, code, minutes }.render()?;
    assemble(envelope, format!("Verify your identity at {organization}"), text, html)
}

/// Composes a notice. Its body is paragraphs with an empty line between two.
pub fn compose_notice(envelope: &Envelope<'_>, subject: &str, body: &str) -> Result<Message, ComposeError> {
    let (organization, subject) = (one_line(envelope.organization), one_line(subject));
    let paragraphs: Vec<&str> =
        body.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()).collect();
    let text = NoticeText { organization: &organization, paragraphs: &paragraphs }.render()?;
    let html =
        NoticeHtml { organization: &organization, subject: &subject, paragraphs: &paragraphs }.render()?;
    assemble(envelope, subject, text, html)
}

fn assemble(
    envelope: &Envelope<'_>,
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
        .multipart(body)?;
    Ok(message)
}

#[derive(Template)]
#[template(path = "code.txt")]
struct Text<'a> {
    organization: &'a str,
    site_host: &'a str,
    code: &'a str,
    minutes: u64,
}

#[derive(Template)]
#[template(path = "code.html")]
struct Html<'a> {
    organization: &'a str,
    site_host: &'a str,
    code: &'a str,
    minutes: u64,
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

/// A name with a line end in it would be a header of its own, or a line that passes for the code's.
fn one_line(text: &str) -> String {
    let breaks = |char: char| char.is_control() || matches!(char, '\u{2028}' | '\u{2029}');
    text.chars().map(|char| if breaks(char) { ' ' } else { char }).collect()
}

/// To the nearest minute, as a mail that is composed a second after the challenge opened should not say nine of ten.
fn whole_minutes(valid_for: Duration) -> u64 {
    ((valid_for.as_secs() + 30) / 60).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::code::CodeDigits;
    use mail_parser::{MessageParser, MimeHeaders};

    fn code() -> Code {
        Code::derive(&[7; 32], Uuid::from_u128(1), CodeDigits::Six)
    }

    fn compose_for(organization: &str, sender: &str) -> Vec<u8> {
        with_envelope(organization, sender, |envelope| {
            let valid_for = Duration::from_secs(599);
            compose_code(envelope, &CodeMail { site_host: "jira.acme.com", code: &code(), valid_for })
        })
    }

    fn notice(organization: &str, subject: &str, body: &str) -> Vec<u8> {
        with_envelope(organization, organization, |envelope| compose_notice(envelope, subject, body))
    }

    fn with_envelope(
        organization: &str,
        sender: &str,
        compose: impl FnOnce(&Envelope<'_>) -> Result<Message, ComposeError>,
    ) -> Vec<u8> {
        let envelope = Envelope {
            from: &Mailbox::new(Some(sender.to_owned()), "access@acme.com".parse().unwrap()),
            organization,
            to: &EmailAddress::parse("jane@partner.test").unwrap(),
            id: Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef),
            date: Timestamp::from_second(1_700_000_000).unwrap(),
        };
        compose(&envelope).unwrap().formatted()
    }

    /// The decoded parts, as a mail program shows them: text, HTML.
    fn parts(mail: &[u8]) -> (String, String) {
        let parsed = MessageParser::default().parse(mail).unwrap();
        assert!(parsed.is_content_type("multipart", "alternative"));
        (parsed.body_text(0).unwrap().into_owned(), parsed.body_html(0).unwrap().into_owned())
    }

    /// The runs of digits that stand alone, as a code detector sees them.
    fn digit_runs(text: &str, length: usize) -> Vec<&str> {
        let word = |char: char| char.is_alphanumeric() || char == '_';
        let is_run = |word: &&str| word.len() == length && word.bytes().all(|byte| byte.is_ascii_digit());
        text.split(|char| !word(char)).filter(is_run).collect()
    }

    #[test]
    fn the_code_is_the_only_run_of_six_digits_in_either_part() {
        let (text, html) = parts(&compose_for("Acme", "Acme access"));
        let code = code();
        assert_eq!(digit_runs(&text, 6), [code.digits()]);
        assert_eq!(digit_runs(&html, 6), [code.digits()]);
        assert!(text.lines().any(|line| line == code.digits()), "the code has a line of its own:\n{text}");
    }

    #[test]
    fn t101_neither_part_holds_anything_that_could_be_opened() {
        let (text, html) = parts(&compose_for("Acme", "Acme access"));
        for part in [text.to_lowercase(), html.to_lowercase()] {
            for opener in
                ["http", "://", "www.", "href", "src=", "url(", "<a", "<img", "<form", "<script", "<link"]
            {
                assert!(!part.contains(opener), "{opener} in {part}");
            }
        }
    }

    #[test]
    fn both_parts_say_who_asks_for_which_site_and_for_how_long() {
        let (text, html) = parts(&compose_for("Acme", "Acme access"));
        for part in [text, html] {
            for words in
                ["Acme", "jira.acme.com", "within 10 minutes", "Nobody will ever ask", "ignore this message"]
            {
                assert!(part.contains(words), "{words} in {part}");
            }
        }
        assert_eq!(whole_minutes(Duration::from_secs(5)), 1);
    }

    #[test]
    fn a_mail_composed_again_is_the_same_to_the_byte() {
        let mail = compose_for("Acme", "Acme access");
        assert_eq!(mail, compose_for("Acme", "Acme access"));
        let parsed = MessageParser::default().parse(&mail).unwrap();
        assert_eq!(parsed.message_id(), Some("01234567-89ab-cdef-0123-456789abcdef@acme.com"));
        assert_eq!(parsed.date().unwrap().to_timestamp(), 1_700_000_000);
        assert_eq!(parsed.subject(), Some("Verify your identity at Acme"));
        assert_eq!(parsed.header("Auto-Submitted").unwrap().as_text(), Some("auto-generated"));
    }

    #[test]
    fn t105_a_line_end_in_a_name_adds_no_header_and_no_recipient() {
        let known =
            ["Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"];
        for name in [
            "Acme\r\nBcc: x@evil.test",
            "Acme\nBcc: x@evil.test",
            "Acme\rBcc: x@evil.test",
            "Acme\"\r\n <x@evil.test>, \"",
            "Acme\u{2028}Bcc: x@evil.test",
            "Größe\r\n\r\nBcc: x@evil.test",
        ] {
            let mail = compose_for(name, name);
            let parsed = MessageParser::default().parse(&mail).unwrap();
            for header in parsed.headers() {
                assert!(known.contains(&header.name.as_str()), "{} from {name:?}", header.name.as_str());
            }
            let to = parsed.to().unwrap();
            assert_eq!(to.iter().map(|to| to.address().unwrap()).collect::<Vec<_>>(), ["jane@partner.test"]);
            let from = parsed.from().unwrap();
            assert_eq!(
                from.iter().map(|from| from.address().unwrap()).collect::<Vec<_>>(),
                ["access@acme.com"]
            );
        }
    }

    #[test]
    fn a_notice_has_its_paragraphs_in_both_parts_and_nothing_in_it_is_markup_or_a_header() {
        let mail = notice(
            "Acme",
            "Done\r\nBcc: x@evil.test",
            "One <b>line</b>.\nAnother.\n\nThe end: https://gw.test/x",
        );
        let (text, html) = parts(&mail);
        let text = text.replace("\r\n", "\n");
        assert!(
            text.starts_with("One <b>line</b>.\nAnother.\n\nThe end: https://gw.test/x\n\nAcme"),
            "{text}"
        );
        assert!(html.contains("One &#60;b&#62;line&#60;/b&#62;.") && !html.contains("<b>"), "{html}");
        let parsed = MessageParser::default().parse(&mail).unwrap();
        assert_eq!(parsed.subject(), Some("Done  Bcc: x@evil.test"));
        assert!(parsed.header("Bcc").is_none());
    }

    #[test]
    fn markup_in_a_name_stays_text() {
        let (text, html) = parts(&compose_for("Acme <img src=x>", "Acme"));
        assert!(!html.contains("<img") && html.contains("&#60;img"), "{html}");
        assert!(text.contains("Acme <img src=x>"), "{text}");
    }
}
