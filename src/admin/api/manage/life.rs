//! Deactivate, reactivate, delete and have back: the life of one managed account.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::lifecycle::Step;
use crate::store::Account;

use super::super::body::OptionalBody;
use super::super::error::{self, ApiError};
use super::super::guard::Caller;
use super::super::{Api, Shared};
use super::account_id;
use super::errors::failed;

/// The longest that an admin can say.
const LONGEST_SAID: usize = 1000;

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(deactivate))
        .routes(routes!(reactivate))
        .routes(routes!(delete))
        .routes(routes!(cancel))
}

/// What the admin has to say, for the audit log.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct Said {
    message: Option<String>,
}

/// What was done, in a sentence.
#[derive(Debug, Serialize, ToSchema)]
pub struct LifecycleMessage {
    message: String,
}

/// Deactivate an account
///
/// It is refused at every site from then on, also with a token whose owner is known.
#[utoipa::path(
    post, path = "/users/{account}/manage/lifecycle/disable", tag = "user management", operation_id = "deactivateAccount",
    security(("api_key" = ["manage:org"])),
    params(("account" = String, Path, description = "The account's id")),
    request_body = Option<Said>,
    responses(
        (status = 204, description = "Deactivated"), (status = 403, description = "Not managed"),
        (status = 404, description = "No such account"), (status = 409, description = "It is for deletion, or gone")
    )
)]
async fn deactivate(
    api: Shared,
    caller: Caller,
    Path(id): Path<String>,
    OptionalBody(Said { message }): OptionalBody<Said>,
) -> Result<StatusCode, ApiError> {
    if message.as_ref().is_some_and(|said| said.chars().count() > LONGEST_SAID) {
        return Err(ApiError::because(error::BAD_BODY, "message: 1000 characters at most are expected."));
    }
    step(&api, &caller, &id, Step::Deactivate, message.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reactivate an account
#[utoipa::path(
    post, path = "/users/{account}/manage/lifecycle/enable", tag = "user management", operation_id = "reactivateAccount",
    security(("api_key" = ["manage:org"])),
    params(("account" = String, Path, description = "The account's id")),
    responses(
        (status = 204, description = "Reactivated"), (status = 403, description = "Not managed"),
        (status = 404, description = "No such account"), (status = 409, description = "It is for deletion, or gone")
    )
)]
async fn reactivate(api: Shared, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    step(&api, &caller, &id, Step::Reactivate, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete an account
///
/// It is deactivated for 14 days, in which it can be had back, and then goes for good.
#[utoipa::path(
    post, path = "/users/{account}/manage/lifecycle/delete", tag = "user management", operation_id = "deleteAccount",
    security(("api_key" = ["manage:org"])),
    params(("account" = String, Path, description = "The account's id")),
    responses(
        (status = 200, body = LifecycleMessage), (status = 403, description = "Not managed"),
        (status = 404, description = "No such account"), (status = 409, description = "It is gone")
    )
)]
async fn delete(
    api: Shared,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<LifecycleMessage>, ApiError> {
    let account = step(&api, &caller, &id, Step::Delete, None).await?;
    let until = account.deletion_at.map_or_else(String::new, |at| format!(" at {at}"));
    Ok(Json(LifecycleMessage { message: format!("User {} will be deleted{until}", account.id) }))
}

/// Cancel the deletion of an account
///
/// It is active again.
#[utoipa::path(
    post, path = "/users/{account}/manage/lifecycle/cancel-delete", tag = "user management", operation_id = "cancelDeletion",
    security(("api_key" = ["manage:org"])),
    params(("account" = String, Path, description = "The account's id")),
    responses(
        (status = 200, body = LifecycleMessage), (status = 403, description = "Not managed"),
        (status = 404, description = "No such account"), (status = 409, description = "It is not for deletion")
    )
)]
async fn cancel(
    api: Shared,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<LifecycleMessage>, ApiError> {
    let account = step(&api, &caller, &id, Step::CancelDeletion, None).await?;
    Ok(Json(LifecycleMessage { message: format!("The deletion of user {} was canceled", account.id) }))
}

async fn step(
    api: &Api,
    caller: &Caller,
    id: &str,
    step: Step,
    said: Option<&str>,
) -> Result<Account, ApiError> {
    let id = account_id(id)?;
    let taken = api.accounts.load_full().take_step(caller.id(), id, step, said, &caller.actor).await;
    taken.map_err(|error| failed(error, id))
}
