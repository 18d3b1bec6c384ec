//! How a task ends, and who is told: all of it in the transaction that ends it, so that nobody is told of what did not happen, or
//! twice.

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::organization::ExportLinks;
use crate::domain::task::{TaskKind, TaskState};
use crate::store::{Change, NewMail, StoreError, TaskRow};

use super::letterhead::Letterhead;

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

/// Tells who owns the key that a task was asked for with that it is over. A key without an owner has nobody to tell.
pub async fn notify(
    change: &mut Change,
    task: &TaskRow,
    letterhead: &Letterhead,
    mail: Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (Some(office), Some(key)) = (letterhead.office(&task.organization), task.actor.key) else {
        return Ok(());
    };
    let Some(key) = change.api_key(&task.organization, key).await? else { return Ok(()) };
    // A key that was revoked since has no business here any more.
    let Some(owner) = key.owner.filter(|_| key.revoked_at.is_none()) else { return Ok(()) };
    let (subject, body) = letter(task, &letterhead.base, office.export_links);
    let organization = office.organization.as_ref().clone();
    let mail = NewMail::notice(mail, owner, organization, subject, body, now);
    let opens = task.kind.makes_file()
        && task.state == TaskState::Succeeded
        && office.export_links == ExportLinks::Bearer;
    change.queue_mail(&if opens { mail.with_link(task.id) } else { mail }).await
}

/// The subject and the paragraphs. No link in them opens anything to who has no key.
fn letter(task: &TaskRow, base: &str, links: ExportLinks) -> (&'static str, String) {
    let root = format!("{base}/admin/control/v1/orgs/{}", task.organization);
    let path = format!("{root}/auth-policy");
    let (done, failed, id) = (task.done, task.failed, task.id);
    let (subject, told) = match (task.state, task.kind, task.dry_run) {
        (TaskState::Failed, ..) => {
            let reason = task.reason.as_deref().unwrap_or_default();
            (
                "A task could not be done",
                match task.kind.makes_file() {
                    true => format!("Nothing of it was done: {reason}.\n\n{root}/exports/{id}"),
                    false => format!("Nothing of it was done: {reason}.\n\n{path}/task/{id}/summary"),
                },
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
        (_, TaskKind::ExportMembers, _) => {
            ("The export of members is ready", fetched("Members", &root, task, links))
        }
        (_, TaskKind::ExportExternalUsers, _) => {
            ("The export of external users is ready", fetched("External users", &root, task, links))
        }
    };
    let asked = format!("It was asked for with the API key {} at {}.", task.actor.name, task.created_at);
    match links {
        // What follows is the link, which is made when the mail is sent.
        ExportLinks::Bearer if task.kind.makes_file() => (subject, format!("{asked}\n\n{told}")),
        _ => (subject, format!("{told}\n\n{asked}")),
    }
}

fn fetched(who: &str, root: &str, task: &TaskRow, links: ExportLinks) -> String {
    let (done, id) = (task.done, task.id);
    match links {
        ExportLinks::SignIn => format!(
            "{who} in the file: {done}. For 24 hours it can be fetched with the key that asked for it.\n\n{root}/exports/{id}/file"
        ),
        ExportLinks::Bearer => format!(
            "{who} in the file: {done}. For 24 hours whoever has this link can fetch it, so do not pass this mail on."
        ),
    }
}
