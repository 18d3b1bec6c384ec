//! Create an authentication policy. It has no members yet, so it changes nothing for anybody.

use serde_json::{Value, json};

use super::Policies;
use crate::domain::actor::Actor;
use crate::domain::auth_policy::{AuthPolicySettings, FieldError, PolicyName};
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, AuthPolicyRow, StoreError};

/// What to make.
#[derive(Debug, Clone, Copy)]
pub struct NewPolicy<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its settings; those that are not named are those of a new default policy.
    pub settings: &'a Value,
    /// Whether it is to be published later.
    pub is_draft: bool,
}

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
    /// Makes a policy.
    pub async fn create(
        &self,
        organization: &OrganizationId,
        new: NewPolicy<'_>,
        actor: &Actor,
    ) -> Result<AuthPolicyRow, CreateError> {
        let default = AuthPolicySettings::default();
        let (name, settings) =
            checked(&default, Some(new.name), Some(new.settings)).map_err(CreateError::Invalid)?;
        self.possible(organization, &default, &settings).map_err(CreateError::Invalid)?;
        let Some(name) = name else { return Err(CreateError::Invalid(Vec::new())) };
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        // The default comes first, or this one would take its name.
        change.default_policy(organization, now).await?;
        if change.auth_policy_named(organization, &name).await?.is_some() {
            return Err(CreateError::NameTaken(name));
        }
        let made = AuthPolicyRow {
            id: self.entropy.row_id(now),
            organization: organization.clone(),
            name,
            is_default: false,
            is_draft: new.is_draft,
            settings,
            version: 1,
            created_at: now,
            updated_at: now,
            reset_at: None,
        };
        change.insert_auth_policy(&made).await?;
        let event = AuditEvent::new(actor.clone(), AuditAction::AuthPolicyCreated, made.id.to_string());
        let detail = json!({ "name": made.name.as_str(), "settings": made.settings, "draft": made.is_draft });
        change.commit(event.of(organization).with(detail), now).await?;
        Ok(made)
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
