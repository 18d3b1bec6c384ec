//! Export the members of one policy, or of all: ask for the file, and fetch it. It is made by `write_export.rs`.
//!
//! The file names everybody, so only the key that asked for it fetches it, for 24 hours.

use uuid::Uuid;

use super::Policies;
use crate::domain::actor::Actor;
use crate::domain::organization::OrganizationId;
use crate::domain::task::{FILE_LIFETIME, MOST_WAITING, TaskKind, TaskState};
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

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// There is no such file for this key: it is unknown, another's, or older than 24 hours.
    #[error("there is no such file, or its 24 hours are over")]
    Unknown,
    /// It is being made.
    #[error("the file is not ready yet")]
    NotReady,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Policies {
    /// Asks for a file of the members of a policy, or of all policies.
    pub async fn export(
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
        if self.store.tasks_waiting(organization).await? >= MOST_WAITING {
            return Err(ExportError::Busy);
        }
        let now = self.clock.now();
        let task = TaskRow {
            subject: policy.map_or_else(String::new, |policy| policy.to_string()),
            ..TaskRow::new(self.entropy.row_id(now), organization, TaskKind::ExportMembers, actor, now)
        };
        self.store.insert_task(&task, &[]).await?;
        self.bell.notify_one();
        Ok(task)
    }

    /// The task of a file that can be fetched now by who asked for it; its parts are read one by one with
    /// [`Store::task_file_part`](crate::store::Store::task_file_part).
    pub async fn file(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        actor: &Actor,
    ) -> Result<TaskRow, FetchError> {
        let task = self.store.task(organization, id).await?;
        let Some(task) = task.filter(|task| task.kind == TaskKind::ExportMembers && is_theirs(task, actor))
        else {
            return Err(FetchError::Unknown);
        };
        let Some(finished_at) = task.finished_at else { return Err(FetchError::NotReady) };
        let is_over = self.clock.now() >= finished_at.saturating_add(FILE_LIFETIME).unwrap_or(finished_at);
        if is_over || task.state != TaskState::Succeeded { Err(FetchError::Unknown) } else { Ok(task) }
    }
}

/// The same key; without one, the same name.
fn is_theirs(task: &TaskRow, actor: &Actor) -> bool {
    match (task.actor.key, actor.key) {
        (Some(theirs), Some(key)) => theirs == key,
        (None, None) => task.actor.name == actor.name,
        _ => false,
    }
}
