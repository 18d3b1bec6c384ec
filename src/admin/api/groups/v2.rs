//! Groups as the directory API has them. Everybody is in the one directory of an organization, and so is every group.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::groups::roles::RoleAt;
use crate::domain::group::{GroupDraft, GroupKind};
use crate::store::Holder;

use super::super::body::{Body, OptionalBody};
use super::super::error::{self, ApiError};
use super::super::guard::Caller;
use super::super::page::{CursorPage, Cut, Data};
use super::super::params::Params;
use super::super::{Api, Shared};
use super::shapes::{GroupRole, GroupSearch, GroupV2, MemberV2, NewGroup, RoleV2, group};
use super::{account_id, check_directory, group_id, missing};

/// Entries of a page.
const PAGE: u32 = 50;
const LONGEST_PAGE: u32 = 200;

/// The operations.
pub(super) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(search))
        .routes(routes!(show, delete))
        .routes(routes!(add))
        .routes(routes!(remove))
        .routes(routes!(roles))
        .routes(routes!(assign))
        .routes(routes!(revoke))
}

/// List groups
#[utoipa::path(
    get, path = "/admin/v2/orgs/{org}/directories/{directory}/groups", tag = "groups", operation_id = "listGroupsV2",
    security(("api_key" = ["read:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`"), ("cursor" = Option<String>, Query, description = "The place to go on, from `links.next`"), ("limit" = Option<u32>, Query, description = "Entries of a page, 50 unless said, 200 at most")),
    responses((status = 200, body = CursorPage<GroupV2>), (status = 400, description = "A parameter that cannot be read"), (status = 404, description = "No such directory"))
)]
async fn list(
    State(api): Shared,
    caller: Caller,
    Path((_, directory)): Path<(String, String)>,
    params: Params,
) -> Result<Json<CursorPage<GroupV2>>, ApiError> {
    check_directory(&caller, &directory)?;
    let cursors = caller.cursors(&api, "groups");
    let after = params.one("cursor").map(|cursor| cursors.take(cursor)).transpose()?;
    let limit = params.limit("limit", PAGE, LONGEST_PAGE)?;
    let rows = api.store.groups_after(caller.id(), after.as_deref().unwrap_or(""), None, limit + 1).await?;
    let cut = Cut::new(rows, limit);
    let next = cut.next(|row| cursors.give(&row.group.name));
    Ok(Json(CursorPage::new(cut.rows.iter().map(|row| group(&caller, row)).collect(), next)))
}

/// Search groups
#[utoipa::path(
    post, path = "/admin/v2/orgs/{org}/directories/{directory}/groups/search", tag = "groups", operation_id = "searchGroupsV2",
    security(("api_key" = ["read:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`")),
    request_body = Option<GroupSearch>,
    responses((status = 200, body = CursorPage<GroupV2>), (status = 400, description = "The body cannot be read"), (status = 404, description = "No such directory"))
)]
async fn search(
    State(api): Shared,
    caller: Caller,
    Path((_, directory)): Path<(String, String)>,
    OptionalBody(GroupSearch { search_term, cursor, limit }): OptionalBody<GroupSearch>,
) -> Result<Json<CursorPage<GroupV2>>, ApiError> {
    check_directory(&caller, &directory)?;
    let cursors = caller.cursors(&api, "groups");
    let after = cursor.map(|cursor| cursors.take(&cursor)).transpose()?.unwrap_or_default();
    let limit = limit.unwrap_or(PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        let expected = format!("limit: expected a number from 1 to {LONGEST_PAGE}.");
        return Err(ApiError::because(error::BAD_BODY, expected));
    }
    let text = search_term.unwrap_or_default();
    let rows = api.store.groups_with(caller.id(), &text, &after, None, limit + 1).await?;
    let cut = Cut::new(rows, limit);
    let next = cut.next(|row| cursors.give(&row.group.name));
    Ok(Json(CursorPage::new(cut.rows.iter().map(|row| group(&caller, row)).collect(), next)))
}

/// Create a group (v2)
#[utoipa::path(
    post, path = "/admin/v2/orgs/{org}/directories/{directory}/groups", tag = "groups", operation_id = "createGroupV2",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`")),
    request_body = NewGroup,
    responses((status = 201, body = Data<GroupV2>), (status = 400, description = "The body cannot be read"), (status = 404, description = "No such directory"), (status = 422, description = "A member is wrong"))
)]
async fn create(
    State(api): Shared,
    caller: Caller,
    Path((_, directory)): Path<(String, String)>,
    Body(NewGroup { name, description }): Body<NewGroup>,
) -> Result<(StatusCode, Json<Data<GroupV2>>), ApiError> {
    check_directory(&caller, &directory)?;
    let draft = GroupDraft { name, description, kind: GroupKind::Group, domains: Vec::new() };
    let made = api.groups.load_full().create(caller.id(), &draft, &caller.actor).await?;
    Ok((StatusCode::CREATED, Json(Data { data: group(&caller, &made) })))
}

/// Show a group (v2)
#[utoipa::path(
    get, path = "/admin/v2/orgs/{org}/directories/{directory}/groups/{group}", tag = "groups", operation_id = "showGroupV2",
    security(("api_key" = ["read:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`"), ("group" = String, Path, description = "The group's id")),
    responses((status = 200, body = Data<GroupV2>), (status = 404, description = "No such group or account"))
)]
async fn show(
    State(api): Shared,
    caller: Caller,
    Path((_, directory, id)): Path<(String, String, String)>,
) -> Result<Json<Data<GroupV2>>, ApiError> {
    check_directory(&caller, &directory)?;
    let row = api.store.group(caller.id(), group_id(&id)?).await?.ok_or_else(missing)?;
    Ok(Json(Data { data: group(&caller, &row) }))
}

