//! Where a site's sessions come from: its sources in the order in which they are asked.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue, Uri};
use jsonwebtoken::Algorithm;

use crate::domain::key_set::KeySet;

/// One source of sessions. The first that knows a session wins.
#[derive(Debug, Clone)]
pub enum SessionSource {
    /// The product itself.
    Introspect(Introspect),
    /// Signed tokens of an issuer.
    Jwt(Box<Jwt>),
    /// Crowd, by its single sign-on token.
    Crowd(Box<Crowd>),
}

impl SessionSource {
    /// As in the configuration file and the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Introspect(_) => "introspect",
            Self::Jwt(_) => "jwt",
            Self::Crowd(_) => "crowd",
        }
    }

    /// The cookie that this source alone reads; the product itself is shown all of them.
    pub fn cookie(&self) -> Option<&str> {
        match self {
            Self::Introspect(_) => None,
            Self::Jwt(rules) => match &rules.carrier {
                Carrier::Cookie(name) => Some(name),
                Carrier::Header(_) => None,
            },
            Self::Crowd(crowd) => Some(&crowd.cookie),
        }
    }

    /// The header that this source reads.
    pub fn header(&self) -> Option<&HeaderName> {
        match self {
            Self::Introspect(_) | Self::Crowd(_) => None,
            Self::Jwt(rules) => match &rules.carrier {
                Carrier::Cookie(_) => None,
                Carrier::Header(name) => Some(name),
            },
        }
    }

    /// Whether what it says holds for the client's address alone.
    pub fn reads_address(&self) -> bool {
        match self {
            Self::Introspect(_) | Self::Jwt(_) => false,
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

/// What a token must be to count, and what it says of whom.
#[derive(Debug, Clone)]
pub struct Jwt {
    /// Where it is in a request.
    pub carrier: Carrier,
    /// Its `iss`, letter for letter and without spaces.
    pub issuer: Arc<str>,
    /// One of these is in its `aud`.
    pub audiences: Vec<String>,
    /// What its signature is verified with.
    pub keys: KeySource,
    /// How it may be signed; all of one family, as a key of one kind must never be taken for another.
    pub algorithms: Vec<Algorithm>,
    /// The claim with the person's stable key.
    pub key_claim: String,
    /// The claim with the login name at the product.
    pub username_claim: String,
    /// The claim with the address.
    pub email_claim: String,
    /// The claim that must be `true` for the address to count.
    pub email_verified_claim: Option<String>,
    /// The claim with the id of the sign-in: a new one ends the proofs made under another.
    pub session_claim: Option<String>,
    /// Its `typ`, where that is not `JWT`.
    pub token_type: Option<String>,
    /// How far the issuer's clock may differ.
    pub leeway: Duration,
}

/// Where a token is in a request.
#[derive(Debug, Clone)]
pub enum Carrier {
    /// In the cookie of this name.
    Cookie(String),
    /// In the header of this name, alone.
    Header(HeaderName),
}

/// Where an issuer's keys come from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// Fetched when they are first needed, and kept current.
    Url(Uri),
    /// Read with the configuration: a set of keys, or one shared secret.
    Fixed(Arc<KeySet>),
}
