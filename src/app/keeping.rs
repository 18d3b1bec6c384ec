//! The audit log and what was decided, each kept for as long as the settings say: looked at once an hour, beside the traffic.

use std::time::Duration;

use tokio::sync::watch;

use super::stopping;
use crate::clock::Clock;
use crate::config::audit::Audit;
use crate::config::decisions::Decisions;
use crate::store::Store;

/// How often it is seen whether there is anything to remove: the look costs a few rows.
const ROUND: Duration = Duration::from_secs(3600);

/// Removes what is older, until `stop` turns true.
pub(super) async fn keep_in_time(
    store: Store,
    clock: Clock,
    audit: Audit,
    decisions: Decisions,
    stop: watch::Receiver<bool>,
) {
    let rounds = async {
        loop {
            match store.prune_audit(audit.keep_for, clock.now()).await {
                Ok(0) => {}
                Ok(removed) => {
                    tracing::info!(removed, "events whose time was over were removed from the audit log")
                }
                Err(error) => {
                    tracing::warn!(%error, "old events could not be removed; that is tried again in an hour");
                }
            }
            if let Err(error) = store.prune_decisions(decisions.keep_for, decisions.most, clock.now()).await {
                tracing::warn!(%error, "old decisions could not be removed; that is tried again in an hour");
            }
            tokio::time::sleep(ROUND).await;
        }
    };
    tokio::select! {
        () = rounds => {}
        () = stopping(stop) => {}
    }
}
