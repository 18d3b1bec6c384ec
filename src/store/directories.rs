//! Directories of identity providers. Each belongs to one organization, and every statement says which.

use jiff::Timestamp;
use uuid::Uuid;

use super::database::Row;
use super::{Change, Store, StoreError, row};
use crate::domain::organization::OrganizationId;

/// A directory that an identity provider fills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryRow {
    /// The row's id, which its addresses have in them.
    pub id: Uuid,
    /// Whose directory it is.
    pub organization: OrganizationId,
    /// What people call it; no other of the organization is called so.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Which directories of an organization a list is of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Within {
    /// All of them.
    #[default]
    All,
    /// These.
    These {
        /// Whether its own is one: there is whatever no identity provider keeps.
        own: bool,
        /// Those of identity providers.
        synced: Vec<Uuid>,
    },
}

impl Store {
    /// All directories of an organization, in the order in which they were made.
    pub async fn directories(&self, organization: &OrganizationId) -> Result<Vec<DirectoryRow>, StoreError> {
        sqlx::query("SELECT * FROM directories WHERE organization = $1 ORDER BY id")
            .bind(organization.as_str())
            .try_map(|row: Row| directory_row(&row))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())
    }

    /// A directory of an organization.
    pub async fn directory(
        &self,
        organization: &OrganizationId,
        id: Uuid,
    ) -> Result<Option<DirectoryRow>, StoreError> {
        sqlx::query("SELECT * FROM directories WHERE organization = $1 AND id = $2")
            .bind(organization.as_str())
            .bind(id.as_bytes().as_slice())
            .try_map(|row: Row| directory_row(&row))
            .fetch_optional(self.readers())
            .await
            .map_err(self.fault())
    }
}

impl Change {
    /// The directory of this name.
    pub async fn directory_named(
        &mut self,
        organization: &OrganizationId,
        name: &str,
    ) -> Result<Option<DirectoryRow>, StoreError> {
        sqlx::query("SELECT * FROM directories WHERE organization = $1 AND name = $2")
            .bind(organization.as_str())
            .bind(name)
            .try_map(|row: Row| directory_row(&row))
            .fetch_optional(self.connection())
            .await
            .map_err(self.fault())
    }

    /// Adds a directory. Look first whether the name is free.
    pub async fn insert_directory(&mut self, new: &DirectoryRow) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO directories (id, organization, name, created_at) VALUES ($1, $2, $3, $4)")
            .bind(new.id.as_bytes().as_slice())
            .bind(new.organization.as_str())
            .bind(&new.name)
            .bind(row::millis(new.created_at))
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        Ok(())
    }
}

fn directory_row(row: &Row) -> Result<DirectoryRow, sqlx::Error> {
    Ok(DirectoryRow {
        id: row::id(row, "id")?,
        organization: row::organization(row, "organization")?,
        name: row::text(row, "name")?,
        created_at: row::time(row, "created_at")?,
    })
}
