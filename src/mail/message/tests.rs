//! Mails as mail programs read them: in one language, with one code, nothing to click, and no header of anybody else's.

use super::*;
use crate::domain::code::CodeDigits;
use mail_parser::{MessageParser, MimeHeaders};

fn code() -> Code {
    Code::derive(&[7; 32], Uuid::from_u128(1), CodeDigits::Six)
}

fn compose_for(organization: &str, sender: &str) -> Vec<u8> {
    compose_in(Language::English, organization, sender)
}

fn compose_in(language: Language, organization: &str, sender: &str) -> Vec<u8> {
    with_envelope(organization, sender, |envelope| {
        let valid_for = Duration::from_secs(599);
        let tag = MailTag::of(Uuid::from_u128(1));
        let mail = CodeMail {
            site_host: "jira.acme.com",
            code: &code(),
            tag,
            language,
            own: &look::Words::default(),
            valid_for,
        };
        compose_code(envelope, &mail)
    })
}

fn notice(organization: &str, subject: &str, body: &str) -> Vec<u8> {
    with_envelope(organization, organization, |envelope| {
        compose_notice(envelope, Language::English, subject, body)
    })
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
fn in_every_language_the_code_is_the_only_run_of_six_digits_in_either_part() {
    for language in Language::ALL {
        let (text, html) = parts(&compose_in(language, "Acme", "Acme access"));
        let code = code();
        assert_eq!(digit_runs(&text, 6), [code.digits()]);
        assert_eq!(digit_runs(&html, 6), [code.digits()]);
        assert!(text.lines().any(|line| line == code.digits()), "the code has a line of its own:\n{text}");
    }
}

#[test]
fn t101_neither_part_holds_anything_that_could_be_opened() {
    for language in Language::ALL {
        let (text, html) = parts(&compose_in(language, "Acme", "Acme access"));
        for part in [text.to_lowercase(), html.to_lowercase()] {
            for opener in
                ["http", "://", "www.", "href", "src=", "url(", "<a", "<img", "<form", "<script", "<link"]
            {
                assert!(!part.contains(opener), "{opener} in {part}");
            }
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
fn a_mail_is_in_one_language_and_says_which_and_its_mark_is_in_the_subject() {
    for language in Language::ALL {
        let mail = compose_in(language, "Acme", "Acme access");
        let parsed = MessageParser::default().parse(&mail).unwrap();
        let tag = MailTag::of(Uuid::from_u128(1)).to_string();
        let subject = parsed.subject().unwrap();
        assert!(
            subject.contains(&tag) && subject.contains("Acme") && !subject.contains(code().digits()),
            "{subject}"
        );
        assert_eq!(parsed.header("Content-Language").unwrap().as_text(), Some(language.tag()));
        let (text, html) = parts(&mail);
        assert!(text.contains(&tag) && html.contains(&tag));
        let marks = format!("lang=\"{}\" dir=\"{}\"", language.tag(), language.direction());
        assert_eq!(html.matches(&marks).count(), 2, "one for mail programs that take the body alone: {html}");
        let english = ["Hello", "The code", "Nobody"].iter().any(|word| text.contains(word));
        assert_eq!(english, language == Language::English, "{text}");
    }
}

#[test]
fn a_mail_composed_again_is_the_same_to_the_byte() {
    let mail = compose_for("Acme", "Acme access");
    assert_eq!(mail, compose_for("Acme", "Acme access"));
    let parsed = MessageParser::default().parse(&mail).unwrap();
    assert_eq!(parsed.message_id(), Some("01234567-89ab-cdef-0123-456789abcdef@acme.com"));
    assert_eq!(parsed.date().unwrap().to_timestamp(), 1_700_000_000);
    assert_eq!(
        parsed.subject(),
        Some(&*format!("Confirm your mailbox at Acme ({})", MailTag::of(Uuid::from_u128(1))))
    );
    assert_eq!(parsed.header("Auto-Submitted").unwrap().as_text(), Some("auto-generated"));
}

#[test]
fn t105_a_line_end_in_a_name_adds_no_header_and_no_recipient() {
    let known = [
        "Message-ID",
        "Date",
        "From",
        "To",
        "Subject",
        "Auto-Submitted",
        "Content-Language",
        "MIME-Version",
        "Content-Type",
    ];
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
        assert_eq!(from.iter().map(|from| from.address().unwrap()).collect::<Vec<_>>(), ["access@acme.com"]);
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
    assert!(text.starts_with("One <b>line</b>.\nAnother.\n\nThe end: https://gw.test/x\n\nAcme"), "{text}");
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
