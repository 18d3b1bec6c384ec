//! Limits that outlive a restart: when things happened, asked and noted in one transaction.

use jiff::Timestamp;

use super::{Change, StoreError, row};
use crate::domain::quota::Quota;

impl Change {
    /// Notes one event of `kind` for `subject` if every quota allows one more now; otherwise notes nothing and says when
    /// all of them will. `subject` is whatever is limited: an account's digest, an address, a network.
    pub async fn spend(
        &mut self,
        kind: &'static str,
        subject: &[u8],
        quotas: &[Quota],
        now: Timestamp,
    ) -> Result<Result<(), Timestamp>, StoreError> {
        let mut free_again = None;
        for quota in quotas {
            let newest = self.nth_newest(kind, subject, quota.limit).await.map_err(self.fault())?;
            if let Err(retry_at) = quota.check(newest, now) {
                free_again = free_again.max(Some(retry_at));
            }
        }
        if let Some(retry_at) = free_again {
            return Ok(Err(retry_at));
        }
        sqlx::query("INSERT INTO quota_events (kind, subject, at) VALUES ($1, $2, $3)")
            .bind(kind)
            .bind(subject)
            .bind(row::millis(now))
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        Ok(Ok(()))
    }

    async fn nth_newest(
        &mut self,
        kind: &str,
        subject: &[u8],
        nth: u32,
    ) -> Result<Option<Timestamp>, sqlx::Error> {
        let at: Option<i64> = sqlx::query_scalar(
            "SELECT at FROM quota_events WHERE kind = $1 AND subject = $2 ORDER BY at DESC LIMIT 1 OFFSET $3",
        )
        .bind(kind)
        .bind(subject)
        .bind(i64::from(nth.saturating_sub(1)))
        .fetch_optional(self.connection())
        .await?;
        at.map(|at| row::moment(at, "at")).transpose()
    }
}
