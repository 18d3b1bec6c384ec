//! Where a site's sessions come from: its sources in the order in which they are asked.

use std::net::IpAddr;
use std::time::Duration;

use http::{HeaderName, HeaderValue};

/// One source of sessions. The first that knows a session wins.
#[derive(Debug, Clone)]
pub enum SessionSource {
    /// The product itself.
    Introspect(Introspect),
    /// Crowd, by its single sign-on token.
    Crowd(Box<Crowd>),
}

impl SessionSource {
    /// As in the configuration file and the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Introspect(_) => "introspect",
            Self::Crowd(_) => "crowd",
        }
    }

    /// The cookie that this source alone reads; the product itself is shown all of them.
    pub fn cookie(&self) -> Option<&str> {
        match self {
            Self::Introspect(_) => None,
            Self::Crowd(crowd) => Some(&crowd.cookie),
        }
    }

    /// The header that this source reads.
    pub fn header(&self) -> Option<&HeaderName> {
        match self {
            Self::Introspect(_) | Self::Crowd(_) => None,
        }
    }

    /// Whether what it says holds for the client's address alone.
    pub fn reads_address(&self) -> bool {
        match self {
            Self::Introspect(_) => false,
            Self::Crowd(_) => true,
        }
    }
}

/// How a product is asked whose session it is, and how its answer is read.
#[derive(Debug, Clone)]
pub struct Introspect {
    /// The path (below the site's prefix), and perhaps a query, asked with `GET` and all credentials of the session.
    pub path: String,
    /// What an answer looks like.
    pub form: AnswerForm,
    /// How long an answer is believed, 60 s at most.
    pub cache: Duration,
    /// How long an answer may take.
    pub timeout: Duration,
}

/// What an answer looks like, and where it says what. A 401 always says that nobody is signed in.
#[derive(Debug, Clone)]
pub enum AnswerForm {
    /// JSON.
    Json(Pointers),
    /// A page for people, of a product that says it nowhere else.
    Page(Patterns),
}

/// Where an answer in JSON says what, as JSON pointers (RFC 6901).
#[derive(Debug, Clone)]
pub struct Pointers {
    /// The stable user key.
    pub key: String,
    /// The login name, compared with `X-AUSERNAME` on answers.
    pub username: String,
    /// The address; `None` where the product does not reveal it.
    pub email: Option<String>,
    /// Whether the product checked the address; `None` where it does not say, and all its addresses are believed.
    pub email_verified: Option<String>,
    /// What says that nobody is signed in.
    pub anonymous: Option<Expected>,
    /// What says that the person is a customer of the portal, without access to the product itself.
    pub customer: Option<Expected>,
}

/// A value at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Where.
    pub pointer: String,
    /// The text of the value: of a text, a whole number, `true` or `false`.
    pub value: String,
}

/// What finds a value in a page.
#[derive(Debug, Clone)]
pub struct Patterns {
    /// The stable user key.
    pub key: Pattern,
    /// The login name.
    pub username: Pattern,
    /// The address; `None` where the page does not show it.
    pub email: Option<Pattern>,
    /// What is there when nobody is signed in; believed only where no person is found.
    pub anonymous: Option<Pattern>,
}

/// A regular expression with exactly one group.
#[derive(Debug, Clone)]
pub struct Pattern(pub(super) regex::Regex);

impl Pattern {
    /// The text of the group at the only place that matches. Two places are an error, overlapping ones too: one of them may
    /// have been written by somebody who wants to be taken for another.
    pub fn find<'a>(&self, page: &'a str) -> Result<Option<&'a str>, Ambiguous> {
        let Some(found) = self.0.captures(page) else { return Ok(None) };
        let (Some(whole), Some(group)) = (found.get(0), found.get(1)) else { return Err(Ambiguous) };
        let next = page.ceil_char_boundary(whole.start() + 1);
        if next <= page.len() && self.0.is_match_at(page, next) {
            return Err(Ambiguous);
        }
        Ok(Some(group.as_str()))
    }
}

/// A page where more than one place could be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ambiguous;

/// Where Crowd is, and how it is asked whose a token is.
#[derive(Debug, Clone)]
pub struct Crowd {
    /// The address of its sessions; a token follows.
    pub sessions: String,
    /// The application's name and password as a header, marked as sensitive.
    pub authorization: HeaderValue,
    /// Whether it is asked over plain HTTP beyond this machine, by explicit setting.
    pub is_plain: bool,
    /// The cookie that carries the token.
    pub cookie: String,
    /// The address that products see the gateway by, where tokens are tied to that and the client's together.
    pub gateway_address: Option<IpAddr>,
    /// How long an answer is believed, 60 s at most.
    pub cache: Duration,
    /// How long an answer may take.
    pub timeout: Duration,
}
