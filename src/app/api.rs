//! The API, put together from the settings.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::actions::accounts::Accounts;
use crate::actions::api_keys::ApiKeys;
use crate::actions::claims::Claims;
use crate::actions::domains::Domains;
use crate::actions::policies::Policies;
use crate::actions::scim::Scim;
use crate::admin::api::{Api, Served};
use crate::clock::Clock;
use crate::config::settings::Settings;
use crate::entropy::Entropy;
use crate::keys::Keys;
use crate::store::Store;

/// What the API works with.
#[expect(clippy::too_many_arguments, reason = "each is one part that the API works with")]
pub(super) fn api(
    settings: &Settings,
    store: &Store,
    keys: &Keys,
    clock: &Clock,
    entropy: &Entropy,
    domains: &Arc<ArcSwap<Domains>>,
    accounts: &Arc<ArcSwap<Accounts>>,
    claims: &Arc<Claims>,
    policies: &Arc<Policies>,
) -> Api {
    Api {
        settings: settings.admin.clone(),
        served: ArcSwap::from_pointee(served(settings)),
        store: store.clone(),
        keys: ApiKeys { store: store.clone(), clock: clock.clone(), entropy: entropy.clone() },
        domains: Arc::clone(domains),
        accounts: Arc::clone(accounts),
        claims: Arc::clone(claims),
        scim: Scim { accounts: Arc::clone(accounts), entropy: entropy.clone() },
        policies: Arc::clone(policies),
        cursor_key: *keys.cursors(),
        entropy: entropy.clone(),
    }
}

/// Whom it serves, which a reload may change.
pub(super) fn served(settings: &Settings) -> Served {
    Served {
        organizations: settings.organizations.clone(),
        trusted_proxies: settings.listen.trusted_proxies.clone(),
    }
}
