//! The files that tasks make, in parts that fit into memory. A part that was written also says that who writes is alive.

use jiff::Timestamp;
use sqlx::Row as _;
use uuid::Uuid;

use super::database::Row;
use super::{Store, StoreError, TaskRow, row};
use crate::domain::task::LEASE;

impl Store {
    /// Removes what somebody before this wrote of the file.
    pub async fn begin_task_file(&self, task: &TaskRow) -> Result<(), StoreError> {
        let mut transaction = self.connections.begin_write().await.map_err(self.fault())?;
        sqlx::query("DELETE FROM task_files WHERE task = $1 AND task IN (SELECT id FROM tasks WHERE id = $2 AND tries = $3)")
            .bind(task.id.as_bytes().as_slice())
            .bind(task.id.as_bytes().as_slice())
            .bind(i64::from(task.tries))
            .execute(self.connections.ask(&mut transaction))
            .await
            .map_err(self.fault())?;
        self.connections.commit(transaction).await.map_err(self.fault())
    }

    /// Appends a part, with how many rows there are by now. Says whether the task is still this one's to work on.
    pub async fn append_task_file(
        &self,
        task: &TaskRow,
        part: u32,
        content: &[u8],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.connections.begin_write().await.map_err(self.fault())?;
        let renewed = sqlx::query(
            "UPDATE tasks SET lease_until = $1, done = $2 WHERE id = $3 AND state = 'running' AND tries = $4",
        )
        .bind(row::millis(now.saturating_add(LEASE).unwrap_or(Timestamp::MAX)))
        .bind(i64::from(task.done))
        .bind(task.id.as_bytes().as_slice())
        .bind(i64::from(task.tries))
        .execute(self.connections.ask(&mut transaction))
        .await
        .map_err(self.fault())?;
        if renewed.rows_affected() != 1 {
            return Ok(false);
        }
        sqlx::query("INSERT INTO task_files (task, part, content) VALUES ($1, $2, $3)")
            .bind(task.id.as_bytes().as_slice())
            .bind(i64::from(part))
            .bind(content)
            .execute(self.connections.ask(&mut transaction))
            .await
            .map_err(self.fault())?;
        self.connections.commit(transaction).await.map_err(self.fault())?;
        Ok(true)
    }

    /// A part of a file, from 0; `None` after its end.
    pub async fn task_file_part(&self, task: Uuid, part: u32) -> Result<Option<Vec<u8>>, StoreError> {
        sqlx::query("SELECT content FROM task_files WHERE task = $1 AND part = $2")
            .bind(task.as_bytes().as_slice())
            .bind(i64::from(part))
            .try_map(|row: Row| row.try_get("content"))
            .fetch_optional(self.readers())
            .await
            .map_err(self.fault())
    }
}
