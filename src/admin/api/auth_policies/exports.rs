//! Files of members: ask for one, and fetch it when its task is over.
//!
//! A file leaves part by part, as it stands in the store: it may be larger than is good for one answer in memory.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::actions::policies::export::{ExportError, FetchError};
use crate::store::Store;

use super::super::body::OptionalBody;
use super::super::error::{self, ApiError};
use super::super::guard::Caller;
use super::super::{Api, Shared};
use super::bulk::{Begun, begun};
use super::policy_id;

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(export)).routes(routes!(fetch))
}

/// What is to be exported.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewExport {
    /// The policy whose members are exported; those of all without it.
    policy_id: Option<String>,
}

/// Export members of authentication policies
///
/// The file is made as a task, whose summary says where it is when it is done.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/auth-policy/export", tag = "authentication policies",
    operation_id = "exportAuthPolicyMembers",
    security(("api_key" = ["read:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    request_body = Option<NewExport>,
    responses(
        (status = 202, body = Begun),
        (status = 400, description = "A body that cannot be read"),
        (status = 404, description = "No such policy"),
        (status = 409, description = "Too many tasks are waiting")
    )
)]
async fn export(
    State(api): Shared,
    caller: Caller,
    OptionalBody(NewExport { policy_id: policy }): OptionalBody<NewExport>,
) -> Result<(StatusCode, Json<Begun>), ApiError> {
    let policy = policy.as_deref().map(policy_id).transpose()?;
    let task = api.policies.export(caller.id(), policy, &caller.actor).await?;
    Ok(begun(&caller, task.id))
}

/// Fetch a file of members
///
/// For 24 hours, and with the key that asked for it. No cell of it is a formula.
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/auth-policy/export/{task}", tag = "authentication policies",
    operation_id = "fetchAuthPolicyExport",
    security(("api_key" = ["read:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("task" = String, Path, description = "The task's id")),
    responses(
        (status = 200, body = String, content_type = "text/csv"),
        (status = 404, description = "No such file for this key, or its time is over"),
        (status = 409, description = "It is not ready yet")
    )
)]
async fn fetch(
    State(api): Shared,
    caller: Caller,
    Path((_, task)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let id = Uuid::try_parse(&task).map_err(|_| ApiError::of(error::NO_TASK))?;
    let task = api.policies.file(caller.id(), id, &caller.actor).await?;
    let name = format!("attachment; filename=\"members-{}.csv\"", task.id);
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, parts(api.store.clone(), task.id)).into_response())
}

/// The parts one after the other. One that cannot be read breaks the answer off, so that nobody takes it for whole.
fn parts(store: Store, task: Uuid) -> Body {
    let read = move |part: u32| {
        let store = store.clone();
        async move {
            let content = store.task_file_part(task, part).await.transpose()?;
            Some((content.map(Bytes::from), part.saturating_add(1)))
        }
    };
    Body::from_stream(stream::unfold(0, read))
}

impl From<ExportError> for ApiError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => error.into(),
            ExportError::Unknown => Self::of(error::NO_POLICY),
            ExportError::Busy => Self::because(error::CONFLICT, error),
        }
    }
}

impl From<FetchError> for ApiError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Store(error) => error.into(),
            FetchError::Unknown => Self::because(error::NO_TASK, error),
            FetchError::NotReady => Self::because(error::CONFLICT, error),
        }
    }
}
