//! What admins do to accounts: one file per deed, each one transaction with its audit event.
//!
//! Profile, address and life are changed of managed accounts alone, terms of others; and an account can be kept out whoever
//! manages it. What the
//! gate judges by acts there within a second, and every deed that keeps somebody out voids their proofs as well.

pub mod close;
pub mod email;
pub mod life;
pub mod profile;
pub mod remind;
pub mod suspend;
pub mod terms;
#[cfg(test)]
mod tests;
pub mod verification;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::letterhead::Letterhead;
use crate::clock::Clock;
use crate::domain::lifecycle::StepError;
use crate::domain::mistake::Mistakes;
use crate::domain::organization::OrganizationId;
use crate::domain::profile::{Field, Violation};
use crate::entropy::Entropy;
use crate::store::{Account, AccountsChanged, Change, Store, StoreError};

/// What the deeds about accounts work with.
pub struct Accounts {
    /// Where state lasts.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// The ids of each organization's sites, at which people of an account may have been seen.
    pub sites: HashMap<OrganizationId, Vec<Arc<str>>>,
    /// What mails are written with.
    pub letterhead: Letterhead,
}

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The organization has no such account, whoever else has.
    #[error("the organization has no such account")]
    NotFound,
    /// It is not claimed, or its domain is not verified.
    #[error("the account is not managed by the organization")]
    NotManaged,
    /// Terms are for people from outside.
    #[error("the account is managed by the organization, so it is no external one")]
    Managed,
    /// What is wrong with what was typed.
    #[error(transparent)]
    Mistakes(#[from] Mistakes),
    /// There is nothing to verify.
    #[error("the address of the account is verified already")]
    Verified,
    /// The mailbox was written to too often.
    #[error("the mailbox was written to lately: try again in {} s", .0.as_secs())]
    TooOften(Duration),
    /// Nobody knows whether the address is its owner's.
    #[error("the address of the account is not verified")]
    Unverified,
    /// A directory of an identity provider says what stands in these fields.
    #[error("the account follows a directory, which alone changes it")]
    Synced(Vec<&'static str>),
    /// Values are not what their fields hold.
    #[error("some values are not what their fields hold")]
    Fields(Vec<(Field, Violation)>),
    /// The new address is none.
    #[error("the new address is no e-mail address that is accepted here")]
    Email(Violation),
    /// The organization does not own the domain of the new address.
    #[error("{0} is no verified domain of this organization")]
    UnclaimedDomain(String),
    /// Another account has the new address.
    #[error("another account of the organization has this address")]
    Taken,
    /// Its life does not allow that.
    #[error(transparent)]
    Step(#[from] StepError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The account, if it is managed.
async fn managed(
    change: &mut Change,
    organization: &OrganizationId,
    id: Uuid,
) -> Result<Account, AccountError> {
    let account = change.account(organization, id).await?.ok_or(AccountError::NotFound)?;
    if account.managed { Ok(account) } else { Err(AccountError::NotManaged) }
}

/// The account, if an admin may edit these fields of it.
async fn editable(
    change: &mut Change,
    organization: &OrganizationId,
    id: Uuid,
    fields: impl Iterator<Item = &'static str>,
) -> Result<Account, AccountError> {
    let account = managed(change, organization, id).await?;
    if !account.email_verified {
        return Err(AccountError::Unverified);
    }
    unsynced(change, organization, account, fields).await
}

/// The account, if no directory says what stands in these fields of it.
async fn unsynced(
    change: &mut Change,
    organization: &OrganizationId,
    account: Account,
    fields: impl Iterator<Item = &'static str>,
) -> Result<Account, AccountError> {
    match change.scim_user_of_account(organization, account.id).await? {
        Some(_) => Err(AccountError::Synced(fields.collect())),
        None => Ok(account),
    }
}

/// Voids the proofs of an account, and has all nodes read it again.
pub(super) async fn shut(
    change: &mut Change,
    organization: &OrganizationId,
    account: &Account,
    now: Timestamp,
) -> Result<(), StoreError> {
    change.reset_people(organization, std::slice::from_ref(&account.email), now, now).await?;
    reread(change, organization, account, now).await
}

async fn reread(
    change: &mut Change,
    organization: &OrganizationId,
    account: &Account,
    now: Timestamp,
) -> Result<(), StoreError> {
    let changed = AccountsChanged::at(organization, vec![account.email.clone()]);
    change.log_accounts(&changed, now).await
}
