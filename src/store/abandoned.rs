//! Imports that were begun and never decided: nothing of them counts, so they are forgotten without an audit event.

use jiff::Timestamp;
use uuid::Uuid;

use super::database::Row;
use super::imports::PART;
use super::{StagedImport, Store, StoreError, row};

impl Store {
    /// Forgets an import that is not decided.
    pub async fn abandon_import(&self, import: &StagedImport) -> Result<(), StoreError> {
        self.forget_import(import.id).await
    }

    /// Forgets what was begun before then and never decided: its process is gone.
    pub async fn abandon_imports(&self, before: Timestamp) -> Result<(), StoreError> {
        let stale: Vec<Uuid> =
            sqlx::query("SELECT id FROM imports WHERE decided_at IS NULL AND began_at < $1")
                .bind(row::millis(before))
                .try_map(|row: Row| row::id(&row, "id"))
                .fetch_all(self.readers())
                .await
                .map_err(self.fault())?;
        for id in stale {
            self.forget_import(id).await?;
        }
        Ok(())
    }

    async fn forget_import(&self, id: Uuid) -> Result<(), StoreError> {
        // In parts too: a million rows take seconds to remove.
        loop {
            let mut transaction = self.connections.begin_write().await.map_err(self.fault())?;
            let part = "DELETE FROM import_accounts WHERE import = $1 AND number <= (SELECT max(number) FROM \
                 (SELECT number FROM import_accounts WHERE import = $1 ORDER BY number LIMIT $2) AS part) \
                 AND EXISTS (SELECT 1 FROM imports WHERE id = $1 AND decided_at IS NULL)";
            let gone = sqlx::query(part)
                .bind(id.as_bytes().as_slice())
                .bind(PART)
                .execute(self.connections.ask(&mut transaction))
                .await
                .map_err(self.fault())?;
            if gone.rows_affected() == 0 {
                sqlx::query("DELETE FROM imports WHERE id = $1 AND decided_at IS NULL")
                    .bind(id.as_bytes().as_slice())
                    .execute(self.connections.ask(&mut transaction))
                    .await
                    .map_err(self.fault())?;
            }
            self.connections.commit(transaction).await.map_err(self.fault())?;
            if gone.rows_affected() == 0 {
                return Ok(());
            }
            self.give_way().await;
        }
    }
}
