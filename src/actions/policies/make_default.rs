//! Make a policy the default: what new members get from now on. Who is a member of the one before stays there.

use serde_json::json;
use uuid::Uuid;

use super::Policies;
use crate::domain::actor::Actor;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, AuthPolicyRow, StoreError};

/// Why the default stays.
#[derive(Debug, thiserror::Error)]
pub enum MakeDefaultError {
    /// The organization has no such policy.
    #[error("the organization has no such policy")]
    Unknown,
    /// It has no members until it is published.
    #[error("the policy is a draft: publish it first")]
    Draft,
    /// Somebody changed it since it was seen (T140).
    #[error("the policy was changed meanwhile: look at it again")]
    Changed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Policies {
    /// Makes a policy the default, of the version that was `seen` if one is named. The one that is, stays as it is.
    pub async fn make_default(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        seen: Option<i64>,
        actor: &Actor,
    ) -> Result<AuthPolicyRow, MakeDefaultError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let Some(policy) = change.auth_policy(organization, id).await? else {
            return Err(MakeDefaultError::Unknown);
        };
        if seen.is_some_and(|seen| seen != policy.version) {
            return Err(MakeDefaultError::Changed);
        }
        if policy.is_draft {
            return Err(MakeDefaultError::Draft);
        }
        if policy.is_default {
            return Ok(policy);
        }
        let before = change.default_policy(organization, now).await?;
        // The old one goes first: there are never two, not even within this change.
        if let Some(old) = change.auth_policy(organization, before).await? {
            let version = old.version + 1;
            let old = AuthPolicyRow { is_default: false, version, updated_at: now, ..old };
            change.update_auth_policy(&old).await?;
        }
        let version = policy.version + 1;
        let after = AuthPolicyRow { is_default: true, version, updated_at: now, ..policy };
        change.update_auth_policy(&after).await?;
        let event = AuditEvent::new(actor.clone(), AuditAction::AuthPolicyDefaultChanged, id.to_string());
        let detail = json!({ "name": after.name.as_str(), "was": before });
        change.commit(event.of(organization).with(detail), now).await?;
        Ok(after)
    }
}
