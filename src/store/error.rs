//! Why the store refuses or fails, in sentences that name it and what to do.

use super::database;

/// A fault of the store. That something is not there is an `Option`, never a fault.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such file, or the database has nothing in it.
    #[error("the store {0} does not exist; `postern init` creates one")]
    Missing(String),
    /// A new store was asked for where a file stands, or a store.
    #[error("{0} exists already and is left as it is; name another file, or move this one away")]
    Exists(String),
    /// The operating system or the database server refuses it.
    #[error("the store {store} cannot be used: {reason}; {advice}")]
    Unusable {
        /// The store.
        store: String,
        /// What the operating system or the database says.
        reason: String,
        /// What to do.
        advice: String,
    },
    /// A newer Postern made or migrated it.
    #[error(
        "the store {store} has schema version {database_version}, and this Postern knows versions up to {known}; \
         run the newer Postern, or restore a backup made before the upgrade"
    )]
    Newer {
        /// The store, which was not changed.
        store: String,
        /// The newest migration in it.
        database_version: i64,
        /// The newest migration in this binary.
        known: i64,
    },
    /// It is no store, or holds what Postern never wrote.
    #[error("the store {store} is damaged or is no Postern store: {detail}; restore it from a backup")]
    Damaged {
        /// The store.
        store: String,
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
    /// Sorts what sqlx says of a store: what cannot be decoded is damage, the rest may pass.
    pub(super) fn of(store: &str, error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => Self::damaged(store, &error),
            sqlx::Error::Database(database) if database::is_damage(database.as_ref()) => {
                Self::damaged(store, &error)
            }
            _ => Self::Unavailable(error),
        }
    }

    pub(super) fn damaged(store: &str, detail: impl ToString) -> Self {
        Self::Damaged { store: store.to_owned(), detail: detail.to_string() }
    }

    pub(super) fn unusable(store: &str, reason: impl ToString, advice: impl Into<String>) -> Self {
        Self::Unusable { store: store.to_owned(), reason: reason.to_string(), advice: advice.into() }
    }
}
