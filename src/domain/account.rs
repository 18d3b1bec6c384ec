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

/// In what a product's word about a person contradicts what is known of them. Such a person is never managed: whoever
/// edits their own address, or signs up with somebody else's, is met here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Contradiction {
    /// The product reports another address than was imported, accepted or first seen, or did not check it.
    AnotherAddress,
    /// The address was first seen for another user of the site.
    AnotherUser,
    /// The address was imported with another login name, or the login name with another address.
    AnotherName,
    /// The address was imported with another user key at the site.
    AnotherKey,
}

impl Contradiction {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::AnotherAddress, Self::AnotherUser, Self::AnotherName, Self::AnotherKey];

    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::AnotherAddress => "another-address",
            Self::AnotherUser => "another-user",
            Self::AnotherName => "another-name",
            Self::AnotherKey => "another-key",
        }
    }

    /// What it means, for an operator.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::AnotherAddress => "the product reports another address than is known, or did not check it",
            Self::AnotherUser => "the address was first seen for another user of this site",
            Self::AnotherName => "the address was imported with another login name",
            Self::AnotherKey => "the address was imported with another user key of this site",
        }
    }

    /// The kind of a label.
    pub fn of(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.label() == label)
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

/// The verifications of one person in one browser, at whatever hosts of the organization: 128 bits that each of their proofs
/// carries. A sign-out ends the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Family(pub [u8; 16]);

/// An account of an organization: a keyed digest of its address, by which hosts that know it by other keys name it to each
/// other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountKey(pub [u8; 16]);

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
