//! The API, put together from the settings.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::accounts::accounts;
use crate::actions::accounts::Accounts;
use crate::actions::api_keys::ApiKeys;
use crate::actions::claims::Claims;
use crate::actions::domains::Domains;
use crate::actions::exports::Exports;
use crate::actions::external_policies::ExternalPolicies;
use crate::actions::groups::Groups;
use crate::actions::policies::Policies;
use crate::actions::scim::Scim;
use crate::admin::api::{Api, Places, Served};
use crate::clock::Clock;
use crate::config::settings::Settings;
use crate::directory::Directory;
use crate::entropy::Entropy;
use crate::keys::Keys;
use crate::store::Store;

/// The deeds that others of the process do too.
pub(super) struct Deeds {
    pub(super) domains: Arc<ArcSwap<Domains>>,
    pub(super) accounts: Arc<ArcSwap<Accounts>>,
    pub(super) claims: Arc<Claims>,
    pub(super) policies: Arc<Policies>,
    pub(super) exports: Arc<Exports>,
}

/// What the API works with.
pub(super) fn api(
    settings: &Settings,
    store: &Store,
    keys: &Keys,
    clock: &Clock,
    entropy: &Entropy,
    directory: &Arc<Directory>,
    deeds: Deeds,
) -> Api {
    let Deeds { domains, accounts, claims, policies, exports } = deeds;
    Api {
        settings: settings.admin.clone(),
        served: ArcSwap::from_pointee(served(settings)),
        store: store.clone(),
        keys: ApiKeys { store: store.clone(), clock: clock.clone(), entropy: entropy.clone() },
        scim: Scim { accounts: Arc::clone(&accounts), entropy: entropy.clone() },
        scim_places: Places::default(),
        domains,
        accounts,
        claims,
        policies,
        exports,
        groups: ArcSwap::from_pointee(groups(settings, store, clock, entropy)),
        external_policies: ExternalPolicies {
            store: store.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
        },
        directory: Arc::clone(directory),
        cursor_key: *keys.cursors(),
        entropy: entropy.clone(),
    }
}

/// The deeds about groups, which a reload may change.
pub(super) fn groups(settings: &Settings, store: &Store, clock: &Clock, entropy: &Entropy) -> Groups {
    let sites = accounts(settings, store.clone(), clock.clone(), entropy.clone()).sites;
    Groups { store: store.clone(), clock: clock.clone(), entropy: entropy.clone(), sites }
}

/// Whom it serves, which a reload may change.
pub(super) fn served(settings: &Settings) -> Served {
    Served {
        organizations: settings.organizations.clone(),
        sites: settings.sites.clone(),
        with_home: settings
            .offices
            .iter()
            .filter_map(|office| settings.home(office))
            .map(|(organization, _)| organization.id.clone())
            .collect(),
        trusted_proxies: settings.listen.trusted_proxies.clone(),
    }
}
