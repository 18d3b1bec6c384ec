//! Verified domains, accounts and pins: what the directory loads, follows and imports.

use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::sqlite::{Connection, Database, Row};
use super::{Change, ChangeKind, Store, StoreError, row};
use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::entropy::Entropy;

/// Rows per read.
const PAGE: i64 = 5_000;
/// Rows per statement. Seven values each stay far below the 32,766 that SQLite binds and the 65,535 of PostgreSQL.
const BATCH: usize = 500;

/// An account as decisions need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Its stable id.
    pub id: Uuid,
    /// Its address.
    pub email: EmailAddress,
    /// Its username at the products, folded to lower case.
    pub username: Option<String>,
    /// Whether the organization claimed it.
    pub claimed: bool,
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
}

/// The address that a person at a site is judged by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinRow {
    /// The site.
    pub site: String,
    /// The product's key for the person, which outlives a change of name.
    pub user_key: String,
    /// The username at first sight.
    pub username: String,
    /// The address; `None` where neither product nor directory revealed one.
    pub email: Option<EmailAddress>,
}

impl PinRow {
    fn to_json(&self) -> Value {
        json!({
            "site": self.site, "user_key": self.user_key, "username": self.username,
            "email": self.email.as_ref().map(EmailAddress::as_str),
        })
    }

    pub(super) fn from_json(text: &str) -> Option<Self> {
        let detail: Value = serde_json::from_str(text).ok()?;
        let field = |name: &str| detail.get(name)?.as_str().map(str::to_owned);
        let email = match detail.get("email")? {
            Value::Null => None,
            email => Some(EmailAddress::parse(email.as_str()?).ok()?),
        };
        Some(Self { site: field("site")?, user_key: field("user_key")?, username: field("username")?, email })
    }
}

impl Store {
    /// All verified domains.
    pub async fn verified_domains(&self) -> Result<Vec<DomainName>, StoreError> {
        sqlx::query("SELECT name FROM domains ORDER BY name")
            .try_map(|row: Row| row::domain(&row, "name"))
            .fetch_all(&self.readers)
            .await
            .map_err(self.fault())
    }

    /// Hands each account to `each`, all of one moment, and says how many there were.
    pub async fn each_account(&self, mut each: impl FnMut(AccountRow) + Send) -> Result<u64, StoreError> {
        let mut snapshot = self.readers.begin().await.map_err(self.fault())?;
        // By pages: rows that are fetched one by one cost twice as much, and ten million must not be held at once.
        let (mut count, mut after) = (0, Vec::new());
        loop {
            let page = sqlx::query(
                "SELECT id, email, username, claimed FROM accounts WHERE id > $1 ORDER BY id LIMIT $2",
            )
            .bind(after)
            .bind(PAGE)
            .try_map(|row: Row| account_row(&row))
            .fetch_all(&mut *snapshot)
            .await
            .map_err(self.fault())?;
            let Some(last) = page.last() else { return Ok(count) };
            after = last.id.as_bytes().to_vec();
            count += page.len() as u64;
            page.into_iter().for_each(&mut each);
        }
    }

    /// Hands each pin to `each`, all of one moment, and says how many there were.
    pub async fn each_pin(&self, mut each: impl FnMut(PinRow) + Send) -> Result<u64, StoreError> {
        let mut snapshot = self.readers.begin().await.map_err(self.fault())?;
        let (mut count, mut after) = (0, (String::new(), String::new()));
        loop {
            let page = sqlx::query(
                "SELECT site, user_key, username, email FROM pins \
                 WHERE (site, user_key) > ($1, $2) ORDER BY site, user_key LIMIT $3",
            )
            .bind(after.0)
            .bind(after.1)
            .bind(PAGE)
            .try_map(|row: Row| pin_row(&row))
            .fetch_all(&mut *snapshot)
            .await
            .map_err(self.fault())?;
            let Some(last) = page.last() else { return Ok(count) };
            after = (last.site.clone(), last.user_key.clone());
            count += page.len() as u64;
            page.into_iter().for_each(&mut each);
        }
    }
}

