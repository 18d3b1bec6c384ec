//! One table from reason to answer. Every refusal has a status, a stable code, a plain sentence and a receipt.
//!
//! A page load gets a page or the way to the challenge; everything else gets a problem document (RFC 9457) and never a
//! redirect, which an API client would follow and take for data.

use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, Response, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::config::settings::Scheme;
use crate::domain::account::Class;
use crate::domain::decision::Reason;
use crate::domain::domain_name::DomainName;
use crate::domain::host::Authority;
use crate::domain::language::Language;
use crate::domain::organization::Organization;
use crate::domain::return_target::ReturnTarget;
use crate::telemetry::receipt::Receipt;

use super::body::Body;
use super::pages::{self, Frame, MessagePage, SiteName};
use super::route::Routes;

/// Where the challenge page is, below the prefix of a site.
pub const CHALLENGE_PATH: &str = "/.postern/challenge";

/// What stays readable in the `return` parameter.
pub const RETURN_SET: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request that is not forwarded, with what its answer needs.
pub struct Refusal<'a> {
    /// Why.
    pub reason: Reason,
    /// Whether a person waits for a page.
    pub navigation: bool,
    /// Whether a code would help.
    pub challenge: bool,
    /// Where the person signs in again, where that is what they must do.
    pub sign_in: Option<ReturnTarget>,
    /// What is worth trying once more, where the refusal ends a loop.
    pub again: Option<ReturnTarget>,
    /// The origin of the page whose script asked, where that page is one of our own sites'.
    pub page_origin: Option<HeaderValue>,
    /// Whether the request has a body that was not read: the connection must then not be used again.
    pub unread_body: bool,
    /// The scheme browsers see.
    pub scheme: Scheme,
    /// Whose site it is; `None` where no site was found.
    pub organization: Option<&'a Organization>,
    /// The site's host, with the port that was asked for; empty where no site was found, so that nothing unknown is echoed.
    pub host: &'a str,
    /// The prefix of the site; empty where it has none, or no site was found.
    pub prefix: &'a str,
    /// Where the person goes on afterwards.
    pub return_to: ReturnTarget,
    /// What the person reads. Programs are told in English.
    pub language: Language,
    /// By which the refusal is found again.
    pub receipt: Receipt,
}

