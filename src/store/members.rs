//! Members of authentication policies, which are accounts. A page of them takes as long among a million as among ten.
//!
//! Nothing here makes a member of who is not managed: that is the caller's to ask, by [`Standing`].

use jiff::Timestamp;
use sqlx::{Any, Executor};
use uuid::Uuid;

use super::database::{Row, built};
use super::{Change, Store, StoreError, row};
use crate::domain::auth_policy::{AuthPolicySettings, PolicyName};
use crate::domain::email::EmailAddress;
use crate::domain::membership::{AccountKey, Standing};
use crate::domain::organization::OrganizationId;

/// Members per statement where all of them move: each stays far below the time that a statement may take.
const BATCH: i64 = 5_000;
/// Ids per statement.
const IDS: usize = 1_000;

/// A member of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// The account.
    pub account: Uuid,
    /// Its address.
    pub email: EmailAddress,
    /// The person's name.
    pub name: Option<String>,
    /// Its username at the products.
    pub username: Option<String>,
    /// Its status, by its stable label.
    pub status: String,
    /// When it was last seen at a site.
    pub last_active_at: Option<Timestamp>,
    /// The policy it is a member of.
    pub policy: Uuid,
    /// Since when.
    pub since: Option<Timestamp>,
}

/// A member with the policy it is in, as an export shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberOfPolicy {
    /// The member.
    pub member: MemberRow,
    /// What the policy is called.
    pub policy_name: PolicyName,
    /// Whether it is the default.
    pub is_default: bool,
    /// What it asks.
    pub settings: AuthPolicySettings,
}

/// An account that may become a member, or is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateRow {
    /// The account.
    pub account: Uuid,
    /// Its address.
    pub email: EmailAddress,
    /// What decides whether it may be a member.
    pub standing: Standing,
    /// The policy it is a member of.
    pub policy: Option<Uuid>,
}

impl Store {
    /// Members of a policy by address, after this one; with `search`, those with it in their address or name.
    pub async fn members(
        &self,
        organization: &OrganizationId,
        policy: Uuid,
        search: Option<&str>,
        after: &str,
        limit: u32,
    ) -> Result<Vec<MemberRow>, StoreError> {
        // Letters of ASCII are folded, and others are not: so both databases fold.
        let pattern = search.map_or_else(|| "%".to_owned(), |text| format!("%{}%", escaped(text)));
        sqlx::query(
            "SELECT * FROM accounts WHERE policy = $1 AND organization = $2 AND email > $3 \
             AND (email LIKE $4 ESCAPE '!' OR lower(coalesce(name, '')) LIKE $5 ESCAPE '!') ORDER BY email LIMIT $6",
        )
        .bind(policy.as_bytes().as_slice())
        .bind(organization.as_str())
        .bind(after)
        .bind(pattern.clone())
        .bind(pattern)
        .bind(i64::from(limit))
        .try_map(|row: Row| member_row(&row))
        .fetch_all(self.readers())
        .await
        .map_err(self.fault())
    }

