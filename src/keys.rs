//! The key file: the secrets that codes, proofs and forms are made with.
//!
//! One line per key, `ID BASE64`, the last one is current; older ones still verify, so keys rotate without anybody being
//! asked again. The file never leaves this module: callers get derived keys, one per purpose.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::entropy::Entropy;

/// The keys derived from one line of the key file.
pub struct KeySet {
    /// For one-time codes.
    pub code: [u8; 32],
    /// For proof cookies.
    pub proof: [u8; 32],
    /// For the token in our forms.
    pub form: [u8; 32],
    /// For requests to the home host of an organization.
    pub request: [u8; 32],
    /// For tickets between an organization's hosts.
    pub ticket: [u8; 32],
    /// For the record that a home host keeps in a browser.
    pub record: [u8; 32],
    /// For the marks by which it is found whether a verification arrived.
    pub arrival: [u8; 32],
    /// For forms that are held; a secret of the browser's is the other half.
    pub held_form: [u8; 32],
    /// What the assertion's P-256 key is made of.
    pub es256: [u8; 32],
    /// What the assertion's Ed25519 key is made of.
    pub eddsa: [u8; 32],
}

/// All keys of the installation.
pub struct Keys {
    sets: HashMap<u8, KeySet, foldhash::fast::RandomState>,
    current: u8,
    /// For subjects; the same under every rotation, as an old proof must still name the same person.
    subject: [u8; 32],
    /// For sets of cookies; the same under every rotation, as an enrolled app must still be known.
    cookies: [u8; 32],
    /// For tokens that prove a domain; the same under every rotation, as what is published in DNS stays there for years.
    ownership: [u8; 32],
    /// For the cursors of lists; the same under every rotation, as a client may keep one for months.
    cursors: [u8; 32],
    /// For links to exports; the same under every rotation, as a mailed one works for a day.
    exports: [u8; 32],
    /// For accounts as an organization's hosts name them to each other; the same under every rotation, like the next two: what
    /// they name is in browsers for weeks.
    accounts: [u8; 32],
    /// For families of proofs.
    families: [u8; 32],
    /// For browsers as a hand-over names them.
    browsers: [u8; 32],
    /// For what authenticators share with us; the same under every rotation, as an app is kept for years.
    authenticators: [u8; 32],
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file is missing or cannot be read.
    #[error("the key file {0} cannot be read: {1}; `postern init` creates one")]
    Unreadable(PathBuf, std::io::Error),
    /// Others on the machine could read it.
    #[error("the key file {0} can be read by others (mode {1:o}); set it to 600")]
    Permissions(PathBuf, u32),
    /// A line is no key.
    #[error("the key file {0}, line {1}: expected a number from 1 to 255, a space, and 32 bytes in base64")]
    Malformed(PathBuf, usize),
    /// There is already a file.
    #[error("the key file {0} cannot be created: {1}")]
    Uncreatable(PathBuf, std::io::Error),
}

impl Keys {
    /// Creates the key file with one fresh key, readable by its owner alone. An existing file is never overwritten.
    pub fn create(path: &Path, entropy: &Entropy) -> Result<(), KeysError> {
        let failed = |error| KeysError::Uncreatable(path.to_owned(), error);
        let mut line = Zeroizing::new(String::new());
        let secret = Zeroizing::new(entropy.bytes::<32>());
        let _ = writeln!(line, "1 {}", BASE64.encode(secret.as_slice()));
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
        file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
    }

    /// Reads the key file, and refuses one that others can read.
    pub fn load(path: &Path) -> Result<Self, KeysError> {
        let unreadable = |error| KeysError::Unreadable(path.to_owned(), error);
        let mode = std::fs::metadata(path).map_err(unreadable)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeysError::Permissions(path.to_owned(), mode));
        }
        let text = Zeroizing::new(std::fs::read_to_string(path).map_err(unreadable)?);
        Self::parse(&text).map_err(|line| KeysError::Malformed(path.to_owned(), line))
    }

    fn parse(text: &str) -> Result<Self, usize> {
        let mut sets = HashMap::default();
        let (mut current, mut lasting) = (None, None);
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let (id, secret) = parse_line(line).ok_or(index + 1)?;
            if sets.insert(id, KeySet::derive(&secret)).is_some() {
                return Err(index + 1);
            }
            lasting.get_or_insert_with(|| {
                [
                    "subject",
                    "cookies",
                    "ownership",
                    "cursors",
                    "exports",
                    "hand-over accounts",
                    "hand-over families",
                    "hand-over browsers",
                    "authenticators",
                ]
                .map(|what| derive(&secret, what))
            });
            current = Some(id);
        }
        match (current, lasting) {
            (
                Some(current),
                Some(
                    [
                        subject,
                        cookies,
                        ownership,
                        cursors,
                        exports,
                        accounts,
                        families,
                        browsers,
                        authenticators,
                    ],
                ),
            ) => Ok(Self {
                sets,
                current,
                subject,
                cookies,
                ownership,
                cursors,
                exports,
                accounts,
                families,
                browsers,
                authenticators,
            }),
            _ => Err(1),
        }
    }

    /// The id and keys that new codes and proofs are made with.
    pub fn current(&self) -> (u8, &KeySet) {
        (self.current, &self.sets[&self.current])
    }

    /// The keys of an id that a token names.
    pub fn of(&self, id: u8) -> Option<&KeySet> {
        self.sets.get(&id)
    }

    /// Every key, old and new, by its id.
    pub fn all(&self) -> impl Iterator<Item = (u8, &KeySet)> {
        (1..=u8::MAX).filter_map(|id| Some((id, self.sets.get(&id)?)))
    }

    /// The key for subjects.
    pub fn subject(&self) -> &[u8; 32] {
        &self.subject
    }

    /// The key for sets of cookies.
    pub fn cookies(&self) -> &[u8; 32] {
        &self.cookies
    }

    /// The key for tokens that prove a domain.
    pub fn ownership(&self) -> &[u8; 32] {
        &self.ownership
    }

    /// The key for the cursors of lists.
    pub fn cursors(&self) -> &[u8; 32] {
        &self.cursors
    }

    /// The key for links to exports.
    pub fn exports(&self) -> &[u8; 32] {
        &self.exports
    }

    /// The key for accounts as an organization's hosts name them to each other.
    pub fn accounts(&self) -> &[u8; 32] {
        &self.accounts
    }

    /// The key for families of proofs.
    pub fn families(&self) -> &[u8; 32] {
        &self.families
    }

    /// The key for browsers as a hand-over names them.
    pub fn browsers(&self) -> &[u8; 32] {
        &self.browsers
    }

    /// The key for what authenticators share with us.
    pub fn authenticators(&self) -> &[u8; 32] {
        &self.authenticators
    }
}

