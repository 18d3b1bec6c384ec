//! What a request and an answer lose on the way: hop-by-hop fields, and names that only we or the product may speak.

use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue};

use super::cookies::is_own;

/// Fields that concern one connection (RFC 9110 section 7.6.1). The client's `Connection` may name only these, see
/// `target::check_head`, so removing them by name removes all it names.
const HOP_BY_HOP: [HeaderName; 9] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::PROXY_AUTHORIZATION,
    header::PROXY_AUTHENTICATE,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Removes the hop-by-hop fields.
pub fn remove_hop_by_hop(headers: &mut HeaderMap) {
    for name in &HOP_BY_HOP {
        headers.remove(name);
    }
}

/// Removes from a request every name by which a client could pass for us, for a proxy, or for somebody else.
///
/// Servers fold `_` to `-` (CVE-2025-64484 class), so both spellings go.
pub fn scrub_request(headers: &mut HeaderMap) {
    let forged: Vec<HeaderName> = headers.keys().filter(|name| is_reserved(name.as_str())).cloned().collect();
    for name in forged {
        headers.remove(name);
    }
    // The answer to `Expect` is given here, when the body is first asked for.
    headers.remove(header::EXPECT);
}

fn is_reserved(name: &str) -> bool {
    const PREFIXES: [&str; 4] = ["x-postern-", "x-forwarded-", "x-seraph-trusted-app-", "x-original-"];
    const NAMES: [&str; 8] = [
        "x-ausername",
        "forwarded",
        "x-forwarded",
        "x-real-ip",
        "true-client-ip",
        "x-rewrite-url",
        "x-client-ip",
        "x-cluster-client-ip",
    ];
    // Almost every name is told apart by its first letter.
    if !matches!(name.as_bytes().first(), Some(b'x' | b'f' | b't')) {
        return false;
    }
    let folded = |pattern: &str, whole: bool| {
        (if whole { name.len() == pattern.len() } else { name.len() >= pattern.len() })
            && name.bytes().zip(pattern.bytes()).all(|(a, b)| a == b || (a == b'_' && b == b'-'))
    };
    PREFIXES.iter().any(|prefix| folded(prefix, false)) || NAMES.iter().any(|known| folded(known, true))
}

/// Removes from an answer what only we may say: our headers and our cookies.
pub fn scrub_response(headers: &mut HeaderMap) {
    let forged: Vec<HeaderName> =
        headers.keys().filter(|name| name.as_str().starts_with("x-postern-")).cloned().collect();
    for name in forged {
        headers.remove(name);
    }
    retain_set_cookies(headers, |name| !is_own(name));
}

/// Keeps the `Set-Cookie` lines whose cookie name passes.
pub fn retain_set_cookies(headers: &mut HeaderMap, keep: impl Fn(&[u8]) -> bool) {
    let lines = headers.get_all(header::SET_COOKIE);
    if lines.iter().all(|line| keep(set_cookie_name(line))) {
        return;
    }
    let kept: Vec<HeaderValue> = lines.iter().filter(|line| keep(set_cookie_name(line))).cloned().collect();
    headers.remove(header::SET_COOKIE);
    for line in kept {
        headers.append(header::SET_COOKIE, line);
    }
}

/// The cookie name of a `Set-Cookie` line.
pub fn set_cookie_name(line: &HeaderValue) -> &[u8] {
    let pair = line.as_bytes().split(|&byte| byte == b';').next().unwrap_or_default();
    pair.split(|&byte| byte == b'=').next().unwrap_or_default().trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t027_t028_reserved_names_go_in_every_spelling() {
        for name in [
            "x-postern-account",
            "x_postern_email",
            "x-postern_user",
            "x-ausername",
            "x_ausername",
            "x-forwarded-for",
            "x_forwarded_proto",
            "forwarded",
            "x-real-ip",
            "x-seraph-trusted-app-id",
            "x-original-url",
            "x-rewrite-url",
            "true-client-ip",
            "x-forwarded",
        ] {
            assert!(is_reserved(name), "{name}");
        }
        for name in [
            "x-requested-with",
            "x-atlassian-token",
            "x-csrf-token",
            "from",
            "te",
            "x-posterns",
            "x-real-ip-2",
        ] {
            assert!(!is_reserved(name), "{name}");
        }
    }

    #[test]
    fn t039_an_upstream_cannot_set_our_cookies() {
        let mut headers = HeaderMap::new();
        for line in
            ["JSESSIONID=1; Path=/", "__Host-postern-proof=x; Secure", "postern-device=y", " postern-x =1"]
        {
            headers.append(header::SET_COOKIE, HeaderValue::from_static(line));
        }
        headers.insert("x-postern-receipt", HeaderValue::from_static("forged"));
        scrub_response(&mut headers);
        assert_eq!(headers.len(), 1);
        assert_eq!(headers[header::SET_COOKIE], "JSESSIONID=1; Path=/");
    }
}
