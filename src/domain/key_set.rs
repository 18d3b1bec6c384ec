//! The keys that an issuer's tokens are verified with (RFC 7517): read strictly, and refused as a whole where one is odd.
//!
//! What is refused here can never verify a token, whatever the token's header says of itself.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// How many keys a set may have; issuers have two or three.
const MAX_KEYS: usize = 100;

/// The shortest shared secret, as long as the tag that it makes (RFC 7518 section 3.2).
pub const MIN_SECRET_BYTES: usize = 32;

/// An issuer's keys.
#[derive(Debug)]
pub struct KeySet(Vec<VerificationKey>);

/// One key, for one kind of signature.
pub struct VerificationKey {
    /// What tokens call it.
    id: Option<String>,
    /// The one algorithm it is meant for, where its issuer says so.
    algorithm: Option<Algorithm>,
    kind: KeyKind,
    /// The key for the library.
    pub key: DecodingKey,
    /// The digest of the key itself, whatever it is called.
    pub thumbprint: [u8; 32],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyKind {
    Rsa,
    P256,
    P384,
    Ed25519,
    Secret,
}

/// Why a set of keys is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// It is no JSON of the right shape, or a key lacks a part.
    #[error("is not a set of keys (RFC 7517)")]
    Malformed,
    /// More keys than any issuer has.
    #[error("has more than 100 keys")]
    TooMany,
    /// A shared secret or a private key, which is then known to everybody who can read the set.
    #[error("holds a secret")]
    Secret,
    /// Which of two keys of one id counts would depend on the reader.
    #[error("holds two keys of one id")]
    DuplicateId,
    /// A signature that somebody else could make.
    #[error("holds an RSA key under 2048 bits, or with an exponent that signs nothing")]
    Weak,
    /// Nothing could be verified by it.
    #[error("holds no key for signatures")]
    Empty,
}

/// Why no key of a set fits a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoKey {
    /// No key has this id; the issuer may have a new one.
    Unknown,
    /// The key is for another kind of signature.
    Unfit,
}

/// A key as it is written. What is not listed here (a certificate, say) is not read.
#[derive(Deserialize)]
struct WrittenKey {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    /// The private part, which has no place here.
    d: Option<String>,
}

#[derive(Deserialize)]
struct WrittenSet {
    keys: Vec<WrittenKey>,
}

/// The digest of a secret stays as secret as itself.
impl fmt::Debug for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerificationKey")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl KeySet {
    /// Reads a set. Keys for encryption and of unknown kinds are left out, as RFC 7517 section 5 asks.
    pub fn parse(json: &[u8]) -> Result<Self, KeySetError> {
        let written: WrittenSet = serde_json::from_slice(json).map_err(|_| KeySetError::Malformed)?;
        if written.keys.len() > MAX_KEYS {
            return Err(KeySetError::TooMany);
        }
        let mut keys: Vec<VerificationKey> = Vec::new();
        for written in &written.keys {
            let Some(key) = VerificationKey::read(written)? else { continue };
            if key.id.is_some() && keys.iter().any(|other| other.id == key.id) {
                return Err(KeySetError::DuplicateId);
            }
            keys.push(key);
        }
        if keys.is_empty() { Err(KeySetError::Empty) } else { Ok(Self(keys)) }
    }

    /// A secret that is shared with the issuer; `None` if it is too short to be one.
    pub fn of_secret(secret: &[u8]) -> Option<Self> {
        let key = VerificationKey::new(KeyKind::Secret, DecodingKey::from_secret(secret), &[secret]);
        (secret.len() >= MIN_SECRET_BYTES).then(|| Self(vec![key]))
    }

    /// The key of a token. One that names no key is taken for the only one there is; a shared secret has no name.
    pub fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Result<&VerificationKey, NoKey> {
        let found = match (self.0.as_slice(), id) {
            ([only], None) => Some(only),
            ([only], Some(_)) if only.kind == KeyKind::Secret => Some(only),
            (_, None) => None,
            (keys, Some(_)) => keys.iter().find(|key| key.id.as_deref() == id),
        };
        let key = found.ok_or(NoKey::Unknown)?;
        if key.fits(algorithm) { Ok(key) } else { Err(NoKey::Unfit) }
    }

    /// Whether some key of the set can verify signatures of this algorithm.
    pub fn has_key_for(&self, algorithm: Algorithm) -> bool {
        self.0.iter().any(|key| key.fits(algorithm))
    }
}

