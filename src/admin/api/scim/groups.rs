//! Groups of a directory.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::scim::schema::{GROUPS, MEMBERS};

use super::super::body::Body;
use super::super::error::{self, ApiError};
use super::super::params::Params;
use super::super::{Api, Shared};
use super::listing::{self, Asked};
use super::{At, id, shapes};

/// Members that a change of some of them shows again.
const MOST_SHOWN: usize = 1_000;

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, replace, patch, remove))
}

/// List groups of a directory
#[utoipa::path(
    get, path = "/scim/directory/{directory}/Groups", tag = "scim", operation_id = "listScimGroups",
    security(("api_key" = ["read:directories:admin", "write:directories:admin"])),
    params(
        ("directory" = String, Path, description = "The directory's id"),
        ("filter" = Option<String>, Query, description = "One `eq` on `displayName`"),
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
    Ok(Json(listing::page(&api, &at, &asked, &[&GROUPS]).await?))
}

/// Add a group to a directory
///
/// Its members are users of the same directory.
#[utoipa::path(
    post, path = "/scim/directory/{directory}/Groups", tag = "scim", operation_id = "createScimGroup",
    security(("api_key" = ["write:directories:admin"])),
    params(("directory" = String, Path, description = "The directory's id")),
    request_body(content = Value, content_type = "application/scim+json"),
    responses(
        (status = 201, body = Value, content_type = "application/scim+json"),
        (status = 400, description = "A body that cannot be read, or a member of no such directory"),
        (status = 404, description = "No such directory"),
        (status = 409, description = "Another group has the name")
    )
)]
async fn create(
    State(api): Shared,
    at: At,
    params: Params,
    Body(sent): Body<Value>,
) -> Result<impl IntoResponse, ApiError> {
    let selection = listing::selection(&params)?;
    let (row, members) = api.scim.create_group(&at.directory, sent, &at.caller.actor).await?;
    let location = [(header::LOCATION, at.location(&GROUPS, row.id))];
    Ok((StatusCode::CREATED, location, Json(shapes::group(&at, &selection, &row, &members))))
}

/// Show a group of a directory
#[utoipa::path(
    get, path = "/scim/directory/{directory}/Groups/{group}", tag = "scim", operation_id = "showScimGroup",
    security(("api_key" = ["read:directories:admin", "write:directories:admin"])),
    params(
        ("directory" = String, Path, description = "The directory's id"),
        ("group" = String, Path, description = "The group's id"),
        ("attributes" = Option<String>, Query, description = "What alone is shown"),
        ("excludedAttributes" = Option<String>, Query, description = "What is not shown"),
    ),
    responses(
        (status = 200, body = Value, content_type = "application/scim+json"),
        (status = 404, description = "No such group")
    )
)]
async fn show(
    State(api): Shared,
    at: At,
    Path((_, group)): Path<(String, String)>,
    params: Params,
) -> Result<Json<Value>, ApiError> {
    let selection = listing::selection(&params)?;
    let row = api.store.scim_group(&at.directory, id(&group)?).await?;
    let row = row.ok_or_else(|| ApiError::of(error::NO_RESOURCE))?;
    let members = match selection.shows(&GROUPS, MEMBERS) {
        true => api.store.scim_members(&[row.id]).await?,
        false => Vec::new(),
    };
    Ok(Json(shapes::group(&at, &selection, &row, &members)))
}

/// Replace a group of a directory
#[utoipa::path(
    put, path = "/scim/directory/{directory}/Groups/{group}", tag = "scim", operation_id = "replaceScimGroup",
    security(("api_key" = ["write:directories:admin"])),
    params(("directory" = String, Path, description = "The directory's id"), ("group" = String, Path, description = "The group's id")),
    request_body(content = Value, content_type = "application/scim+json"),
    responses(
        (status = 200, body = Value, content_type = "application/scim+json"),
        (status = 400, description = "A body that cannot be read, or a member of no such directory"),
        (status = 404, description = "No such group")
    )
)]
async fn replace(
    State(api): Shared,
    at: At,
    Path((_, group)): Path<(String, String)>,
    params: Params,
    Body(sent): Body<Value>,
) -> Result<Json<Value>, ApiError> {
    let selection = listing::selection(&params)?;
    let (row, members) = api.scim.replace_group(&at.directory, id(&group)?, sent, &at.caller.actor).await?;
    Ok(Json(shapes::group(&at, &selection, &row, &members)))
}

/// Change some of a group of a directory
///
/// Members come and go by `members`; the name stays. A group that has more than 1000 then is not shown again, unless
/// `attributes` or `excludedAttributes` say what of it is to be.
#[utoipa::path(
    patch, path = "/scim/directory/{directory}/Groups/{group}", tag = "scim", operation_id = "patchScimGroup",
    security(("api_key" = ["write:directories:admin"])),
    params(("directory" = String, Path, description = "The directory's id"), ("group" = String, Path, description = "The group's id")),
    request_body(content = Value, content_type = "application/scim+json"),
    responses(
        (status = 200, body = Value, content_type = "application/scim+json"),
        (status = 204, description = "Changed; more members than are shown again"),
        (status = 400, description = "An operation that cannot be done: none of them is"),
        (status = 404, description = "No such group")
    )
)]
async fn patch(
    State(api): Shared,
    at: At,
    Path((_, group)): Path<(String, String)>,
    params: Params,
    Body(sent): Body<Value>,
) -> Result<Response, ApiError> {
    let selection = listing::selection(&params)?;
    let row = api.scim.patch_group(&at.directory, id(&group)?, sent, &at.caller.actor).await?;
    let is_asked_for = ["attributes", "excludedAttributes"].iter().any(|name| !params.many(name).is_empty());
    let members = match (selection.shows(&GROUPS, MEMBERS), is_asked_for) {
        (false, _) => Vec::new(),
        (true, true) => api.store.scim_members(&[row.id]).await?,
        (true, false) => api.store.some_scim_members(row.id, MOST_SHOWN + 1).await?,
    };
    // The standard lets a server answer a PATCH without the resource, but for when it is asked for (RFC 7644 section 3.5.2). An
    // identity provider that adds a hundred thousand people one by one would be sent all of them each time.
    if members.len() > MOST_SHOWN && !is_asked_for {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Json(shapes::group(&at, &selection, &row, &members)).into_response())
}

/// Remove a group from a directory
///
/// Its members stay in the directory.
#[utoipa::path(
    delete, path = "/scim/directory/{directory}/Groups/{group}", tag = "scim", operation_id = "deleteScimGroup",
    security(("api_key" = ["write:directories:admin"])),
    params(("directory" = String, Path, description = "The directory's id"), ("group" = String, Path, description = "The group's id")),
    responses((status = 204, description = "Removed"), (status = 404, description = "No such group"))
)]
async fn remove(
    State(api): Shared,
    at: At,
    Path((_, group)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    api.scim.remove_group(&at.directory, id(&group)?, &at.caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
