//! Accounts and their user keys: what the directory loads and imports. Its domains are in `domains.rs`.

use futures_util::future::join;
use jiff::Timestamp;
use serde::Deserialize;
use sqlx::Row as _;
use uuid::Uuid;

use super::database::{Kind, Row, built};
use super::timely::Timely;
use super::{Change, Store, StoreError, row};
use crate::domain::email::EmailAddress;
use crate::domain::lifecycle::{Claim, Standing};
use crate::domain::organization::OrganizationId;
use crate::entropy::Entropy;

/// Rows per read.
const PAGE: i64 = 5_000;
/// Rows per statement. Eleven values each stay far below the 32,766 that SQLite binds and the 65,535 of PostgreSQL.
const BATCH: usize = 500;

/// An account as decisions need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Whose account it is: of two organizations that know an address, each has an account of its own.
    pub organization: OrganizationId,
    /// Its address.
    pub email: EmailAddress,
    /// Its username at the products, folded to lower case.
    pub username: Option<String>,
    /// What the organization's claim amounts to.
    pub claim: Claim,
    /// Whether it may come in at all.
    pub standing: Standing,
    /// Until when its owner may come, as long as they are external.
    pub ends_at: Option<Timestamp>,
    /// The authentication policy it is a member of.
    pub policy: Option<Uuid>,
}

/// An account to be added or updated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Its address, by which it is found.
    pub email: EmailAddress,
    /// Its username at the products, folded to lower case. `None` keeps the one that is known.
    pub username: Option<String>,
    /// The person's name. `None` keeps the one that is known.
    pub name: Option<String>,
    /// Whether the organization claimed it.
    pub claimed: bool,
    /// Its user keys at the products, each (site, key). Some replace all that are known; none keep them.
    pub user_keys: Vec<UserKey>,
}

/// A product's own key for a person, which outlives a change of name. It means nothing at another site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserKey {
    /// The site's id.
    pub site: String,
    /// The key.
    pub key: String,
}

impl Store {
    /// Hands each account to `each`, all of one moment, and says how many there were. A moment in which an import is decided
    /// and not applied yet is none of these: see `imports.rs`.
    pub async fn each_account(&self, mut each: impl FnMut(AccountRow) + Send) -> Result<u64, StoreError> {
        let mut snapshot = self.settled().await?;
        let mut organizations = Interner::default();
        let (mut count, statement) = (0, self.connections.account_page());
        let mut page = account_page(statement, self.connections.ask(&mut snapshot), Vec::new())
            .await
            .map_err(self.fault())?;
        while let Some((rows, last)) = page {
            // The database makes the next page while this one is read.
            let next = account_page(statement, self.connections.ask(&mut snapshot), last);
            let read = async { each_row(&rows, |row| account_row(row, &mut organizations).map(&mut each)) };
            let (next, read) = join(next, read).await;
            count += read.map_err(self.fault())?;
            page = next.map_err(self.fault())?;
        }
        Ok(count)
    }

    /// Hands each imported user key and the address of its account to `each`, all of one moment.
    pub async fn each_user_key(
        &self,
        mut each: impl FnMut(UserKey, EmailAddress) + Send,
    ) -> Result<(), StoreError> {
        let mut snapshot = self.settled().await?;
        let mut last = UserKey { site: String::new(), key: String::new() };
        loop {
            let rows: String = sqlx::query_scalar(self.connections.user_key_page())
                .bind(&last.site)
                .bind(&last.key)
                .bind(PAGE)
                .fetch_one(self.connections.ask(&mut snapshot))
                .await
                .map_err(self.fault())?;
            let read = each_row(&rows, |(site, key, email): (String, String, &str)| {
                let (user, email) = (UserKey { site, key }, row::canonical_email(email, "email")?);
                last.clone_from(&user);
                each(user, email);
                Ok(())
            });
            if read.map_err(self.fault())? == 0 {
                return Ok(());
            }
        }
    }
}

