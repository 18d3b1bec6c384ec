//! Many members at once: a list of addresses and ids, or a CSV file. Both become a task, whose link is the answer.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::actions::address_csv::{AddressCsvError, MOST_BYTES};
use crate::actions::policies::submit::SubmitError;

use super::super::body::{self, Body, media_type};
use super::super::error::{self, ApiError};
use super::super::guard::Caller;
use super::super::params::Params;
use super::super::{Api, Shared};
use super::policy_id;
use super::shapes::Users;

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(add_users)).routes(routes!(upload))
}

/// A task that was begun.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Begun {
    /// Its id.
    pub task_id: Uuid,
    /// Where it says how far it is.
    pub task_link: String,
}

/// Add users to an authentication policy
///
/// As the product's own API has it: addresses, and account ids are taken too, 10,000 at most.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/auth-policy/{policy}/add-users", tag = "authentication policies",
    operation_id = "addUsersToAuthPolicy",
    security(("api_key" = ["write:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("policy" = String, Path, description = "The policy's id")),
    request_body = Users,
    responses(
        (status = 202, body = Begun),
        (status = 400, description = "A body that cannot be read, or nobody in it, or too many"),
        (status = 404, description = "No such policy"),
        (status = 409, description = "It is a draft, or too many tasks are waiting")
    )
)]
async fn add_users(
    State(api): Shared,
    caller: Caller,
    Path((_, policy)): Path<(String, String)>,
    Body(Users { users }): Body<Users>,
) -> Result<(StatusCode, Json<Begun>), ApiError> {
    let task = api.policies.submit_list(caller.id(), policy_id(&policy)?, &users, &caller.actor).await?;
    Ok(begun(&caller, task.id))
}

/// Upload members of an authentication policy
///
/// A CSV file in UTF-8 of one column of addresses, or with a header that calls one of its columns Email; 10,000 rows and 5 MB at
/// most. All accounts that can become members do at once, and each row says what became of it. As a dry run nothing changes.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/auth-policy/{policy}/members/csv", tag = "authentication policies",
    operation_id = "uploadAuthPolicyMembers",
    security(("api_key" = ["write:policies:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("policy" = String, Path, description = "The policy's id"),
        ("dryRun" = Option<bool>, Query, description = "Only find out what would become of each row"),
    ),
    request_body(content = String, content_type = "text/csv"),
    responses(
        (status = 202, body = Begun),
        (status = 400, description = "A parameter that cannot be read"),
        (status = 404, description = "No such policy"),
        (status = 409, description = "It is a draft, or too many tasks are waiting"),
        (status = 413, description = "Larger than 5 MB"),
        (status = 415, description = "Not text/csv, or in a content coding"),
        (status = 422, description = "A file that is refused as a whole, with the line")
    )
)]
async fn upload(
    State(api): Shared,
    caller: Caller,
    Path((_, policy)): Path<(String, String)>,
    params: Params,
    request: Request,
) -> Result<(StatusCode, Json<Begun>), ApiError> {
    let dry_run = params.switch("dryRun")?.unwrap_or(false);
    let policy = policy_id(&policy)?;
    if media_type(request.headers()).as_deref() != Some("text/csv") {
        return Err(ApiError::because(error::BAD_MEDIA_TYPE, "Send the file as text/csv."));
    }
    let file = body::read(request, MOST_BYTES).await?;
    let task = api.policies.submit_csv(caller.id(), policy, &file, dry_run, &caller.actor).await?;
    Ok(begun(&caller, task.id))
}

/// The answer to who began a task.
fn begun(caller: &Caller, task: Uuid) -> (StatusCode, Json<Begun>) {
    let task_link = caller.link(&format!("/admin/control/v1/orgs/{}/auth-policy/task/{task}", caller.id()));
    (StatusCode::ACCEPTED, Json(Begun { task_id: task, task_link }))
}

impl From<SubmitError> for ApiError {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Store(error) => error.into(),
            SubmitError::Unknown => Self::of(error::NO_POLICY),
            SubmitError::Draft | SubmitError::Busy => Self::because(error::CONFLICT, error),
            SubmitError::Count => Self::because(error::BAD_BODY, format!("users: {error}")),
            SubmitError::File(AddressCsvError::TooLarge) => Self::because(error::TOO_LARGE, error),
            SubmitError::File(_) => Self::because(error::UNPROCESSABLE, error),
        }
    }
}
