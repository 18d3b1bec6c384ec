//! Keys to the API: what one looks like, what it opens, and for how long.
//!
//! The text of a key is 256 random bits, so its SHA-256 is as good as a slow hash and can be looked up. It is shown once.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};

/// What every key begins with, so that a scanner of secrets knows one when it sees it.
const PREFIX: &str = "postern_";
/// The characters of 32 bytes.
const SECRET_CHARACTERS: usize = 43;
/// The characters of a checksum: a mistyped key is no question to the store.
const CHECK_CHARACTERS: usize = 8;

/// How long a key lives if nobody says how long, as in the product whose API this is.
pub const DEFAULT_LIFETIME: Duration = Duration::from_secs(7 * 86_400);
/// How long it may live, as there.
pub const LONGEST_LIFETIME: Duration = Duration::from_secs(365 * 86_400);
/// The longest name of a key, in characters.
pub const LONGEST_NAME: usize = 100;

/// The text of a key, as it was just made or as a request carries it. It is never logged or stored.
pub struct KeyText(String);

impl KeyText {
    /// The text of these random bytes.
    pub fn new(secret: &[u8; 32]) -> Self {
        let secret = BASE64URL_NOPAD.encode(secret);
        Self(format!("{PREFIX}{secret}{}", check(&secret)))
    }

    /// Reads what a request carries; `None` for what was never a key.
    pub fn read(text: &str) -> Option<Self> {
        let (secret, sum) = text.strip_prefix(PREFIX)?.split_at_checked(SECRET_CHARACTERS)?;
        (BASE64URL_NOPAD.decode(secret.as_bytes()).is_ok_and(|bytes| bytes.len() == 32)
            && sum == check(secret))
        .then(|| Self(text.to_owned()))
    }

    /// To be shown, once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the store knows it by.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// Its last characters, which are of the checksum and by which people tell keys apart.
    pub fn hint(&self) -> String {
        let from = self.0.len().saturating_sub(4);
        self.0.get(from..).unwrap_or_default().to_owned()
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyText(…)")
    }
}

fn check(secret: &str) -> String {
    let digest = Sha256::digest(format!("{PREFIX}{secret}").as_bytes());
    HEXLOWER.encode(&digest[..CHECK_CHARACTERS / 2])
}

/// Declares the scopes with their labels.
macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $label:literal,)*) => {
        /// What a key may be allowed. The names are those of the product whose API this is, where it has one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Scope {
            $($(#[$doc])* $name,)*
        }

        impl Scope {
            /// Every scope.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable label.
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$name => $label,)*
                }
            }
        }
    };
}

scopes! {
    /// See the organization.
    ReadOrgs = "read:orgs:admin",
    /// See its domains.
    ReadDomains = "read:domains:admin",
    /// Add, verify and remove domains.
    WriteDomains = "write:domains:admin",
    /// See accounts.
    ReadAccounts = "read:accounts:admin",
    /// Invite and remove accounts, claim and unclaim them.
    WriteAccounts = "write:accounts:admin",
    /// See directories.
    ReadDirectories = "read:directories:admin",
    /// Fill a directory, as an identity provider does.
    WriteDirectories = "write:directories:admin",
    /// See groups.
    ReadGroups = "read:groups:admin",
    /// Keep groups, their members and their roles.
    WriteGroups = "write:groups:admin",
    /// Read the audit log.
    ReadEvents = "read:events:admin",
    /// See policies.
    ReadPolicies = "read:policies:admin",
    /// Make and change policies, and who is in them.
    WritePolicies = "write:policies:admin",
    /// Remove policies.
    DeletePolicies = "delete:policies:admin",
    /// See keys to the API, never their text.
    ReadKeys = "read:keys:admin",
    /// Revoke keys to the API.
    WriteKeys = "write:keys:admin",
    /// Manage the accounts of people. Only a key without scopes has it there; here it can be given too.
    ManageOrg = "manage:org",
}

impl Scope {
    /// The scope of a label.
    pub fn of(label: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| scope.label() == label)
    }
}

/// What a key opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scopes {
    /// Everything of its organization.
    Everything,
    /// These alone.
    These(BTreeSet<Scope>),
}

impl Scopes {
    /// Whether it opens what needs one of these.
    pub fn allow_any(&self, needed: &[Scope]) -> bool {
        match self {
            Self::Everything => true,
            Self::These(scopes) => needed.iter().any(|scope| scopes.contains(scope)),
        }
    }

    /// As it is stored: labels separated by spaces, or nothing for everything.
    pub fn to_text(&self) -> Option<String> {
        let Self::These(scopes) = self else { return None };
        Some(scopes.iter().map(|scope| scope.label()).collect::<Vec<_>>().join(" "))
    }

    /// Reads what was stored. A label of a newer Postern opens nothing in this one.
    pub fn of_text(text: Option<&str>) -> Self {
        match text {
            None => Self::Everything,
            Some(text) => Self::These(text.split(' ').filter_map(Scope::of).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t139_a_key_reads_back_and_a_mistyped_one_is_none() {
        let key = KeyText::new(&[7; 32]);
        let text = key.reveal();
        assert_eq!(text.len(), PREFIX.len() + SECRET_CHARACTERS + CHECK_CHARACTERS);
        assert_eq!(KeyText::read(text).unwrap().hash(), key.hash());
        assert_ne!(KeyText::new(&[8; 32]).hash(), key.hash());
        let cut = text.get(..text.len() - 1).unwrap();
        let swapped = text.replacen("Bw", "wB", 1);
        for wrong in ["", "postern_", cut, &format!("{text}a"), &text.to_uppercase(), &swapped, "postern_é"]
        {
            assert!(KeyText::read(wrong).is_none(), "{wrong}");
        }
        assert!(!format!("{key:?}").contains(text) && text.ends_with(&key.hint()));
    }

    #[test]
    fn scopes_open_what_they_name_and_an_unknown_one_nothing() {
        let some = Scopes::of_text(Some("read:orgs:admin launch:missiles write:policies:admin"));
        assert!(
            some.allow_any(&[Scope::ReadOrgs]) && some.allow_any(&[Scope::ReadKeys, Scope::WritePolicies])
        );
        assert!(!some.allow_any(&[Scope::ReadKeys]) && !some.allow_any(&[]));
        assert_eq!(some.to_text().unwrap(), "read:orgs:admin write:policies:admin");
        assert!(!Scopes::of_text(Some("")).allow_any(Scope::ALL), "no scope is not every scope");
        assert!(Scopes::of_text(None).allow_any(&[Scope::ManageOrg]));
        for scope in Scope::ALL {
            assert_eq!(Scope::of(scope.label()), Some(*scope));
        }
    }
}
