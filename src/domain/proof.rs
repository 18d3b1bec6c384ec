//! The proof: our signed record that a person passed a challenge in a browser at a time.
//!
//! The token carries only what cannot be known again: version, key id, time, method, family, tag. Person, site, organization and browser
//! are part of what the tag covers, so a copied token is worth nothing beside anybody else's session or in another browser.
//!
//! ```text
//! base64url( version:1 | key id:1 | verified_at, seconds since 1970:8 | method:1 | family:16 | HMAC-SHA-256:32 )   79 characters
//! ```
//!
//! Why a family: a browser has another id at each host, so a sign-out could name the proofs that were handed over by none of
//! them; and naming them by the account would end those of the person's other browsers. It costs the tag no block more.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use super::account::{DeviceId, Family, Subject};
use super::method::Method;
use super::organization::OrganizationId;

const VERSION: u8 = 3;
const HEAD_BYTES: usize = 27;
const TOKEN_BYTES: usize = HEAD_BYTES + 32;
const TOKEN_CHARS: usize = (TOKEN_BYTES * 4).div_ceil(3);

/// What a proof says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    /// When the person passed the challenge, wherever that was.
    pub verified_at: Timestamp,
    /// In which way. A policy may want a stronger one.
    pub by: Method,
    /// By which a sign-out ends it.
    pub family: Family,
}

/// What a proof is bound to besides its time.
#[derive(Debug, Clone, Copy)]
pub struct Binding<'a> {
    /// The organization's name.
    pub organization: &'a OrganizationId,
    /// The site's id.
    pub site: &'a str,
    /// The person, with the address that was verified.
    pub subject: Subject,
    /// The browser.
    pub device: DeviceId,
}

/// Makes a proof token. `key_id` names the key among those that `verify` is offered.
pub fn mint(key_id: u8, key: &[u8; 32], binding: &Binding<'_>, proof: &Proof) -> String {
    let mut token = [0_u8; TOKEN_BYTES];
    token[0] = VERSION;
    token[1] = key_id;
    token[2..10].copy_from_slice(&proof.verified_at.as_second().to_be_bytes());
    token[10] = proof.by.code();
    token[11..HEAD_BYTES].copy_from_slice(&proof.family.0);
    let tag = mac(key, &token[..HEAD_BYTES], binding).finalize().into_bytes();
    token[HEAD_BYTES..].copy_from_slice(&tag);
    BASE64URL_NOPAD.encode(&token)
}

/// Checks a token in constant time; `None` if it is not ours, damaged, or made for another person, site or browser. There is
/// one algorithm and no field that names another.
pub fn verify<'k>(
    token: &[u8],
    key: impl FnOnce(u8) -> Option<&'k [u8; 32]>,
    binding: &Binding<'_>,
) -> Option<Proof> {
    if token.len() != TOKEN_CHARS {
        return None;
    }
    let mut bytes = [0_u8; TOKEN_BYTES];
    BASE64URL_NOPAD.decode_mut(token, &mut bytes).ok()?;
    let (head, tag) = bytes.split_at(HEAD_BYTES);
    if head[0] != VERSION {
        return None;
    }
    mac(key(head[1])?, head, binding).verify_slice(tag).ok()?;
    let verified_at = Timestamp::from_second(i64::from_be_bytes(head[2..10].try_into().ok()?)).ok()?;
    Some(Proof { verified_at, by: Method::of_code(head[10])?, family: Family(head[11..].try_into().ok()?) })
}

