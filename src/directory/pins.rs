//! Which address each product user was first seen with, or was accepted with, and which user each address belongs to.
//!
//! Kept in memory at once, so that managed people need no store, and handed on to be written.

use dashmap::mapref::entry::Entry;
use dashmap::{DashMap, DashSet};
use foldhash::fast::RandomState;
use tokio::sync::mpsc;

use crate::domain::email::EmailAddress;
use crate::store::{Finding, Found, PinRow, Store, StoreError};

use super::Sighting;
use super::fingerprint::{Fingerprint, FingerprintKey};

/// The pins of all sites.
pub(super) struct Pins {
    /// (site, user key) → the address of first sight, or the accepted one.
    address_of: DashMap<Fingerprint, EmailAddress, RandomState>,
    /// (site, address) → the (site, user key) that holds it.
    user_of: DashMap<Fingerprint, Fingerprint, RandomState>,
    /// The (site, user key) whose address an operator accepted.
    accepted: DashSet<Fingerprint, RandomState>,
    /// Where new pins go to be written.
    finding: mpsc::Sender<Finding>,
}

/// What a sighting amounts to.
pub(super) struct Pinned {
    /// The address the person is judged by.
    pub(super) email: EmailAddress,
    /// Whether somebody else holds it.
    pub(super) is_disputed: bool,
    /// Whether an operator accepted it.
    pub(super) is_accepted: bool,
}

impl Pins {
    pub(super) async fn load(
        store: &Store,
        key: &FingerprintKey,
        finding: mpsc::Sender<Finding>,
    ) -> Result<Self, StoreError> {
        let pins = Self {
            address_of: DashMap::default(),
            user_of: DashMap::default(),
            accepted: DashSet::default(),
            finding,
        };
        store.each_pin(|row| pins.restore(key, &row)).await?;
        Ok(pins)
    }

    /// A disputed pin never holds its address, not even when the one that did is gone: a squatter would only have to wait.
    fn restore(&self, key: &FingerprintKey, row: &PinRow) {
        let Some(email) = &row.email else { return };
        let user = key.user(&row.site, &row.user_key);
        let address = key.address_at(&row.site, email);
        if row.disputed {
            self.user_of.entry(address).or_insert(Fingerprint::NOBODY);
        } else {
            self.user_of.insert(address, user);
        }
        if row.accepted {
            self.accepted.insert(user);
        }
        self.address_of.insert(user, email.clone());
    }

    /// Pins at first sight; afterwards says which address the person is judged by, and whether it is theirs.
    pub(super) fn pin(
        &self,
        key: &FingerprintKey,
        sighting: &Sighting<'_>,
        reported: &EmailAddress,
    ) -> Pinned {
        let user = key.user(sighting.site, sighting.user_key);
        let (email, first_sight) = match self.address_of.entry(user) {
            Entry::Occupied(pinned) => (pinned.get().clone(), false),
            Entry::Vacant(vacant) => (vacant.insert(reported.clone()).clone(), true),
        };
        // Only who is judged by an address can hold it: otherwise everybody could take a stranger's by reporting it.
        let address = key.address_at(sighting.site, &email);
        let holder = match email == *reported {
            true => Some(*self.user_of.entry(address).or_insert(user)),
            false => self.user_of.get(&address).map(|holder| *holder),
        };
        let is_disputed = holder.is_some_and(|holder| holder != user);
        if first_sight {
            self.keep(sighting, reported, is_disputed);
        }
        Pinned { email, is_disputed, is_accepted: self.accepted.contains(&user) }
    }

    /// Moves a person to an accepted address, or to the new one of their account, which nobody else holds from then on.
    pub(super) fn accept(&self, key: &FingerprintKey, row: &PinRow) {
        let Some(email) = &row.email else { return };
        let user = key.user(&row.site, &row.user_key);
        let before = self.user_of.insert(key.address_at(&row.site, email), user);
        if let Some(before) = before.filter(|before| *before != user) {
            self.accepted.remove(&before);
        }
        self.address_of.insert(user, email.clone());
        if row.accepted {
            self.accepted.insert(user);
        } else {
            self.accepted.remove(&user);
        }
    }

    /// The address that an operator accepted for a user.
    pub(super) fn accepted(&self, user: Fingerprint) -> Option<EmailAddress> {
        self.accepted.contains(&user).then(|| self.first_seen(user)).flatten()
    }

    /// The address a user is pinned to.
    pub(super) fn first_seen(&self, user: Fingerprint) -> Option<EmailAddress> {
        self.address_of.get(&user).map(|email| email.clone())
    }

    fn keep(&self, sighting: &Sighting<'_>, email: &EmailAddress, disputed: bool) {
        let row = PinRow {
            site: sighting.site.to_owned(),
            user_key: sighting.user_key.to_owned(),
            username: sighting.username.to_owned(),
            email: Some(email.clone()),
            disputed,
            accepted: false,
        };
        let vouched = sighting.is_vouched;
        let found = Found::Pinned { pin: row, vouched };
        let finding = Finding { organization: sighting.organization.clone(), found };
        if self.finding.try_send(finding).is_err() {
            tracing::warn!(
                "too many new people at once: an address is pinned in memory only until the next restart"
            );
        }
    }
}
