//! Tasks, worked on one after the other beside the traffic: who takes one does all of it, or says why not.
//!
//! Several gateways share them, and what one that died left is taken by the next. A kind of task has its arm in [`Tasks::work`].

use std::sync::Arc;

use crate::actions::policies::Policies;
use crate::clock::Clock;
use crate::domain::task::TaskKind;
use crate::store::{Store, StoreError, TaskRow};

/// What tasks are done with.
pub struct Tasks {
    /// Where state lasts.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// The deeds about policies.
    pub policies: Arc<Policies>,
}

/// How work on a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// All of it is done, and the task says so.
    Done,
    /// It cannot be done, for this reason.
    Failed(&'static str),
    /// Somebody else took it meanwhile, and does it.
    ByAnother,
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
        match ended {
            Ended::Done => notify(&task),
            Ended::ByAnother => {}
            Ended::Failed(reason) => {
                if self.store.fail_task(&task, reason, self.clock.now()).await? {
                    notify(&task);
                }
            }
        }
        Ok(true)
    }

    async fn work(&self, task: &TaskRow) -> Result<Ended, StoreError> {
        match task.kind {
            TaskKind::AddMembers => self.policies.apply(task).await,
            TaskKind::ExportMembers => self.policies.write_export(task).await,
        }
    }
}

/// Tells that a task is over. The mail to who asked for it will be queued here, and the link to its file is in it.
fn notify(task: &TaskRow) {
    tracing::info!(task = %task.id, kind = task.kind.label(), "a task is over");
}
