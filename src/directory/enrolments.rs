//! The sessions of mobile apps that pass without a code, by the digest of their cookies.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dashmap::DashMap;
use foldhash::fast::RandomState;
use jiff::Timestamp;

use crate::domain::account::{CookieSet, Subject};
use crate::domain::enrolment::Enrolment;
use crate::store::{Store, StoreError};

/// How long an ended one is remembered, so that late news of its start are recognized.
const MEMORY: Duration = Duration::from_secs(3600);
/// From how many on ended ones are looked for.
const FEW: usize = 1024;

/// The enrolments of all sites.
pub(super) struct Enrolments {
    of: DashMap<CookieSet, Enrolment, RandomState>,
    /// At how many the ended ones are let go next.
    sweep_at: AtomicUsize,
}

impl Enrolments {
    pub(super) async fn load(store: &Store, now: Timestamp) -> Result<Self, StoreError> {
        let enrolments = Self { of: DashMap::default(), sweep_at: AtomicUsize::new(FEW) };
        store.each_enrolment(now, |enrolment| enrolments.hear(&enrolment)).await?;
        Ok(enrolments)
    }

    pub(super) fn hear(&self, news: &Enrolment) {
        self.of.entry(news.cookies).and_modify(|known| known.hear(news)).or_insert(*news);
        if self.of.len() >= self.sweep_at.load(Ordering::Relaxed) {
            let now = news.changed_at;
            self.of.retain(|_, known| known.ends_at.saturating_add(MEMORY).is_ok_and(|end| end > now));
            self.sweep_at.store(FEW.max(self.of.len() * 2), Ordering::Relaxed);
        }
    }

    pub(super) fn end_sign_in(&self, subject: Subject, signed_in_at: Timestamp, now: Timestamp) {
        for mut known in self.of.iter_mut() {
            if known.subject == subject && known.signed_in_at == signed_in_at && known.ends_at > now {
                (known.ends_at, known.changed_at) = (now, now.max(known.changed_at));
            }
        }
    }

    pub(super) fn of(&self, cookies: CookieSet) -> Option<Enrolment> {
        self.of.get(&cookies).map(|known| *known)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.of.is_empty()
    }
}
