//! Mail to a server, one command at a time, as only the command tells what a refusal means.
//!
//! A refused recipient is final; a refused sign-in, sender or certificate is the operator's to mend, so the mail waits.
//! No mail travels without the protection that the settings ask for. The `tracing` feature of `lettre` must stay off:
//! it logs what is sent, codes included.

use std::error::Error as _;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lettre::address::Envelope;
use lettre::message::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
#[expect(deprecated, reason = "see `connect`")]
use lettre::transport::smtp::client::AsyncNetworkStream;
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use secrecy::ExposeSecret as _;
use tokio_util::compat::FuturesAsyncReadCompatExt as _;

use crate::clock::stopwatch;
use crate::config::settings::{Smtp, SmtpTls};
use crate::domain::mail_trouble::MailTrouble;

use super::bounded::Bounded;
use super::transport::{DeliveryError, TransportError};

/// How many idle connections are kept for the next mail.
const MAX_IDLE: usize = 4;
/// How long a connection is kept idle; servers hang up after minutes, and a quiet one is cheap to open again.
const MAX_IDLE_FOR: Duration = Duration::from_secs(30);
/// How long an idle connection may take to prove that it is alive.
const PROBE: Duration = Duration::from_secs(2);
/// The longest reply of a server that is kept, in characters.
const MAX_REPLY: usize = 200;

/// Delivery to one mail server.
pub struct SmtpTransport {
    host: String,
    port: u16,
    protection: Protection,
    credentials: Option<Credentials>,
    timeout: Duration,
    /// What this machine calls itself in `EHLO`.
    hello: ClientId,
    /// Connections that wait for the next mail, with the time they began to, oldest first: a handshake costs more than
    /// the mail itself.
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

enum Protection {
    Implicit(TlsParameters),
    StartTls(TlsParameters),
    None,
}

impl SmtpTransport {
    /// Delivery by these settings. Reads the CA file; connects to nothing yet.
    pub fn new(settings: &Smtp) -> Result<Self, TransportError> {
        let protection = match settings.tls {
            SmtpTls::Implicit => Protection::Implicit(tls_parameters(settings)?),
            SmtpTls::StartTls => Protection::StartTls(tls_parameters(settings)?),
            SmtpTls::None => Protection::None,
        };
        let credentials = settings.credentials.as_ref().map(|credentials| {
            Credentials::new(credentials.username.clone(), credentials.password.expose_secret().to_owned())
        });
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port,
            protection,
            credentials,
            timeout: settings.timeout,
            hello: ClientId::default(),
            idle: Mutex::default(),
        })
    }

    /// Which server it is, for the log.
    pub fn server(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// The longest that one delivery takes, from the first packet to the server's last word.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Delivers one mail. `Ok` means that the server has taken charge of it.
    pub async fn deliver(&self, message: &Message) -> Result<(), DeliveryError> {
        match tokio::time::timeout(self.timeout, self.hand_over(message)).await {
            Ok(outcome) => outcome,
            Err(_) => {
                let seconds = self.timeout.as_secs();
                Err(DeliveryError::Temporary {
                    reason: format!("the mail server took longer than {seconds} s"),
                })
            }
        }
    }

    /// A connection on which anything went wrong is dropped: nobody knows what its next reply would answer.
    async fn hand_over(&self, message: &Message) -> Result<(), DeliveryError> {
        let mut connection = match self.idle_connection().await {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        converse(&mut connection, message.envelope(), &message.formatted()).await?;
        self.keep(connection);
        Ok(())
    }

    async fn idle_connection(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let (mut connection, since) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            let fresh = stopwatch().duration_since(since) < MAX_IDLE_FOR;
            if fresh && tokio::time::timeout(PROBE, connection.test_connected()).await == Ok(true) {
                return Some(connection);
            }
        }
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() >= MAX_IDLE {
            idle.remove(0);
        }
        idle.push((connection, stopwatch()));
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, DeliveryError> {
        let implicit = match &self.protection {
            Protection::Implicit(tls) => Some(tls.clone()),
            Protection::StartTls(_) | Protection::None => None,
        };
        let address = (self.host.as_str(), self.port);
        #[expect(
            deprecated,
            reason = "nothing else of the library protects a connection before its first word"
        )]
        let stream = AsyncNetworkStream::connect_tokio1(address, None, implicit, None)
            .await
            .map_err(|error| temporary("connecting", &error))?;
        let peer = stream
            .peer_addr()
            .map_err(|error| DeliveryError::Temporary { reason: format!("connecting: {error}") })?;
        let stream = Box::new(Bounded::new(stream.compat(), peer));
        let mut connection = AsyncSmtpConnection::connect_with_transport(stream, &self.hello)
            .await
            .map_err(|error| temporary("connecting", &error))?;
        if let Protection::StartTls(tls) = &self.protection {
            let upgraded = connection.starttls(tls.clone(), &self.hello).await;
            upgraded.map_err(|error| temporary("STARTTLS", &error))?;
        }
        if let Some(credentials) = &self.credentials {
            let signed_in = connection.auth(DEFAULT_MECHANISMS, credentials).await;
            signed_in.map_err(|error| temporary("AUTH", &error))?;
        }
        Ok(connection)
    }
}

