//! People from outside: who answers for them and until when, who is to be told of the end, and what they are members of.

use std::collections::HashMap;

use jiff::Timestamp;
use uuid::Uuid;

use super::database::Row;
use super::statement::{Statement, Value};
use super::{Account, Change, Store, StoreError, row};
use crate::domain::domain_name::DomainName;
use crate::domain::external_terms::ExternalTerms;
use crate::domain::group::GroupKind;
use crate::domain::organization::OrganizationId;

/// How many people are told of at once.
const AT_ONCE: i64 = 100;
/// People per statement.
const BATCH: usize = 500;

/// A group or company that somebody belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnGroup {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: GroupKind,
}

impl Store {
    /// Accounts of people from outside whose end is to be told of, a few at a time.
    pub async fn externals_to_remind(
        &self,
        organization: &OrganizationId,
        now: Timestamp,
    ) -> Result<Vec<Uuid>, StoreError> {
        sqlx::query(
            "SELECT id FROM accounts WHERE organization = $1 AND remind_at <= $2 AND ends_at > $2 AND status = 'active' \
             AND suspended_at IS NULL AND NOT (claimed = 1 AND EXISTS (SELECT 1 FROM domains WHERE domains.name = accounts.domain \
             AND domains.organization = accounts.organization AND domains.status IN ('verified', 'missing_token'))) \
             ORDER BY remind_at LIMIT $3",
        )
        .bind(organization.as_str())
        .bind(row::millis(now))
        .bind(AT_ONCE)
        .try_map(|row: Row| row::id(&row, "id"))
        .fetch_all(self.readers())
        .await
        .map_err(self.fault())
    }

    /// The groups that each of these accounts is a member of, and the companies whose mail domains they have, by name.
    pub async fn groups_of_accounts(
        &self,
        organization: &OrganizationId,
        accounts: &[Account],
    ) -> Result<HashMap<Uuid, Vec<OwnGroup>>, StoreError> {
        let mut groups: HashMap<Uuid, Vec<OwnGroup>> = HashMap::new();
        for batch in accounts.chunks(BATCH) {
            for (account, group) in self.memberships(organization, batch).await? {
                groups.entry(account).or_default().push(group);
            }
            let companies = self.companies_of_domains(organization, batch).await?;
            for account in batch {
                let Some(company) = companies.get(account.email.domain()) else { continue };
                let own = groups.entry(account.id).or_default();
                if !own.contains(company) {
                    own.push(company.clone());
                }
            }
        }
        for own in groups.values_mut() {
            own.sort_by(|one, other| one.name.cmp(&other.name));
        }
        Ok(groups)
    }

    async fn memberships(
        &self,
        organization: &OrganizationId,
        accounts: &[Account],
    ) -> Result<Vec<(Uuid, OwnGroup)>, StoreError> {
        let mut statement = Statement::new(
            self.connections.kind,
            "SELECT group_members.account AS account, groups.id AS id, groups.name AS name, groups.kind AS kind \
             FROM group_members JOIN groups ON groups.id = group_members.group_id WHERE groups.organization = ",
        );
        let owner = statement.bind_text(organization.as_str());
        statement.push(&owner);
        statement.one_of("group_members.account", accounts, |account| Value::id(&account.id));
        statement
            .finish()
            .try_map(|row: Row| Ok((row::id(&row, "account")?, own_group(&row)?)))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())
    }

    /// The company of each of these people's mail domains that is one's.
    async fn companies_of_domains(
        &self,
        organization: &OrganizationId,
        accounts: &[Account],
    ) -> Result<HashMap<String, OwnGroup>, StoreError> {
        let mut domains: Vec<&str> = accounts.iter().map(|account| account.email.domain()).collect();
        domains.sort_unstable();
        domains.dedup();
        let mut statement = Statement::new(
            self.connections.kind,
            "SELECT group_domains.domain AS domain, groups.id AS id, groups.name AS name, groups.kind AS kind \
             FROM group_domains JOIN groups ON groups.id = group_domains.group_id WHERE group_domains.organization = ",
        );
        let owner = statement.bind_text(organization.as_str());
        statement.push(&owner);
        statement.one_of("group_domains.domain", &domains, |domain| Value::text(domain));
        let found: Vec<(DomainName, OwnGroup)> = statement
            .finish()
            .try_map(|row: Row| Ok((row::domain(&row, "domain")?, own_group(&row)?)))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())?;
        Ok(found.into_iter().map(|(domain, group)| (domain.as_str().to_owned(), group)).collect())
    }
}

impl Change {
    /// Says on what terms somebody from outside comes, and when that is to be told of next.
    pub async fn set_terms(
        &mut self,
        account: Uuid,
        terms: &ExternalTerms,
        remind_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE accounts SET sponsor = $1, ends_at = $2, remind_at = $3, updated_at = $4 WHERE id = $5",
        )
        .bind(terms.sponsor.map(|sponsor| sponsor.into_bytes().to_vec()))
        .bind(terms.ends_at.map(row::millis))
        .bind(remind_at.map(row::millis))
        .bind(row::millis(now))
        .bind(account.as_bytes().as_slice())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    /// Says when the end is to be told of next.
    pub async fn set_reminder(
        &mut self,
        account: Uuid,
        remind_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE accounts SET remind_at = $1 WHERE id = $2")
            .bind(remind_at.map(row::millis))
            .bind(account.as_bytes().as_slice())
            .execute(self.connection())
            .await
            .map_err(self.fault())?;
        Ok(())
    }
}

fn own_group(row: &Row) -> Result<OwnGroup, sqlx::Error> {
    Ok(OwnGroup {
        id: row::id(row, "id")?,
        name: row::text(row, "name")?,
        kind: GroupKind::of(&row::text(row, "kind")?).ok_or_else(|| row::bad("kind", "a kind of group"))?,
    })
}
