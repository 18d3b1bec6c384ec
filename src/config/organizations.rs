//! `[organization]`, or `[[organization]]` once for each where the gateway serves several.

use std::sync::Arc;

use crate::domain::organization::{Organization, OrganizationId};

use super::section::Section;
use super::values::Refusal;

/// Reads all organizations, at least one. The only one needs no id; several are told apart by theirs.
pub(super) fn read(root: &mut Section<'_>) -> Option<Vec<Arc<Organization>>> {
    if !root.is_list("organization") {
        let mut section = root.required_section("organization", "`name`")?;
        let organization = read_one(&mut section, false);
        section.finish();
        return Some(vec![Arc::new(organization?)]);
    }
    let mut organizations: Vec<Arc<Organization>> = Vec::new();
    let sections = root.sections("organization", "`id` and `name`");
    let (all, several) = (sections.len(), sections.len() > 1);
    for mut section in sections {
        match read_one(&mut section, several) {
            Some(organization) if organizations.iter().any(|known| known.id == organization.id) => {
                section.reject("id", "is taken", "expected another id for each organization");
            }
            organization => organizations.extend(organization.map(Arc::new)),
        }
        section.finish();
    }
    (organizations.len() == all && all > 0).then_some(organizations)
}

fn read_one(section: &mut Section<'_>, is_one_of_several: bool) -> Option<Organization> {
    let id = match is_one_of_several || section.has("id") {
        true => section.required("id", "acme", id),
        false => section.text("id", id).or_else(|| Some(OrganizationId::only())),
    };
    let name = section.required("name", "Acme", name);
    Some(Organization { id: id?, name: name? })
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

fn name(text: &str) -> Result<Arc<str>, Refusal> {
    let text = text.trim();
    let length = text.chars().count();
    if !(1..=100).contains(&length) || text.chars().any(char::is_control) {
        return Err(Refusal::new("is not a name", "expected 1 to 100 characters on one line"));
    }
    Ok(Arc::from(text))
}
