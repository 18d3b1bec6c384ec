//! The browsers in which people verified: what they see of them, and by which family of proofs each is ended.

use jiff::Timestamp;
use uuid::Uuid;

use super::database::Row;
use super::{Change, Store, StoreError, row};
use crate::domain::account::Family;
use crate::domain::browser::Browser;
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;

/// A browser of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserRow {
    /// Random.
    pub id: Uuid,
    /// Whose.
    pub organization: OrganizationId,
    /// Likewise.
    pub email: EmailAddress,
    /// A keyed digest of its id at the site where it verified last.
    pub device: [u8; 16],
    /// What its proofs belong to.
    pub family: Family,
    /// The id of the site where it verified last.
    pub site: String,
    /// What it is called.
    pub browser: Browser,
    /// Roughly from where, as text.
    pub network: String,
    /// When it verified first.
    pub first_verified_at: Timestamp,
    /// When it verified last.
    pub last_verified_at: Timestamp,
}

impl Store {
    /// The browsers of an account, the one that verified last first.
    pub async fn browsers(
        &self,
        organization: &OrganizationId,
        email: &EmailAddress,
    ) -> Result<Vec<BrowserRow>, StoreError> {
        of_account(self.readers(), organization, email).await.map_err(self.fault())
    }
}

impl Change {
    /// The browsers of an account, the one that verified last first.
    pub async fn browsers(
        &mut self,
        organization: &OrganizationId,
        email: &EmailAddress,
    ) -> Result<Vec<BrowserRow>, StoreError> {
        of_account(self.connection(), organization, email).await.map_err(self.fault())
    }

    /// Keeps a browser, in place of what was known of it.
    pub async fn keep_browser(&mut self, browser: &BrowserRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO browsers (id, organization, email, device, family, site, program, system, network, \
             first_verified_at, last_verified_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
             ON CONFLICT (id) DO UPDATE SET device = excluded.device, family = excluded.family, \
             site = excluded.site, program = excluded.program, system = excluded.system, \
             network = excluded.network, last_verified_at = excluded.last_verified_at",
        )
        .bind(browser.id.as_bytes().as_slice())
        .bind(browser.organization.as_str())
        .bind(browser.email.as_str())
        .bind(browser.device.as_slice())
        .bind(browser.family.0.as_slice())
        .bind(&browser.site)
        .bind(browser.browser.program.unwrap_or_default())
        .bind(browser.browser.system.unwrap_or_default())
        .bind(&browser.network)
        .bind(row::millis(browser.first_verified_at))
        .bind(row::millis(browser.last_verified_at))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    /// Forgets a browser of an account; false if there was none.
    pub async fn forget_browser(
        &mut self,
        organization: &OrganizationId,
        email: &EmailAddress,
        id: Uuid,
    ) -> Result<bool, StoreError> {
        let gone = sqlx::query("DELETE FROM browsers WHERE id = $1 AND organization = $2 AND email = $3")
            .bind(id.as_bytes().as_slice())
            .bind(organization.as_str())
            .bind(email.as_str())
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        Ok(gone.rows_affected() == 1)
    }
}

async fn of_account<'c>(
    executor: impl sqlx::Executor<'c, Database = sqlx::Any>,
    organization: &OrganizationId,
    email: &EmailAddress,
) -> Result<Vec<BrowserRow>, sqlx::Error> {
    sqlx::query(
        "SELECT * FROM browsers WHERE organization = $1 AND email = $2 ORDER BY last_verified_at DESC, id",
    )
    .bind(organization.as_str())
    .bind(email.as_str())
    .try_map(|row: Row| browser_row(&row))
    .fetch_all(executor)
    .await
}

fn browser_row(row: &Row) -> Result<BrowserRow, sqlx::Error> {
    Ok(BrowserRow {
        id: row::id(row, "id")?,
        organization: row::organization(row, "organization")?,
        email: row::email(row, "email")?,
        device: row::bytes(row, "device")?,
        family: row::family(row, "family")?,
        site: row::text(row, "site")?,
        browser: Browser::named(&row::text(row, "program")?, &row::text(row, "system")?),
        network: row::text(row, "network")?,
        first_verified_at: row::time(row, "first_verified_at")?,
        last_verified_at: row::time(row, "last_verified_at")?,
    })
}
