//! The change log: the ordered list of changes by which nodes keep their tables current.
//!
//! Its number comes from one row updated in the transaction, so a reader who has seen number n has seen all before it.

use jiff::Timestamp;
use serde_json::Value;

use super::database::Row;
use super::timely::Timely;
use super::{
    AccountsChanged, AuthenticatorsRow, Change, PinRow, ResetRow, RevocationRow, Store, StoreError,
    enrolments, row,
};
use crate::domain::enrolment::Enrolment;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// Somebody signed out or was reset: [`ChangeEntry::revocation`].
    Revocation,
    /// A person was pinned to an address: [`ChangeEntry::pin`].
    Pin,
    /// An operator accepted an address for a person, or their account got another one: [`ChangeEntry::pin`].
    AcceptedAddress,
    /// A mobile app's session was enrolled, or its enrolment ends: [`ChangeEntry::enrolment`].
    Enrolment,
    /// Domains or accounts changed as a whole: load them again.
    Directory,
    /// Single accounts changed: [`ChangeEntry::accounts`].
    Accounts,
    /// A domain has another owner, or none: load the domains again, which takes no time beside the accounts.
    Domains,
    /// What an organization asks of people from outside: load all policies again, which are few.
    ExternalPolicies,
    /// Somebody was reset by an admin: [`ChangeEntry::resets`].
    Reset,
    /// Who may come to which site: load the invitations again.
    Invitations,
    /// What an organization asks of managed people: load all authentication policies again, which are few.
    AuthPolicies,
    /// Somebody set up or removed an authenticator: [`ChangeEntry::authenticators`].
    Authenticators,
}

impl ChangeKind {
    const ALL: [Self; 12] = [
        Self::Revocation,
        Self::Pin,
        Self::AcceptedAddress,
        Self::Enrolment,
        Self::Directory,
        Self::Accounts,
        Self::Domains,
        Self::ExternalPolicies,
        Self::Reset,
        Self::Invitations,
        Self::AuthPolicies,
        Self::Authenticators,
    ];

    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Revocation => "revocation",
            Self::Pin => "pin",
            Self::AcceptedAddress => "accepted_address",
            Self::Enrolment => "enrolment",
            Self::Directory => "directory",
            Self::Accounts => "accounts",
            Self::Domains => "domains",
            Self::ExternalPolicies => "external_policies",
            Self::Reset => "reset",
            Self::Invitations => "invitations",
            Self::AuthPolicies => "auth_policies",
            Self::Authenticators => "authenticators",
        }
    }

    fn of(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.label() == label)
    }
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeEntry {
    /// The number, from 1, without gaps, in the order of commits.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: ChangeKind,
    /// More, as JSON text; its shape is the kind's.
    pub detail: String,
}

impl ChangeEntry {
    /// The revocation that this entry tells of; `None` if it tells of something else or does not parse.
    pub fn revocation(&self) -> Option<RevocationRow> {
        (self.kind == ChangeKind::Revocation).then(|| RevocationRow::from_json(&self.detail)).flatten()
    }

    /// The pin that this entry tells of; `None` if it tells of something else or does not parse.
    pub fn pin(&self) -> Option<PinRow> {
        matches!(self.kind, ChangeKind::Pin | ChangeKind::AcceptedAddress)
            .then(|| PinRow::from_json(&self.detail))
            .flatten()
    }

    /// The people whom this entry says were reset; `None` if it tells of something else or does not parse.
    pub fn resets(&self) -> Option<Vec<ResetRow>> {
        (self.kind == ChangeKind::Reset).then(|| ResetRow::all_from_json(&self.detail)).flatten()
    }

    /// The accounts that this entry tells of; `None` if it tells of something else or does not parse.
    pub fn accounts(&self) -> Option<AccountsChanged> {
        (self.kind == ChangeKind::Accounts).then(|| AccountsChanged::from_json(&self.detail)).flatten()
    }

    /// What somebody has set up from this entry on; `None` if it tells of something else or does not parse.
    pub fn authenticators(&self) -> Option<AuthenticatorsRow> {
        (self.kind == ChangeKind::Authenticators)
            .then(|| AuthenticatorsRow::from_json(&self.detail))
            .flatten()
    }

    /// The enrolment that this entry tells of; `None` if it tells of something else or does not parse.
    pub fn enrolment(&self) -> Option<Enrolment> {
        (self.kind == ChangeKind::Enrolment).then(|| enrolments::from_json(&self.detail)).flatten()
    }
}

impl Store {
    /// The number of the newest entry; 0 if there is none. Read it *before* loading tables, then follow from there:
    /// applying an entry twice does no harm, missing one does.
    pub async fn last_change(&self) -> Result<i64, StoreError> {
        sequence(self.readers(), "change").await.map_err(self.fault())
    }

    /// Up to `limit` entries after `seq`, oldest first.
    pub async fn changes_after(&self, seq: i64, limit: u32) -> Result<Vec<ChangeEntry>, StoreError> {
        sqlx::query("SELECT seq, at, kind, detail FROM changes WHERE seq > $1 ORDER BY seq LIMIT $2")
            .bind(seq)
            .bind(i64::from(limit))
            .try_map(|row: Row| change_entry(&row))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())
    }
}

impl Change {
    /// Appends an entry, which others see when this change is committed.
    pub async fn log_change(
        &mut self,
        kind: ChangeKind,
        detail: &Value,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        append(self.connection(), kind, detail, now).await.map_err(self.fault())
    }
}

pub(super) async fn append(
    mut connection: Timely<'_>,
    kind: ChangeKind,
    detail: &Value,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let seq = next(connection.again(), "change").await?;
    sqlx::query("INSERT INTO changes (seq, at, kind, detail) VALUES ($1, $2, $3, $4)")
        .bind(seq)
        .bind(row::millis(now))
        .bind(kind.label())
        .bind(detail.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes the next number of a log. Whoever took one holds the row until the end of the transaction.
pub(super) async fn next(connection: Timely<'_>, log: &'static str) -> Result<i64, sqlx::Error> {
    next_of(connection, log, 1).await
}

/// Takes so many numbers, and gives the last of them.
pub(super) async fn next_of(
    connection: Timely<'_>,
    log: &'static str,
    count: i64,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("UPDATE sequences SET value = value + $1 WHERE name = $2 RETURNING value")
        .bind(count)
        .bind(log)
        .fetch_one(connection)
        .await
}

/// The last number that a log gave out.
pub(super) async fn sequence<'c>(
    executor: impl sqlx::Executor<'c, Database = sqlx::Any>,
    log: &'static str,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT value FROM sequences WHERE name = $1").bind(log).fetch_one(executor).await
}

fn change_entry(row: &Row) -> Result<ChangeEntry, sqlx::Error> {
    let kind =
        ChangeKind::of(&row::text(row, "kind")?).ok_or_else(|| row::bad("kind", "a kind of change"))?;
    Ok(ChangeEntry {
        seq: row::integer(row, "seq")?,
        at: row::time(row, "at")?,
        kind,
        detail: row::text(row, "detail")?,
    })
}
