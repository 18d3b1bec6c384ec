//! Login names as imported: whose a name is, and whether two spellings are one name.

use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;

use super::{Directory, Fingerprint};

/// The account that a login name belongs to.
#[derive(Debug, Clone)]
pub struct NamedAccount {
    /// Its address.
    pub email: EmailAddress,
    /// The key of that address in the account table.
    pub account: Fingerprint,
}

impl Directory {
    /// The account of somebody who signs in by this name, or by this address.
    ///
    /// An address counts only where the login name behind it was imported too: elsewhere nobody could tell whether the
    /// product signed that person in, or somebody who called themselves so.
    pub fn account_of(&self, organization: &OrganizationId, name: &str) -> Option<NamedAccount> {
        // A name that some products trim and others do not is nobody's.
        if name.trim() != name {
            return None;
        }
        let accounts = self.accounts.load();
        if let Some(email) = accounts.email_of_username(self.key.username(organization, name)) {
            return Some(NamedAccount { account: self.key.email(organization, &email), email });
        }
        let email = EmailAddress::parse(name).ok()?;
        let account = self.key.email(organization, &email);
        accounts.has_username(account).then_some(NamedAccount { email, account })
    }

    /// Whether a name, in any spelling that products take for one, is the login name that was imported with the address.
    pub fn is_login_of(&self, organization: &OrganizationId, name: &str, email: &EmailAddress) -> bool {
        let name = self.key.username(organization, name);
        self.accounts.load().email_of_username(name).as_ref() == Some(email)
    }
}
