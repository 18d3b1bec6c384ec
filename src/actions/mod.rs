//! One file per thing the system does through the store. Each is one transaction with its audit event.
//!
//! Actions know no HTTP: a page, an API and a command call the same ones.

pub mod check_code;
pub mod import_directory;
pub mod issue_code;
pub mod pin_address;
mod sign_out;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::clock::Clock;
use crate::config::settings::{Limits, Verification};
use crate::domain::code::CodeDigits;
use crate::entropy::Entropy;
use crate::keys::Keys;
use crate::mail::outbox::{Delivery, Outbox};
use crate::store::Store;

/// What actions work with.
pub struct Actions {
    /// Where state lasts.
    pub store: Store,
    /// How mail leaves.
    pub outbox: Arc<Outbox>,
    /// What codes and proofs are made with.
    pub keys: Arc<Keys>,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
}

/// The rules of challenges, as configured.
#[derive(Debug, Clone)]
pub struct Rules {
    /// How long a code is.
    pub code_digits: CodeDigits,
    /// How long a code lives.
    pub code_lifetime: Duration,
    /// How many tries a code has.
    pub code_tries: u32,
    /// How often codes may be sent and tried.
    pub limits: Limits,
}

impl Rules {
    /// The rules of a configuration.
    pub fn new(verification: &Verification, limits: &Limits) -> Self {
        Self {
            code_digits: verification.code_digits,
            code_lifetime: verification.code_lifetime,
            code_tries: verification.code_tries,
            limits: limits.clone(),
        }
    }
}

/// A limit that is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limited {
    /// Whose limit.
    pub scope: Scope,
    /// From when on it is free again.
    pub until: Timestamp,
}

/// For whom a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// For one account, wherever it is used from.
    Account,
    /// For everybody of one network.
    Network,
    /// For all together.
    Everybody,
}

impl Actions {
    /// Waits a little for the newest mail of a challenge, so that a page can say how delivery stands.
    pub async fn delivery(&self, challenge: Uuid, limit: Duration) -> Delivery {
        self.outbox.wait_for(challenge, limit).await
    }
}
