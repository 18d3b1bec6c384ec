//! Users of a directory.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::scim::schema::USERS;
use crate::domain::scim::selection::Selection;
use crate::store::ScimUserRow;

use super::super::body::Body;
use super::super::error::{self, ApiError};
use super::super::params::Params;
use super::super::{Api, Shared};
use super::listing::{self, Asked};
use super::{At, id, shapes};

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, replace, patch, remove))
}

/// List users of a directory
#[utoipa::path(
    get, path = "/scim/directory/{directory}/Users", tag = "scim", operation_id = "listScimUsers",
    security(("api_key" = ["read:directories:admin", "write:directories:admin"])),
    params(
        ("directory" = String, Path, description = "The directory's id"),
        ("filter" = Option<String>, Query, description = "One `eq` on `userName` or `externalId`"),
        ("startIndex" = Option<i64>, Query, description = "The place of the first one, from 1"),
        ("count" = Option<i64>, Query, description = "How many, 100 unless said, 1000 at most; none with 0"),
        ("attributes" = Option<String>, Query, description = "What alone of each is shown"),
        ("excludedAttributes" = Option<String>, Query, description = "What of each is not shown"),
    ),
    responses(
        (status = 200, body = Value, content_type = "application/scim+json"),
        (status = 400, description = "A filter that is not taken"),
        (status = 404, description = "No such directory")
    )
)]
async fn list(State(api): Shared, at: At, params: Params) -> Result<Json<Value>, ApiError> {
    let asked = Asked::of_query(&params)?;
    Ok(Json(listing::page(&api, &at, &asked, &[&USERS]).await?))
}

/// Add a user to a directory
///
/// The account of the primary address is made, or found, and claimed.
#[utoipa::path(
    post, path = "/scim/directory/{directory}/Users", tag = "scim", operation_id = "createScimUser",
    security(("api_key" = ["write:directories:admin"])),
    params(("directory" = String, Path, description = "The directory's id")),
    request_body(content = Value, content_type = "application/scim+json"),
    responses(
        (status = 201, body = Value, content_type = "application/scim+json"),
        (status = 400, description = "A body that cannot be read, or an address whose domain is not verified"),
        (status = 404, description = "No such directory"),
        (status = 409, description = "Another user has the name or the address")
    )
)]
async fn create(
    State(api): Shared,
    at: At,
    params: Params,
    Body(sent): Body<Value>,
) -> Result<impl IntoResponse, ApiError> {
    let selection = listing::selection(&params)?;
    let row = api.scim.create_user(&at.directory, sent, &at.caller.actor).await?;
    let location = [(header::LOCATION, at.location(&USERS, row.id))];
    Ok((StatusCode::CREATED, location, shown(&api, &at, &selection, &row).await?))
}

/// Show a user of a directory
#[utoipa::path(
    get, path = "/scim/directory/{directory}/Users/{user}", tag = "scim", operation_id = "showScimUser",
    security(("api_key" = ["read:directories:admin", "write:directories:admin"])),
    params(
        ("directory" = String, Path, description = "The directory's id"),
        ("user" = String, Path, description = "The user's id"),
        ("attributes" = Option<String>, Query, description = "What alone is shown"),
        ("excludedAttributes" = Option<String>, Query, description = "What is not shown"),
    ),
    responses(
        (status = 200, body = Value, content_type = "application/scim+json"),
        (status = 404, description = "No such user")
    )
)]
async fn show(
    State(api): Shared,
    at: At,
    Path((_, user)): Path<(String, String)>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let selection = listing::selection(&params)?;
    let row = api.store.scim_user(&at.directory, id(&user)?).await?;
    let row = row.ok_or_else(|| ApiError::of(error::NO_RESOURCE))?;
    shown(&api, &at, &selection, &row).await
}

/// Replace a user of a directory
#[utoipa::path(
    put, path = "/scim/directory/{directory}/Users/{user}", tag = "scim", operation_id = "replaceScimUser",
    security(("api_key" = ["write:directories:admin"])),
    params(("directory" = String, Path, description = "The directory's id"), ("user" = String, Path, description = "The user's id")),
    request_body(content = Value, content_type = "application/scim+json"),
    responses(
        (status = 200, body = Value, content_type = "application/scim+json"),
        (status = 400, description = "A body that cannot be read, or an address whose domain is not verified"),
        (status = 404, description = "No such user"),
        (status = 409, description = "Another user has the name or the address")
    )
)]
async fn replace(
    State(api): Shared,
    at: At,
    Path((_, user)): Path<(String, String)>,
    params: Params,
    Body(sent): Body<Value>,
) -> Result<Json<Value>, ApiError> {
    let selection = listing::selection(&params)?;
    let row = api.scim.replace_user(&at.directory, id(&user)?, sent, &at.caller.actor).await?;
    shown(&api, &at, &selection, &row).await
}

/// Change some of a user of a directory
///
/// `active: false` keeps the account out from the next request on.
#[utoipa::path(
    patch, path = "/scim/directory/{directory}/Users/{user}", tag = "scim", operation_id = "patchScimUser",
    security(("api_key" = ["write:directories:admin"])),
    params(("directory" = String, Path, description = "The directory's id"), ("user" = String, Path, description = "The user's id")),
    request_body(content = Value, content_type = "application/scim+json"),
    responses(
        (status = 200, body = Value, content_type = "application/scim+json"),
        (status = 400, description = "An operation that cannot be done: none of them is"),
        (status = 404, description = "No such user"),
        (status = 409, description = "Another user has the name or the address")
    )
)]
async fn patch(
    State(api): Shared,
    at: At,
    Path((_, user)): Path<(String, String)>,
    params: Params,
    Body(sent): Body<Value>,
) -> Result<Json<Value>, ApiError> {
    let selection = listing::selection(&params)?;
    let row = api.scim.patch_user(&at.directory, id(&user)?, sent, &at.caller.actor).await?;
    shown(&api, &at, &selection, &row).await
}

/// Remove a user from a directory
///
/// The account stays, deactivated.
#[utoipa::path(
    delete, path = "/scim/directory/{directory}/Users/{user}", tag = "scim", operation_id = "deleteScimUser",
    security(("api_key" = ["write:directories:admin"])),
    params(("directory" = String, Path, description = "The directory's id"), ("user" = String, Path, description = "The user's id")),
    responses((status = 204, description = "Removed"), (status = 404, description = "No such user"))
)]
async fn remove(
    State(api): Shared,
    at: At,
    Path((_, user)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    api.scim.remove_user(&at.directory, id(&user)?, &at.caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn shown(
    api: &Api,
    at: &At,
    selection: &Selection,
    row: &ScimUserRow,
) -> Result<Json<Value>, ApiError> {
    let groups = match selection.shows(&USERS, "groups") {
        true => api.store.groups_of_scim_users(&[row.id]).await?,
        false => Vec::new(),
    };
    Ok(Json(shapes::user(at, selection, row, &groups)))
}
