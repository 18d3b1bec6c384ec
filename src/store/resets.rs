//! Resets: since when what a person verified is void, at every site of an organization and in every browser.
//!
//! An admin knows people by their address, and a revocation knows them by what a site and a browser make of them: so a reset is
//! kept by the address.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::database::{Row, built};
use super::{Change, ChangeKind, Store, StoreError, row};
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;

/// Rows per statement, and per entry of the change log.
const BATCH: usize = 500;

/// What this person verified is void if it is not younger than `at`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetRow {
    /// For whom they verified.
    pub organization: OrganizationId,
    /// Their address.
    pub email: EmailAddress,
    /// When they were reset.
    pub at: Timestamp,
}

impl ResetRow {
    pub(super) fn all_from_json(text: &str) -> Option<Vec<Self>> {
        let detail: Value = serde_json::from_str(text).ok()?;
        let organization = OrganizationId::parse(detail.get("organization")?.as_str()?).ok()?;
        let at = Timestamp::from_millisecond(detail.get("at")?.as_i64()?).ok()?;
        let emails = detail.get("emails")?.as_array()?;
        let row = |email: &Value| {
            let email = EmailAddress::from_canonical(email.as_str()?)?;
            Some(Self { organization: organization.clone(), email, at })
        };
        emails.iter().map(row).collect()
    }
}

impl Store {
    /// All resets since then.
    pub async fn resets(&self, since: Timestamp) -> Result<Vec<ResetRow>, StoreError> {
        sqlx::query("SELECT organization, email, at FROM resets WHERE at >= $1")
            .bind(row::millis(since))
            .try_map(|row: Row| {
                Ok(ResetRow {
                    organization: row::organization(&row, "organization")?,
                    email: row::email(&row, "email")?,
                    at: row::time(&row, "at")?,
                })
            })
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())
    }
}

impl Change {
    /// Voids what these people verified until then, and tells all nodes. It never moves back in time. Each address comes once.
    pub async fn reset_people(
        &mut self,
        organization: &OrganizationId,
        people: &[EmailAddress],
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for batch in people.chunks(BATCH) {
            let rows = self.kind().rows(1, batch.len(), 3);
            let mut upsert = built(format!(
                "INSERT INTO resets (organization, email, at) VALUES {rows} \
                 ON CONFLICT (organization, email) DO UPDATE SET at = excluded.at WHERE excluded.at > resets.at"
            ));
            for email in batch {
                upsert = upsert.bind(organization.as_str()).bind(email.as_str()).bind(row::millis(until));
            }
            upsert.execute(self.connection()).await.map_err(self.fault())?;
            let emails: Vec<&str> = batch.iter().map(EmailAddress::as_str).collect();
            let detail =
                json!({ "organization": organization.as_str(), "emails": emails, "at": row::millis(until) });
            self.log_change(ChangeKind::Reset, &detail, now).await?;
        }
        Ok(())
    }
}
