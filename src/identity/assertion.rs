//! The assertion: a signed statement, good for a minute, by which an upstream can check who asks instead of believing a header.
//!
//! A JWT (RFC 7519) in `X-Postern-Assertion`, with keys of its own that are derived from the key file, so every node signs with
//! the same ones and an old key stays published when a new one is added. Signing is a private-key operation, so what was
//! signed is used again for half its life: a warm request makes none.

use std::time::Duration;

use aws_lc_rs::agreement;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use bytes::Bytes;
use foldhash::fast::RandomState;
use http::HeaderValue;
use jiff::Timestamp;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use quick_cache::UnitWeighter;
use quick_cache::sync::Cache;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::config::settings::{AssertionAlgorithm, Assertions as Settings, Site};
use crate::domain::account::{Class, Subject};
use crate::keys::{KeySet, Keys};
use crate::telemetry::receipt::Receipt;

use super::Identity;

/// How long an assertion counts: as long as a slow request may take to be read, and no longer.
const LIFETIME: Duration = Duration::from_secs(60);
/// How long it is handed out; what is left of its life is for the way and for clocks that differ.
const REUSE: Duration = Duration::from_secs(30);
/// How many are remembered, of about 600 bytes each.
const CAPACITY: usize = 50_000;
/// A derived number is a P-256 key but for one in four billion; after so many of those something else is wrong.
const ATTEMPTS: u32 = 8;

/// What signs.
pub struct Assertions {
    /// Who speaks; `None` for the organization of the site.
    issuer: Option<std::sync::Arc<str>>,
    header: Header,
    signing: EncodingKey,
    /// The public keys, as a document.
    published: Bytes,
    signed: Cache<Said, Signed, UnitWeighter, RandomState>,
}

/// Why there are no assertions.
#[derive(Debug, thiserror::Error)]
pub enum AssertionError {
    /// The cryptography library refused a derived key.
    #[error("no signing key can be derived from the key file")]
    Key,
    /// The JWT library refused one of the two.
    #[error("the assertion cannot be signed")]
    Token(#[from] jsonwebtoken::errors::Error),
}

/// What a request shows of the person besides who they are.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Managed or external.
    pub class: Class,
    /// When they verified their mailbox, where that is why they pass.
    pub verified_at: Option<Timestamp>,
    /// The request it is signed for first.
    pub receipt: Receipt,
}

/// All that two assertions can differ in besides their time. The subject is a person at a site with an address.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Said {
    subject: Subject,
    class: Class,
    verified_at: Option<Timestamp>,
}

#[derive(Clone)]
struct Signed {
    token: HeaderValue,
    until: Timestamp,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    class: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    verified_at: Option<i64>,
    iat: i64,
    exp: i64,
    jti: String,
}

impl Assertions {
    /// Signs with the current key; all keys are published.
    pub fn new(keys: &Keys, settings: &Settings) -> Result<Self, AssertionError> {
        let algorithm = match settings.algorithm {
            AssertionAlgorithm::Es256 => Algorithm::ES256,
            AssertionAlgorithm::EdDsa => Algorithm::EdDSA,
        };
        let (current, current_keys) = keys.current();
        let (signing, jwk) = key_pair(current_keys, settings.algorithm)?;
        let header = Header { kid: jwk.common.key_id.clone(), ..Header::new(algorithm) };
        let mut published = vec![jwk];
        for (_, set) in keys.all().filter(|(id, _)| *id != current) {
            published.push(key_pair(set, settings.algorithm)?.1);
        }
        let published = serde_json::to_vec(&JwkSet { keys: published }).map_err(|_| AssertionError::Key)?;
        let signed =
            Cache::with(CAPACITY, CAPACITY as u64, UnitWeighter, RandomState::default(), Default::default());
        Ok(Self { issuer: settings.issuer.clone(), header, signing, published: published.into(), signed })
    }

