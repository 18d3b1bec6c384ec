//! The rows of tasks: what stands in each, and what became of it. Statements work on all rows at once.

use jiff::Timestamp;
use uuid::Uuid;

use super::database::{Kind, Row, built};
use super::timely::Timely;
use super::{Change, Store, StoreError, TaskRow, row};
use crate::domain::email::EmailAddress;
use crate::domain::task::{RowOutcome, RowReason};

/// Rows per statement, with six values each.
const BATCH: usize = 1_000;

/// A row of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskLine {
    /// The line of a file, or the place in a list, from 1.
    pub line: u32,
    /// What stands there.
    pub value: String,
    /// The address.
    pub email: Option<EmailAddress>,
    /// What became of it.
    pub outcome: RowOutcome,
}

impl Store {
    /// Adds a task with its rows, for somebody to take. Nothing is done yet, so it has no audit event.
    pub async fn insert_task(&self, task: &TaskRow, lines: &[TaskLine]) -> Result<(), StoreError> {
        let mut transaction = self.connections.begin_write().await.map_err(self.fault())?;
        let kind = self.connections.kind;
        let mut connection = self.connections.ask(&mut transaction);
        insert_task(connection.again(), task).await.map_err(self.fault())?;
        for batch in lines.chunks(BATCH) {
            insert_lines(kind, connection.again(), task.id, batch).await.map_err(self.fault())?;
        }
        self.connections.commit(transaction).await.map_err(self.fault())
    }

    /// Rows of a task, in order, after a line.
    pub async fn task_lines(&self, task: Uuid, after: u32, limit: u32) -> Result<Vec<TaskLine>, StoreError> {
        sqlx::query("SELECT * FROM task_rows WHERE task = $1 AND line > $2 ORDER BY line LIMIT $3")
            .bind(task.as_bytes().as_slice())
            .bind(i64::from(after))
            .bind(i64::from(limit))
            .try_map(|row: Row| task_line(&row))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())
    }

    /// The rows of a task that cannot be done, in order.
    pub async fn failed_task_lines(&self, task: Uuid) -> Result<Vec<TaskLine>, StoreError> {
        sqlx::query("SELECT * FROM task_rows WHERE task = $1 AND outcome = 'failed' ORDER BY line")
            .bind(task.as_bytes().as_slice())
            .try_map(|row: Row| task_line(&row))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())
    }
}

impl Change {
    /// Finds out for every waiting row of a task whether its account can become a member of a policy, and gives all its rows.
    pub async fn judge_members(&mut self, task: &TaskRow, policy: Uuid) -> Result<Vec<TaskLine>, StoreError> {
        judge(self.connection(), task, policy).await.map_err(self.fault())?;
        sqlx::query("SELECT * FROM task_rows WHERE task = $1 ORDER BY line")
            .bind(task.id.as_bytes().as_slice())
            .try_map(|row: Row| task_line(&row))
            .fetch_all(self.connection())
            .await
            .map_err(self.fault())
    }

    /// Makes members of a policy of all rows of a task that were judged so.
    pub async fn set_policy_of_lines(
        &mut self,
        task: &TaskRow,
        policy: Uuid,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let moved = sqlx::query(
            "UPDATE accounts SET policy = $1, policy_at = $2 WHERE organization = $3 AND email IN \
             (SELECT email FROM task_rows WHERE task = $4 AND outcome = 'succeeded')",
        )
        .bind(policy.as_bytes().as_slice())
        .bind(row::millis(now))
        .bind(task.organization.as_str())
        .bind(task.id.as_bytes().as_slice())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(moved.rows_affected())
    }
}

/// One statement for all rows: a question per row would take a trip to the server each.
async fn judge(mut connection: Timely<'_>, task: &TaskRow, policy: Uuid) -> Result<(), sqlx::Error> {
    // As `Standing::refusal` has it; a test holds the two together.
    sqlx::query(
        "UPDATE task_rows SET reason = coalesce((SELECT CASE WHEN accounts.claimed = 0 THEN 'not_claimed' \
         WHEN NOT EXISTS (SELECT 1 FROM domains WHERE domains.organization = accounts.organization \
         AND domains.name = accounts.domain AND domains.status IN ('verified', 'missing_token')) \
         THEN 'domain_not_verified' WHEN accounts.policy = $1 THEN '=' ELSE '+' END \
         FROM accounts WHERE accounts.organization = $2 AND accounts.email = task_rows.email AND accounts.status <> 'closed'), \
         'unknown_account') \
         WHERE task = $3 AND outcome = 'waiting'",
    )
    .bind(policy.as_bytes().as_slice())
    .bind(task.organization.as_str())
    .bind(task.id.as_bytes().as_slice())
    .execute(connection.again())
    .await?;
    sqlx::query(
        "UPDATE task_rows SET outcome = CASE reason WHEN '+' THEN 'succeeded' WHEN '=' THEN 'unchanged' ELSE 'failed' END, \
         reason = CASE WHEN reason IN ('+', '=') THEN NULL ELSE reason END WHERE task = $1 AND outcome = 'waiting'",
    )
    .bind(task.id.as_bytes().as_slice())
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_task(connection: Timely<'_>, task: &TaskRow) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO tasks (id, organization, kind, subject, dry_run, actor, api_key, address, state, total, failed, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(task.id.as_bytes().as_slice())
    .bind(task.organization.as_str())
    .bind(task.kind.label())
    .bind(task.subject.as_str())
    .bind(i64::from(task.dry_run))
    .bind(task.actor.name.as_str())
    .bind(task.actor.key.map(|key| key.into_bytes().to_vec()))
    .bind(task.actor.address.map(|address| address.to_string()))
    .bind(task.state.label())
    .bind(i64::from(task.total))
    .bind(i64::from(task.failed))
    .bind(row::millis(task.created_at))
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_lines(
    kind: Kind,
    connection: Timely<'_>,
    task: Uuid,
    batch: &[TaskLine],
) -> Result<(), sqlx::Error> {
    let rows = kind.rows(1, batch.len(), 6);
    let mut insert =
        built(format!("INSERT INTO task_rows (task, line, value, email, outcome, reason) VALUES {rows}"));
    for line in batch {
        insert = insert
            .bind(task.as_bytes().to_vec())
            .bind(i64::from(line.line))
            .bind(line.value.as_str())
            .bind(line.email.as_ref().map(EmailAddress::as_str))
            .bind(line.outcome.label())
            .bind(line.outcome.reason().map(RowReason::label));
    }
    insert.execute(connection).await?;
    Ok(())
}

fn task_line(row: &Row) -> Result<TaskLine, sqlx::Error> {
    let (outcome, reason) = (row::text(row, "outcome")?, row::optional_text(row, "reason")?);
    Ok(TaskLine {
        line: row::count(row, "line")?,
        value: row::text(row, "value")?,
        email: row::optional_email(row, "email")?,
        outcome: RowOutcome::of(&outcome, reason.as_deref())
            .ok_or_else(|| row::bad("outcome", "an outcome"))?,
    })
}
