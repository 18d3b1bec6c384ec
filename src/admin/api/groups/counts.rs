//! How many groups a directory has, and how many people a group has.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::store::AccountFilter;

use super::super::accounts::{UserCount, UserStats, stats_of, within};
use super::super::error::ApiError;
use super::super::guard::Caller;
use super::super::page::Data;
use super::super::{Api, Shared};
use super::group_in;

/// The operations.
pub(super) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(count)).routes(routes!(stats)).routes(routes!(stats_of_group))
}

/// How many groups, by kind.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupStats {
    total: u64,
    /// The organization's own, but for companies.
    groups: u64,
    companies: u64,
    /// Of identity providers.
    external_synced: u64,
}

/// Count groups
#[utoipa::path(
    get, path = "/admin/v2/orgs/{org}/directories/{directory}/groups/count", tag = "groups", operation_id = "countGroups",
    security(("api_key" = ["read:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`")),
    responses((status = 200, body = UserCount), (status = 404, description = "No such directory"))
)]
async fn count(
    State(api): Shared,
    caller: Caller,
    Path((_, directory)): Path<(String, String)>,
) -> Result<Json<UserCount>, ApiError> {
    let within = within(&api, &caller, &directory).await?;
    let count = api.store.count_groups(caller.id(), &within).await?.total();
    Ok(Json(UserCount { count }))
}

/// Count groups by kind
#[utoipa::path(
    get, path = "/admin/v2/orgs/{org}/directories/{directory}/groups/stats", tag = "groups", operation_id = "statsOfGroups",
    security(("api_key" = ["read:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`")),
    responses((status = 200, body = Data<GroupStats>), (status = 404, description = "No such directory"))
)]
async fn stats(
    State(api): Shared,
    caller: Caller,
    Path((_, directory)): Path<(String, String)>,
) -> Result<Json<Data<GroupStats>>, ApiError> {
    let within = within(&api, &caller, &directory).await?;
    let counts = api.store.count_groups(caller.id(), &within).await?;
    let data = GroupStats {
        total: counts.total(),
        groups: counts.groups,
        companies: counts.companies,
        external_synced: counts.synced,
    };
    Ok(Json(Data { data }))
}

/// Count the people of a group by status
///
/// Of a company also those of its mail domains.
#[utoipa::path(
    get, path = "/admin/v2/orgs/{org}/directories/{directory}/groups/{group}/stats", tag = "groups", operation_id = "statsOfGroup",
    security(("api_key" = ["read:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`"), ("group" = String, Path, description = "The group's id")),
    responses((status = 200, body = Data<UserStats>), (status = 404, description = "No such group or directory"))
)]
async fn stats_of_group(
    State(api): Shared,
    caller: Caller,
    Path((_, directory, id)): Path<(String, String, String)>,
) -> Result<Json<Data<UserStats>>, ApiError> {
    let group = group_in(&api, &caller, &directory, &id).await?;
    let filter = AccountFilter { groups: vec![group.id()], ..AccountFilter::default() };
    Ok(Json(Data { data: stats_of(&api, &caller, &filter).await? }))
}
