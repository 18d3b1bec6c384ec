//! Accounts, claims and login names as imported: one immutable table, replaced as a whole.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::domain::email::EmailAddress;
use crate::store::{Store, StoreError};

use super::fingerprint::{Fingerprint, FingerprintKey};

/// The account table.
#[derive(Default)]
pub(super) struct Accounts {
    by_email: HashMap<Fingerprint, Account, RandomState>,
    /// For products that reveal a login name and no address.
    by_username: HashMap<Fingerprint, EmailAddress, RandomState>,
}

struct Account {
    claimed: bool,
    /// The login name that belongs to the address, where one was imported.
    username: Option<Fingerprint>,
}

impl Accounts {
    pub(super) async fn load(store: &Store, key: &FingerprintKey) -> Result<Self, StoreError> {
        let mut accounts = Self::default();
        store
            .each_account(|row| {
                let username = row.username.as_deref().map(|username| key.username(username));
                accounts.by_email.insert(key.email(&row.email), Account { claimed: row.claimed, username });
                if let Some(username) = username {
                    accounts.by_username.insert(username, row.email);
                }
            })
            .await?;
        Ok(accounts)
    }

    pub(super) fn len(&self) -> usize {
        self.by_email.len()
    }

    pub(super) fn is_claimed(&self, account: Fingerprint) -> bool {
        self.by_email.get(&account).is_some_and(|account| account.claimed)
    }

    pub(super) fn username_of(&self, account: Fingerprint) -> Option<Fingerprint> {
        self.by_email.get(&account).and_then(|account| account.username)
    }

    pub(super) fn email_of_username(&self, username: Fingerprint) -> Option<&EmailAddress> {
        self.by_username.get(&username)
    }
}
