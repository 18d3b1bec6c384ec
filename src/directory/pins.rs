//! Which address each product user was first seen with, and which user each address was first seen for.
//!
//! Kept in memory at once, so that managed people need no store, and handed on to be written.

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use foldhash::fast::RandomState;
use tokio::sync::mpsc;

use crate::domain::email::EmailAddress;
use crate::store::{PinRow, Store, StoreError};

use super::Sighting;
use super::fingerprint::{Fingerprint, FingerprintKey};

/// The pins of all sites.
pub(super) struct Pins {
    /// (site, user key) → the address of first sight.
    address_of: DashMap<Fingerprint, EmailAddress, RandomState>,
    /// (site, address) → the (site, user key) of first sight.
    user_of: DashMap<Fingerprint, Fingerprint, RandomState>,
    /// Where new pins go to be written.
    new_pin: mpsc::Sender<PinRow>,
}

/// What a sighting amounts to.
pub(super) struct Pinned {
    pub(super) email: EmailAddress,
    pub(super) contradicted: bool,
}

impl Pins {
    pub(super) async fn load(
        store: &Store,
        key: &FingerprintKey,
        new_pin: mpsc::Sender<PinRow>,
    ) -> Result<Self, StoreError> {
        let pins = Self { address_of: DashMap::default(), user_of: DashMap::default(), new_pin };
        store.each_pin(|row| pins.restore(key, &row)).await?;
        Ok(pins)
    }

    fn restore(&self, key: &FingerprintKey, row: &PinRow) {
        let user = key.user(&row.site, &row.user_key);
        if let Some(email) = &row.email {
            self.user_of.entry(key.address_at(&row.site, email)).or_insert(user);
            self.address_of.insert(user, email.clone());
        }
    }

    /// Pins at first sight; afterwards says whether the reported address still is the pinned one.
    pub(super) fn pin(
        &self,
        key: &FingerprintKey,
        sighting: &Sighting<'_>,
        reported: &EmailAddress,
    ) -> Pinned {
        let user = key.user(sighting.site, sighting.user_key);
        let owner = *self.user_of.entry(key.address_at(sighting.site, reported)).or_insert(user);
        let (email, first_sight) = match self.address_of.entry(user) {
            Entry::Occupied(pinned) => (pinned.get().clone(), false),
            Entry::Vacant(vacant) => (vacant.insert(reported.clone()).clone(), true),
        };
        if first_sight {
            self.keep(sighting, reported);
        }
        Pinned { contradicted: owner != user || email != *reported, email }
    }

    fn keep(&self, sighting: &Sighting<'_>, email: &EmailAddress) {
        let row = PinRow {
            site: sighting.site.to_owned(),
            user_key: sighting.user_key.to_owned(),
            username: sighting.username.to_owned(),
            email: Some(email.clone()),
        };
        if self.new_pin.try_send(row).is_err() {
            tracing::warn!(
                "too many new people at once: an address is pinned in memory only until the next restart"
            );
        }
    }
}
