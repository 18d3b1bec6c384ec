//! What the mail tests share: settings for a server, a mail to send, and how to read one.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use lettre::Message;
use lettre::message::Mailbox;
use postern::config::settings::{MailTransport, Smtp, SmtpTls};
use postern::domain::code::{Code, CodeDigits};
use postern::domain::email::EmailAddress;
use postern::domain::language::Language;
use postern::domain::look::Words;
use postern::domain::mail_tag::MailTag;
use postern::mail::message::{CodeMail, Envelope, compose_code};
use postern::mail::transport::Transport;
use uuid::Uuid;

use crate::support::smtp::PATIENCE;

/// The code of a challenge.
pub fn code_of(challenge: Uuid) -> Code {
    Code::derive(&[7; 32], challenge, CodeDigits::Six)
}

/// When the tests begin.
pub fn start() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

/// The sender of every mail.
pub fn from() -> Mailbox {
    "Acme access <access@acme.com>".parse().unwrap()
}

/// Settings for a server on the loopback, without TLS.
pub fn plain(host: &str, port: u16) -> Smtp {
    let host = host.to_owned();
    Smtp { host, port, tls: SmtpTls::None, ca_file: None, credentials: None, timeout: PATIENCE }
}

/// Settings for a server that must offer STARTTLS with a certificate for `localhost`, signed by `ca`.
pub fn starttls(port: u16, ca: &Path) -> Smtp {
    Smtp { tls: SmtpTls::StartTls, ca_file: Some(ca.to_owned()), ..plain("localhost", port) }
}

/// The transport of these settings.
pub fn transport(settings: Smtp) -> Transport {
    // As `main` does; the second test to come here finds it done.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    Transport::new(&MailTransport::Smtp { first: settings, second: None }).unwrap()
}

/// A mail with the code of challenge `id`.
pub fn mail(organization: &str, id: Uuid) -> Message {
    let envelope = Envelope {
        from: &from(),
        organization,
        to: &EmailAddress::parse("jane@partner.test").unwrap(),
        id,
        date: start(),
    };
    let (code, valid_for) = (code_of(id), Duration::from_secs(600));
    let (tag, language) = (MailTag::of(id), Language::English);
    let own = &Words::default();
    compose_code(
        &envelope,
        &CodeMail { site_host: "jira.acme.com", code: &code, tag, language, own, valid_for },
    )
    .unwrap()
}

/// The words on how long the code is valid may differ by the minutes that have passed; nothing else may.
pub fn assert_same_mail(first: &str, second: &str) {
    let without_minutes = |mail: &str| -> Vec<String> {
        mail.lines().filter(|line| !line.contains("minutes")).map(str::to_owned).collect()
    };
    assert!(first.contains("Message-ID: <00000000-0000-0000-0000-0000000003e9@acme.com>"), "{first}");
    assert_eq!(without_minutes(first), without_minutes(second));
}
