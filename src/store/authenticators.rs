//! Authenticators: the apps and passkeys that people set up, and the ceremonies by which they do so and show them.
//!
//! That an app's code counts once rests on the statement of [`Change::take_step`], and that a ceremony is finished once on that
//! of [`Change::take_ceremony`]; neither may become a read followed by a write. Secrets come sealed and leave sealed.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::database::Row;
use super::{Change, ChangeKind, Store, StoreError, row};
use crate::domain::account::DeviceId;
use crate::domain::email::EmailAddress;
use crate::domain::method::Method;
use crate::domain::organization::OrganizationId;

/// An app or a passkey of somebody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticatorRow {
    /// Its id.
    pub id: Uuid,
    /// Whose site it is for.
    pub organization: OrganizationId,
    /// The address of whoever has it.
    pub email: EmailAddress,
    /// What it is.
    pub method: Method,
    /// What they call it.
    pub name: String,
    /// Of a passkey: its host.
    pub host: Option<String>,
    /// What it is known by, sealed.
    pub secret: Vec<u8>,
    /// Of an app: the last step whose code was taken.
    pub last_step: Option<u64>,
    /// When it was set up.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

/// What somebody has set up, as all nodes know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticatorsRow {
    /// Whose sites they are for.
    pub organization: OrganizationId,
    /// The address of whoever has them.
    pub email: EmailAddress,
    /// Whether there is an app among them.
    pub has_app: bool,
    /// The hosts of the passkeys.
    pub hosts: Vec<String>,
}

/// Something begun in a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CeremonyRow {
    /// Its id.
    pub id: Uuid,
    /// Whose site it was begun at.
    pub organization: OrganizationId,
    /// Who began it.
    pub email: EmailAddress,
    /// In which browser.
    pub device: DeviceId,
    /// What for, as a stable label.
    pub kind: &'static str,
    /// What has to be known at its end, sealed.
    pub state: Vec<u8>,
    /// From when on it is void.
    pub expires_at: Timestamp,
}

impl AuthenticatorsRow {
    /// Of a person who has these and no others.
    pub fn of(organization: &OrganizationId, email: &EmailAddress, rows: &[AuthenticatorRow]) -> Self {
        let mut hosts: Vec<String> = rows.iter().filter_map(|row| row.host.clone()).collect();
        hosts.sort_unstable();
        hosts.dedup();
        Self {
            organization: organization.clone(),
            email: email.clone(),
            has_app: rows.iter().any(|row| row.method == Method::AuthenticatorApp),
            hosts,
        }
    }

    fn to_json(&self) -> Value {
        json!({
            "organization": self.organization.as_str(), "email": self.email.as_str(),
            "app": self.has_app, "hosts": self.hosts,
        })
    }

    pub(super) fn from_json(text: &str) -> Option<Self> {
        let detail: Value = serde_json::from_str(text).ok()?;
        let hosts = detail.get("hosts")?.as_array()?.iter();
        Some(Self {
            organization: OrganizationId::parse(detail.get("organization")?.as_str()?).ok()?,
            email: EmailAddress::from_canonical(detail.get("email")?.as_str()?)?,
            has_app: detail.get("app")?.as_bool()?,
            hosts: hosts.map(|host| host.as_str().map(str::to_owned)).collect::<Option<_>>()?,
        })
    }
}

impl Store {
    /// Those of a person, the oldest first.
    pub async fn authenticators(
        &self,
        organization: &OrganizationId,
        email: &EmailAddress,
    ) -> Result<Vec<AuthenticatorRow>, StoreError> {
        of_person(self.readers(), organization, email).await.map_err(self.fault())
    }

    /// What everybody has who has any.
    pub async fn all_authenticators(&self) -> Result<Vec<AuthenticatorsRow>, StoreError> {
        let rows = sqlx::query("SELECT * FROM authenticators ORDER BY organization, email")
            .try_map(|row: Row| authenticator(&row))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())?;
        let people =
            rows.chunk_by(|one, next| one.email == next.email && one.organization == next.organization);
        Ok(people.map(|rows| AuthenticatorsRow::of(&rows[0].organization, &rows[0].email, rows)).collect())
    }
}

impl Change {
    /// As [`Store::authenticators`], as this transaction sees them.
    pub async fn authenticators(
        &mut self,
        organization: &OrganizationId,
        email: &EmailAddress,
    ) -> Result<Vec<AuthenticatorRow>, StoreError> {
        of_person(self.connection(), organization, email).await.map_err(self.fault())
    }

