//! End the sessions of a policy's members: they sign in again, and meet its settings of now.
//!
//! It acts on every gateway within a second, on open connections too.

use serde_json::json;
use uuid::Uuid;

use super::Policies;
use crate::domain::actor::Actor;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, StoreError};

/// Why nothing was ended.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// The organization has no such policy.
    #[error("the organization has no such policy")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Policies {
    /// Ends the sessions that members began until now.
    pub async fn reset_sessions(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        actor: &Actor,
    ) -> Result<(), ResetError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let Some(policy) = change.auth_policy(organization, id).await? else {
            return Err(ResetError::Unknown);
        };
        change.reset_auth_policy(&policy, now).await?;
        let event = AuditEvent::new(actor.clone(), AuditAction::AuthPolicySessionsReset, id.to_string());
        let detail = json!({ "name": policy.name.as_str() });
        Ok(change.commit(event.of(organization).with(detail), now).await?)
    }
}
