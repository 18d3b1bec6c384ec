//! Sixteen bytes that stand for an address, a login name or a product's user in the tables.
//!
//! Keyed with a secret of this process, so nobody can look for an address that collides with a claimed one.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::email::EmailAddress;
use crate::store::ContradictionRow;

/// The key of a table row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// Of no user at all.
    pub(super) const NOBODY: Self = Self([0; 16]);
}

/// The secret under which this process makes fingerprints.
pub(super) struct FingerprintKey([u8; 32]);

impl FingerprintKey {
    pub(super) fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    /// Of an address.
    pub(super) fn email(&self, email: &EmailAddress) -> Fingerprint {
        self.of(b"email", &[email.as_str()])
    }

    /// Of a login name. Products fold its case, so it is folded here too.
    pub(super) fn username(&self, username: &str) -> Fingerprint {
        self.of(b"name", &[&username.trim().to_lowercase()])
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

    fn of(&self, kind: &[u8], parts: &[&str]) -> Fingerprint {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(kind);
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        let tag = mac.finalize().into_bytes();
        Fingerprint(tag[..16].try_into().expect("the tag has 32 bytes"))
    }
}