    /// Adds one, and tells all nodes.
    pub async fn add_authenticator(
        &mut self,
        new: &AuthenticatorRow,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO authenticators (id, organization, email, method, name, host, secret, last_step, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(new.id.as_bytes().as_slice())
        .bind(new.organization.as_str())
        .bind(new.email.as_str())
        .bind(new.method.label())
        .bind(&new.name)
        .bind(new.host.as_deref())
        .bind(new.secret.as_slice())
        .bind(new.last_step.map(step))
        .bind(row::millis(new.created_at))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        self.log_authenticators(&new.organization, &new.email, now).await
    }

    /// Takes the code of a step; true only if it was of a later one than any before. Of several that take it, exactly one is told
    /// so.
    pub async fn take_step(&mut self, id: Uuid, taken: u64, now: Timestamp) -> Result<bool, StoreError> {
        let changed = sqlx::query(
            "UPDATE authenticators SET last_step = $2, used_at = $3 \
             WHERE id = $1 AND (last_step IS NULL OR last_step < $2)",
        )
        .bind(id.as_bytes().as_slice())
        .bind(step(taken))
        .bind(row::millis(now))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(changed.rows_affected() == 1)
    }

    /// Keeps what is known of a passkey after it was used.
    pub async fn renew_authenticator(
        &mut self,
        id: Uuid,
        secret: &[u8],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE authenticators SET secret = $2, used_at = $3 WHERE id = $1")
            .bind(id.as_bytes().as_slice())
            .bind(secret)
            .bind(row::millis(now))
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        Ok(())
    }

    /// Removes one of a person's, or with `None` all of them; tells all nodes, and gives what is gone.
    pub async fn remove_authenticators(
        &mut self,
        organization: &OrganizationId,
        email: &EmailAddress,
        id: Option<Uuid>,
        now: Timestamp,
    ) -> Result<Vec<AuthenticatorRow>, StoreError> {
        let mut gone = self.authenticators(organization, email).await?;
        gone.retain(|row| id.is_none_or(|id| row.id == id));
        for row in &gone {
            sqlx::query("DELETE FROM authenticators WHERE id = $1")
                .bind(row.id.as_bytes().as_slice())
                .execute(self.connection())
                .await
                .map_err(self.fault())?;
        }
        if !gone.is_empty() {
            self.log_authenticators(organization, email, now).await?;
        }
        Ok(gone)
    }

    /// Begins a ceremony in place of those that were begun before it in this browser.
    pub async fn begin_ceremony(&mut self, new: &CeremonyRow) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM ceremonies WHERE organization = $1 AND email = $2 AND device = $3 AND kind = $4",
        )
        .bind(new.organization.as_str())
        .bind(new.email.as_str())
        .bind(new.device.0.as_slice())
        .bind(new.kind)
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        sqlx::query(
            "INSERT INTO ceremonies (id, organization, email, device, kind, state, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(new.id.as_bytes().as_slice())
        .bind(new.organization.as_str())
        .bind(new.email.as_str())
        .bind(new.device.0.as_slice())
        .bind(new.kind)
        .bind(new.state.as_slice())
        .bind(row::millis(new.expires_at))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    /// The state of a ceremony; `None` if it was ended, is too old, or is of another person or browser.
    pub async fn ceremony_state(
        &mut self,
        ceremony: &CeremonyRow,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        sqlx::query(
            "SELECT state FROM ceremonies \
             WHERE id = $1 AND organization = $2 AND email = $3 AND device = $4 AND kind = $5 AND expires_at > $6",
        )
        .bind(ceremony.id.as_bytes().as_slice())
        .bind(ceremony.organization.as_str())
        .bind(ceremony.email.as_str())
        .bind(ceremony.device.0.as_slice())
        .bind(ceremony.kind)
        .bind(row::millis(now))
        .try_map(|row: Row| row::blob(&row, "state"))
        .fetch_optional(self.connection())
        .await
        .map_err(self.fault())
    }

    /// Ends a ceremony; true only if nobody ended it before. Of several that end it, exactly one is told so.
    pub async fn take_ceremony(&mut self, ceremony: Uuid) -> Result<bool, StoreError> {
        let ended = sqlx::query("DELETE FROM ceremonies WHERE id = $1")
            .bind(ceremony.as_bytes().as_slice())
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        Ok(ended.rows_affected() == 1)
    }

    /// Tells all nodes what somebody has now.
    async fn log_authenticators(
        &mut self,
        organization: &OrganizationId,
        email: &EmailAddress,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let rows = self.authenticators(organization, email).await?;
        let detail = AuthenticatorsRow::of(organization, email, &rows).to_json();
        self.log_change(ChangeKind::Authenticators, &detail, now).await
    }
}

async fn of_person<'c>(
    executor: impl sqlx::Executor<'c, Database = sqlx::Any>,
    organization: &OrganizationId,
    email: &EmailAddress,
) -> Result<Vec<AuthenticatorRow>, sqlx::Error> {
    sqlx::query("SELECT * FROM authenticators WHERE organization = $1 AND email = $2 ORDER BY created_at, id")
        .bind(organization.as_str())
        .bind(email.as_str())
        .try_map(|row: Row| authenticator(&row))
        .fetch_all(executor)
        .await
}

/// Steps are a thirtieth of the seconds since 1970.
fn step(step: u64) -> i64 {
    i64::try_from(step).unwrap_or(i64::MAX)
}

fn authenticator(row: &Row) -> Result<AuthenticatorRow, sqlx::Error> {
    let method = Method::of(&row::text(row, "method")?);
    let last_step = row::optional_integer(row, "last_step")?;
    Ok(AuthenticatorRow {
        id: row::id(row, "id")?,
        organization: row::organization(row, "organization")?,
        email: row::email(row, "email")?,
        method: method.ok_or_else(|| row::bad("method", "a method"))?,
        name: row::text(row, "name")?,
        host: row::optional_text(row, "host")?,
        secret: row::blob(row, "secret")?,
        last_step: last_step.map(u64::try_from).transpose().map_err(|_| row::bad("last_step", "a step"))?,
        created_at: row::time(row, "created_at")?,
        used_at: row::optional_time(row, "used_at")?,
    })
}