impl Change {
    /// Pins a person to an address and tells all nodes; true if they were not pinned yet. A pin is never moved here:
    /// who changes the address at the product does not change who they are judged as.
    pub async fn pin(&mut self, pin: &PinRow, now: Timestamp) -> Result<bool, StoreError> {
        let pinned = sqlx::query(
            "INSERT INTO pins (site, user_key, username, email, pinned_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (site, user_key) DO NOTHING",
        )
        .bind(&pin.site)
        .bind(&pin.user_key)
        .bind(&pin.username)
        .bind(pin.email.as_ref().map(EmailAddress::as_str))
        .bind(row::millis(now))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        if pinned.rows_affected() == 0 {
            return Ok(false);
        }
        self.log_change(ChangeKind::Pin, &pin.to_json(), now).await?;
        Ok(true)
    }

    /// Adds verified domains; those that are verified already keep their date.
    pub async fn upsert_domains(&mut self, domains: &[DomainName], now: Timestamp) -> Result<(), StoreError> {
        for batch in domains.chunks(BATCH) {
            let mut insert = QueryBuilder::<Database>::new("INSERT INTO domains (name, verified_at) ");
            insert.push_values(batch, |mut values, domain| {
                values.push_bind(domain.as_str()).push_bind(row::millis(now));
            });
            insert.push(" ON CONFLICT (name) DO NOTHING");
            insert.build().execute(self.connection()).await.map_err(self.fault())?;
        }
        Ok(())
    }

    /// Adds accounts, and updates those whose address is known. Within one call an address and a username may come only
    /// once. A username that another account holds moves to the one that comes with it now.
    pub async fn upsert_accounts(
        &mut self,
        accounts: &[NewAccount],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for batch in accounts.chunks(BATCH) {
            release_usernames(self.connection(), batch, now).await.map_err(self.fault())?;
            upsert_batch(self.connection(), batch, now).await.map_err(self.fault())?;
        }
        Ok(())
    }
}

/// Frees the usernames of a batch, also those that move around within it; the upsert then gives them out again.
async fn release_usernames(
    connection: &mut Connection,
    batch: &[NewAccount],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let usernames: Vec<&str> = batch.iter().filter_map(|account| account.username.as_deref()).collect();
    if usernames.is_empty() {
        return Ok(());
    }
    let mut release = QueryBuilder::<Database>::new("UPDATE accounts SET username = NULL, updated_at = ");
    release.push_bind(row::millis(now)).push(" WHERE username IN (");
    let mut list = release.separated(", ");
    for username in usernames {
        list.push_bind(username);
    }
    release.push(")").build().execute(connection).await?;
    Ok(())
}

async fn upsert_batch(
    connection: &mut Connection,
    batch: &[NewAccount],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let columns = "INSERT INTO accounts (id, email, username, name, claimed, created_at, updated_at) ";
    let mut upsert = QueryBuilder::<Database>::new(columns);
    upsert.push_values(batch, |mut values, account| {
        values
            .push_bind(Entropy::System.row_id(now).into_bytes().to_vec())
            .push_bind(account.email.as_str())
            .push_bind(account.username.as_deref())
            .push_bind(account.name.as_deref())
            .push_bind(i64::from(account.claimed))
            .push_bind(row::millis(now))
            .push_bind(row::millis(now));
    });
    upsert.push(
        " ON CONFLICT (email) DO UPDATE SET username = coalesce(excluded.username, accounts.username), \
         name = coalesce(excluded.name, accounts.name), claimed = excluded.claimed, updated_at = excluded.updated_at",
    );
    upsert.build().execute(connection).await?;
    Ok(())
}

fn account_row(row: &Row) -> Result<AccountRow, sqlx::Error> {
    Ok(AccountRow {
        id: row::id(row, "id")?,
        email: row::email(row, "email")?,
        username: row::optional_text(row, "username")?,
        claimed: match row::integer(row, "claimed")? {
            0 => false,
            1 => true,
            _ => return Err(row::bad("claimed", "0 or 1")),
        },
    })
}

fn pin_row(row: &Row) -> Result<PinRow, sqlx::Error> {
    Ok(PinRow {
        site: row::text(row, "site")?,
        user_key: row::text(row, "user_key")?,
        username: row::text(row, "username")?,
        email: row::optional_email(row, "email")?,
    })
}
