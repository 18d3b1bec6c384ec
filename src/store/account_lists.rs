//! Lists of accounts, a page at a time, in the order of addresses.
//!
//! A page is read from an index at the place where the one before ended, and so takes the same time at a thousand accounts as
//! at a million. Managed is a matter of the domain too, so a list is made of runs through the index, each of accounts of one
//! claim and perhaps one domain, which are merged by their order.

use jiff::Timestamp;
use uuid::Uuid;

use super::account_sets::AccountSet;
use super::accounts::{ACCOUNT_COLUMNS, Account, account};
use super::database::Row;
use super::statement::{Statement, Value};
use super::{Store, StoreError, Within, row};
use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::domain::group::Role;
use crate::domain::lifecycle::Status;
use crate::domain::organization::OrganizationId;

/// What stands before the `@`.
const LOCAL: &str = "substr(email, 1, length(email) - length(domain) - 1)";

/// What nobody is.
const NOBODY: &str = "1 = 0";

/// Which side of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimFilter {
    /// Claimed, and of a domain that the organization owns.
    Managed,
    /// Everybody else: the external people.
    Unmanaged,
}

/// Which accounts. An empty list asks for nothing in particular.
#[derive(Debug, Clone, Default)]
pub struct AccountFilter {
    /// Managed or external.
    pub claim: Option<ClaimFilter>,
    /// Of one of these mail domains.
    pub domains: Vec<DomainName>,
    /// With one of these ids.
    pub ids: Vec<Uuid>,
    /// With one of these addresses.
    pub emails: Vec<EmailAddress>,
    /// In one of these states: what became of it, and whether it is suspended.
    pub states: Option<Vec<(Status, bool)>>,
    /// Of one of these types.
    pub types: Vec<String>,
    /// With this text in the name, the nickname or the address, in lower case.
    pub contains: Option<String>,
    /// With exactly one of these names or nicknames.
    pub names: Vec<String>,
    /// With exactly one of these before the `@`.
    pub locals: Vec<String>,
    /// With this text in the name or the nickname, in lower case.
    pub name_part: Option<String>,
    /// With this text before the `@`, in lower case.
    pub local_part: Option<String>,
    /// With this text in the mail domain, in lower case.
    pub domain_part: Option<String>,
    /// In one of these groups, of whichever directory; in a company also by the mail domain.
    pub groups: Vec<Uuid>,
    /// With one of these roles, by themselves or by a group; together with `resources`, at one of those.
    pub roles: Vec<Role>,
    /// With a role at one of these resources.
    pub resources: Vec<String>,
    /// In one of these directories.
    pub within: Within,
    /// From the last address to the first.
    pub is_backwards: bool,
    /// For whom this account answers.
    pub sponsor: Option<Uuid>,
    /// Whose end comes before this time.
    pub ends_before: Option<Timestamp>,
    /// Whose end does not come before this time.
    pub comes_until: Option<Timestamp>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPage {
    /// The accounts.
    pub accounts: Vec<Account>,
    /// The address after which the next page begins; none at the end.
    pub next: Option<EmailAddress>,
}

/// A stretch of one index.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    claimed: Option<bool>,
    domain: Option<DomainName>,
}

