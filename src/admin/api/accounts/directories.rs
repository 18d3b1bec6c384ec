//! The directories of an organization, as v2 lists them: its own, in which everybody is whom no identity provider keeps.

use std::sync::Arc;

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::super::error::{self, ApiError};
use super::super::guard::Caller;
use super::super::page::CursorPage;
use super::super::params::Params;
use super::super::{Api, Shared};
use super::{account, directory_id};

/// What the organization's own directory is called.
const NAME: &str = "Local directory";

/// A directory.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Directory {
    directory_id: Uuid,
    name: &'static str,
}

/// No directory of the organization.
const NO_DIRECTORY: error::Cause =
    error::Cause(axum::http::StatusCode::NOT_FOUND, "ADMIN-404-1", "Directory not found");

/// The operation.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list))
}

/// List directories
#[utoipa::path(
    get, path = "/admin/v2/orgs/{org}/directories", tag = "directories", operation_id = "listDirectories",
    security(("api_key" = ["read:directories:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("accountId" = Option<String>, Query, description = "Only directories that have this account"),
        ("directoryIds" = Option<Vec<String>>, Query, description = "Only these"),
        ("searchTerm" = Option<String>, Query, description = "Only those with this in their name"),
    ),
    responses((status = 200, body = CursorPage<Directory>))
)]
async fn list(api: Shared, caller: Caller, params: Params) -> Result<Json<CursorPage<Directory>>, ApiError> {
    let own = directory_id(caller.id());
    let ids = params.many("directoryIds");
    let has_account = match params.one("accountId") {
        Some(id) => account(&api, &caller, id).await.is_ok(),
        None => true,
    };
    let is_named =
        params.one("searchTerm").is_none_or(|term| NAME.to_lowercase().contains(&term.to_lowercase()));
    let is_wanted = has_account && is_named && (ids.is_empty() || ids.iter().any(|id| is_own(id, own)));
    let all = if is_wanted { vec![Directory { directory_id: own, name: NAME }] } else { Vec::new() };
    Ok(Json(CursorPage::new(all, None)))
}

/// Refuses a directory that is not the organization's. `-` stands for all that the key may see.
pub(super) fn expect(caller: &Caller, directory: &str) -> Result<(), ApiError> {
    if is_own(directory, directory_id(caller.id())) { Ok(()) } else { Err(ApiError::of(NO_DIRECTORY)) }
}

fn is_own(text: &str, own: Uuid) -> bool {
    text == "-" || Uuid::try_parse(text) == Ok(own)
}
