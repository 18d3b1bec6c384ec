//! Who is known to contradict the directory, so that the store hears of each contradiction once and of its end.

use dashmap::DashMap;
use foldhash::fast::RandomState;
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::domain::account::Contradiction;
use crate::domain::email::EmailAddress;
use crate::store::{ContradictionRow, Finding, Found, Store, StoreError, UserKey};

use super::Sighting;
use super::fingerprint::{Fingerprint, FingerprintKey};

/// The contradictions that the store knows of.
pub(super) struct Contradictions {
    /// (site, user key) → what the contradiction is.
    known: DashMap<Fingerprint, Fingerprint, RandomState>,
    /// Where changes go to be written.
    finding: mpsc::Sender<Finding>,
}

impl Contradictions {
    pub(super) async fn load(
        store: &Store,
        key: &FingerprintKey,
        finding: mpsc::Sender<Finding>,
    ) -> Result<Self, StoreError> {
        let known = DashMap::default();
        for row in store.contradictions().await? {
            known.insert(key.user(&row.site, &row.user_key), key.contradiction(&row));
        }
        Ok(Self { known, finding })
    }

    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// Compares a sighting with what is known, and has a change written. What cannot be written is found again later.
    pub(super) fn note(
        &self,
        key: &FingerprintKey,
        sighting: &Sighting<'_>,
        contradiction: Option<Contradiction>,
        email: Option<&EmailAddress>,
        now: Timestamp,
    ) {
        let user = key.user(sighting.site, sighting.user_key);
        let Some(kind) = contradiction else { return self.agree(user, sighting) };
        let row = ContradictionRow {
            site: sighting.site.to_owned(),
            user_key: sighting.user_key.to_owned(),
            username: sighting.username.to_owned(),
            kind,
            email: email.cloned(),
            reported: sighting.email.cloned(),
            since: now,
        };
        let what = key.contradiction(&row);
        if self.known.insert(user, what) != Some(what)
            && self.finding.try_send(found(sighting, Found::Contradicted(row))).is_err()
        {
            // Known to be something, and to be written at the next sighting.
            self.known.insert(user, Fingerprint::NOBODY);
        }
    }

    fn agree(&self, user: Fingerprint, sighting: &Sighting<'_>) {
        // Nearly everybody agrees, so they are only read about.
        if !self.known.contains_key(&user) {
            return;
        }
        let person = UserKey { site: sighting.site.to_owned(), key: sighting.user_key.to_owned() };
        if self.finding.try_send(found(sighting, Found::Agreed(person))).is_ok() {
            self.known.remove(&user);
        }
    }

    /// An operator settled it; what is found from now on is new.
    pub(super) fn forget(&self, user: Fingerprint) {
        self.known.remove(&user);
    }
}

fn found(sighting: &Sighting<'_>, found: Found) -> Finding {
    Finding { organization: sighting.organization.clone(), found }
}
