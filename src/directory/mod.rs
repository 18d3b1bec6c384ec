//! The in-memory tables that requests are judged by: verified domains, accounts and claims, pinned addresses, sign-outs.
//!
//! Loaded from the store at start and kept current by following its change log ([`follow`]). Reading them is a hash look-up;
//! nothing here is ever asked of the store while a request waits.

mod accounts;
mod fingerprint;
pub mod follow;
mod pins;
mod revocations;

use std::sync::Arc;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use crate::domain::account::{DeviceId, Subject};
use crate::domain::email::EmailAddress;
use crate::domain::policy::{ExternalUserPolicy, Snapshot};
use crate::entropy::Entropy;
use crate::store::{PinRow, Store, StoreError};

use accounts::Accounts;
pub use fingerprint::Fingerprint;
use fingerprint::FingerprintKey;
use pins::Pins;
use revocations::Revocations;

/// How many fresh pins may wait to be written. Beyond it they stay in memory alone until the next restart.
const WAITING_PINS: usize = 10_000;

/// The tables. One per process, shared by all workers.
pub struct Directory {
    key: FingerprintKey,
    snapshot: ArcSwap<Snapshot>,
    accounts: ArcSwap<Accounts>,
    pins: Pins,
    revocations: Revocations,
    /// Tells those who watch something open that it must be judged again.
    changed: watch::Sender<()>,
}

/// What a product says of the person behind a session.
#[derive(Debug, Clone, Copy)]
pub struct Sighting<'a> {
    /// The site's id.
    pub site: &'a str,
    /// The product's stable user key.
    pub user_key: &'a str,
    /// The login name; may be renamed and used again.
    pub username: &'a str,
    /// The address, where the product reveals it. Its owner can edit it, so it proves nothing by itself.
    pub email: Option<&'a EmailAddress>,
}

/// What the directory makes of a sighting.
#[derive(Debug, Clone)]
pub struct Known {
    /// The address the person is judged by and written to.
    pub email: Option<EmailAddress>,
    /// The key of that address in the account table.
    pub account: Option<Fingerprint>,
    /// Whether the product's word contradicts what was pinned or imported; such a person is never managed.
    pub address_changed: bool,
}

/// The tables as they were loaded, and the pins that are to be written as they arise.
pub struct Loaded {
    /// The tables.
    pub directory: Arc<Directory>,
    /// Addresses seen for the first time, for `actions::pin_address` to keep.
    pub new_pins: mpsc::Receiver<PinRow>,
    /// The newest change-log entry that the tables include.
    pub last_change: i64,
}

impl Directory {
    /// Loads every table. Sign-outs older than the longest possible proof need not be remembered.
    pub async fn load(
        store: &Store,
        policy: ExternalUserPolicy,
        entropy: &Entropy,
        now: Timestamp,
    ) -> Result<Loaded, StoreError> {
        let key = FingerprintKey::new(entropy.bytes());
        let (new_pin, new_pins) = mpsc::channel(WAITING_PINS);
        // Read first: what changes while the tables load is then read once more, never missed.
        let last_change = store.last_change().await?;
        let directory = Self {
            snapshot: ArcSwap::from_pointee(load_snapshot(store, policy).await?),
            accounts: ArcSwap::from_pointee(Accounts::load(store, &key).await?),
            pins: Pins::load(store, &key, new_pin).await?,
            revocations: Revocations::load(store, now).await?,
            changed: watch::Sender::default(),
            key,
        };
        Ok(Loaded { directory: Arc::new(directory), new_pins, last_change })
    }

    /// Loads domains and accounts again and swaps them in as a whole.
    pub async fn reload(&self, store: &Store) -> Result<(), StoreError> {
        let policy = self.snapshot.load().external;
        let snapshot = load_snapshot(store, policy).await?;
        let accounts = Accounts::load(store, &self.key).await?;
        self.accounts.store(Arc::new(accounts));
        self.snapshot.store(Arc::new(snapshot));
        self.announce();
        Ok(())
    }

    /// Replaces the external user policy, as a configuration reload does.
    pub fn set_policy(&self, external: ExternalUserPolicy) {
        self.snapshot.rcu(|old| Snapshot { external, ..Snapshot::clone(old) });
        self.announce();
    }

    /// Changes from now on, of whatever table; many at once are seen as one.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Has everything open judged again now. For what changes outside the tables: a test that moves the clock.
    pub fn announce(&self) {
        self.changed.send_replace(());
    }

    /// What `decide` reads.
    pub fn snapshot(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// Whether the organization claimed the account of this address.
    pub fn is_claimed(&self, account: Fingerprint) -> bool {
        self.accounts.load().is_claimed(account)
    }

    /// How many accounts and verified domains are loaded.
    pub fn sizes(&self) -> (usize, usize) {
        (self.accounts.load().len(), self.snapshot.load().verified_domains.len())
    }

    /// Joins what a product says with what is known, and pins an address at first sight.
    ///
    /// A person is tied to the address they were first seen with, an address to the person it was first seen for, and an
    /// imported login name to its address. Whoever edits their own address, or signs up with somebody else's, contradicts
    /// one of the three.
    pub fn identify(&self, sighting: &Sighting<'_>) -> Known {
        let accounts = self.accounts.load();
        let Some(reported) = sighting.email else {
            let email = accounts.email_of_username(self.key.username(sighting.username)).cloned();
            return self.known(email, false);
        };
        let pinned = self.pins.pin(&self.key, sighting, reported);
        let imported_name = accounts.username_of(self.key.email(reported));
        let renamed = imported_name.is_some_and(|name| name != self.key.username(sighting.username));
        self.known(Some(pinned.email), pinned.contradicted || renamed)
    }

    fn known(&self, email: Option<EmailAddress>, address_changed: bool) -> Known {
        Known { account: email.as_ref().map(|email| self.key.email(email)), email, address_changed }
    }

    /// When this person last signed out in this browser.
    pub fn revoked_at(&self, subject: Subject, device: DeviceId) -> Option<Timestamp> {
        self.revocations.at(subject, device)
    }

    /// Ends the proofs of this person in this browser made until `at`, here and now; the store tells the other nodes.
    pub fn revoke(&self, subject: Subject, device: DeviceId, at: Timestamp) {
        self.revocations.insert(subject, device, at);
        self.announce();
    }
}

async fn load_snapshot(store: &Store, external: ExternalUserPolicy) -> Result<Snapshot, StoreError> {
    Ok(Snapshot { verified_domains: store.verified_domains().await?.into_iter().collect(), external })
}
