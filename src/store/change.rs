//! A write transaction, which ends with its audit events or not at all.
//!
//! Dropping a `Change`, also in the middle of one of its operations because a client went away, rolls back all of it.

use std::sync::Arc;

use jiff::Timestamp;

use super::audit::{self, AuditEvent};
use super::database::{Connection, Kind, Transaction};
use super::error::StoreError;

/// A write transaction. What it does is said in the file of each noun.
#[derive(Debug)]
pub struct Change {
    /// Where the store is, for messages.
    name: Arc<str>,
    /// Which database it is in.
    kind: Kind,
    /// Rolls back when dropped.
    transaction: Transaction,
}

impl Change {
    pub(super) fn new(name: Arc<str>, kind: Kind, transaction: Transaction) -> Self {
        Self { name, kind, transaction }
    }

    /// Makes all of it last, together with the event that says what was done. Once this returns it is on the disk; who
    /// stops waiting for it cannot know whether it was made, but it is all there or not at all.
    pub async fn commit(self, event: AuditEvent, now: Timestamp) -> Result<(), StoreError> {
        self.commit_many(&[event], now).await
    }

    /// As [`commit`](Self::commit), where one transaction does several things. With no event nothing is committed: a
    /// change that nobody can see later is not made.
    pub async fn commit_many(mut self, events: &[AuditEvent], now: Timestamp) -> Result<(), StoreError> {
        if events.is_empty() {
            let refused = sqlx::Error::Protocol("a change without an audit event is not committed".into());
            return Err(StoreError::Unavailable(refused));
        }
        for event in events {
            audit::append(&mut self.transaction, event, now).await.map_err(self.fault())?;
        }
        let Self { name, transaction, .. } = self;
        transaction.commit().await.map_err(|error| StoreError::of(&name, error))
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn connection(&mut self) -> &mut Connection {
        &mut self.transaction
    }

    pub(super) fn fault(&self) -> impl Fn(sqlx::Error) -> StoreError + '_ {
        |error| StoreError::of(&self.name, error)
    }
}
