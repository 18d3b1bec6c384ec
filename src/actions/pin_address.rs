//! Pin an address: keep which address a product user was first seen with.
//!
//! It runs beside the traffic, never in its way: memory knows the pin already, and managed people need no store.

use serde_json::json;
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::store::{AuditAction, AuditEvent, PinRow, Store, StoreError};

/// How many pins are written in one transaction.
const BATCH: usize = 500;

/// Writes pins as they arise, until the directory is gone. What the store refuses is tried again when the next pin comes.
pub async fn keep_pins(store: Store, clock: Clock, mut new_pins: mpsc::Receiver<PinRow>) {
    let mut waiting = Vec::new();
    while new_pins.recv_many(&mut waiting, BATCH).await > 0 {
        match write(&store, &clock, &waiting).await {
            Ok(()) => waiting.clear(),
            Err(error) => {
                tracing::error!(%error, waiting = waiting.len(), "new addresses could not be pinned in the store yet")
            }
        }
    }
}

async fn write(store: &Store, clock: &Clock, pins: &[PinRow]) -> Result<(), StoreError> {
    let now = clock.now();
    let mut change = store.write().await?;
    let mut events = Vec::new();
    for pin in pins {
        if change.pin(pin, now).await? {
            let address = pin.email.as_ref().map_or("", |email| email.as_str());
            let event = AuditEvent::new("postern", AuditAction::AccountPinned, address);
            events.push(
                event.with(json!({ "site": pin.site, "user_key": pin.user_key, "username": pin.username })),
            );
        }
    }
    if events.is_empty() { Ok(()) } else { change.commit_many(&events, now).await }
}
