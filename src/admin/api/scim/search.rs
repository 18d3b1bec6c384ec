//! Searches: lists asked for by a body, of one kind of resource or of both (RFC 7644 section 3.4.3).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::scim::schema::{GROUPS, USERS};

use super::super::body::Body;
use super::super::error::ApiError;
use super::super::{Api, Shared};
use super::At;
use super::listing::{self, Asked};

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(all)).routes(routes!(users)).routes(routes!(groups))
}

/// Search a directory
///
/// Users first, then groups. A filter of either kind finds nothing of both, so it is taken below one of them only.
#[utoipa::path(
    post, path = "/scim/directory/{directory}/.search", tag = "scim", operation_id = "searchScim",
    security(("api_key" = ["read:directories:admin", "write:directories:admin"])),
    params(("directory" = String, Path, description = "The directory's id")),
    request_body(content = Value, content_type = "application/scim+json"),
    responses(
        (status = 200, body = Value, content_type = "application/scim+json"),
        (status = 400, description = "A body that cannot be read, or a filter"),
        (status = 404, description = "No such directory")
    )
)]
async fn all(State(api): Shared, at: At, Body(body): Body<Value>) -> Result<Json<Value>, ApiError> {
    Ok(Json(listing::page(&api, &at, &Asked::of_body(&body)?, &[&USERS, &GROUPS]).await?))
}

/// Search users of a directory
#[utoipa::path(
    post, path = "/scim/directory/{directory}/Users/.search", tag = "scim", operation_id = "searchScimUsers",
    security(("api_key" = ["read:directories:admin", "write:directories:admin"])),
    params(("directory" = String, Path, description = "The directory's id")),
    request_body(content = Value, content_type = "application/scim+json"),
    responses(
        (status = 200, body = Value, content_type = "application/scim+json"),
        (status = 400, description = "A body that cannot be read, or a filter that is not taken"),
        (status = 404, description = "No such directory")
    )
)]
async fn users(State(api): Shared, at: At, Body(body): Body<Value>) -> Result<Json<Value>, ApiError> {
    Ok(Json(listing::page(&api, &at, &Asked::of_body(&body)?, &[&USERS]).await?))
}

/// Search groups of a directory
#[utoipa::path(
    post, path = "/scim/directory/{directory}/Groups/.search", tag = "scim", operation_id = "searchScimGroups",
    security(("api_key" = ["read:directories:admin", "write:directories:admin"])),
    params(("directory" = String, Path, description = "The directory's id")),
    request_body(content = Value, content_type = "application/scim+json"),
    responses(
        (status = 200, body = Value, content_type = "application/scim+json"),
        (status = 400, description = "A body that cannot be read, or a filter that is not taken"),
        (status = 404, description = "No such directory")
    )
)]
async fn groups(State(api): Shared, at: At, Body(body): Body<Value>) -> Result<Json<Value>, ApiError> {
    Ok(Json(listing::page(&api, &at, &Asked::of_body(&body)?, &[&GROUPS]).await?))
}
