//! How a task ends, and who is told: all of it in the transaction that ends it, so that nobody is told of what did not happen, or
//! twice.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::organization::Organization;
use crate::domain::task::{TaskKind, TaskState};
use crate::store::{Change, NewMail, StoreError, TaskRow};

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

/// What mails about tasks are written with.
#[derive(Debug, Clone, Default)]
pub struct Letterhead {
    /// The organizations, by their names.
    pub organizations: Vec<Arc<Organization>>,
    /// Where clients reach the API, without a slash at the end; empty where that is not configured.
    pub base: String,
}

/// Tells who owns the key that a task was asked for with that it is over. A key without an owner has nobody to tell.
pub async fn notify(
    change: &mut Change,
    task: &TaskRow,
    letterhead: &Letterhead,
    mail: Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    let organization = letterhead.organizations.iter().find(|known| known.id == task.organization);
    let (Some(organization), Some(key)) = (organization, task.actor.key) else { return Ok(()) };
    let Some(key) = change.api_key(&task.organization, key).await? else { return Ok(()) };
    // A key that was revoked since has no business here any more.
    let Some(owner) = key.owner.filter(|_| key.revoked_at.is_none()) else { return Ok(()) };
    let (subject, body) = letter(task, &letterhead.base);
    change.queue_mail(&NewMail::notice(mail, owner, organization.as_ref().clone(), subject, body, now)).await
}

/// The subject and the paragraphs. The link opens nothing to who has no key.
fn letter(task: &TaskRow, base: &str) -> (&'static str, String) {
    let path = format!("{base}/admin/control/v1/orgs/{}/auth-policy", task.organization);
    let (done, failed, id) = (task.done, task.failed, task.id);
    let (subject, told) = match (task.state, task.kind, task.dry_run) {
        (TaskState::Failed, ..) => {
            let reason = task.reason.as_deref().unwrap_or_default();
            (
                "A task could not be done",
                format!("Nothing of it was done: {reason}.\n\n{path}/task/{id}/summary"),
            )
        }
        (_, TaskKind::AddMembers, true) => (
            "The dry run for new members is over",
            format!(
                "Users that can be members of the policy: {done}. Users that cannot: {failed}. Nothing was changed.\n\n{path}/task/{id}/rows"
            ),
        ),
        (_, TaskKind::AddMembers, false) => (
            "The new members of an authentication policy are in it",
            format!(
                "Users that are members of the policy now: {done}. Users that could not be added: {failed}.\n\n{path}/task/{id}/rows"
            ),
        ),
        (_, TaskKind::ExportMembers, _) => (
            "The export of members is ready",
            format!(
                "Members in the file: {done}. For 24 hours it can be fetched with the key that asked for it.\n\n{path}/export/{id}"
            ),
        ),
    };
    (
        subject,
        format!("{told}\n\nIt was asked for with the API key {} at {}.", task.actor.name, task.created_at),
    )
}
