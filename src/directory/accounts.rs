//! Accounts, claims, login names and user keys as imported: one immutable table, replaced as a whole.

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
    /// (site, user key) → address. It outlives a change of name, and nobody else ever gets it.
    by_user_key: HashMap<Fingerprint, EmailAddress, RandomState>,
    /// (site, address) → the (site, user key) that it was imported with.
    user_key_of: HashMap<Fingerprint, Fingerprint, RandomState>,
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
        store
            .each_user_key(|user, email| {
                let user_key = key.user(&user.site, &user.key);
                accounts.user_key_of.insert(key.address_at(&user.site, &email), user_key);
                accounts.by_user_key.insert(user_key, email);
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

    pub(super) fn email_of_user_key(&self, user: Fingerprint) -> Option<&EmailAddress> {
        self.by_user_key.get(&user)
    }

    /// Whether the address was imported with a user key of that site, and it is not this one.
    pub(super) fn has_another_key(&self, address_at: Fingerprint, user: Fingerprint) -> bool {
        self.user_key_of.get(&address_at).is_some_and(|known| *known != user)
    }
}
