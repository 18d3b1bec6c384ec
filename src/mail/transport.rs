//! The way a composed mail leaves: [`smtp`](super::smtp) or [`file`](super::file), and what a failure means.
//!
//! It never decides when to try again; [`outbox`](super::outbox) does.

use std::path::PathBuf;
use std::time::Duration;

use lettre::Message;
use uuid::Uuid;

use crate::config::settings::MailTransport;
use crate::domain::mail_trouble::MailTrouble;

use super::file::FileTransport;
use super::routes::Routes;

/// The way mail leaves.
pub enum Transport {
    /// To a mail server, or to another while that one fails.
    Smtp(Box<Routes>),
    /// Into a folder.
    File(FileTransport),
}

/// Why there is no transport with these settings.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The extra CA file cannot be read.
    #[error("the CA file {0} cannot be read: {1}")]
    CaUnreadable(PathBuf, std::io::Error),
    /// The extra CA file holds no certificate.
    #[error("the CA file {0} holds no PEM certificate that can be used: {1}")]
    CaMalformed(PathBuf, String),
    /// TLS cannot be set up.
    #[error("TLS to the mail server cannot be set up: {0}")]
    Tls(String),
}

/// Why a mail was not delivered. Reasons are for the log and the outbox: one line, and nothing of the mail's content.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The server knows that it will never take this mail for this mailbox: 5xx to `RCPT` or to the mail itself.
    #[error("{reason}")]
    Permanent {
        /// What the server said.
        reason: String,
        /// What that means for whom the mail is.
        trouble: MailTrouble,
    },
    /// Anything that may be different in a while. TLS, sign-in and sender problems are of this kind: they are the
    /// operator's to mend, and no mail is lost meanwhile.
    #[error("{reason}")]
    Temporary {
        /// What happened.
        reason: String,
    },
}

impl Transport {
    /// The transport that the settings ask for. Nothing is connected yet.
    pub fn new(settings: &MailTransport) -> Result<Self, TransportError> {
        Ok(match settings {
            MailTransport::Smtp { first, second } => {
                Self::Smtp(Box::new(Routes::new(first, second.as_ref())?))
            }
            MailTransport::File(folder) => Self::File(FileTransport::new(folder.clone())),
        })
    }

    /// Delivers one mail. `Ok` means that the other side has taken charge of it; `id` names its file.
    pub async fn deliver(&self, message: &Message, id: Uuid) -> Result<(), DeliveryError> {
        match self {
            Self::Smtp(smtp) => smtp.deliver(message).await,
            Self::File(file) => file.deliver(message.formatted(), id).await,
        }
    }

    /// The longest that one delivery takes.
    pub fn timeout(&self) -> Duration {
        match self {
            Self::Smtp(smtp) => smtp.timeout(),
            Self::File(_) => Duration::from_secs(10),
        }
    }
}
