//! Login names as imported: whose a name is, and whether two spellings are one name.

use crate::domain::email::EmailAddress;

use super::{Directory, Fingerprint};

/// The account that a login name belongs to.
#[derive(Debug, Clone)]
pub struct NamedAccount {
    /// Its address.
    pub email: EmailAddress,
    /// The key of that address in the account table.
    pub account: Fingerprint,
    /// Its login name, by which products name it in their answers.
    pub login: Fingerprint,
}

impl Directory {
    /// The account of somebody who signs in by this name, or by this address.
    ///
    /// An address counts only where the login name behind it was imported too: elsewhere nobody could tell whether the
    /// product signed that person in, or somebody who called themselves so.
    pub fn account_of(&self, name: &str) -> Option<NamedAccount> {
        // A name that some products trim and others do not is nobody's.
        if name.trim() != name {
            return None;
        }
        let accounts = self.accounts.load();
        let login = self.key.username(name);
        if let Some(email) = accounts.email_of_username(login).cloned() {
            return Some(NamedAccount { account: self.key.email(&email), email, login });
        }
        let email = EmailAddress::parse(name).ok()?;
        let account = self.key.email(&email);
        let login = accounts.username_of(account)?;
        Some(NamedAccount { email, account, login })
    }

    /// The key of a login name, which is the same for every spelling that products take for one.
    pub fn login(&self, name: &str) -> Fingerprint {
        self.key.username(name)
    }
}
