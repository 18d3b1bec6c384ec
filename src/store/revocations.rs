//! Revocations: since when a person's proofs in a browser are void.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::database::Row;
use super::{Change, ChangeKind, Store, StoreError, row};
use crate::domain::account::{DeviceId, Subject};

/// Proofs of this person in this browser are void if they are not younger than `at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevocationRow {
    /// The person.
    pub subject: Subject,
    /// The browser.
    pub device: DeviceId,
    /// When.
    pub at: Timestamp,
}

impl RevocationRow {
    fn to_json(self) -> Value {
        let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
        json!({ "subject": hex(&self.subject.0), "device": hex(&self.device.0), "at": row::millis(self.at) })
    }

    pub(super) fn from_json(text: &str) -> Option<Self> {
        let detail: Value = serde_json::from_str(text).ok()?;
        let bytes = |field: &str| -> Option<[u8; 16]> {
            let hex = detail.get(field)?.as_str()?;
            data_encoding::HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()
        };
        let at = Timestamp::from_millisecond(detail.get("at")?.as_i64()?).ok()?;
        Some(Self { subject: Subject(bytes("subject")?), device: DeviceId(bytes("device")?), at })
    }
}

impl Store {
    /// Hands each revocation since then to `each`, and says how many there were.
    pub async fn each_revocation(
        &self,
        since: Timestamp,
        mut each: impl FnMut(RevocationRow) + Send,
    ) -> Result<u64, StoreError> {
        let rows = sqlx::query("SELECT subject, device, at FROM revocations WHERE at >= $1")
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
    /// Voids the proofs that a person has in a browser, and tells all nodes. It never moves back in time.
    pub async fn revoke(
        &mut self,
        subject: Subject,
        device: DeviceId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO revocations (subject, device, at) VALUES ($1, $2, $3) \
             ON CONFLICT (subject, device) DO UPDATE SET at = excluded.at WHERE excluded.at > revocations.at",
        )
        .bind(subject.0.as_slice())
        .bind(device.0.as_slice())
        .bind(row::millis(at))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        let detail = RevocationRow { subject, device, at }.to_json();
        self.log_change(ChangeKind::Revocation, &detail, at).await
    }
}

fn revocation_row(row: &Row) -> Result<RevocationRow, sqlx::Error> {
    Ok(RevocationRow {
        subject: row::subject(row, "subject")?,
        device: row::device(row, "device")?,
        at: row::time(row, "at")?,
    })
}
