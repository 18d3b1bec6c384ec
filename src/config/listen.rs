//! `[listen]`: where the gateway listens, and how browsers reach it.
//!
//! Neither listener leaves the loopback interface by accident: both speak plain HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use super::section::Section;
use super::settings::{Listen, Scheme};
use super::values::{Refusal, choice, duration, network};

/// Reads the section.
pub(super) fn read(root: &mut Section<'_>) -> Option<Listen> {
    let mut section = root.required_section("listen", "`proxy`")?;
    let proxy = section.required("proxy", "127.0.0.1:8080", socket_address);
    let admin = section.text("admin", socket_address).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8901)));
    let scheme = section.text("scheme", choice(&[("https", Scheme::Https), ("http", Scheme::Http)]));
    let trusted_proxies = section.texts("trusted_proxies", network).unwrap_or_default();
    let workers = section.integer("workers", 1..=256).map_or_else(cores, |workers| workers as usize);
    let drain = section.text("drain", duration("0s", "1h")).unwrap_or(Duration::from_secs(30));
    let proxy_may_leave = section.switch("plain_http_beyond_loopback", false);
    let admin_may_leave = section.switch("admin_beyond_loopback", false);

    if let Some(proxy) = proxy {
        check_proxy(&section, proxy, proxy_may_leave);
        if overlap(proxy, admin) {
            section.reject("admin", "takes the place of `proxy`", "expected an address and port of its own");
        }
    }
    if !is_loopback(admin) && !admin_may_leave {
        section.reject(
            "admin",
            "is not a loopback address",
            "bind 127.0.0.1, or set `admin_beyond_loopback = true` where the network is protected",
        );
    }
    section.finish();
    let scheme = scheme.unwrap_or(Scheme::Https);
    Some(Listen { proxy: proxy?, admin, scheme, trusted_proxies, workers, drain })
}

/// Session cookies and codes would cross the network in the clear.
fn check_proxy(section: &Section<'_>, proxy: SocketAddr, may_leave: bool) {
    if !is_loopback(proxy) && !may_leave {
        section.reject(
            "proxy",
            "is not a loopback address, and this version speaks plain HTTP here",
            "end TLS on this machine and bind 127.0.0.1, or set `plain_http_beyond_loopback = true` where the network is protected",
        );
    }
}

fn socket_address(text: &str) -> Result<SocketAddr, Refusal> {
    let expected = "expected an IP address and a port, such as `127.0.0.1:8080` or `[::1]:8080`";
    text.parse().map_err(|_| Refusal::new("is not an address to listen on", expected))
}

fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

/// Port 0 is a free port chosen by the system, so two of them never meet.
fn overlap(one: SocketAddr, other: SocketAddr) -> bool {
    let everywhere = one.ip().is_unspecified() || other.ip().is_unspecified();
    one.port() == other.port() && one.port() != 0 && (everywhere || one.ip() == other.ip())
}

/// As many as the machine, or its container, lets run at once.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().min(256))
}
