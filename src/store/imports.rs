//! Imports of millions: staged in parts, decided at once, applied in parts.
//!
//! One transaction for all of it keeps everybody else from writing for as long as it takes, half a minute for a million, and
//! after five seconds they are refused. So a file is first read into tables of its own, in parts between which others write.
//! Then one short transaction decides it, with its audit event: until then nothing of it counts, and from then on all of it
//! does. Applying it goes in parts again. All or nothing holds for what is enforced: running nodes read their tables again
//! when the last part is applied, and whoever loads tables finishes what is decided first, so that nobody ever judges by half
//! of an import. A process that is killed leaves either nothing that counts, or something that the next one finishes.
//! An account that is changed by itself while an import is applied is judged by what its row says then.

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::change_log::{self, ChangeKind};
use super::claims::POLICY_OF_CLAIMED;
use super::database::{Row, Transaction, built};
use super::directory::replace_user_keys;
use super::{Change, NewAccount, Store, StoreError, UserKey, row};
use crate::domain::domain_name::DomainName;
use crate::domain::organization::OrganizationId;
use crate::entropy::Entropy;

/// Rows per statement, of nine values each.
const BATCH: usize = 500;
/// Rows that are applied together: the others wait for half a second at most.
pub(super) const PART: i64 = 10_000;

/// An import whose file is being read.
#[derive(Debug, Clone)]
pub struct StagedImport {
    pub(super) id: Uuid,
    organization: OrganizationId,
    /// How many accounts it has so far.
    accounts: i64,
}

/// What came of applying a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportStep {
    /// No import is decided and unfinished.
    Nothing,
    /// A part was applied, and there is more.
    Part,
    /// The last part of an import was applied: it is enforced.
    Last,
}

impl Store {
    /// Applies the next part of whichever import was decided first.
    pub async fn apply_import(&self) -> Result<ImportStep, StoreError> {
        let mut transaction = self.connections.begin_write().await.map_err(self.fault())?;
        let applied = self.apply_part(&mut transaction).await.map_err(self.fault())?;
        self.connections.commit(transaction).await.map_err(self.fault())?;
        Ok(applied)
    }

    /// Applies all that is decided. Whoever finds nothing decided asks no more than that.
    pub async fn finish_imports(&self) -> Result<(), StoreError> {
        self.settled().await.map(|_| ())
    }

    /// Lets others write between two parts.
    pub async fn give_way(&self) {
        self.connections.give_way().await;
    }

    /// A moment to read in which no import is half applied. What is decided is finished first.
    pub(super) async fn settled(&self) -> Result<Transaction, StoreError> {
        loop {
            let mut snapshot = self.connections.begin_read().await.map_err(self.fault())?;
            let unfinished: i64 =
                sqlx::query_scalar("SELECT count(*) FROM imports WHERE decided_at IS NOT NULL")
                    .fetch_one(self.connections.ask(&mut snapshot))
                    .await
                    .map_err(self.fault())?;
            if unfinished == 0 {
                return Ok(snapshot);
            }
            drop(snapshot);
            if self.apply_import().await? == ImportStep::Part {
                self.give_way().await;
            }
        }
    }

    async fn apply_part(&self, transaction: &mut Transaction) -> Result<ImportStep, sqlx::Error> {
        let next = "SELECT id, organization, decided_at, detail FROM imports WHERE decided_at IS NOT NULL \
                    ORDER BY decided_at, id LIMIT 1";
        let import = sqlx::query(next)
            .try_map(|row: Row| {
                let (id, organization) = (row::id(&row, "id")?, row::organization(&row, "organization")?);
                Ok((id, organization, row::time(&row, "decided_at")?, row::text(&row, "detail")?))
            })
            .fetch_optional(self.connections.ask(transaction))
            .await?;
        let Some((id, organization, at, detail)) = import else { return Ok(ImportStep::Nothing) };
        let (count, last): (i64, Option<i64>) = sqlx::query_as(
            "SELECT count(*), max(number) FROM \
             (SELECT number FROM import_accounts WHERE import = $1 ORDER BY number LIMIT $2) AS part",
        )
        .bind(id.as_bytes().as_slice())
        .bind(PART)
        .fetch_one(self.connections.ask(transaction))
        .await?;
        if let Some(last) = last {
            self.apply_accounts(transaction, id, &organization, last, at).await?;
        }
        if count == PART {
            return Ok(ImportStep::Part);
        }
        sqlx::query("DELETE FROM imports WHERE id = $1")
            .bind(id.as_bytes().as_slice())
            .execute(self.connections.ask(transaction))
            .await?;
        let detail: Value = serde_json::from_str(&detail).unwrap_or_default();
        change_log::append(self.connections.ask(transaction), ChangeKind::Directory, &detail, at).await?;
        Ok(ImportStep::Last)
    }

