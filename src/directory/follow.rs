//! Following the change log, so that an import, a sign-out or an app's sign-in elsewhere acts here without a restart.

use std::sync::Arc;
use std::time::Duration;

use crate::store::{ChangeEntry, ChangeKind, Store, StoreError};

use super::Directory;

/// How often the log is read: the bound on how long a change takes to act.
const POLL: Duration = Duration::from_millis(250);

/// How many entries are read at once.
const BATCH: u32 = 1000;

/// Reads the log until told to stop. A store that fails is asked again; what it holds is read later, never skipped.
pub async fn follow(
    directory: Arc<Directory>,
    store: Store,
    mut last_change: i64,
    reloaded: impl Fn(&Directory),
    mut stop: tokio::sync::watch::Receiver<bool>,
) {
    let mut failing = false;
    loop {
        match catch_up(&directory, &store, last_change, &reloaded).await {
            Ok(seq) => (last_change, failing) = (seq, false),
            Err(error) if !failing => {
                failing = true;
                tracing::error!(%error, "the change log cannot be read; the tables stay as they are until it can");
            }
            Err(_) => {}
        }
        tokio::select! {
            () = tokio::time::sleep(POLL) => {}
            _ = stop.wait_for(|&stop| stop) => return,
        }
    }
}

async fn catch_up(
    directory: &Directory,
    store: &Store,
    mut last_change: i64,
    reloaded: &impl Fn(&Directory),
) -> Result<i64, StoreError> {
    loop {
        let entries = store.changes_after(last_change, BATCH).await?;
        let Some(newest) = entries.last() else { return Ok(last_change) };
        let newest = newest.seq;
        let has = |kind| entries.iter().any(|entry| entry.kind == kind);
        if has(ChangeKind::Directory) {
            directory.reload(store).await?;
            reloaded(directory);
        } else {
            if has(ChangeKind::Domains) {
                directory.reload_domains(store).await?;
                reloaded(directory);
            }
            if has(ChangeKind::ExternalPolicies) {
                directory.reload_policies(store).await?;
            }
        }
        for entry in &entries {
            match entry.kind {
                ChangeKind::Revocation => revoke(directory, entry),
                ChangeKind::Enrolment => hear_enrolment(directory, entry),
                ChangeKind::AcceptedAddress => accept(directory, entry),
                ChangeKind::Reset => reset(directory, entry),
                // Loaded above, and known to memory before the store.
                ChangeKind::Directory
                | ChangeKind::Domains
                | ChangeKind::ExternalPolicies
                | ChangeKind::Invitations
                | ChangeKind::Pin => {}
            }
        }
        last_change = newest;
    }
}

fn accept(directory: &Directory, entry: &ChangeEntry) {
    match entry.pin() {
        Some(pin) => directory.accept(&pin),
        None => tracing::error!(seq = entry.seq, "an address in the change log is damaged and was skipped"),
    }
}

fn revoke(directory: &Directory, entry: &ChangeEntry) {
    match entry.revocation() {
        Some(revocation) => directory.revoke(revocation.subject, revocation.device, revocation.at),
        None => tracing::error!(seq = entry.seq, "a sign-out in the change log is damaged and was skipped"),
    }
}

fn reset(directory: &Directory, entry: &ChangeEntry) {
    match entry.resets() {
        Some(rows) => rows.iter().for_each(|row| directory.reset(row)),
        None => tracing::error!(seq = entry.seq, "a reset in the change log is damaged and was skipped"),
    }
}

fn hear_enrolment(directory: &Directory, entry: &ChangeEntry) {
    match entry.enrolment() {
        Some(enrolment) => directory.hear_enrolment(&enrolment),
        None => {
            tracing::error!(seq = entry.seq, "an app's session in the change log is damaged and was skipped")
        }
    }
}
