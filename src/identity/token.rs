//! A signed token (RFC 7519), read strictly and held against the rules of its site; its signature is checked elsewhere.
//!
//! Nothing in its header is followed: the keys come from the configuration, whatever `jwk`, `jku`, `x5u` or `x5c` say.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use jsonwebtoken::Algorithm;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

use crate::config::session::Jwt;
use crate::domain::email::EmailAddress;

use super::answer::{Address, MAX_NAME_BYTES, Person, SignInWord, may_name};

/// What is longer is no token: products take no longer head than this for all of it.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// A token whose header and claims are as the rules want them.
pub(super) struct Token {
    pub(super) algorithm: Algorithm,
    /// What the issuer calls the key.
    pub(super) key_id: Option<String>,
    /// How long it is valid from now on.
    pub(super) remaining: Duration,
    claims: Members,
}

/// Why a token does not count. It may still be accepted by the product, so what carried it is not forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum TokenRefused {
    #[error("it is no token in three parts")]
    Shape,
    #[error("its header is malformed")]
    Header,
    #[error("it is signed in a way that is not allowed")]
    Algorithm,
    #[error("it has extensions that are not understood")]
    Extension,
    #[error("it is a token of another type")]
    Type,
    #[error("its claims are malformed")]
    Claims,
    #[error("it is from another issuer")]
    Issuer,
    #[error("it is for another audience")]
    Audience,
    #[error("its end is missing, malformed or past")]
    Expired,
    #[error("its beginning is malformed or in the future")]
    NotYetValid,
    #[error("a claim that names the person is missing or malformed")]
    Nobody,
    #[error("the issuer has no such key")]
    Key,
    #[error("the signature is wrong")]
    Signature,
}

impl Token {
    pub(super) fn read(token: &[u8], rules: &Jwt, now: Timestamp) -> Result<Self, TokenRefused> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenRefused::Shape);
        }
        let mut parts = token.split(|&byte| byte == b'.');
        let (Some(header), Some(claims), Some([_, ..]), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(TokenRefused::Shape);
        };
        let (algorithm, key_id) = read_header(header, rules)?;
        let claims = Members::decode(claims).ok_or(TokenRefused::Claims)?;
        // A logout token or a security event (RFC 8417) says what happened to somebody, not who asks.
        if claims.get("events").is_some() {
            return Err(TokenRefused::Type);
        }
        if claims.get("iss").and_then(Value::as_str) != Some(&*rules.issuer) {
            return Err(TokenRefused::Issuer);
        }
        if !is_for(claims.get("aud"), &rules.audiences) {
            return Err(TokenRefused::Audience);
        }
        let remaining = remaining(&claims, rules.leeway, now)?;
        Ok(Self { algorithm, key_id, remaining, claims })
    }

    /// Whose it is.
    pub(super) fn person(&self, rules: &Jwt) -> Result<Person, TokenRefused> {
        let name = |claim: &str| self.claims.name(claim).map(str::to_owned).ok_or(TokenRefused::Nobody);
        Ok(Person {
            realm: Some(Arc::clone(&rules.issuer)),
            key: name(&rules.key_claim)?,
            username: name(&rules.username_claim)?,
            address: self.address(rules),
            is_vouched: rules.email_verified_claim.is_some(),
            is_customer: false,
            session: rules.session_claim.as_deref().map(name).transpose()?,
            sign_in: Some(Arc::new(self.sign_in())),
        })
    }

    fn sign_in(&self) -> SignInWord {
        let time = |claim: &str| {
            self.claims
                .get(claim)
                .and_then(Value::as_i64)
                .and_then(|second| Timestamp::from_second(second).ok())
        };
        let signed_in_at = time("auth_time");
        let says_something = |value: &Value| match value {
            Value::Null | Value::Bool(false) => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(all) => !all.is_empty(),
            Value::Object(all) => !all.is_empty(),
            Value::Bool(true) | Value::Number(_) => true,
        };
        let names = self.claims.0.iter().filter(|(_, value)| says_something(value));
        SignInWord {
            at: signed_in_at.or_else(|| time("iat")),
            is_lasting: signed_in_at.is_some(),
            claims: names.map(|(name, _)| name.as_str().into()).collect(),
        }
    }

    /// An address that is no plain, verified text is none, and nothing else is taken in its place.
    fn address(&self, rules: &Jwt) -> Address {
        let Some(claim) = self.claims.get(&rules.email_claim) else { return Address::Unreported };
        let verified = |claim: &String| self.claims.get(claim) == Some(&Value::Bool(true));
        if !rules.email_verified_claim.as_ref().is_none_or(verified) {
            return Address::Unusable;
        }
        match claim.as_str().map(EmailAddress::parse) {
            Some(Ok(email)) => Address::Reported(email),
            _ => Address::Unusable,
        }
    }
}

