//! Revocations: since when a person's proofs in a browser are void, at whatever host of the organization.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::database::Row;
use super::{Change, ChangeKind, Store, StoreError, row};
use crate::domain::account::Family;

/// Proofs of this family are void if they are not younger than `at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevocationRow {
    /// The person in the browser.
    pub family: Family,
    /// When.
    pub at: Timestamp,
}

impl RevocationRow {
    fn to_json(self) -> Value {
        json!({ "family": data_encoding::HEXLOWER.encode(&self.family.0), "at": row::millis(self.at) })
    }

    pub(super) fn from_json(text: &str) -> Option<Self> {
        let detail: Value = serde_json::from_str(text).ok()?;
        let family = data_encoding::HEXLOWER.decode(detail.get("family")?.as_str()?.as_bytes()).ok()?;
        let at = Timestamp::from_millisecond(detail.get("at")?.as_i64()?).ok()?;
        Some(Self { family: Family(family.try_into().ok()?), at })
    }
}

impl Store {
    /// Hands each revocation since then to `each`, and says how many there were.
    pub async fn each_revocation(
        &self,
        since: Timestamp,
        mut each: impl FnMut(RevocationRow) + Send,
    ) -> Result<u64, StoreError> {
        let rows = sqlx::query("SELECT family, at FROM revocations WHERE at >= $1")
            .bind(row::millis(since))
            .try_map(|row: Row| revocation_row(&row))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())?;
        let count = rows.len() as u64;
        rows.into_iter().for_each(&mut each);
        Ok(count)
    }
}

impl Change {
    /// Voids the proofs of a family, and tells all nodes. It never moves back in time.
    pub async fn revoke(&mut self, family: Family, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO revocations (family, at) VALUES ($1, $2) \
             ON CONFLICT (family) DO UPDATE SET at = excluded.at WHERE excluded.at > revocations.at",
        )
        .bind(family.0.as_slice())
        .bind(row::millis(at))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        let detail = RevocationRow { family, at }.to_json();
        self.log_change(ChangeKind::Revocation, &detail, at).await
    }
}

fn revocation_row(row: &Row) -> Result<RevocationRow, sqlx::Error> {
    Ok(RevocationRow { family: row::family(row, "family")?, at: row::time(row, "at")? })
}
