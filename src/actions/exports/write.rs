//! Write a file, part by part: it may be larger than is good for memory, and each part says that who writes is alive.

use serde_json::json;

use super::{Exports, Part, Sites, external_users, members};
use crate::actions::export_csv;
use crate::actions::task_end::{Ended, notify};
use crate::domain::email::EmailAddress;
use crate::domain::task::{TaskKind, TaskState};
use crate::store::{AuditAction, AuditEvent, StoreError, TaskRow};

impl Exports {
    /// Does what a task of this kind is for.
    pub async fn write(&self, task: &TaskRow) -> Result<Ended, StoreError> {
        let all = self.sites.load_full();
        let sites =
            Sites(all.iter().filter(|site| site.organization == task.organization).cloned().collect());
        self.store.begin_task_file(task).await?;
        let mut over = task.clone();
        let header = match task.kind {
            TaskKind::ExportExternalUsers => export_csv::lines([external_users::COLUMNS]),
            _ => export_csv::lines([members::columns(&sites)]),
        };
        if !self.store.append_task_file(&over, 0, &header, self.clock.now()).await? {
            return Ok(Ended::ByAnother);
        }
        let mut after = None;
        for number in 1_u32.. {
            let Some(part) = self.part(task, &sites, after.as_ref()).await? else { break };
            over.done = over.done.saturating_add(u32::try_from(part.rows).unwrap_or(u32::MAX));
            if !self.store.append_task_file(&over, number, &part.lines, self.clock.now()).await? {
                return Ok(Ended::ByAnother);
            }
            after = Some(part.last);
        }
        self.finish(&over).await
    }

    async fn part(
        &self,
        task: &TaskRow,
        sites: &Sites,
        after: Option<&EmailAddress>,
    ) -> Result<Option<Part>, StoreError> {
        match task.kind {
            TaskKind::ExportMembers => members::part(&self.store, task, sites, after).await,
            TaskKind::ExportExternalUsers => {
                external_users::part(&self.store, task, sites, after, self.clock.now()).await
            }
            TaskKind::AddMembers => Ok(None),
        }
    }

    async fn finish(&self, over: &TaskRow) -> Result<Ended, StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        if !change.finish_task(over, now).await? {
            return Ok(Ended::ByAnother);
        }
        let (mail, over) =
            (self.entropy.row_id(now), TaskRow { state: TaskState::Succeeded, ..over.clone() });
        notify(&mut change, &over, &self.letterhead.load_full(), mail, now).await?;
        let (action, subject) = match over.kind {
            TaskKind::ExportExternalUsers => (AuditAction::ExternalUsersExported, "all external users"),
            _ if over.subject.is_empty() => (AuditAction::MembersExported, "all policies"),
            _ => (AuditAction::MembersExported, over.subject.as_str()),
        };
        let event = AuditEvent::new(over.actor.clone(), action, subject);
        let detail = json!({ "task": over.id, "people": over.done });
        change.commit(event.of(&over.organization).with(detail), now).await?;
        Ok(Ended::Done)
    }
}
