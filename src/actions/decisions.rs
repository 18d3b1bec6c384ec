//! Keep what the gate decided: each refusal that a person reads a receipt of, and now and then a request that passed, so that
//! a policy can be tried on what happens.
//!
//! A request never waits for it. What of it is worth keeping is seen by one look into a table that nobody locks; what cannot be
//! written in time is given up and counted. It shows who came, and decides about nobody.

use std::hash::{BuildHasher as _, Hash};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use foldhash::quality::RandomState;
use jiff::Timestamp;
use prometheus::IntCounter;
use tokio::sync::mpsc;

use crate::store::{DecisionRow, Store};

/// How many decisions may wait to be written.
const WAITING: usize = 5_000;
/// How many are written in one transaction, and how long others then have the store to themselves.
const BATCH: usize = 500;
const PAUSE: Duration = Duration::from_millis(100);
/// How many things are remembered as seen, and how many people as counted; powers of two. Who takes the place of another has
/// that one kept once more.
const SEEN: usize = 1 << 16;
const COUNTED: usize = 1 << 12;
/// How many decisions about one person are kept in an hour, and how many about nobody in ten seconds.
const PER_PERSON: u16 = 300;
const OF_STRANGERS: u16 = 50;

/// How often one and the same thing is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Often {
    /// Once a second: somebody reads a page.
    Second,
    /// Once a minute: a program asks again and again.
    Minute,
    /// Once an hour.
    Hour,
    /// Once a day.
    Day,
}

/// What takes decisions in. One per process, shared by all workers.
pub struct Decisions {
    hashing: RandomState,
    seen: Box<[AtomicU64]>,
    counted: Box<[AtomicU64]>,
    waiting: mpsc::Sender<DecisionRow>,
    dropped: IntCounter,
}

impl Often {
    const fn seconds(self) -> i64 {
        match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        }
    }
}

impl Decisions {
    /// What takes them in, and where they come out for [`keep_decisions`].
    pub fn new(dropped: IntCounter) -> (Self, mpsc::Receiver<DecisionRow>) {
        let (waiting, decisions) = mpsc::channel(WAITING);
        let table = |places: usize| (0..places).map(|_| AtomicU64::new(0)).collect();
        let (seen, counted) = (table(SEEN), table(COUNTED));
        (Self { hashing: RandomState::default(), seen, counted, waiting, dropped }, decisions)
    }

    /// Whether `what` was not seen in this second, minute, hour or day. It is from now on.
    pub fn is_news(&self, what: impl Hash, often: Often, now: Timestamp) -> bool {
        let hash = self.hashing.hash_one((now.as_second().div_euclid(often.seconds()), what));
        let place = &self.seen[hash as usize % SEEN];
        place.load(Ordering::Relaxed) != hash && place.swap(hash, Ordering::Relaxed) != hash
    }

    /// Has a decision written down, unless there are too many of this person, or of nobody.
    pub fn keep_one(&self, row: DecisionRow) {
        let (span, most) = if row.who.is_some() { (3_600, PER_PERSON) } else { (10, OF_STRANGERS) };
        let whom = (row.at.as_second().div_euclid(span), &row.organization, &row.who);
        let is_kept = self.count(self.hashing.hash_one(whom), most) && self.waiting.try_send(row).is_ok();
        if !is_kept {
            self.dropped.inc();
        }
    }

    /// Counts one more of `whom`; false where there were `most` before.
    fn count(&self, whom: u64, most: u16) -> bool {
        const NUMBER: u64 = u16::MAX as u64;
        let place = &self.counted[whom as usize % COUNTED];
        let counted = place.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |known| {
            let so_far = if known & !NUMBER == whom & !NUMBER { known & NUMBER } else { 0 };
            (so_far < most.into()).then_some((whom & !NUMBER) | (so_far + 1))
        });
        counted.is_ok()
    }
}

/// Writes decisions as they come, until the gateway is gone.
pub async fn keep_decisions(store: Store, mut decisions: mpsc::Receiver<DecisionRow>, dropped: IntCounter) {
    let mut waiting = Vec::new();
    while decisions.recv_many(&mut waiting, BATCH).await > 0 {
        if let Err(error) = store.keep_decisions(&waiting).await {
            tracing::warn!(%error, given_up = waiting.len(), "decisions could not be kept: their receipts cannot be explained");
            dropped.inc_by(waiting.len() as u64);
        }
        waiting.clear();
        tokio::time::sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::organization::OrganizationId;
    use crate::store::DecisionFacts;
    use crate::telemetry::receipt::Receipt;

    fn decisions() -> (Decisions, mpsc::Receiver<DecisionRow>) {
        Decisions::new(IntCounter::new("dropped", "Given up.").unwrap())
    }

    fn row(number: u64, who: Option<&str>, at: i64) -> DecisionRow {
        DecisionRow {
            receipt: Receipt::new(number << 4),
            organization: OrganizationId::only(),
            at: Timestamp::from_second(at).unwrap(),
            site: "jira.test".to_owned(),
            who: who.map(str::to_owned),
            lane: "browser".to_owned(),
            client: "curl".to_owned(),
            decision: "challenge".to_owned(),
            reason: "no-proof".to_owned(),
            facts: DecisionFacts::None,
        }
    }

    #[test]
    fn the_same_is_news_once_in_its_time() {
        let (decisions, _waiting) = decisions();
        let at = |second| Timestamp::from_second(second).unwrap();
        let news: Vec<bool> =
            (0..130).map(|second| decisions.is_news("jane", Often::Minute, at(second))).collect();
        assert_eq!(news.iter().filter(|news| **news).count(), 3);
        assert!(news[0] && news[60] && news[120]);
        assert!(decisions.is_news("john", Often::Minute, at(0)));
    }

    #[test]
    fn nobody_fills_the_store() {
        let (decisions, mut waiting) = decisions();
        let mut kept = || std::iter::from_fn(|| waiting.try_recv().ok()).count();
        (0..1_000).for_each(|number| decisions.keep_one(row(number, Some("jane@ext.test"), 0)));
        assert_eq!(kept(), usize::from(PER_PERSON));
        (0..1_000).for_each(|number| decisions.keep_one(row(number, None, 0)));
        assert_eq!(kept(), usize::from(OF_STRANGERS));
        assert_eq!(decisions.dropped.get(), 2_000 - u64::from(PER_PERSON + OF_STRANGERS));
        decisions.keep_one(row(1, Some("john@ext.test"), 0));
        decisions.keep_one(row(2, Some("jane@ext.test"), 3_600));
        assert_eq!(kept(), 2);
    }
}
