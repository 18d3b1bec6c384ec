//! The audit log kept for as long as the settings say: looked at once an hour, beside the traffic.

use std::time::Duration;

use tokio::sync::watch;

use super::stopping;
use crate::clock::Clock;
use crate::store::Store;

/// How often it is seen whether there is anything to remove: the look costs one row.
const ROUND: Duration = Duration::from_secs(3600);

/// Removes events older than this, until `stop` turns true.
pub(super) async fn keep_audit(store: Store, clock: Clock, keep_for: Duration, stop: watch::Receiver<bool>) {
    let rounds = async {
        loop {
            match store.prune_audit(keep_for, clock.now()).await {
                Ok(0) => {}
                Ok(removed) => {
                    tracing::info!(removed, "events whose time was over were removed from the audit log")
                }
                Err(error) => {
                    tracing::warn!(%error, "old events could not be removed; that is tried again in an hour");
                }
            }
            tokio::time::sleep(ROUND).await;
        }
    };
    tokio::select! {
        () = rounds => {}
        () = stopping(stop) => {}
    }
}
