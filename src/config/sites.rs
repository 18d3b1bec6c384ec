//! `[[site]]`: one product server behind the gateway each.
//!
//! A host and a prefix have one spelling each here, so that routing compares and never interprets. Where a site's requests
//! go is read by `upstream.rs`.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::domain_name::DomainName;
use crate::domain::mode::Mode;
use crate::domain::organization::Organization;

use super::Surroundings;
use super::api;
use super::mobile;
use super::organizations;
use super::profile::Product;
use super::profiles;
use super::section::Section;
use super::session::{AnswerForm, SessionSource};
use super::sessions;
use super::settings::{ExternalAccess, PortalCustomers, Scheme, Site};
use super::upstream::{self, ends_in_digits};
use super::values::{Refusal, bytes, choice, network, plain_path};
use super::verification;

/// The largest request body of a site that says nothing: what an attachment may have, with room for its envelope.
const MAX_BODY_BYTES: u64 = 250 * 1024 * 1024;

/// Reads all sites. None of them carries out more than `most`.
pub(super) fn read(
    root: &mut Section<'_>,
    around: &Surroundings<'_>,
    organizations: &[Arc<Organization>],
    most: Mode,
    scheme: Scheme,
) -> Option<Vec<Arc<Site>>> {
    let mut ids: HashMap<Arc<str>, usize> = HashMap::new();
    let mut owners: HashMap<DomainName, Arc<Organization>> = HashMap::new();
    let mut sites = Vec::new();
    let sections = root.sections("site", "`host`, `product` and `upstream`");
    let all = sections.len();
    for (index, mut section) in sections.into_iter().enumerate() {
        let owner = organizations::of_site(&mut section, organizations);
        let site = read_one(&mut section, around, owner, most, scheme, |section, id| {
            if let Some(first) = ids.insert(Arc::clone(id), index) {
                let instead =
                    format!("site {} has the same host and prefix; each may be there once", first + 1);
                section.reject("host", "is taken", instead);
            }
        });
        if let Some(site) = &site {
            // A browser sends one host's cookies to all of its sites, and our own pages there are one organization's.
            let owner = owners.entry(site.host.clone()).or_insert_with(|| Arc::clone(&site.organization));
            if owner.id != site.organization.id {
                section.reject(
                    "organization",
                    "is another one's",
                    format!("{} belongs to `{}`", site.host, owner.id),
                );
            }
        }
        section.finish();
        sites.extend(site.map(Arc::new));
    }
    (sites.len() == all && all > 0).then_some(sites)
}

/// Reads one site; `claim` hears of its id even where other keys are wrong.
fn read_one(
    section: &mut Section<'_>,
    around: &Surroundings<'_>,
    organization: Option<Arc<Organization>>,
    most: Mode,
    scheme: Scheme,
    claim: impl FnOnce(&Section<'_>, &Arc<str>),
) -> Option<Site> {
    let host = section.required("host", "jira.acme.com", site_host);
    let prefix = section.text("prefix", site_prefix);
    let product = section.required(
        "product",
        "jira-software",
        choice(&Product::ALL.map(|product| (product.as_str(), product))),
    );
    let upstream = upstream::read(section, around);
    let max_body_bytes = section.text("max_body", bytes("1KiB", "10GiB")).unwrap_or(MAX_BODY_BYTES);
    // Nobody is judged more strictly than the switch for everything says.
    let mode = verification::mode(section).min(most);
    let identity_headers = section.switch("identity_headers", true);
    let assertion = section.switch("assertion", false);
    let hardening = section.switch("hardening", true);
    let trusted_sources = section.texts("trusted_sources", network).unwrap_or_default();
    let portal_customers = read_portal_customers(section);
    let access = [("any", ExternalAccess::Any), ("invited", ExternalAccess::Invited)];
    let external_access = section.text("external_access", choice(&access)).unwrap_or(ExternalAccess::Any);
    let sessions = sessions::read(section, product, around);
    check_portal_customers(section, portal_customers, sessions.as_deref().unwrap_or_default());
    let profile = profiles::read(section, product, sessions.as_deref().unwrap_or_default());
    let (api, mobile) = (api::read(section, sessions.as_deref()), mobile::read(section));
    if external_access == ExternalAccess::Invited && !api.introspect {
        let instead = "add `api_identity = \"introspect\"`, so that the product is asked whose token it is";
        section.reject(
            "external_access",
            "lets in by who somebody is, and nobody asks that of API tokens",
            instead,
        );
    }

    let prefix_is_known = prefix.is_some() || !section.has("prefix");
    let prefix = prefix.unwrap_or_default();
    let host = host?;
    let id: Arc<str> = format!("{host}{prefix}").into();
    // Browsers call themselves trustworthy under this name, whatever the scheme (W3C Secure Contexts, section 3.1).
    let is_local = host.as_str() == "localhost" || host.as_str().ends_with(".localhost");
    if prefix_is_known {
        claim(section, &id);
    }
    Some(Site {
        id,
        organization: organization?,
        host,
        prefix,
        product: product?,
        upstream: upstream?,
        max_body_bytes,
        mode,
        identity_headers,
        assertion,
        hardening,
        trusted_sources,
        external_access,
        portal_customers,
        profile: profile?,
        sessions: sessions?,
        takes_passkeys: is_local || scheme == Scheme::Https,
        api,
        mobile,
    })
}

fn read_portal_customers(section: &mut Section<'_>) -> PortalCustomers {
    let words = [("challenge", PortalCustomers::Challenge), ("exempt", PortalCustomers::Exempt)];
    section.text("portal_customers", choice(&words)).unwrap_or(PortalCustomers::Challenge)
}

/// An exemption that can never apply is a mistake that nobody would notice.
fn check_portal_customers(section: &Section<'_>, customers: PortalCustomers, sources: &[SessionSource]) {
    let tells = |source: &SessionSource| match source {
        SessionSource::Introspect(introspect) => {
            matches!(&introspect.form, AnswerForm::Json(pointers) if pointers.customer.is_some())
        }
        SessionSource::Crowd(_) | SessionSource::Jwt(_) => false,
    };
    if customers == PortalCustomers::Exempt && !sources.is_empty() && !sources.iter().any(tells) {
        section.reject(
            "portal_customers",
            "needs a product that says who is one",
            "add `customer_pointer` and `customer_value` to [site.introspect]",
        );
    }
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