    /// The key set by which anybody checks an assertion (RFC 7517).
    pub fn published(&self) -> Bytes {
        self.published.clone()
    }

    /// The assertion for a person at a site; `None` where the product's key of them is too long to be told.
    pub fn of(
        &self,
        site: &Site,
        person: &Identity,
        standing: Standing,
        now: Timestamp,
    ) -> Result<Option<HeaderValue>, AssertionError> {
        let Some(account) = person.told.account.as_ref().and_then(|account| account.to_str().ok()) else {
            return Ok(None);
        };
        let Standing { class, verified_at, receipt } = standing;
        let said = Said { subject: person.subject, class, verified_at };
        if let Some(signed) = self.signed.get(&said)
            && now < signed.until
        {
            return Ok(Some(signed.token));
        }
        let claims = Claims {
            iss: self.issuer.as_ref().unwrap_or(&site.organization.name),
            aud: &site.id,
            sub: account,
            email: person.email.as_ref().map(crate::domain::email::EmailAddress::as_str),
            class: class.label(),
            verified_at: verified_at.map(Timestamp::as_second),
            iat: now.as_second(),
            exp: now.as_second().saturating_add(LIFETIME.as_secs().cast_signed()),
            jti: receipt.to_string(),
        };
        let token = encode(&self.header, &claims, &self.signing)?;
        let token = HeaderValue::try_from(token).map_err(|_| AssertionError::Key)?;
        let until = now.saturating_add(REUSE).unwrap_or(now);
        self.signed.insert(said, Signed { token: token.clone(), until });
        Ok(Some(token))
    }

    /// Lets go of what is not handed out any more. Without it, people who have left stay until the cache is full.
    pub fn sweep(&self, now: Timestamp) {
        self.signed.retain(|_, signed| now < signed.until);
    }
}

/// The key pair of one line of the key file: what signs, and what is published.
fn key_pair(keys: &KeySet, algorithm: AssertionAlgorithm) -> Result<(EncodingKey, Jwk), AssertionError> {
    let (signing, algorithm) = match algorithm {
        AssertionAlgorithm::Es256 => (EncodingKey::from_ec_der(&p256(&keys.es256)?), Algorithm::ES256),
        AssertionAlgorithm::EdDsa => {
            let pair = Ed25519KeyPair::from_seed_unchecked(&keys.eddsa).map_err(|_| AssertionError::Key)?;
            let der = pair.to_pkcs8v1().map_err(|_| AssertionError::Key)?;
            (EncodingKey::from_ed_der(der.as_ref()), Algorithm::EdDSA)
        }
    };
    let mut jwk = Jwk::from_encoding_key(&signing, algorithm)?;
    jwk.common.key_id = Some(jwk.thumbprint(ThumbprintHash::SHA256)?);
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    Ok((signing, jwk))
}

/// A P-256 key in PKCS#8, from a secret of this purpose alone.
fn p256(secret: &[u8; 32]) -> Result<zeroize::Zeroizing<Vec<u8>>, AssertionError> {
    let mut scalar = zeroize::Zeroizing::new(*secret);
    for _ in 0..ATTEMPTS {
        // Refused where the number is no key: zero, or not below the order of the curve.
        if let Ok(private) = agreement::PrivateKey::from_private_key(&agreement::ECDH_P256, &*scalar) {
            let public = private.compute_public_key().map_err(|_| AssertionError::Key)?;
            let pair = EcdsaKeyPair::from_private_key_and_public_key(
                &ECDSA_P256_SHA256_FIXED_SIGNING,
                &*scalar,
                public.as_ref(),
            );
            let der = pair.map_err(|_| AssertionError::Key)?.to_pkcs8v1().map_err(|_| AssertionError::Key)?;
            return Ok(zeroize::Zeroizing::new(der.as_ref().to_vec()));
        }
        *scalar = Sha256::digest(*scalar).into();
    }
    Err(AssertionError::Key)
}