/// Answers a refused request.
pub fn refuse(refusal: &Refusal<'_>) -> Response<Body> {
    let mut response = match (refusal.navigation, refusal.challenge) {
        (true, true) => see_other(&challenge_target(refusal.prefix, &refusal.return_to)),
        (true, false) => page(refusal),
        (false, _) => problem(refusal),
    };
    let response_status = response.status();
    let headers = response.headers_mut();
    if response_status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    if refusal.reason == Reason::MethodNotAllowed {
        headers
            .entry(header::ALLOW)
            .or_insert(HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
    }
    if let Some(origin) = refusal.page_origin.as_ref().filter(|_| !refusal.navigation) {
        share(headers, origin);
    }
    if refusal.unread_body {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if let Ok(receipt) = HeaderValue::from_str(&refusal.receipt.to_string()) {
        headers.insert(HeaderName::from_static("x-postern-receipt"), receipt);
    }
    protect(headers, refusal.scheme);
    response
}

/// The status of a reason. `challenge` is told apart because the same person may be refused for good.
pub fn status(reason: Reason, challenge: bool) -> StatusCode {
    if challenge {
        return StatusCode::UNAUTHORIZED;
    }
    match reason {
        Reason::AddressUnknown
        | Reason::TokenBlocked
        | Reason::AccountSuspended
        | Reason::AccountDeactivated
        | Reason::AccountClosed
        | Reason::AccessEnded
        | Reason::NotInvited
        | Reason::SecondStepImpossible
        | Reason::CrossSite
        | Reason::UpgradeRefused => StatusCode::FORBIDDEN,
        Reason::SingleSignOn | Reason::SessionReset | Reason::SessionExpired | Reason::SessionIdle => {
            StatusCode::UNAUTHORIZED
        }
        Reason::IdentityUnavailable
        | Reason::IdentityMismatch
        | Reason::PolicyUnreadable
        | Reason::StoreUnavailable
        | Reason::TooManyConnections => StatusCode::SERVICE_UNAVAILABLE,
        Reason::UpstreamUnreachable => StatusCode::BAD_GATEWAY,
        Reason::UpstreamTimeout => StatusCode::GATEWAY_TIMEOUT,
        Reason::UnknownHost | Reason::HostMismatch => StatusCode::MISDIRECTED_REQUEST,
        Reason::UnknownPage | Reason::HardenedPath => StatusCode::NOT_FOUND,
        Reason::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Reason::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        Reason::TargetTooLong => StatusCode::URI_TOO_LONG,
        Reason::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Reason::BodyStalled => StatusCode::REQUEST_TIMEOUT,
        Reason::CookiesNotKept | Reason::SignInOutOfReach | Reason::ProofNotCounted => StatusCode::CONFLICT,
        Reason::MalformedRequest
        | Reason::AmbiguousHost
        | Reason::MalformedPath
        | Reason::SessionIdInPath
        | Reason::DuplicateCookie
        | Reason::DuplicateAuthorization
        | Reason::QueryCredentials => StatusCode::BAD_REQUEST,
        // Never the reason of a refusal; if a mistake makes it one, the answer must not be a pass.
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Whether a page of this origin may read what its script was refused with: a page of one of our own sites, as browsers
/// reach them now, with the scheme and the port of the request itself. `host` is the request's, with its port.
///
/// A fetch from one site to the other could not tell a challenge from a broken network otherwise. No other origin is ever
/// mirrored: with credentials allowed, its pages would read what is said to this person.
pub fn is_own_origin(origin: &HeaderValue, scheme: Scheme, host: &str, routes: &Routes) -> bool {
    let origin = origin.to_str().ok();
    let authority = origin.and_then(|origin| origin.strip_prefix(scheme.as_str())?.strip_prefix("://"));
    let Some(authority) = authority else { return false };
    let (name, port) = split_port(authority);
    port == split_port(host).1 && routes.has_host(name)
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    authority.split_once(':').map_or((authority, None), |(name, port)| (name, Some(port)))
}

/// Lets the page of this origin read the refusal (Fetch standard, "CORS protocol").
fn share(headers: &mut HeaderMap, origin: &HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    let exposed = HeaderValue::from_static("Retry-After, WWW-Authenticate, X-Postern-Receipt");
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
}

/// The way to the challenge of the site with this prefix, with the way back.
pub fn challenge_target(prefix: &str, return_to: &ReturnTarget) -> String {
    with_return(&format!("{prefix}{CHALLENGE_PATH}?"), return_to)
}

/// A way with the way back at its end; the way is ours, up to where its next parameter begins.
pub fn with_return(way: &str, return_to: &ReturnTarget) -> String {
    format!("{way}return={}", utf8_percent_encode(return_to.as_str(), RETURN_SET))
}

/// A 303 to a path of the same host, or to an address of another one that the configuration names.
pub fn see_other(target: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(location) = HeaderValue::from_str(target) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// Where a site is for browsers, on the port that was asked for (`host` is the request's, with its port): its scheme and its
/// configured name, never a name that a client wrote.
pub fn origin_of(name: &DomainName, scheme: Scheme, host: &str) -> String {
    let port = split_port(host).1.map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{name}{port}", scheme.as_str())
}

/// Lets the forms of our pages end at another host of ours: browsers hold what a form leads to against the policy too.
pub fn allow_forms_to(headers: &mut HeaderMap, origin: &str) {
    let policy =
        pages::CONTENT_SECURITY_POLICY.replace("form-action 'self'", &format!("form-action 'self' {origin}"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// Lets a page of ours run our own script and have it ask us, for the only thing that needs one: passkeys.
pub fn allow_own_scripts(response: &mut Response<Body>) {
    response.extensions_mut().insert(OwnScripts);
}

/// Says so in the policy of a response, whatever else that allows by then.
pub fn tell_scripts(response: &mut Response<Body>) {
    if response.extensions().get::<OwnScripts>().is_none() {
        return;
    }
    let headers = response.headers_mut();
    let policy = headers.get(header::CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
    let policy = policy.unwrap_or(pages::CONTENT_SECURITY_POLICY);
    let with = "default-src 'none'; script-src 'self'; connect-src 'self'";
    if let Ok(policy) = HeaderValue::from_str(&policy.replace("default-src 'none'", with)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// The mark of such a page.
#[derive(Debug, Clone, Copy)]
struct OwnScripts;

/// A page of ours, in a language that the browser asked for.
pub fn html(status: StatusCode, html: String, language: Language) -> Response<Body> {
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Language"));
    response
}

/// The headers of every answer of ours: never cached, never framed, never sniffed, nothing loaded from elsewhere.
pub fn protect(headers: &mut HeaderMap, scheme: Scheme) {
    const FIXED: [(HeaderName, &str); 6] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, pages::CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if scheme == Scheme::Https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000"));
    }
}

fn page(refusal: &Refusal<'_>) -> Response<Body> {
    let status = status(refusal.reason, refusal.challenge);
    let page = MessagePage {
        frame: Frame::new(refusal.language, refusal.organization),
        // As configured, not as it was spelled: that spelling led to the site's name.
        site: Authority::parse(refusal.host).ok().zip(refusal.organization).map(
            |(authority, organization)| SiteName {
                organization: organization.name.to_string(),
                host: authority.host.to_string(),
            },
        ),
        reason: refusal.reason,
        contact: contact(refusal).map(str::to_owned),
        receipt: refusal.receipt.to_string(),
        status: status.as_u16(),
        sign_in: refusal.sign_in.clone(),
        again: refusal.again.clone(),
    };
    html(status, page.html(), refusal.language)
}

/// Whom to ask, where asking helps.
fn contact<'a>(refusal: &Refusal<'a>) -> Option<&'a str> {
    let helps = refusal.reason.class() == Class::External || refusal.reason.class() == Class::Managed;
    refusal
        .organization?
        .contact
        .as_deref()
        .filter(|_| helps && !refusal.challenge && status(refusal.reason, false) == StatusCode::FORBIDDEN)
}

fn title(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "Please sign in again",
        403 => "No access",
        404 | 421 => "Not found",
        409 => "You would be asked again and again",
        500..=599 => "Please try again",
        _ => "This request cannot be served",
    }
}

fn problem(refusal: &Refusal<'_>) -> Response<Body> {
    let status = status(refusal.reason, refusal.challenge);
    let mut problem = json!({
        "type": format!("urn:postern:{}", refusal.reason.code()),
        "title": title(status),
        "status": status.as_u16(),
        "detail": refusal.reason.meaning(),
        "code": refusal.reason.code(),
        "receipt": refusal.receipt.to_string(),
    });
    if let Some(contact) = contact(refusal) {
        problem["contact"] = json!(contact);
    }
    if refusal.challenge {
        let path = challenge_target(refusal.prefix, &refusal.return_to);
        problem["title"] = json!("Verification needed");
        problem["challenge_url"] = json!(format!("{}://{}{path}", refusal.scheme.as_str(), refusal.host));
    }
    if let Some(page) = &refusal.sign_in {
        problem["sign_in_url"] =
            json!(format!("{}://{}{}", refusal.scheme.as_str(), refusal.host, page.as_str()));
    }
    let mut response = Response::new(Body::from(problem.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if refusal.challenge {
        // RFC 9110 section 15.5.2 wants a scheme; ours is one that no client mistakes for a password prompt.
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Postern-Code"));
    } else if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Postern-Sign-In"));
    }
    response
}
