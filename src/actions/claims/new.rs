//! Whether new accounts of a domain are claimed as they are seen.
//!
//! Such an account makes nobody managed before its address is verified: whoever signs up with a colleague's address would
//! otherwise be taken for them.

use serde_json::json;

use super::{ClaimError, Claims};
use crate::domain::actor::Actor;
use crate::domain::domain_name::DomainName;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent};

impl Claims {
    /// Says whether new accounts of a domain are claimed from now on. Those that are known stay as they are.
    pub async fn set_claims_new(
        &self,
        organization: &OrganizationId,
        domain: &DomainName,
        claims_new: bool,
        actor: &Actor,
    ) -> Result<(), ClaimError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        if !change.set_claims_new(organization, domain, claims_new).await? {
            return Err(ClaimError::NotOwned(domain.clone()));
        }
        let event = AuditEvent::new(actor.clone(), AuditAction::DomainClaimSettingChanged, domain.as_str());
        let detail = json!({ "claims_new": claims_new });
        Ok(change.commit(event.of(organization).with(detail), now).await?)
    }
}
