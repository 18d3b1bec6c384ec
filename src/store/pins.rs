//! Pins: the address that a person at a site is judged by. Set at first sight, moved by an operator alone.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::database::Row;
use super::{Change, ChangeKind, Store, StoreError, UserKey, row};
use crate::domain::email::EmailAddress;

/// Rows per read.
const PAGE: i64 = 5_000;

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
    /// Whether the address was first seen for somebody else. Such a pin never holds its address.
    pub disputed: bool,
    /// Whether an operator accepted the address for this person.
    pub accepted: bool,
}

impl PinRow {
    fn to_json(&self) -> Value {
        json!({
            "site": self.site, "user_key": self.user_key, "username": self.username,
            "email": self.email.as_ref().map(EmailAddress::as_str),
            "disputed": self.disputed, "accepted": self.accepted,
        })
    }

    pub(super) fn from_json(text: &str) -> Option<Self> {
        let detail: Value = serde_json::from_str(text).ok()?;
        let field = |name: &str| detail.get(name)?.as_str().map(str::to_owned);
        let switch = |name: &str| detail.get(name).and_then(Value::as_bool).unwrap_or(false);
        let email = match detail.get("email")? {
            Value::Null => None,
            email => Some(EmailAddress::parse(email.as_str()?).ok()?),
        };
        Some(Self {
            site: field("site")?,
            user_key: field("user_key")?,
            username: field("username")?,
            email,
            disputed: switch("disputed"),
            accepted: switch("accepted"),
        })
    }
}

impl Store {
    /// Hands each pin to `each`, all of one moment, and says how many there were.
    pub async fn each_pin(&self, mut each: impl FnMut(PinRow) + Send) -> Result<u64, StoreError> {
        let mut snapshot = self.connections.begin_read().await.map_err(self.fault())?;
        let (mut count, mut after) = (0, (String::new(), String::new()));
        loop {
            let page = sqlx::query(
                "SELECT site, user_key, username, email, disputed, accepted_at FROM pins \
                 WHERE (site, user_key) > ($1, $2) ORDER BY site, user_key LIMIT $3",
            )
            .bind(after.0)
            .bind(after.1)
            .bind(PAGE)
            .try_map(|row: Row| pin_row(&row))
            .fetch_all(self.connections.ask(&mut snapshot))
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
            "INSERT INTO pins (site, user_key, username, email, pinned_at, disputed) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (site, user_key) DO NOTHING",
        )
        .bind(&pin.site)
        .bind(&pin.user_key)
        .bind(&pin.username)
        .bind(pin.email.as_ref().map(EmailAddress::as_str))
        .bind(row::millis(now))
        .bind(i64::from(pin.disputed))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        if pinned.rows_affected() == 0 {
            return Ok(false);
        }
        self.log_change(ChangeKind::Pin, &pin.to_json(), now).await?;
        Ok(true)
    }

    /// The pin of a person, if there is one.
    pub async fn pin_of(&mut self, person: &UserKey) -> Result<Option<PinRow>, StoreError> {
        sqlx::query(
            "SELECT site, user_key, username, email, disputed, accepted_at FROM pins \
             WHERE site = $1 AND user_key = $2",
        )
        .bind(&person.site)
        .bind(&person.key)
        .try_map(|row: Row| pin_row(&row))
        .fetch_optional(self.connection())
        .await
        .map_err(self.fault())
    }

    /// Everybody who was first seen with an address, at whichever site.
    pub async fn pins_at(&mut self, email: &EmailAddress) -> Result<Vec<PinRow>, StoreError> {
        sqlx::query(
            "SELECT site, user_key, username, email, disputed, accepted_at FROM pins WHERE email = $1 \
             ORDER BY site, user_key",
        )
        .bind(email.as_str())
        .try_map(|row: Row| pin_row(&row))
        .fetch_all(self.connection())
        .await
        .map_err(self.fault())
    }

    /// Moves a pin to the new address of its account, takes that address from everybody else at the site, and tells all nodes.
    /// Nobody accepted anything: where the product does not check the address, it still counts for nothing.
    pub async fn move_pin(
        &mut self,
        person: &UserKey,
        username: &str,
        email: &EmailAddress,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let others = "UPDATE pins SET disputed = 1, accepted_at = NULL \
                      WHERE site = $1 AND email = $2 AND user_key <> $3";
        let others = sqlx::query(others).bind(&person.site).bind(email.as_str()).bind(&person.key);
        others.execute(self.connection()).await.map_err(self.fault())?;
        sqlx::query("UPDATE pins SET email = $1, accepted_at = NULL WHERE site = $2 AND user_key = $3")
            .bind(email.as_str())
            .bind(&person.site)
            .bind(&person.key)
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        let pin = PinRow {
            site: person.site.clone(),
            user_key: person.key.clone(),
            username: username.to_owned(),
            email: Some(email.clone()),
            disputed: false,
            accepted: false,
        };
        self.log_change(ChangeKind::AcceptedAddress, &pin.to_json(), now).await
    }

    /// Moves a pin to the address that an operator accepted, takes that address from everybody else at the site, and
    /// tells all nodes.
    pub async fn accept_address(
        &mut self,
        person: &UserKey,
        username: &str,
        email: &EmailAddress,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let others = "UPDATE pins SET disputed = 1, accepted_at = NULL \
                      WHERE site = $1 AND email = $2 AND user_key <> $3";
        let others = sqlx::query(others).bind(&person.site).bind(email.as_str()).bind(&person.key);
        others.execute(self.connection()).await.map_err(self.fault())?;
        sqlx::query(
            "INSERT INTO pins (site, user_key, username, email, pinned_at, accepted_at) \
             VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (site, user_key) DO UPDATE SET \
             email = excluded.email, accepted_at = excluded.accepted_at, disputed = 0",
        )
        .bind(&person.site)
        .bind(&person.key)
        .bind(username)
        .bind(email.as_str())
        .bind(row::millis(now))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        let pin = PinRow {
            site: person.site.clone(),
            user_key: person.key.clone(),
            username: username.to_owned(),
            email: Some(email.clone()),
            disputed: false,
            accepted: true,
        };
        self.log_change(ChangeKind::AcceptedAddress, &pin.to_json(), now).await
    }
}

fn pin_row(row: &Row) -> Result<PinRow, sqlx::Error> {
    Ok(PinRow {
        site: row::text(row, "site")?,
        user_key: row::text(row, "user_key")?,
        username: row::text(row, "username")?,
        email: row::optional_email(row, "email")?,
        disputed: row::integer(row, "disputed")? != 0,
        accepted: row::optional_time(row, "accepted_at")?.is_some(),
    })
}
