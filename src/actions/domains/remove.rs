//! Remove a domain from its organization. Its accounts and their claims stay, and its people are external at once.

use serde_json::json;

use super::Domains;
use crate::domain::actor::Actor;
use crate::domain::domain_name::{DomainName, DomainNameError};
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, ChangeKind, StoreError};

/// A domain that was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// The domain.
    pub domain: DomainName,
    /// Whether it was the organization's own until now.
    pub was_owned: bool,
}

/// Why nothing was removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// It is no domain name.
    #[error("this {0}")]
    NoName(#[from] DomainNameError),
    /// The organization has no such domain, whoever else has.
    #[error("{0} is no domain of this organization")]
    Unknown(DomainName),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Domains {
    /// Removes a domain, however it was proved. What can no longer be added can still be removed.
    pub async fn remove(
        &self,
        organization: &OrganizationId,
        text: &str,
        actor: &Actor,
    ) -> Result<Removed, RemoveError> {
        let name = DomainName::parse(text)?;
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let Some(row) = change.domain(organization, &name).await? else {
            return Err(RemoveError::Unknown(name));
        };
        change.delete_domain(row.id).await?;
        let was_owned = row.status.is_owned();
        if was_owned {
            change.end_disputes(&name).await?;
            change.log_change(ChangeKind::Domains, &json!({ "domain": name.as_str() }), now).await?;
        }
        let event =
            AuditEvent::new(actor.clone(), AuditAction::DomainRemoved, name.as_str()).of(organization);
        change.commit(event.with(json!({ "status": row.status.label() })), now).await?;
        Ok(Removed { domain: name, was_owned })
    }
}
