//! `[[site.session]]` with `source = "jwt"`: whose tokens count, what they are verified with, and what they say of whom.
//!
//! Key files are read here, so that a mistake in one stops a start and leaves a reload without effect.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, Uri};
use jsonwebtoken::{Algorithm, AlgorithmFamily};
use url::{Host, Url};
use zeroize::Zeroizing;

use crate::domain::key_set::{KeySet, MIN_SECRET_BYTES};

use super::Surroundings;
use super::profiles::cookie_name;
use super::section::Section;
use super::session::{Carrier, Jwt, KeySource};
use super::values::{Refusal, choice, duration};

const ALGORITHMS: [(&str, Algorithm); 10] = [
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("PS384", Algorithm::PS384),
    ("PS512", Algorithm::PS512),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
    ("HS256", Algorithm::HS256),
];

/// Reads the keys of a source; the caller finishes the section.
pub(super) fn read(section: &mut Section<'_>, around: &Surroundings<'_>) -> Option<Jwt> {
    let carrier = read_carrier(section);
    let issuer = section.required("issuer", "https://id.acme.com", issuer);
    let audiences = section.required_texts("audience", "jira", word);
    let algorithms = section.required_texts("algorithms", "RS256", choice(&ALGORITHMS));
    let keys = read_keys(section, around);
    if let Some(algorithms) = &algorithms {
        check_algorithms(section, algorithms, keys.as_ref());
    }
    let key_claim = section.text("key_claim", word).unwrap_or_else(|| "sub".to_owned());
    let username_claim = section.text("username_claim", word).unwrap_or_else(|| key_claim.clone());
    let email_claim = section.text("email_claim", word).unwrap_or_else(|| "email".to_owned());
    Some(Jwt {
        email_verified_claim: section.text("email_verified_claim", word),
        session_claim: section.text("session_claim", word),
        token_type: section.text("type", word),
        leeway: section.text("leeway", duration("0s", "2m")).unwrap_or(Duration::from_secs(30)),
        carrier: carrier?,
        issuer: issuer?,
        audiences: audiences?,
        keys: keys?,
        algorithms: algorithms?,
        key_claim,
        username_claim,
        email_claim,
    })
}

fn read_carrier(section: &mut Section<'_>) -> Option<Carrier> {
    let cookie = section.text("cookie", cookie_name);
    let header = section.text("header", header_name);
    only_one(section, &["cookie", "header"], "the token is in one place")?;
    cookie.map(Carrier::Cookie).or(header.map(Carrier::Header))
}

fn read_keys(section: &mut Section<'_>, around: &Surroundings<'_>) -> Option<KeySource> {
    let url = section.text("jwks_url", key_url).map(KeySource::Url);
    let file = section.text("jwks_file", |text| key_file(&around.file(text)?));
    let secret = section.text("secret_file", |text| secret(&around.file(text)?));
    only_one(section, &["jwks_url", "jwks_file", "secret_file"], "an issuer has one set of keys")?;
    url.or(file.or(secret).map(|keys| KeySource::Fixed(Arc::new(keys))))
}

/// Reports that none of some keys is there, or more than one.
fn only_one(section: &Section<'_>, keys: &[&str], why: &str) -> Option<()> {
    let mut given = keys.iter().filter(|key| section.has(key));
    let names = keys.join("`, `");
    match (given.next(), given.next()) {
        (Some(_), None) => return Some(()),
        (None, _) => {
            section.reject_whole(&format!("has none of `{names}`"), format!("{why}: add one of them"))
        }
        (Some(_), Some(second)) => {
            section.reject(
                second,
                "stands beside another way to say it",
                format!("{why}: keep one of `{names}`"),
            );
        }
    }
    None
}

/// One family (RFC 8725 section 3.1): where a list has two, a public key may pass for a shared secret. The two kinds of RSA
/// signature are made with the same keys, so they may stand together.
fn check_algorithms(section: &Section<'_>, algorithms: &[Algorithm], keys: Option<&KeySource>) {
    let families: Vec<AlgorithmFamily> = algorithms.iter().map(|algorithm| algorithm.family()).collect();
    if families.iter().any(|family| *family != families[0]) {
        let instead = "expected algorithms of one kind: RS… and PS…, ES…, EdDSA, or HS256";
        return section.reject("algorithms", "mixes kinds of keys", instead);
    }
    let shared = families[0] == AlgorithmFamily::Hmac;
    if shared != section.has("secret_file") {
        let instead = "`HS256` goes with `secret_file`, every other one with `jwks_url` or `jwks_file`";
        return section.reject("algorithms", "does not fit where the keys come from", instead);
    }
    if let Some(KeySource::Fixed(keys)) = keys
        && !algorithms.iter().any(|algorithm| keys.has_key_for(*algorithm))
    {
        section.reject(
            "algorithms",
            "does not fit the keys in the file",
            "expected one that a key there is for",
        );
    }
}