    /// The same as [`Change::upsert_accounts`], of rows that are in the database already.
    async fn apply_accounts(
        &self,
        transaction: &mut Transaction,
        import: Uuid,
        organization: &OrganizationId,
        last: i64,
        at: Timestamp,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE accounts SET updated_at = $1, username = NULL WHERE organization = $2 AND username IN \
             (SELECT username FROM import_accounts WHERE import = $3 AND number <= $4 AND username IS NOT NULL)",
        )
        .bind(row::millis(at))
        .bind(organization.as_str())
        .bind(import.as_bytes().as_slice())
        .bind(last)
        .execute(self.connections.ask(transaction))
        .await?;
        // What an admin decided about a claim since counts more than the file.
        let upsert = "INSERT INTO accounts (id, organization, email, domain, username, name, claimed, created_at, updated_at) \
             SELECT id, $1, email, domain, username, name, claimed, $2, $2 FROM import_accounts \
             WHERE import = $3 AND number <= $4 ORDER BY number \
             ON CONFLICT (organization, email) DO UPDATE SET username = coalesce(excluded.username, accounts.username), \
             name = coalesce(excluded.name, accounts.name), email_verified = 1, updated_at = excluded.updated_at, \
             claimed = CASE WHEN accounts.claim_changed_at >= $2 THEN accounts.claimed ELSE excluded.claimed END";
        sqlx::query(upsert)
            .bind(organization.as_str())
            .bind(row::millis(at))
            .bind(import.as_bytes().as_slice())
            .bind(last)
            .execute(self.connections.ask(transaction))
            .await?;
        self.settle_policies(transaction, import, organization, last, at).await?;
        let keyed = self.keyed_part(transaction, import, last).await?;
        for batch in keyed.chunks(BATCH) {
            replace_user_keys(self.connections.kind, self.connections.ask(transaction), organization, batch)
                .await?;
        }
        sqlx::query("DELETE FROM import_accounts WHERE import = $1 AND number <= $2")
            .bind(import.as_bytes().as_slice())
            .bind(last)
            .execute(self.connections.ask(transaction))
            .await?;
        Ok(())
    }

    /// Who is claimed is a member of a policy, and who is not is of none.
    async fn settle_policies(
        &self,
        transaction: &mut Transaction,
        import: Uuid,
        organization: &OrganizationId,
        last: i64,
        at: Timestamp,
    ) -> Result<(), sqlx::Error> {
        let settle = format!(
            "UPDATE accounts SET policy = CASE WHEN claimed = 1 THEN {POLICY_OF_CLAIMED} END, policy_at = $1 \
             WHERE organization = $2 AND (claimed = 1) <> (policy IS NOT NULL) AND email IN \
             (SELECT email FROM import_accounts WHERE import = $3 AND number <= $4)"
        );
        built(settle)
            .bind(row::millis(at))
            .bind(organization.as_str())
            .bind(import.as_bytes().as_slice())
            .bind(last)
            .execute(self.connections.ask(transaction))
            .await?;
        Ok(())
    }

    async fn keyed_part(
        &self,
        transaction: &mut Transaction,
        import: Uuid,
        last: i64,
    ) -> Result<Vec<NewAccount>, sqlx::Error> {
        let keyed = "SELECT email, user_keys FROM import_accounts WHERE import = $1 AND number <= $2 \
                     AND user_keys IS NOT NULL ORDER BY number";
        sqlx::query(keyed)
            .bind(import.as_bytes().as_slice())
            .bind(last)
            .try_map(|row: Row| {
                let pairs: Vec<(String, String)> = serde_json::from_str(&row::text(&row, "user_keys")?)
                    .map_err(|_| row::bad("user_keys", "pairs of site and key"))?;
                let user_keys = pairs.into_iter().map(|(site, key)| UserKey { site, key }).collect();
                let email = row::email(&row, "email")?;
                Ok(NewAccount { email, username: None, name: None, claimed: false, user_keys })
            })
            .fetch_all(self.connections.ask(transaction))
            .await
    }
}

impl Store {
    /// Begins an import, of which nothing counts until it is decided.
    pub async fn begin_import(
        &self,
        organization: &OrganizationId,
        now: Timestamp,
    ) -> Result<StagedImport, StoreError> {
        let id = Entropy::System.row_id(now);
        let mut transaction = self.connections.begin_write().await.map_err(self.fault())?;
        sqlx::query("INSERT INTO imports (id, organization, began_at) VALUES ($1, $2, $3)")
            .bind(id.as_bytes().as_slice())
            .bind(organization.as_str())
            .bind(row::millis(now))
            .execute(self.connections.ask(&mut transaction))
            .await
            .map_err(self.fault())?;
        self.connections.commit(transaction).await.map_err(self.fault())?;
        Ok(StagedImport { id, organization: organization.clone(), accounts: 0 })
    }

