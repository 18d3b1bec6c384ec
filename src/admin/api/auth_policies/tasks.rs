//! How far a task is, and what became of each of its rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::actions::address_csv::MOST_ROWS;
use crate::domain::task::{RowOutcome, RowReason, TaskState};
use crate::store::{TaskLine, TaskRow};

use super::super::error::{self, ApiError};
use super::super::guard::Caller;
use super::super::page::{Cut, Data, Page};
use super::super::params::Params;
use super::super::{Api, Shared};
use super::{LONGEST_PAGE, PAGE};

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(status)).routes(routes!(summary)).routes(routes!(rows))
}

/// How far a task is, as the product's own API says it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskStatus {
    /// Users that nothing became of yet.
    in_progress_count: u32,
    success_count: u32,
    failure_count: u32,
    /// Those that cannot be added, together by the reason.
    failure_reasons: Vec<FailureReason>,
}

/// Users that cannot be added for one reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct FailureReason {
    /// As they were sent.
    emails: Vec<String>,
    details: FailureDetails,
}

/// Why.
#[derive(Debug, Serialize, ToSchema)]
pub struct FailureDetails {
    status: u16,
    title: &'static str,
    detail: String,
}

/// All that is known of a task.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    id: Uuid,
    /// `add-members`, `export-members` or `export-external-users`.
    kind: &'static str,
    /// `queued`, `running`, `succeeded` or `failed`: then nothing of it was done.
    state: &'static str,
    /// The policy it is about; missing for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_id: Option<String>,
    dry_run: bool,
    /// Rows that count, each once; 0 for an export.
    total: u32,
    /// Rows that are done, or stand in the file.
    done: u32,
    failed: u32,
    /// Why nothing was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Where the file of an export is, for the key that asked for it, for 24 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    file_link: Option<String>,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<Timestamp>,
}

/// What became of a row.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskRowResult {
    /// The line of the file, or the place in the list, from 1.
    line: u32,
    /// What stands there.
    value: String,
    /// The address that it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// `waiting`, `succeeded`, `unchanged`, `failed` or `repeated`.
    outcome: &'static str,
    /// Why it failed, as a stable word.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// Why it failed, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
}

