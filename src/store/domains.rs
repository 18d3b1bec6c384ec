//! Domains: what each is to an organization. Many may try for one, and one at most owns it, which the schema sees to.
//!
//! Who changes a row says what it was when they looked at it: a row that is another by now stays as it is.

use jiff::Timestamp;
use sqlx::{Any, Executor};
use uuid::Uuid;

use super::database::{Kind, Row, built};
use super::timely::Timely;
use super::{Change, Store, StoreError, row};
use crate::domain::domain_name::DomainName;
use crate::domain::organization::OrganizationId;
use crate::domain::owned_domain::{Method, Status};
use crate::domain::ownership::Nonce;
use crate::entropy::Entropy;

/// Rows per statement, with eight values each.
const BATCH: usize = 500;

/// A domain of an organization, owned or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainRow {
    /// The row's id.
    pub id: Uuid,
    /// Whose row it is.
    pub organization: OrganizationId,
    /// The domain.
    pub name: DomainName,
    /// What the token of this attempt is made from.
    pub nonce: Nonce,
    /// What the domain is to the organization.
    pub status: Status,
    /// How it was proved; `None` until it was.
    pub method: Option<Method>,
    /// When it was added last, which is the age of the nonce.
    pub created_at: Timestamp,
    /// Since when it is owned, or when it last came to be.
    pub verified_at: Option<Timestamp>,
    /// When its token was last looked for.
    pub checked_at: Option<Timestamp>,
    /// When its token was last seen.
    pub seen_at: Option<Timestamp>,
    /// When two organizations last both proved it.
    pub disputed_at: Option<Timestamp>,
}

impl Store {
    /// All verified domains, each with its one owner. One that comes with an import is in force when its accounts are.
    pub async fn verified_domains(&self) -> Result<Vec<(DomainName, OrganizationId)>, StoreError> {
        sqlx::query(
            "SELECT name, organization FROM domains WHERE status IN ('verified', 'missing_token') \
             AND NOT EXISTS (SELECT 1 FROM imports JOIN import_domains ON import_domains.import = imports.id \
             WHERE imports.decided_at IS NOT NULL AND imports.organization = domains.organization \
             AND import_domains.name = domains.name) ORDER BY name",
        )
        .try_map(|row: Row| Ok((row::domain(&row, "name")?, row::organization(&row, "organization")?)))
        .fetch_all(self.readers())
        .await
        .map_err(self.fault())
    }

    /// All domains of an organization, by name.
    pub async fn domains(&self, organization: &OrganizationId) -> Result<Vec<DomainRow>, StoreError> {
        sqlx::query("SELECT * FROM domains WHERE organization = $1 ORDER BY name")
            .bind(organization.as_str())
            .try_map(|row: Row| domain_row(&row))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())
    }

    /// A domain of an organization.
    pub async fn domain(
        &self,
        organization: &OrganizationId,
        name: &DomainName,
    ) -> Result<Option<DomainRow>, StoreError> {
        find(self.readers(), organization, name).await.map_err(self.fault())
    }

    /// Up to so many domains of an organization after a name, by name.
    pub async fn domains_after(
        &self,
        organization: &OrganizationId,
        name: &str,
        limit: u32,
    ) -> Result<Vec<DomainRow>, StoreError> {
        sqlx::query("SELECT * FROM domains WHERE organization = $1 AND name > $2 ORDER BY name LIMIT $3")
            .bind(organization.as_str())
            .bind(name)
            .bind(i64::from(limit))
            .try_map(|row: Row| domain_row(&row))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())
    }

    /// A domain of an organization by its id.
    pub async fn domain_by_id(
        &self,
        organization: &OrganizationId,
        id: Uuid,
    ) -> Result<Option<DomainRow>, StoreError> {
        sqlx::query("SELECT * FROM domains WHERE organization = $1 AND id = $2")
            .bind(organization.as_str())
            .bind(id.as_bytes().as_slice())
            .try_map(|row: Row| domain_row(&row))
            .fetch_optional(self.readers())
            .await
            .map_err(self.fault())
    }

    /// The row by which a domain is owned.
    pub async fn owned_domain(&self, name: &DomainName) -> Result<Option<DomainRow>, StoreError> {
        find_owned(self.readers(), name).await.map_err(self.fault())
    }

    /// Owned domains that published a token, and were not looked at since `checked` or not seen since `seen`.
    pub async fn domains_to_check(
        &self,
        checked: Timestamp,
        seen: Timestamp,
    ) -> Result<Vec<DomainRow>, StoreError> {
        sqlx::query(
            "SELECT * FROM domains WHERE status IN ('verified', 'missing_token') AND method IN ('dns', 'http') \
             AND (checked_at <= $1 OR seen_at <= $2 OR checked_at IS NULL OR seen_at IS NULL) ORDER BY checked_at",
        )
        .bind(row::millis(checked))
        .bind(row::millis(seen))
        .try_map(|row: Row| domain_row(&row))
        .fetch_all(self.readers())
        .await
        .map_err(self.fault())
    }

    /// Notes when a token was looked for and seen. No status changes by this, so it has no audit event.
    pub async fn note_check(
        &self,
        before: &DomainRow,
        checked_at: Timestamp,
        seen_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.connections.begin_write().await.map_err(self.fault())?;
        sqlx::query(
            "UPDATE domains SET checked_at = $1, seen_at = coalesce($2, seen_at) \
             WHERE id = $3 AND nonce = $4 AND status = $5",
        )
        .bind(row::millis(checked_at))
        .bind(seen_at.map(row::millis))
        .bind(before.id.as_bytes().as_slice())
        .bind(before.nonce.as_slice())
        .bind(before.status.label())
        .execute(self.connections.ask(&mut transaction))
        .await
        .map_err(self.fault())?;
        self.connections.commit(transaction).await.map_err(self.fault())
    }
}

