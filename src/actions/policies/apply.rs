//! Apply a submitted list: all accounts that can become members do, in one transaction with the task's end and its audit events.
//!
//! Whoever dies in the middle leaves the task as it was, and the next begins it again.

use serde_json::json;
use uuid::Uuid;

use super::Policies;
use super::members::member_event;
use crate::actions::task_end::{Ended, notify};
use crate::domain::task::{RowOutcome, TaskState};
use crate::store::{AccountsChanged, AuditAction, AuditEvent, AuthPolicyRow, StoreError, TaskLine, TaskRow};

impl Policies {
    /// Does what a task of this kind is for.
    pub async fn apply(&self, task: &TaskRow) -> Result<Ended, StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let id = Uuid::try_parse(&task.subject).unwrap_or_default();
        let Some(policy) = change.auth_policy(&task.organization, id).await? else {
            return Ok(Ended::Failed("the policy was deleted before its members were added"));
        };
        let lines = change.judge_members(task, policy.id).await?;
        if !task.dry_run {
            change.set_policy_of_lines(task, policy.id, now).await?;
            let joined = lines.iter().filter(|line| line.outcome == RowOutcome::Succeeded);
            let joined: Vec<_> = joined.filter_map(|line| line.email.clone()).collect();
            change.log_accounts(&AccountsChanged::at(&task.organization, joined), now).await?;
        }
        let count = |is: fn(&RowOutcome) -> bool| {
            u32::try_from(lines.iter().filter(|line| is(&line.outcome)).count()).unwrap_or(u32::MAX)
        };
        let over = TaskRow {
            done: count(|outcome| matches!(outcome, RowOutcome::Succeeded | RowOutcome::Unchanged)),
            failed: count(|outcome| outcome.reason().is_some()),
            state: TaskState::Succeeded,
            ..task.clone()
        };
        if !change.finish_task(&over, now).await? {
            return Ok(Ended::ByAnother);
        }
        let mail = self.entropy.row_id(now);
        notify(&mut change, &over, &self.letterhead.load_full(), mail, now).await?;
        change.commit_many(&events(&over, &policy, &lines), now).await?;
        Ok(Ended::Done)
    }
}

/// Who was added and who was not, and at the end the sum of it. A dry run did nothing to anybody.
fn events(task: &TaskRow, policy: &AuthPolicyRow, lines: &[TaskLine]) -> Vec<AuditEvent> {
    let of_line = |line: &TaskLine| {
        let subject = line.email.as_ref().map_or(line.value.as_str(), |email| email.as_str());
        member_event(&task.actor, policy, subject, line.outcome)
    };
    let mut events: Vec<AuditEvent> =
        if task.dry_run { Vec::new() } else { lines.iter().filter_map(of_line).collect() };
    let action = match task.dry_run {
        true => AuditAction::AuthPolicyBulkUpdateRehearsed,
        false => AuditAction::AuthPolicyBulkUpdateCompleted,
    };
    let detail = json!({ "task": task.id, "done": task.done, "failed": task.failed });
    let sum = AuditEvent::new(task.actor.clone(), action, policy.id.to_string());
    events.push(sum.of(&task.organization).with(detail));
    events
}