impl KeySet {
    fn derive(secret: &[u8; 32]) -> Self {
        Self {
            code: derive(secret, "code"),
            proof: derive(secret, "proof"),
            form: derive(secret, "form"),
            request: derive(secret, "hand-over request"),
            ticket: derive(secret, "hand-over ticket"),
            record: derive(secret, "home record"),
            arrival: derive(secret, "arrival"),
            held_form: derive(secret, "held form"),
            es256: derive(secret, "assertion ES256"),
            eddsa: derive(secret, "assertion EdDSA"),
        }
    }
}

fn parse_line(line: &str) -> Option<(u8, Zeroizing<[u8; 32]>)> {
    let (id, secret) = line.trim_end().split_once(' ')?;
    let id = id.parse().ok().filter(|&id| id > 0)?;
    let bytes = Zeroizing::new(BASE64.decode(secret.as_bytes()).ok()?);
    Some((id, Zeroizing::new(bytes.as_slice().try_into().ok()?)))
}

/// One key per purpose, so that a token of one kind is never valid as another (NIST SP 800-108, HMAC in one step).
fn derive(secret: &[u8; 32], purpose: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(b"postern ");
    mac.update(purpose.as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_created_file_loads_and_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        Keys::create(&path, &Entropy::seeded(1)).unwrap();
        let keys = Keys::load(&path).unwrap();
        assert_eq!(keys.current().0, 1);
        assert_ne!(keys.current().1.code, keys.current().1.proof);
        assert!(matches!(Keys::create(&path, &Entropy::seeded(2)), Err(KeysError::Uncreatable(..))));
    }

    #[test]
    fn t191_a_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        Keys::create(&path, &Entropy::seeded(1)).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let refusal = Keys::load(&path).err().unwrap().to_string();
        assert!(refusal.contains("can be read by others (mode 640)"), "{refusal}");
    }

    #[test]
    fn a_missing_or_damaged_file_is_named_with_its_line() {
        let missing = Keys::load(Path::new("/nonexistent/keys")).err().unwrap().to_string();
        assert!(missing.contains("/nonexistent/keys") && missing.contains("postern init"), "{missing}");
        let key = BASE64.encode(&[1; 32]);
        for (text, line) in [
            (String::new(), 1),
            (format!("1 {key}\n2 short\n"), 2),
            (format!("1 {key}\n1 {key}\n"), 2),
            (format!("0 {key}\n"), 1),
        ] {
            assert_eq!(Keys::parse(&text).err(), Some(line), "{text:?}");
        }
    }

    #[test]
    fn t192_an_added_key_is_current_and_the_old_one_still_known() {
        let (one, two) = (BASE64.encode(&[1; 32]), BASE64.encode(&[2; 32]));
        let before = Keys::parse(&format!("1 {one}\n")).unwrap();
        let after = Keys::parse(&format!("1 {one}\n2 {two}\n")).unwrap();
        assert_eq!(after.current().0, 2);
        assert_eq!(after.of(1).unwrap().proof, before.of(1).unwrap().proof);
        assert_eq!(after.subject(), before.subject());
        assert_eq!(after.ownership(), before.ownership());
        assert_ne!(after.ownership(), after.cookies());
        assert_eq!(after.families(), before.families());
    }

    #[test]
    fn each_purpose_has_a_key_of_its_own() {
        let keys = Keys::parse(&format!("1 {}\n", BASE64.encode(&[1; 32]))).unwrap();
        let set = keys.current().1;
        let all: std::collections::HashSet<[u8; 32]> = [
            set.code,
            set.proof,
            set.form,
            set.request,
            set.ticket,
            set.record,
            set.arrival,
            set.held_form,
            set.es256,
            set.eddsa,
            keys.subject,
            keys.cookies,
            keys.ownership,
            keys.cursors,
            keys.exports,
            keys.accounts,
            keys.families,
            keys.browsers,
            keys.authenticators,
        ]
        .into();
        assert_eq!(all.len(), 19);
    }
}
