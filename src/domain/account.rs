//! Who somebody is to the organization, and the short names that stand for a person and a browser.

use std::fmt;

/// What an account is to the organization, as labels show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Verified domain and claimed account.
    Managed,
    /// Everyone else who is signed in.
    External,
    /// Nobody is signed in.
    Anonymous,
    /// An API token; whose it is, was not asked or cannot be known.
    Token,
    /// The request was answered before anybody asked who sends it.
    Unknown,
}

impl Class {
    /// Every class, in label order.
    pub const ALL: [Self; 5] = [Self::Managed, Self::External, Self::Anonymous, Self::Token, Self::Unknown];

    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Managed => "managed",
            Self::External => "external",
            Self::Anonymous => "anonymous",
            Self::Token => "token",
            Self::Unknown => "unknown",
        }
    }
}

/// A person at a site with the address they are judged by: a keyed digest of (site, user key, address).
///
/// A proof and a challenge are bound to it, so another person, another site or a changed address has another subject.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subject(pub [u8; 16]);

/// A browser: 128 random bits in our device cookie.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeviceId(pub [u8; 16]);

/// The credential cookies that a browser has for a site: a keyed digest in which their order does not count.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CookieSet(pub [u8; 16]);

impl fmt::Debug for CookieSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CookieSet(…)")
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subject(…)")
    }
}

/// The device id is half of what a proof needs, so it is never printed.
impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceId(…)")
    }
}
