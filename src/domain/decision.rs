//! What may happen to a request. The one stable code that says why is in `reason.rs`.

use jiff::Timestamp;

pub use super::reason::Reason;

/// The outcome of `decide`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Forward what the permit names.
    Pass(Permit),
    /// Ask for a code first.
    Challenge(Reason),
    /// Have them sign in again; the session is over or none that the policy takes.
    SignIn(Reason),
    /// Refuse; a code would not help.
    Deny(Reason),
    /// Cannot be judged now; refuse until it can.
    Unavailable(Reason),
}

impl Decision {
    /// The reason, whatever the outcome.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Pass(permit) => permit.reason,
            Self::Challenge(reason)
            | Self::SignIn(reason)
            | Self::Deny(reason)
            | Self::Unavailable(reason) => *reason,
        }
    }
}

/// The right to be forwarded. Only `domain::decide` can make one, so nothing reaches an upstream undecided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permit {
    reason: Reason,
    forward: Credentials,
    until: Option<Timestamp>,
}

impl Permit {
    pub(super) fn new(reason: Reason, forward: Credentials) -> Self {
        Self { reason, forward, until: None }
    }

    pub(super) fn until(self, end: Timestamp) -> Self {
        Self { until: Some(end), ..self }
    }

    /// Why it passes.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The one kind of credential that may go on.
    pub fn forward(&self) -> Credentials {
        self.forward
    }

    /// When the permit ends for connections that outlive their request.
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.until
    }
}

/// Which credentials go upstream: never two kinds together, as products differ on which one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credentials {
    /// The cookies, and the session headers of the site, that the identity was resolved from; `Authorization` is removed.
    Cookies,
    /// The `Authorization` header; every cookie and session header is removed.
    Authorization,
    /// None at all: whoever asks is answered like a stranger.
    None,
}