    /// Adds a part to an import. Nothing of it counts yet, so it has no audit event.
    pub async fn stage(
        &self,
        import: &mut StagedImport,
        domains: &[DomainName],
        accounts: &[NewAccount],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.connections.begin_write().await.map_err(self.fault())?;
        for batch in domains.chunks(BATCH) {
            let rows = self.connections.kind.rows(1, batch.len(), 2);
            let mut insert = built(format!("INSERT INTO import_domains (import, name) VALUES {rows}"));
            for domain in batch {
                insert = insert.bind(import.id.as_bytes().to_vec()).bind(domain.as_str());
            }
            insert.execute(self.connections.ask(&mut transaction)).await.map_err(self.fault())?;
        }
        for batch in accounts.chunks(BATCH) {
            let rows = self.connections.kind.rows(1, batch.len(), 9);
            let mut insert = built(format!(
                "INSERT INTO import_accounts (import, number, id, email, domain, username, name, claimed, user_keys) VALUES {rows}"
            ));
            for account in batch {
                import.accounts += 1;
                insert = insert
                    .bind(import.id.as_bytes().to_vec())
                    .bind(import.accounts)
                    .bind(Entropy::System.row_id(now).into_bytes().to_vec())
                    .bind(account.email.as_str())
                    .bind(account.email.domain())
                    .bind(account.username.as_deref())
                    .bind(account.name.as_deref())
                    .bind(i64::from(account.claimed))
                    .bind(user_keys(account));
            }
            insert.execute(self.connections.ask(&mut transaction)).await.map_err(self.fault())?;
        }
        self.connections.commit(transaction).await.map_err(self.fault())
    }
}

impl Change {
    /// Decides an import: its domains are the organization's own, and from the end of this transaction on all of its accounts
    /// will be applied. One domain that another organization owns is named, and nothing may be committed then.
    pub async fn decide_import(
        &mut self,
        import: &StagedImport,
        detail: &Value,
        now: Timestamp,
    ) -> Result<Option<DomainName>, StoreError> {
        let names: Vec<DomainName> =
            sqlx::query("SELECT name FROM import_domains WHERE import = $1 ORDER BY name")
                .bind(import.id.as_bytes().as_slice())
                .try_map(|row: Row| row::domain(&row, "name"))
                .fetch_all(self.connection())
                .await
                .map_err(self.fault())?;
        // Those that it owns already stay in force; the others come into force with the accounts: see `verified_domains`.
        let owned = "DELETE FROM import_domains WHERE import = $1 AND EXISTS (SELECT 1 FROM domains \
                     WHERE domains.organization = $2 AND domains.name = import_domains.name \
                     AND domains.status IN ('verified', 'missing_token'))";
        sqlx::query(owned)
            .bind(import.id.as_bytes().as_slice())
            .bind(import.organization.as_str())
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        let taken = self.upsert_domains(&import.organization, &names, now).await?;
        if taken.is_some() {
            return Ok(taken);
        }
        let claimed: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM (SELECT 1 FROM import_accounts WHERE import = $1 AND claimed = 1 LIMIT 1) AS claimed",
        )
        .bind(import.id.as_bytes().as_slice())
        .fetch_one(self.connection())
        .await
        .map_err(self.fault())?;
        if claimed > 0 {
            // It is there when the accounts join it.
            self.default_policy(&import.organization, now).await?;
        }
        sqlx::query("UPDATE imports SET decided_at = $1, detail = $2 WHERE id = $3")
            .bind(row::millis(now))
            .bind(detail.to_string())
            .bind(import.id.as_bytes().as_slice())
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        Ok(None)
    }
}

fn user_keys(account: &NewAccount) -> Option<String> {
    let pairs: Vec<(&str, &str)> =
        account.user_keys.iter().map(|key| (key.site.as_str(), key.key.as_str())).collect();
    (!pairs.is_empty()).then(|| serde_json::json!(pairs).to_string())
}

/// Whether an address is in an import that is not applied yet, for tests of what is left behind.
#[cfg(test)]
pub(super) async fn is_staged(store: &Store, email: &crate::domain::email::EmailAddress) -> bool {
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM import_accounts WHERE email = $1")
        .bind(email.as_str())
        .fetch_one(store.readers())
        .await
        .unwrap();
    count > 0
}
