//! What a request and an answer lose on the way: hop-by-hop fields, and names that only we or the product may speak.

use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue};

use super::cookies::is_own;

/// How names begin that only we, a proxy or the product may speak.
const RESERVED_PREFIXES: [&str; 7] = [
    "x-postern-",
    "x-forwarded-",
    "x-seraph-trusted-app-",
    "x-original-",
    "cf-connecting-ip",
    // Whose certificate it was, in the words of proxies that end TLS.
    "x-ssl-client-",
    "ssl-client-",
];
/// Such names as a whole.
const RESERVED: [&str; 27] = [
    "x-ausername",
    // Who the client is, in the words of proxies and delivery networks.
    "forwarded",
    "x-forwarded",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-proxyuser-ip",
    "x-remote-ip",
    "x-remote-addr",
    "x-originating-ip",
    "x-envoy-external-address",
    "x-azure-clientip",
    "true-client-ip",
    "fastly-client-ip",
    "proxy-client-ip",
    "wl-proxy-client-ip",
    // Who is signed in, in the words of proxies that sign people in.
    "x-remote-user",
    "remote-user",
    "x-webauth-user",
    "sm-user",
    // RFC 9440, and two that are older.
    "client-cert",
    "client-cert-chain",
    "x-client-cert",
    "x-arr-clientcert",
    // What was asked for.
    "x-rewrite-url",
    "x-host",
    "x-http-host-override",
];

/// Whether a field concerns one connection (RFC 9110 section 7.6.1). The client's `Connection` may name only these, see
/// `target::check_head`, so removing them by name removes all it names.
fn is_hop_by_hop(name: &str) -> bool {
    matches!(
        name,
        "connection"
            | "keep-alive"
            | "proxy-connection"
            | "proxy-authorization"
            | "proxy-authenticate"
            | "te"
            | "trailer"
            | "transfer-encoding"
            | "upgrade"
    )
}

/// Removes from a request the hop-by-hop fields and every name by which a client could pass for us, for a proxy, or for
/// somebody else.
///
/// Silently: a product's own scripts send `X-AUSERNAME`. Servers fold `_` to `-` (CVE-2025-64484 class), so both spellings
/// go. The answer to `Expect` is given here, when the body is first asked for.
///
/// In one walk over what is there, and not by a look-up for each name that might be.
pub fn scrub_request(headers: &mut HeaderMap) {
    remove_all(headers, |name| is_hop_by_hop(name) || is_reserved(name) || name == "expect");
}

/// Removes what turns a request into one of another method, where it passes by its method.
pub fn remove_method_override(headers: &mut HeaderMap) {
    const NAMES: [&str; 3] = ["x-http-method-override", "x-http-method", "x-method-override"];
    remove_all(headers, |name| NAMES.iter().any(|known| is_spelt(name, known)));
}

fn remove_all(headers: &mut HeaderMap, is_forged: impl Fn(&str) -> bool) {
    let forged: Vec<HeaderName> = headers.keys().filter(|name| is_forged(name.as_str())).cloned().collect();
    for name in forged {
        headers.remove(name);
    }
}

fn is_reserved(name: &str) -> bool {
    // Almost every name that browsers send is told apart by its first two letters.
    let begins_like_one = matches!(
        name.as_bytes(),
        [b'x', b'-' | b'_', ..]
            | [b'f', b'o' | b'a', ..]
            | [b'c', b'f' | b'l', ..]
            | [b't', b'r', ..]
            | [b'p', b'r', ..]
            | [b'w', b'l', ..]
            | [b'r', b'e', ..]
            | [b's', b'm' | b's', ..]
    );
    if !begins_like_one {
        return false;
    }
    RESERVED_PREFIXES
        .iter()
        .any(|prefix| name.get(..prefix.len()).is_some_and(|start| is_spelt(start, prefix)))
        || RESERVED.iter().any(|known| is_spelt(name, known))
}

fn is_spelt(name: &str, known: &str) -> bool {
    name.len() == known.len()
        && name.bytes().zip(known.bytes()).all(|(a, b)| a == b || (a == b'_' && b == b'-'))
}