/// Delete a group (v2)
#[utoipa::path(
    delete, path = "/admin/v2/orgs/{org}/directories/{directory}/groups/{group}", tag = "groups", operation_id = "deleteGroupV2",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`"), ("group" = String, Path, description = "The group's id")),
    responses((status = 204, description = "Deleted"), (status = 404, description = "No such group or account"))
)]
async fn delete(
    State(api): Shared,
    caller: Caller,
    Path((_, directory, id)): Path<(String, String, String)>,
) -> Result<StatusCode, ApiError> {
    check_directory(&caller, &directory)?;
    api.groups.load_full().delete(caller.id(), group_id(&id)?, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Add somebody to a group (v2)
#[utoipa::path(
    post, path = "/admin/v2/orgs/{org}/directories/{directory}/groups/{group}/memberships", tag = "groups", operation_id = "addToGroupV2",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`"), ("group" = String, Path, description = "The group's id")),
    request_body = MemberV2,
    responses((status = 204, description = "Added"), (status = 400, description = "The body cannot be read"), (status = 404, description = "No such group or account"))
)]
async fn add(
    State(api): Shared,
    caller: Caller,
    Path((_, directory, id)): Path<(String, String, String)>,
    Body(MemberV2 { account_id: account }): Body<MemberV2>,
) -> Result<StatusCode, ApiError> {
    check_directory(&caller, &directory)?;
    let (id, account) = (group_id(&id)?, account_id(&account)?);
    api.groups.load_full().add_member(caller.id(), id, account, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove somebody from a group (v2)
#[utoipa::path(
    delete, path = "/admin/v2/orgs/{org}/directories/{directory}/groups/{group}/memberships/{account}", tag = "groups", operation_id = "removeFromGroupV2",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`"), ("group" = String, Path, description = "The group's id"), ("account" = String, Path, description = "The account's id")),
    responses((status = 204, description = "Removed"), (status = 404, description = "No such group or account"))
)]
async fn remove(
    State(api): Shared,
    caller: Caller,
    Path((_, directory, id, account)): Path<(String, String, String, String)>,
) -> Result<StatusCode, ApiError> {
    check_directory(&caller, &directory)?;
    let (id, account) = (group_id(&id)?, account_id(&account)?);
    api.groups.load_full().remove_member(caller.id(), id, account, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the roles of a group
#[utoipa::path(
    get, path = "/admin/v2/orgs/{org}/directories/{directory}/groups/{group}/role-assignments", tag = "groups", operation_id = "listGroupRoles",
    security(("api_key" = ["read:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`"), ("group" = String, Path, description = "The group's id")),
    responses((status = 200, body = CursorPage<GroupRole>), (status = 404, description = "No such group or account"))
)]
async fn roles(
    State(api): Shared,
    caller: Caller,
    Path((_, directory, id)): Path<(String, String, String)>,
) -> Result<Json<CursorPage<GroupRole>>, ApiError> {
    check_directory(&caller, &directory)?;
    let id = group_id(&id)?;
    api.store.group(caller.id(), id).await?.ok_or_else(missing)?;
    let roles = api.store.roles_of(caller.id(), Holder::Group(id)).await?;
    let roles = roles.into_iter().map(|(role, resource_id)| GroupRole { role_id: role.id(), resource_id });
    Ok(Json(CursorPage::new(roles.collect(), None)))
}

/// Give a group a role (v2)
#[utoipa::path(
    post, path = "/admin/v2/orgs/{org}/directories/{directory}/groups/{group}/role-assignments/assign", tag = "groups", operation_id = "assignGroupRoleV2",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`"), ("group" = String, Path, description = "The group's id")),
    request_body = RoleV2,
    responses((status = 204, description = "Done"), (status = 400, description = "The body cannot be read"), (status = 404, description = "No such group or account"), (status = 422, description = "A member is wrong"))
)]
async fn assign(
    State(api): Shared,
    caller: Caller,
    Path((_, directory, id)): Path<(String, String, String)>,
    Body(RoleV2 { role_id, resource_id }): Body<RoleV2>,
) -> Result<StatusCode, ApiError> {
    check_directory(&caller, &directory)?;
    let (id, at) = (group_id(&id)?, RoleAt { role: &role_id, resource: &resource_id });
    api.groups.load_full().assign(caller.id(), Holder::Group(id), at, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a role from a group (v2)
#[utoipa::path(
    post, path = "/admin/v2/orgs/{org}/directories/{directory}/groups/{group}/role-assignments/revoke", tag = "groups", operation_id = "revokeGroupRoleV2",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`"), ("group" = String, Path, description = "The group's id")),
    request_body = RoleV2,
    responses((status = 204, description = "Done"), (status = 400, description = "The body cannot be read"), (status = 404, description = "No such group or account"), (status = 422, description = "A member is wrong"))
)]
async fn revoke(
    State(api): Shared,
    caller: Caller,
    Path((_, directory, id)): Path<(String, String, String)>,
    Body(RoleV2 { role_id, resource_id }): Body<RoleV2>,
) -> Result<StatusCode, ApiError> {
    check_directory(&caller, &directory)?;
    let (id, at) = (group_id(&id)?, RoleAt { role: &role_id, resource: &resource_id });
    api.groups.load_full().revoke(caller.id(), Holder::Group(id), at, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
