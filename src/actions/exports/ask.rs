//! Ask for a file. It is made beside the traffic, by `write.rs`.

use uuid::Uuid;

use super::Exports;
use crate::domain::actor::Actor;
use crate::domain::organization::OrganizationId;
use crate::domain::task::{MOST_WAITING, TaskKind};
use crate::store::{StoreError, TaskRow};

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The organization has no such policy.
    #[error("the organization has no such policy")]
    Unknown,
    /// The organization has as many tasks waiting as it may.
    #[error("{MOST_WAITING} tasks are waiting already: try again when one is over")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Exports {
    /// Asks for a file of the members of a policy, or of all policies.
    pub async fn ask_for_members(
        &self,
        organization: &OrganizationId,
        policy: Option<Uuid>,
        actor: &Actor,
    ) -> Result<TaskRow, ExportError> {
        if let Some(policy) = policy
            && self.store.auth_policy(organization, policy).await?.is_none()
        {
            return Err(ExportError::Unknown);
        }
        let subject = policy.map_or_else(String::new, |policy| policy.to_string());
        self.ask(organization, TaskKind::ExportMembers, subject, actor).await
    }

    /// Asks for a file of the people from outside.
    pub async fn ask_for_external_users(
        &self,
        organization: &OrganizationId,
        actor: &Actor,
    ) -> Result<TaskRow, ExportError> {
        self.ask(organization, TaskKind::ExportExternalUsers, String::new(), actor).await
    }

    async fn ask(
        &self,
        organization: &OrganizationId,
        kind: TaskKind,
        subject: String,
        actor: &Actor,
    ) -> Result<TaskRow, ExportError> {
        if self.store.tasks_waiting(organization).await? >= MOST_WAITING {
            return Err(ExportError::Busy);
        }
        let now = self.clock.now();
        let new = TaskRow::new(self.entropy.row_id(now), organization, kind, actor, now);
        let task = TaskRow { subject, ..new };
        self.store.insert_task(&task, &[]).await?;
        self.bell.notify_one();
        Ok(task)
    }
}
