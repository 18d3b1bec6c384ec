//! `[organization]`, or `[[organization]]` once for each where the gateway serves several.

use std::sync::Arc;

use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::domain::organization::{ExportLinks, Home, Office, Organization, OrganizationId};

use super::section::Section;
use super::settings::{Settings, Site};
use super::values::{Refusal, choice, line};
use super::{Surroundings, look};

/// How many admins are written to at once.
const MOST_ADMINS: usize = 20;

/// Reads all organizations, at least one. The only one needs no id; several are told apart by theirs. `has_address` says whether
/// it is known where clients reach the API, which a mailed link begins with.
pub(super) fn read(
    root: &mut Section<'_>,
    around: &Surroundings<'_>,
    has_address: bool,
) -> Option<Vec<Office>> {
    if !root.is_list("organization") {
        let mut section = root.required_section("organization", "`name`")?;
        let organization = read_one(&mut section, around, false, has_address);
        section.finish();
        return Some(vec![organization?]);
    }
    let mut offices: Vec<Office> = Vec::new();
    let sections = root.sections("organization", "`id` and `name`");
    let (all, several) = (sections.len(), sections.len() > 1);
    for mut section in sections {
        match read_one(&mut section, around, several, has_address) {
            Some(new) if offices.iter().any(|known| known.organization.id == new.organization.id) => {
                section.reject("id", "is taken", "expected another id for each organization");
            }
            new => offices.extend(new),
        }
        section.finish();
    }
    (offices.len() == all && all > 0).then_some(offices)
}

fn read_one(
    section: &mut Section<'_>,
    around: &Surroundings<'_>,
    is_one_of_several: bool,
    has_address: bool,
) -> Option<Office> {
    let id = match is_one_of_several || section.has("id") {
        true => section.required("id", "acme", id),
        false => section.text("id", id).or_else(|| Some(OrganizationId::only())),
    };
    let name = section.required("name", "Acme", name);
    let contact = section.text("contact", contact);
    let look = look::read(section, around);
    let mut admins = section.texts("admins", admin).unwrap_or_default();
    admins.sort();
    admins.dedup();
    if admins.len() > MOST_ADMINS {
        section.reject("admins", "is too long", format!("expected up to {MOST_ADMINS} addresses"));
    }
    let links = [("sign-in", ExportLinks::SignIn), ("bearer", ExportLinks::Bearer)];
    let export_links = section.text("export_links", choice(&links)).unwrap_or_default();
    if export_links == ExportLinks::Bearer && !has_address {
        let instead = "expected `urls` in [admin] too: a mailed link begins with the first of them";
        section.reject("export_links", "leads nowhere", instead);
    }
    let home = section.text("home", home).unwrap_or_default();
    let organization = Arc::new(Organization { id: id?, name: name?, contact, look });
    Some(Office { organization, admins, export_links, home })
}

/// Refuses a home that is no host of the organization: people would be sent to a stranger, or to nobody.
pub(super) fn check_homes(root: &mut Section<'_>, offices: &[Office], sites: &[Arc<Site>]) {
    let sections = match root.is_list("organization") {
        true => root.optional_sections("organization", "`id` and `name`"),
        false => vec![root.section("organization")],
    };
    for (section, office) in sections.iter().zip(offices) {
        let Home::At(home) = &office.home else { continue };
        let owned = || hosts(sites, &office.organization);
        if !owned().any(|host| host == home) {
            let mut hosts: Vec<_> = owned().map(|host| format!("`{host}`")).collect();
            hosts.dedup();
            let instead = format!("expected one of {}, or `none`", hosts.join(", "));
            section.reject("home", "is no host of its sites", instead);
        }
    }
}

impl Settings {
    /// An organization with the host that keeps who verified; `None` where nobody needs to be told, or nobody is to be.
    pub fn home<'a>(&'a self, office: &'a Office) -> Option<(&'a Organization, &'a DomainName)> {
        let organization = &office.organization;
        let judged = || {
            let judged = self.sites.iter().filter(|site| site.judges());
            judged.filter(|site| site.organization.id == organization.id).map(|site| &site.host)
        };
        let first = judged().next()?;
        let home = match &office.home {
            Home::First => first,
            // Where nobody is judged, nobody is known.
            Home::At(host) => judged().find(|judged| *judged == host)?,
            Home::None => return None,
        };
        judged().any(|host| host != home).then_some((organization, home))
    }
}

/// The hosts of an organization, in the order of its sites.
fn hosts<'a>(sites: &'a [Arc<Site>], organization: &'a Organization) -> impl Iterator<Item = &'a DomainName> {
    sites.iter().filter(|site| site.organization.id == organization.id).map(|site| &site.host)
}

/// The organization that a site names, or the only one there is.
pub(super) fn of_site(
    section: &mut Section<'_>,
    organizations: &[Arc<Organization>],
) -> Option<Arc<Organization>> {
    match organizations {
        // What is wrong with them is told already.
        [] => {
            section.text("organization", |_| Ok(()));
            return None;
        }
        [only] if !section.has("organization") => {
            section.text("organization", id);
            return Some(Arc::clone(only));
        }
        _ => {}
    }
    section.required("organization", "acme", |text| {
        let known = organizations.iter().find(|organization| organization.id.as_str() == text);
        known.cloned().ok_or_else(|| {
            let ids: Vec<_> =
                organizations.iter().map(|organization| format!("`{}`", organization.id)).collect();
            Refusal::new("is no organization of this file", format!("expected one of {}", ids.join(", ")))
        })
    })
}

fn id(text: &str) -> Result<OrganizationId, Refusal> {
    OrganizationId::parse(text)
        .map_err(|error| Refusal::new(error.to_string(), "expected an id such as `acme`; it never changes"))
}

fn home(text: &str) -> Result<Home, Refusal> {
    if text == "none" {
        return Ok(Home::None);
    }
    let instead = "expected the host of one of its sites, such as `jira.acme.com`, or `none`";
    DomainName::parse_host(text).map(Home::At).map_err(|error| Refusal::new(error.to_string(), instead))
}

fn admin(text: &str) -> Result<EmailAddress, Refusal> {
    EmailAddress::parse(text)
        .map_err(|_| Refusal::new("is not an address", "expected one such as `ada@acme.com`"))
}

fn name(text: &str) -> Result<Arc<str>, Refusal> {
    line(text, 100).ok_or_else(|| Refusal::new("is not a name", "expected 1 to 100 characters on one line"))
}

fn contact(text: &str) -> Result<Arc<str>, Refusal> {
    let instead = "expected 1 to 200 characters on one line, such as `the service desk, +49 30 1234`";
    line(text, 200).ok_or_else(|| Refusal::new("is not a contact", instead))
}
