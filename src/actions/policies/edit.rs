//! Edit an authentication policy. Saving signs nobody out: members meet the new settings at their next sign-in.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Policies;
use super::create::checked;
use crate::domain::actor::Actor;
use crate::domain::auth_policy::{FieldError, PolicyName};
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, AuthPolicyRow, StoreError};

/// What to write.
#[derive(Debug, Clone, Copy, Default)]
pub struct Edit<'a> {
    /// The version that the admin saw; `None` writes over whatever is there.
    pub seen: Option<i64>,
    /// Another name; `None` keeps it.
    pub name: Option<&'a str>,
    /// Other settings; what they do not name is kept.
    pub settings: Option<&'a Value>,
    /// Whether it is published, if it is a draft.
    pub publish: bool,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The organization has no such policy.
    #[error("the organization has no such policy")]
    Unknown,
    /// The name or settings are not as they must be.
    #[error("{} of its fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// The organization has another policy of this name.
    #[error("there is a policy called {0} already")]
    NameTaken(PolicyName),
    /// Somebody changed it since it was seen (T140).
    #[error("the policy was changed meanwhile: look at it again")]
    Changed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Policies {
    /// Changes what is named. What changes nothing is no change, and raises no version.
    pub async fn edit(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        edit: Edit<'_>,
        actor: &Actor,
    ) -> Result<AuthPolicyRow, EditError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let Some(before) = change.auth_policy(organization, id).await? else {
            return Err(EditError::Unknown);
        };
        let (name, settings) =
            checked(&before.settings, edit.name, edit.settings).map_err(EditError::Invalid)?;
        self.possible(organization, &before.settings, &settings).map_err(EditError::Invalid)?;
        if edit.seen.is_some_and(|seen| seen != before.version) {
            return Err(EditError::Changed);
        }
        let name = name.unwrap_or_else(|| before.name.clone());
        let is_draft = before.is_draft && !edit.publish;
        if name == before.name && settings == before.settings && is_draft == before.is_draft {
            return Ok(before);
        }
        let namesake = change.auth_policy_named(organization, &name).await?;
        if namesake.is_some_and(|other| other.id != id) {
            return Err(EditError::NameTaken(name));
        }
        let after = AuthPolicyRow {
            name,
            settings,
            is_draft,
            version: before.version + 1,
            updated_at: now,
            ..before.clone()
        };
        change.update_auth_policy(&after).await?;
        let event = AuditEvent::new(actor.clone(), AuditAction::AuthPolicyUpdated, id.to_string());
        let detail = json!({
            "name": after.name.as_str(), "settings": after.settings, "was": before.settings, "version": after.version,
            "draft": after.is_draft,
        });
        change.commit(event.of(organization).with(detail), now).await?;
        Ok(after)
    }
}
