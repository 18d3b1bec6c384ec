//! Accounts one by one: all that is kept of each, and what admins and the gate change of it.
//!
//! Every statement names the organization: an id or an address of another one is simply not found. Who changes what the gate
//! judges by logs it too, with [`Change::log_accounts`].

use jiff::Timestamp;
use sqlx::{Any, Executor};
use uuid::Uuid;

use super::database::{Row, built};
use super::{Change, Store, StoreError, UserKey, row};
use crate::domain::email::EmailAddress;
use crate::domain::external_terms::ExternalStanding;
use crate::domain::lifecycle::Status;
use crate::domain::organization::OrganizationId;

/// All columns of an account, and whether it is managed: claimed, and of a domain that this organization owns.
pub(super) const ACCOUNT_COLUMNS: &str = "accounts.*, CAST(CASE WHEN accounts.claimed = 1 AND EXISTS (SELECT 1 FROM domains \
     WHERE domains.name = accounts.domain AND domains.organization = accounts.organization \
     AND domains.status IN ('verified', 'missing_token')) THEN 1 ELSE 0 END AS BIGINT) AS managed";

/// All that is kept of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its stable id.
    pub id: Uuid,
    /// Its address.
    pub email: EmailAddress,
    /// Its username at the products.
    pub username: Option<String>,
    /// What is said of the person.
    pub profile: Profile,
    /// `atlassian`, `customer` or `app`.
    pub account_type: String,
    /// Whether the organization claimed it.
    pub claimed: bool,
    /// Whether it is managed: claimed, and the domain is verified by this organization.
    pub managed: bool,
    /// What became of it.
    pub status: Status,
    /// When it goes for good.
    pub deletion_at: Option<Timestamp>,
    /// Since when it is deactivated.
    pub deactivated_at: Option<Timestamp>,
    /// Since when the organization keeps it out.
    pub suspended_at: Option<Timestamp>,
    /// Whether a code, the product or an admin showed that the address is its owner's.
    pub email_verified: bool,
    /// The authentication policy it is a member of.
    pub policy: Option<Uuid>,
    /// The account of who answers for an external person.
    pub sponsor: Option<Uuid>,
    /// Until when an external person may come.
    pub ends_at: Option<Timestamp>,
    /// When somebody is to be told next that the end comes.
    pub remind_at: Option<Timestamp>,
    /// When an admin gave it another address that nobody proved since.
    pub address_set_at: Option<Timestamp>,
    /// When it was last used, to the day.
    pub last_active_at: Option<Timestamp>,
    /// When its owner last passed a challenge.
    pub last_verified_at: Option<Timestamp>,
    /// When it was first known.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What is said of a person. Each is a short text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it all")]
pub struct Profile {
    pub name: Option<String>,
    pub nickname: Option<String>,
    pub job_title: Option<String>,
    pub department: Option<String>,
    pub company: Option<String>,
    pub location: Option<String>,
    pub locale: Option<String>,
    pub zoneinfo: Option<String>,
}

impl Account {
    /// How its owner stands as somebody from outside.
    pub fn external_standing(&self, now: Timestamp) -> ExternalStanding {
        ExternalStanding::of(self.status.standing(self.suspended_at), self.ends_at, now)
    }
}

impl Store {
    /// An account of an organization.
    pub async fn account(
        &self,
        organization: &OrganizationId,
        id: Uuid,
    ) -> Result<Option<Account>, StoreError> {
        by_id(self.readers(), organization, id).await.map_err(self.fault())
    }

    /// Accounts that are for deletion and whose time is over, a few at a time.
    pub async fn accounts_to_close(&self, now: Timestamp) -> Result<Vec<(OrganizationId, Uuid)>, StoreError> {
        sqlx::query(
            "SELECT organization, id FROM accounts WHERE deletion_at <= $1 AND status = 'for_deletion' \
             ORDER BY deletion_at LIMIT 100",
        )
        .bind(row::millis(now))
        .try_map(|row: Row| Ok((row::organization(&row, "organization")?, row::id(&row, "id")?)))
        .fetch_all(self.readers())
        .await
        .map_err(self.fault())
    }
}

impl Change {
    /// An account of an organization.
    pub async fn account(
        &mut self,
        organization: &OrganizationId,
        id: Uuid,
    ) -> Result<Option<Account>, StoreError> {
        by_id(self.connection(), organization, id).await.map_err(self.fault())
    }

    /// The account of an address.
    pub async fn account_of(
        &mut self,
        organization: &OrganizationId,
        email: &EmailAddress,
    ) -> Result<Option<Account>, StoreError> {
        built(format!(
            "SELECT {ACCOUNT_COLUMNS} FROM accounts WHERE accounts.organization = $1 AND accounts.email = $2"
        ))
        .bind(organization.as_str())
        .bind(email.as_str())
        .try_map(|row: Row| account(&row))
        .fetch_optional(self.connection())
        .await
        .map_err(self.fault())
    }

