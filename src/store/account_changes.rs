//! Which accounts changed: what the change log names and a node reads again, instead of ten million rows.
//!
//! An entry says where to look and never what is there: who reads it late sees the state of now, and nothing twice does harm.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::database::{Row, built};
use super::{AccountRow, Change, ChangeKind, Store, StoreError, UserKey, row};
use crate::domain::email::EmailAddress;
use crate::domain::lifecycle::{Claim, Standing};
use crate::domain::organization::OrganizationId;

/// Addresses per entry of the log, and per statement that reads them again.
const BATCH: usize = 500;
/// Rows per read of a stretch.
const PAGE: i64 = 5_000;

/// The columns that decisions need, as in the pages of `sqlite.rs` and `postgres.rs`.
const COLUMNS: &str =
    "email, username, claimed + claimed * email_verified AS claim, status, suspended_at, ends_at, policy";

/// Accounts that changed, by all that finds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountsChanged {
    /// Whose accounts.
    pub organization: OrganizationId,
    /// Their addresses, those included that they do not have any more.
    pub emails: Vec<EmailAddress>,
    /// Login names that lead elsewhere now.
    pub usernames: Vec<String>,
    /// User keys that lead elsewhere now.
    pub user_keys: Vec<UserKey>,
    /// All accounts of one mail domain from this address to that one, both included.
    pub stretch: Option<(EmailAddress, EmailAddress)>,
}

/// What stands at the places that an entry names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reread {
    /// The accounts.
    pub accounts: Vec<AccountRow>,
    /// The named login names, with their addresses.
    pub usernames: Vec<(String, EmailAddress)>,
    /// The named user keys and those of the named addresses, with their addresses.
    pub user_keys: Vec<(UserKey, EmailAddress)>,
}

impl AccountsChanged {
    /// These addresses and nothing else.
    pub fn at(organization: &OrganizationId, emails: Vec<EmailAddress>) -> Self {
        let organization = organization.clone();
        Self { organization, emails, usernames: Vec::new(), user_keys: Vec::new(), stretch: None }
    }

    /// All accounts of one mail domain from an address to another.
    pub fn between(organization: &OrganizationId, first: EmailAddress, last: EmailAddress) -> Self {
        Self { stretch: Some((first, last)), ..Self::at(organization, Vec::new()) }
    }

    /// Whether people may be somebody else by it.
    pub fn moves_people(&self) -> bool {
        !self.usernames.is_empty() || !self.user_keys.is_empty()
    }

    fn to_json(&self) -> Value {
        let emails: Vec<&str> = self.emails.iter().map(EmailAddress::as_str).collect();
        let keys: Vec<(&str, &str)> =
            self.user_keys.iter().map(|key| (key.site.as_str(), key.key.as_str())).collect();
        let stretch = self.stretch.as_ref().map(|(first, last)| [first.as_str(), last.as_str()]);
        json!({
            "organization": self.organization.as_str(), "emails": emails, "usernames": self.usernames,
            "user_keys": keys, "stretch": stretch,
        })
    }

    pub(super) fn from_json(text: &str) -> Option<Self> {
        let detail: Value = serde_json::from_str(text).ok()?;
        let email = |value: &Value| EmailAddress::from_canonical(value.as_str()?);
        let list = |name: &str| detail.get(name)?.as_array();
        let user_key = |pair: &Value| {
            let [site, key] = pair.as_array()?.as_slice() else { return None };
            Some(UserKey { site: site.as_str()?.to_owned(), key: key.as_str()?.to_owned() })
        };
        Some(Self {
            organization: OrganizationId::parse(detail.get("organization")?.as_str()?).ok()?,
            emails: list("emails")?.iter().map(email).collect::<Option<_>>()?,
            usernames: list("usernames")?
                .iter()
                .map(|name| name.as_str().map(str::to_owned))
                .collect::<Option<_>>()?,
            user_keys: list("user_keys")?.iter().map(user_key).collect::<Option<_>>()?,
            stretch: match detail.get("stretch")? {
                Value::Null => None,
                Value::Array(ends) => {
                    let [first, last] = ends.as_slice() else { return None };
                    Some((email(first)?, email(last)?))
                }
                _ => return None,
            },
        })
    }
}

impl Change {
    /// Tells all nodes which accounts this change touched. However many they are, no entry is long.
    pub async fn log_accounts(
        &mut self,
        changed: &AccountsChanged,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if changed.emails.len() <= BATCH {
            return self.log_change(ChangeKind::Accounts, &changed.to_json(), now).await;
        }
        for emails in changed.emails.chunks(BATCH) {
            let part = AccountsChanged { emails: emails.to_vec(), ..changed.clone() };
            self.log_change(ChangeKind::Accounts, &part.to_json(), now).await?;
        }
        Ok(())
    }
}

