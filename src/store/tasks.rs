//! Tasks: what takes longer than a request. Who works on one has it for a while; when nothing is heard of them, the next takes it.
//!
//! That a task is there, or is worked on, changes nothing that anybody is judged by, so it has no audit event; what it does in
//! the end has. Its rows are in `task_rows.rs`, its file in `task_files.rs`.

use jiff::Timestamp;
use uuid::Uuid;

use super::database::Row;
use super::{Change, Store, StoreError, row};
use crate::domain::actor::Actor;
use crate::domain::organization::OrganizationId;
use crate::domain::task::{LEASE, MOST_TRIES, TaskKind, TaskState};

/// A task of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    /// The row's id.
    pub id: Uuid,
    /// Whose task it is.
    pub organization: OrganizationId,
    /// What it does.
    pub kind: TaskKind,
    /// What it is about, such as the id of a policy; empty for all.
    pub subject: String,
    /// Whether it only finds out what would become of each row.
    pub dry_run: bool,
    /// Who asked for it.
    pub actor: Actor,
    /// How far it is.
    pub state: TaskState,
    /// How often somebody began it.
    pub tries: u32,
    /// How many rows count, each once; 0 for a file, whose length shows at its end.
    pub total: u32,
    /// How many of them are done, or stand in the file.
    pub done: u32,
    /// How many cannot be done.
    pub failed: u32,
    /// Why nothing of it was done.
    pub reason: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was over.
    pub finished_at: Option<Timestamp>,
}

impl TaskRow {
    /// A task that nobody began yet.
    pub fn new(
        id: Uuid,
        organization: &OrganizationId,
        kind: TaskKind,
        actor: &Actor,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            organization: organization.clone(),
            kind,
            subject: String::new(),
            dry_run: false,
            actor: actor.clone(),
            state: TaskState::Queued,
            tries: 0,
            total: 0,
            done: 0,
            failed: 0,
            reason: None,
            created_at: now,
            finished_at: None,
        }
    }
}

impl Store {
    /// A task of an organization.
    pub async fn task(&self, organization: &OrganizationId, id: Uuid) -> Result<Option<TaskRow>, StoreError> {
        sqlx::query("SELECT * FROM tasks WHERE organization = $1 AND id = $2")
            .bind(organization.as_str())
            .bind(id.as_bytes().as_slice())
            .try_map(|row: Row| task_row(&row))
            .fetch_optional(self.readers())
            .await
            .map_err(self.fault())
    }

    /// A task of whichever organization. For who showed its link, and nobody else.
    pub async fn task_of_link(&self, id: Uuid) -> Result<Option<TaskRow>, StoreError> {
        sqlx::query("SELECT * FROM tasks WHERE id = $1")
            .bind(id.as_bytes().as_slice())
            .try_map(|row: Row| task_row(&row))
            .fetch_optional(self.readers())
            .await
            .map_err(self.fault())
    }

