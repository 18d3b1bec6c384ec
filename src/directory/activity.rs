//! On which day each account was last used, so that the store hears of it once a day and no request waits for that.

use dashmap::DashMap;
use foldhash::fast::RandomState;
use jiff::Timestamp;
use tokio::sync::mpsc;

use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;
use crate::store::{Finding, Found};

use super::fingerprint::Fingerprint;

/// The accounts that were used lately.
pub(super) struct Activity {
    /// The day, counted since 1970.
    on: DashMap<Fingerprint, i64, RandomState>,
    /// Where news go to be written.
    finding: mpsc::Sender<Finding>,
}

impl Activity {
    pub(super) fn new(finding: mpsc::Sender<Finding>) -> Self {
        Self { on: DashMap::default(), finding }
    }

    pub(super) fn note(
        &self,
        organization: &OrganizationId,
        account: Fingerprint,
        email: &EmailAddress,
        now: Timestamp,
    ) {
        let today = day(now);
        if self.on.insert(account, today) == Some(today) {
            return;
        }
        let found = Found::Active { email: email.clone(), at: now };
        if self.finding.try_send(Finding { organization: organization.clone(), found }).is_err() {
            // To be said at the next use.
            self.on.remove(&account);
        }
    }

    /// Lets go of the days before yesterday.
    pub(super) fn sweep(&self, now: Timestamp) {
        let yesterday = day(now) - 1;
        self.on.retain(|_, day| *day >= yesterday);
    }
}

fn day(now: Timestamp) -> i64 {
    now.as_second().div_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_use_is_told_once_a_day() {
        let (finding, mut findings) = mpsc::channel(10);
        let (activity, email) = (Activity::new(finding), EmailAddress::parse("jane@acme.com").unwrap());
        let note = |hours: u64| {
            let now = Timestamp::UNIX_EPOCH + Duration::from_secs(hours * 3600);
            activity.note(&OrganizationId::only(), Fingerprint::of_number(1), &email, now);
        };
        [0, 1, 23, 24, 47].into_iter().for_each(note);
        let told: Vec<_> = std::iter::from_fn(|| findings.try_recv().ok()).collect();
        assert_eq!(told.len(), 2, "{told:?}");
    }
}