/// One mail over an open connection (RFC 5321 section 3.3).
async fn converse(
    connection: &mut AsyncSmtpConnection,
    envelope: &Envelope,
    mail: &[u8],
) -> Result<(), DeliveryError> {
    let sender = connection.command(Mail::new(envelope.from().cloned(), vec![])).await;
    sender.map_err(|error| temporary("MAIL FROM", &error))?;
    for recipient in envelope.to() {
        let accepted = connection.command(Rcpt::new(recipient.clone(), vec![])).await;
        accepted.map_err(|error| refused("RCPT TO", &error))?;
    }
    connection.command(Data).await.map_err(|error| refused("DATA", &error))?;
    connection.message(mail).await.map_err(|error| content_refused(&error))?;
    Ok(())
}

fn tls_parameters(settings: &Smtp) -> Result<TlsParameters, TransportError> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.ca_file {
        builder = builder.add_root_certificate(read_certificate(path)?);
    }
    builder.build_rustls().map_err(|error| TransportError::Tls(error.to_string()))
}

fn read_certificate(path: &Path) -> Result<Certificate, TransportError> {
    let pem = fs::read(path).map_err(|error| TransportError::CaUnreadable(path.to_owned(), error))?;
    Certificate::from_pem(&pem)
        .map_err(|error| TransportError::CaMalformed(path.to_owned(), error.to_string()))
}

fn temporary(step: &str, error: &Error) -> DeliveryError {
    DeliveryError::Temporary { reason: format!("{step}: {}", one_line(&error.to_string())) }
}

/// 530 asks for a sign-in or for TLS (RFC 4954 section 6, RFC 3207 section 4), so it says nothing about the mailbox.
fn refused(step: &str, error: &Error) -> DeliveryError {
    let asks_for_more = error.status().is_some_and(|status| status.to_string() == "530");
    if !error.is_permanent() || asks_for_more {
        return temporary(step, error);
    }
    DeliveryError::Permanent {
        reason: format!("{step}: {}", one_line(&error.to_string())),
        trouble: trouble(error),
    }
}

/// A server has read the mail by now and may quote from it, so of its reply only the number is kept.
fn content_refused(error: &Error) -> DeliveryError {
    let Some(status) = error.status() else {
        let what =
            if error.is_response() { "a reply that is not SMTP, or none" } else { "the connection broke" };
        return DeliveryError::Temporary { reason: format!("after the mail: {what}") };
    };
    let reason = format!("after the mail: refused with {status}");
    if error.is_permanent() {
        DeliveryError::Permanent { reason, trouble: trouble(error) }
    } else {
        DeliveryError::Temporary { reason }
    }
}

/// What a refusal means for whom the mail is. Of the server's words only the status at their beginning is looked at.
fn trouble(error: &Error) -> MailTrouble {
    let code = error.status().and_then(|status| status.to_string().parse().ok()).unwrap_or_default();
    // The library says which kind of error it is, and then what the server said.
    let words = error.source().map(ToString::to_string).unwrap_or_default();
    MailTrouble::of_reply(code, &words)
}

/// A server's words in one short line. Digits as many as a code has are masked, as a reused connection has seen codes.
fn one_line(text: &str) -> String {
    let mut line = String::new();
    let mut digits = 0;
    for char in text.chars().take(MAX_REPLY) {
        digits = if char.is_ascii_digit() { digits + 1 } else { 0 };
        match digits {
            6 => line.truncate(line.len() - 5),
            7.. => continue,
            _ => {}
        }
        let printable = char.is_ascii_graphic() || char == ' ';
        line.push(if digits == 6 || !printable { '*' } else { char });
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t138_a_servers_words_stay_one_line_without_codes() {
        assert_eq!(one_line("550 5.1.1 no\r\nsuch \u{1b}[31muser"), "550 5.1.1 no**such *[31muser");
        assert_eq!(one_line("code 123456 and 12345678, not 12345"), "code * and *, not 12345");
        assert_eq!(one_line(&"x".repeat(5000)).len(), MAX_REPLY);
    }
}
