//! What is found out of accounts without an admin: that there is one, that its address is its owner's, when it was used.

use jiff::Timestamp;

use super::database::Row;
use super::{Change, Store, StoreError, row};
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;
use crate::entropy::Entropy;

impl Store {
    /// When the code of an address was last typed at any site of the organization.
    pub async fn last_verified(
        &self,
        organization: &OrganizationId,
        email: &EmailAddress,
    ) -> Result<Option<Timestamp>, StoreError> {
        let last =
            sqlx::query("SELECT last_verified_at FROM accounts WHERE organization = $1 AND email = $2")
                .bind(organization.as_str())
                .bind(email.as_str())
                .try_map(|row: Row| row::optional_time(&row, "last_verified_at"))
                .fetch_optional(self.readers())
                .await
                .map_err(self.fault())?;
        Ok(last.flatten())
    }

    /// Notes when accounts were last used. It decides nothing, so it has no audit event.
    pub async fn note_active(
        &self,
        active: &[(&OrganizationId, &EmailAddress, Timestamp)],
    ) -> Result<(), StoreError> {
        let mut transaction = self.connections.begin_write().await.map_err(self.fault())?;
        for (organization, email, at) in active {
            sqlx::query(
                "UPDATE accounts SET last_active_at = $1 WHERE organization = $2 AND email = $3 \
                 AND (last_active_at IS NULL OR last_active_at < $1)",
            )
            .bind(row::millis(*at))
            .bind(organization.as_str())
            .bind(email.as_str())
            .execute(self.connections.ask(&mut transaction))
            .await
            .map_err(self.fault())?;
        }
        self.connections.commit(transaction).await.map_err(self.fault())
    }
}

impl Change {
    /// Adds the account of an address that is seen for the first time; true if there was none. Nobody vouches for it yet.
    pub async fn see_account(
        &mut self,
        organization: &OrganizationId,
        email: &EmailAddress,
        verified: bool,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let added = sqlx::query(
            "INSERT INTO accounts (id, organization, email, domain, claimed, email_verified, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, 0, $5, $6, $6) ON CONFLICT (organization, email) DO NOTHING",
        )
        .bind(Entropy::System.row_id(now).into_bytes().to_vec())
        .bind(organization.as_str())
        .bind(email.as_str())
        .bind(email.domain())
        .bind(i64::from(verified))
        .bind(row::millis(now))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(added.rows_affected() == 1)
    }

    /// Notes that the address is its owner's; true if that was not known.
    pub async fn verify_address(
        &mut self,
        organization: &OrganizationId,
        email: &EmailAddress,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let verified = sqlx::query(
            "UPDATE accounts SET email_verified = 1, address_set_at = NULL, updated_at = $1 \
             WHERE organization = $2 AND email = $3 AND email_verified = 0",
        )
        .bind(row::millis(now))
        .bind(organization.as_str())
        .bind(email.as_str())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(verified.rows_affected() == 1)
    }

    /// Notes when the owner of an address passed a challenge.
    pub async fn note_verified(
        &mut self,
        organization: &OrganizationId,
        email: &EmailAddress,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE accounts SET last_verified_at = $1 WHERE organization = $2 AND email = $3")
            .bind(row::millis(now))
            .bind(organization.as_str())
            .bind(email.as_str())
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        Ok(())
    }
}
