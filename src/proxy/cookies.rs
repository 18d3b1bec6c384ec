//! The `Cookie` header and session headers, split into what is ours, what may authenticate, and what is known not to.
//!
//! Names are compared byte for byte, as products do. Any cookie that is not known to be harmless counts as a credential, so
//! an upstream's unlisted session cookie is judged too. What is remembered of a session is remembered of these very bytes:
//! servers differ on what `NAME =x` is, and a spelling that one of them overlooks must not speak for the plain one.

mod last;
mod proof;

use std::sync::Arc;
use std::time::Duration;

use http::header::COOKIE;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::config::profile::Profile;
use crate::config::settings::{Scheme, Site};
use crate::domain::account::DeviceId;
use crate::domain::decision::Reason;
use crate::identity::SessionKey;

pub use last::LastCookies;
pub use proof::ProofCookie;

/// As long as browsers keep any cookie.
pub const LONGEST_AGE: Duration = Duration::from_secs(400 * 86_400);

/// Every cookie of ours has this in its name, with `__Host-` before it where browsers see TLS.
const OWN: &str = "postern-";

/// The request's cookies and session headers, read once.
#[derive(Debug, Clone, Default)]
pub struct Cookies {
    /// The browser, from our device cookie.
    pub device: Option<DeviceId>,
    /// Our proof cookie's value, unchecked.
    pub proof: Option<Arc<ProofCookie>>,
    /// Whether the record of a home host came along, which only sign-outs and our own pages read, with [`own`].
    pub has_home: bool,
    /// What goes upstream: everything but ours, in the order it came; `None` when nothing is left.
    pub forward: Option<HeaderValue>,
    /// The headers that carry a session, as the site names them.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The digest of the credential cookies and session headers; `None` when there is none of them.
    pub session: Option<SessionKey>,
}

/// The names of our cookies.
#[derive(Debug, Clone, Copy)]
pub struct OwnNames {
    /// The browser's id.
    pub device: &'static str,
    /// The proof.
    pub proof: &'static str,
    /// At the home host of an organization: its record of the browser.
    pub home: &'static str,
    /// At its other hosts: that the home host was asked, and what it said.
    pub asked: &'static str,
    /// That we sent the browser back to a page a moment ago, as there was nothing to verify.
    pub round: &'static str,
    /// The browser's half of the key of forms that are held.
    pub held: &'static str,
}

impl OwnNames {
    /// With the `__Host-` prefix (RFC 6265bis section 4.1.3.2) unless browsers see plain HTTP, where it is not allowed.
    pub const fn of(scheme: Scheme) -> Self {
        match scheme {
            Scheme::Https => Self {
                device: "__Host-postern-device",
                proof: "__Host-postern-proof",
                home: "__Host-postern-home",
                asked: "__Host-postern-asked",
                round: "__Host-postern-round",
                held: "__Host-postern-held",
            },
            Scheme::Http => Self {
                device: "postern-device",
                proof: "postern-proof",
                home: "postern-home",
                asked: "postern-asked",
                round: "postern-round",
                held: "postern-held",
            },
        }
    }
}

/// Whether a cookie name is ours in any spelling: such a cookie never goes upstream, and no upstream may set it.
pub fn is_own(name: &[u8]) -> bool {
    let name = if name.len() > 7 && name[..7].eq_ignore_ascii_case(b"__host-") { &name[7..] } else { name };
    name.len() >= OWN.len() && name[..OWN.len()].eq_ignore_ascii_case(OWN.as_bytes())
}

impl Cookies {
    /// Reads all `Cookie` lines and session headers. A known credential that is there twice is refused: servers differ on it.
    pub fn read(headers: &HeaderMap, site: &str, profile: &Profile, names: OwnNames) -> Result<Self, Reason> {
        let mut cookies = Self::default();
        let mut passed: Vec<Pair<'_>> = Vec::new();
        let mut seen_own = false;
        let mut lines = 0;
        for line in headers.get_all(COOKIE) {
            lines += 1;
            for pair in pairs(line.as_bytes()) {
                if is_own(pair.name) {
                    seen_own = true;
                    cookies.take_own(&pair, names);
                } else {
                    passed.push(pair);
                }
            }
        }
        refuse_duplicates(&passed, profile)?;
        cookies.headers = session_headers(headers, profile)?;
        let credentials = || {
            let whole = passed.iter().filter(|pair| !is_harmless(profile, pair)).map(|pair| pair.whole);
            whole.chain(cookies.headers.iter().flat_map(header_parts))
        };
        if credentials().next().is_some() {
            let key = SessionKey::of(site, credentials());
            cookies.session = Some(key);
        }
        cookies.forward = match headers.get(COOKIE) {
            // The everyday case: one line, nothing of ours in it, forwarded as it stands.
            Some(line) if !seen_own && lines == 1 && is_joined(line.as_bytes(), &passed) => {
                Some(line.clone())
            }
            _ => join(&passed),
        };
        Ok(cookies)
    }

