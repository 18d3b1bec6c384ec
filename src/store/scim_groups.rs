//! Groups of directories, and who is in them: users of the same directory.
//!
//! Every statement names the directory and its organization: an id of another one is simply not found.

use std::collections::HashSet;

use jiff::Timestamp;
use sqlx::{Any, Executor};
use uuid::Uuid;

use super::database::{Kind, Row, built};
use super::scim_lists::{GROUPS, ScimFilter, ScimStart, ScimTotal, by_id};
use super::statement::{Statement, Value};
use super::{Change, DirectoryRow, Store, StoreError, row};
use crate::domain::organization::OrganizationId;

/// Rows per statement.
const BATCH: usize = 500;

/// A group of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScimGroupRow {
    /// The row's id.
    pub id: Uuid,
    /// Whose directory it is in.
    pub organization: OrganizationId,
    /// The directory.
    pub directory: Uuid,
    /// What the identity provider calls it.
    pub external_id: Option<String>,
    /// Its name, as it was said.
    pub display_name: String,
    /// Its name, in the spelling by which names are compared.
    pub name: String,
    /// When it was first said.
    pub created_at: Timestamp,
    /// When it, or who is in it, was last changed.
    pub updated_at: Timestamp,
}

/// Somebody in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScimMember {
    /// The group.
    pub group: Uuid,
    /// The user.
    pub user: Uuid,
    /// What the identity provider calls the member.
    pub display: Option<String>,
}

impl Store {
    /// A group of a directory.
    pub async fn scim_group(
        &self,
        directory: &DirectoryRow,
        id: Uuid,
    ) -> Result<Option<ScimGroupRow>, StoreError> {
        by_id(self.readers(), &GROUPS, directory, id, scim_group_row).await.map_err(self.fault())
    }

    /// Some groups of a directory, in the order in which they were first said.
    pub async fn scim_groups(
        &self,
        directory: &DirectoryRow,
        filter: &ScimFilter,
        start: ScimStart,
        limit: u32,
    ) -> Result<Vec<ScimGroupRow>, StoreError> {
        self.list_kept(&GROUPS, directory, (filter, start, limit), scim_group_row).await
    }

    /// How many there are of them.
    pub async fn count_scim_groups(
        &self,
        directory: &DirectoryRow,
        filter: &ScimFilter,
    ) -> Result<ScimTotal, StoreError> {
        self.count_kept(&GROUPS, directory, filter).await
    }

    /// Who is in these groups.
    pub async fn scim_members(&self, groups: &[Uuid]) -> Result<Vec<ScimMember>, StoreError> {
        members(self.readers(), self.connections.kind, groups).await.map_err(self.fault())
    }

    /// Up to `limit` of those who are in a group.
    pub async fn some_scim_members(&self, group: Uuid, limit: usize) -> Result<Vec<ScimMember>, StoreError> {
        let mut statement =
            Statement::new(self.connections.kind, "SELECT * FROM scim_group_members WHERE group_id = ");
        let group = statement.bind_id(group);
        statement.push(&format!("{group} ORDER BY user_id"));
        statement.limit(limit);
        let found = statement.finish().try_map(|row: Row| member_row(&row)).fetch_all(self.readers());
        found.await.map_err(self.fault())
    }
}

impl Change {
    /// A group of a directory.
    pub async fn scim_group(
        &mut self,
        directory: &DirectoryRow,
        id: Uuid,
    ) -> Result<Option<ScimGroupRow>, StoreError> {
        by_id(self.connection(), &GROUPS, directory, id, scim_group_row).await.map_err(self.fault())
    }

    /// Who is in a group.
    pub async fn scim_members(&mut self, group: Uuid) -> Result<Vec<ScimMember>, StoreError> {
        let kind = self.kind();
        members(self.connection(), kind, &[group]).await.map_err(self.fault())
    }

    /// Which of these users are in a group; nobody else of it is read.
    pub async fn scim_members_among(
        &mut self,
        group: Uuid,
        users: &[Uuid],
    ) -> Result<Vec<ScimMember>, StoreError> {
        let mut found = Vec::with_capacity(users.len());
        for batch in users.chunks(BATCH) {
            let mut statement =
                Statement::new(self.kind(), "SELECT * FROM scim_group_members WHERE group_id = ");
            let group = statement.bind_id(group);
            statement.push(&group);
            statement.one_of("user_id", batch, Value::id);
            let some = statement.finish().try_map(|row: Row| member_row(&row)).fetch_all(self.connection());
            found.extend(some.await.map_err(self.fault())?);
        }
        found.sort_by_key(|member| member.user);
        Ok(found)
    }

    /// Whether a directory has a group of this name.
    pub async fn has_scim_group_named(
        &mut self,
        directory: &DirectoryRow,
        name: &str,
    ) -> Result<bool, StoreError> {
        self.is_kept(&GROUPS, directory, name).await
    }

