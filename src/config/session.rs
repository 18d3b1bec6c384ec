//! Where a site's sessions come from: its sources in the order in which they are asked.

use std::time::Duration;

use http::HeaderName;

/// One source of sessions. The first that knows a session wins.
#[derive(Debug, Clone)]
pub enum SessionSource {
    /// The product itself.
    Introspect(Introspect),
}

impl SessionSource {
    /// As in the configuration file and the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Introspect(_) => "introspect",
        }
    }

    /// How it asks the product, where it does.
    pub fn introspect(&self) -> Option<&Introspect> {
        match self {
            Self::Introspect(introspect) => Some(introspect),
        }
    }

    /// The cookie that this source alone reads; the product itself is shown all of them.
    pub fn cookie(&self) -> Option<&str> {
        match self {
            Self::Introspect(_) => None,
        }
    }

    /// The header that this source reads.
    pub fn header(&self) -> Option<&HeaderName> {
        match self {
            Self::Introspect(_) => None,
        }
    }
}

/// The introspection request and where its answer says what. Pointers are JSON pointers (RFC 6901).
#[derive(Debug, Clone)]
pub struct Introspect {
    /// The path (below the site's prefix) asked with `GET` and all credentials of the session.
    pub path: String,
    /// The stable user key.
    pub key: String,
    /// The login name, compared with `X-AUSERNAME` on answers.
    pub username: String,
    /// The address; `None` where the product does not reveal it.
    pub email: Option<String>,
    /// Where a value says that nobody is signed in: (pointer, value). A 401 always says so.
    pub anonymous: Option<(String, String)>,
    /// How long an answer is believed, 60 s at most.
    pub cache: Duration,
    /// How long an answer may take.
    pub timeout: Duration,
}