    /// Members of one policy, or of all, by address, each with its policy.
    pub async fn members_with_policies(
        &self,
        organization: &OrganizationId,
        policy: Option<Uuid>,
        after: &str,
        limit: u32,
    ) -> Result<Vec<MemberOfPolicy>, StoreError> {
        let of_one = "SELECT accounts.*, auth_policies.name AS policy_name, auth_policies.is_default, auth_policies.settings FROM accounts \
            JOIN auth_policies ON auth_policies.id = accounts.policy WHERE accounts.policy = $1 \
            AND accounts.organization = $2 AND accounts.email > $3 ORDER BY accounts.email LIMIT $4";
        let of_all = "SELECT accounts.*, auth_policies.name AS policy_name, auth_policies.is_default, auth_policies.settings FROM accounts \
            JOIN auth_policies ON auth_policies.id = accounts.policy WHERE accounts.claimed = 1 \
            AND accounts.organization = $1 AND accounts.email > $2 ORDER BY accounts.email LIMIT $3";
        let query = match policy {
            Some(policy) => sqlx::query(of_one).bind(policy.as_bytes().to_vec()),
            None => sqlx::query(of_all),
        };
        query
            .bind(organization.as_str().to_owned())
            .bind(after.to_owned())
            .bind(i64::from(limit))
            .try_map(|row: Row| member_of_policy(&row))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())
    }

    /// Accounts that are members, by their ids, each with its policy. Who is unknown or no member is left out.
    pub async fn policies_of_accounts(
        &self,
        organization: &OrganizationId,
        accounts: &[Uuid],
    ) -> Result<Vec<MemberOfPolicy>, StoreError> {
        if accounts.is_empty() {
            return Ok(Vec::new());
        }
        let kind = self.connections.kind;
        let (owner, list) = (kind.rows(1, 1, 1), kind.rows(2, 1, accounts.len()));
        let mut query = built(format!(
            "SELECT accounts.*, auth_policies.name AS policy_name, auth_policies.is_default, auth_policies.settings FROM accounts \
             JOIN auth_policies ON auth_policies.id = accounts.policy \
             WHERE accounts.organization = {owner} AND accounts.id IN {list} ORDER BY accounts.email"
        ))
        .bind(organization.as_str());
        for account in accounts {
            query = query.bind(account.as_bytes().to_vec());
        }
        query.try_map(|row: Row| member_of_policy(&row)).fetch_all(self.readers()).await.map_err(self.fault())
    }

    /// The addresses of accounts, by their ids. Who is unknown, or gone for good, is left out.
    pub async fn emails_of_accounts(
        &self,
        organization: &OrganizationId,
        accounts: &[Uuid],
    ) -> Result<Vec<(Uuid, EmailAddress)>, StoreError> {
        let (kind, mut found) = (self.connections.kind, Vec::new());
        for batch in accounts.chunks(IDS) {
            let (owner, list) = (kind.rows(1, 1, 1), kind.rows(2, 1, batch.len()));
            let mut query = built(format!(
                "SELECT id, email FROM accounts WHERE status <> 'closed' AND organization = {owner} AND id IN {list}"
            ))
            .bind(organization.as_str());
            for account in batch {
                query = query.bind(account.as_bytes().to_vec());
            }
            let rows = query
                .try_map(|row: Row| Ok((row::id(&row, "id")?, row::email(&row, "email")?)))
                .fetch_all(self.readers())
                .await;
            found.extend(rows.map_err(self.fault())?);
        }
        Ok(found)
    }

    /// The sites at which each of these people was seen or has a user key.
    pub async fn sites_of(
        &self,
        organization: &OrganizationId,
        emails: &[EmailAddress],
    ) -> Result<Vec<(EmailAddress, String)>, StoreError> {
        if emails.is_empty() {
            return Ok(Vec::new());
        }
        let (kind, count) = (self.connections.kind, emails.len());
        let (pinned, owner) = (kind.rows(1, 1, count), kind.rows(count + 1, 1, 1));
        let keyed = kind.rows(count + 2, 1, count);
        let mut query = built(format!(
            "SELECT email, site FROM pins WHERE email IN {pinned} AND disputed = 0 UNION \
             SELECT email, site FROM user_keys WHERE organization = {owner} AND email IN {keyed} ORDER BY email, site"
        ));
        for email in emails {
            query = query.bind(email.as_str());
        }
        query = query.bind(organization.as_str());
        for email in emails {
            query = query.bind(email.as_str());
        }
        query
            .try_map(|row: Row| Ok((row::email(&row, "email")?, row::text(&row, "site")?)))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())
    }
}

impl Change {
    /// An account of an organization that is not gone for good, with what decides whether it may be a member.
    pub async fn candidate(
        &mut self,
        organization: &OrganizationId,
        key: &AccountKey,
    ) -> Result<Option<CandidateRow>, StoreError> {
        candidate(self.connection(), organization, key).await.map_err(self.fault())
    }

    /// Makes an account a member of a policy, and so of no other.
    pub async fn set_policy(
        &mut self,
        organization: &OrganizationId,
        account: Uuid,
        policy: Uuid,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE accounts SET policy = $1, policy_at = $2 WHERE organization = $3 AND id = $4")
            .bind(policy.as_bytes().as_slice())
            .bind(row::millis(now))
            .bind(organization.as_str())
            .bind(account.as_bytes().as_slice())
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        Ok(())
    }

