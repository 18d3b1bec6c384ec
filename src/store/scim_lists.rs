//! What users and groups of directories have in common: they are found by an id, counted, and listed by place.
//!
//! Every statement names the directory and its organization: an id of another one is simply not found.

use sqlx::{Any, Executor};
use uuid::Uuid;

use super::database::{Row, built};
use super::{Change, DirectoryRow, Store, StoreError, row};
use crate::domain::organization::OrganizationId;

/// A kind of resource, as the database has it. Only words of ours are in it.
pub(super) struct Kept {
    /// Its table.
    pub(super) table: &'static str,
    /// The column of the name by which it is looked for.
    pub(super) name: &'static str,
    /// The column of a directory that says how many it has.
    pub(super) count: &'static str,
}

/// Users.
pub(super) const USERS: Kept = Kept { table: "scim_users", name: "user_name", count: "user_count" };
/// Groups.
pub(super) const GROUPS: Kept = Kept { table: "scim_groups", name: "name", count: "group_count" };

/// What a list is narrowed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScimFilter {
    /// Nothing.
    All,
    /// A name, in the spelling by which names are compared: of a user, or of a group.
    Name(String),
    /// What the identity provider calls it.
    ExternalId(String),
}

/// Where a page of a list begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScimStart {
    /// Behind so many, which are counted in the index.
    Behind(u64),
    /// Behind this one, however many there are before it.
    After(Uuid),
}

/// How long a list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScimTotal {
    /// How many it has.
    pub count: u64,
    /// Rises with each that comes to the directory or goes.
    pub version: i64,
}

impl Store {
    /// How many there are, by what their directory knows; those of a filter are few, and counted.
    pub(super) async fn count_kept(
        &self,
        kept: &Kept,
        directory: &DirectoryRow,
        filter: &ScimFilter,
    ) -> Result<ScimTotal, StoreError> {
        let (clause, value) = narrowed(filter, kept.name);
        let text = match filter {
            ScimFilter::All => format!(
                "SELECT {} AS number, version FROM directories WHERE organization = $1 AND id = $2 AND {clause}",
                kept.count
            ),
            _ => format!(
                "SELECT count(*) AS number, CAST(0 AS BIGINT) AS version FROM {} \
                 WHERE organization = $1 AND directory = $2 AND {clause}",
                kept.table
            ),
        };
        let read = |row: Row| {
            let count = row::integer(&row, "number")?.unsigned_abs();
            Ok(ScimTotal { count, version: row::integer(&row, "version")? })
        };
        let found = built(text)
            .bind(directory.organization.as_str())
            .bind(directory.id.as_bytes().as_slice())
            .bind(value)
            .try_map(read)
            .fetch_optional(self.readers());
        // A directory of another organization has nobody.
        Ok(found.await.map_err(self.fault())?.unwrap_or(ScimTotal { count: 0, version: 0 }))
    }

    /// Some of them, in the order in which they were first said.
    pub(super) async fn list_kept<T: Send + Unpin>(
        &self,
        kept: &Kept,
        directory: &DirectoryRow,
        (filter, start, limit): (&ScimFilter, ScimStart, u32),
        read: fn(&Row) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, StoreError> {
        let (clause, value) = narrowed(filter, kept.name);
        let of = format!("{} WHERE organization = $1 AND directory = $2 AND {clause}", kept.table);
        let begin = match start {
            ScimStart::After(_) => "id > $4".to_owned(),
            // Places are counted in the index alone: a row that is passed over is not read.
            ScimStart::Behind(_) => format!("id >= (SELECT id FROM {of} ORDER BY id LIMIT 1 OFFSET $4)"),
        };
        let query = built(format!("SELECT * FROM {of} AND {begin} ORDER BY id LIMIT $5"))
            .bind(directory.organization.as_str())
            .bind(directory.id.as_bytes().as_slice())
            .bind(value);
        let query = match start {
            ScimStart::After(id) => query.bind(id.into_bytes().to_vec()),
            ScimStart::Behind(passed) => query.bind(i64::try_from(passed).unwrap_or(i64::MAX)),
        };
        let rows = query.bind(i64::from(limit)).try_map(move |row: Row| read(&row));
        rows.fetch_all(self.readers()).await.map_err(self.fault())
    }
}

impl Change {
    /// Has a directory know that one came to it (1) or went (-1).
    pub(super) async fn count_one(
        &mut self,
        kept: &Kept,
        directory: Uuid,
        step: i64,
    ) -> Result<(), StoreError> {
        let count = kept.count;
        built(format!("UPDATE directories SET {count} = {count} + $1, version = version + 1 WHERE id = $2"))
            .bind(step)
            .bind(directory.into_bytes().to_vec())
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        Ok(())
    }

    /// Whether a directory has one of this name.
    pub(super) async fn is_kept(
        &mut self,
        kept: &Kept,
        directory: &DirectoryRow,
        name: &str,
    ) -> Result<bool, StoreError> {
        let Kept { table, name: column, .. } = kept;
        let found = built(format!(
            "SELECT id FROM {table} WHERE directory = $1 AND organization = $2 AND {column} = $3"
        ))
        .bind(directory.id.as_bytes().as_slice())
        .bind(directory.organization.as_str())
        .bind(name)
        .fetch_optional(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(found.is_some())
    }

    /// Removes one, and whatever it is in or is in it. Says whether there was one.
    pub(super) async fn delete_kept(
        &mut self,
        kept: &Kept,
        organization: &OrganizationId,
        directory: Uuid,
        id: Uuid,
    ) -> Result<bool, StoreError> {
        let table = kept.table;
        let deleted =
            built(format!("DELETE FROM {table} WHERE id = $1 AND directory = $2 AND organization = $3"))
                .bind(id.as_bytes().as_slice())
                .bind(directory.as_bytes().as_slice())
                .bind(organization.as_str())
                .execute(self.connection())
                .await
                .map_err(self.fault())?;
        let was_there = deleted.rows_affected() == 1;
        if was_there {
            self.count_one(kept, directory, -1).await?;
        }
        Ok(was_there)
    }
}

/// One of a directory.
pub(super) async fn by_id<'c, T: Send + Unpin>(
    executor: impl Executor<'c, Database = Any>,
    kept: &Kept,
    directory: &DirectoryRow,
    id: Uuid,
    read: fn(&Row) -> Result<T, sqlx::Error>,
) -> Result<Option<T>, sqlx::Error> {
    built(format!("SELECT * FROM {} WHERE id = $1 AND directory = $2 AND organization = $3", kept.table))
        .bind(id.as_bytes().as_slice())
        .bind(directory.id.as_bytes().as_slice())
        .bind(directory.organization.as_str())
        .try_map(move |row: Row| read(&row))
        .fetch_optional(executor)
        .await
}

/// What narrows a list, and the value that it is narrowed to.
fn narrowed<'f>(filter: &'f ScimFilter, name: &str) -> (String, &'f str) {
    match filter {
        // The value is asked for in every form, so that the numbers behind it stay.
        ScimFilter::All => ("$3 = ''".to_owned(), ""),
        ScimFilter::Name(value) => (format!("{name} = $3"), value),
        ScimFilter::ExternalId(value) => ("external_id = $3".to_owned(), value),
    }
}
