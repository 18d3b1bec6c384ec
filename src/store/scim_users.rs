//! Users of directories, as identity providers say them, and which account each has.
//!
//! Every statement names the directory and its organization: an id of another one is simply not found.

use jiff::Timestamp;
use sqlx::{Any, Executor};
use uuid::Uuid;

use super::database::{Row, built};
use super::scim_lists::{ScimFilter, ScimStart, ScimTotal, USERS, by_id};
use super::{Change, DirectoryRow, Store, StoreError, row};
use crate::domain::organization::OrganizationId;
use crate::domain::scim::Object;

/// A user of a directory.
#[derive(Debug, Clone, PartialEq)]
pub struct ScimUserRow {
    /// The row's id.
    pub id: Uuid,
    /// Whose directory it is in.
    pub organization: OrganizationId,
    /// The directory.
    pub directory: Uuid,
    /// The account that follows it; `None` where an admin cut the link.
    pub account: Option<Uuid>,
    /// What the identity provider calls it.
    pub external_id: Option<String>,
    /// The name, in the spelling by which names are compared.
    pub user_name: String,
    /// What the identity provider says.
    pub resource: Object,
    /// Whether the user may come in.
    pub active: bool,
    /// When it was first said.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A group that a user is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupOfUser {
    /// The user.
    pub user: Uuid,
    /// The group.
    pub group: Uuid,
    /// What the group is called.
    pub display_name: String,
}

impl Store {
    /// A user of a directory.
    pub async fn scim_user(
        &self,
        directory: &DirectoryRow,
        id: Uuid,
    ) -> Result<Option<ScimUserRow>, StoreError> {
        by_id(self.readers(), &USERS, directory, id, user_row).await.map_err(self.fault())
    }

    /// Some users of a directory, in the order in which they were first said.
    pub async fn scim_users(
        &self,
        directory: &DirectoryRow,
        filter: &ScimFilter,
        start: ScimStart,
        limit: u32,
    ) -> Result<Vec<ScimUserRow>, StoreError> {
        self.list_kept(&USERS, directory, (filter, start, limit), user_row).await
    }

    /// How many there are of them.
    pub async fn count_scim_users(
        &self,
        directory: &DirectoryRow,
        filter: &ScimFilter,
    ) -> Result<ScimTotal, StoreError> {
        self.count_kept(&USERS, directory, filter).await
    }

    /// The groups that these users are in.
    pub async fn groups_of_scim_users(&self, users: &[Uuid]) -> Result<Vec<GroupOfUser>, StoreError> {
        if users.is_empty() {
            return Ok(Vec::new());
        }
        let list = self.connections.kind.rows(1, 1, users.len());
        let mut select = built(format!(
            "SELECT scim_group_members.user_id, scim_groups.id, scim_groups.display_name FROM scim_group_members \
             JOIN scim_groups ON scim_groups.id = scim_group_members.group_id \
             WHERE scim_group_members.user_id IN {list} ORDER BY scim_groups.name"
        ));
        for user in users {
            select = select.bind(user.as_bytes().as_slice());
        }
        let read = |row: Row| {
            Ok(GroupOfUser {
                user: row::id(&row, "user_id")?,
                group: row::id(&row, "id")?,
                display_name: row::text(&row, "display_name")?,
            })
        };
        select.try_map(read).fetch_all(self.readers()).await.map_err(self.fault())
    }

    /// Whether an account follows a directory, which alone changes its profile then.
    pub async fn is_synced(&self, organization: &OrganizationId, account: Uuid) -> Result<bool, StoreError> {
        Ok(of_account(self.readers(), organization, account).await.map_err(self.fault())?.is_some())
    }

    /// The user that an account follows.
    pub async fn scim_user_of_account(
        &self,
        organization: &OrganizationId,
        account: Uuid,
    ) -> Result<Option<ScimUserRow>, StoreError> {
        of_account(self.readers(), organization, account).await.map_err(self.fault())
    }
}

