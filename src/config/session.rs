//! Where a site's sessions come from: its sources in the order in which they are asked.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, Uri};
use jsonwebtoken::Algorithm;

use crate::domain::key_set::KeySet;

/// One source of sessions. The first that knows a session wins.
#[derive(Debug, Clone)]
pub enum SessionSource {
    /// The product itself.
    Introspect(Introspect),
    /// Signed tokens of an issuer.
    Jwt(Box<Jwt>),
}

impl SessionSource {
    /// As in the configuration file and the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Introspect(_) => "introspect",
            Self::Jwt(_) => "jwt",
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
        }
    }

    /// The header that this source reads.
    pub fn header(&self) -> Option<&HeaderName> {
        match self {
            Self::Introspect(_) => None,
            Self::Jwt(rules) => match &rules.carrier {
                Carrier::Cookie(_) => None,
                Carrier::Header(name) => Some(name),
            },
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
