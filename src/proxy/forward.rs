//! Forward: exactly what the permit names, to the site's own upstream, and nothing that only we may say.

use std::net::IpAddr;

use http::header::{self, HeaderName, HeaderValue};
use http::request::Parts;
use http::uri::{PathAndQuery, Uri};
use http::{Request, Version};

use crate::config::settings::{Scheme, Site};
use crate::domain::decision::{Credentials, Permit, Reason};

use super::body::Body;
use super::cookies::{Cookies, remove_session_headers};
use super::headers::{remove_hop_by_hop, scrub_request};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Builds the upstream request. It can only be called with a permit, which only `decide` makes.
pub fn upstream_request(
    mut parts: Parts,
    body: Body,
    permit: &Permit,
    site: &Site,
    cookies: Cookies,
    client: IpAddr,
    scheme: Scheme,
) -> Result<Request<Body>, Reason> {
    parts.uri = upstream_uri(&parts.uri, site)?;
    parts.version = Version::HTTP_11;
    let headers = &mut parts.headers;
    remove_hop_by_hop(headers);
    scrub_request(headers);
    headers.remove(header::COOKIE);
    let forwards_session = permit.forward() == Credentials::Cookies;
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
    say_who_asks(headers, client, scheme)?;
    Ok(Request::from_parts(parts, body))
}

/// The same path and query, byte for byte, at the site's upstream.
fn upstream_uri(uri: &Uri, site: &Site) -> Result<Uri, Reason> {
    let target = uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    let uri = Uri::builder().scheme("http").authority(site.upstream.clone()).path_and_query(target);
    uri.build().map_err(|_| Reason::MalformedRequest)
}

fn say_who_asks(headers: &mut http::HeaderMap, client: IpAddr, scheme: Scheme) -> Result<(), Reason> {
    let address = HeaderValue::from_str(&client.to_string()).map_err(|_| Reason::Internal)?;
    headers.insert(X_FORWARDED_FOR, address);
    headers.insert(X_FORWARDED_PROTO, HeaderValue::from_static(scheme.as_str()));
    if let Some(host) = headers.get(header::HOST).cloned() {
        headers.insert(X_FORWARDED_HOST, host);
    }
    Ok(())
}