/// Show how far a task is
///
/// Finished tasks can be asked about for 30 days.
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/auth-policy/task/{task}", tag = "authentication policies",
    operation_id = "showAuthPolicyTask",
    security(("api_key" = ["write:policies:admin", "read:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("task" = String, Path, description = "The task's id")),
    responses((status = 200, body = TaskStatus), (status = 404, description = "No such task"))
)]
async fn status(
    State(api): Shared,
    caller: Caller,
    Path((_, task)): Path<(String, String)>,
) -> Result<Json<TaskStatus>, ApiError> {
    let task = row(&api, &caller, &task).await?;
    let lines = match task.state {
        TaskState::Failed => api.store.task_lines(task.id, 0, MOST_ROWS as u32).await?,
        _ => api.store.failed_task_lines(task.id).await?,
    };
    Ok(Json(task_status(&task, lines)))
}

/// Show all that is known of a task
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/auth-policy/task/{task}/summary", tag = "authentication policies",
    operation_id = "summarizeAuthPolicyTask",
    security(("api_key" = ["write:policies:admin", "read:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("task" = String, Path, description = "The task's id")),
    responses((status = 200, body = Data<Task>), (status = 404, description = "No such task"))
)]
async fn summary(
    State(api): Shared,
    caller: Caller,
    Path((_, task)): Path<(String, String)>,
) -> Result<Json<Data<Task>>, ApiError> {
    let row = row(&api, &caller, &task).await?;
    Ok(Json(Data { data: self::task(&caller, row) }))
}

/// All that is known of a task, for a caller of its organization.
pub fn task(caller: &Caller, row: TaskRow) -> Task {
    let has_file = row.kind.makes_file() && row.state == TaskState::Succeeded;
    let file = format!("/admin/control/v1/orgs/{}/exports/{}/file", caller.id(), row.id);
    Task {
        id: row.id,
        kind: row.kind.label(),
        state: row.state.label(),
        policy_id: Some(row.subject).filter(|subject| !subject.is_empty()),
        dry_run: row.dry_run,
        total: row.total,
        done: row.done,
        failed: row.failed,
        reason: row.reason,
        file_link: has_file.then(|| caller.link(&file)),
        created_at: row.created_at,
        finished_at: row.finished_at,
    }
}

/// List what became of the rows of a task
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/auth-policy/task/{task}/rows", tag = "authentication policies",
    operation_id = "listAuthPolicyTaskRows",
    security(("api_key" = ["write:policies:admin", "read:policies:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("task" = String, Path, description = "The task's id"),
        ("cursor" = Option<String>, Query, description = "The place to go on, from `links.next`"),
        ("limit" = Option<u32>, Query, description = "Entries of a page, 50 unless said, 200 at most"),
    ),
    responses(
        (status = 200, body = Page<TaskRowResult>),
        (status = 400, description = "A cursor or a limit that cannot be read"),
        (status = 404, description = "No such task")
    )
)]
async fn rows(
    State(api): Shared,
    caller: Caller,
    Path((_, task)): Path<(String, String)>,
    params: Params,
) -> Result<Json<Page<TaskRowResult>>, ApiError> {
    let task = row(&api, &caller, &task).await?;
    let list = format!("rows of {}", task.id);
    let cursors = caller.cursors(&api, &list);
    let after = params.one("cursor").map(|cursor| cursors.take(cursor)).transpose()?;
    let after = after.and_then(|place| place.parse().ok()).unwrap_or(0);
    let limit = params.limit("limit", PAGE, LONGEST_PAGE)?;
    let cut = Cut::new(api.store.task_lines(task.id, after, limit + 1).await?, limit);
    let next = cut.next(|line| cursors.give(&line.line.to_string()));
    Ok(Json(Page::new(cut.rows.into_iter().map(row_result).collect(), caller.here(), next)))
}

async fn row(api: &Api, caller: &Caller, id: &str) -> Result<TaskRow, ApiError> {
    let id = Uuid::try_parse(id).map_err(|_| ApiError::of(error::NO_TASK))?;
    api.store.task(caller.id(), id).await?.ok_or_else(|| ApiError::of(error::NO_TASK))
}

/// The three counts are those of the distinct users that were sent. Of a task that failed as a whole all have failed, for its
/// reason where they have none of their own.
fn task_status(task: &TaskRow, lines: Vec<TaskLine>) -> TaskStatus {
    let (in_progress, success, failure) = match task.state {
        TaskState::Queued | TaskState::Running => (task.total.saturating_sub(task.failed), 0, task.failed),
        TaskState::Succeeded => (0, task.done, task.failed),
        TaskState::Failed => (0, 0, task.total),
    };
    let mut by_reason: BTreeMap<Option<RowReason>, Vec<String>> = BTreeMap::new();
    for line in lines.into_iter().filter(|line| line.outcome != RowOutcome::Repeated) {
        by_reason.entry(line.outcome.reason()).or_default().push(line.value);
    }
    let failure_reasons = by_reason.into_iter().map(|(reason, emails)| {
        let details = match reason {
            Some(reason) => FailureDetails {
                status: reason.status(),
                title: reason.title(),
                detail: reason.sentence().to_owned(),
            },
            None => FailureDetails {
                status: 409,
                title: "Nothing was done",
                detail: task.reason.clone().unwrap_or_default(),
            },
        };
        FailureReason { emails, details }
    });
    TaskStatus {
        in_progress_count: in_progress,
        success_count: success,
        failure_count: failure,
        failure_reasons: failure_reasons.collect(),
    }
}

fn row_result(line: TaskLine) -> TaskRowResult {
    let reason = line.outcome.reason();
    TaskRowResult {
        line: line.line,
        value: line.value,
        email: line.email.map(|email| email.to_string()),
        outcome: line.outcome.label(),
        reason: reason.map(RowReason::label),
        detail: reason.map(RowReason::sentence),
    }
}
