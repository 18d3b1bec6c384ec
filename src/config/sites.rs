//! `[[site]]`: one product server behind the gateway each.
//!
//! A host, a prefix and an upstream have one spelling each here, so that routing compares and never interprets.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddrV6};
use std::sync::Arc;

use http::uri::Authority;

use crate::domain::domain_name::DomainName;
use crate::domain::host;

use super::profile::Product;
use super::profiles;
use super::section::Section;
use super::settings::Site;
use super::values::{Refusal, choice, plain_path};

/// Reads all sites. With `enforce` off, every one of them is a plain proxy.
pub(super) fn read(root: &mut Section<'_>, enforce: bool) -> Option<Vec<Arc<Site>>> {
    let mut ids: HashMap<Arc<str>, usize> = HashMap::new();
    let mut sites = Vec::new();
    let sections = root.sections("site", "`host`, `product` and `upstream`");
    let all = sections.len();
    for (index, mut section) in sections.into_iter().enumerate() {
        let site = read_one(&mut section, enforce, |section, id| {
            if let Some(first) = ids.insert(Arc::clone(id), index) {
                let instead =
                    format!("site {} has the same host and prefix; each may be there once", first + 1);
                section.reject("host", "is taken", instead);
            }
        });
        section.finish();
        sites.extend(site.map(Arc::new));
    }
    (sites.len() == all && all > 0).then_some(sites)
}

/// Reads one site; `claim` hears of its id even where other keys are wrong.
fn read_one(
    section: &mut Section<'_>,
    enforce: bool,
    claim: impl FnOnce(&Section<'_>, &Arc<str>),
) -> Option<Site> {
    let host = section.required("host", "jira.acme.com", site_host);
    let prefix = section.text("prefix", site_prefix);
    let product = section.required(
        "product",
        "jira-software",
        choice(&Product::ALL.map(|product| (product.as_str(), product))),
    );
    let upstream = section.required("upstream", "http://10.0.0.5:8080", upstream);
    let enforce = section.switch("enforce", true) && enforce;
    let identity_headers = section.switch("identity_headers", true);
    let assertion = section.switch("assertion", false);
    let profile = profiles::read(section, product);

    let prefix_is_known = prefix.is_some() || !section.has("prefix");
    let prefix = prefix.unwrap_or_default();
    let host = host?;
    let id: Arc<str> = format!("{host}{prefix}").into();
    if prefix_is_known {
        claim(section, &id);
    }
    Some(Site {
        id,
        host,
        prefix,
        product: product?,
        upstream: upstream?,
        enforce,
        identity_headers,
        assertion,
        profile: profile?,
    })
}

fn site_host(text: &str) -> Result<DomainName, Refusal> {
    let expected = "expected the name that browsers ask for, such as `jira.acme.com`";
    let refuse = |reason: &str| Err(Refusal::new(reason, expected));
    if text.contains("://") {
        return refuse("has a scheme");
    }
    if text.contains('/') {
        return refuse("has a path, which belongs into `prefix`");
    }
    if text.parse::<std::net::IpAddr>().is_ok() || text.starts_with('[') {
        return refuse("is an IP address");
    }
    if text.contains(':') {
        return refuse("has a port; a site answers on every port");
    }
    let host = DomainName::parse_host(text).map_err(|error| Refusal::new(error.to_string(), expected))?;
    if ends_in_digits(&host) { refuse("is an IP address") } else { Ok(host) }
}

fn site_prefix(text: &str) -> Result<String, Refusal> {
    let expected =
        "expected a path without a slash at its end, such as `/wiki`, or no such key for the whole host";
    let path = plain_path(text)?;
    if path.ends_with('/') {
        return Err(Refusal::new("ends with a slash", expected));
    }
    Ok(path)
}

/// `http://host:port`, and nothing else in it: the path of a request goes on as it came.
fn upstream(text: &str) -> Result<Authority, Refusal> {
    let refuse =
        |reason: &str| Refusal::new(reason, "expected `http://host:port`, such as `http://10.0.0.5:8080`");
    if text.starts_with("https://") {
        let instead = "write `http://host:port` of the product's plain connector, on this machine or a protected network";
        return Err(Refusal::new(
            "asks for TLS to the upstream, which this version does not support",
            instead,
        ));
    }
    let rest = text.strip_prefix("http://").ok_or_else(|| refuse("is not an http URL"))?;
    if rest.contains('@') {
        return Err(refuse("carries a user name or password"));
    }
    if rest.contains(['/', '?', '#']) {
        return Err(refuse("has something after the port"));
    }
    let invalid = || refuse("has no valid host and port");
    let authority = if rest.starts_with('[') {
        let with_port = if rest.ends_with(']') { format!("{rest}:80") } else { rest.to_owned() };
        let address: SocketAddrV6 = with_port.parse().map_err(|_| invalid())?;
        if address.port() == 0 || address.scope_id() != 0 {
            return Err(invalid());
        }
        address.to_string()
    } else {
        let parsed = host::Authority::parse(rest).map_err(|_| invalid())?;
        let host = parsed.host;
        let port = parsed.port.unwrap_or(80);
        if port == 0 || (ends_in_digits(&host) && host.as_str().parse::<Ipv4Addr>().is_err()) {
            return Err(invalid());
        }
        format!("{host}:{port}")
    };
    authority.parse().map_err(|_| invalid())
}

/// A name whose last label is a number is read as an IPv4 address by some (WHATWG URL, "ends in a number").
fn ends_in_digits(host: &DomainName) -> bool {
    let last = host.as_str().rsplit('.').next().unwrap_or_default();
    last.bytes().all(|byte| byte.is_ascii_digit())
}
