//! Delete an authentication policy. Nobody is left without one: its members go where the admin says.

use serde_json::json;
use uuid::Uuid;

use super::Policies;
use crate::domain::actor::Actor;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, ChangeKind, StoreError};

/// Why a policy stays.
#[derive(Debug, thiserror::Error)]
pub enum DeleteError {
    /// The organization has no such policy.
    #[error("the organization has no such policy")]
    Unknown,
    /// New members would have none.
    #[error("it is the default policy: make another one the default first")]
    IsDefault,
    /// It has members, and nobody said where they go.
    #[error("it has members: move them first, or say with membersTo which policy they go to")]
    HasMembers,
    /// The policy that they would go to is none of the organization's, or a draft, or this one.
    #[error("membersTo is no other published policy of the organization")]
    NoSuchTarget,
    /// Somebody changed it since it was seen (T140).
    #[error("the policy was changed meanwhile: look at it again")]
    Changed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Policies {
    /// Deletes a policy, of the version that was `seen` if one is named. Says how many members went to `members_to`.
    pub async fn delete(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        seen: Option<i64>,
        members_to: Option<Uuid>,
        actor: &Actor,
    ) -> Result<u64, DeleteError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let Some(policy) = change.auth_policy(organization, id).await? else {
            return Err(DeleteError::Unknown);
        };
        if seen.is_some_and(|seen| seen != policy.version) {
            return Err(DeleteError::Changed);
        }
        if policy.is_default {
            return Err(DeleteError::IsDefault);
        }
        let moved = match members_to {
            None if change.has_members(organization, id).await? => return Err(DeleteError::HasMembers),
            None => 0,
            Some(to) => {
                let target = change.auth_policy(organization, to).await?;
                if to == id || target.is_none_or(|target| target.is_draft) {
                    return Err(DeleteError::NoSuchTarget);
                }
                let moved = change.move_members(organization, id, to, now).await?;
                // They may be any number, so all are loaded again. Until then they go by the default policy.
                change.log_change(ChangeKind::Directory, &json!({ "policy": id }), now).await?;
                moved
            }
        };
        change.delete_auth_policy(organization, id, now).await?;
        let event = AuditEvent::new(actor.clone(), AuditAction::AuthPolicyDeleted, id.to_string());
        let detail = json!({ "name": policy.name.as_str(), "members": moved, "members_to": members_to });
        change.commit(event.of(organization).with(detail), now).await?;
        Ok(moved)
    }
}