/// Part of whom a person is taken for, and then divided from the rest by a space.
fn issuer(text: &str) -> Result<Arc<str>, Refusal> {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    if !plain || !(1..=255).contains(&text.len()) {
        return Err(Refusal::new("is not an issuer", "expected its `iss` letter for letter, without spaces"));
    }
    Ok(text.into())
}

fn word(text: &str) -> Result<String, Refusal> {
    if !(1..=255).contains(&text.len()) || text.chars().any(char::is_control) {
        return Err(Refusal::new("is empty or too long", "expected 1 to 255 characters on one line"));
    }
    Ok(text.to_owned())
}

/// A header that means something else already would be judged as one thing and read as another.
fn header_name(text: &str) -> Result<HeaderName, Refusal> {
    const TAKEN: [&str; 22] = [
        "authorization",
        "cookie",
        "host",
        "connection",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "origin",
        "referer",
        "accept",
        "user-agent",
        "via",
        "forwarded",
        "x-forwarded",
        "x-real-ip",
        "x-client-ip",
        "x-cluster-client-ip",
        "x-rewrite-url",
        "x-ausername",
        "x-requested-with",
        "true-client-ip",
    ];
    const FAMILIES: [&str; 9] = [
        "x-postern-",
        "x-forwarded-",
        "x-original-",
        "x-seraph-",
        "x-atlassian-",
        "proxy-",
        "sec-",
        "content-",
        "transfer-",
    ];
    let instead = "expected a name such as `X-Acme-Token`";
    let name: HeaderName = text.parse().map_err(|_| Refusal::new("is not a header's name", instead))?;
    let plain = name.as_str();
    if plain.contains('_') {
        return Err(Refusal::new("has a `_`, which servers take for a `-`", instead));
    }
    if TAKEN.contains(&plain) || FAMILIES.iter().any(|family| plain.starts_with(family)) {
        return Err(Refusal::new("has another meaning already", instead));
    }
    Ok(name)
}

/// Over plain HTTP anybody on the way could put a key of their own into the set.
fn key_url(text: &str) -> Result<Uri, Refusal> {
    let refuse = |reason| Refusal::new(reason, "expected a URL such as `https://id.acme.com/jwks.json`");
    let url = Url::parse(text).map_err(|_| refuse("is not a URL"))?;
    let is_near = match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => return Err(refuse("has no host")),
    };
    if !(url.scheme() == "https" || (url.scheme() == "http" && is_near)) {
        return Err(refuse("is not https, which only an issuer on this machine may do without"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("carries a user name or password"));
    }
    if url.fragment().is_some() {
        return Err(refuse("has a fragment"));
    }
    url.as_str().parse().map_err(|_| refuse("is not a URL"))
}

fn key_file(path: &Path) -> Result<KeySet, Refusal> {
    let json = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
    let instead = "expected a file with the issuer's public keys as JSON (RFC 7517)";
    KeySet::parse(&json).map_err(|error| Refusal::new(error.to_string(), instead))
}

/// The file's content without the line end that editors add. Whoever reads it signs in as anybody.
fn secret(path: &Path) -> Result<KeySet, Refusal> {
    let mode = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?.permissions().mode();
    if mode & 0o077 != 0 {
        let instead = format!("{}: set its mode to 600", path.display());
        return Err(Refusal::new("can be read by others", instead));
    }
    let content = Zeroizing::new(std::fs::read(path).map_err(|error| unreadable(path, &error))?);
    let end = content.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |last| last + 1);
    KeySet::of_secret(&content[..end]).ok_or_else(|| {
        Refusal::new("holds too short a secret", format!("expected {MIN_SECRET_BYTES} bytes or more"))
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Refusal {
    Refusal::new("cannot be read", format!("{}: {error}", path.display()))
}
