//! Fetch a file: with the key that asked for it, or, where the organization has it so, by the link that was mailed. For a day,
//! and each time with an event: the file names everybody.
//!
//! A link works as often as it is opened: scanners of mail open every link before a person does, and would use it up.

use std::net::IpAddr;

use jiff::Timestamp;
use serde_json::json;

use super::Exports;
use crate::domain::actor::Actor;
use crate::domain::export_link;
use crate::domain::organization::{ExportLinks, OrganizationId};
use crate::domain::task::{FILE_LIFETIME, TaskState};
use crate::store::{AuditAction, AuditEvent, Change, StoreError, TaskRow};

use uuid::Uuid;

/// Who the log says fetched a file by its link: nobody showed who they are.
const LINK: &str = "export link";

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// There is no such file for who asks: it is unknown, another's, or older than 24 hours.
    #[error("there is no such file, or its 24 hours are over")]
    Unknown,
    /// It is being made.
    #[error("the file is not ready yet")]
    NotReady,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Exports {
    /// The task of a file that can be fetched now by who asked for it; its parts are read one by one with
    /// [`Store::task_file_part`](crate::store::Store::task_file_part).
    pub async fn fetch(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        actor: &Actor,
    ) -> Result<TaskRow, FetchError> {
        let now = self.clock.now();
        let task = self.store.task(organization, id).await?;
        let task = task.filter(|task| is_theirs(task, actor)).ok_or(FetchError::Unknown)?;
        check(&task, now)?;
        tell(self.store.write().await?, &task, actor, now).await?;
        Ok(task)
    }

    /// The same for whoever has the link, at this address, where the organization wants that. A key that was revoked takes the
    /// links of its exports with it.
    pub async fn fetch_by_link(&self, token: &str, address: IpAddr) -> Result<TaskRow, FetchError> {
        let id = export_link::read(&self.link_key, token).ok_or(FetchError::Unknown)?;
        let now = self.clock.now();
        let task = self.store.task_of_link(id).await?.ok_or(FetchError::Unknown)?;
        let letterhead = self.letterhead.load_full();
        let office = letterhead.office(&task.organization).ok_or(FetchError::Unknown)?;
        if office.export_links != ExportLinks::Bearer {
            return Err(FetchError::Unknown);
        }
        check(&task, now)?;
        let mut change = self.store.write().await?;
        let key = match task.actor.key {
            Some(key) => change.api_key(&task.organization, key).await?,
            None => None,
        };
        key.filter(|key| key.revoked_at.is_none()).ok_or(FetchError::Unknown)?;
        let actor = Actor { address: Some(address), ..Actor::from(LINK) };
        tell(change, &task, &actor, now).await?;
        Ok(task)
    }
}

/// Whether a task has a file that can still be fetched.
fn check(task: &TaskRow, now: Timestamp) -> Result<(), FetchError> {
    if !task.kind.makes_file() {
        return Err(FetchError::Unknown);
    }
    let finished_at = task.finished_at.ok_or(FetchError::NotReady)?;
    let is_over = now >= finished_at.saturating_add(FILE_LIFETIME).unwrap_or(finished_at);
    if is_over || task.state != TaskState::Succeeded { Err(FetchError::Unknown) } else { Ok(()) }
}

async fn tell(change: Change, task: &TaskRow, actor: &Actor, now: Timestamp) -> Result<(), StoreError> {
    let event = AuditEvent::new(actor.clone(), AuditAction::ExportDownloaded, task.kind.label());
    let detail = json!({ "task": task.id, "asked_for_by": task.actor.name });
    change.commit(event.of(&task.organization).with(detail), now).await
}

/// The same key; without one, the same name.
fn is_theirs(task: &TaskRow, actor: &Actor) -> bool {
    match (task.actor.key, actor.key) {
        (Some(theirs), Some(key)) => theirs == key,
        (None, None) => task.actor.name == actor.name,
        _ => false,
    }
}