    /// Whether a policy has members.
    pub async fn has_members(
        &mut self,
        organization: &OrganizationId,
        policy: Uuid,
    ) -> Result<bool, StoreError> {
        let one = sqlx::query("SELECT id FROM accounts WHERE policy = $1 AND organization = $2 LIMIT 1")
            .bind(policy.as_bytes().as_slice())
            .bind(organization.as_str())
            .fetch_optional(self.connection())
            .await
            .map_err(self.fault())?;
        Ok(one.is_some())
    }

    /// Moves all members of a policy to another, and says how many there were.
    pub async fn move_members(
        &mut self,
        organization: &OrganizationId,
        from: Uuid,
        to: Uuid,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut moved = 0;
        loop {
            let batch = sqlx::query(
                "UPDATE accounts SET policy = $1, policy_at = $2 WHERE id IN \
                 (SELECT id FROM accounts WHERE policy = $3 AND organization = $4 ORDER BY email LIMIT $5)",
            )
            .bind(to.as_bytes().as_slice())
            .bind(row::millis(now))
            .bind(from.as_bytes().as_slice())
            .bind(organization.as_str())
            .bind(BATCH)
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
            if batch.rows_affected() == 0 {
                return Ok(moved);
            }
            moved += batch.rows_affected();
        }
    }
}

async fn candidate<'c>(
    executor: impl Executor<'c, Database = Any>,
    organization: &OrganizationId,
    key: &AccountKey,
) -> Result<Option<CandidateRow>, sqlx::Error> {
    macro_rules! by {
        ($column:literal) => {
            sqlx::query(concat!(
                "SELECT id, email, claimed, policy, (SELECT count(*) FROM domains \
                 WHERE domains.organization = accounts.organization AND domains.name = accounts.domain \
                 AND domains.status IN ('verified', 'missing_token')) AS owned \
                 FROM accounts WHERE status <> 'closed' AND organization = $1 AND ",
                $column,
                " = $2"
            ))
            .bind(organization.as_str())
        };
    }
    let query = match key {
        AccountKey::Email(email) => by!("email").bind(email.as_str()),
        AccountKey::Id(id) => by!("id").bind(id.as_bytes().as_slice()),
        AccountKey::Username(username) => by!("username").bind(username.as_str()),
    };
    query.try_map(|row: Row| candidate_row(&row)).fetch_optional(executor).await
}

fn candidate_row(row: &Row) -> Result<CandidateRow, sqlx::Error> {
    Ok(CandidateRow {
        account: row::id(row, "id")?,
        email: row::email(row, "email")?,
        standing: Standing {
            claimed: row::integer(row, "claimed")? == 1,
            domain_verified: row::integer(row, "owned")? > 0,
        },
        policy: row::optional_id(row, "policy")?,
    })
}

/// What stands for other letters in a pattern stands for itself.
pub(super) fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter.to_ascii_lowercase());
    }
    pattern
}

fn member_row(row: &Row) -> Result<MemberRow, sqlx::Error> {
    Ok(MemberRow {
        account: row::id(row, "id")?,
        email: row::email(row, "email")?,
        name: row::optional_text(row, "name")?,
        username: row::optional_text(row, "username")?,
        status: row::text(row, "status")?,
        last_active_at: row::optional_time(row, "last_active_at")?,
        policy: row::id(row, "policy")?,
        since: row::optional_time(row, "policy_at")?,
    })
}

fn member_of_policy(row: &Row) -> Result<MemberOfPolicy, sqlx::Error> {
    let name = row::text(row, "policy_name")?;
    Ok(MemberOfPolicy {
        member: member_row(row)?,
        policy_name: PolicyName::parse(&name).map_err(|_| row::bad("name", "a name of a policy"))?,
        is_default: row::integer(row, "is_default")? == 1,
        settings: super::auth_policies::settings(&row::text(row, "settings")?)?,
    })
}
