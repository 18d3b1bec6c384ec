//! Groups as v1 has them: made, deleted, filled, and given roles; each answer is a sentence.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::groups::roles::RoleAt;
use crate::domain::group::{GroupDraft, GroupKind};
use crate::store::Holder;

use super::super::body::Body;
use super::super::error::ApiError;
use super::super::guard::Caller;
use super::super::{Api, Shared};
use super::shapes::{GroupMessage, Made, MemberV1, NewGroup, RoleV1};
use super::{account_id, group_id};

/// The operations.
pub(super) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(delete))
        .routes(routes!(add))
        .routes(routes!(remove))
        .routes(routes!(assign))
        .routes(routes!(revoke))
}

/// Create a group
#[utoipa::path(
    post, path = "/admin/v1/orgs/{org}/directory/groups", tag = "groups", operation_id = "createGroup",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    request_body = NewGroup,
    responses((status = 200, body = Made), (status = 400, description = "The body cannot be read"), (status = 422, description = "A member is wrong"))
)]
async fn create(
    State(api): Shared,
    caller: Caller,
    Body(NewGroup { name, description }): Body<NewGroup>,
) -> Result<Json<Made>, ApiError> {
    let draft = GroupDraft { name, description, kind: GroupKind::Group, domains: Vec::new() };
    let made = api.groups.load_full().create(caller.id(), &draft, &caller.actor).await?;
    let message = format!("Group {} was created", made.group.name);
    Ok(Json(Made { message, group_id: made.id }))
}

/// Delete a group
#[utoipa::path(
    delete, path = "/admin/v1/orgs/{org}/directory/groups/{group}", tag = "groups", operation_id = "deleteGroup",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("group" = String, Path, description = "The group's id")),
    responses((status = 200, body = GroupMessage), (status = 403, description = "The key lacks the scope, or an identity provider keeps the group"), (status = 404, description = "No such group or account"))
)]
async fn delete(
    State(api): Shared,
    caller: Caller,
    Path((_, group)): Path<(String, String)>,
) -> Result<Json<GroupMessage>, ApiError> {
    let group = group_id(&group)?;
    api.groups.load_full().delete(caller.id(), group, &caller.actor).await?;
    Ok(Json(GroupMessage { message: format!("Group {group} was deleted") }))
}

/// Add somebody to a group
#[utoipa::path(
    post, path = "/admin/v1/orgs/{org}/directory/groups/{group}/memberships", tag = "groups", operation_id = "addToGroup",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("group" = String, Path, description = "The group's id")),
    request_body = MemberV1,
    responses((status = 200, body = GroupMessage), (status = 400, description = "The body cannot be read"), (status = 403, description = "The key lacks the scope, or an identity provider keeps the group"), (status = 404, description = "No such group or account"))
)]
async fn add(
    State(api): Shared,
    caller: Caller,
    Path((_, group)): Path<(String, String)>,
    Body(MemberV1 { account_id: account }): Body<MemberV1>,
) -> Result<Json<GroupMessage>, ApiError> {
    let (group, account) = (group_id(&group)?, account_id(&account)?);
    api.groups.load_full().add_member(caller.id(), group, account, &caller.actor).await?;
    Ok(Json(GroupMessage { message: format!("User {account} was added to group {group}") }))
}

/// Remove somebody from a group
#[utoipa::path(
    delete, path = "/admin/v1/orgs/{org}/directory/groups/{group}/memberships/{account}", tag = "groups", operation_id = "removeFromGroup",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("group" = String, Path, description = "The group's id"), ("account" = String, Path, description = "The account's id")),
    responses((status = 200, body = GroupMessage), (status = 403, description = "The key lacks the scope, or an identity provider keeps the group"), (status = 404, description = "No such group or account"))
)]
async fn remove(
    State(api): Shared,
    caller: Caller,
    Path((_, group, account)): Path<(String, String, String)>,
) -> Result<Json<GroupMessage>, ApiError> {
    let (group, account) = (group_id(&group)?, account_id(&account)?);
    api.groups.load_full().remove_member(caller.id(), group, account, &caller.actor).await?;
    Ok(Json(GroupMessage { message: format!("User {account} was removed from group {group}") }))
}

/// Give a group a role
#[utoipa::path(
    post, path = "/admin/v1/orgs/{org}/directory/groups/{group}/roles/assign", tag = "groups", operation_id = "assignGroupRole",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("group" = String, Path, description = "The group's id")),
    request_body = RoleV1,
    responses((status = 200, body = GroupMessage), (status = 400, description = "The body cannot be read"), (status = 403, description = "The key lacks the scope, or an identity provider keeps the group"), (status = 404, description = "No such group or account"), (status = 422, description = "A member is wrong"))
)]
async fn assign(
    State(api): Shared,
    caller: Caller,
    Path((_, group)): Path<(String, String)>,
    Body(RoleV1 { role, resource }): Body<RoleV1>,
) -> Result<Json<GroupMessage>, ApiError> {
    let (group, at) = (group_id(&group)?, RoleAt { role: &role, resource: &resource });
    api.groups.load_full().assign(caller.id(), Holder::Group(group), at, &caller.actor).await?;
    Ok(Json(GroupMessage { message: format!("Role {role} was granted to group {group}") }))
}

/// Take a role from a group
#[utoipa::path(
    post, path = "/admin/v1/orgs/{org}/directory/groups/{group}/roles/revoke", tag = "groups", operation_id = "revokeGroupRole",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("group" = String, Path, description = "The group's id")),
    request_body = RoleV1,
    responses((status = 200, body = GroupMessage), (status = 400, description = "The body cannot be read"), (status = 403, description = "The key lacks the scope, or an identity provider keeps the group"), (status = 404, description = "No such group or account"), (status = 422, description = "A member is wrong"))
)]
async fn revoke(
    State(api): Shared,
    caller: Caller,
    Path((_, group)): Path<(String, String)>,
    Body(RoleV1 { role, resource }): Body<RoleV1>,
) -> Result<Json<GroupMessage>, ApiError> {
    let (group, at) = (group_id(&group)?, RoleAt { role: &role, resource: &resource });
    api.groups.load_full().revoke(caller.id(), Holder::Group(group), at, &caller.actor).await?;
    Ok(Json(GroupMessage { message: format!("Role {role} was revoked from group {group}") }))
}
