//! What is old enough to be forgotten. The change log stays; how the audit log is shortened stands in `audit_log.rs`.

use std::time::Duration;

use jiff::Timestamp;

use super::{Store, StoreError, row};
use crate::domain::task::FILE_LIFETIME;

const DAY: Duration = Duration::from_secs(86_400);
const OLD_FILES: &str = "DELETE FROM task_files WHERE task IN (SELECT id FROM tasks WHERE finished_at < $1)";

/// How many rows were forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Events older than the longest quota, a day.
    pub quota_events: u64,
    /// Challenges that were over 30 days ago.
    pub challenges: u64,
    /// Mails that were finished 30 days ago.
    pub mails: u64,
    /// Revocations older than 31 days; no proof may be fresh that long.
    pub revocations: u64,
    /// Resets of people, likewise.
    pub resets: u64,
    /// Tickets that were taken more than a day ago; they are good for half a minute.
    pub handovers: u64,
    /// Ceremonies that nobody finished.
    pub ceremonies: u64,
    /// Browsers that verified more than 31 days ago; no proof may be fresh that long.
    pub browsers: u64,
    /// Forms that were held and never sent on.
    pub held_forms: u64,
    /// Enrolments that ended more than a day ago.
    pub enrolments: u64,
    /// Sessions that nobody used for 90 days: longer than any policy lets one idle, and than products keep them.
    pub sessions: u64,
    /// Tasks that were over 30 days ago, with their rows.
    pub tasks: u64,
    /// Parts of files that nobody can fetch any more.
    pub file_parts: u64,
}

impl Store {
    /// Forgets what no rule asks for any more. Nothing that this removes was a fact that is still in force, so it has no
    /// audit event.
    pub async fn prune(&self, now: Timestamp) -> Result<Pruned, StoreError> {
        let (month_ago, before_month) = (before(now, DAY * 30), before(now, DAY * 31));
        Ok(Pruned {
            quota_events: self.forget("DELETE FROM quota_events WHERE at < $1", before(now, DAY)).await?,
            mails: self.forget("DELETE FROM outbox WHERE finished_at < $1", month_ago).await?,
            challenges: self.forget("DELETE FROM challenges WHERE expires_at < $1", month_ago).await?,
            revocations: self.forget("DELETE FROM revocations WHERE at < $1", before_month).await?,
            handovers: self.forget("DELETE FROM handovers WHERE at < $1", before(now, DAY)).await?,
            ceremonies: self.forget("DELETE FROM ceremonies WHERE expires_at < $1", row::millis(now)).await?,
            resets: self.forget("DELETE FROM resets WHERE at < $1", before_month).await?,
            browsers: self.forget("DELETE FROM browsers WHERE last_verified_at < $1", before_month).await?,
            held_forms: self.prune_held_forms(now).await?,
            enrolments: self.forget("DELETE FROM enrolments WHERE ends_at < $1", before(now, DAY)).await?,
            sessions: self.forget("DELETE FROM sessions WHERE active_at < $1", before(now, DAY * 90)).await?,
            tasks: self.forget("DELETE FROM tasks WHERE finished_at < $1", month_ago).await?,
            file_parts: self.forget(OLD_FILES, before(now, FILE_LIFETIME)).await?,
        })
    }

    /// Forgets the forms whose time is over. They are large and of use for minutes, so it is done oftener than the rest.
    pub async fn prune_held_forms(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.forget("DELETE FROM held_forms WHERE expires_at <= $1", row::millis(now)).await
    }

    async fn forget(&self, statement: &'static str, before: i64) -> Result<u64, StoreError> {
        let mut transaction = self.connections.begin_write().await.map_err(self.fault())?;
        let forgotten =
            sqlx::query(statement).bind(before).execute(self.connections.ask(&mut transaction)).await;
        let forgotten = forgotten.map_err(self.fault())?;
        self.connections.commit(transaction).await.map_err(self.fault())?;
        Ok(forgotten.rows_affected())
    }
}

fn before(now: Timestamp, age: Duration) -> i64 {
    row::millis(now.saturating_sub(age).unwrap_or(Timestamp::MIN))
}
