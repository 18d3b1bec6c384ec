//! Route: host and path prefix to a site. There is no default site; an unknown host reaches no upstream.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::config::settings::Site;
use crate::domain::domain_name::DomainName;
use crate::domain::host::Authority;
use crate::domain::organization::Organization;
use crate::telemetry::site_metrics::SiteMetrics;

/// A site and its counters.
#[derive(Clone)]
pub struct Served {
    /// The site as configured.
    pub site: Arc<Site>,
    /// Its counters, looked up once.
    pub metrics: Arc<SiteMetrics>,
}

/// All sites by host, the longest prefix first.
#[derive(Default)]
pub struct Routes(HashMap<Box<str>, Vec<Served>, RandomState>);

impl Routes {
    /// Builds the table.
    pub fn new(sites: impl Iterator<Item = Served>) -> Self {
        let mut routes = HashMap::<Box<str>, Vec<Served>, RandomState>::default();
        for served in sites {
            routes.entry(served.site.host.as_str().into()).or_default().push(served);
        }
        for sites in routes.values_mut() {
            sites.sort_by_key(|served| std::cmp::Reverse(served.site.prefix.len()));
        }
        Self(routes)
    }

    /// Whether any site has this host, in its one spelling and without a port.
    pub fn has_host(&self, host: &str) -> bool {
        self.0.contains_key(host)
    }

    /// The organization that a host belongs to; the host as [`has_host`](Self::has_host) knows it, and perhaps a port.
    pub fn organization_of(&self, host: &str) -> Option<&Organization> {
        let served = self.0.get(strip_port(host))?.first()?;
        Some(&served.site.organization)
    }

    /// The site of this id.
    pub fn site(&self, id: &str) -> Option<&Served> {
        self.0.values().flatten().find(|served| *served.site.id == *id)
    }

    /// The site that serves our own pages at a host, by its configured name.
    pub fn own(&self, host: &DomainName) -> Option<&Served> {
        self.0.get(host.as_str())?.first()
    }

    /// The site of a host as the client spelled it and a path.
    pub fn find(&self, host: &str, path: &str) -> Result<&Served, RouteError> {
        let sites = match self.0.get(strip_port(host)) {
            Some(sites) => sites,
            None => {
                let authority = Authority::parse(host).map_err(|_| RouteError::Malformed)?;
                self.0.get(authority.host.as_str()).ok_or(RouteError::Unknown)?
            }
        };
        sites.iter().find(|served| is_below(path, &served.site.prefix)).ok_or(RouteError::Unknown)
    }
}

/// Why there is no site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RouteError {
    /// The host is none.
    Malformed,
    /// Nothing is served under this name and path.
    Unknown,
}

/// The everyday spelling without an allocation; anything else takes the strict way.
fn strip_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        // Only what `Authority` takes for a port: two readings of one host must not differ.
        Some((name, port))
            if port.len() <= 5
                && port.bytes().all(|byte| byte.is_ascii_digit())
                && port.parse::<u16>().is_ok() =>
        {
            name
        }
        _ => host,
    }
}

/// Our own pages belong to the host, so any of its sites serves them.
fn is_below(path: &str, prefix: &str) -> bool {
    match path.strip_prefix(prefix) {
        Some(rest) => prefix.is_empty() || rest.is_empty() || rest.starts_with('/'),
        None => path.starts_with("/.postern/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_to_a_host_takes_no_other_port_than_the_strict_one() {
        for host in ["wiki.test", "wiki.test:1", "wiki.test:65535", "wiki.test:00443"] {
            assert_eq!(strip_port(host), "wiki.test");
            assert!(Authority::parse(host).is_ok(), "{host}");
        }
        for host in ["wiki.test:65536", "wiki.test:99999", "wiki.test:", "wiki.test:+80", "wiki.test:000080"]
        {
            assert_eq!(strip_port(host), host);
            assert!(Authority::parse(host).is_err(), "{host}");
        }
    }
}
