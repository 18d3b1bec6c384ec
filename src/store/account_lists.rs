//! Lists of accounts, a page at a time, in the order of addresses.
//!
//! A page is read from an index at the place where the one before ended, and so takes the same time at a thousand accounts as
//! at a million. Managed is a matter of the domain too, so a list is made of runs through the index, each of accounts of one
//! claim and perhaps one domain, which are merged by their order.

use jiff::Timestamp;
use sqlx::Arguments as _;
use sqlx::any::AnyArguments;
use uuid::Uuid;

use super::accounts::{ACCOUNT, Account, account};
use super::database::{Kind, Row};
use super::{Store, StoreError, row};
use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::domain::lifecycle::Status;
use crate::domain::organization::OrganizationId;

/// What stands before the `@`.
const LOCAL: &str = "substr(email, 1, length(email) - length(domain) - 1)";

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
    /// For whom this account answers.
    pub sponsor: Option<Uuid>,
    /// Whose end comes before this time.
    pub ends_before: Option<Timestamp>,
    /// Whose end does not come before this time.
    pub comes_until: Option<Timestamp>,
    /// Who is in this group, or of a mail domain of this company.
    pub group: Option<Uuid>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPage {
    /// The accounts.
    pub accounts: Vec<Account>,
    /// The address after which the next page begins; none at the end.
    pub next: Option<EmailAddress>,
}

