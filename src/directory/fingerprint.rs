//! Sixteen bytes that stand for an address, a login name or a product's user in the tables.
//!
//! Keyed with a secret of this process, so nobody can look for an address that collides with a claimed one. SipHash-2-4 is
//! made for that: a pseudorandom function under a secret key, whose values are never shown to anybody. Who tries addresses
//! then meets one of n entries by chance alone, n times in 2^128. HMAC-SHA256 says no more here and takes ten times as long.

use std::hash::Hasher as _;

use siphasher::sip128::{Hasher128 as _, SipHasher24};

use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;
use crate::store::ContradictionRow;

/// The key of a table row: as good as random, so tables sort and spread by it as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// Of no user at all.
    pub(super) const NOBODY: Self = Self([0; 16]);

    #[cfg(test)]
    pub(super) fn of_number(number: u128) -> Self {
        Self(number.to_be_bytes())
    }

    /// In which of so many equal parts of all fingerprints this one is. Parts are in the order of fingerprints.
    pub(super) fn part(self, parts: usize) -> usize {
        (((u128::from_be_bytes(self.0) >> 64) * parts as u128) >> 64) as usize
    }
}

/// The secret under which this process makes fingerprints.
pub(super) struct FingerprintKey([u8; 16]);

impl FingerprintKey {
    pub(super) fn new(secret: [u8; 16]) -> Self {
        Self(secret)
    }

    /// Of an address as one organization knows it: of two, each has an account of its own for it.
    pub(super) fn email(&self, organization: &OrganizationId, email: &EmailAddress) -> Fingerprint {
        self.of(b"email", &[organization.as_str(), email.as_str()])
    }

    /// Of a login name at the products of an organization. They fold its case, so it is folded here too.
    pub(super) fn username(&self, organization: &OrganizationId, username: &str) -> Fingerprint {
        self.of(b"name", &[organization.as_str(), &username.trim().to_lowercase()])
    }

    /// Of a user at a site.
    pub(super) fn user(&self, site: &str, user_key: &str) -> Fingerprint {
        self.of(b"user", &[site, user_key])
    }

    /// Of an address at a site.
    pub(super) fn address_at(&self, site: &str, email: &EmailAddress) -> Fingerprint {
        self.of(b"address", &[site, email.as_str()])
    }

    /// Of a contradiction, to see whether it is the one that is known.
    pub(super) fn contradiction(&self, row: &ContradictionRow) -> Fingerprint {
        let address =
            |email: &Option<EmailAddress>| email.as_ref().map_or(String::new(), ToString::to_string);
        let parts = [row.kind.label(), &row.username, &address(&row.email), &address(&row.reported)];
        self.of(b"contradiction", &parts)
    }

    /// Of something that is written down of somebody, to see how often.
    pub(super) fn notice(&self, parts: &[&str]) -> Fingerprint {
        self.of(b"notice", parts)
    }

    /// Of an invitation to a site, for an address or a mail domain.
    pub(super) fn invitation(&self, organization: &OrganizationId, site: &str, who: &str) -> Fingerprint {
        self.of(b"invitation", &[organization.as_str(), site, who])
    }

    /// Of an exemption, for an address or a mail domain.
    pub(super) fn exemption(&self, organization: &OrganizationId, who: &str) -> Fingerprint {
        self.of(b"exemption", &[organization.as_str(), who])
    }

    fn of(&self, kind: &[u8], parts: &[&str]) -> Fingerprint {
        let mut hasher = SipHasher24::new_with_key(&self.0);
        hasher.write(kind);
        for part in parts {
            hasher.write(&(part.len() as u64).to_be_bytes());
            hasher.write(part.as_bytes());
        }
        Fingerprint(hasher.finish128().as_u128().to_be_bytes())
    }
}
