//! Resets of people by an admin: whose verifications are void although nobody signed out.

use std::sync::atomic::{AtomicBool, Ordering};

use dashmap::DashMap;
use foldhash::fast::RandomState;
use jiff::Timestamp;

use crate::store::{Store, StoreError};

use super::fingerprint::{Fingerprint, FingerprintKey};
use super::revocations::oldest;

/// The resets of the last 30 days, by account.
pub(super) struct Resets {
    at: DashMap<Fingerprint, Timestamp, RandomState>,
    /// Whether there are any. Most of the time there are none, and a warm request takes no lock to learn that.
    any: AtomicBool,
}

impl Resets {
    pub(super) async fn load(
        store: &Store,
        key: &FingerprintKey,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let resets = Self { at: DashMap::default(), any: AtomicBool::new(false) };
        for row in store.resets(oldest(now)).await? {
            resets.insert(key.email(&row.organization, &row.email), row.at);
        }
        Ok(resets)
    }

    /// It never moves back in time.
    pub(super) fn insert(&self, account: Fingerprint, at: Timestamp) {
        let mut newest = self.at.entry(account).or_insert(at);
        *newest = at.max(*newest);
        self.any.store(true, Ordering::Release);
    }

    pub(super) fn at(&self, account: Fingerprint) -> Option<Timestamp> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        self.at.get(&account).map(|at| *at)
    }

    /// Lets go of those that no living proof is older than.
    pub(super) fn sweep(&self, now: Timestamp) {
        let oldest = oldest(now);
        self.at.retain(|_, at| *at >= oldest);
    }
}
