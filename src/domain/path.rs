//! One reading of a request path: plain, odd, or refused.
//!
//! A session decision never depends on the path; only our own pages and the few exempt paths of a profile do, and those
//! match plain paths alone. What an upstream might read differently (`;x`, `%2e`, `//`, `\`) is therefore never exempt.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The prefix of our own pages on every site.
pub const OWN_PREFIX: &str = "/.postern";

/// How a path reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathReading<'a> {
    /// Every server reads it in one way; it may be compared with a list.
    Plain(&'a str),
    /// Valid, but servers differ on it: forwarded byte for byte after the decision, and never exempt from it.
    Odd,
    /// One of our own pages.
    Own(&'a str),
}

/// Why a path is answered by us and never forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Not starting with `/`, broken percent-encoding, control characters, or no UTF-8 after decoding.
    #[error("the path is malformed")]
    Malformed,
    /// A session id as a path parameter (`;jsessionid=…`), which some servers accept in place of a cookie.
    #[error("the path carries a session id")]
    SessionId,
    /// Our own prefix in a spelling that is not ours.
    #[error("no such page")]
    DisguisedOwn,
}

/// Reads the path of a request target (without query).
pub fn read_path(raw: &str) -> Result<PathReading<'_>, PathError> {
    if !raw.starts_with('/') {
        return Err(PathError::Malformed);
    }
    if is_plain(raw) {
        return Ok(PathReading::Plain(raw));
    }
    if let Some((prefix, page)) = raw.split_once("/.postern/")
        && is_plain(prefix)
        && !prefix.ends_with('/')
        && page
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-/.".contains(&byte))
        && !page.contains("..")
        && !page.contains("//")
    {
        return Ok(PathReading::Own(page));
    }
    let canonical = canonical(raw)?;
    if canonical.len() >= OWN_PREFIX.len()
        && canonical[..OWN_PREFIX.len()].eq_ignore_ascii_case(OWN_PREFIX.as_bytes())
    {
        return Err(PathError::DisguisedOwn);
    }
    Ok(PathReading::Odd)
}

/// Letters and marks that every server reads alike, and no empty, dotted or parameterised segment.
fn is_plain(raw: &str) -> bool {
    let mut previous = 0;
    for byte in raw.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"/-_.~!$&'()*+,=:@".contains(&byte);
        if !plain || (previous == b'/' && (byte == b'/' || byte == b'.')) {
            return false;
        }
        previous = byte;
    }
    true
}

/// Decodes once, drops path parameters, merges slashes and resolves dots, as the most lenient server would.
fn canonical(raw: &str) -> Result<Vec<u8>, PathError> {
    let decoded = decode(raw)?;
    let mut out: Vec<&str> = Vec::new();
    for segment in decoded.split(['/', '\\']) {
        if segment.to_ascii_lowercase().contains(";jsessionid") {
            return Err(PathError::SessionId);
        }
        match segment.split(';').next().unwrap_or_default() {
            "" | "." => {}
            ".." => drop(out.pop()),
            name => out.push(name),
        }
    }
    let mut path = Vec::with_capacity(raw.len());
    for segment in out {
        path.push(b'/');
        path.extend_from_slice(segment.as_bytes());
    }
    Ok(path)
}

fn decode(raw: &str) -> Result<Cow<'_, str>, PathError> {
    let bytes = raw.as_bytes();
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'%' if !bytes
                .get(index + 1..index + 3)
                .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) =>
            {
                return Err(PathError::Malformed);
            }
            0..=0x20 | 0x7f.. | b'#' => return Err(PathError::Malformed),
            _ => {}
        }
    }
    let decoded = percent_decode_str(raw).decode_utf8().map_err(|_| PathError::Malformed)?;
    if decoded.chars().any(char::is_control) {
        return Err(PathError::Malformed);
    }
    Ok(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_everyday_path_is_plain() {
        for path in
            ["/", "/browse/DEMO-1", "/secure/Logout!default.jspa", "/rest/api/2/issue/DEMO-1", "/s/a/_/x.css"]
        {
            assert_eq!(read_path(path), Ok(PathReading::Plain(path)));
        }
    }

    #[test]
    fn what_servers_read_differently_is_odd() {
        for path in [
            "//secret",
            "/./secret",
            "/a/../b",
            "/allowed/..;/secret",
            "/;x=1/spaces",
            "/allowed/%2e%2e/secret",
            "/allowed%2f..%2fsecret",
            "/allowed/..%5csecret",
            "/allowed/..\\secret",
            "/allowed/%252e%252e/x",
            "/display/DEMO/Caf%C3%A9",
            "/a|b",
            "/x{y}[z]",
        ] {
            assert_eq!(read_path(path), Ok(PathReading::Odd), "{path}");
        }
    }

    #[test]
    fn our_prefix_has_one_spelling() {
        assert_eq!(read_path("/.postern/verify"), Ok(PathReading::Own("verify")));
        for path in [
            "/.postern;x/verify",
            "/.postern/../secret/../.postern/x",
            "/%2epostern/verify",
            "//.postern/verify",
            "/.POSTERN/verify",
            "/.postern",
            "/x/..;/.postern/verify",
            "/.postern/%76erify",
            "/.posternx/y",
        ] {
            assert_eq!(read_path(path), Err(PathError::DisguisedOwn), "{path}");
        }
        assert_eq!(read_path("/.postern/../secret"), Ok(PathReading::Odd));
    }

    #[test]
    fn a_broken_path_is_refused() {
        for path in
            ["", "x", "*", "/%", "/%zz", "/%00", "/%c0%ae", "/a\u{80}", "/a b", "/a\tb", "/a#b", "/%0d%0a"]
        {
            assert_eq!(read_path(path), Err(PathError::Malformed), "{path:?}");
        }
        for path in ["/x;jsessionid=1", "/x;JSESSIONID=1/y", "/x%3bjsessionid=1"] {
            assert_eq!(read_path(path), Err(PathError::SessionId), "{path:?}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(path in "/[\\x20-\\x7e]{0,60}") {
            let _ = read_path(&path);
        }

        #[test]
        fn a_plain_path_is_its_own_canonical_form(path in "(/[a-zA-Z0-9._%;/-]{0,12}){1,5}") {
            if let Ok(PathReading::Plain(plain)) = read_path(&path) {
                let canonical = String::from_utf8(canonical(plain).unwrap()).unwrap();
                prop_assert_eq!(canonical.trim_end_matches('/'), plain.trim_end_matches('/'));
            }
        }
    }
}