impl Change {
    /// A user of a directory.
    pub async fn scim_user(
        &mut self,
        directory: &DirectoryRow,
        id: Uuid,
    ) -> Result<Option<ScimUserRow>, StoreError> {
        by_id(self.connection(), &USERS, directory, id, user_row).await.map_err(self.fault())
    }

    /// Whether a directory has a user of this name.
    pub async fn has_scim_user_named(
        &mut self,
        directory: &DirectoryRow,
        user_name: &str,
    ) -> Result<bool, StoreError> {
        self.is_kept(&USERS, directory, user_name).await
    }

    /// The user that an account follows.
    pub async fn scim_user_of_account(
        &mut self,
        organization: &OrganizationId,
        account: Uuid,
    ) -> Result<Option<ScimUserRow>, StoreError> {
        of_account(self.connection(), organization, account).await.map_err(self.fault())
    }

    /// Adds a user. Look first whether its name and its account are free.
    pub async fn insert_scim_user(&mut self, new: &ScimUserRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO scim_users (id, organization, directory, account, external_id, user_name, resource, active, \
             created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(new.id.as_bytes().as_slice())
        .bind(new.organization.as_str())
        .bind(new.directory.as_bytes().as_slice())
        .bind(new.account.map(|id| id.into_bytes().to_vec()))
        .bind(new.external_id.as_deref())
        .bind(&new.user_name)
        .bind(serde_json::to_string(&new.resource).unwrap_or_default())
        .bind(i64::from(new.active))
        .bind(row::millis(new.created_at))
        .bind(row::millis(new.updated_at))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        self.count_one(&USERS, new.directory, 1).await
    }

    /// Writes a user as it is now, in place of the one with its id.
    pub async fn update_scim_user(&mut self, after: &ScimUserRow) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE scim_users SET account = $1, external_id = $2, user_name = $3, resource = $4, active = $5, \
             updated_at = $6 WHERE id = $7 AND directory = $8 AND organization = $9",
        )
        .bind(after.account.map(|id| id.into_bytes().to_vec()))
        .bind(after.external_id.as_deref())
        .bind(&after.user_name)
        .bind(serde_json::to_string(&after.resource).unwrap_or_default())
        .bind(i64::from(after.active))
        .bind(row::millis(after.updated_at))
        .bind(after.id.as_bytes().as_slice())
        .bind(after.directory.as_bytes().as_slice())
        .bind(after.organization.as_str())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    /// Removes a user, also from its groups.
    pub async fn delete_scim_user(
        &mut self,
        organization: &OrganizationId,
        directory: Uuid,
        id: Uuid,
    ) -> Result<(), StoreError> {
        self.delete_kept(&USERS, organization, directory, id).await?;
        Ok(())
    }
}

async fn of_account<'c>(
    executor: impl Executor<'c, Database = Any>,
    organization: &OrganizationId,
    account: Uuid,
) -> Result<Option<ScimUserRow>, sqlx::Error> {
    sqlx::query("SELECT * FROM scim_users WHERE account = $1 AND organization = $2")
        .bind(account.as_bytes().as_slice())
        .bind(organization.as_str())
        .try_map(|row: Row| user_row(&row))
        .fetch_optional(executor)
        .await
}

fn user_row(row: &Row) -> Result<ScimUserRow, sqlx::Error> {
    let resource = serde_json::from_str(&row::text(row, "resource")?);
    Ok(ScimUserRow {
        id: row::id(row, "id")?,
        organization: row::organization(row, "organization")?,
        directory: row::id(row, "directory")?,
        account: row::optional_id(row, "account")?,
        external_id: row::optional_text(row, "external_id")?,
        user_name: row::text(row, "user_name")?,
        resource: resource.map_err(|_| row::bad("resource", "a resource"))?,
        active: row::integer(row, "active")? != 0,
        created_at: row::time(row, "created_at")?,
        updated_at: row::time(row, "updated_at")?,
    })
}