impl Change {
    /// Adds verified domains for which an operator vouches; those that are owned already keep their date. One that another
    /// organization owns stays with it, and is named.
    pub async fn upsert_domains(
        &mut self,
        organization: &OrganizationId,
        domains: &[DomainName],
        now: Timestamp,
    ) -> Result<Option<DomainName>, StoreError> {
        for batch in domains.chunks(BATCH) {
            let kind = self.kind();
            let taken = taken_domain(kind, self.connection(), organization, batch).await;
            let taken = taken.map_err(self.fault())?;
            if taken.is_some() {
                return Ok(taken);
            }
            vouch(kind, self.connection(), organization, batch, now).await.map_err(self.fault())?;
        }
        Ok(None)
    }

    /// A domain of an organization.
    pub async fn domain(
        &mut self,
        organization: &OrganizationId,
        name: &DomainName,
    ) -> Result<Option<DomainRow>, StoreError> {
        find(self.connection(), organization, name).await.map_err(self.fault())
    }

    /// The row by which a domain is owned.
    pub async fn owned_domain(&mut self, name: &DomainName) -> Result<Option<DomainRow>, StoreError> {
        find_owned(self.connection(), name).await.map_err(self.fault())
    }

    /// Adds a domain that the organization does not have yet, unproved.
    pub async fn insert_domain(&mut self, new: &DomainRow) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO domains (id, organization, name, nonce, status, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(new.id.as_bytes().as_slice())
        .bind(new.organization.as_str())
        .bind(new.name.as_str())
        .bind(new.nonce.as_slice())
        .bind(new.status.label())
        .bind(row::millis(new.created_at))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    /// Changes a domain, if its row still has the nonce and the status that it had before. Says whether it did.
    pub async fn update_domain(&mut self, before: &DomainRow, after: &DomainRow) -> Result<bool, StoreError> {
        let changed = sqlx::query(
            "UPDATE domains SET nonce = $1, status = $2, method = $3, created_at = $4, verified_at = $5, \
             checked_at = $6, seen_at = $7, disputed_at = $8 WHERE id = $9 AND nonce = $10 AND status = $11",
        )
        .bind(after.nonce.as_slice())
        .bind(after.status.label())
        .bind(after.method.map(Method::label))
        .bind(row::millis(after.created_at))
        .bind(after.verified_at.map(row::millis))
        .bind(after.checked_at.map(row::millis))
        .bind(after.seen_at.map(row::millis))
        .bind(after.disputed_at.map(row::millis))
        .bind(before.id.as_bytes().as_slice())
        .bind(before.nonce.as_slice())
        .bind(before.status.label())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(changed.rows_affected() == 1)
    }

    /// Removes a domain from its organization.
    pub async fn delete_domain(&mut self, id: Uuid) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM domains WHERE id = $1")
            .bind(id.as_bytes().as_slice())
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        Ok(())
    }

