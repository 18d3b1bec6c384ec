//! What a domain is to an organization: how it became its own, whether it still is, and what a check of its token changes.
//!
//! Only an owned domain makes anybody managed. How a token is made and compared: `ownership.rs`.

use std::time::Duration;

use jiff::Timestamp;

/// How long the token of a new attempt may be used to verify (T144). What was published for an older one may have been
/// forgotten there, on a server that has another owner by now.
pub const LONGEST_ATTEMPT: Duration = Duration::from_secs(30 * 86_400);

/// Where a domain publishes its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// In a TXT record of its own.
    Dns,
    /// In a file of its web site.
    Http,
}

/// How a domain became its organization's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// It published the token, and is checked again.
    Published(Way),
    /// An operator vouched for it in an import. Nothing is published, so nothing is ever checked or lost.
    Import,
}

/// What a domain is to an organization, in the words of the API that this one follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It was added and not proved yet, or its proof was lost.
    Unverified,
    /// It is the organization's own.
    Verified,
    /// It still is, but the last answer did not have the token.
    MissingToken,
    /// Another organization proved it later, when this one's token was gone.
    Superseded,
}

/// What a look for a token found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// The token.
    Seen,
    /// An answer without it.
    Absent,
    /// No answer, which says nothing.
    Unknown,
}

impl Way {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Dns, Self::Http];

    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Http => "http",
        }
    }

    /// The way of a label.
    pub fn of(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.label() == label)
    }
}

impl Method {
    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Published(way) => way.label(),
            Self::Import => "import",
        }
    }

    /// The method of a label.
    pub fn of(label: &str) -> Option<Self> {
        if label == Self::Import.label() { Some(Self::Import) } else { Way::of(label).map(Self::Published) }
    }
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Unverified, Self::Verified, Self::MissingToken, Self::Superseded];

    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::Verified => "verified",
            Self::MissingToken => "missing_token",
            Self::Superseded => "superseded",
        }
    }

    /// The status of a label.
    pub fn of(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.label() == label)
    }

    /// Whether the domain is the organization's own, so that the claimed accounts in it are managed.
    pub const fn is_owned(self) -> bool {
        matches!(self, Self::Verified | Self::MissingToken)
    }
}

/// A domain that was proved by a token, as a check finds it.
#[derive(Debug, Clone, Copy)]
pub struct Proof {
    /// Its status until now.
    pub status: Status,
    /// When the token was last seen.
    pub seen_at: Timestamp,
}

/// The status of an owned domain after one more look for its token.
///
/// An answer that nobody gives leaves the status alone, but it is no sight: who keeps a name server silent gains the grace
/// period and no more.
pub fn after_check(proof: Proof, sight: Sight, now: Timestamp, grace_period: Duration) -> Status {
    match sight {
        Sight::Seen => Status::Verified,
        _ if is_over(proof.seen_at, grace_period, now) => Status::Unverified,
        Sight::Absent => Status::MissingToken,
        Sight::Unknown => proof.status,
    }
}

/// Whether the token of an attempt is too old to verify by.
pub fn is_outdated(attempted_at: Timestamp, now: Timestamp) -> bool {
    is_over(attempted_at, LONGEST_ATTEMPT, now)
}

fn is_over(start: Timestamp, length: Duration, now: Timestamp) -> bool {
    now >= start.saturating_add(length).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400;
    const GRACE: Duration = Duration::from_secs(7 * DAY);

    fn at(second: u64) -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap() + Duration::from_secs(second)
    }

    #[test]
    fn t159_only_the_grace_period_without_a_sight_loses_a_domain() {
        use Status::{MissingToken, Unverified, Verified};
        for (status, sight, after, expected) in [
            (Verified, Sight::Seen, DAY, Verified),
            (Verified, Sight::Absent, DAY, MissingToken),
            (Verified, Sight::Unknown, DAY, Verified),
            (MissingToken, Sight::Unknown, 2 * DAY, MissingToken),
            (MissingToken, Sight::Absent, 7 * DAY - 1, MissingToken),
            (Verified, Sight::Unknown, 7 * DAY - 1, Verified),
            (MissingToken, Sight::Absent, 7 * DAY, Unverified),
            (Verified, Sight::Unknown, 7 * DAY, Unverified),
            (Verified, Sight::Unknown, 30 * DAY, Unverified),
            (MissingToken, Sight::Seen, 30 * DAY, Verified),
        ] {
            let proof = Proof { status, seen_at: at(0) };
            assert_eq!(
                after_check(proof, sight, at(after), GRACE),
                expected,
                "{status:?} {sight:?} after {after} s"
            );
        }
        let early = Proof { status: Verified, seen_at: at(DAY) };
        assert_eq!(after_check(early, Sight::Absent, at(0), GRACE), MissingToken, "a clock set back");
    }

    #[test]
    fn t144_an_attempt_ends_after_thirty_days() {
        assert!(!is_outdated(at(0), at(30 * DAY - 1)));
        assert!(is_outdated(at(0), at(30 * DAY)));
        assert!(is_outdated(Timestamp::MIN, at(0)) && !is_outdated(Timestamp::MAX, at(0)));
    }

    #[test]
    fn a_label_is_read_back_as_what_it_was() {
        for status in Status::ALL {
            assert_eq!(Status::of(status.label()), Some(status));
        }
        for method in [Method::Published(Way::Dns), Method::Published(Way::Http), Method::Import] {
            assert_eq!(Method::of(method.label()), Some(method));
        }
        assert_eq!((Method::of("DNS"), Status::of("deleted"), Way::of("import")), (None, None, None));
    }
}
