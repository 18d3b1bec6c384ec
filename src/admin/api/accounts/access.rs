//! Keeping one account out and letting it in again, as v1 has it, for managed and external people alike.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::accounts::AccountError;

use super::super::error::{self, ApiError};
use super::super::guard::Caller;
use super::super::{Api, Shared};
use super::{NO_USER, account};

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(remove))
        .routes(routes!(suspend))
        .routes(routes!(restore))
        .routes(routes!(last_active))
}

/// What was done, in a sentence.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessMessage {
    message: String,
}

/// When somebody was last active.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastActive {
    data: LastActiveDates,
    links: LastActiveLinks,
}

/// The dates.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastActiveDates {
    /// Always empty: at which product somebody was active is not kept.
    product_access: Vec<String>,
    #[schema(value_type = String, format = Date)]
    added_to_org: Date,
    /// The day of the last use of any product. Not in the product whose API this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    last_active: Option<Date>,
}

/// There is one page.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastActiveLinks {}

/// Remove an account from the organization
///
/// It is kept out from then on. Its row stays, or it would come in as somebody new.
#[utoipa::path(
    delete, path = "/admin/v1/orgs/{org}/directory/users/{account}", tag = "accounts", operation_id = "removeUser",
    security(("api_key" = ["write:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("account" = String, Path, description = "The account's id")),
    responses((status = 204, description = "Removed"), (status = 404, description = "No such account"))
)]
async fn remove(
    api: Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let id = account(&api, &caller, &id).await?.id;
    api.accounts.load_full().suspend(caller.id(), id, true, &caller.actor).await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Suspend the access of an account
#[utoipa::path(
    post, path = "/admin/v1/orgs/{org}/directory/users/{account}/suspend-access", tag = "accounts", operation_id = "suspendUser",
    security(("api_key" = ["write:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("account" = String, Path, description = "The account's id")),
    responses((status = 200, body = AccessMessage), (status = 404, description = "No such account"))
)]
async fn suspend(
    api: Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<AccessMessage>, ApiError> {
    let id = account(&api, &caller, &id).await?.id;
    api.accounts.load_full().suspend(caller.id(), id, false, &caller.actor).await.map_err(failed)?;
    let message = format!("Access to organization {} was suspended for user {id}", caller.id());
    Ok(Json(AccessMessage { message }))
}

/// Restore the access of an account
#[utoipa::path(
    post, path = "/admin/v1/orgs/{org}/directory/users/{account}/restore-access", tag = "accounts", operation_id = "restoreUser",
    security(("api_key" = ["write:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("account" = String, Path, description = "The account's id")),
    responses((status = 200, body = AccessMessage), (status = 404, description = "No such account"))
)]
async fn restore(
    api: Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<AccessMessage>, ApiError> {
    let id = account(&api, &caller, &id).await?.id;
    api.accounts.load_full().restore(caller.id(), id, &caller.actor).await.map_err(failed)?;
    let message = format!("Access to organization {} was restored for user {id}", caller.id());
    Ok(Json(AccessMessage { message }))
}

/// Show when an account was last active
#[utoipa::path(
    get, path = "/admin/v1/orgs/{org}/directory/users/{account}/last-active-dates", tag = "accounts",
    operation_id = "lastActiveDates",
    security(("api_key" = ["read:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("account" = String, Path, description = "The account's id")),
    responses((status = 200, body = LastActive), (status = 404, description = "No such account"))
)]
async fn last_active(
    api: Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<LastActive>, ApiError> {
    let account = account(&api, &caller, &id).await?;
    let day = |at: jiff::Timestamp| at.to_zoned(TimeZone::UTC).date();
    let data = LastActiveDates {
        product_access: Vec::new(),
        added_to_org: day(account.created_at),
        last_active: account.last_active_at.map(day),
    };
    Ok(Json(LastActive { data, links: LastActiveLinks {} }))
}

/// What went wrong, in the words of this family.
pub(in crate::admin::api) fn failed(error: AccountError) -> ApiError {
    match error {
        AccountError::Mistakes(mistakes) => mistakes.into(),
        AccountError::TooOften(wait) => {
            let seconds = HeaderValue::from(wait.as_secs());
            ApiError::because(error::RATE_LIMITED, error).with_header(header::RETRY_AFTER, seconds)
        }
        AccountError::NotFound => ApiError::of(NO_USER),
        AccountError::Store(error) => error.into(),
        other => ApiError::because(error::CONFLICT, other),
    }
}