/// Every field is fixed in length or preceded by its length, so no two bindings have the same bytes.
fn mac(key: &[u8; 32], head: &[u8], binding: &Binding<'_>) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(head);
    mac.update(&binding.subject.0);
    mac.update(&binding.device.0);
    mac.update(&(binding.organization.as_str().len() as u64).to_be_bytes());
    mac.update(binding.organization.as_str().as_bytes());
    mac.update(binding.site.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::LazyLock;

    use proptest::prelude::*;

    const KEY: [u8; 32] = [3; 32];
    static ACME: LazyLock<OrganizationId> = LazyLock::new(|| OrganizationId::parse("acme").unwrap());

    fn binding() -> Binding<'static> {
        Binding {
            organization: &ACME,
            site: "jira.test",
            subject: Subject([1; 16]),
            device: DeviceId([2; 16]),
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn proof() -> Proof {
        Proof { verified_at: at(1_800_000_000), by: Method::Passkey, family: Family([4; 16]) }
    }

    fn check(token: &str, binding: &Binding<'_>) -> Option<Proof> {
        verify(token.as_bytes(), |id| (id == 1).then_some(&KEY), binding)
    }

    #[test]
    fn a_proof_says_when_and_is_short() {
        let token = mint(1, &KEY, &binding(), &proof());
        assert_eq!(check(&token, &binding()), Some(proof()));
        assert_eq!(token.len(), 79);
    }

    /// T077: beside another session, at another site, or in another browser it is worth nothing.
    #[test]
    fn t077_a_copied_proof_is_invalid() {
        let token = mint(1, &KEY, &binding(), &proof());
        let (shorter, other) =
            (OrganizationId::parse("acm").unwrap(), OrganizationId::parse("other").unwrap());
        for other in [
            Binding { organization: &shorter, site: "ejira.test", ..binding() },
            Binding { organization: &other, ..binding() },
            Binding { site: "wiki.test", ..binding() },
            Binding { subject: Subject([9; 16]), ..binding() },
            Binding { device: DeviceId([9; 16]), ..binding() },
        ] {
            assert_eq!(check(&token, &other), None);
        }
    }

    /// T056-T058: no field chooses an algorithm, an empty or foreign tag never passes, and text of the key is no key.
    #[test]
    fn t056_t057_t058_forged_proofs_are_invalid() {
        let good = BASE64URL_NOPAD.decode(mint(1, &KEY, &binding(), &proof()).as_bytes()).unwrap();
        let with = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = good.clone();
            change(&mut bytes);
            check(&BASE64URL_NOPAD.encode(&bytes), &binding())
        };
        assert!(with(&|_| ()).is_some());
        for version in [0, 1, 2, 255] {
            assert_eq!(with(&|bytes| bytes[0] = version), None, "version {version}");
        }
        assert_eq!(with(&|bytes| bytes[1] = 2), None, "unknown key");
        assert_eq!(with(&|bytes| bytes.truncate(HEAD_BYTES)), None, "no tag");
        assert_eq!(with(&|bytes| bytes[HEAD_BYTES..].fill(0)), None, "a tag of zeros");
        assert_eq!(with(&|bytes| bytes.truncate(HEAD_BYTES + 16)), None, "half a tag");
        let foreign = mint(1, b"a key that somebody else made up", &binding(), &proof());
        assert_eq!(check(&foreign, &binding()), None, "another key");
        for text in ["", "none", ".", "eyJhbGciOiJub25lIn0.e30.", &"A".repeat(78), &"=".repeat(78)] {
            assert_eq!(check(text, &binding()), None, "{text:?}");
        }
    }

    /// T078: not one of 100,000 random or bit-flipped tokens passes.
    #[test]
    fn t078_damaged_proofs_are_invalid() {
        let good = mint(1, &KEY, &binding(), &proof());
        let bytes = BASE64URL_NOPAD.decode(good.as_bytes()).unwrap();
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        for round in 0..100_000_usize {
            let mut other = bytes.clone();
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            if round % 2 == 0 {
                let bit = usize::try_from(state >> 33).unwrap() % (TOKEN_BYTES * 8);
                other[bit / 8] ^= 1 << (bit % 8);
            } else {
                for (index, byte) in other.iter_mut().enumerate().skip(2) {
                    *byte = (state.rotate_left(u32::try_from(index).unwrap()) >> 24) as u8;
                }
            }
            assert_eq!(check(&BASE64URL_NOPAD.encode(&other), &binding()), None);
        }
    }

    proptest! {
        #[test]
        fn verifying_never_panics(token in "\\PC{0,90}") {
            prop_assert_eq!(check(&token, &binding()), None);
        }
    }
}
