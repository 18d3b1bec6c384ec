//! Create an authentication policy. It has no members yet, so it changes nothing for anybody.

use serde_json::{Value, json};

use super::Policies;
use crate::domain::actor::Actor;
use crate::domain::auth_policy::{AuthPolicySettings, FieldError, PolicyName};
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, AuthPolicyRow, StoreError};

/// Why no policy was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The name or settings are not as they must be.
    #[error("{} of its fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// The organization has a policy of this name.
    #[error("there is a policy called {0} already")]
    NameTaken(PolicyName),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Policies {
    /// Makes a policy. Settings that are not named are those of a new default policy.
    pub async fn create(
        &self,
        organization: &OrganizationId,
        name: &str,
        settings: &Value,
        actor: &Actor,
    ) -> Result<AuthPolicyRow, CreateError> {
        let (name, settings) = checked(&AuthPolicySettings::default(), Some(name), Some(settings))
            .map_err(CreateError::Invalid)?;
        let Some(name) = name else { return Err(CreateError::Invalid(Vec::new())) };
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        // The default comes first, or this one would take its name.
        change.default_policy(organization, now).await?;
        if change.auth_policy_named(organization, &name).await?.is_some() {
            return Err(CreateError::NameTaken(name));
        }
        let new = AuthPolicyRow {
            id: self.entropy.row_id(now),
            organization: organization.clone(),
            name,
            is_default: false,
            settings,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        change.insert_auth_policy(&new).await?;
        let event = AuditEvent::new(actor.clone(), AuditAction::AuthPolicyCreated, new.id.to_string());
        let detail = json!({ "name": new.name.as_str(), "settings": new.settings });
        change.commit(event.of(organization).with(detail), now).await?;
        Ok(new)
    }
}

/// A name and settings as they were sent, on top of what was; or everything that is wrong with them.
pub(super) fn checked(
    before: &AuthPolicySettings,
    name: Option<&str>,
    settings: Option<&Value>,
) -> Result<(Option<PolicyName>, AuthPolicySettings), Vec<FieldError>> {
    let name = name.map(PolicyName::parse).transpose();
    let settings = settings.map_or_else(|| Ok(before.clone()), |settings| before.with(settings));
    match (name, settings) {
        (Ok(name), Ok(settings)) => Ok((name, settings)),
        (name, settings) => Err(name.err().into_iter().chain(settings.err().into_iter().flatten()).collect()),
    }
}
