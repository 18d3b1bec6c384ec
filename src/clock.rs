//! The only file that reads the clock. Everything else is given a time, so that tests can freeze it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;

/// How far the wall clock may fall behind the time that has really passed: small corrections are followed. No more than
/// proofs forgive (`domain::decide::CLOCK_SKEW`), or the gateway would take its own for made in the future.
const LARGEST_CORRECTION: Duration = Duration::from_secs(60);

/// Where the time comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock, which may be set forward but not back, as the end of this file says.
    System(Anchor),
    /// A clock that stands still until it is told to go on, in milliseconds since 1970.
    Manual(Arc<AtomicI64>),
}

/// The wall clock and the monotonic clock, read together at the start.
#[derive(Debug, Clone, Copy)]
pub struct Anchor {
    /// Since 1970: a request reads the time several times, and durations are quick to add and compare.
    wall: Duration,
    monotonic: Instant,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::System(Anchor { wall: since_1970(), monotonic: stopwatch() })
    }

    /// A clock for tests, standing at `start`.
    pub fn manual(start: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.as_millisecond())))
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System(anchor) => {
                let now = settle(since_1970(), anchor.wall, stopwatch() - anchor.monotonic);
                let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
                Timestamp::new(seconds, now.subsec_nanos().cast_signed()).unwrap_or(Timestamp::MAX)
            }
            Self::Manual(millis) => {
                Timestamp::from_millisecond(millis.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
            }
        }
    }

    /// Moves a manual clock on. The machine's clock is left alone.
    pub fn advance(&self, by: Duration) {
        if let Self::Manual(millis) = self {
            millis.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }
}

/// A reading for how long something took; never for what time it is.
#[expect(clippy::disallowed_methods, reason = "this file is where the clock is read")]
pub fn stopwatch() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "this file is where the clock is read")]
fn since_1970() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// A wall clock that was set back would make stale proofs fresh again, so it may fall behind the time that has really
/// passed since the start by no more than [`LARGEST_CORRECTION`]. A clock set forward is believed: it only shortens what is valid.
fn settle(wall: Duration, start: Duration, elapsed: Duration) -> Duration {
    let passed = start.saturating_add(elapsed);
    if wall < passed.saturating_sub(LARGEST_CORRECTION) { passed } else { wall }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn t112_a_clock_set_back_gains_no_more_than_the_skew() {
        let at = Duration::from_secs;
        let (start, hour) = (at(100_000), at(3600));
        assert_eq!(settle(at(13_600), start, hour), at(103_600), "set back a day: real time counts");
        assert_eq!(settle(at(103_550), start, hour), at(103_550), "a small correction is followed");
        assert_eq!(settle(at(200_000), start, hour), at(200_000), "set forward: believed, it only shortens");
    }

    #[test]
    fn proofs_forgive_every_correction_of_the_clock() {
        assert!(LARGEST_CORRECTION <= crate::domain::decide::CLOCK_SKEW);
    }

    #[test]
    fn a_manual_clock_stands_still() {
        let clock = Clock::manual(at(5));
        assert_eq!((clock.now(), clock.now()), (at(5), at(5)));
        clock.advance(Duration::from_secs(2));
        assert_eq!(clock.now(), at(7));
    }
}
