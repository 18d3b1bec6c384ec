//! Where state lasts: the one port to the database, one file per noun.
//!
//! Reads are methods of [`Store`]. Every change is made through a [`Change`], which can only be committed together with
//! its audit event. No code, key or cookie is ever stored. The SQL here is one text for both databases; what is special to
//! one of them stands in `sqlite.rs` or `postgres.rs` alone, and `database.rs` chooses.

mod abandoned;
mod account_changes;
mod account_lists;
mod account_sets;
mod accounts;
mod api_keys;
mod audit;
mod audit_event;
mod audit_log;
mod audit_names;
mod auth_policies;
mod authenticators;
mod browsers;
mod challenges;
mod change;
mod change_log;
mod claims;
mod contradictions;
mod database;
mod decisions;
mod directories;
mod directory;
mod domains;
mod enrolments;
mod error;
mod events;
mod external_policies;
mod externals;
mod group_lists;
mod groups;
mod handovers;
mod held_forms;
mod imports;
mod members;
mod migrations;
mod outbox;
mod pins;
mod policy_history;
mod postgres;
mod prune;
mod quota;
mod read_ahead;
mod resets;
mod revocations;
mod roles;
mod row;
mod scim_groups;
mod scim_lists;
mod scim_users;
mod sessions;
mod sightings;
mod sqlite;
mod statement;
mod task_files;
mod task_rows;
mod tasks;
#[cfg(test)]
pub(crate) mod tests;
mod timely;

use std::sync::Arc;

pub use account_changes::{AccountsChanged, Reread};
pub use account_lists::{AccountFilter, AccountPage, ClaimFilter};
pub use accounts::{Account, Profile};
pub use api_keys::ApiKeyRow;
pub use audit::AuditAction;
pub use audit_event::AuditEvent;
pub use audit_log::{AuditError, AuditRow};
pub use auth_policies::{AuthPolicyInForce, AuthPolicyRow};
pub use authenticators::{AuthenticatorRow, AuthenticatorsRow, CeremonyRow};
pub use browsers::BrowserRow;
pub use challenges::{Challenge, ChallengeOutcome, NewChallenge};
pub use change::Change;
pub use change_log::{ChangeEntry, ChangeKind};
pub use contradictions::{ContradictionRow, Finding, Found};
pub use decisions::{DecisionFacts, DecisionRow};
pub use directories::{DirectoryRow, Within};
pub use directory::{AccountRow, NewAccount, UserKey};
pub use domains::DomainRow;
pub use enrolments::EnrolmentRow;
pub use error::StoreError;
pub use events::{EventFilter, EventId, EventOrder, MOST_VALUES};
pub use external_policies::{ExternalPolicyRow, KeptSettings};
pub use externals::OwnGroup;
pub use group_lists::{DirectoryGroup, GroupCounts, GroupFilter, GroupPlace};
pub use groups::{ExemptionRow, GroupRow};
pub use held_forms::{HeldFormKey, SealedForm};
pub use imports::{ImportStep, StagedImport};
pub use members::{CandidateRow, MemberOfPolicy, MemberRow};
pub use outbox::{Letter, MailOutcome, MailState, NewMail, OutboxMail};
pub use pins::PinRow;
pub use policy_history::{FormerContent, FormerPolicy, MOST_FORMER};
pub use prune::Pruned;
pub use resets::ResetRow;
pub use revocations::RevocationRow;
pub use roles::{Holder, InvitationRow};
pub use scim_groups::{ScimGroupRow, ScimMember};
pub use scim_lists::{ScimFilter, ScimStart, ScimTotal};
pub use scim_users::{GroupOfUser, ScimUserRow};
pub use sessions::SessionRow;
pub use task_rows::TaskLine;
pub use tasks::TaskRow;

use crate::config::database::Database;
use database::Connections;
use timely::TimelyPool;

/// An open store. Clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    /// Where it is, for messages.
    name: Arc<str>,
    connections: Connections,
}

impl Store {
    /// Makes a new store, with the schema and a first audit event: a file for its owner alone (mode 0600), or the tables in a
    /// database that has none. It is there when it is whole, and what exists is never touched.
    pub async fn create(place: impl Into<Database>) -> Result<(), StoreError> {
        database::create(&place.into()).await
    }

    /// Opens an existing store and brings an older schema up to date. Refuses one that is missing, unreadable, not
    /// writable, damaged, or made by a newer Postern; a refused store is left as it is.
    pub async fn open(place: impl Into<Database>) -> Result<Self, StoreError> {
        Self::open_with(place.into(), false).await
    }

    /// Has the system read a file into its memory, for [`each_account`](Self::each_account). To be called before the file is
    /// opened: letting go of it again takes away the locks that this process holds on it (fcntl(2)).
    pub async fn read_ahead(place: &Database) {
        if let Database::Sqlite(path) = place {
            sqlite::read_ahead(path).await;
        }
    }

    /// As [`open`](Self::open), for a process that writes millions of rows and then ends: up to 2 GiB of a file's pages stay
    /// in its memory, where they are changed many times and then written once.
    pub async fn open_to_import(place: impl Into<Database>) -> Result<Self, StoreError> {
        Self::open_with(place.into(), true).await
    }

    /// Whether the store answers a read.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.last_change().await.map(|_| ())
    }

    /// Begins a write transaction, waiting for the one before it to end. Of all processes that share the store one writes
    /// at a time.
    pub async fn write(&self) -> Result<Change, StoreError> {
        let transaction = self.connections.begin_write().await.map_err(self.fault())?;
        Ok(Change::new(Arc::clone(&self.name), self.connections.clone(), transaction))
    }

    /// Closes all connections, so that a file stands alone again.
    pub async fn close(&self) {
        self.connections.close().await;
    }

    async fn open_with(place: Database, for_import: bool) -> Result<Self, StoreError> {
        let connections = database::open(&place, for_import).await?;
        Ok(Self { name: database::name(&place), connections })
    }

    /// Where reads go.
    fn readers(&self) -> TimelyPool<'_> {
        self.connections.ask_any()
    }

    fn fault(&self) -> impl Fn(sqlx::Error) -> StoreError + '_ {
        |error| self.connections.fault(&self.name, error)
    }
}
