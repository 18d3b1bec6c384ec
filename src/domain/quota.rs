//! How often something may happen: so many times in a rolling window.
//!
//! The store keeps when things happened and asks [`Quota::check`]; the counters thus outlive a restart and are one for all
//! nodes.

use std::time::Duration;

use jiff::Timestamp;

/// At most `limit` events in any `window`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many events, at least 1.
    pub limit: u32,
    /// In how long.
    pub window: Duration,
}

impl Quota {
    /// A quota per hour.
    pub const fn per_hour(limit: u32) -> Self {
        Self { limit, window: Duration::from_secs(3600) }
    }

    /// A quota per day.
    pub const fn per_day(limit: u32) -> Self {
        Self { limit, window: Duration::from_secs(86_400) }
    }

    /// One event, then a pause.
    pub const fn one_per(pause: Duration) -> Self {
        Self { limit: 1, window: pause }
    }

    /// Whether one more event may happen now, given when the `limit`-th newest one happened (`None`: there were fewer).
    /// Otherwise says when to try again.
    pub fn check(&self, limit_th_newest: Option<Timestamp>, now: Timestamp) -> Result<(), Timestamp> {
        let Some(earlier) = limit_th_newest else { return Ok(()) };
        let free_again = earlier.saturating_add(self.window).unwrap_or(Timestamp::MAX);
        if free_again <= now { Ok(()) } else { Err(free_again) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_next_one_is_free_when_the_window_has_passed() {
        let quota = Quota::one_per(Duration::from_secs(60));
        assert_eq!(quota.check(None, at(0)), Ok(()));
        assert_eq!(quota.check(Some(at(0)), at(59)), Err(at(60)));
        assert_eq!(quota.check(Some(at(0)), at(60)), Ok(()));
    }

    proptest! {
        /// Whatever the arrivals, no window ever holds more than the limit.
        #[test]
        fn no_window_holds_more_than_the_limit(gaps in proptest::collection::vec(0_i64..400, 1..200), limit in 1_u32..8) {
            let quota = Quota { limit, window: Duration::from_secs(1000) };
            let (mut now, mut taken) = (0, Vec::new());
            for gap in gaps {
                now += gap;
                let limit_th = taken.len().checked_sub(limit as usize).map(|index| at(taken[index]));
                if quota.check(limit_th, at(now)).is_ok() {
                    taken.push(now);
                }
            }
            for (index, start) in taken.iter().enumerate() {
                let inside = taken[index..].iter().filter(|&&other| other - start < 1000).count();
                prop_assert!(inside <= limit as usize);
            }
        }
    }
}
