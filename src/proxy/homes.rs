//! Which host of an organization keeps who verified, and how a site stands to it. Where an organization has one host, there is
//! nothing to keep and nobody is ever sent anywhere.

use std::collections::HashMap;

use crate::config::settings::{Settings, Site};
use crate::domain::domain_name::DomainName;
use crate::domain::organization::OrganizationId;

/// The home host of each organization that has one.
#[derive(Debug, Default)]
pub(super) struct Homes(HashMap<OrganizationId, DomainName>);

/// How a site's host stands to its organization's others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place<'a> {
    /// It asks for itself, and nobody asks it.
    Alone,
    /// It is the home host.
    Home,
    /// The home host is another one.
    Away(&'a DomainName),
}

impl Homes {
    pub(super) fn of(settings: &Settings) -> Self {
        let home = |office| {
            let (organization, host) = settings.home(office)?;
            Some((organization.id.clone(), host.clone()))
        };
        Self(settings.offices.iter().filter_map(home).collect())
    }

    pub(super) fn place(&self, site: &Site) -> Place<'_> {
        match self.0.get(&site.organization.id) {
            None => Place::Alone,
            Some(home) if *home == site.host => Place::Home,
            Some(home) => Place::Away(home),
        }
    }
}