impl Change {
    /// Adds accounts, and updates those whose address is known. Within one call an address, a username and a user key may
    /// come only once. A username or key that another account holds moves to the one that comes with it now. Who is claimed is a
    /// member of an authentication policy, of the default one if of none before; who is not is a member of none.
    pub async fn upsert_accounts(
        &mut self,
        organization: &OrganizationId,
        accounts: &[NewAccount],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let is_any_claimed = accounts.iter().any(|account| account.claimed);
        let policy = if is_any_claimed { Some(self.default_policy(organization, now).await?) } else { None };
        for batch in accounts.chunks(BATCH) {
            let (kind, mut connection) = (self.kind(), self.connection());
            let upsert = async {
                release_usernames(kind, connection.again(), organization, batch, now).await?;
                upsert_batch(kind, connection.again(), organization, batch, policy, now).await?;
                replace_user_keys(kind, connection, organization, batch).await
            };
            upsert.await.map_err(self.fault())?;
        }
        Ok(())
    }

    /// The address of the account that a user key was imported for.
    pub async fn email_of_user_key(&mut self, key: &UserKey) -> Result<Option<EmailAddress>, StoreError> {
        sqlx::query("SELECT email FROM user_keys WHERE site = $1 AND user_key = $2")
            .bind(&key.site)
            .bind(&key.key)
            .try_map(|row: Row| row::email(&row, "email"))
            .fetch_optional(self.connection())
            .await
            .map_err(self.fault())
    }

    /// Whether an address has an imported user key at a site that is another one than this.
    pub async fn has_other_user_key(
        &mut self,
        key: &UserKey,
        email: &EmailAddress,
    ) -> Result<bool, StoreError> {
        let others: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM user_keys WHERE email = $1 AND site = $2 AND user_key <> $3",
        )
        .bind(email.as_str())
        .bind(&key.site)
        .bind(&key.key)
        .fetch_one(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(others > 0)
    }
}

/// Frees the usernames of a batch, also those that move around within it; the upsert then gives them out again.
async fn release_usernames(
    kind: Kind,
    connection: Timely<'_>,
    organization: &OrganizationId,
    batch: &[NewAccount],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let usernames: Vec<&str> = batch.iter().filter_map(|account| account.username.as_deref()).collect();
    if usernames.is_empty() {
        return Ok(());
    }
    let (at, owner, list) = (kind.rows(1, 1, 1), kind.rows(2, 1, 1), kind.rows(3, 1, usernames.len()));
    let mut release = built(format!(
        "UPDATE accounts SET updated_at = {at}, username = NULL WHERE organization = {owner} AND username IN {list}"
    ))
    .bind(row::millis(now))
    .bind(organization.as_str());
    for username in usernames {
        release = release.bind(username);
    }
    release.execute(connection).await?;
    Ok(())
}

async fn upsert_batch(
    kind: Kind,
    connection: Timely<'_>,
    organization: &OrganizationId,
    batch: &[NewAccount],
    policy: Option<Uuid>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let rows = kind.rows(1, batch.len(), 11);
    let mut upsert = built(format!(
        "INSERT INTO accounts (id, organization, email, domain, username, name, claimed, created_at, updated_at, policy, policy_at) \
         VALUES {rows} \
         ON CONFLICT (organization, email) DO UPDATE SET username = coalesce(excluded.username, accounts.username), \
         name = coalesce(excluded.name, accounts.name), claimed = excluded.claimed, email_verified = 1, \
         updated_at = excluded.updated_at, \
         policy = CASE WHEN excluded.claimed = 1 THEN coalesce(accounts.policy, excluded.policy) END, \
         policy_at = CASE WHEN excluded.claimed = 1 THEN coalesce(accounts.policy_at, excluded.policy_at) END"
    ));
    for account in batch {
        upsert = upsert
            .bind(Entropy::System.row_id(now).into_bytes().to_vec())
            .bind(organization.as_str())
            .bind(account.email.as_str())
            .bind(account.email.domain())
            .bind(account.username.as_deref())
            .bind(account.name.as_deref())
            .bind(i64::from(account.claimed))
            .bind(row::millis(now))
            .bind(row::millis(now))
            .bind(policy.filter(|_| account.claimed).map(|id| id.into_bytes().to_vec()))
            .bind(account.claimed.then(|| row::millis(now)));
    }
    upsert.execute(connection).await?;
    Ok(())
}

