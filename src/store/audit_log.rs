//! The audit log as rows: appended, checked, and removed from the oldest on when their time is over; never changed.
//!
//! Each row's hash covers the hash before it, so an edited, removed or inserted row breaks the chain from there on. It
//! shows accidents and careless tampering; who can rewrite the whole file can rewrite the whole chain.
//!
//! Context: a log is kept for a time, and a chain whose beginning may go missing proves nothing about its beginning. Choice:
//! removing is an event of the chain itself, which names the last row that went and its hash, and the check begins there.
//! Consequence: rows that went without such an event are a break, and so is an event that was edited to cover for them. The
//! newest row always stays, as the next one is linked to it.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::any::AnyArguments;
use sqlx::query::Query;

use super::audit::AuditAction;
use super::audit_event::AuditEvent;
use super::database::{Kind, Row, built};
use super::events::EventId;
use super::timely::Timely;
use super::{Change, Store, StoreError, change_log, row};
use crate::domain::actor::Actor;

/// Rows per read while the chain is checked.
const PAGE: i64 = 1_000;
/// Rows per statement, with eleven values each.
const AT_ONCE: usize = 1_000;
/// Rows that one transaction removes: others wait for it.
const BATCH: i64 = 10_000;
/// How much longer than it must a row may stay, so that at most one removal a day is an event.
const SLACK: Duration = Duration::from_secs(86_400);

/// A row of the log. Actions of a newer Postern are possible, so the label is kept as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// The number, from 1, without gaps, over all organizations: nothing that one of them is told.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What, as [`AuditAction::label`].
    pub action: String,
    /// To whom or what.
    pub subject: String,
    /// Whose log shows it.
    pub organization: Option<String>,
    /// At which site, where the details name one.
    pub site: Option<String>,
    /// More, as JSON text.
    pub detail: String,
    /// Over this row and the one before it.
    hash: [u8; 32],
}

/// Why the chain was not found whole.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The first row that is missing or is not as it was written.
    #[error("the audit log is broken at entry {seq}: it, or one before it, was changed or removed")]
    Broken {
        /// Its number.
        seq: i64,
    },
    /// The log could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AuditRow {
    /// What its organization knows it by.
    pub fn id(&self) -> EventId {
        EventId::of(&self.hash)
    }
}

impl Store {
    /// The newest rows, newest first.
    pub async fn audit_tail(&self, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        sqlx::query("SELECT * FROM audit ORDER BY seq DESC LIMIT $1")
            .bind(i64::from(limit))
            .try_map(|row: Row| audit_row(&row))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())
    }

    /// Recomputes the whole chain and says how many rows it has.
    pub async fn verify_audit_chain(&self) -> Result<u64, AuditError> {
        // One snapshot, so that rows appended meanwhile are no break.
        let mut snapshot = self.connections.begin_read().await.map_err(self.fault())?;
        let last =
            change_log::sequence(self.connections.ask(&mut snapshot), "audit").await.map_err(self.fault())?;
        let beginning = beginning(self.connections.ask(&mut snapshot)).await.map_err(self.fault())?;
        let (first, mut hash) = beginning;
        let mut seen = first;
        loop {
            // From the very first row on, whatever it should be: one from before the beginning is a break too.
            let after = if seen == first { 0 } else { seen };
            let page = sqlx::query("SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2")
                .bind(after)
                .bind(PAGE)
                .try_map(|row: Row| audit_row(&row))
                .fetch_all(self.connections.ask(&mut snapshot))
                .await
                .map_err(self.fault())?;
            if page.is_empty() {
                break;
            }
            for row in page {
                seen += 1;
                hash = link(&hash, &row);
                let is_whole = row.seq == seen && hash == row.hash && row.site == site_of(&row.detail);
                if !is_whole {
                    return Err(AuditError::Broken { seq: seen });
                }
            }
        }
        if seen != last {
            return Err(AuditError::Broken { seq: seen.min(last) + 1 });
        }
        Ok((seen - first).unsigned_abs())
    }

    /// Removes what is older than `keep`, up to a day late, and says how many rows went.
    pub async fn prune_audit(&self, keep: Duration, now: Timestamp) -> Result<u64, StoreError> {
        let cutoff = now.saturating_sub(keep).unwrap_or(Timestamp::MIN);
        let due = cutoff.saturating_sub(SLACK).unwrap_or(Timestamp::MIN);
        let oldest: Option<i64> = sqlx::query_scalar("SELECT at FROM audit ORDER BY seq LIMIT 1")
            .fetch_optional(self.readers())
            .await
            .map_err(self.fault())?;
        if oldest.is_none_or(|oldest| oldest >= row::millis(due)) {
            return Ok(0);
        }
        let mut removed = 0;
        loop {
            let mut change = self.write().await?;
            let Some((last, hash)) = change.last_to_remove(cutoff).await? else { return Ok(removed) };
            removed += change.remove_events(last).await?;
            let event = AuditEvent::new("postern", AuditAction::AuditLogPruned, "audit log");
            let detail = json!({ "through": last, "hash": data_encoding::HEXLOWER.encode(&hash) });
            change.commit(event.with(detail), now).await?;
        }
    }
}

