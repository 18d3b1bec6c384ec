//! A write transaction, which ends with its audit events or not at all.
//!
//! Dropping a `Change`, also in the middle of one of its operations because a client went away, rolls back all of it.

use std::sync::Arc;

use jiff::Timestamp;

use super::audit_event::AuditEvent;
use super::audit_log;
use super::database::{Connection, Connections, Kind, Transaction};
use super::error::StoreError;
use super::timely::Timely;

/// A write transaction. What it does is said in the file of each noun.
#[derive(Debug)]
pub struct Change {
    /// Where the store is, for messages.
    name: Arc<str>,
    /// The connections that its own is one of.
    connections: Connections,
    /// Rolls back when dropped.
    transaction: Transaction,
    /// What was done besides, such as a default policy that was needed: it is told before the rest.
    noted: Vec<AuditEvent>,
}

impl Change {
    pub(super) fn new(name: Arc<str>, connections: Connections, transaction: Transaction) -> Self {
        Self { name, connections, transaction, noted: Vec::new() }
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
        let mut all = std::mem::take(&mut self.noted);
        all.extend_from_slice(events);
        let kind = self.kind();
        audit_log::append_all(kind, self.connection(), &all, now).await.map_err(self.fault())?;
        let Self { name, connections, transaction, noted: _ } = self;
        connections.commit(transaction).await.map_err(|error| connections.fault(&name, error))
    }

    /// Makes all of it last without an event. Only for what nothing is decided by, and what is gone in minutes.
    pub(super) async fn commit_unaudited(self) -> Result<(), StoreError> {
        let Self { name, connections, transaction, noted: _ } = self;
        connections.commit(transaction).await.map_err(|error| connections.fault(&name, error))
    }

    /// Tells also of this when the change is committed.
    pub(super) fn note(&mut self, event: AuditEvent) {
        self.noted.push(event);
    }

    pub(super) fn kind(&self) -> Kind {
        self.connections.kind
    }

    pub(super) fn connection(&mut self) -> Timely<'_> {
        self.connections.ask(&mut self.transaction)
    }

    /// For what takes several statements, in a change as well as in a read.
    pub(super) fn parts(&mut self) -> (&Connections, &mut Connection) {
        (&self.connections, &mut self.transaction)
    }

    pub(super) fn fault(&self) -> impl Fn(sqlx::Error) -> StoreError + '_ {
        |error| self.connections.fault(&self.name, error)
    }
}
