//! The roles of one person: given and taken as v1 has it, listed as v2 does. What a person may do by a group stands with the group.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::groups::roles::RoleAt;
use crate::domain::group::site_of;
use crate::store::Holder;

use super::super::accounts::account_in;
use super::super::body::Body;
use super::super::error::ApiError;
use super::super::guard::Caller;
use super::super::page::CursorPage;
use super::super::params::Params;
use super::super::{Api, Shared};
use super::account_id;
use super::shapes::{AssignedRole, GroupMessage, RoleV1, assigned};

/// The operations.
pub(super) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(assign)).routes(routes!(revoke)).routes(routes!(list))
}

/// Give a person a role
///
/// A site that lets in only who was invited lets them in within a second.
#[utoipa::path(
    post, path = "/admin/v1/orgs/{org}/users/{account}/roles/assign", tag = "groups", operation_id = "assignUserRole",
    security(("api_key" = ["write:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("account" = String, Path, description = "The account's id")),
    request_body = RoleV1,
    responses((status = 200, body = GroupMessage), (status = 400, description = "The body cannot be read"), (status = 404, description = "No such account"), (status = 422, description = "A member is wrong"))
)]
async fn assign(
    State(api): Shared,
    caller: Caller,
    Path((_, account)): Path<(String, String)>,
    Body(RoleV1 { role, resource }): Body<RoleV1>,
) -> Result<Json<GroupMessage>, ApiError> {
    let (account, at) = (account_id(&account)?, RoleAt { role: &role, resource: &resource });
    api.groups.load_full().assign(caller.id(), Holder::Account(account), at, &caller.actor).await?;
    Ok(Json(GroupMessage { message: format!("Role {role} was granted to user {account}") }))
}

/// Take a role from a person
///
/// What they have by a group stays.
#[utoipa::path(
    post, path = "/admin/v1/orgs/{org}/users/{account}/roles/revoke", tag = "groups", operation_id = "revokeUserRole",
    security(("api_key" = ["write:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("account" = String, Path, description = "The account's id")),
    request_body = RoleV1,
    responses((status = 200, body = GroupMessage), (status = 400, description = "The body cannot be read"), (status = 404, description = "No such account"), (status = 422, description = "A member is wrong"))
)]
async fn revoke(
    State(api): Shared,
    caller: Caller,
    Path((_, account)): Path<(String, String)>,
    Body(RoleV1 { role, resource }): Body<RoleV1>,
) -> Result<Json<GroupMessage>, ApiError> {
    let (account, at) = (account_id(&account)?, RoleAt { role: &role, resource: &resource });
    api.groups.load_full().revoke(caller.id(), Holder::Account(account), at, &caller.actor).await?;
    Ok(Json(GroupMessage { message: format!("Role {role} was revoked from user {account}") }))
}

/// List the roles of a person
///
/// Those that are their own; those of a group are listed with it. They are one page.
#[utoipa::path(
    get, path = "/admin/v2/orgs/{org}/directories/{directory}/users/{account}/role-assignments", tag = "groups", operation_id = "listUserRoles",
    security(("api_key" = ["read:directories:admin", "read:accounts:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`"), ("account" = String, Path, description = "The account's id"),
        ("resourceIds" = Option<Vec<String>>, Query, description = "Only at these sites"),
        ("roleIds" = Option<Vec<String>>, Query, description = "Only these roles"),
        ("cursor" = Option<String>, Query, description = "The place to go on; this list has one page."),
    ),
    responses((status = 200, body = CursorPage<AssignedRole>), (status = 404, description = "No such account or directory"))
)]
async fn list(
    State(api): Shared,
    caller: Caller,
    Path((_, directory, account)): Path<(String, String, String)>,
    params: Params,
) -> Result<Json<CursorPage<AssignedRole>>, ApiError> {
    if let Some(cursor) = params.one("cursor") {
        caller.cursors(&api, "roles of a person").take(cursor)?;
    }
    let account = account_in(&api, &caller, &directory, &account).await?;
    let mut roles = api.store.roles_of(caller.id(), Holder::Account(account.id)).await?;
    let (sites, ids) = (params.many("resourceIds"), params.many("roleIds"));
    roles.retain(|(role, site)| {
        let is_there = sites.is_empty() || sites.iter().any(|asked| site_of(asked) == site);
        is_there && (ids.is_empty() || ids.contains(&role.id()))
    });
    Ok(Json(CursorPage::new(assigned(roles), None)))
}