    fn take_own(&mut self, pair: &Pair<'_>, names: OwnNames) {
        if pair.name == names.device.as_bytes() && self.device.is_none() {
            self.device = parse_device(pair.value);
        } else if pair.name == names.proof.as_bytes() && self.proof.is_none() {
            self.proof = Some(ProofCookie::new(pair.value));
        } else if pair.name == names.home.as_bytes() {
            self.has_home = true;
        }
    }
}

/// The value of a cookie of ours that [`Cookies`] does not keep; the first, as for the others.
pub fn own<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a [u8]> {
    let mut all = headers.get_all(COOKIE).iter().flat_map(|line| pairs(line.as_bytes()));
    all.find(|pair| pair.name == name.as_bytes()).map(|pair| pair.value)
}

/// The cookies of a line (`NAME=value`) that may authenticate.
pub fn credentials<'a>(line: &'a HeaderValue, profile: &'a Profile) -> impl Iterator<Item = &'a [u8]> {
    pairs(line.as_bytes()).filter(|pair| !is_harmless(profile, pair)).map(|pair| pair.whole)
}

/// The cookies of a line (`NAME=value`) that the profile names as those of a session; without any of these all that may
/// authenticate. What a page's script sets besides comes and goes.
pub fn of_session<'a>(line: &'a HeaderValue, profile: &'a Profile) -> Vec<&'a [u8]> {
    let is_named =
        |pair: &Pair<'_>| profile.credential_cookies.iter().any(|known| pair.name == known.as_bytes());
    let named: Vec<&[u8]> = pairs(line.as_bytes()).filter(is_named).map(|pair| pair.whole).collect();
    if named.is_empty() { credentials(line, profile).collect() } else { named }
}

/// The load balancer's cookies among those of a line, which go on where no other does.
pub fn affinity(line: &HeaderValue, profile: &Profile) -> Option<HeaderValue> {
    let harmless = pairs(line.as_bytes()).filter(|pair| is_harmless(profile, pair));
    let named = |pair: &Pair<'_>| std::str::from_utf8(pair.name).is_ok_and(|name| profile.is_affinity(name));
    join(&harmless.filter(named).collect::<Vec<_>>())
}

/// The text of a device cookie.
pub fn device_text(device: DeviceId) -> String {
    data_encoding::BASE64URL_NOPAD.encode(&device.0)
}

/// A cookie of ours for the browser to keep: for this host alone, for no script, and not sent along from other sites.
pub fn keep(name: &str, value: &str, scheme: Scheme, max_age: Duration) -> HeaderValue {
    let secure = if scheme == Scheme::Https { "; Secure" } else { "" };
    let line =
        format!("{name}={value}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{secure}", max_age.as_secs());
    HeaderValue::from_str(&line).expect("names and values of ours are ASCII without separators")
}

/// The cookie that keeps a browser's id.
pub fn keep_device(device: DeviceId, names: OwnNames, scheme: Scheme) -> HeaderValue {
    keep(names.device, &device_text(device), scheme, LONGEST_AGE)
}

/// Takes a cookie of ours back.
pub fn clear(name: &str, scheme: Scheme) -> HeaderValue {
    keep(name, "", scheme, Duration::ZERO)
}

/// Takes a product's cookie back, wherever it may have been set: at the whole host or below the site's prefix, for this host
/// alone or for its domain.
pub fn take_back(name: &str, site: &Site) -> Vec<HeaderValue> {
    let domain = site.host.as_str().split_once('.').map(|(_, domain)| domain);
    let domain = domain.filter(|domain| domain.contains('.')).map(|domain| format!("; Domain={domain}"));
    let prefix = Some(site.prefix.as_str()).filter(|prefix| !prefix.is_empty());
    let places = ["/"].into_iter().chain(prefix).flat_map(|path| {
        let domains = [Some(""), domain.as_deref()].into_iter().flatten();
        domains.map(move |domain| format!("{name}=; Path={path}{domain}; Max-Age=0"))
    });
    places.filter_map(|line| HeaderValue::from_str(&line).ok()).collect()
}

/// A line with only those of its cookies (`NAME=value`) that are to be kept.
pub fn retain(line: &HeaderValue, keep: impl Fn(&[u8]) -> bool) -> Option<HeaderValue> {
    join(&pairs(line.as_bytes()).filter(|pair| keep(pair.whole)).collect::<Vec<_>>())
}

