//! Imports verified domains, accounts and claims from a file: all of it is enforced, or nothing.
//!
//! Rows that are known are updated, others stay. The format is in `directory_csv.rs`. Others write meanwhile: how that goes
//! together with all or nothing is said in `store/imports.rs`.

use std::io::Read;
use std::sync::Arc;

use futures_util::future::join;
use serde_json::json;

pub use super::directory_csv::CsvError;
use super::directory_csv::{DirectoryCsv, Entry};
use crate::clock::Clock;
use crate::domain::domain_name::DomainName;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, ImportStep, NewAccount, StagedImport, Store, StoreError};

/// Rows that are written together: in half a second at most, after which others have their turn.
const BATCH: usize = 10_000;

/// Whose tables a file changes.
#[derive(Debug, Clone)]
pub struct Owner {
    /// The organization.
    pub organization: OrganizationId,
    /// The ids of its sites: no other one's users are named by its files.
    pub sites: Vec<Arc<str>>,
}

/// What was imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Rows that verify a domain.
    pub domains: u64,
    /// Rows that name an account.
    pub accounts: u64,
    /// How many of these accounts are claimed.
    pub claimed: u64,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is not as it must be.
    #[error(transparent)]
    File(#[from] CsvError),
    /// A domain has one owner, and it is not this one.
    #[error("{file}: the domain {domain} belongs to another organization of this gateway")]
    Taken {
        /// The file's name.
        file: String,
        /// The domain.
        domain: DomainName,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Imports all of `reader`, and returns when it is enforced or about to be. `file_name` goes into messages and the audit log;
/// `progress` is told how many bytes were read. The first error ends it, and what is enforced is as before.
pub async fn import_directory(
    store: &Store,
    clock: &Clock,
    owner: &Owner,
    reader: impl Read,
    file_name: &str,
    mut progress: impl FnMut(u64),
) -> Result<Imported, ImportError> {
    let mut csv = DirectoryCsv::open(reader, file_name, &owner.sites)?;
    let mut import = store.begin_import(&owner.organization, clock.now()).await?;
    let staged = stage(store, clock, &mut import, &mut csv, &mut progress).await;
    let decided = match staged {
        Ok(imported) => decide(store, clock, owner, &import, file_name, imported).await.map(|()| imported),
        Err(error) => Err(error),
    };
    if decided.is_err()
        && let Err(error) = store.abandon_import(&import).await
    {
        tracing::warn!(%error, "what was read of a file that is not imported stays in the store until it is a day old");
    }
    let imported = decided?;
    loop {
        match store.apply_import().await? {
            ImportStep::Nothing => return Ok(imported),
            ImportStep::Part => store.give_way().await,
            ImportStep::Last => {}
        }
    }
}

/// Reads the whole file into the store, where nothing of it counts yet.
async fn stage(
    store: &Store,
    clock: &Clock,
    import: &mut StagedImport,
    csv: &mut DirectoryCsv<'_, impl Read>,
    progress: &mut impl FnMut(u64),
) -> Result<Imported, ImportError> {
    let mut imported = Imported::default();
    let mut batch = Batch::read(csv, &mut imported)?;
    while !batch.is_empty() {
        // The file is read on while the database writes.
        let next = async { Batch::read(csv, &mut imported) };
        let (written, next) = join(batch.write(store, import, clock), next).await;
        written?;
        batch = next?;
        progress(csv.bytes_read());
    }
    progress(csv.bytes_read());
    Ok(imported)
}

async fn decide(
    store: &Store,
    clock: &Clock,
    owner: &Owner,
    import: &StagedImport,
    file_name: &str,
    imported: Imported,
) -> Result<(), ImportError> {
    let now = clock.now();
    let detail = json!({
        "file": file_name, "domains": imported.domains, "accounts": imported.accounts, "claimed": imported.claimed,
    });
    let mut change = store.write().await?;
    if let Some(domain) = change.decide_import(import, &detail, now).await? {
        return Err(ImportError::Taken { file: file_name.to_owned(), domain });
    }
    let event =
        AuditEvent::new("operator", AuditAction::DirectoryImported, file_name).of(&owner.organization);
    Ok(change.commit(event.with(detail), now).await?)
}

impl Imported {
    fn count(&mut self, entry: &Entry) {
        match entry {
            Entry::Domain(_) => self.domains += 1,
            Entry::Account(account) => {
                self.accounts += 1;
                self.claimed += u64::from(account.claimed);
            }
        }
    }
}

/// Rows that wait to be written together.
#[derive(Default)]
struct Batch {
    domains: Vec<DomainName>,
    accounts: Vec<NewAccount>,
}

impl Batch {
    /// The next rows of the file; none at its end.
    fn read(csv: &mut DirectoryCsv<'_, impl Read>, imported: &mut Imported) -> Result<Self, CsvError> {
        let mut batch = Self::default();
        while batch.len() < BATCH
            && let Some(entry) = csv.next_entry()?
        {
            imported.count(&entry);
            batch.add(entry);
        }
        Ok(batch)
    }

    fn add(&mut self, entry: Entry) {
        match entry {
            Entry::Domain(domain) => self.domains.push(domain),
            Entry::Account(account) => self.accounts.push(account),
        }
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn len(&self) -> usize {
        self.domains.len() + self.accounts.len()
    }

    async fn write(self, store: &Store, import: &mut StagedImport, clock: &Clock) -> Result<(), StoreError> {
        store.stage(import, &self.domains, &self.accounts, clock.now()).await?;
        if self.len() == BATCH {
            store.give_way().await;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
