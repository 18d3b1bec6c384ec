//! Which hosts the admin listener answers to: this machine by its loopback names, the address that was connected to, and the
//! names that the configuration gives it.
//!
//! A web page may name any host it owns and have it resolve to us (DNS rebinding): the browser then takes our answers for
//! the page's own and lets it read them. What gives it away is the foreign name in `Host`.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::domain::host::Authority;

use super::Ends;
use super::problem::Problem;

/// The authorities under which clients reach the listener, as the configuration has them.
#[derive(Debug, Clone, Default)]
pub struct Names(pub Arc<[String]>);

/// Refuses what names another host than ours, and marks every answer as not to be stored or guessed at.
pub async fn require_own(
    State(names): State<Names>,
    ConnectInfo(ends): ConnectInfo<Ends>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = if names_us(&request, &names, ends.local) {
        next.run(request).await
    } else {
        Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "This listener answers to loopback names, to its own address and to the names of `admin.urls` only.",
        )
        .into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Exactly one `Host`, ours, and a target that names no other (RFC 9112 section 3.2.2).
fn names_us(request: &Request, names: &Names, local: Option<IpAddr>) -> bool {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let target = request.uri().authority();
    host.to_str().is_ok_and(|host| is_own(host, names, local))
        && target.is_none_or(|target| is_own(target.as_str(), names, local))
}

fn is_own(authority: &str, names: &Names, local: Option<IpAddr>) -> bool {
    if names.0.iter().any(|name| name.eq_ignore_ascii_case(authority)) {
        return true;
    }
    match literal(authority) {
        Some(ip) => ip.is_loopback() || Some(ip) == local,
        None => Authority::parse(authority).is_ok_and(|authority| authority.host.as_str() == "localhost"),
    }
}

/// `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]` or `[2001:db8::1]:80`.
fn literal(authority: &str) -> Option<IpAddr> {
    let bracketed = || authority.strip_prefix('[')?.strip_suffix(']')?.parse().map(IpAddr::V6).ok();
    let with_port = || authority.parse::<SocketAddr>().map(|address| address.ip()).ok();
    let alone = || authority.parse().map(IpAddr::V4).ok();
    with_port().or_else(bracketed).or_else(alone).map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7)));

    fn names() -> Names {
        Names(["admin.acme.com".to_owned(), "gw.acme.com:8901".to_owned()].into())
    }

    #[test]
    fn loopback_and_the_address_connected_to_are_ours() {
        for host in [
            "localhost",
            "LOCALHOST:8901",
            "localhost.",
            "127.0.0.1",
            "127.8.8.8:1",
            "[::1]",
            "[::1]:8901",
            "192.0.2.7",
            "192.0.2.7:8901",
            "[::ffff:192.0.2.7]:80",
            "Admin.acme.com",
            "gw.acme.com:8901",
        ] {
            assert!(is_own(host, &names(), LOCAL), "{host}");
        }
    }

    #[test]
    fn t124_every_other_name_is_foreign() {
        for host in [
            "",
            "evil.test",
            "evil.test:8901",
            "admin.acme.com:8901",
            "gw.acme.com",
            "admin.acme.com.evil.test",
            "localhost.evil.test",
            "127.0.0.1.evil.test",
            "192.0.2.8",
            "[2001:db8::1]:80",
            "0.0.0.0:8901",
            "localhost@evil.test",
            "evil.test@localhost",
            "localhost,evil.test",
            "localhost:",
            "[::1",
            "localhost evil.test",
            "2130706433",
            "0x7f.1",
            "127.1",
        ] {
            assert!(!is_own(host, &names(), LOCAL), "{host}");
        }
        assert!(!is_own("192.0.2.7", &names(), None), "no address is known");
    }
}