fn parse_device(value: &[u8]) -> Option<DeviceId> {
    let mut bytes = [0; 16];
    if data_encoding::BASE64URL_NOPAD.decode_len(value.len()) != Ok(bytes.len()) {
        return None;
    }
    data_encoding::BASE64URL_NOPAD.decode_mut(value, &mut bytes).ok()?;
    Some(DeviceId(bytes))
}

#[derive(Debug, Clone, Copy)]
struct Pair<'a> {
    name: &'a [u8],
    value: &'a [u8],
    whole: &'a [u8],
}

fn pairs(line: &[u8]) -> impl Iterator<Item = Pair<'_>> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let line = rest?;
        let (part, next) = match memchr::memchr(b';', line) {
            Some(end) => (&line[..end], Some(&line[end + 1..])),
            None => (line, None),
        };
        rest = next;
        Some(part.trim_ascii())
    })
    .filter(|part| !part.is_empty())
    .map(|whole| match memchr::memchr(b'=', whole) {
        Some(equals) => {
            Pair { name: whole[..equals].trim_ascii(), value: whole[equals + 1..].trim_ascii(), whole }
        }
        None => Pair { name: whole, value: b"", whole },
    })
}

/// The session headers that came along, each at most once in any spelling that some server takes for its name.
fn session_headers(headers: &HeaderMap, profile: &Profile) -> Result<Vec<(HeaderName, HeaderValue)>, Reason> {
    let mut found = Vec::new();
    for known in &profile.credential_headers {
        if headers.iter().filter(|(name, _)| is_spelling_of(name, known)).nth(1).is_some() {
            return Err(Reason::DuplicateCookie);
        }
        found.extend(headers.get(known).map(|value| (known.clone(), value.clone())));
    }
    Ok(found)
}

/// Removes the session headers, but keeps those that were read if they go on. Servers fold `_` to `-` (CVE-2025-64484 class),
/// so what is spelled in another way than it was read never goes on.
pub fn remove_session_headers(headers: &mut HeaderMap, profile: &Profile, keep_read: bool) {
    for known in &profile.credential_headers {
        let others =
            headers.keys().filter(|name| is_spelling_of(name, known) && !(keep_read && *name == known));
        let others: Vec<HeaderName> = others.cloned().collect();
        for name in others {
            headers.remove(name);
        }
    }
}

/// No cookie is empty, so the first part tells a header from cookies that are spelled alike.
fn header_parts((name, value): &(HeaderName, HeaderValue)) -> [&[u8]; 3] {
    [b"", name.as_str().as_bytes(), value.as_bytes()]
}

fn is_spelling_of(name: &HeaderName, known: &HeaderName) -> bool {
    let fold = |byte: u8| if byte == b'_' { b'-' } else { byte };
    name.as_str().bytes().map(fold).eq(known.as_str().bytes().map(fold))
}

fn refuse_duplicates(pairs: &[Pair<'_>], profile: &Profile) -> Result<(), Reason> {
    for known in &profile.credential_cookies {
        if pairs.iter().filter(|pair| pair.name == known.as_bytes()).count() > 1 {
            return Err(Reason::DuplicateCookie);
        }
    }
    Ok(())
}

/// A known name and nothing but the letters of RFC 6265 section 4.1.1. By a quote, a comma or a space some servers find
/// other cookies inside this one, or lose those after it; then it is part of what is judged.
fn is_harmless(profile: &Profile, pair: &Pair<'_>) -> bool {
    std::str::from_utf8(pair.name).is_ok_and(|name| profile.is_harmless(name))
        && pair
            .whole
            .iter()
            .all(|byte| matches!(byte, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e))
}

/// Whether a line is what [`join`] makes of its pairs, so that no white space of the client's own goes on.
fn is_joined(line: &[u8], pairs: &[Pair<'_>]) -> bool {
    let mut rest = line;
    for (index, pair) in pairs.iter().enumerate() {
        let separator: &[u8] = if index == 0 { b"" } else { b"; " };
        let Some(after) = rest.strip_prefix(separator).and_then(|rest| rest.strip_prefix(pair.whole)) else {
            return false;
        };
        rest = after;
    }
    rest.is_empty() && !pairs.is_empty()
}

fn join(pairs: &[Pair<'_>]) -> Option<HeaderValue> {
    if pairs.is_empty() {
        return None;
    }
    let parts: Vec<&[u8]> = pairs.iter().map(|pair| pair.whole).collect();
    HeaderValue::from_bytes(&parts.join(&b"; "[..])).ok()
}

#[cfg(test)]
mod tests;
