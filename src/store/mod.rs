//! Where state lasts: the one port to the database, one file per noun.
//!
//! Reads are methods of [`Store`]. Every change is made through a [`Change`], which can only be committed together with
//! its audit event. No code, key or cookie is ever stored. What is special to SQLite stands in `sqlite.rs` alone; the SQL
//! elsewhere keeps to what PostgreSQL understands too.

mod audit;
mod challenges;
mod change;
mod change_log;
mod contradictions;
mod directory;
mod domains;
mod enrolments;
mod error;
mod outbox;
mod pins;
mod prune;
mod quota;
mod revocations;
mod row;
mod sqlite;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

pub use audit::{AuditAction, AuditError, AuditEvent, AuditRow};
pub use challenges::{Challenge, ChallengeOutcome, NewChallenge};
pub use change::Change;
pub use change_log::{ChangeEntry, ChangeKind};
pub use contradictions::{ContradictionRow, Finding, Found};
pub use directory::{AccountRow, NewAccount, UserKey};
pub use domains::DomainRow;
pub use enrolments::EnrolmentRow;
pub use error::StoreError;
pub use outbox::{MailOutcome, MailState, NewMail, OutboxMail};
pub use pins::PinRow;
pub use prune::Pruned;
pub use revocations::RevocationRow;

/// An open store. Clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    /// The file, for messages.
    path: Arc<Path>,
    /// The one connection that writes: SQLite has one writer at a time, and waiting here is fair and cheap.
    writer: sqlite::Pool,
    /// Connections that can only read. They never wait for the writer.
    readers: sqlite::Pool,
}

impl Store {
    /// Makes a new store: a file for its owner alone (mode 0600), with the schema and a first audit event. It appears
    /// under its name when it is whole, and an existing file is never touched.
    pub async fn create(path: &Path) -> Result<(), StoreError> {
        sqlite::create(path).await
    }

    /// Opens an existing store and brings an older schema up to date. Refuses a file that is missing, unreadable, not
    /// writable, damaged, or made by a newer Postern; a refused file keeps every byte.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, sqlite::FEW_PAGES_MIB).await
    }

    /// As [`open`](Self::open), for a process that writes millions of rows and then ends: up to 2 GiB of pages stay in its
    /// memory, where they are changed many times and then written once.
    pub async fn open_to_import(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, sqlite::MANY_PAGES_MIB).await
    }

    /// Whether the store answers a read.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.last_change().await.map(|_| ())
    }

    /// Begins the one write transaction, waiting for the one before it to end.
    pub async fn write(&self) -> Result<Change, StoreError> {
        let transaction = sqlite::begin_write(&self.writer).await.map_err(self.fault())?;
        Ok(Change::new(Arc::clone(&self.path), transaction))
    }

    /// Closes all connections, so that the file stands alone again.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    async fn open_with(path: &Path, cache_mib: u32) -> Result<Self, StoreError> {
        let (writer, readers) = sqlite::open(path, cache_mib).await?;
        Ok(Self { path: path.into(), writer, readers })
    }

    fn fault(&self) -> impl Fn(sqlx::Error) -> StoreError + '_ {
        |error| StoreError::of(&self.path, error)
    }
}
