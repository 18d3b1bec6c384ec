//! `[listen]`: where the gateway listens, and how browsers reach it.
//!
//! Neither listener leaves the loopback interface by accident where it speaks plain HTTP. TLS is read in `tls.rs`.

use std::net::SocketAddr;
use std::time::Duration;

use ipnet::IpNet;

use super::section::Section;
use super::settings::{Listen, Scheme};
use super::values::{Refusal, choice, duration, network};
use super::{Surroundings, tls};

/// Six for each browser of HTTP/1.1, of a hundred and more people behind one address.
const CONNECTIONS_PER_ADDRESS: u32 = 1000;

/// Reads the section.
pub(super) fn read(root: &mut Section<'_>, around: &Surroundings<'_>) -> Option<Listen> {
    let mut section = root.required_section("listen", "`proxy`")?;
    let proxy = section.required("proxy", "127.0.0.1:8080", socket_address);
    let admin = section.text("admin", socket_address).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8901)));
    let scheme = section.text("scheme", choice(&[("https", Scheme::Https), ("http", Scheme::Http)]));
    let trusted_proxies = section.texts("trusted_proxies", network);
    let proxy_protocol = section.switch("proxy_protocol", false);
    let connections = section.integer("max_connections_per_address", 1..=1_000_000);
    let workers = section.integer("workers", 1..=256).map_or_else(cores, |workers| workers as usize);
    let drain = section.text("drain", duration("0s", "1h")).unwrap_or(Duration::from_secs(30));
    let proxy_may_leave = section.switch("plain_http_beyond_loopback", false);
    let admin_may_leave = section.switch("admin_beyond_loopback", false);
    let tls = tls::read(&mut section, around);

    check_proxies(&section, proxy_protocol, trusted_proxies.as_deref());
    check_scheme(&section, scheme);
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
    Some(Listen {
        proxy: proxy?,
        admin,
        scheme: scheme.unwrap_or(Scheme::Https),
        tls,
        proxy_protocol,
        max_connections_per_address: connections.unwrap_or(CONNECTIONS_PER_ADDRESS),
        trusted_proxies: trusted_proxies.unwrap_or_default(),
        workers,
        drain,
    })
}

/// Without TLS session cookies and codes would cross the network in the clear.
fn check_proxy(section: &Section<'_>, proxy: SocketAddr, may_leave: bool) {
    if section.has("certificate") {
        if may_leave {
            section.reject(
                "plain_http_beyond_loopback",
                "has no meaning beside a certificate",
                "remove it: with [[listen.certificate]] only TLS is spoken here",
            );
        }
    } else if !is_loopback(proxy) && !may_leave {
        section.reject(
            "proxy",
            "is not a loopback address, and without a certificate plain HTTP is spoken here",
            "add [[listen.certificate]], or end TLS on this machine and bind 127.0.0.1, or set `plain_http_beyond_loopback = true` where the network is protected",
        );
    }
}

/// Our cookies would be unprotected, and links would lead to where nobody listens.
fn check_scheme(section: &Section<'_>, scheme: Option<Scheme>) {
    if section.has("certificate") && scheme == Some(Scheme::Http) {
        section.reject("scheme", "contradicts the certificates", "remove it, or write `https`");
    }
}

/// Whoever may send the header may say to be anybody, so it is believed of named proxies alone.
fn check_proxies(section: &Section<'_>, proxy_protocol: bool, trusted: Option<&[IpNet]>) {
    let nobody = trusted.map_or(!section.has("trusted_proxies"), <[IpNet]>::is_empty);
    if proxy_protocol && nobody {
        section.reject(
            "proxy_protocol",
            "has nobody to believe",
            "name the proxies that send it in `trusted_proxies`",
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
