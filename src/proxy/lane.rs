//! Classify: which lane a request is in, by the credentials that would be forwarded and by nothing it merely claims.

use std::net::IpAddr;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, UPGRADE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};

use crate::config::profile::Endpoint;
use crate::config::settings::Site;
use crate::domain::decision::Reason;
use crate::domain::lane::Lane;
use crate::domain::mode::Mode;

use super::cookies::Cookies;
use super::handshake::check_handshake;
use super::target::PathKind;

const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
const X_REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");
/// Where browsers say that they only load a page in case somebody wants it.
const PURPOSE: [HeaderName; 4] = [
    HeaderName::from_static("sec-purpose"),
    HeaderName::from_static("purpose"),
    HeaderName::from_static("x-purpose"),
    HeaderName::from_static("x-moz"),
];

/// Longest `Authorization` that is one: Tomcat takes 8 KiB for a whole head.
const MAX_AUTHORIZATION_BYTES: usize = 4 * 1024;

/// How the fields of a form are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormKind {
    /// In one line, `NAME=value&…`.
    Urlencoded,
    /// Each in a part of its own; files too.
    Multipart,
}

/// Chooses the lane. `peer` is who connected, whatever its headers say; `navigation` tells two judged lanes apart, see
/// [`is_navigation`].
pub fn classify(
    parts: &Parts,
    site: &Site,
    peer: IpAddr,
    path: PathKind,
    cookies: &Cookies,
    navigation: bool,
) -> Result<Lane, Reason> {
    let authorization = authorization(&parts.headers)?;
    if path == PathKind::Own {
        return Ok(Lane::Own);
    }
    if path == PathKind::Plain && is_logout(parts, site) {
        // The session that ends goes on, and an Authorization beside it does not.
        return Ok(Lane::Public);
    }
    if path == PathKind::Plain && is_login(parts, site) {
        return Ok(if authorization { Lane::SignIn } else { Lane::Public });
    }
    let trusted = site.trusted_sources.iter().any(|network| network.contains(&peer));
    if parts.headers.contains_key(UPGRADE) {
        // Without its cookies there is nothing to judge a socket by.
        return if trusted { Err(Reason::UpgradeRefused) } else { websocket(parts, site, cookies) };
    }
    if authorization {
        return Ok(if trusted { Lane::TrustedApi } else { Lane::Api });
    }
    if path == PathKind::Plain && is_for_strangers(parts, site) {
        return Ok(Lane::Resource);
    }
    if trusted {
        return Ok(Lane::Trusted);
    }
    if cookies.session.is_none() {
        return Ok(Lane::Anonymous);
    }
    Ok(if navigation { Lane::Browser } else { Lane::Background })
}

/// Whether the request goes to a sign-in page.
pub fn is_login(parts: &Parts, site: &Site) -> bool {
    is_listed(parts, site, &site.profile.login)
}

/// Whether the request goes to a sign-out page.
pub fn is_logout(parts: &Parts, site: &Site) -> bool {
    is_listed(parts, site, &site.profile.logout)
}

fn is_listed(parts: &Parts, site: &Site, endpoints: &[Endpoint]) -> bool {
    let Some(path) = parts.uri.path().strip_prefix(site.prefix.as_str()) else { return false };
    endpoints.iter().any(|endpoint| endpoint.path == path && endpoint.method == parts.method)
}

fn is_for_strangers(parts: &Parts, site: &Site) -> bool {
    let path = parts.uri.path().strip_prefix(site.prefix.as_str());
    path.is_some_and(|path| site.profile.is_for_strangers(&parts.method, path))
}

/// Exactly one well-formed `Authorization` makes the API lane: a known scheme in its usual spelling, one space, and a
/// non-empty rest. Anything looser is read differently by different products, so it counts as none; two are refused.
pub(super) fn authorization(headers: &HeaderMap) -> Result<bool, Reason> {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let Some(line) = lines.next() else { return Ok(false) };
    if lines.next().is_some() {
        return Err(Reason::DuplicateAuthorization);
    }
    Ok(is_well_formed(line))
}

fn is_well_formed(line: &HeaderValue) -> bool {
    let Ok(text) = line.to_str() else { return false };
    let Some((scheme, rest)) = text.split_once(' ') else { return false };
    if text.len() > MAX_AUTHORIZATION_BYTES || rest.is_empty() {
        return false;
    }
    match scheme {
        "Bearer" | "Basic" | "JWT" => is_token68(rest),
        "OAuth" => rest.starts_with(|first: char| first.is_ascii_alphabetic()) && rest.contains('='),
        _ => false,
    }
}

