//! `upstream` and `[site.upstream_tls]`: where a site's requests go, and whom they are sent to.
//!
//! An `https` upstream is always verified against one name; no key turns that off. The address has one spelling.

use std::net::{IpAddr, Ipv4Addr, SocketAddrV6};
use std::path::PathBuf;
use std::sync::Arc;

use http::uri::Authority;
use rustls::RootCertStore;
use rustls::pki_types::ServerName;

use crate::domain::domain_name::DomainName;
use crate::domain::host;

use super::Surroundings;
use super::section::Section;
use super::settings::{Upstream, UpstreamTls};
use super::trust::{authorities, client};
use super::values::Refusal;

/// The keys that mean something only beside an `https` upstream.
const TLS_KEYS: [&str; 2] = ["name", "ca_file"];

/// Reads both. The files named are read here and now: what cannot be trusted is found before it is needed.
pub(super) fn read(site: &mut Section<'_>, around: &Surroundings<'_>) -> Option<Upstream> {
    let address = site.required("upstream", "http://10.0.0.5:8080", address);
    let mut section = site.section("upstream_tls");
    let name = section.text("name", server_name);
    let ca = section.text("ca_file", |text| {
        let path = around.file(text)?;
        Ok((authorities(&path)?, path))
    });
    let upstream = address.and_then(|address| {
        if !address.is_https {
            for key in TLS_KEYS.into_iter().filter(|key| section.has(key)) {
                section.reject(key, "has no meaning beside `http://`", "remove it, or write `https://`");
            }
            return Some(Upstream { authority: address.authority, tls: None });
        }
        let name = if section.has("name") { name } else { own_name(site, &address) };
        let tls = if section.has("ca_file") { Some(ca?) } else { None };
        let tls = verification(site, name?, tls)?;
        Some(Upstream { authority: address.authority, tls: Some(Arc::new(tls)) })
    });
    section.finish();
    upstream
}

struct Address {
    is_https: bool,
    authority: Authority,
}

/// `http://host:port` or `https://host:port`, and nothing else in it: the path of a request goes on as it came.
fn address(text: &str) -> Result<Address, Refusal> {
    let refuse = |reason: &str| {
        let expected =
            "expected `http://host:port` or `https://host:port`, such as `https://jira.internal:8443`";
        Refusal::new(reason, expected)
    };
    let (is_https, port, rest) = match (text.strip_prefix("http://"), text.strip_prefix("https://")) {
        (Some(rest), _) => (false, 80, rest),
        (_, Some(rest)) => (true, 443, rest),
        _ => return Err(refuse("is not an http or https URL")),
    };
    if rest.contains('@') {
        return Err(refuse("carries a user name or password"));
    }
    if rest.contains(['/', '?', '#']) {
        return Err(refuse("has something after the port"));
    }
    let authority = authority(rest, port).ok_or_else(|| refuse("has no valid host and port"))?;
    Ok(Address { is_https, authority })
}

/// The one spelling of a host and a port.
fn authority(text: &str, default_port: u16) -> Option<Authority> {
    let authority = if text.starts_with('[') {
        let with_port = if text.ends_with(']') { format!("{text}:{default_port}") } else { text.to_owned() };
        let address: SocketAddrV6 = with_port.parse().ok()?;
        (address.port() != 0 && address.scope_id() == 0).then(|| address.to_string())?
    } else {
        let parsed = host::Authority::parse(text).ok()?;
        let (host, port) = (parsed.host, parsed.port.unwrap_or(default_port));
        let misread = ends_in_digits(&host) && host.as_str().parse::<Ipv4Addr>().is_err();
        (port != 0 && !misread).then(|| format!("{host}:{port}"))?
    };
    authority.parse().ok()
}

/// A name whose last label is a number is read as an IPv4 address by some (WHATWG URL, "ends in a number").
pub(super) fn ends_in_digits(host: &DomainName) -> bool {
    let last = host.as_str().rsplit('.').next().unwrap_or_default();
    last.bytes().all(|byte| byte.is_ascii_digit())
}

/// The name that a certificate must carry. Certificates for addresses exist, but then any machine that takes over the
/// address in that network is as good as the server; an operator who means it has a name to give.
fn server_name(text: &str) -> Result<ServerName<'static>, Refusal> {
    let refuse = |reason: &str| {
        let expected = "expected the host name in the server's certificate, such as `jira.internal`";
        Refusal::new(reason, expected)
    };
    if text.is_empty() {
        return Err(refuse("is empty"));
    }
    if text.parse::<IpAddr>().is_ok() || text.starts_with('[') {
        return Err(refuse("is an IP address"));
    }
    let name = DomainName::parse_host(text).map_err(|error| refuse(&error.to_string()))?;
    if ends_in_digits(&name) {
        return Err(refuse("is an IP address"));
    }
    ServerName::try_from(name.to_string()).map_err(|_| refuse("is not a host name"))
}

/// The name in the address itself.
fn own_name(site: &Section<'_>, address: &Address) -> Option<ServerName<'static>> {
    server_name(address.authority.host())
        .map_err(|_| {
            site.reject(
                "upstream",
                "names its server by an IP address, which says nothing about whose it is",
                "write a host name, or add `name` to [site.upstream_tls]: the name in the server's certificate",
            );
        })
        .ok()
}

fn verification(
    site: &Section<'_>,
    name: ServerName<'static>,
    ca: Option<(RootCertStore, PathBuf)>,
) -> Option<UpstreamTls> {
    let (roots, ca_file) = ca.unzip();
    let client = client(roots.map(Arc::new))
        .map_err(|error| {
            let instead = format!("{error}: add `ca_file` to [site.upstream_tls]");
            site.reject("upstream", "cannot be verified by what this machine trusts", instead);
        })
        .ok()?;
    Some(UpstreamTls { name, ca_file, client: Arc::new(client) })
}
