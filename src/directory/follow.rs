//! Following the change log, so that an import, a claim, a sign-out or an app's sign-in elsewhere acts here without a restart.
//!
//! Single accounts are read again at once. A whole table is loaded beside that, since it may take a minute: what changes
//! meanwhile acts meanwhile, and stays when the table is swapped in.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::task::AbortOnDropHandle;

use crate::store::{AccountsChanged, ChangeEntry, ChangeKind, Store, StoreError};

use super::Directory;
use super::accounts::Accounts;

/// How often the log is read: the bound on how long a change takes to act.
const POLL: Duration = Duration::from_millis(250);

/// How many entries are read at once.
const BATCH: u32 = 1000;

/// Reads the log until told to stop. A store that fails is asked again; what it holds is read later, never skipped.
pub async fn follow(
    directory: Arc<Directory>,
    store: Store,
    last_change: i64,
    reloaded: impl Fn(&Directory),
    mut stop: tokio::sync::watch::Receiver<bool>,
) {
    let mut follower = Follower { directory, store, last_change, is_outdated: false, loading: None };
    let mut failing = false;
    loop {
        match follower.catch_up(&reloaded).await {
            Ok(()) => failing = false,
            Err(error) if !failing => {
                failing = true;
                tracing::error!(%error, "the change log cannot be read; the tables stay as they are until it can");
            }
            Err(_) => {}
        }
        let loaded = tokio::select! {
            () = tokio::time::sleep(POLL) => None,
            loaded = loaded(&mut follower.loading) => Some(loaded),
            _ = stop.wait_for(|&stop| stop) => return,
        };
        if let Some(loaded) = loaded {
            follower.swap_in(loaded, &reloaded).await;
        }
    }
}

/// Tables that were loaded beside the traffic, and the newest entry of the log that they have for certain.
type Loaded = Result<(Accounts, i64), StoreError>;

struct Follower {
    directory: Arc<Directory>,
    store: Store,
    /// The newest entry that was read.
    last_change: i64,
    /// Whether the table is to be loaded again.
    is_outdated: bool,
    loading: Option<AbortOnDropHandle<Loaded>>,
}

impl Follower {
    async fn catch_up(&mut self, reloaded: &impl Fn(&Directory)) -> Result<(), StoreError> {
        loop {
            self.load_beside();
            let entries = self.store.changes_after(self.last_change, BATCH).await?;
            let Some(newest) = entries.last() else { return Ok(()) };
            let newest = newest.seq;
            let has = |kind| entries.iter().any(|entry| entry.kind == kind);
            if has(ChangeKind::Domains) {
                self.directory.reload_domains(&self.store).await?;
                reloaded(&self.directory);
            }
            if has(ChangeKind::ExternalPolicies) {
                self.directory.reload_policies(&self.store).await?;
            }
            if has(ChangeKind::AuthPolicies) {
                self.directory.reload_auth_policies(&self.store).await?;
            }
            if has(ChangeKind::Invitations) {
                self.directory.reload_groups(&self.store).await?;
            }
            // Before the accounts: who has another address is never judged by the old account and written to at the old address.
            let accepted = entries.iter().filter(|entry| entry.kind == ChangeKind::AcceptedAddress);
            accepted.for_each(|entry| accept(&self.directory, entry));
            let changed: Vec<AccountsChanged> = entries.iter().filter_map(changed_accounts).collect();
            if !changed.is_empty() {
                self.directory.read_again(&self.store, &changed, newest).await?;
                self.is_outdated |= self.directory.has_many_changes();
            }
            for entry in &entries {
                match entry.kind {
                    ChangeKind::Revocation => revoke(&self.directory, entry),
                    ChangeKind::Enrolment => hear_enrolment(&self.directory, entry),
                    ChangeKind::Reset => reset(&self.directory, entry),
                    ChangeKind::Authenticators => hear_authenticators(&self.directory, entry),
                    ChangeKind::Directory => self.is_outdated = true,
                    // Read above, and known to memory before the store.
                    ChangeKind::Accounts
                    | ChangeKind::AcceptedAddress
                    | ChangeKind::Domains
                    | ChangeKind::ExternalPolicies
                    | ChangeKind::AuthPolicies
                    | ChangeKind::Invitations
                    | ChangeKind::Pin => {}
                }
            }
            self.last_change = newest;
        }
    }

    /// One at a time: what changes while one is loaded is loaded after it.
    fn load_beside(&mut self) {
        if self.is_outdated && self.loading.is_none() {
            self.is_outdated = false;
            let (directory, store) = (Arc::clone(&self.directory), self.store.clone());
            let loading = tokio::spawn(async move { directory.load_accounts(&store).await });
            self.loading = Some(AbortOnDropHandle::new(loading));
        }
    }

    async fn swap_in(&mut self, loaded: Loaded, reloaded: &impl Fn(&Directory)) {
        self.loading = None;
        let swapped = match loaded {
            Ok((accounts, since)) => self.directory.swap_in(&self.store, accounts, since).await,
            Err(error) => Err(error),
        };
        match swapped {
            Ok(()) => reloaded(&self.directory),
            Err(error) => {
                self.is_outdated = true;
                tracing::error!(%error, "the accounts cannot be loaded again; they stay as they are until they can");
            }
        }
    }
}

/// What was loaded, once it is; never while nothing is.
async fn loaded(loading: &mut Option<AbortOnDropHandle<Loaded>>) -> Loaded {
    match loading {
        Some(loading) => {
            loading.await.expect("loading does not panic, and a runtime that ends no longer waits for it")
        }
        None => std::future::pending().await,
    }
}

fn changed_accounts(entry: &ChangeEntry) -> Option<AccountsChanged> {
    if entry.kind != ChangeKind::Accounts {
        return None;
    }
    let changed = entry.accounts();
    if changed.is_none() {
        tracing::error!(seq = entry.seq, "a change of accounts in the change log is damaged and was skipped");
    }
    changed
}

fn accept(directory: &Directory, entry: &ChangeEntry) {
    match entry.pin() {
        Some(pin) => directory.accept(&pin),
        None => tracing::error!(seq = entry.seq, "an address in the change log is damaged and was skipped"),
    }
}

fn revoke(directory: &Directory, entry: &ChangeEntry) {
    match entry.revocation() {
        Some(revocation) => directory.revoke(revocation.family, revocation.at),
        None => tracing::error!(seq = entry.seq, "a sign-out in the change log is damaged and was skipped"),
    }
}

fn reset(directory: &Directory, entry: &ChangeEntry) {
    match entry.resets() {
        Some(rows) => rows.iter().for_each(|row| directory.reset(row)),
        None => tracing::error!(seq = entry.seq, "a reset in the change log is damaged and was skipped"),
    }
}

fn hear_authenticators(directory: &Directory, entry: &ChangeEntry) {
    match entry.authenticators() {
        Some(row) => directory.hear_authenticators(&row),
        None => {
            tracing::error!(seq = entry.seq, "an authenticator in the change log is damaged and was skipped")
        }
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
