//! Forward: exactly what the permit names, to the site's own upstream, and nothing that only we may say.

use http::header::{self, HeaderName, HeaderValue};
use http::request::Parts;
use http::uri::{PathAndQuery, Uri};
use http::{Request, Version};

use crate::config::settings::{Scheme, Site};
use crate::domain::decision::{Credentials, Permit, Reason};

use super::cookies::{Cookies, affinity, remove_session_headers};
use super::headers::{remove_method_override, scrub_request};
use super::query;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");

/// Builds the upstream request. It can only be called with a permit, which only `decide` makes.
pub fn upstream_request<B>(
    mut parts: Parts,
    body: B,
    permit: &Permit,
    site: &Site,
    cookies: Cookies,
    client: HeaderValue,
    scheme: Scheme,
) -> Request<B> {
    if permit.forward() == Credentials::Authorization
        && let Some(uri) = query::without_auth_type(&parts.method, &parts.uri, site)
    {
        parts.uri = uri;
    }
    parts.uri = origin_form(&parts.uri);
    parts.version = Version::HTTP_11;
    let headers = &mut parts.headers;
    scrub_request(headers);
    if matches!(permit.reason(), Reason::LoginPage | Reason::PublicResource) {
        remove_method_override(headers);
    }
    headers.remove(header::COOKIE);
    let forwards_session = permit.forward() == Credentials::Cookies;
    let rest = cookies.forward.as_ref().filter(|_| !forwards_session);
    let affinity = rest.and_then(|line| affinity(line, &site.profile));
    remove_session_headers(headers, &site.profile, forwards_session);
    match permit.forward() {
        Credentials::Cookies => {
            headers.remove(header::AUTHORIZATION);
            if let Some(cookies) = cookies.forward {
                headers.insert(header::COOKIE, cookies);
            }
        }
        // Every cookie stays here: a bad token beside a good session would be served as the session's user.
        Credentials::Authorization => {}
        Credentials::None => drop(headers.remove(header::AUTHORIZATION)),
    }
    // The load balancer's cookie says where to, not who.
    if let Some(affinity) = affinity {
        headers.insert(header::COOKIE, affinity);
    }
    say_who_asks(headers, client, scheme);
    Request::from_parts(parts, body)
}

/// The same path and query, byte for byte, and nothing of a host: that is in `Host` alone.
fn origin_form(uri: &Uri) -> Uri {
    uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/")).into()
}

/// Tells the upstream who asks and under which name, as browsers see it: the client as it was judged and nobody before it,
/// the configured scheme, and the host and port that were asked for.
fn say_who_asks(headers: &mut http::HeaderMap, client: HeaderValue, scheme: Scheme) {
    headers.insert(X_FORWARDED_FOR, client);
    headers.insert(X_FORWARDED_PROTO, HeaderValue::from_static(scheme.as_str()));
    if let Some(host) = headers.get(header::HOST).cloned() {
        headers.insert(X_FORWARDED_PORT, port(&host, scheme));
        headers.insert(X_FORWARDED_HOST, host);
    }
}

/// The port that was asked for, or the one that browsers leave out.
fn port(host: &HeaderValue, scheme: Scheme) -> HeaderValue {
    let written = host.to_str().ok().and_then(|host| host.rsplit_once(':'));
    match written.and_then(|(_, port)| port.parse::<u16>().ok()) {
        Some(port) => HeaderValue::from(port),
        None => HeaderValue::from_static(match scheme {
            Scheme::Https => "443",
            Scheme::Http => "80",
        }),
    }
}
