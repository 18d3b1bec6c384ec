//! Canonicalise: one host and one reading of the path for everything that is decided afterwards.

use http::header::{COOKIE, HOST};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Version};

use crate::config::settings::Site;
use crate::domain::decision::Reason;
use crate::domain::hardening::opens_inner_files;
use crate::domain::host::Authority;
use crate::domain::lane::Lane;
use crate::domain::path::{PathError, PathReading, read_path};

/// Longest request target that is read.
const MAX_TARGET_BYTES: usize = 8 * 1024;
/// Largest head that is read: well above what Tomcat takes, so that it answers for its own limit.
const MAX_HEAD_BYTES: usize = 32 * 1024;
/// Most fields that are read. hyper holds HTTP/1.1 to the same number.
const MAX_FIELDS: usize = 100;

/// How the path reads; the text itself stays in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathKind {
    /// Every server reads it alike.
    Plain,
    /// Servers differ on it: never exempt.
    Odd,
    /// One of our own pages.
    Own,
}

/// Refuses what is too large or not a request to a site at all.
pub fn check_head(parts: &Parts) -> Result<(), Reason> {
    if parts.method == Method::TRACE || parts.method == Method::CONNECT {
        return Err(Reason::MethodNotAllowed);
    }
    if target_bytes(parts) > MAX_TARGET_BYTES {
        return Err(Reason::TargetTooLong);
    }
    let head: usize = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if head > MAX_HEAD_BYTES || fields(&parts.headers) > MAX_FIELDS {
        return Err(Reason::HeadTooLarge);
    }
    check_connection(&parts.headers)
}

/// A client may name only the usual hop-by-hop fields. Naming another (`Connection: X-Postern-Account`) would have the next
/// hop drop what we add, or us drop what we judged.
fn check_connection(headers: &HeaderMap) -> Result<(), Reason> {
    const USUAL: [&str; 7] =
        ["close", "keep-alive", "upgrade", "te", "trailers", "http2-settings", "proxy-connection"];
    for line in headers.get_all(http::header::CONNECTION) {
        let line = line.to_str().map_err(|_| Reason::MalformedRequest)?;
        for option in line.split(',').map(str::trim).filter(|option| !option.is_empty()) {
            if !USUAL.iter().any(|usual| option.eq_ignore_ascii_case(usual)) {
                return Err(Reason::MalformedRequest);
            }
        }
    }
    Ok(())
}

/// HTTP/2 may send each cookie as a field of its own (RFC 9113 section 8.2.3); together they are one.
fn fields(headers: &HeaderMap) -> usize {
    if headers.len() <= MAX_FIELDS {
        return headers.len();
    }
    headers.len() + 1 - headers.get_all(COOKIE).iter().count().max(1)
}

fn target_bytes(parts: &Parts) -> usize {
    parts.uri.path_and_query().map_or(0, |target| target.as_str().len())
}

/// The one host a request names, as text. An absolute target, which `:authority` makes of every target in HTTP/2, and
/// `Host` must agree; only HTTP/2 may do without `Host`.
pub fn host(parts: &Parts) -> Result<&str, Reason> {
    let mut lines = parts.headers.get_all(HOST).iter();
    let line = match (lines.next(), lines.next(), parts.uri.authority()) {
        (Some(line), None, _) => line,
        (None, None, Some(authority)) if parts.version == Version::HTTP_2 => return Ok(authority.as_str()),
        _ => return Err(Reason::AmbiguousHost),
    };
    let host = line.to_str().map_err(|_| Reason::AmbiguousHost)?;
    if let Some(target) = parts.uri.authority() {
        let same = Authority::parse(target.as_str()).ok().zip(Authority::parse(host).ok());
        if !same.is_some_and(|(target, host)| target == host) {
            return Err(Reason::AmbiguousHost);
        }
    }
    Ok(host)
}

/// Gives a request that named its host in `:authority` alone the `Host` that its upstream expects. Call it after [`host`].
pub fn name_host(parts: &mut Parts) {
    if parts.headers.contains_key(HOST) {
        return;
    }
    if let Some(host) = parts.uri.authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok()) {
        parts.headers.insert(HOST, host);
    }
}

/// Reads the path.
pub fn path(parts: &Parts) -> Result<PathKind, Reason> {
    match read_path(parts.uri.path()) {
        Ok(PathReading::Plain(_)) => Ok(PathKind::Plain),
        Ok(PathReading::Odd) => Ok(PathKind::Odd),
        Ok(PathReading::Own(_)) => Ok(PathKind::Own),
        Err(PathError::Malformed) => Err(Reason::MalformedPath),
        Err(PathError::SessionId) => Err(Reason::SessionIdInPath),
        Err(PathError::DisguisedOwn) => Err(Reason::UnknownPage),
    }
}