impl Store {
    /// What stands now at the places that changed.
    pub async fn reread(&self, changed: &AccountsChanged) -> Result<Reread, StoreError> {
        let mut read = Reread::default();
        for emails in changed.emails.chunks(BATCH) {
            read.accounts.extend(self.accounts_at(&changed.organization, emails).await?);
        }
        if let Some((first, last)) = &changed.stretch {
            self.accounts_between(&changed.organization, first, last, &mut read.accounts).await?;
        }
        for name in &changed.usernames {
            let email = self.email_of_username(&changed.organization, name).await?;
            read.usernames.extend(email.map(|email| (name.clone(), email)));
        }
        for key in &changed.user_keys {
            let email = self.email_of_user_key(key).await?;
            read.user_keys.extend(email.map(|email| (key.clone(), email)));
        }
        // Where a key moved, its old and its new address may have others at the same site.
        if !changed.user_keys.is_empty() {
            for email in &changed.emails {
                let keys = self.user_keys_of(&changed.organization, email).await?;
                read.user_keys.extend(keys.into_iter().map(|key| (key, email.clone())));
            }
        }
        Ok(read)
    }

    async fn accounts_at(
        &self,
        organization: &OrganizationId,
        emails: &[EmailAddress],
    ) -> Result<Vec<AccountRow>, StoreError> {
        let kind = self.connections.kind;
        let (owner, list) = (kind.rows(1, 1, 1), kind.rows(2, 1, emails.len()));
        let mut select =
            built(format!("SELECT {COLUMNS} FROM accounts WHERE organization = {owner} AND email IN {list}"))
                .bind(organization.as_str());
        for email in emails {
            select = select.bind(email.as_str());
        }
        select
            .try_map(|row: Row| account_row(&row, organization))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())
    }

    async fn accounts_between(
        &self,
        organization: &OrganizationId,
        first: &EmailAddress,
        last: &EmailAddress,
        into: &mut Vec<AccountRow>,
    ) -> Result<(), StoreError> {
        let (mut after, mut includes) = (first.clone(), ">=");
        loop {
            let page = built(format!(
                "SELECT {COLUMNS} FROM accounts WHERE organization = $1 AND domain = $2 AND email {includes} $3 \
                 AND email <= $4 ORDER BY email LIMIT $5"
            ))
            .bind(organization.as_str())
            .bind(first.domain())
            .bind(after.as_str())
            .bind(last.as_str())
            .bind(PAGE)
            .try_map(|row: Row| account_row(&row, organization))
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())?;
            let Some(end) = page.last() else { return Ok(()) };
            (after, includes) = (end.email.clone(), ">");
            into.extend(page);
        }
    }

    async fn email_of_username(
        &self,
        organization: &OrganizationId,
        username: &str,
    ) -> Result<Option<EmailAddress>, StoreError> {
        sqlx::query("SELECT email FROM accounts WHERE organization = $1 AND username = $2")
            .bind(organization.as_str())
            .bind(username)
            .try_map(|row: Row| row::email(&row, "email"))
            .fetch_optional(self.readers())
            .await
            .map_err(self.fault())
    }

    async fn email_of_user_key(&self, key: &UserKey) -> Result<Option<EmailAddress>, StoreError> {
        sqlx::query("SELECT email FROM user_keys WHERE site = $1 AND user_key = $2")
            .bind(&key.site)
            .bind(&key.key)
            .try_map(|row: Row| row::email(&row, "email"))
            .fetch_optional(self.readers())
            .await
            .map_err(self.fault())
    }

    async fn user_keys_of(
        &self,
        organization: &OrganizationId,
        email: &EmailAddress,
    ) -> Result<Vec<UserKey>, StoreError> {
        sqlx::query("SELECT site, user_key FROM user_keys WHERE organization = $1 AND email = $2")
            .bind(organization.as_str())
            .bind(email.as_str())
            .try_map(|row: Row| {
                Ok(UserKey { site: row::text(&row, "site")?, key: row::text(&row, "user_key")? })
            })
            .fetch_all(self.readers())
            .await
            .map_err(self.fault())
    }
}

fn account_row(row: &Row, organization: &OrganizationId) -> Result<AccountRow, sqlx::Error> {
    Ok(AccountRow {
        organization: organization.clone(),
        email: row::email(row, "email")?,
        username: row::optional_text(row, "username")?,
        claim: claim(row)?,
        standing: standing(row)?,
        ends_at: row::optional_time(row, "ends_at")?,
        policy: row::optional_id(row, "policy")?,
    })
}

fn claim(row: &Row) -> Result<Claim, sqlx::Error> {
    let number = u8::try_from(row::integer(row, "claim")?).ok();
    number.and_then(Claim::of_number).ok_or_else(|| row::bad("claimed", "0 or 1"))
}

fn standing(row: &Row) -> Result<Standing, sqlx::Error> {
    Ok(row::status(row, "status")?.standing(row::optional_time(row, "suspended_at")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_comes_back_as_it_was_and_a_damaged_one_does_not() {
        let email = |text| EmailAddress::parse(text).unwrap();
        let changed = AccountsChanged {
            usernames: vec!["jane \"x\"".to_owned()],
            user_keys: vec![UserKey { site: "jira.test".to_owned(), key: "a=b".to_owned() }],
            stretch: Some((email("a@acme.test"), email("z@acme.test"))),
            ..AccountsChanged::at(&OrganizationId::only(), vec![email("jane@acme.test")])
        };
        let text = changed.to_json().to_string();
        assert_eq!(AccountsChanged::from_json(&text), Some(changed));
        for damaged in [
            text.replace("jane@acme.test", "jane"),
            text.replace("emails", "mails"),
            text.replace("default", "-"),
        ] {
            assert_eq!(AccountsChanged::from_json(&damaged), None, "{damaged}");
        }
    }
}
