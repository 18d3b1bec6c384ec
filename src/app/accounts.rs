//! The deeds about accounts, put together from the settings; and what becomes due of them, which runs beside the traffic.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::watch;

use super::letterhead::letterhead;
use super::stopping;
use crate::actions::accounts::Accounts;
use crate::clock::Clock;
use crate::config::settings::Settings;
use crate::domain::organization::OrganizationId;
use crate::entropy::Entropy;
use crate::store::Store;

/// How often it is seen whether the grace period of a deleted account is over, whether somebody is to be told of an end, and
/// whether an import was left unfinished.
const ROUND: Duration = Duration::from_secs(60);
/// After how long an import that was never decided is forgotten: its process is gone.
const LONGEST_IMPORT: Duration = Duration::from_secs(86_400);

/// The deeds about accounts, as the settings have it.
pub fn accounts(settings: &Settings, store: Store, clock: Clock, entropy: Entropy) -> Accounts {
    let mut sites: HashMap<OrganizationId, Vec<Arc<str>>> = HashMap::new();
    for site in &settings.sites {
        sites.entry(site.organization.id.clone()).or_default().push(Arc::clone(&site.id));
    }
    Accounts { store, clock, entropy, sites, letterhead: letterhead(settings) }
}

/// Closes accounts when their time has come, tells of the ends of others, and finishes imports whose process is gone, until
/// `stop` turns true.
pub(super) async fn keep_accounts(accounts: Arc<ArcSwap<Accounts>>, stop: watch::Receiver<bool>) {
    let rounds = async {
        loop {
            let deeds = accounts.load_full();
            if let Err(error) = deeds.close_due().await {
                tracing::error!(%error, "deleted accounts could not be closed; that is tried again in a minute");
            }
            if let Err(error) = deeds.remind_due().await {
                tracing::error!(%error, "the ends of external people could not be told of; that is tried again in a minute");
            }
            if let Err(error) = tidy_imports(&deeds).await {
                tracing::warn!(%error, "an import that was left behind could not be tidied up; that is tried again in a minute");
            }
            tokio::time::sleep(ROUND).await;
        }
    };
    tokio::select! {
        () = rounds => {}
        () = stopping(stop) => {}
    }
}

async fn tidy_imports(accounts: &Accounts) -> Result<(), crate::store::StoreError> {
    accounts.store.finish_imports().await?;
    let before = accounts.clock.now().saturating_sub(LONGEST_IMPORT).unwrap_or(jiff::Timestamp::MIN);
    accounts.store.abandon_imports(before).await
}