impl Change {
    /// The last row of the oldest ones that may go, and its hash.
    async fn last_to_remove(&mut self, cutoff: Timestamp) -> Result<Option<(i64, [u8; 32])>, StoreError> {
        let newest = change_log::sequence(self.connection(), "audit").await.map_err(self.fault())?;
        // The first that stays ends the run, whatever the time of those behind it.
        sqlx::query(
            "SELECT seq, hash FROM audit WHERE seq = (SELECT coalesce(min(CASE WHEN at >= $1 THEN seq END) - 1, max(seq)) \
             FROM (SELECT seq, at FROM audit WHERE seq < $2 ORDER BY seq LIMIT $3) AS oldest)",
        )
        .bind(row::millis(cutoff))
        .bind(newest)
        .bind(BATCH)
        .try_map(|row: Row| Ok((row::integer(&row, "seq")?, row::bytes(&row, "hash")?)))
        .fetch_optional(self.connection())
        .await
        .map_err(self.fault())
    }

    async fn remove_events(&mut self, through: i64) -> Result<u64, StoreError> {
        let removed = sqlx::query("DELETE FROM audit WHERE seq <= $1")
            .bind(through)
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        Ok(removed.rows_affected())
    }
}

/// Where the chain begins: behind the last row that was removed, by the newest event that says so.
async fn beginning(connection: Timely<'_>) -> Result<(i64, [u8; 32]), sqlx::Error> {
    let detail: Option<String> = sqlx::query_scalar(
        "SELECT detail FROM audit WHERE organization IS NULL AND action = $1 ORDER BY seq DESC LIMIT 1",
    )
    .bind(AuditAction::AuditLogPruned.label())
    .fetch_optional(connection)
    .await?;
    let read = |detail: &str| {
        let detail: Value = serde_json::from_str(detail).ok()?;
        let hash = data_encoding::HEXLOWER.decode(detail.get("hash")?.as_str()?.as_bytes()).ok()?;
        Some((detail.get("through")?.as_i64()?, hash.try_into().ok()?))
    };
    // What was edited beyond reading leaves a chain that begins at 1, and that breaks.
    Ok(detail.as_deref().and_then(read).unwrap_or((0, [0; 32])))
}

