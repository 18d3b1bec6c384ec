//! Add a domain: an organization wants to prove that it is its own, and is told what to publish.
//!
//! It gives nothing yet, so anybody may try for any domain that can be owned, also for one that is another organization's.

use super::Domains;
use crate::domain::actor::Actor;
use crate::domain::domain_name::DomainName;
use crate::domain::organization::OrganizationId;
use crate::domain::ownable::{self, Unownable};
use crate::domain::owned_domain::{Method, Status};
use crate::store::{AuditAction, AuditEvent, DomainRow, StoreError};

/// What to publish, in one of two places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The domain, in its one spelling.
    pub domain: DomainName,
    /// The value of a TXT record of the domain itself, or all that the file holds.
    pub line: String,
    /// Where the file must be.
    pub address: String,
    /// How the domain was proved, if it is the organization's own already. Then the line is the one that proved it.
    pub owned_by: Option<Method>,
}

/// Why a domain was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// Nobody can own it.
    #[error(transparent)]
    Unownable(#[from] Unownable),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Domains {
    /// Adds what was typed as a domain of the organization. Each time it is another line, until the domain is verified.
    pub async fn add(
        &self,
        organization: &OrganizationId,
        text: &str,
        actor: &Actor,
    ) -> Result<Added, AddError> {
        let name = ownable::read(text, self.rules.special_use)?;
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        if let Some(before) = change.domain(organization, &name).await? {
            if before.status.is_owned() {
                return Ok(self.to_publish(&before));
            }
            // With its id goes whatever a look is finding out about it now.
            change.delete_domain(before.id).await?;
        }
        let new = DomainRow {
            id: self.entropy.row_id(now),
            organization: organization.clone(),
            name,
            nonce: self.entropy.bytes(),
            status: Status::Unverified,
            method: None,
            created_at: now,
            verified_at: None,
            checked_at: None,
            seen_at: None,
            disputed_at: None,
        };
        change.insert_domain(&new).await?;
        let event =
            AuditEvent::new(actor.clone(), AuditAction::DomainAdded, new.name.as_str()).of(organization);
        change.commit(event, now).await?;
        Ok(self.to_publish(&new))
    }

    /// What to publish for a domain of the organization.
    pub fn to_publish(&self, row: &DomainRow) -> Added {
        Added {
            domain: row.name.clone(),
            line: self.token(row).line(&self.rules.prefix),
            address: format!("https://{}/{}", row.name, self.rules.prefix.file()),
            owned_by: row.method.filter(|_| row.status.is_owned()),
        }
    }
}
