//! One file per thing the system does through the store. Each is one transaction with its audit event.
//!
//! Actions know no HTTP: a page, an API and a command call the same ones.

pub mod accept_address;
pub mod accounts;
pub mod address_csv;
pub mod api_keys;
pub mod authenticators;
pub mod browsers;
pub mod check_code;
pub mod claims;
pub mod decisions;
mod directory_csv;
pub mod domains;
pub mod enroll_mobile;
pub mod explain_receipt;
pub mod export_csv;
pub mod export_events;
pub mod exports;
pub mod external_policies;
pub mod forecast;
pub mod groups;
pub mod hand_over;
pub mod hold_form;
pub mod import_directory;
pub mod issue_code;
pub mod keep_findings;
pub mod letterhead;
pub mod policies;
pub mod policy_undo;
pub mod scim;
mod seal;
mod sighted;
pub mod sign_out;
pub mod task_end;
pub mod tasks;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::clock::{Clock, stopwatch};
use crate::domain::account::{CookieSet, DeviceId, Subject};
use crate::entropy::Entropy;
use crate::keys::Keys;
use crate::mail::outbox::Outbox;
use crate::store::Store;
use crate::telemetry::metrics::Metrics;

pub use crate::mail::outbox::Delivery;
pub use crate::store::{
    AuthenticatorRow, AuthenticatorsRow, BrowserRow, Challenge, DecisionFacts, DecisionRow, SessionRow,
    StoreError,
};

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
    /// What is counted.
    pub metrics: Arc<Metrics>,
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
    /// Measures a transaction, and counts it when the store fails.
    async fn timed<T>(
        &self,
        operation: &'static str,
        transaction: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let started = stopwatch();
        let result = transaction.await;
        self.metrics.store_call(operation, started.elapsed(), result.is_ok());
        result
    }

    /// The challenge of this person in this browser that can still be passed.
    pub async fn live_challenge(
        &self,
        subject: Subject,
        device: DeviceId,
    ) -> Result<Option<Challenge>, StoreError> {
        self.store.live_challenge(subject, device, self.clock.now()).await
    }

    /// What the store knows of the sessions with these credentials.
    pub async fn sessions(&self, known_by: &[CookieSet]) -> Result<Vec<SessionRow>, StoreError> {
        self.timed("sessions", self.store.sessions(known_by)).await
    }

    /// Waits a little for the newest mail of a challenge, so that a page can say how delivery stands.
    pub async fn delivery(&self, challenge: Uuid, limit: Duration) -> Delivery {
        self.outbox.wait_for(challenge, limit).await
    }
}
