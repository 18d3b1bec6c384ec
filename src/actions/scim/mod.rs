//! What identity providers do to their directories, one file per noun: users with their accounts, groups, links; and the making
//! of a directory.
//!
//! A user and the account that follows it change in one transaction. A directory says who may come in and what is said of them;
//! it vouches for nobody's address that others brought before it.

pub mod directories;
pub mod follow;
pub mod groups;
pub mod links;
pub mod users;

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::accounts::{AccountError, Accounts};
use crate::domain::scim::Mistake;
use crate::entropy::Entropy;
use crate::store::StoreError;

/// What the deeds about directories work with.
pub struct Scim {
    /// The deeds about accounts, with the store and the time; a reload puts others in their place.
    pub accounts: Arc<ArcSwap<Accounts>>,
    /// Randomness.
    pub entropy: Entropy,
}

/// Why a directory was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ScimError {
    /// The request cannot be done.
    #[error(transparent)]
    Mistake(#[from] Mistake),
    /// The directory has no such user or group.
    #[error("the directory has no such resource")]
    NotFound,
    /// The directory has another user of this name.
    #[error("The directory has another user with this userName.")]
    UserNameTaken,
    /// The address is the account's of another user.
    #[error("Another user, or another account, has this address.")]
    AddressTaken,
    /// The directory has another group of this name.
    #[error("The directory has another group with this displayName.")]
    GroupTaken,
    /// The organization does not own the domain of the address.
    #[error("The domain {0} is not verified by this organization.")]
    UnverifiedDomain(String),
    /// The account goes, or is gone.
    #[error("The account of this address is deleted; only an admin can have it back.")]
    Deleted,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<AccountError> for ScimError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Store(error) => Self::Store(error),
            AccountError::UnclaimedDomain(domain) => Self::UnverifiedDomain(domain),
            AccountError::Taken => Self::AddressTaken,
            AccountError::Step(_) => Self::Deleted,
            _ => Self::NotFound,
        }
    }
}
