//! The deeds about policies and files, put together from the settings; and the tasks, which are worked on beside the traffic.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::{Notify, watch};

use super::stopping;
use crate::actions::exports::{ExportSite, Exports};
use crate::actions::letterhead::SharedLetterhead;
use crate::actions::policies::Policies;
use crate::actions::tasks::Tasks;
use crate::clock::Clock;
use crate::config::session::SessionSource;
use crate::config::settings::{Settings, Site};
use crate::domain::organization::OrganizationId;
use crate::entropy::Entropy;
use crate::keys::Keys;
use crate::store::Store;

/// How often it is seen whether another gateway left a task: a look into an index of those that are not over.
const ROUND: Duration = Duration::from_secs(5);
/// How long after a task could not be done.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// The deeds about policies and about files, as the settings have it. They ring one bell.
pub fn policies_and_exports(
    settings: &Settings,
    keys: &Keys,
    store: &Store,
    clock: &Clock,
    entropy: &Entropy,
    letterhead: &SharedLetterhead,
) -> (Policies, Exports) {
    let bell: Arc<Notify> = Arc::default();
    let exports = Exports {
        store: store.clone(),
        clock: clock.clone(),
        entropy: entropy.clone(),
        bell: Arc::clone(&bell),
        sites: ArcSwap::from_pointee(export_sites(settings)),
        letterhead: Arc::clone(letterhead),
        link_key: *keys.exports(),
    };
    let policies = Policies {
        store: store.clone(),
        clock: clock.clone(),
        entropy: entropy.clone(),
        bell,
        letterhead: Arc::clone(letterhead),
        issuers: ArcSwap::from_pointee(issuers(settings)),
    };
    (policies, exports)
}

/// The issuers whose tokens are sessions, with whose site each is at.
pub(super) fn issuers(settings: &Settings) -> Vec<(OrganizationId, Arc<str>)> {
    let of_site = |site: &Arc<Site>| {
        let organization = site.organization.id.clone();
        let tokens = site.sessions.iter().filter_map(|source| match source {
            SessionSource::Jwt(rules) => Some((organization.clone(), Arc::clone(&rules.issuer))),
            SessionSource::Introspect(_) | SessionSource::Crowd(_) => None,
        });
        tokens.collect::<Vec<_>>()
    };
    settings.sites.iter().flat_map(of_site).collect()
}

/// The sites as exports show them.
pub(super) fn export_sites(settings: &Settings) -> Vec<ExportSite> {
    let site = |site: &Arc<Site>| ExportSite {
        organization: site.organization.id.clone(),
        id: Arc::clone(&site.id),
        product: site.product.as_str(),
    };
    settings.sites.iter().map(site).collect()
}

/// Works on tasks as they come, until `stop` turns true; what is under way then is begun again by the next.
pub(super) async fn keep_tasks(tasks: Tasks, stop: watch::Receiver<bool>) {
    let bell = Arc::clone(&tasks.policies.bell);
    let rounds = async {
        loop {
            let pause = if tasks.run().await { ROUND } else { AFTER_FAILURE };
            // Whoever rings while nobody listens is heard at the next round of this loop.
            let _ = tokio::time::timeout(pause, bell.notified()).await;
        }
    };
    tokio::select! {
        () = rounds => {}
        () = stopping(stop) => {}
    }
}
