//! Who set up an authenticator: what a second step is asked by.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use dashmap::DashMap;
use foldhash::fast::RandomState;

use crate::domain::authenticator::Authenticators;
use crate::store::{AuthenticatorsRow, Store, StoreError};

use super::fingerprint::{Fingerprint, FingerprintKey};

/// What people set up, by account.
pub(super) struct Enrolled {
    of: DashMap<Fingerprint, Has, RandomState>,
    /// Whether anybody ever did. Where nobody did, a warm request takes no lock to learn that.
    any: AtomicBool,
}

struct Has {
    app: bool,
    /// The hosts of passkeys.
    hosts: Box<[Arc<str>]>,
}

impl Enrolled {
    pub(super) async fn load(store: &Store, key: &FingerprintKey) -> Result<Self, StoreError> {
        let enrolled = Self { of: DashMap::default(), any: AtomicBool::new(false) };
        for row in store.all_authenticators().await? {
            enrolled.hear(key.email(&row.organization, &row.email), &row);
        }
        Ok(enrolled)
    }

    pub(super) fn hear(&self, account: Fingerprint, row: &AuthenticatorsRow) {
        if !row.has_app && row.hosts.is_empty() {
            self.of.remove(&account);
            return;
        }
        let hosts = row.hosts.iter().map(|host| host.as_str().into()).collect();
        self.of.insert(account, Has { app: row.has_app, hosts });
        self.any.store(true, Ordering::Release);
    }

    pub(super) fn of(&self, account: Fingerprint, host: &str, takes_passkeys: bool) -> Authenticators {
        let none = Authenticators { takes_passkeys, ..Authenticators::default() };
        if !self.any.load(Ordering::Acquire) {
            return none;
        }
        self.of.get(&account).map_or(none, |has| Authenticators {
            app: has.app,
            passkey: !has.hosts.is_empty(),
            passkey_here: takes_passkeys && has.hosts.iter().any(|known| **known == *host),
            takes_passkeys,
        })
    }
}
