//! The accounts as they are now: the table as it was loaded, and beside it the few that changed since.
//!
//! A change of one account costs nothing of ten million: the changed ones are copied, the table is shared. Readers take both
//! with one load and no lock. What changed stays beside the table until a table is loaded that has it: see [`Current::absorb`].

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::domain::email::EmailAddress;

use super::accounts::{AccountState, Accounts};
use super::fingerprint::Fingerprint;

/// From how many changed ones on the table is loaded again: copying them takes some milliseconds then.
pub(super) const MANY: usize = 100_000;

/// The accounts as they are now.
#[derive(Clone, Default)]
pub(super) struct Current {
    loaded: Arc<Accounts>,
    changed: Changed,
}

/// What changed, each with the number of the newest entry of the change log that was known when it was read.
#[derive(Clone, Default)]
pub(super) struct Changed {
    accounts: Newer<Option<AccountState>>,
    usernames: Newer<Option<EmailAddress>>,
    user_keys: Newer<Option<EmailAddress>>,
    /// The (site, address): whether it has a user key there.
    keyed: Newer<bool>,
}

type Newer<V> = HashMap<Fingerprint, (i64, V), RandomState>;

impl Current {
    pub(super) fn of(loaded: Accounts) -> Self {
        Self { loaded: Arc::new(loaded), changed: Changed::default() }
    }

    pub(super) fn len(&self) -> usize {
        let changed = self.changed.accounts.iter();
        let (mut come, mut gone) = (0, 0);
        for (account, (_, state)) in changed {
            match (self.loaded.state(*account), state) {
                (None, Some(_)) => come += 1,
                (Some(_), None) => gone += 1,
                _ => {}
            }
        }
        self.loaded.len() + come - gone
    }

    /// What is known of an account; `None` where there is none.
    pub(super) fn state(&self, account: Fingerprint) -> Option<AccountState> {
        match newer(&self.changed.accounts, account) {
            Some(state) => *state,
            None => self.loaded.state(account),
        }
    }

    /// Whether a login name was imported with the address.
    pub(super) fn has_username(&self, account: Fingerprint) -> bool {
        self.state(account).is_some_and(|state| state.named)
    }

    pub(super) fn email_of_username(&self, username: Fingerprint) -> Option<EmailAddress> {
        match newer(&self.changed.usernames, username) {
            Some(email) => email.clone(),
            None => self.loaded.email_of_username(username),
        }
    }

    pub(super) fn email_of_user_key(&self, user: Fingerprint) -> Option<EmailAddress> {
        match newer(&self.changed.user_keys, user) {
            Some(email) => email.clone(),
            None => self.loaded.email_of_user_key(user),
        }
    }

    /// Whether the address was imported with a user key of that site. Who comes without an imported key of their own is then
    /// somebody else.
    pub(super) fn has_user_key(&self, address_at: Fingerprint) -> bool {
        match newer(&self.changed.keyed, address_at) {
            Some(keyed) => *keyed,
            None => self.loaded.has_user_key(address_at),
        }
    }

    /// The same with what was read of changed accounts. An older reading never replaces a newer one.
    pub(super) fn with(&self, read: &Changed) -> Self {
        let mut changed = self.changed.clone();
        take_in(&mut changed.accounts, &read.accounts);
        take_in(&mut changed.usernames, &read.usernames);
        take_in(&mut changed.user_keys, &read.user_keys);
        take_in(&mut changed.keyed, &read.keyed);
        Self { loaded: Arc::clone(&self.loaded), changed }
    }

    /// The same over a table that was loaded anew and has all changes up to `since`. What was read later stays beside it.
    pub(super) fn absorb(&self, loaded: &Arc<Accounts>, since: i64) -> Self {
        let mut changed = self.changed.clone();
        changed.accounts.retain(|_, (seq, _)| *seq > since);
        changed.usernames.retain(|_, (seq, _)| *seq > since);
        changed.user_keys.retain(|_, (seq, _)| *seq > since);
        changed.keyed.retain(|_, (seq, _)| *seq > since);
        Self { loaded: Arc::clone(loaded), changed }
    }

    /// Whether so many changed that the table should be loaded again.
    pub(super) fn has_many_changes(&self) -> bool {
        self.changed.accounts.len() >= MANY
    }
}

impl Changed {
    pub(super) fn account(&mut self, seq: i64, account: Fingerprint, state: Option<AccountState>) {
        self.accounts.insert(account, (seq, state));
    }

    pub(super) fn username(&mut self, seq: i64, username: Fingerprint, email: Option<EmailAddress>) {
        self.usernames.insert(username, (seq, email));
    }

    pub(super) fn user_key(&mut self, seq: i64, user: Fingerprint, email: Option<EmailAddress>) {
        self.user_keys.insert(user, (seq, email));
    }

    pub(super) fn keyed(&mut self, seq: i64, address_at: Fingerprint, keyed: bool) {
        self.keyed.insert(address_at, (seq, keyed));
    }
}

/// Nearly always nothing changed, and then nothing is looked up.
fn newer<V>(changed: &Newer<V>, key: Fingerprint) -> Option<&V> {
    if changed.is_empty() {
        return None;
    }
    changed.get(&key).map(|(_, value)| value)
}

fn take_in<V: Clone>(changed: &mut Newer<V>, read: &Newer<V>) {
    for (key, (seq, value)) in read {
        match changed.get(key) {
            Some((known, _)) if known > seq => {}
            _ => {
                changed.insert(*key, (*seq, value.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(number: u128) -> Fingerprint {
        Fingerprint::of_number(number)
    }

    fn claimed() -> Option<AccountState> {
        Some(AccountState { claim: crate::domain::lifecycle::Claim::InForce, ..AccountState::default() })
    }

    fn read(seq: i64, number: u128, state: Option<AccountState>) -> Changed {
        let mut changed = Changed::default();
        changed.account(seq, fingerprint(number), state);
        changed
    }

    #[test]
    fn what_changed_counts_before_what_was_loaded_until_a_table_has_it() {
        let current = Current::default();
        let current = current.with(&read(5, 1, claimed())).with(&read(7, 2, claimed()));
        assert_eq!((current.state(fingerprint(1)), current.len()), (claimed(), 2));
        let loaded = Arc::new(Accounts::default());
        let absorbed = current.absorb(&loaded, 5);
        assert_eq!(absorbed.state(fingerprint(1)), None, "the table that was loaded knows better");
        assert_eq!(absorbed.state(fingerprint(2)), claimed(), "it came while the table was loaded");
    }

    #[test]
    fn of_two_readings_the_later_one_counts_whatever_the_order() {
        let current = Current::default().with(&read(7, 1, None)).with(&read(5, 1, claimed()));
        assert_eq!(current.state(fingerprint(1)), None);
        assert_eq!(current.with(&read(8, 1, claimed())).state(fingerprint(1)), claimed());
    }
}
