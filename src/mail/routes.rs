//! The ways to mail servers: one, and perhaps a second that takes over while the first cannot be reached or puts mails off.
//!
//! A refusal of the mailbox is final whoever says it. It never decides when to try again; [`outbox`](super::outbox) does.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lettre::message::Message;

use crate::clock::stopwatch;
use crate::config::settings::Smtp;
use crate::domain::mail_trouble::MailTrouble;

use super::smtp::SmtpTransport;
use super::transport::{DeliveryError, TransportError};

/// How long the second way is tried first after the first one failed: a code is of no use after ten minutes, and a server that
/// never answers costs each mail the whole timeout.
const REST: Duration = Duration::from_secs(60);

/// One way, or two.
pub struct Routes {
    first: SmtpTransport,
    second: Option<SmtpTransport>,
    /// When the first way failed last.
    first_failed: Mutex<Option<Instant>>,
}

impl Routes {
    /// By these settings. Nothing is connected yet.
    pub fn new(first: &Smtp, second: Option<&Smtp>) -> Result<Self, TransportError> {
        let second = second.map(SmtpTransport::new).transpose()?;
        Ok(Self { first: SmtpTransport::new(first)?, second, first_failed: Mutex::default() })
    }

    /// The longest that one delivery takes, by both ways.
    pub fn timeout(&self) -> Duration {
        self.first.timeout() + self.second.as_ref().map(SmtpTransport::timeout).unwrap_or_default()
    }

    /// Delivers one mail. `Ok` means that a server has taken charge of it.
    pub async fn deliver(&self, message: &Message) -> Result<(), DeliveryError> {
        let Some(second) = &self.second else { return self.first.deliver(message).await };
        if self.first_rests() {
            let Err(error) = second.deliver(message).await.map_err(unsure) else { return Ok(()) };
            let DeliveryError::Temporary { reason } = error else { return Err(error) };
            tracing::warn!(server = %second.server(), reason, "the second mail server failed; the first is tried");
            return self.first.deliver(message).await.map_err(|error| both(&reason, error));
        }
        let Err(error) = self.first.deliver(message).await else { return Ok(()) };
        let DeliveryError::Temporary { reason } = error else { return Err(error) };
        tracing::warn!(server = %self.first.server(), reason, "a mail server failed; the second takes over");
        *self.first_failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(stopwatch());
        second.deliver(message).await.map_err(unsure).map_err(|error| both(&reason, error))
    }

    fn first_rests(&self) -> bool {
        let failed = *self.first_failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.is_some_and(|failed| stopwatch().duration_since(failed) < REST)
    }
}

/// What the second server says of a mailbox is final. That it does not let us in is its operator's to mend, and the first may
/// be back by the next try.
fn unsure(error: DeliveryError) -> DeliveryError {
    match error {
        DeliveryError::Permanent { reason, trouble: MailTrouble::Blocked | MailTrouble::Other } => {
            DeliveryError::Temporary { reason }
        }
        other => other,
    }
}

/// What both servers said, in the order in which they were asked.
fn both(before: &str, error: DeliveryError) -> DeliveryError {
    let joined = |reason: String| format!("{before}; then {reason}");
    match error {
        DeliveryError::Temporary { reason } => DeliveryError::Temporary { reason: joined(reason) },
        DeliveryError::Permanent { reason, trouble } => {
            DeliveryError::Permanent { reason: joined(reason), trouble }
        }
    }
}