impl VerificationKey {
    fn new(kind: KeyKind, key: DecodingKey, parts: &[&[u8]]) -> Self {
        let mut digest = Sha256::new_with_prefix([kind as u8]);
        for part in parts {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        Self { id: None, algorithm: None, kind, key, thumbprint: digest.finalize().into() }
    }

    fn read(written: &WrittenKey) -> Result<Option<Self>, KeySetError> {
        if written.kty == "oct" || written.d.is_some() {
            return Err(KeySetError::Secret);
        }
        if written.purpose.as_deref().is_some_and(|purpose| purpose != "sig") {
            return Ok(None);
        }
        let algorithm = match &written.alg {
            None => None,
            Some(name) => match name.parse() {
                Ok(algorithm) => Some(algorithm),
                // For an algorithm that is unknown here, which no token may ask for.
                Err(_) => return Ok(None),
            },
        };
        let key = match (written.kty.as_str(), written.crv.as_deref()) {
            ("RSA", _) => rsa(&part(&written.n)?, &part(&written.e)?)?,
            ("EC", Some("P-256")) => curve(KeyKind::P256, 32, &part(&written.x)?, &part(&written.y)?)?,
            ("EC", Some("P-384")) => curve(KeyKind::P384, 48, &part(&written.x)?, &part(&written.y)?)?,
            ("OKP", Some("Ed25519")) => edwards(&part(&written.x)?)?,
            _ => return Ok(None),
        };
        Ok(Some(Self { id: written.kid.clone(), algorithm, ..key }))
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        use Algorithm::{ES256, ES384, EdDSA, HS256, PS256, PS384, PS512, RS256, RS384, RS512};
        let possible = match self.kind {
            KeyKind::Rsa => matches!(algorithm, RS256 | RS384 | RS512 | PS256 | PS384 | PS512),
            KeyKind::P256 => algorithm == ES256,
            KeyKind::P384 => algorithm == ES384,
            KeyKind::Ed25519 => algorithm == EdDSA,
            KeyKind::Secret => algorithm == HS256,
        };
        possible && self.algorithm.is_none_or(|meant| meant == algorithm)
    }
}

fn part(text: &Option<String>) -> Result<Vec<u8>, KeySetError> {
    let text = text.as_deref().ok_or(KeySetError::Malformed)?;
    BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| KeySetError::Malformed)
}

/// With an exponent of 1 every message is its own signature; an even number is no part of any RSA key.
fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<VerificationKey, KeySetError> {
    let (modulus, exponent) = (without_zeros(modulus), without_zeros(exponent));
    let (Some(first), Some(last)) = (modulus.first(), modulus.last()) else {
        return Err(KeySetError::Malformed);
    };
    let bits = modulus.len() * 8 - first.leading_zeros() as usize;
    let is_odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
    if !(2048..=8192).contains(&bits) || last % 2 == 0 || !is_odd(exponent) || exponent == [1] {
        return Err(KeySetError::Weak);
    }
    let key = DecodingKey::from_rsa_raw_components(modulus, exponent);
    Ok(VerificationKey::new(KeyKind::Rsa, key, &[modulus, exponent]))
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let start = number.iter().position(|&byte| byte != 0).unwrap_or(number.len());
    &number[start..]
}

/// An uncompressed point (SEC 1 section 2.3.3). Whether it is on the curve is checked by the library, at every signature.
fn curve(kind: KeyKind, length: usize, x: &[u8], y: &[u8]) -> Result<VerificationKey, KeySetError> {
    if x.len() != length || y.len() != length {
        return Err(KeySetError::Malformed);
    }
    let point = [&[4], x, y].concat();
    Ok(VerificationKey::new(kind, DecodingKey::from_ec_der(&point), &[x, y]))
}