    /// Ends every dispute about a domain: its owner is another one now, or nobody.
    pub async fn end_disputes(&mut self, name: &DomainName) -> Result<(), StoreError> {
        sqlx::query("UPDATE domains SET disputed_at = NULL WHERE name = $1 AND disputed_at IS NOT NULL")
            .bind(name.as_str())
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        Ok(())
    }
}

async fn find<'c>(
    executor: impl Executor<'c, Database = Any>,
    organization: &OrganizationId,
    name: &DomainName,
) -> Result<Option<DomainRow>, sqlx::Error> {
    sqlx::query("SELECT * FROM domains WHERE organization = $1 AND name = $2")
        .bind(organization.as_str())
        .bind(name.as_str())
        .try_map(|row: Row| domain_row(&row))
        .fetch_optional(executor)
        .await
}

async fn find_owned<'c>(
    executor: impl Executor<'c, Database = Any>,
    name: &DomainName,
) -> Result<Option<DomainRow>, sqlx::Error> {
    sqlx::query("SELECT * FROM domains WHERE name = $1 AND status IN ('verified', 'missing_token')")
        .bind(name.as_str())
        .try_map(|row: Row| domain_row(&row))
        .fetch_optional(executor)
        .await
}

/// One of these domains that another organization owns. That it tries for one counts for nothing.
async fn taken_domain(
    kind: Kind,
    connection: Timely<'_>,
    organization: &OrganizationId,
    batch: &[DomainName],
) -> Result<Option<DomainName>, sqlx::Error> {
    let (owner, list) = (kind.rows(1, 1, 1), kind.rows(2, 1, batch.len()));
    let mut others = built(format!(
        "SELECT name FROM domains WHERE status IN ('verified', 'missing_token') AND organization <> {owner} \
         AND name IN {list} ORDER BY name LIMIT 1"
    ))
    .bind(organization.as_str());
    for domain in batch {
        others = others.bind(domain.as_str());
    }
    others.try_map(|row: Row| row::domain(&row, "name")).fetch_optional(connection).await
}

/// The operator's word counts whatever the domain published before, and no longer depends on it.
async fn vouch(
    kind: Kind,
    connection: Timely<'_>,
    organization: &OrganizationId,
    batch: &[DomainName],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let rows = kind.rows(1, batch.len(), 8);
    let mut insert = built(format!(
        "INSERT INTO domains (id, organization, name, nonce, method, status, created_at, verified_at) VALUES {rows} \
         ON CONFLICT (organization, name) DO UPDATE SET method = excluded.method, status = excluded.status, \
         disputed_at = NULL, verified_at = CASE WHEN domains.status IN ('verified', 'missing_token') \
         THEN domains.verified_at ELSE excluded.verified_at END"
    ));
    for domain in batch {
        insert = insert
            .bind(Entropy::System.row_id(now).into_bytes().to_vec())
            .bind(organization.as_str())
            .bind(domain.as_str())
            .bind(Entropy::System.bytes::<16>().to_vec())
            .bind(Method::Import.label())
            .bind(Status::Verified.label())
            .bind(row::millis(now))
            .bind(row::millis(now));
    }
    insert.execute(connection).await?;
    Ok(())
}

fn domain_row(row: &Row) -> Result<DomainRow, sqlx::Error> {
    let method = row::optional_text(row, "method")?
        .map(|label| Method::of(&label).ok_or_else(|| row::bad("method", "a method")))
        .transpose()?;
    Ok(DomainRow {
        id: row::id(row, "id")?,
        organization: row::organization(row, "organization")?,
        name: row::domain(row, "name")?,
        nonce: row::bytes(row, "nonce")?,
        status: Status::of(&row::text(row, "status")?).ok_or_else(|| row::bad("status", "a status"))?,
        method,
        created_at: row::time(row, "created_at")?,
        verified_at: row::optional_time(row, "verified_at")?,
        checked_at: row::optional_time(row, "checked_at")?,
        seen_at: row::optional_time(row, "seen_at")?,
        disputed_at: row::optional_time(row, "disputed_at")?,
    })
}
