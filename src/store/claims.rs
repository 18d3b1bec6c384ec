//! Claims: which accounts of its domains an organization took control of. A claimed account is a member of a policy.

use jiff::Timestamp;

use super::database::{Row, built};
use super::{Change, Store, StoreError, row};
use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;

/// Addresses per statement.
const BATCH: usize = 500;

/// The policy that a claimed account joins, unless it is in one.
pub(super) const POLICY_OF_CLAIMED: &str = "coalesce(policy, (SELECT id FROM auth_policies WHERE auth_policies.organization = accounts.organization AND is_default = 1))";

impl Store {
    /// Whether new accounts of a domain are claimed as they are seen.
    pub async fn claims_new(
        &self,
        organization: &OrganizationId,
        domain: &DomainName,
    ) -> Result<bool, StoreError> {
        let claims = "SELECT claims_new FROM domains WHERE organization = $1 AND name = $2";
        let claims: Option<i64> = sqlx::query_scalar(claims)
            .bind(organization.as_str())
            .bind(domain.as_str())
            .fetch_optional(self.readers())
            .await
            .map_err(self.fault())?;
        Ok(claims.is_some_and(|claims| claims != 0))
    }
}

impl Change {
    /// Up to so many addresses of unclaimed accounts of a domain, in order, after one of them.
    pub async fn unclaimed(
        &mut self,
        organization: &OrganizationId,
        domain: &DomainName,
        after: Option<&EmailAddress>,
        limit: u32,
    ) -> Result<Vec<EmailAddress>, StoreError> {
        sqlx::query(
            "SELECT email FROM accounts WHERE organization = $1 AND claimed = 0 AND domain = $2 AND email > $3 \
             AND status <> 'closed' ORDER BY email LIMIT $4",
        )
        .bind(organization.as_str())
        .bind(domain.as_str())
        .bind(after.map_or("", EmailAddress::as_str))
        .bind(i64::from(limit))
        .try_map(|row: Row| row::email(&row, "email"))
        .fetch_all(self.connection())
        .await
        .map_err(self.fault())
    }

    /// Claims, or lets go of, those of these accounts that it is not so already, and says which those were.
    pub async fn set_claimed(
        &mut self,
        organization: &OrganizationId,
        emails: &[EmailAddress],
        claimed: bool,
        now: Timestamp,
    ) -> Result<Vec<EmailAddress>, StoreError> {
        if claimed && !emails.is_empty() {
            self.default_policy(organization, now).await?;
        }
        let mut changed = Vec::with_capacity(emails.len());
        let policy = if claimed { POLICY_OF_CLAIMED } else { "NULL" };
        for batch in emails.chunks(BATCH) {
            let kind = self.kind();
            let one = |number| kind.rows(number, 1, 1);
            let (to, list) = (u8::from(claimed), kind.rows(5, 1, batch.len()));
            let mut update = built(format!(
                "UPDATE accounts SET claimed = {to}, claim_changed_at = {}, updated_at = {}, policy = {policy}, policy_at = {} \
                 WHERE organization = {} AND claimed <> {to} AND email IN {list} RETURNING email",
                one(1), one(2), one(3), one(4),
            ))
            .bind(row::millis(now))
            .bind(row::millis(now))
            .bind(row::millis(now))
            .bind(organization.as_str());
            for email in batch {
                update = update.bind(email.as_str());
            }
            let update = update.try_map(|row: Row| row::email(&row, "email")).fetch_all(self.connection());
            changed.extend(update.await.map_err(self.fault())?);
        }
        Ok(changed)
    }

    /// Those of these addresses that have an account here, each with whether it is claimed and whether it is closed.
    pub async fn claims_of(
        &mut self,
        organization: &OrganizationId,
        emails: &[EmailAddress],
    ) -> Result<Vec<(EmailAddress, bool, bool)>, StoreError> {
        let mut known = Vec::with_capacity(emails.len());
        for batch in emails.chunks(BATCH) {
            let kind = self.kind();
            let (owner, list) = (kind.rows(1, 1, 1), kind.rows(2, 1, batch.len()));
            let mut select = built(format!(
                "SELECT email, claimed, status FROM accounts WHERE organization = {owner} AND email IN {list}"
            ))
            .bind(organization.as_str());
            for email in batch {
                select = select.bind(email.as_str());
            }
            let read = |row: Row| {
                let closed = row::text(&row, "status")? == "closed";
                Ok((row::email(&row, "email")?, row::integer(&row, "claimed")? != 0, closed))
            };
            known.extend(select.try_map(read).fetch_all(self.connection()).await.map_err(self.fault())?);
        }
        Ok(known)
    }

    /// Whether new accounts of a domain are claimed as they are seen: the organization owns it, and wants that.
    pub async fn claims_new(
        &mut self,
        organization: &OrganizationId,
        domain: &str,
    ) -> Result<bool, StoreError> {
        let claims: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM domains WHERE organization = $1 AND name = $2 AND claims_new = 1 \
             AND status IN ('verified', 'missing_token')",
        )
        .bind(organization.as_str())
        .bind(domain)
        .fetch_one(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(claims > 0)
    }

    /// Whether the organization owns a domain.
    pub async fn owns_domain(
        &mut self,
        organization: &OrganizationId,
        domain: &str,
    ) -> Result<bool, StoreError> {
        let owned: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM domains WHERE organization = $1 AND name = $2 \
             AND status IN ('verified', 'missing_token')",
        )
        .bind(organization.as_str())
        .bind(domain)
        .fetch_one(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(owned > 0)
    }

    /// Says whether new accounts of a domain are claimed from now on; false if the organization does not own it.
    pub async fn set_claims_new(
        &mut self,
        organization: &OrganizationId,
        domain: &DomainName,
        claims_new: bool,
    ) -> Result<bool, StoreError> {
        let set = sqlx::query(
            "UPDATE domains SET claims_new = $1 WHERE organization = $2 AND name = $3 \
             AND status IN ('verified', 'missing_token')",
        )
        .bind(i64::from(claims_new))
        .bind(organization.as_str())
        .bind(domain.as_str())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(set.rows_affected() == 1)
    }
}