fn edwards(x: &[u8]) -> Result<VerificationKey, KeySetError> {
    if x.len() != 32 {
        return Err(KeySetError::Malformed);
    }
    Ok(VerificationKey::new(KeyKind::Ed25519, DecodingKey::from_ed_der(x), &[x]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn text(bytes: &[u8]) -> String {
        BASE64URL_NOPAD.encode(bytes)
    }

    fn rsa_key(id: &str, bits: usize, exponent: &[u8]) -> Value {
        json!({"kty": "RSA", "kid": id, "n": text(&vec![0xff; bits / 8]), "e": text(exponent)})
    }

    fn p256(id: &str) -> Value {
        json!({"kty": "EC", "crv": "P-256", "kid": id, "x": text(&[1; 32]), "y": text(&[2; 32])})
    }

    fn parse(keys: &[Value]) -> Result<KeySet, KeySetError> {
        KeySet::parse(json!({ "keys": keys }).to_string().as_bytes())
    }

    #[test]
    fn a_key_verifies_the_algorithms_of_its_kind_alone() {
        let mut bound = rsa_key("bound", 2048, &[1, 0, 1]);
        bound["alg"] = "PS256".into();
        let ed = json!({"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": text(&[3; 32])});
        let set = parse(&[rsa_key("rsa", 2048, &[1, 0, 1]), bound, p256("ec"), ed]).unwrap();
        let fits = |id, algorithm| set.find(Some(id), algorithm).map(|key| key.kind).err();
        assert_eq!(fits("rsa", Algorithm::RS256), None);
        assert_eq!(fits("rsa", Algorithm::PS512), None);
        assert_eq!(fits("rsa", Algorithm::HS256), Some(NoKey::Unfit), "t057");
        assert_eq!(fits("bound", Algorithm::PS256), None);
        assert_eq!(fits("bound", Algorithm::RS256), Some(NoKey::Unfit));
        assert_eq!(fits("ec", Algorithm::ES256), None);
        assert_eq!(fits("ec", Algorithm::ES384), Some(NoKey::Unfit));
        assert_eq!(fits("ed", Algorithm::EdDSA), None);
        assert_eq!(fits("other", Algorithm::RS256), Some(NoKey::Unknown));
        assert_eq!(
            set.find(None, Algorithm::RS256).err(),
            Some(NoKey::Unknown),
            "which one would be a guess"
        );
        let single = parse(&[p256("ec")]).unwrap();
        assert!(single.find(None, Algorithm::ES256).is_ok());
        assert!(single.find(Some("other"), Algorithm::ES256).is_err());
    }

    #[test]
    fn t058_t071_an_odd_key_spoils_its_set() {
        let good = || rsa_key("good", 2048, &[1, 0, 1]);
        let private = json!({"kty": "RSA", "kid": "p", "n": good()["n"], "e": "AQAB", "d": "AQAB"});
        let off = json!({"kty": "EC", "crv": "P-256", "kid": "x", "x": text(&[1; 31]), "y": text(&[2; 32])});
        let many: Vec<Value> = (0..101).map(|number| p256(&number.to_string())).collect();
        for (keys, error) in [
            (vec![good(), rsa_key("e1", 2048, &[1])], KeySetError::Weak),
            (vec![good(), rsa_key("e1", 2048, &[0, 0, 1])], KeySetError::Weak),
            (vec![good(), rsa_key("even", 2048, &[2])], KeySetError::Weak),
            (vec![good(), rsa_key("none", 2048, &[])], KeySetError::Weak),
            (vec![good(), rsa_key("short", 1024, &[1, 0, 1])], KeySetError::Weak),
            (vec![good(), rsa_key("long", 16_384, &[1, 0, 1])], KeySetError::Weak),
            (vec![good(), json!({"kty": "oct", "k": text(&[1; 32])})], KeySetError::Secret),
            (vec![good(), private], KeySetError::Secret),
            (vec![good(), p256("good")], KeySetError::DuplicateId),
            (vec![good(), off], KeySetError::Malformed),
            (vec![good(), json!({"kty": "RSA", "kid": "x", "n": "AQAB"})], KeySetError::Malformed),
            (vec![good(), json!({"kid": "x"})], KeySetError::Malformed),
            (vec![json!({"kty": "OKP", "crv": "X25519", "x": text(&[3; 32])})], KeySetError::Empty),
            (vec![], KeySetError::Empty),
            (many, KeySetError::TooMany),
        ] {
            assert_eq!(parse(&keys).err(), Some(error), "{keys:?}");
        }
        for text in ["", "<html>", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[],\"keys\":[]}"] {
            assert_eq!(KeySet::parse(text.as_bytes()).err(), Some(KeySetError::Malformed), "{text}");
        }
    }

    #[test]
    fn keys_of_other_purposes_are_left_out() {
        let mut encryption = rsa_key("enc", 1024, &[3]);
        encryption["use"] = "enc".into();
        let mut other = p256("rsa-oaep");
        other["alg"] = "RSA-OAEP".into();
        let curve = json!({"kty": "EC", "crv": "secp256k1", "kid": "k1", "x": "AQ", "y": "AQ"});
        let set = parse(&[encryption, other, curve, p256("sig")]).unwrap();
        assert_eq!(set.0.len(), 1);
    }

    #[test]
    fn a_secret_is_long_enough_and_needs_no_name() {
        assert!(KeySet::of_secret(&[7; 31]).is_none());
        let set = KeySet::of_secret(&[7; 32]).unwrap();
        assert!(set.find(Some("any"), Algorithm::HS256).is_ok() && set.find(None, Algorithm::HS256).is_ok());
        assert_eq!(set.find(None, Algorithm::RS256).err(), Some(NoKey::Unfit));
        assert!(!format!("{set:?}").contains("7, 7"), "it is never printed");
    }
}
