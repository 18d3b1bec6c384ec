//! Publish drafts: from then on they can have members, and be the default. There is no way back.

use serde_json::json;

use super::Policies;
use crate::domain::actor::Actor;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, AuthPolicyRow, StoreError};

impl Policies {
    /// Publishes all drafts of an organization, and gives them as they are now.
    pub async fn publish_drafts(
        &self,
        organization: &OrganizationId,
        actor: &Actor,
    ) -> Result<Vec<AuthPolicyRow>, StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let (mut published, mut events) = (Vec::new(), Vec::new());
        for draft in change.draft_policies(organization).await? {
            let version = draft.version + 1;
            let policy = AuthPolicyRow { is_draft: false, version, updated_at: now, ..draft };
            change.update_auth_policy(&policy).await?;
            let event = AuditEvent::new(actor.clone(), AuditAction::AuthPolicyUpdated, policy.id.to_string());
            let detail = json!({ "name": policy.name.as_str(), "draft": false, "version": version });
            events.push(event.of(organization).with(detail));
            published.push(policy);
        }
        if !events.is_empty() {
            change.commit_many(&events, now).await?;
        }
        Ok(published)
    }
}
