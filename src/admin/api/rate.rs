//! How often one key may ask.

use std::num::NonZeroU32;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::error::{ApiError, RATE_LIMITED};

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Counts the requests of each key. Only keys that open something are counted, so nobody can fill it.
pub struct Limiter {
    limiter: DefaultKeyedRateLimiter<Uuid, StateInformationMiddleware>,
    per_minute: NonZeroU32,
}

/// How a key stands, for the headers of every answer.
pub struct Standing {
    limit: u32,
    remaining: u32,
    reset: Timestamp,
}

impl Limiter {
    /// So many requests a minute for each key; all of them may come at once.
    pub fn new(per_minute: NonZeroU32) -> Self {
        let limiter = RateLimiter::keyed(Quota::per_minute(per_minute)).with_middleware();
        Self { limiter, per_minute }
    }

    /// Counts a request, or refuses it.
    pub fn count(&self, key: Uuid, now: Timestamp) -> Result<Standing, (ApiError, Standing)> {
        let limit = self.per_minute.get();
        match self.limiter.check_key(&key) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                // One request comes back every so often, so all are back after what was used.
                let used = i64::from(limit.saturating_sub(remaining));
                let reset = now.saturating_add(SignedDuration::from_millis(60_000 * used / i64::from(limit)));
                Ok(Standing { limit, remaining, reset: reset.unwrap_or(now) })
            }
            Err(until) => {
                let wait = until.wait_time_from(DefaultClock::default().now());
                let seconds = wait.as_secs() + 1;
                let reset = now.saturating_add(wait).unwrap_or(now);
                let error = ApiError::because(
                    RATE_LIMITED,
                    format!("This key may ask {limit} times a minute; try again in {seconds} s."),
                )
                .with_header(header::RETRY_AFTER, HeaderValue::from(seconds));
                Err((error, Standing { limit, remaining: 0, reset }))
            }
        }
    }
}

impl Standing {
    /// Writes the headers.
    pub fn write(&self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, HeaderValue::from(self.limit));
        headers.insert(REMAINING, HeaderValue::from(self.remaining));
        if let Ok(reset) = HeaderValue::from_str(&self.reset.to_string()) {
            headers.insert(RESET, reset);
        }
    }
}
