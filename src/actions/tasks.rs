//! Tasks, worked on one after the other beside the traffic: who takes one does all of it, or says why not.
//!
//! Several gateways share them, and what one that died left is taken by the next. A kind of task has its arm in `Tasks::work`.

use std::sync::Arc;

use serde_json::json;

use crate::actions::exports::Exports;
use crate::actions::policies::Policies;
use crate::actions::task_end::{Ended, notify};
use crate::clock::Clock;
use crate::domain::task::{TaskKind, TaskState};
use crate::store::{AuditAction, AuditEvent, Store, StoreError, TaskRow};

/// What tasks are done with.
pub struct Tasks {
    /// Where state lasts.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// The deeds about policies.
    pub policies: Arc<Policies>,
    /// The deeds about files.
    pub exports: Arc<Exports>,
}

impl Tasks {
    /// Does every task that waits, and those whose gateways died. Says whether the store took part; what it did not is done
    /// the next time.
    pub async fn run(&self) -> bool {
        loop {
            match self.run_next().await {
                Ok(true) => {}
                Ok(false) => return true,
                Err(error) => {
                    tracing::error!(%error, "a task could not be done; that is tried again");
                    return false;
                }
            }
        }
    }

    /// Does the oldest task that waits; whether there was one.
    async fn run_next(&self) -> Result<bool, StoreError> {
        // To take one is a write, of which there is one at a time; to look is not.
        if self.store.next_task_due().await?.is_none_or(|due| due > self.clock.now()) {
            return Ok(false);
        }
        let Some(task) = self.store.take_task(self.clock.now()).await? else { return Ok(false) };
        let ended = match task.is_given_up() {
            true => Ended::Failed("the gateway ended again and again while it was under way"),
            false => self.work(&task).await?,
        };
        if let Ended::Failed(reason) = ended {
            self.fail(task, reason).await?;
        }
        Ok(true)
    }

    async fn work(&self, task: &TaskRow) -> Result<Ended, StoreError> {
        match task.kind {
            TaskKind::AddMembers => self.policies.apply(task).await,
            TaskKind::ExportMembers | TaskKind::ExportExternalUsers => self.exports.write(task).await,
        }
    }

    async fn fail(&self, task: TaskRow, reason: &str) -> Result<(), StoreError> {
        let now = self.clock.now();
        let failed = TaskRow { state: TaskState::Failed, reason: Some(reason.to_owned()), ..task };
        let mut change = self.store.write().await?;
        if !change.fail_task(&failed, now).await? {
            return Ok(());
        }
        let (letterhead, mail) = (self.policies.letterhead.load_full(), self.policies.entropy.row_id(now));
        notify(&mut change, &failed, &letterhead, mail, now).await?;
        let event = AuditEvent::new(failed.actor.clone(), AuditAction::TaskFailed, failed.id.to_string());
        let detail = json!({ "kind": failed.kind.label(), "reason": reason });
        change.commit(event.of(&failed.organization).with(detail), now).await
    }
}
