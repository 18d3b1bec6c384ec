//! On what terms somebody from outside comes: who answers for them, until when, and when that person is told that the end comes.
//!
//! What an end means at the gate is said in `decide.rs`; the deeds are in `actions/accounts/terms.rs` and `remind.rs`.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::lifecycle::Standing;

const DAY: Duration = Duration::from_secs(86_400);
/// How long before the end the sponsor is told of it, each once.
const LEADS: [Duration; 2] = [DAY.saturating_mul(14), DAY.saturating_mul(3)];
/// Longer than anybody plans. An end beyond it is a slip of the pen, and would never come.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 3_653);

/// The terms of one person. Nobody and never are terms too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ExternalTerms {
    /// The account of who answers for them.
    pub sponsor: Option<Uuid>,
    /// Until when they may come.
    pub ends_at: Option<Timestamp>,
}

/// How somebody from outside stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExternalStanding {
    /// They may come, by the rules for everybody.
    Active,
    /// Their time is over.
    Ended,
    /// The organization keeps them out.
    Suspended,
    /// They were managed once, and deactivated then.
    Deactivated,
    /// They were managed once, and deleted then.
    Closed,
}

impl ExternalStanding {
    /// Of an account with this standing and end. What keeps somebody out for longer is named first, as at the gate.
    pub fn of(standing: Standing, ends_at: Option<Timestamp>, now: Timestamp) -> Self {
        match standing {
            Standing::Suspended => Self::Suspended,
            Standing::Deactivated => Self::Deactivated,
            Standing::Closed => Self::Closed,
            Standing::Active if ends_at.is_some_and(|end| end <= now) => Self::Ended,
            Standing::Active => Self::Active,
        }
    }

    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Ended => "ended",
            Self::Suspended => "suspended",
            Self::Deactivated => "deactivated",
            Self::Closed => "closed",
        }
    }

    /// The standing of a label.
    pub fn of_label(label: &str) -> Option<Self> {
        [Self::Active, Self::Ended, Self::Suspended, Self::Deactivated, Self::Closed]
            .into_iter()
            .find(|standing| standing.label() == label)
    }
}

/// The text is no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndError {
    /// Neither a day nor a time.
    #[error("is neither a day such as 2027-05-31 nor a time such as 2027-05-31T16:00:00Z")]
    Unreadable,
    /// Ten years and more.
    #[error("is more than ten years away")]
    TooFar,
}

/// Reads an end: a time, or a day, of which all belongs to the time before, as UTC has it. One that is over ends at once.
pub fn read_end(text: &str, now: Timestamp) -> Result<Timestamp, EndError> {
    let text = text.trim();
    let end = match text.parse::<Date>() {
        // A text with a time in it is read as a day too.
        Ok(day) if text.len() == 10 => day
            .tomorrow()
            .ok()
            .and_then(|next| next.to_zoned(TimeZone::UTC).ok().map(|midnight| midnight.timestamp())),
        _ => text.parse::<Timestamp>().ok(),
    };
    let end = end.ok_or(EndError::Unreadable)?;
    // The store keeps milliseconds.
    let end = Timestamp::from_millisecond(end.as_millisecond()).map_err(|_| EndError::Unreadable)?;
    if end.duration_since(now) > LONGEST { Err(EndError::TooFar) } else { Ok(end) }
}

/// When somebody is to be told of an end that was just set: at once if the first time for it is over.
pub fn first_reminder(ends_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let first = before(ends_at, LEADS[0]);
    (ends_at > now).then(|| first.max(now))
}

/// When somebody is to be told again, after they were told now.
pub fn next_reminder(ends_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    LEADS.iter().map(|lead| before(ends_at, *lead)).find(|at| *at > now)
}

fn before(end: Timestamp, lead: Duration) -> Timestamp {
    end.saturating_sub(lead).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_counts_whole_and_a_time_as_it_is() {
        let now = at("2027-01-15T08:00:00Z");
        for (text, end) in [
            ("2027-05-31", "2027-06-01T00:00:00Z"),
            (" 2027-12-31 ", "2028-01-01T00:00:00Z"),
            ("2027-05-31T16:00:00Z", "2027-05-31T16:00:00Z"),
            ("2027-05-31T16:00:00.1239+02:00", "2027-05-31T14:00:00.123Z"),
            ("2020-01-01", "2020-01-02T00:00:00Z"),
        ] {
            assert_eq!(read_end(text, now), Ok(at(end)), "{text}");
        }
        for text in
            ["", "soon", "2027-02-30", "2027-05", "31.05.2027", "2027-05-31T16:00", "9999-12-31T", "-1"]
        {
            assert_eq!(read_end(text, now), Err(EndError::Unreadable), "{text}");
        }
        for text in ["2037-06-01", "2099-12-30", "9999-12-30T22:00:00Z"] {
            assert_eq!(read_end(text, now), Err(EndError::TooFar), "{text}");
        }
    }

    #[test]
    fn the_end_is_told_fourteen_and_three_days_before_and_at_once_where_that_is_over() {
        let end = at("2027-06-30T00:00:00Z");
        let first = at("2027-06-16T00:00:00Z");
        let last = at("2027-06-27T00:00:00Z");
        assert_eq!(first_reminder(end, at("2027-01-01T00:00:00Z")), Some(first));
        assert_eq!(next_reminder(end, first), Some(last));
        assert_eq!(next_reminder(end, last), None);
        let late = at("2027-06-20T00:00:00Z");
        assert_eq!((first_reminder(end, late), next_reminder(end, late)), (Some(late), Some(last)));
        let later = at("2027-06-29T00:00:00Z");
        assert_eq!((first_reminder(end, later), next_reminder(end, later)), (Some(later), None));
        assert_eq!((first_reminder(end, end), next_reminder(end, end)), (None, None));
    }
}