/// The algorithm and the key id. The algorithm is one of those configured before anything else of the token is believed.
fn read_header(part: &[u8], rules: &Jwt) -> Result<(Algorithm, Option<String>), TokenRefused> {
    let header = Members::decode(part).ok_or(TokenRefused::Header)?;
    let algorithm = header.get("alg").and_then(Value::as_str).and_then(|name| name.parse().ok());
    let algorithm =
        algorithm.filter(|known| rules.algorithms.contains(known)).ok_or(TokenRefused::Algorithm)?;
    // Extensions change what is signed or how it is read (RFC 7515 section 4.1.11, RFC 7797, RFC 7516).
    if ["crit", "b64", "enc", "zip"].iter().any(|extension| header.get(extension).is_some()) {
        return Err(TokenRefused::Extension);
    }
    let token_type = match header.get("typ") {
        None => None,
        Some(written) => Some(written.as_str().ok_or(TokenRefused::Type)?),
    };
    // RFC 7515 section 4.1.9: letters of any case, and `application/` may be left out.
    let is = |written: &str, expected: &str| {
        let bare = written.get(..12).filter(|start| start.eq_ignore_ascii_case("application/"));
        written.get(bare.map_or(0, str::len)..).is_some_and(|rest| rest.eq_ignore_ascii_case(expected))
    };
    let as_expected = match (&rules.token_type, token_type) {
        (Some(expected), written) => written.is_some_and(|written| is(written, expected)),
        (None, written) => written.is_none_or(|written| is(written, "JWT")),
    };
    if !as_expected {
        return Err(TokenRefused::Type);
    }
    let key_id = match header.get("kid") {
        None => None,
        Some(Value::String(id)) if id.len() <= MAX_NAME_BYTES => Some(id.clone()),
        Some(_) => return Err(TokenRefused::Header),
    };
    Ok((algorithm, key_id))
}

fn is_for(audience: Option<&Value>, ours: &[String]) -> bool {
    let is_ours = |text: &str| ours.iter().any(|our| our == text);
    match audience {
        Some(Value::String(text)) => is_ours(text),
        Some(Value::Array(all)) => {
            all.iter().all(Value::is_string) && all.iter().filter_map(Value::as_str).any(is_ours)
        }
        _ => false,
    }
}

/// Times are whole seconds and nothing else: what one reader takes for a late end, another takes for none (CVE-2026-25537).
fn remaining(claims: &Members, leeway: Duration, now: Timestamp) -> Result<Duration, TokenRefused> {
    let now = now.as_second();
    let leeway = i64::try_from(leeway.as_secs()).unwrap_or(0);
    let end = claims.get("exp").and_then(Value::as_i64).ok_or(TokenRefused::Expired)?;
    let left = end.saturating_add(leeway).saturating_sub(now);
    let left = u64::try_from(left).ok().filter(|&left| left > 0).ok_or(TokenRefused::Expired)?;
    for name in ["nbf", "iat"] {
        let Some(begin) = claims.get(name) else { continue };
        if begin.as_i64().is_none_or(|begin| begin > now.saturating_add(leeway)) {
            return Err(TokenRefused::NotYetValid);
        }
    }
    Ok(Duration::from_secs(left))
}

/// The members of a JSON object, each name once: readers differ on which of two counts (RFC 7519 section 4).
struct Members(BTreeMap<String, Value>);

impl Members {
    fn decode(part: &[u8]) -> Option<Self> {
        serde_json::from_slice(&BASE64URL_NOPAD.decode(part).ok()?).ok()
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A text that may name somebody.
    fn name(&self, claim: &str) -> Option<&str> {
        self.get(claim)?.as_str().filter(|text| may_name(text))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Unique;

        impl<'de> Visitor<'de> for Unique {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = BTreeMap::new();
                while let Some((name, value)) = map.next_entry()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("a name is there twice"));
                    }
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Unique)
    }
}

#[cfg(test)]
mod tests;