/// An account that comes with keys has these and no others; a key that another account held moves here.
pub(super) async fn replace_user_keys(
    kind: Kind,
    mut connection: Timely<'_>,
    organization: &OrganizationId,
    batch: &[NewAccount],
) -> Result<(), sqlx::Error> {
    let keyed: Vec<&NewAccount> = batch.iter().filter(|account| !account.user_keys.is_empty()).collect();
    if keyed.is_empty() {
        return Ok(());
    }
    let (owner, list) = (kind.rows(1, 1, 1), kind.rows(2, 1, keyed.len()));
    let mut delete = built(format!("DELETE FROM user_keys WHERE organization = {owner} AND email IN {list}"))
        .bind(organization.as_str());
    for account in &keyed {
        delete = delete.bind(account.email.as_str());
    }
    delete.execute(connection.again()).await?;
    let keys = keyed.iter().flat_map(|account| account.user_keys.iter().map(|key| (key, &account.email)));
    for chunk in keys.collect::<Vec<_>>().chunks(BATCH) {
        let rows = kind.rows(1, chunk.len(), 4);
        let mut insert = built(format!(
            "INSERT INTO user_keys (organization, site, user_key, email) VALUES {rows} \
             ON CONFLICT (site, user_key) DO UPDATE SET organization = excluded.organization, email = excluded.email"
        ));
        for (key, email) in chunk {
            insert = insert.bind(organization.as_str()).bind(&key.site).bind(&key.key).bind(email.as_str());
        }
        insert.execute(connection.again()).await?;
    }
    Ok(())
}

/// Up to so many accounts after an id, and the id of the last one; none at the end.
async fn account_page(
    statement: &'static str,
    snapshot: Timely<'_>,
    after: Vec<u8>,
) -> Result<Option<(String, Vec<u8>)>, sqlx::Error> {
    let page = sqlx::query(statement).bind(after).bind(PAGE).fetch_one(snapshot).await?;
    let last: Option<Vec<u8>> = page.try_get("last")?;
    last.map(|last| Ok((row::text(&page, "rows")?, last))).transpose()
}

/// Hands each row of a page to `each`, and says how many there were.
fn each_row<'page, R: Deserialize<'page>>(
    page: &'page str,
    mut each: impl FnMut(R) -> Result<(), sqlx::Error>,
) -> Result<u64, sqlx::Error> {
    let rows: Vec<R> =
        serde_json::from_str(page).map_err(|_| row::bad("rows", "rows of the expected types"))?;
    let count = rows.len() as u64;
    rows.into_iter().try_for_each(&mut each)?;
    Ok(count)
}

/// Organization, the number of the claim, address, login name, the number of the standing, the end, the policy.
type AccountColumns<'page> = (&'page str, u8, &'page str, Option<String>, u8, Option<i64>, Option<Uuid>);

/// Accounts by the million share the few ids there are.
#[derive(Default)]
struct Interner(Vec<OrganizationId>);

impl Interner {
    fn id(&mut self, text: &str) -> Result<OrganizationId, sqlx::Error> {
        if let Some(known) = self.0.iter().find(|known| known.as_str() == text) {
            return Ok(known.clone());
        }
        let id = row::organization_id(text, "organization")?;
        self.0.push(id.clone());
        Ok(id)
    }
}

fn account_row(
    (organization, claim, email, username, standing, ends_at, policy): AccountColumns<'_>,
    organizations: &mut Interner,
) -> Result<AccountRow, sqlx::Error> {
    Ok(AccountRow {
        organization: organizations.id(organization)?,
        email: row::canonical_email(email, "email")?,
        username,
        claim: Claim::of_number(claim).ok_or_else(|| row::bad("claimed", "0 or 1"))?,
        standing: Standing::of_number(standing).ok_or_else(|| row::bad("status", "a status"))?,
        ends_at: ends_at.map(|millis| row::moment(millis, "ends_at")).transpose()?,
        policy,
    })
}
