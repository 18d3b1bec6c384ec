//! The deeds about domains, put together from the settings; and their re-check, which runs beside the traffic.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::watch;

use super::letterhead::letterhead;
use super::stopping;
use crate::actions::domains::{Domains, Rules};
use crate::clock::Clock;
use crate::config::settings::Settings;
use crate::dns::Resolver;
use crate::entropy::Entropy;
use crate::keys::Keys;
use crate::store::Store;
use crate::website::Website;

/// How often it is seen whether a domain is to be checked: a look into an index of the few that were proved.
const ROUND: Duration = Duration::from_secs(1);
/// How long after what was found could not be kept: another look asks the servers of others again.
const AFTER_FAILURE: Duration = Duration::from_secs(60);

/// The deeds about domains, as the settings have it.
pub fn domains(
    settings: &Settings,
    store: Store,
    keys: Arc<Keys>,
    clock: Clock,
    entropy: Entropy,
) -> Domains {
    let resolver = Resolver::new(&settings.dns);
    let website = Website::new(&settings.domains, resolver.clone());
    let rules = Rules {
        prefix: settings.domains.prefix.clone(),
        special_use: settings.domains.special_use,
        recheck_every: settings.domains.recheck_every,
        grace_period: settings.domains.grace_period,
    };
    Domains { store, keys, clock, entropy, resolver, website, rules, letterhead: letterhead(settings) }
}

/// The same with other settings, as a reload has them.
pub(super) fn again(old: &Domains, settings: &Settings) -> Domains {
    let Domains { store, keys, clock, entropy, .. } = old;
    domains(settings, store.clone(), Arc::clone(keys), clock.clone(), entropy.clone())
}

/// Checks domains again when their time has come, until `stop` turns true; whatever is under way then is given up.
pub(super) async fn keep_domains(domains: Arc<ArcSwap<Domains>>, stop: watch::Receiver<bool>) {
    let rounds = async {
        loop {
            let pause = if domains.load_full().recheck().await { ROUND } else { AFTER_FAILURE };
            tokio::time::sleep(pause).await;
        }
    };
    tokio::select! {
        () = rounds => {}
        () = stopping(stop) => {}
    }
}