impl Store {
    /// Up to `limit` accounts after an address.
    pub async fn list_accounts(
        &self,
        organization: &OrganizationId,
        filter: &AccountFilter,
        after: Option<&EmailAddress>,
        limit: u32,
    ) -> Result<AccountPage, StoreError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let sets = self.account_sets(organization, filter).await?;
        let mut accounts = Vec::new();
        for run in self.runs(organization, filter).await? {
            let mut statement = Statement::new(self.connections.kind, &format!("SELECT {ACCOUNT_COLUMNS}"));
            sets.from(&mut statement, organization);
            run.narrow(&mut statement, filter.is_of_few());
            filter.narrow(&mut statement);
            let (next, order) = if filter.is_backwards { ("<", "DESC") } else { (">", "ASC") };
            if let Some(after) = after {
                let after = statement.bind_text(after.as_str());
                statement.and(&format!("accounts.email {next} {after}"));
            }
            statement.push(&format!(" ORDER BY accounts.email {order}"));
            statement.limit(limit + 1);
            let page = statement.finish().try_map(|row: Row| account(&row)).fetch_all(self.readers());
            accounts.extend(page.await.map_err(self.fault())?);
        }
        accounts.sort_by(|one: &Account, other| match filter.is_backwards {
            true => other.email.cmp(&one.email),
            false => one.email.cmp(&other.email),
        });
        let more = accounts.len() > limit;
        accounts.truncate(limit);
        let next = accounts.last().filter(|_| more).map(|last| last.email.clone());
        Ok(AccountPage { accounts, next })
    }

    /// How many accounts there are, by status.
    pub async fn count_accounts(
        &self,
        organization: &OrganizationId,
        filter: &AccountFilter,
    ) -> Result<Vec<(Status, u64)>, StoreError> {
        let sets = self.account_sets(organization, filter).await?;
        let mut counts = Status::ALL.map(|status| (status, 0));
        for run in self.runs(organization, filter).await? {
            let mut statement =
                Statement::new(self.connections.kind, "SELECT accounts.status AS status, count(*) AS number");
            sets.from(&mut statement, organization);
            run.narrow(&mut statement, filter.is_of_few());
            filter.narrow(&mut statement);
            statement.push(" GROUP BY accounts.status");
            let read = |row: Row| Ok((row::status(&row, "status")?, row::integer(&row, "number")?));
            let counted = statement.finish().try_map(read).fetch_all(self.readers());
            for (status, number) in counted.await.map_err(self.fault())? {
                let entry = counts.iter_mut().find(|(known, _)| *known == status);
                entry.expect("all are listed").1 += number.unsigned_abs();
            }
        }
        Ok(counts.to_vec())
    }

    /// The runs that together are the list.
    async fn runs(
        &self,
        organization: &OrganizationId,
        filter: &AccountFilter,
    ) -> Result<Vec<Run>, StoreError> {
        let one = |claimed, domain: Option<&DomainName>| Run { claimed, domain: domain.cloned() };
        let Some(claim) = filter.claim else {
            return Ok(match filter.domains.as_slice() {
                [] => vec![one(None, None)],
                domains => domains.iter().map(|domain| one(None, Some(domain))).collect(),
            });
        };
        let owned = self.owned_names(organization).await?;
        let mut runs = Vec::new();
        match (claim, filter.domains.as_slice()) {
            (ClaimFilter::Managed, []) => {
                // Nearly always all claimed accounts are of owned domains, and one run is all of them.
                let lost = self.claimed_domains_but(organization, &owned).await?;
                match lost.is_empty() {
                    true if owned.is_empty() => {}
                    true => runs.push(one(Some(true), None)),
                    false => runs.extend(owned.iter().map(|domain| one(Some(true), Some(domain)))),
                }
            }
            (ClaimFilter::Managed, domains) => {
                runs.extend(
                    domains
                        .iter()
                        .filter(|domain| owned.contains(domain))
                        .map(|domain| one(Some(true), Some(domain))),
                );
            }
            (ClaimFilter::Unmanaged, []) => {
                runs.push(one(Some(false), None));
                let lost = self.claimed_domains_but(organization, &owned).await?;
                runs.extend(lost.iter().map(|domain| one(Some(true), Some(domain))));
            }
            (ClaimFilter::Unmanaged, domains) => {
                for domain in domains {
                    runs.push(one(if owned.contains(domain) { Some(false) } else { None }, Some(domain)));
                }
            }
        }
        Ok(runs)
    }

    async fn owned_names(&self, organization: &OrganizationId) -> Result<Vec<DomainName>, StoreError> {
        sqlx::query(
            "SELECT name FROM domains WHERE organization = $1 AND status IN ('verified', 'missing_token') ORDER BY name",
        )
        .bind(organization.as_str())
        .try_map(|row: Row| row::domain(&row, "name"))
        .fetch_all(self.readers())
        .await
        .map_err(self.fault())
    }

    /// The domains of claimed accounts that are not among these: lost ones. From each to the next by the index, so that it
    /// costs as many steps as there are domains.
    async fn claimed_domains_but(
        &self,
        organization: &OrganizationId,
        owned: &[DomainName],
    ) -> Result<Vec<DomainName>, StoreError> {
        let claimed: Vec<DomainName> = sqlx::query(
            "WITH RECURSIVE steps(name) AS (SELECT min(domain) FROM accounts WHERE organization = $1 AND claimed = 1 \
             UNION ALL SELECT (SELECT min(domain) FROM accounts WHERE organization = $1 AND claimed = 1 \
             AND domain > steps.name) FROM steps WHERE steps.name IS NOT NULL) \
             SELECT name FROM steps WHERE name IS NOT NULL",
        )
        .bind(organization.as_str())
        .try_map(|row: Row| row::domain(&row, "name"))
        .fetch_all(self.readers())
        .await
        .map_err(self.fault())?;
        Ok(claimed.into_iter().filter(|name| owned.binary_search(name).is_err()).collect())
    }
}