/// What reaches no product, whoever asks. It is looked at after the decision, so that a session that must be challenged
/// is told so and nothing else.
pub fn check_forwarded(parts: &Parts, site: &Site, lane: Lane) -> Result<(), Reason> {
    // Products sign in by these at any address, which would answer for somebody who was never judged.
    if lane != Lane::Public && has_query_credentials(parts.uri.query()) {
        return Err(Reason::QueryCredentials);
    }
    if site.hardening && opens_inner_files(parts.uri.path()) {
        return Err(Reason::HardenedPath);
    }
    Ok(())
}

/// Whether the query carries a sign-in, which products act on at any address.
pub(super) fn has_query_credentials(query: Option<&str>) -> bool {
    const NAMES: [&str; 3] = ["os_username", "os_password", "os_cookie"];
    query.is_some_and(|query| {
        (query.contains("os_") || query.contains('%'))
            && form_urlencoded::parse(query.as_bytes()).any(|(name, _)| NAMES.contains(&name.as_ref()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn parts(uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn t010_t011_exactly_one_host_is_named() {
        assert_eq!(host(&parts("/x", &[("host", "wiki.test")])), Ok("wiki.test"));
        assert_eq!(host(&parts("http://WIKI.test/x", &[("host", "wiki.test")])), Ok("wiki.test"));
        for request in [
            parts("/x", &[]),
            parts("/x", &[("host", "wiki.test"), ("host", "wiki.test")]),
            parts("http://jira.test/x", &[("host", "wiki.test")]),
            parts("http://a@wiki.test/x", &[("host", "wiki.test")]),
        ] {
            assert_eq!(host(&request), Err(Reason::AmbiguousHost));
        }
    }

    #[test]
    fn t170_over_http_2_the_authority_is_the_host_and_must_agree_with_it() {
        let over_http_2 = |uri: &str, headers: &[(&str, &str)]| {
            let mut parts = parts(uri, headers);
            parts.version = Version::HTTP_2;
            parts
        };
        let mut alone = over_http_2("https://wiki.test/x", &[]);
        assert_eq!(host(&alone), Ok("wiki.test"));
        name_host(&mut alone);
        assert_eq!(alone.headers[HOST], "wiki.test");
        assert_eq!(host(&over_http_2("/x", &[("host", "wiki.test")])), Ok("wiki.test"));
        let mut both = over_http_2("https://WIKI.test/x", &[("host", "wiki.test")]);
        assert_eq!(host(&both), Ok("wiki.test"));
        name_host(&mut both);
        assert_eq!(both.headers.get_all(HOST).iter().count(), 1);
        for request in [
            over_http_2("/x", &[]),
            over_http_2("https://jira.test/x", &[("host", "wiki.test")]),
            over_http_2("https://wiki.test/x", &[("host", "wiki.test"), ("host", "wiki.test")]),
            parts("https://wiki.test/x", &[]),
        ] {
            assert_eq!(host(&request), Err(Reason::AmbiguousHost));
        }
    }

    #[test]
    fn t179_cookies_in_pieces_count_as_one_field() {
        let crumbs: Vec<_> = (0..150).map(|_| ("cookie", "a=1")).collect();
        assert_eq!(check_head(&parts("/", &crumbs)), Ok(()));
        let names: Vec<String> = (0..101).map(|number| format!("x-{number}")).collect();
        let fields: Vec<_> = names.iter().map(|name| (name.as_str(), "1")).collect();
        assert_eq!(check_head(&parts("/", &fields)), Err(Reason::HeadTooLarge));
        assert_eq!(check_head(&parts("/", &fields[1..])), Ok(()));
    }

    #[test]
    fn t030_t031_only_usual_connection_options_are_taken() {
        for usual in ["close", "keep-alive", "Upgrade", "keep-alive, TE", ""] {
            assert_eq!(check_head(&parts("/", &[("connection", usual)])), Ok(()), "{usual}");
        }
        for other in ["X-Postern-Account", "close, cookie", "x-forwarded-for", "authorization"] {
            assert_eq!(
                check_head(&parts("/", &[("connection", other)])),
                Err(Reason::MalformedRequest),
                "{other}"
            );
        }
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let long = format!("/{}", "a".repeat(MAX_TARGET_BYTES));
        assert_eq!(check_head(&parts(&long, &[])), Err(Reason::TargetTooLong));
        let large = "a".repeat(MAX_HEAD_BYTES);
        assert_eq!(check_head(&parts("/", &[("x", &large)])), Err(Reason::HeadTooLarge));
    }

    #[test]
    fn a_sign_in_in_the_query_is_seen_in_any_spelling() {
        for query in
            ["os_username=a&os_password=b", "x=1&os_cookie=true", "%6fs_username=a", "os%5Fpassword=b"]
        {
            assert!(has_query_credentials(Some(query)), "{query}");
        }
        for query in ["os_destination=%2Fbrowse", "os_authType=none", "q=os_username", "x"] {
            assert!(!has_query_credentials(Some(query)), "{query}");
        }
    }
}