/// Appends an event in the transaction of `connection`.
pub(super) async fn append(
    mut connection: Timely<'_>,
    event: &AuditEvent,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let seq = change_log::next(connection.again(), "audit").await?;
    let previous = hash_before(connection.again(), seq).await?;
    let insert = sqlx::query(
        "INSERT INTO audit (seq, at, actor, action, subject, detail, hash, organization, site, address, api_key) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    );
    bind_entry(insert, audit_entry(seq, event, now, &previous)).execute(connection).await?;
    Ok(())
}

/// Appends events in the transaction of `connection`, in their order. Thousands take a few statements.
pub(super) async fn append_all(
    kind: Kind,
    mut connection: Timely<'_>,
    events: &[AuditEvent],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    if let [event] = events {
        return append(connection, event, now).await;
    }
    for batch in events.chunks(AT_ONCE) {
        let count = i64::try_from(batch.len()).unwrap_or(i64::MAX);
        let first = change_log::next_of(connection.again(), "audit", count).await? - count + 1;
        let mut hash = hash_before(connection.again(), first).await?;
        let rows = kind.rows(1, batch.len(), 11);
        let mut insert = built(format!(
            "INSERT INTO audit (seq, at, actor, action, subject, detail, hash, organization, site, address, api_key) \
             VALUES {rows}"
        ));
        for (seq, event) in (first..).zip(batch) {
            let row = audit_entry(seq, event, now, &hash);
            hash = row.hash;
            insert = bind_entry(insert, row);
        }
        insert.execute(connection.again()).await?;
    }
    Ok(())
}

/// Where the row before was removed, the chain is broken already and the check says so; the event still goes in.
async fn hash_before(connection: Timely<'_>, seq: i64) -> Result<[u8; 32], sqlx::Error> {
    let previous = sqlx::query("SELECT hash FROM audit WHERE seq = $1")
        .bind(seq - 1)
        .try_map(|row: Row| row::bytes(&row, "hash"))
        .fetch_optional(connection)
        .await?;
    Ok(previous.unwrap_or([0; 32]))
}

fn audit_entry(seq: i64, event: &AuditEvent, now: Timestamp, previous: &[u8; 32]) -> AuditRow {
    let detail = event.detail.to_string();
    let mut row = AuditRow {
        seq,
        at: now,
        actor: event.actor.clone(),
        action: event.action.label().to_owned(),
        subject: event.subject.clone(),
        organization: event.organization.as_ref().map(ToString::to_string),
        site: site_of(&detail),
        detail,
        hash: [0; 32],
    };
    row.hash = link(previous, &row);
    row
}

fn bind_entry(
    insert: Query<'_, sqlx::Any, AnyArguments>,
    row: AuditRow,
) -> Query<'_, sqlx::Any, AnyArguments> {
    insert
        .bind(row.seq)
        .bind(row::millis(row.at))
        .bind(row.actor.name)
        .bind(row.action)
        .bind(row.subject)
        .bind(row.detail)
        .bind(row.hash.to_vec())
        .bind(row.organization)
        .bind(row.site)
        .bind(row.actor.address.map(|address| address.to_string()))
        .bind(row.actor.key.map(|key| key.into_bytes().to_vec()))
}

/// SHA-256 over the hash before and the fields, each with its length, so that no two rows have one encoding. What rows did not
/// have from the beginning comes last and only where it is there: the organization, then, behind a length that no field has,
/// from where and with which key. The site stands in the details.
fn link(previous: &[u8; 32], row: &AuditRow) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(row.seq.to_be_bytes());
    hash.update(row::millis(row.at).to_be_bytes());
    let actor = &row.actor;
    for field in [&actor.name, &row.action, &row.subject, &row.detail].into_iter().chain(&row.organization) {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    if actor.address.is_some() || actor.key.is_some() {
        hash.update(u64::MAX.to_be_bytes());
        let address = actor.address.map(|address| address.to_string()).unwrap_or_default();
        hash.update((address.len() as u64).to_be_bytes());
        hash.update(address.as_bytes());
        hash.update(actor.key.unwrap_or_default().as_bytes());
    }
    hash.finalize().into()
}

/// The site that details name.
fn site_of(detail: &str) -> Option<String> {
    let detail: Value = serde_json::from_str(detail).ok()?;
    detail.get("site")?.as_str().map(ToOwned::to_owned)
}

pub(super) fn audit_row(row: &Row) -> Result<AuditRow, sqlx::Error> {
    Ok(AuditRow {
        seq: row::integer(row, "seq")?,
        at: row::time(row, "at")?,
        actor: Actor {
            name: row::text(row, "actor")?,
            key: row::optional_id(row, "api_key")?,
            address: row::optional_address(row, "address")?,
        },
        action: row::text(row, "action")?,
        subject: row::text(row, "subject")?,
        organization: row::optional_text(row, "organization")?,
        site: row::optional_text(row, "site")?,
        detail: row::text(row, "detail")?,
        hash: row::bytes(row, "hash")?,
    })
}