    /// How many tasks of an organization are not over.
    pub async fn tasks_waiting(&self, organization: &OrganizationId) -> Result<u32, StoreError> {
        let count: i64 =
            sqlx::query_scalar("SELECT count(*) FROM tasks WHERE organization = $1 AND finished_at IS NULL")
                .bind(organization.as_str())
                .fetch_one(self.readers())
                .await
                .map_err(self.fault())?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Takes the oldest task that nobody works on, and has it for [`LEASE`].
    pub async fn take_task(&self, now: Timestamp) -> Result<Option<TaskRow>, StoreError> {
        let mut transaction = self.connections.begin_write().await.map_err(self.fault())?;
        let free = sqlx::query(
            "SELECT * FROM tasks WHERE finished_at IS NULL AND (state = 'queued' OR lease_until <= $1) \
             ORDER BY created_at LIMIT 1",
        )
        .bind(row::millis(now))
        .try_map(|row: Row| task_row(&row))
        .fetch_optional(self.connections.ask(&mut transaction))
        .await
        .map_err(self.fault())?;
        let Some(task) = free else { return Ok(None) };
        sqlx::query(
            "UPDATE tasks SET state = 'running', lease_until = $1, tries = tries + 1, done = 0 WHERE id = $2",
        )
        .bind(row::millis(now.saturating_add(LEASE).unwrap_or(Timestamp::MAX)))
        .bind(task.id.as_bytes().as_slice())
        .execute(self.connections.ask(&mut transaction))
        .await
        .map_err(self.fault())?;
        self.connections.commit(transaction).await.map_err(self.fault())?;
        Ok(Some(TaskRow { state: TaskState::Running, tries: task.tries + 1, done: 0, ..task }))
    }

    /// When something is to be done again at the earliest: now for a task that waits, or when a lease ends.
    pub async fn next_task_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let due: Option<i64> = sqlx::query_scalar(
            "SELECT min(CASE WHEN state = 'queued' THEN created_at ELSE lease_until END) FROM tasks \
             WHERE finished_at IS NULL",
        )
        .fetch_one(self.readers())
        .await
        .map_err(self.fault())?;
        due.map(|millis| row::moment(millis, "due")).transpose().map_err(self.fault())
    }
}

impl Change {
    /// Ends a task of which nothing was done. Says whether it was still this one's to end: if not, this change must not be
    /// committed.
    pub async fn fail_task(&mut self, task: &TaskRow, now: Timestamp) -> Result<bool, StoreError> {
        let ended = sqlx::query(
            "UPDATE tasks SET state = 'failed', reason = $1, lease_until = NULL, finished_at = $2 \
             WHERE id = $3 AND state = 'running' AND tries = $4",
        )
        .bind(task.reason.as_deref())
        .bind(row::millis(now))
        .bind(task.id.as_bytes().as_slice())
        .bind(i64::from(task.tries))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(ended.rows_affected() == 1)
    }

    /// Ends a task with what was done. Says whether it was still this one's to end: if not, somebody else did it, and this
    /// change must not be committed.
    pub async fn finish_task(&mut self, task: &TaskRow, now: Timestamp) -> Result<bool, StoreError> {
        let ended = sqlx::query(
            "UPDATE tasks SET state = 'succeeded', lease_until = NULL, finished_at = $1, done = $2, failed = $3 \
             WHERE id = $4 AND state = 'running' AND tries = $5",
        )
        .bind(row::millis(now))
        .bind(i64::from(task.done))
        .bind(i64::from(task.failed))
        .bind(task.id.as_bytes().as_slice())
        .bind(i64::from(task.tries))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(ended.rows_affected() == 1)
    }
}

impl TaskRow {
    /// Whether too many have died of it to begin it once more.
    pub fn is_given_up(&self) -> bool {
        self.tries > MOST_TRIES
    }
}

pub(super) fn task_row(row: &Row) -> Result<TaskRow, sqlx::Error> {
    Ok(TaskRow {
        id: row::id(row, "id")?,
        organization: row::organization(row, "organization")?,
        kind: TaskKind::of(&row::text(row, "kind")?).ok_or_else(|| row::bad("kind", "a kind of task"))?,
        subject: row::text(row, "subject")?,
        dry_run: row::integer(row, "dry_run")? == 1,
        actor: Actor {
            name: row::text(row, "actor")?,
            key: row::optional_id(row, "api_key")?,
            address: row::optional_address(row, "address")?,
        },
        state: TaskState::of(&row::text(row, "state")?).ok_or_else(|| row::bad("state", "a state"))?,
        tries: row::count(row, "tries")?,
        total: row::count(row, "total")?,
        done: row::count(row, "done")?,
        failed: row::count(row, "failed")?,
        reason: row::optional_text(row, "reason")?,
        created_at: row::time(row, "created_at")?,
        finished_at: row::optional_time(row, "finished_at")?,
    })
}
