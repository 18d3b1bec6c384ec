//! Why the store refuses or fails, in sentences that name the file and what to do.

use std::path::{Path, PathBuf};

use super::sqlite;

/// A fault of the store. That something is not there is an `Option`, never a fault.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such file.
    #[error("the store {} does not exist; `postern init` creates one", .0.display())]
    Missing(PathBuf),
    /// A new store was asked for where a file stands.
    #[error("{} exists already and is left as it is; name another file, or move this one away", .0.display())]
    Exists(PathBuf),
    /// The operating system refuses the file or its folder. The store writes beside the file too.
    #[error("the store {} cannot be used: {reason}; Postern must be able to read and write the file and its folder", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system or the database says.
        reason: String,
    },
    /// A newer Postern made or migrated it.
    #[error(
        "the store {} has schema version {database_version}, and this Postern knows versions up to {known}; \
         run the newer Postern, or restore a backup made before the upgrade", .path.display()
    )]
    Newer {
        /// The file, which was not changed.
        path: PathBuf,
        /// The newest migration in the file.
        database_version: i64,
        /// The newest migration in this binary.
        known: i64,
    },
    /// The file is no store, or holds what Postern never wrote.
    #[error("the store {} is damaged or is no Postern store: {detail}; restore it from a backup", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found. Never a value from a row.
        detail: String,
    },
    /// Somebody opened a second live challenge for one person in one browser.
    #[error("a live challenge exists for this person in this browser")]
    LiveChallenge,
    /// It did not answer, or not in time.
    #[error("the store does not answer: {0}")]
    Unavailable(#[source] sqlx::Error),
}

impl StoreError {
    /// Sorts what sqlx says of a file: what cannot be decoded is damage, the rest may pass.
    pub(super) fn of(path: &Path, error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => Self::damaged(path, &error),
            sqlx::Error::Database(database) if sqlite::is_damage(database.as_ref()) => {
                Self::damaged(path, &error)
            }
            _ => Self::Unavailable(error),
        }
    }

    pub(super) fn damaged(path: &Path, detail: impl ToString) -> Self {
        Self::Damaged { path: path.into(), detail: detail.to_string() }
    }

    pub(super) fn unreadable(path: &Path, reason: impl ToString) -> Self {
        Self::Unreadable { path: path.into(), reason: reason.to_string() }
    }
}