/// RFC 9110 section 11.2.
fn is_token68(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

/// Only WebSocket handshakes, and where anybody is judged only with a session that can be judged before the 101.
fn websocket(parts: &Parts, site: &Site, cookies: &Cookies) -> Result<Lane, Reason> {
    check_handshake(parts)?;
    if cookies.session.is_none() && site.mode == Mode::Enforce {
        return Err(Reason::UpgradeRefused);
    }
    Ok(Lane::Websocket)
}

/// Whether a refusal is shown to a person: a top-level page load. `Sec-Fetch-*` first, `Accept` second; a forged hint
/// changes only how the forger is refused.
pub fn is_navigation(parts: &Parts) -> bool {
    parts.method == Method::GET && !is_prefetch(&parts.headers) && fills_a_page(parts)
}

/// Whether a form of a page was sent, whose answer a person waits for.
pub fn is_form_post(parts: &Parts) -> bool {
    parts.method == Method::POST && form_kind(&parts.headers).is_some() && fills_a_page(parts)
}

/// How a form was sent; `None` for what a form's fields cannot be told of.
pub fn form_kind(headers: &HeaderMap) -> Option<FormKind> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => Some(FormKind::Urlencoded),
        "multipart/form-data" => Some(FormKind::Multipart),
        _ => None,
    }
}

fn fills_a_page(parts: &Parts) -> bool {
    let text = |name: &HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(mode) = text(&SEC_FETCH_MODE) {
        let destination = text(&SEC_FETCH_DEST);
        return mode == "navigate" && destination.is_none_or(|destination| destination == "document");
    }
    if parts.headers.contains_key(&X_REQUESTED_WITH) {
        return false;
    }
    text(&ACCEPT).is_some_and(|accept| accept.contains("text/html"))
}

/// Whether a browser only loads the page in case somebody wants it.
fn is_prefetch(headers: &HeaderMap) -> bool {
    PURPOSE.iter().any(|name| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| {
            value.contains("prefetch") || value.contains("prerender") || value.contains("preview")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn parts(method: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().method(method).uri("/browse/DEMO-1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn t048_only_one_well_formed_authorization_is_an_api_call() {
        let is_api = |lines: &[&str]| {
            let headers: Vec<_> = lines.iter().map(|line| ("authorization", *line)).collect();
            authorization(&parts("GET", &headers).headers)
        };
        for good in
            ["Bearer junk", "Basic Zm9vOmJhcg==", "JWT a.b.c", "OAuth oauth_token=\"x\", oauth_version=\"1\""]
        {
            assert_eq!(is_api(&[good]), Ok(true), "{good}");
        }
        let long = format!("Bearer {}", "a".repeat(8192));
        for bad in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer  x",
            "bearer x",
            "BEARER x",
            "Bearer\tx",
            "token x",
            "Bearer a b",
            "Basic =",
            "Negotiate abc",
            &long,
            "OAuth x",
            "Bearer caf\u{e9}",
        ] {
            assert_eq!(is_api(&[bad]), Ok(false), "{bad:?}");
        }
        assert_eq!(is_api(&["Bearer a", "Bearer b"]), Err(Reason::DuplicateAuthorization));
        assert_eq!(is_api(&["", "Bearer b"]), Err(Reason::DuplicateAuthorization));
    }

    #[test]
    fn a_navigation_is_a_page_load_that_somebody_waits_for() {
        let html = ("accept", "text/html,application/xhtml+xml");
        assert!(is_navigation(&parts("GET", &[html])));
        assert!(is_navigation(&parts(
            "GET",
            &[html, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")]
        )));
        for (method, headers) in [
            ("HEAD", vec![html]),
            ("POST", vec![html]),
            ("GET", vec![]),
            ("GET", vec![("accept", "application/json")]),
            ("GET", vec![html, ("x-requested-with", "XMLHttpRequest")]),
            ("GET", vec![html, ("sec-fetch-mode", "cors")]),
            ("GET", vec![html, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")]),
            ("GET", vec![html, ("sec-purpose", "prefetch")]),
            ("GET", vec![html, ("purpose", "prefetch")]),
            ("GET", vec![html, ("sec-purpose", "prefetch;prerender")]),
        ] {
            assert!(!is_navigation(&parts(method, &headers)), "{method} {headers:?}");
        }
    }
}