    /// Which of these are users of a directory.
    pub async fn known_scim_users(
        &mut self,
        directory: &DirectoryRow,
        users: &[Uuid],
    ) -> Result<HashSet<Uuid>, StoreError> {
        let mut known = HashSet::with_capacity(users.len());
        for batch in users.chunks(BATCH) {
            let kind = self.kind();
            let one = |number| kind.rows(number, 1, 1);
            let (first, second, list) = (one(1), one(2), kind.rows(3, 1, batch.len()));
            let mut select = built(format!(
                "SELECT id FROM scim_users WHERE directory = {first} AND organization = {second} AND id IN {list}"
            ))
            .bind(directory.id.as_bytes().as_slice())
            .bind(directory.organization.as_str());
            for user in batch {
                select = select.bind(user.as_bytes().as_slice());
            }
            let found = select.try_map(|row: Row| row::id(&row, "id")).fetch_all(self.connection());
            known.extend(found.await.map_err(self.fault())?);
        }
        Ok(known)
    }

    /// Adds a group. Look first whether its name is free.
    pub async fn insert_scim_group(&mut self, new: &ScimGroupRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO scim_groups (id, organization, directory, external_id, display_name, name, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(new.id.as_bytes().as_slice())
        .bind(new.organization.as_str())
        .bind(new.directory.as_bytes().as_slice())
        .bind(new.external_id.as_deref())
        .bind(&new.display_name)
        .bind(&new.name)
        .bind(row::millis(new.created_at))
        .bind(row::millis(new.updated_at))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        self.count_one(&GROUPS, new.directory, 1).await
    }

    /// Writes what can change of a group, which is all but its name.
    pub async fn update_scim_group(&mut self, after: &ScimGroupRow) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE scim_groups SET external_id = $1, updated_at = $2 WHERE id = $3 AND directory = $4 AND organization = $5",
        )
        .bind(after.external_id.as_deref())
        .bind(row::millis(after.updated_at))
        .bind(after.id.as_bytes().as_slice())
        .bind(after.directory.as_bytes().as_slice())
        .bind(after.organization.as_str())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    /// Puts members into a group, or says anew what they are called.
    pub async fn upsert_scim_members(&mut self, members: &[ScimMember]) -> Result<(), StoreError> {
        for batch in members.chunks(BATCH) {
            let rows = self.kind().rows(1, batch.len(), 3);
            let mut insert = built(format!(
                "INSERT INTO scim_group_members (group_id, user_id, display) VALUES {rows} \
                 ON CONFLICT (group_id, user_id) DO UPDATE SET display = excluded.display"
            ));
            for member in batch {
                insert = insert
                    .bind(member.group.as_bytes().as_slice())
                    .bind(member.user.as_bytes().as_slice())
                    .bind(member.display.as_deref());
            }
            insert.execute(self.connection()).await.map_err(self.fault())?;
        }
        Ok(())
    }

    /// Takes members out of a group.
    pub async fn delete_scim_members(&mut self, group: Uuid, users: &[Uuid]) -> Result<(), StoreError> {
        for batch in users.chunks(BATCH) {
            let kind = self.kind();
            let (first, list) = (kind.rows(1, 1, 1), kind.rows(2, 1, batch.len()));
            let mut delete = built(format!(
                "DELETE FROM scim_group_members WHERE group_id = {first} AND user_id IN {list}"
            ))
            .bind(group.as_bytes().as_slice());
            for user in batch {
                delete = delete.bind(user.as_bytes().as_slice());
            }
            delete.execute(self.connection()).await.map_err(self.fault())?;
        }
        Ok(())
    }

    /// Removes a group.
    pub async fn delete_scim_group(&mut self, directory: &DirectoryRow, id: Uuid) -> Result<(), StoreError> {
        self.delete_kept(&GROUPS, &directory.organization, directory.id, id).await?;
        Ok(())
    }
}

async fn members<'c>(
    executor: impl Executor<'c, Database = Any>,
    kind: Kind,
    groups: &[Uuid],
) -> Result<Vec<ScimMember>, sqlx::Error> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = Statement::new(kind, "SELECT * FROM scim_group_members WHERE group_id IN ");
    let groups = statement.list(groups, Value::id);
    statement.push(&format!("{groups} ORDER BY group_id, user_id"));
    statement.finish().try_map(|row: Row| member_row(&row)).fetch_all(executor).await
}

fn member_row(row: &Row) -> Result<ScimMember, sqlx::Error> {
    Ok(ScimMember {
        group: row::id(row, "group_id")?,
        user: row::id(row, "user_id")?,
        display: row::optional_text(row, "display")?,
    })
}

pub(super) fn scim_group_row(row: &Row) -> Result<ScimGroupRow, sqlx::Error> {
    Ok(ScimGroupRow {
        id: row::id(row, "id")?,
        organization: row::organization(row, "organization")?,
        directory: row::id(row, "directory")?,
        external_id: row::optional_text(row, "external_id")?,
        display_name: row::text(row, "display_name")?,
        name: row::text(row, "name")?,
        created_at: row::time(row, "created_at")?,
        updated_at: row::time(row, "updated_at")?,
    })
}