    /// Replaces what is said of a person.
    pub async fn set_profile(
        &mut self,
        id: Uuid,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE accounts SET name = $1, nickname = $2, job_title = $3, department = $4, company = $5, location = $6, \
             locale = $7, zoneinfo = $8, updated_at = $9 WHERE id = $10",
        )
        .bind(profile.name.as_deref())
        .bind(profile.nickname.as_deref())
        .bind(profile.job_title.as_deref())
        .bind(profile.department.as_deref())
        .bind(profile.company.as_deref())
        .bind(profile.location.as_deref())
        .bind(profile.locale.as_deref())
        .bind(profile.zoneinfo.as_deref())
        .bind(row::millis(now))
        .bind(id.as_bytes().as_slice())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    /// Puts an account where a step of its life led.
    pub async fn set_status(
        &mut self,
        id: Uuid,
        status: Status,
        deletion_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE accounts SET status = $1, deletion_at = $2, updated_at = $3, deactivated_at = CASE \
             WHEN $1 = 'active' THEN NULL ELSE coalesce(deactivated_at, $3) END WHERE id = $4",
        )
        .bind(status.label())
        .bind(deletion_at.map(row::millis))
        .bind(row::millis(now))
        .bind(id.as_bytes().as_slice())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    /// Closes an account for good: what is said of the person goes, and its address stays refused.
    pub async fn close_account(&mut self, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
        self.set_profile(id, &Profile::default(), now).await?;
        sqlx::query(
            "UPDATE accounts SET status = 'closed', deletion_at = NULL, username = NULL, policy = NULL, sponsor = NULL, \
             remind_at = NULL WHERE id = $1",
        )
        .bind(id.as_bytes().as_slice())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    /// Keeps an account out, or lets it in again.
    pub async fn set_suspended(
        &mut self,
        id: Uuid,
        suspended_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE accounts SET suspended_at = $1, updated_at = $2 WHERE id = $3")
            .bind(suspended_at.map(row::millis))
            .bind(row::millis(now))
            .bind(id.as_bytes().as_slice())
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        Ok(())
    }

    /// Gives an account another address, which somebody vouches for or is to be proved. Its user keys follow, and are returned.
    pub async fn set_email(
        &mut self,
        organization: &OrganizationId,
        account: &Account,
        email: &EmailAddress,
        verified: bool,
        now: Timestamp,
    ) -> Result<Vec<UserKey>, StoreError> {
        let keys = self.take_user_keys(organization, &account.email).await?;
        sqlx::query(
            "UPDATE accounts SET email = $1, domain = $2, updated_at = $3, email_verified = $4, address_set_at = $5 WHERE id = $6",
        )
        .bind(email.as_str())
        .bind(email.domain())
        .bind(row::millis(now))
        .bind(i64::from(verified))
        .bind((!verified).then(|| row::millis(now)))
        .bind(account.id.as_bytes().as_slice())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        for key in &keys {
            sqlx::query(
                "INSERT INTO user_keys (organization, site, user_key, email) VALUES ($1, $2, $3, $4)",
            )
            .bind(organization.as_str())
            .bind(&key.site)
            .bind(&key.key)
            .bind(email.as_str())
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        }
        // Who was invited is known by the address, and whoever has the old one next was not.
        self.tell_invitations(organization, now).await?;
        Ok(keys)
    }

    async fn take_user_keys(
        &mut self,
        organization: &OrganizationId,
        email: &EmailAddress,
    ) -> Result<Vec<UserKey>, StoreError> {
        sqlx::query("DELETE FROM user_keys WHERE organization = $1 AND email = $2 RETURNING site, user_key")
            .bind(organization.as_str())
            .bind(email.as_str())
            .try_map(|row: Row| {
                Ok(UserKey { site: row::text(&row, "site")?, key: row::text(&row, "user_key")? })
            })
            .fetch_all(self.connection())
            .await
            .map_err(self.fault())
    }
}

async fn by_id<'c>(
    executor: impl Executor<'c, Database = Any>,
    organization: &OrganizationId,
    id: Uuid,
) -> Result<Option<Account>, sqlx::Error> {
    built(format!(
        "SELECT {ACCOUNT_COLUMNS} FROM accounts WHERE accounts.organization = $1 AND accounts.id = $2"
    ))
    .bind(organization.as_str())
    .bind(id.as_bytes().as_slice())
    .try_map(|row: Row| account(&row))
    .fetch_optional(executor)
    .await
}

pub(super) fn account(row: &Row) -> Result<Account, sqlx::Error> {
    let switch = |column| Ok::<_, sqlx::Error>(row::integer(row, column)? != 0);
    Ok(Account {
        id: row::id(row, "id")?,
        email: row::email(row, "email")?,
        username: row::optional_text(row, "username")?,
        profile: Profile {
            name: row::optional_text(row, "name")?,
            nickname: row::optional_text(row, "nickname")?,
            job_title: row::optional_text(row, "job_title")?,
            department: row::optional_text(row, "department")?,
            company: row::optional_text(row, "company")?,
            location: row::optional_text(row, "location")?,
            locale: row::optional_text(row, "locale")?,
            zoneinfo: row::optional_text(row, "zoneinfo")?,
        },
        account_type: row::text(row, "account_type")?,
        claimed: switch("claimed")?,
        managed: switch("managed")?,
        status: row::status(row, "status")?,
        deletion_at: row::optional_time(row, "deletion_at")?,
        deactivated_at: row::optional_time(row, "deactivated_at")?,
        suspended_at: row::optional_time(row, "suspended_at")?,
        email_verified: switch("email_verified")?,
        policy: row::optional_id(row, "policy")?,
        sponsor: row::optional_id(row, "sponsor")?,
        ends_at: row::optional_time(row, "ends_at")?,
        remind_at: row::optional_time(row, "remind_at")?,
        address_set_at: row::optional_time(row, "address_set_at")?,
        last_active_at: row::optional_time(row, "last_active_at")?,
        last_verified_at: row::optional_time(row, "last_verified_at")?,
        created_at: row::time(row, "created_at")?,
        updated_at: row::time(row, "updated_at")?,
    })
}
