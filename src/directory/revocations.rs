//! Sign-outs: which proofs are void although their frequency is not over.

use std::time::Duration;

use dashmap::DashMap;
use foldhash::fast::RandomState;
use jiff::Timestamp;

use crate::domain::account::Family;
use crate::store::{Store, StoreError};

/// The longest verification frequency that can be configured: an older sign-out can concern no living proof.
const LONGEST_PROOF: Duration = Duration::from_secs(30 * 86_400);

/// The sign-outs of the last 30 days.
pub(super) struct Revocations {
    at: DashMap<Family, Timestamp, RandomState>,
}

impl Revocations {
    pub(super) async fn load(store: &Store, now: Timestamp) -> Result<Self, StoreError> {
        let revocations = Self { at: DashMap::default() };
        store.each_revocation(oldest(now), |row| revocations.insert(row.family, row.at)).await?;
        Ok(revocations)
    }

    pub(super) fn insert(&self, family: Family, at: Timestamp) {
        let mut newest = self.at.entry(family).or_insert(at);
        *newest = at.max(*newest);
    }

    pub(super) fn at(&self, family: Family) -> Option<Timestamp> {
        self.at.get(&family).map(|at| *at)
    }

    /// Lets go of those that no living proof is older than.
    pub(super) fn sweep(&self, now: Timestamp) {
        let oldest = oldest(now);
        self.at.retain(|_, at| *at >= oldest);
    }
}

pub(super) fn oldest(now: Timestamp) -> Timestamp {
    now.saturating_sub(LONGEST_PROOF).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_out_is_remembered_for_as_long_as_a_proof_may_live() {
        let (revocations, at) = (Revocations { at: DashMap::default() }, Timestamp::UNIX_EPOCH);
        let family = Family([1; 16]);
        revocations.insert(family, at);
        revocations.sweep(at + LONGEST_PROOF);
        assert_eq!(revocations.at(family), Some(at));
        revocations.sweep(at + LONGEST_PROOF + Duration::from_millis(1));
        assert_eq!(revocations.at(family), None);
    }
}
