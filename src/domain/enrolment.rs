//! A mobile app's session that passes without a code: which cookies, whose, and until when.
//!
//! It never outlives the external user policy's frequency, counted from the sign-in, however often its cookies change.

use std::time::Duration;

use jiff::Timestamp;

use super::account::{CookieSet, Subject};

/// One state of an enrolment. A later one replaces it; see [`Enrolment::hear`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enrolment {
    /// The credential cookies of the session.
    pub cookies: CookieSet,
    /// The person who signed in.
    pub subject: Subject,
    /// When they did.
    pub signed_in_at: Timestamp,
    /// When it ends, or ended.
    pub ends_at: Timestamp,
    /// When this was so decided.
    pub changed_at: Timestamp,
}

impl Enrolment {
    /// Until when it passes: a frequency that was made shorter meanwhile counts at once.
    pub fn until(&self, frequency: Duration) -> Timestamp {
        self.ends_at.min(self.signed_in_at.saturating_add(frequency).unwrap_or(Timestamp::MAX))
    }

    /// Takes in another state of the same cookies. News come here directly and, somewhat later, by the change log: what is
    /// not newer can end an enrolment sooner, whatever the clocks of two machines say, but never bring an ended one back.
    pub fn hear(&mut self, other: &Self) {
        if other.changed_at > self.changed_at {
            *self = *other;
        } else {
            self.ends_at = self.ends_at.min(other.ends_at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn enrolment(changed_at: i64, ends_at: i64) -> Enrolment {
        let (cookies, subject) = (CookieSet([1; 16]), Subject([2; 16]));
        Enrolment { cookies, subject, signed_in_at: at(0), ends_at: at(ends_at), changed_at: at(changed_at) }
    }

    #[test]
    fn old_news_never_bring_an_ended_enrolment_back() {
        let heard = |mut first: Enrolment, second: Enrolment| {
            first.hear(&second);
            first.ends_at
        };
        let (made, ended) = (enrolment(0, 100), enrolment(5, 5));
        assert_eq!(heard(made, ended), at(5));
        assert_eq!(heard(ended, made), at(5), "the log tells of the start when the end is known already");
        assert_eq!(heard(made, enrolment(0, 0)), at(0), "made and ended in one moment");
        assert_eq!(
            heard(enrolment(5, 100), enrolment(4, 4)),
            at(4),
            "ended on a machine whose clock is behind"
        );
        assert_eq!(heard(ended, enrolment(6, 100)), at(100), "enrolled anew");
    }

    #[test]
    fn it_never_outlives_the_frequency() {
        assert_eq!(enrolment(0, 100).until(Duration::from_secs(60)), at(60));
        assert_eq!(enrolment(0, 100).until(Duration::from_secs(600)), at(100));
    }
}
