//! Reading changed accounts again, and swapping a whole table in without losing what changed while it was loaded.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::store::{AccountsChanged, Reread, Store, StoreError};

use super::Directory;
use super::accounts::{AccountState, Accounts};
use super::current::Changed;

impl Directory {
    /// Reads changed accounts from the store and judges by them from now on. `seq` is the newest entry of the change log that
    /// was known before.
    pub async fn read_again(
        &self,
        store: &Store,
        changed: &[AccountsChanged],
        seq: i64,
    ) -> Result<(), StoreError> {
        let mut read = Changed::default();
        let mut moved = false;
        for change in changed {
            let rows = store.reread(change).await?;
            self.take_down(change, &rows, seq, &mut read);
            moved |= change.moves_people();
        }
        self.accounts.rcu(|current| current.with(&read));
        if moved {
            self.epoch.fetch_add(1, Ordering::Release);
        }
        self.announce();
        Ok(())
    }

    /// Whether so many accounts changed since the table was loaded that it should be loaded again.
    pub(super) fn has_many_changes(&self) -> bool {
        self.accounts.load().has_many_changes()
    }

    /// Loads the accounts, and says which entry of the change log they have for certain.
    pub(super) async fn load_accounts(&self, store: &Store) -> Result<(Accounts, i64), StoreError> {
        // Read first: what changes while the tables load is then read once more, never missed.
        let since = store.last_change().await?;
        Ok((Accounts::load(store, &self.key).await?, since))
    }

    /// Swaps in accounts that were loaded, and the domains of now.
    pub(super) async fn swap_in(
        &self,
        store: &Store,
        accounts: Accounts,
        since: i64,
    ) -> Result<(), StoreError> {
        let domains = store.verified_domains().await?;
        let accounts = Arc::new(accounts);
        self.accounts.rcu(|current| current.absorb(&accounts, since));
        self.set_domains(domains.into_iter().collect());
        self.epoch.fetch_add(1, Ordering::Release);
        self.announce();
        Ok(())
    }

    /// What was named and not found is gone.
    fn take_down(&self, change: &AccountsChanged, rows: &Reread, seq: i64, read: &mut Changed) {
        let organization = &change.organization;
        for email in &change.emails {
            read.account(seq, self.key.email(organization, email), None);
        }
        for row in &rows.accounts {
            read.account(seq, self.key.email(organization, &row.email), Some(AccountState::of(row)));
        }
        let names: HashMap<&str, _> =
            rows.usernames.iter().map(|(name, email)| (name.as_str(), email)).collect();
        for username in &change.usernames {
            let email = names.get(username.as_str()).map(|&email| email.clone());
            read.username(seq, self.key.username(organization, username), email);
        }
        for key in &change.user_keys {
            let of = |(known, _): &&(_, _)| known == key;
            let email = rows.user_keys.iter().find(of).map(|(_, email)| email.clone());
            read.user_key(seq, self.key.user(&key.site, &key.key), email);
        }
        let sites: HashSet<&str> = change.user_keys.iter().map(|key| key.site.as_str()).collect();
        for (site, email) in
            sites.iter().flat_map(|site| change.emails.iter().map(move |email| (site, email)))
        {
            let is_keyed = rows.user_keys.iter().any(|(key, of)| key.site == **site && of == email);
            read.keyed(seq, self.key.address_at(site, email), is_keyed);
        }
    }
}
