//! The deeds about policies, put together from the settings; and the tasks, which are worked on beside the traffic.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::{Notify, watch};

use super::stopping;
use crate::actions::policies::{ExportSite, Policies};
use crate::actions::task_end::Letterhead;
use crate::actions::tasks::Tasks;
use crate::clock::Clock;
use crate::config::settings::Settings;
use crate::entropy::Entropy;
use crate::store::Store;

/// How often it is seen whether another gateway left a task: a look into an index of those that are not over.
const ROUND: Duration = Duration::from_secs(5);
/// How long after a task could not be done.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// The deeds about policies, as the settings have it.
pub fn policies(settings: &Settings, store: Store, clock: Clock, entropy: Entropy) -> Policies {
    let sites = ArcSwap::from_pointee(export_sites(settings));
    let letterhead = ArcSwap::from_pointee(letterhead(settings));
    Policies { store, clock, entropy, bell: Arc::new(Notify::new()), sites, letterhead }
}

/// Takes what a reload may change.
pub(super) fn reload(policies: &Policies, settings: &Settings) {
    policies.sites.store(Arc::new(export_sites(settings)));
    policies.letterhead.store(Arc::new(letterhead(settings)));
}

fn letterhead(settings: &Settings) -> Letterhead {
    let base = settings.admin.urls.first().map(|url| url.base.clone()).unwrap_or_default();
    Letterhead { organizations: settings.organizations.clone(), base }
}

/// The sites as exports show them.
fn export_sites(settings: &Settings) -> Vec<ExportSite> {
    let site = |site: &Arc<crate::config::settings::Site>| ExportSite {
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
