//! Undo a change of an authentication policy: its name and settings of before are written once more, as a change like any other.
//! Whether it is the default, and who is a member, is not undone.

use uuid::Uuid;

use super::Policies;
use super::create::{CreateError, NewPolicy};
use super::edit::{Edit, EditError};
use crate::domain::actor::Actor;
use crate::domain::organization::OrganizationId;
use crate::store::{AuthPolicyRow, FormerContent, MOST_FORMER, StoreError};

/// Why nothing was undone.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// No former version is kept, or none that is another one.
    #[error("there is nothing to undo: no former version of the policy is kept that is another one")]
    NoFormer,
    /// What it was cannot be written now.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// It was deleted, and cannot be made again now.
    #[error(transparent)]
    Create(#[from] CreateError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Policies {
    /// Makes a policy what it was: before its last change that made a difference, or in a version of it. One that was deleted is
    /// made again, without members. Undoing twice puts back what was undone.
    pub async fn undo(
        &self,
        organization: &OrganizationId,
        policy: Uuid,
        to: Option<i64>,
        actor: &Actor,
    ) -> Result<AuthPolicyRow, UndoError> {
        let now = self.store.auth_policy(organization, policy).await?;
        let former = self.store.former_policies(organization, Some(policy), MOST_FORMER).await?;
        let mut readable = former.iter().filter_map(|former| match &former.content {
            FormerContent::Authentication(Some(settings)) => Some((former, settings)),
            _ => None,
        });
        let found = readable.find(|(former, settings)| match (to, &now) {
            (Some(version), _) => former.version == version,
            (None, Some(now)) => former.name != now.name.as_str() || **settings != now.settings,
            (None, None) => true,
        });
        let (former, settings) = found.ok_or(UndoError::NoFormer)?;
        let settings = settings.to_json();
        let Some(now) = now else {
            let new = NewPolicy { name: &former.name, settings: &settings, is_draft: false };
            return Ok(self.create(organization, new, actor).await?);
        };
        let edit = Edit {
            seen: Some(now.version),
            name: Some(&former.name),
            settings: Some(&settings),
            publish: false,
        };
        Ok(self.edit(organization, policy, edit, actor).await?)
    }
}