impl AccountFilter {
    /// Whether there is an index of those that this may find, in which few accounts are.
    fn is_of_few(&self) -> bool {
        self.sponsor.is_some() || self.ends_before.is_some()
    }
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
        let mut accounts = Vec::new();
        for run in self.runs(organization, filter).await? {
            let mut statement = Statement::new(self.connections.kind, organization);
            statement.run(&run, after, filter.is_of_few());
            statement.filter(filter);
            let (text, arguments) = statement.finish(limit + 1);
            let page = sqlx::query_with(sqlx::AssertSqlSafe(text), arguments)
                .try_map(|row: Row| account(&row))
                .fetch_all(self.readers())
                .await
                .map_err(self.fault())?;
            accounts.extend(page);
        }
        accounts.sort_by(|one: &Account, other| one.email.cmp(&other.email));
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
        let mut counts = Status::ALL.map(|status| (status, 0));
        for run in self.runs(organization, filter).await? {
            let mut statement = Statement::new(self.connections.kind, organization);
            statement.run(&run, None, filter.is_of_few());
            statement.filter(filter);
            let (text, arguments) = statement.count();
            let counted = sqlx::query_with(sqlx::AssertSqlSafe(text), arguments)
                .try_map(|row: Row| Ok((row::status(&row, "status")?, row::integer(&row, "number")?)))
                .fetch_all(self.readers())
                .await
                .map_err(self.fault())?;
            for (status, number) in counted {
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

/// A statement as it grows. Only placeholders and words of ours are put into its text.
struct Statement {
    kind: Kind,
    conditions: String,
    arguments: AnyArguments,
    bound: usize,
}

impl Statement {
    fn new(kind: Kind, organization: &OrganizationId) -> Self {
        let mut statement =
            Self { kind, conditions: String::new(), arguments: AnyArguments::default(), bound: 0 };
        let owner = statement.bind_text(organization.as_str());
        statement.conditions = format!("accounts.organization = {owner}");
        statement
    }

    fn run(&mut self, run: &Run, after: Option<&EmailAddress>, of_few: bool) {
        if let Some(claimed) = run.claimed {
            // A column that is reckoned with chooses no index: of the few there are in another, few are read.
            let column = if of_few { "claimed + 0" } else { "claimed" };
            self.and(format!("{column} = {}", u8::from(claimed)));
        }
        if let Some(domain) = &run.domain {
            let domain = self.bind_text(domain.as_str());
            self.and(format!("domain = {domain}"));
        }
        if let Some(after) = after {
            let after = self.bind_text(after.as_str());
            self.and(format!("email > {after}"));
        }
    }

    fn filter(&mut self, filter: &AccountFilter) {
        self.one_of("id", &filter.ids, |id| Value::Bytes(id.as_bytes().to_vec()));
        self.one_of("email", &filter.emails, |email| Value::Text(email.as_str().to_owned()));
        self.one_of("account_type", &filter.types, |kind| Value::Text(kind.clone()));
        self.one_of(LOCAL, &filter.locals, |local| Value::Text(local.to_lowercase()));
        self.terms(filter);
        if let Some(states) = &filter.states {
            let state = |(status, is_suspended): &(Status, bool)| {
                let is = if *is_suspended { "IS NOT" } else { "IS" };
                format!("(status = '{}' AND suspended_at {is} NULL)", status.label())
            };
            let any: Vec<String> = states.iter().map(state).collect();
            // In none of no states nobody is.
            self.and(if any.is_empty() { "1 = 0".to_owned() } else { format!("({})", any.join(" OR ")) });
        }
        if !filter.names.is_empty() {
            let (first, second) = (self.list(&filter.names), self.list(&filter.names));
            self.and(format!("(name IN {first} OR nickname IN {second})"));
        }
        let parts = [
            (&filter.contains, &["email", "lower(name)", "lower(nickname)"][..]),
            (&filter.name_part, &["lower(name)", "lower(nickname)"]),
            (&filter.local_part, &[LOCAL]),
            (&filter.domain_part, &["domain"]),
        ];
        for (part, columns) in parts {
            let Some(part) = part else { continue };
            let pattern = format!("%{}%", part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
            let holds = |column: &&str| {
                let pattern = self.bind_text(&pattern);
                format!("{column} LIKE {pattern} ESCAPE '\\'")
            };
            let any: Vec<String> = columns.iter().map(holds).collect();
            self.and(format!("({})", any.join(" OR ")));
        }
    }

    fn terms(&mut self, filter: &AccountFilter) {
        if let Some(sponsor) = filter.sponsor {
            self.one_of("sponsor", &[sponsor], |id| Value::Bytes(id.as_bytes().to_vec()));
        }
        if let Some(end) = filter.ends_before {
            let end = self.bind(Value::Integer(row::millis(end)));
            self.and(format!("ends_at < {end}"));
        }
        if let Some(end) = filter.comes_until {
            let end = self.bind(Value::Integer(row::millis(end)));
            self.and(format!("(ends_at IS NULL OR ends_at >= {end})"));
        }
        if let Some(group) = filter.group {
            let [member, domain] = [(), ()].map(|()| self.bind(Value::Bytes(group.as_bytes().to_vec())));
            self.and(format!(
                "(id IN (SELECT account FROM group_members WHERE group_id = {member}) \
                 OR domain IN (SELECT domain FROM group_domains WHERE group_id = {domain}))"
            ));
        }
    }

    fn finish(mut self, limit: usize) -> (String, AnyArguments) {
        let limit = self.bind(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
        (format!("{ACCOUNT} WHERE {} ORDER BY accounts.email LIMIT {limit}", self.conditions), self.arguments)
    }

    fn count(self) -> (String, AnyArguments) {
        let text = format!(
            "SELECT status, count(*) AS number FROM accounts WHERE {} GROUP BY status",
            self.conditions
        );
        (text, self.arguments)
    }

    fn and(&mut self, condition: String) {
        self.conditions.push_str(" AND ");
        self.conditions.push_str(&condition);
    }

    fn one_of<T>(&mut self, column: &str, values: &[T], value: impl Fn(&T) -> Value) {
        if values.is_empty() {
            return;
        }
        let places: Vec<String> = values.iter().map(|one| self.bind(value(one))).collect();
        self.and(format!("{column} IN ({})", places.join(", ")));
    }

    fn list(&mut self, texts: &[String]) -> String {
        let places: Vec<String> = texts.iter().map(|text| self.bind_text(text)).collect();
        format!("({})", places.join(", "))
    }

    fn bind_text(&mut self, text: &str) -> String {
        self.bind(Value::Text(text.to_owned()))
    }

    fn bind(&mut self, value: Value) -> String {
        self.bound += 1;
        let added = match value {
            Value::Text(text) => self.arguments.add(text),
            Value::Bytes(bytes) => self.arguments.add(bytes),
            Value::Integer(number) => self.arguments.add(number),
        };
        added.expect("texts, bytes and integers can be bound");
        self.kind.rows(self.bound, 1, 1)
    }
}

enum Value {
    Text(String),
    Bytes(Vec<u8>),
    Integer(i64),
}
