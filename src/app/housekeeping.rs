//! What is let go of and counted while the gateway runs, beside the traffic.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::stopping;
use crate::clock::Clock;
use crate::directory::Directory;
use crate::proxy::Gateway;
use crate::store::Store;
use crate::telemetry::metrics::Metrics;

/// How often what is remembered beyond its time is let go, and the outbox is counted.
const HOUSEKEEPING: Duration = Duration::from_secs(10);
/// Every so many rounds of housekeeping old rows are removed: once an hour.
const PRUNE_EVERY: u32 = 360;

/// Every so many rounds the forms whose time is over are removed, and sessions that nobody came with: every five minutes.
const SWEEP_EVERY: u32 = 30;

/// Lets go of what is old, and counts what waits, until `stop` turns true.
pub(super) async fn keep_house(
    store: Store,
    clock: Clock,
    metrics: Arc<Metrics>,
    directory: Arc<Directory>,
    gateway: Arc<Gateway>,
    stop: watch::Receiver<bool>,
) {
    let mut stop = std::pin::pin!(stopping(stop));
    for round in 0_u32.. {
        count_contradictions(&metrics, &directory);
        gateway.sweep();
        // A failing store is reported by those who need it; here the next round tries again.
        if let Ok(depth) = store.outbox_depth().await {
            metrics.outbox_mails.set(i64::try_from(depth).unwrap_or(i64::MAX));
        }
        if round % PRUNE_EVERY == 0 {
            directory.sweep(clock.now());
            if let Err(error) = store.prune(clock.now()).await {
                tracing::warn!(%error, "old rows could not be removed; that is tried again in an hour");
            }
        }
        if round % SWEEP_EVERY == 0 {
            directory.sessions().sweep();
            if let Err(error) = store.prune_held_forms(clock.now()).await {
                tracing::warn!(%error, "old forms could not be removed; that is tried again in five minutes");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(HOUSEKEEPING) => {}
            () = &mut stop => return,
        }
    }
}

/// Counts the people about whom the products and the directory disagree.
pub(super) fn count_contradictions(metrics: &Metrics, directory: &Directory) {
    metrics.directory_contradictions.set(i64::try_from(directory.contradictions()).unwrap_or(i64::MAX));
}