impl Run {
    fn narrow(&self, statement: &mut Statement, of_few: bool) {
        if let Some(claimed) = self.claimed {
            // A column that is reckoned with chooses no index: of the few there are in another, few are read.
            let column = if of_few { "claimed + 0" } else { "claimed" };
            statement.and(&format!("{column} = {}", u8::from(claimed)));
        }
        if let Some(domain) = &self.domain {
            let domain = statement.bind_text(domain.as_str());
            statement.and(&format!("domain = {domain}"));
        }
    }
}

impl AccountFilter {
    /// Whether there is an index of those that this may find, in which few accounts are.
    fn is_of_few(&self) -> bool {
        self.sponsor.is_some() || self.ends_before.is_some()
    }

    /// The sets that it asks for.
    pub(super) fn sets(&self) -> Vec<AccountSet<'_>> {
        let mut sets = Vec::new();
        if !self.groups.is_empty() {
            sets.push(AccountSet::Groups(&self.groups));
        }
        if !self.roles.is_empty() || !self.resources.is_empty() {
            sets.push(AccountSet::Roles(&self.roles, &self.resources));
        }
        match &self.within {
            Within::These { own: false, synced } if !synced.is_empty() => {
                sets.push(AccountSet::Synced(synced))
            }
            _ => {}
        }
        sets
    }

    fn narrow(&self, statement: &mut Statement) {
        self.narrow_to_directories(statement);
        statement.one_of("accounts.id", &self.ids, Value::id);
        statement.one_of("email", &self.emails, |email| Value::text(email.as_str()));
        statement.one_of("account_type", &self.types, |kind| Value::text(kind));
        statement.one_of(LOCAL, &self.locals, |local| Value::Text(local.to_lowercase()));
        self.narrow_to_terms(statement);
        if let Some(states) = &self.states {
            let state = |(status, is_suspended): &(Status, bool)| {
                let is = if *is_suspended { "IS NOT" } else { "IS" };
                format!("(status = '{}' AND suspended_at {is} NULL)", status.label())
            };
            let any: Vec<String> = states.iter().map(state).collect();
            // In none of no states nobody is.
            statement.and(&if any.is_empty() {
                NOBODY.to_owned()
            } else {
                format!("({})", any.join(" OR "))
            });
        }
        if !self.names.is_empty() {
            let [first, second] = [(); 2].map(|()| statement.list(&self.names, |name| Value::text(name)));
            statement.and(&format!("(name IN {first} OR nickname IN {second})"));
        }
        let parts = [
            (&self.contains, &["email", "lower(name)", "lower(nickname)"][..]),
            (&self.name_part, &["lower(name)", "lower(nickname)"]),
            (&self.local_part, &[LOCAL]),
            (&self.domain_part, &["domain"]),
        ];
        for (part, columns) in parts {
            let Some(part) = part else { continue };
            let pattern = format!("%{}%", part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
            let holds = |column: &&str| {
                let pattern = statement.bind_text(&pattern);
                format!("{column} LIKE {pattern} ESCAPE '\\'")
            };
            let any: Vec<String> = columns.iter().map(holds).collect();
            statement.and(&format!("({})", any.join(" OR ")));
        }
    }

    fn narrow_to_terms(&self, statement: &mut Statement) {
        statement.one_of("sponsor", self.sponsor.as_slice(), Value::id);
        if let Some(end) = self.ends_before {
            let end = statement.bind(Value::Integer(row::millis(end)));
            statement.and(&format!("ends_at < {end}"));
        }
        if let Some(end) = self.comes_until {
            let end = statement.bind(Value::Integer(row::millis(end)));
            statement.and(&format!("(ends_at IS NULL OR ends_at >= {end})"));
        }
    }

    /// Those of other directories alone are a set.
    fn narrow_to_directories(&self, statement: &mut Statement) {
        let Within::These { own, synced } = &self.within else { return };
        if !own {
            return if synced.is_empty() {
                statement.and(NOBODY)
            };
        }
        statement.and("(NOT EXISTS (SELECT 1 FROM scim_users WHERE scim_users.account = accounts.id)");
        if !synced.is_empty() {
            let synced = statement.list(synced, Value::id);
            statement.push(&format!(
                " OR EXISTS (SELECT 1 FROM scim_users WHERE scim_users.account = accounts.id AND directory IN {synced})"
            ));
        }
        statement.push(")");
    }
}
