//! Keys to the API. The store knows the hash of a key's text and nothing from which the text could be made.

use jiff::Timestamp;
use uuid::Uuid;

use super::database::Row;
use super::{Change, Store, StoreError, row};
use crate::domain::api_key::Scopes;
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;

/// A key, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyRow {
    /// The row's id.
    pub id: Uuid,
    /// What it opens something of.
    pub organization: OrganizationId,
    /// What people call it.
    pub name: String,
    /// Who is written to about what was done with it.
    pub owner: Option<EmailAddress>,
    /// What it opens.
    pub scopes: Scopes,
    /// The directory it fills, if it is an identity provider's.
    pub directory: Option<Uuid>,
    /// The last characters of its text.
    pub hint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it opens anything.
    pub expires_at: Timestamp,
    /// When somebody ended it.
    pub revoked_at: Option<Timestamp>,
    /// When it was used last, to the hour.
    pub last_used_at: Option<Timestamp>,
}

impl ApiKeyRow {
    /// Whether it opens anything now.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

impl Store {
    /// The key with this hash, live or not.
    pub async fn api_key_of(&self, hash: &[u8; 32]) -> Result<Option<ApiKeyRow>, StoreError> {
        sqlx::query("SELECT * FROM api_keys WHERE hash = $1")
            .bind(hash.as_slice())
            .try_map(|row: Row| api_key_row(&row))
            .fetch_optional(self.readers())
            .await
            .map_err(self.fault())
    }

    /// Up to so many keys of an organization after one of them, in the order in which they were made.
    pub async fn api_keys(
        &self,
        organization: &OrganizationId,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<ApiKeyRow>, StoreError> {
        // An id begins with the time it was made.
        sqlx::query("SELECT * FROM api_keys WHERE organization = $1 AND id > $2 ORDER BY id LIMIT $3")
            .bind(organization.as_str())
            .bind(after.unwrap_or_default().as_bytes().as_slice())
            .bind(i64::from(limit))
            .try_map(|row: Row| api_key_row(&row))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())
    }

    /// How many keys of an organization open something now.
    pub async fn count_live_api_keys(
        &self,
        organization: &OrganizationId,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM api_keys WHERE organization = $1 AND revoked_at IS NULL AND expires_at > $2",
        )
        .bind(organization.as_str())
        .bind(row::millis(now))
        .fetch_one(self.readers())
        .await
        .map_err(self.fault())?;
        Ok(count.unsigned_abs())
    }

    /// Notes that a key was used. Nobody gains or loses anything by this, so it has no audit event.
    pub async fn note_key_used(&self, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.connections.begin_write().await.map_err(self.fault())?;
        sqlx::query("UPDATE api_keys SET last_used_at = $1 WHERE id = $2")
            .bind(row::millis(now))
            .bind(id.as_bytes().as_slice())
            .execute(self.connections.ask(&mut transaction))
            .await
            .map_err(self.fault())?;
        self.connections.commit(transaction).await.map_err(self.fault())
    }
}

impl Change {
    /// Adds a key by the hash of its text.
    pub async fn insert_api_key(&mut self, key: &ApiKeyRow, hash: &[u8; 32]) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO api_keys (id, organization, name, owner, scopes, directory, hash, hint, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(key.id.as_bytes().as_slice())
        .bind(key.organization.as_str())
        .bind(&key.name)
        .bind(key.owner.as_ref().map(EmailAddress::as_str))
        .bind(key.scopes.to_text())
        .bind(key.directory.map(|id| id.into_bytes().to_vec()))
        .bind(hash.as_slice())
        .bind(&key.hint)
        .bind(row::millis(key.created_at))
        .bind(row::millis(key.expires_at))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    /// A key of an organization.
    pub async fn api_key(
        &mut self,
        organization: &OrganizationId,
        id: Uuid,
    ) -> Result<Option<ApiKeyRow>, StoreError> {
        sqlx::query("SELECT * FROM api_keys WHERE organization = $1 AND id = $2")
            .bind(organization.as_str())
            .bind(id.as_bytes().as_slice())
            .try_map(|row: Row| api_key_row(&row))
            .fetch_optional(self.connection())
            .await
            .map_err(self.fault())
    }

    /// Ends a key for good.
    pub async fn revoke_api_key(&mut self, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE api_keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL")
            .bind(row::millis(now))
            .bind(id.as_bytes().as_slice())
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        Ok(())
    }
}

fn api_key_row(row: &Row) -> Result<ApiKeyRow, sqlx::Error> {
    Ok(ApiKeyRow {
        id: row::id(row, "id")?,
        organization: row::organization(row, "organization")?,
        name: row::text(row, "name")?,
        owner: row::optional_email(row, "owner")?,
        scopes: Scopes::of_text(row::optional_text(row, "scopes")?.as_deref()),
        directory: row::optional_id(row, "directory")?,
        hint: row::text(row, "hint")?,
        created_at: row::time(row, "created_at")?,
        expires_at: row::time(row, "expires_at")?,
        revoked_at: row::optional_time(row, "revoked_at")?,
        last_used_at: row::optional_time(row, "last_used_at")?,
    })
}
