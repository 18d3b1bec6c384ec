//! User management: one managed account, by its id alone; whose it is follows from the key.
//!
//! The family has a dialect of its own for refusals: a `key` that clients compare, and a `context`.

mod edit;
mod errors;
mod life;
mod shapes;

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::store::Account;

use super::body::Body;
use super::error::ApiError;
use super::guard::Caller;
use super::params::Params;
use super::{Api, Shared};
use edit::ProfileEdit;
use errors::{NOT_FOUND, failed, not_found};
use shapes::{Managed, managed, permissions};

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(show_permissions))
        .routes(routes!(show_profile, edit_profile))
        .routes(routes!(set_email))
        .routes(routes!(list_tokens))
        .routes(routes!(delete_token))
        .merge(life::routes())
}

/// A new address.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewEmail {
    email: String,
}

/// Show what may be done to an account
#[utoipa::path(
    get, path = "/users/{account}/manage", tag = "user management", operation_id = "showPermissions",
    security(("api_key" = ["manage:org"])),
    params(("account" = String, Path, description = "The account's id"), ("privileges" = Option<Vec<String>>, Query, description = "Only these")),
    responses((status = 200, body = Value), (status = 404, description = "No such account"))
)]
async fn show_permissions(
    api: Shared,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let account = account(&api, &caller, &id).await?;
    let is_synced = api.store.is_synced(caller.id(), account.id).await?;
    Ok(Json(permissions(&account, is_synced, &params.many("privileges"))))
}

/// Show a profile
#[utoipa::path(
    get, path = "/users/{account}/manage/profile", tag = "user management", operation_id = "showProfile",
    security(("api_key" = ["manage:org"])),
    params(("account" = String, Path, description = "The account's id")),
    responses((status = 200, body = Managed), (status = 404, description = "No such account"))
)]
async fn show_profile(
    api: Shared,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Managed>, ApiError> {
    Ok(Json(managed(&account(&api, &caller, &id).await?)))
}

/// Edit a profile
///
/// Members that are not there stay as they are; null or an empty text takes one away, where an account can be without.
#[utoipa::path(
    patch, path = "/users/{account}/manage/profile", tag = "user management", operation_id = "editProfile",
    security(("api_key" = ["manage:org"])),
    params(("account" = String, Path, description = "The account's id")),
    request_body = ProfileEdit,
    responses(
        (status = 200, body = Managed), (status = 400, description = "The values of some fields"),
        (status = 403, description = "Not managed, or not verified"), (status = 404, description = "No such account")
    )
)]
async fn edit_profile(
    api: Shared,
    caller: Caller,
    Path(id): Path<String>,
    Body(edit): Body<ProfileEdit>,
) -> Result<Json<Managed>, ApiError> {
    let values = edit.values();
    let id = account_id(&id)?;
    let edited = api.accounts.load_full().edit_profile(caller.id(), id, &values, &caller.actor).await;
    Ok(Json(managed(&edited.map_err(|error| failed(error, id))?)))
}

/// Change the address
///
/// Only to a domain that the organization verified. All proofs are void from then on, and the owner is asked by mail to verify the
/// address: until they typed the code that a site sends them, the account is external. A mistyped address can be set once more.
#[utoipa::path(
    put, path = "/users/{account}/manage/email", tag = "user management", operation_id = "setEmail",
    security(("api_key" = ["manage:org"])),
    params(("account" = String, Path, description = "The account's id")),
    request_body = NewEmail,
    responses(
        (status = 204, description = "Changed"), (status = 400, description = "No address"),
        (status = 403, description = "Not managed, not verified, or a domain of somebody else"),
        (status = 404, description = "No such account"), (status = 409, description = "Another account has it")
    )
)]
async fn set_email(
    api: Shared,
    caller: Caller,
    Path(id): Path<String>,
    Body(NewEmail { email }): Body<NewEmail>,
) -> Result<StatusCode, ApiError> {
    let id = account_id(&id)?;
    let set = api.accounts.load_full().set_email(caller.id(), id, &email, &caller.actor).await;
    set.map_err(|error| failed(error, id))?;
    Ok(StatusCode::NO_CONTENT)
}

/// List API tokens
///
/// Always empty: the products keep them, and none of them tells.
#[utoipa::path(
    get, path = "/users/{account}/manage/api-tokens", tag = "user management", operation_id = "listTokens",
    security(("api_key" = ["manage:org"])),
    params(("account" = String, Path, description = "The account's id")),
    responses((status = 200, body = Vec<String>), (status = 404, description = "No such account"))
)]
async fn list_tokens(
    api: Shared,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Vec<String>>, ApiError> {
    account(&api, &caller, &id).await?;
    Ok(Json(Vec::new()))
}

/// Delete an API token
///
/// There is none to delete.
#[utoipa::path(
    delete, path = "/users/{account}/manage/api-tokens/{token}", tag = "user management", operation_id = "deleteToken",
    security(("api_key" = ["manage:org"])),
    params(("account" = String, Path, description = "The account's id"), ("token" = String, Path, description = "The token's id")),
    responses((status = 404, description = "No such account or token"))
)]
async fn delete_token(
    api: Shared,
    caller: Caller,
    Path((id, _)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    account(&api, &caller, &id).await?;
    Err(ApiError::of(NOT_FOUND).key("notFound", Value::Null))
}

/// An account of the organization, by what a path says.
async fn account(api: &Api, caller: &Caller, id: &str) -> Result<Account, ApiError> {
    let id = account_id(id)?;
    api.store.account(caller.id(), id).await?.ok_or_else(not_found)
}

/// What is no id is nobody's.
fn account_id(id: &str) -> Result<Uuid, ApiError> {
    super::accounts::account_id(id).ok_or_else(not_found)
}