/// Removes from an answer the hop-by-hop fields, and what only we may say: our headers and our cookies.
pub fn scrub_response(headers: &mut HeaderMap) {
    remove_all(headers, |name| is_hop_by_hop(name) || name.starts_with("x-postern-"));
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

/// The name by which the cookie of a `Set-Cookie` line comes back. One without a name (`=NAME=value`) is sent as its value
/// alone (RFC 6265bis section 5.8.3), so the value's beginning is read as the name it then has.
pub fn set_cookie_name(line: &HeaderValue) -> &[u8] {
    let pair = line.as_bytes().split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
    let sent = pair.strip_prefix(b"=").unwrap_or(pair);
    sent.split(|&byte| byte == b'=').next().unwrap_or_default().trim_ascii()
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
            "x-client-ip",
            "x_cluster-client_ip",
            "x-proxyuser-ip",
            "cf-connecting-ip",
            "cf_connecting_ipv6",
            "fastly-client-ip",
            "wl-proxy-client-ip",
            "remote_user",
            "x-webauth-user",
            "sm_user",
            "client-cert",
            "client_cert-chain",
            "x-client-cert",
            "x-arr-clientcert",
            "x-ssl-client-s-dn",
            "ssl_client_verify",
            "x-host",
        ] {
            assert!(is_reserved(name), "{name}");
        }
        for name in [
            "x-requested-with",
            "x-atlassian-token",
            "x-csrf-token",
            "from",
            "sec-fetch-site",
            "client-certs",
            "te",
            "x-posterns",
            "x-real-ip-2",
            "cookie",
            "content-type",
            "cf-ray",
            "referer",
            "range",
            "pragma",
            "via",
        ] {
            assert!(!is_reserved(name), "{name}");
        }
    }

    #[test]
    fn t027_no_name_of_the_lists_is_overlooked_by_its_first_letters() {
        for name in RESERVED.iter().chain(&RESERVED_PREFIXES) {
            assert!(is_reserved(name) && is_reserved(&name.replace('-', "_")), "{name}");
        }
    }

    #[test]
    fn what_concerns_one_connection_stays_on_it() {
        let mut headers = HeaderMap::new();
        for name in [
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authorization",
            "proxy-authenticate",
            "te",
        ]
        .into_iter()
        .chain(["trailer", "transfer-encoding", "upgrade", "expect", "accept"])
        {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static("x"));
        }
        let (mut request, mut answer) = (headers.clone(), headers);
        scrub_request(&mut request);
        assert_eq!(request.keys().collect::<Vec<_>>(), ["accept"]);
        scrub_response(&mut answer);
        assert_eq!(
            (answer.len(), answer.contains_key("accept")),
            (2, true),
            "what an answer expects is its own"
        );
    }

    #[test]
    fn t024_a_method_is_overridden_by_no_spelling() {
        let mut headers = HeaderMap::new();
        for name in ["x-http-method-override", "x_http_method_override", "x-http-method", "x-method-override"]
        {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static("GET"));
        }
        headers.insert("x-http-method-overrides", HeaderValue::from_static("kept"));
        remove_method_override(&mut headers);
        assert_eq!(headers.len(), 1);
    }

    #[test]
    fn t039_an_upstream_cannot_set_our_cookies() {
        let mut headers = HeaderMap::new();
        for line in [
            "JSESSIONID=1; Path=/",
            "__Host-postern-proof=x; Secure",
            "postern-device=y",
            " postern-x =1",
            "=postern-proof=x",
            " = postern-proof =x",
            "postern-proof",
        ] {
            headers.append(header::SET_COOKIE, HeaderValue::from_static(line));
        }
        headers.insert("x-postern-receipt", HeaderValue::from_static("forged"));
        scrub_response(&mut headers);
        assert_eq!(headers.len(), 1);
        assert_eq!(headers[header::SET_COOKIE], "JSESSIONID=1; Path=/");
    }
}
