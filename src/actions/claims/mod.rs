//! What an organization does to take control of accounts of its verified domains, and to let go of them: one file per deed.
//!
//! Each looks at who owns the domain in the transaction that changes a claim, so of two organizations that want one domain's
//! people only its owner ever claims any. What changes acts at the gate from the next request on.

pub mod all;
pub mod listed;
pub mod new;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::domain::actor::Actor;
use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;
use crate::store::{AccountsChanged, AuditAction, AuditEvent, Change, Store, StoreError};

/// What the deeds about claims work with.
pub struct Claims {
    /// Where state lasts.
    pub store: Store,
    /// The time.
    pub clock: Clock,
}

/// Why nothing was claimed or let go of.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// The organization does not own the domain, whoever else does.
    #[error("{0} is no verified domain of this organization")]
    NotOwned(DomainName),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Fails unless the organization owns the domain now.
async fn owned(
    change: &mut Change,
    organization: &OrganizationId,
    domain: &DomainName,
) -> Result<(), ClaimError> {
    let row = change.domain(organization, domain).await?;
    match row.is_some_and(|row| row.status.is_owned()) {
        true => Ok(()),
        false => Err(ClaimError::NotOwned(domain.clone())),
    }
}

/// Claims accounts, or lets go of them, tells the nodes where to look, and gives the event of each that changed.
pub(super) async fn set_claimed(
    change: &mut Change,
    changed: &AccountsChanged,
    emails: &[EmailAddress],
    claimed: bool,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<AuditEvent>, StoreError> {
    let organization = &changed.organization;
    let done = change.set_claimed(organization, emails, claimed, now).await?;
    if !done.is_empty() {
        change.log_accounts(changed, now).await?;
    }
    let action = if claimed { AuditAction::AccountClaimed } else { AuditAction::AccountUnclaimed };
    let event =
        |email: &EmailAddress| AuditEvent::new(actor.clone(), action, email.as_str()).of(organization);
    Ok(done.iter().map(event).collect())
}
