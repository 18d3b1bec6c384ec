//! Keep what the gate found out: the address a product user was first seen with, which is an account from then on, who
//! contradicts the directory, on which day accounts were used, who signed in, and who was refused.
//!
//! It runs beside the traffic, never in its way: memory knows it already, and managed people need no store.

use jiff::Timestamp;
use serde_json::json;
use tokio::sync::mpsc;

use super::sighted::keep_account;
use crate::clock::Clock;
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;
use crate::store::{
    AuditAction, AuditEvent, Change, ContradictionRow, Finding, Found, PinRow, SessionRow, Store, StoreError,
    UserKey,
};

/// How many findings are written in one transaction.
const BATCH: usize = 500;

/// Writes findings as they arise, until the directory is gone. What the store refuses is tried again when the next comes.
pub async fn keep_findings(store: Store, clock: Clock, mut findings: mpsc::Receiver<Finding>) {
    let mut waiting = Vec::new();
    while findings.recv_many(&mut waiting, BATCH).await > 0 {
        match write(&store, &clock, &waiting).await {
            Ok(()) => waiting.clear(),
            Err(error) => {
                tracing::error!(%error, waiting = waiting.len(), "what was found out about people could not be kept in the store yet")
            }
        }
    }
}

async fn write(store: &Store, clock: &Clock, findings: &[Finding]) -> Result<(), StoreError> {
    let active: Vec<_> = findings.iter().filter_map(active).collect();
    write_sessions(store, findings).await?;
    if active.len() < findings.len() {
        write_events(store, clock.now(), findings).await?;
    }
    // Last, as the account may be one that was just added.
    if active.is_empty() { Ok(()) } else { store.note_active(&active).await }
}

/// One sign-out after the other, so that what was kept before one is forgotten by it and what came after is not.
async fn write_sessions(store: &Store, findings: &[Finding]) -> Result<(), StoreError> {
    let mut kept: Vec<&SessionRow> = Vec::new();
    for Finding { found, .. } in findings {
        match found {
            Found::Session(row) => kept.push(row),
            Found::SignedOut(credentials) => {
                if !kept.is_empty() {
                    store.keep_sessions(&std::mem::take(&mut kept)).await?;
                }
                store.forget_sessions(credentials).await?;
            }
            _ => {}
        }
    }
    if kept.is_empty() { Ok(()) } else { store.keep_sessions(&kept).await }
}

async fn write_events(store: &Store, now: Timestamp, findings: &[Finding]) -> Result<(), StoreError> {
    let mut change = store.write().await?;
    let mut events = Vec::new();
    for Finding { organization, found } in findings {
        let event = match found {
            Found::Pinned { pin, vouched } => {
                let is_new = change.pin(pin, now).await?;
                if let Some(email) = pin.email.as_ref().filter(|_| is_new) {
                    // Who comes second with an address vouches for nobody.
                    let verified = *vouched && !pin.disputed;
                    events.extend(keep_account(&mut change, organization, email, verified, now).await?);
                }
                is_new.then(|| pinned(pin))
            }
            Found::Contradicted(row) => {
                change.note_contradiction(row).await?;
                Some(contradicted(row))
            }
            Found::Agreed(person) => end_contradiction(&mut change, person).await?,
            Found::Happened(event) => Some(AuditEvent::clone(event)),
            Found::Active { .. } | Found::Session(_) | Found::SignedOut(_) => None,
        };
        events.extend(event.map(|event| event.of(organization)));
    }
    if events.is_empty() { Ok(()) } else { change.commit_many(&events, now).await }
}

fn active(finding: &Finding) -> Option<(&OrganizationId, &EmailAddress, Timestamp)> {
    match &finding.found {
        Found::Active { email, at } => Some((&finding.organization, email, *at)),
        _ => None,
    }
}

async fn end_contradiction(change: &mut Change, person: &UserKey) -> Result<Option<AuditEvent>, StoreError> {
    let Some(row) = change.end_contradiction(person).await? else { return Ok(None) };
    let address = row.email.as_ref().map_or("", |email| email.as_str());
    let event = AuditEvent::new("postern", AuditAction::AccountAgreed, address);
    Ok(Some(event.with(json!({ "site": row.site, "user_key": row.user_key }))))
}

fn pinned(pin: &PinRow) -> AuditEvent {
    let address = pin.email.as_ref().map_or("", |email| email.as_str());
    let event = AuditEvent::new("postern", AuditAction::AccountPinned, address);
    event.with(json!({ "site": pin.site, "user_key": pin.user_key, "username": pin.username }))
}

fn contradicted(row: &ContradictionRow) -> AuditEvent {
    let address = row.email.as_ref().map_or("", |email| email.as_str());
    AuditEvent::new("postern", AuditAction::AccountContradicted, address).with(json!({
        "site": row.site, "user_key": row.user_key, "username": row.username, "kind": row.kind.label(),
        "reported": row.reported.as_ref().map(|email| email.as_str()),
    }))
}
