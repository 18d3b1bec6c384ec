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

impl Decision {
    /// A pass for whatever was decided, that says what. With the credentials that came, or a report would change what people see.
    pub(super) fn reported(self, forward: Credentials) -> Self {
        let instead = match self {
            Self::Pass(permit) if permit.forward == forward => return self,
            Self::Challenge(_) => Instead::Challenge,
            Self::Pass(_) | Self::SignIn(_) | Self::Deny(_) | Self::Unavailable(_) => Instead::Block,
        };
        Self::Pass(Permit { instead: Some(instead), ..Permit::new(self.reason(), forward) })
    }
}

/// The right to be forwarded. Only `domain::decide` can make one, so nothing reaches an upstream undecided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permit {
    reason: Reason,
    forward: Credentials,
    until: Option<Timestamp>,
    instead: Option<Instead>,
}

/// What would have become of a request where decisions are only reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead {
    /// It would have been asked for a code.
    Challenge,
    /// It would not have passed, or not with its credentials.
    Block,
}

impl Permit {
    pub(super) fn new(reason: Reason, forward: Credentials) -> Self {
        Self { reason, forward, until: None, instead: None }
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

    /// What would have become of the request, where it passes because that is only reported.
    pub fn instead(&self) -> Option<Instead> {
        self.instead
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
