//! Groups as the directory API has them: those of the organization, and those of identity providers, which are only shown.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::groups::roles::RoleAt;
use crate::domain::group::{GroupDraft, GroupKind};
use crate::store::{DirectoryGroup, GroupFilter, GroupPlace, Holder};

use super::super::accounts::within;
use super::super::body::{Body, OptionalBody};
use super::super::error::{self, ApiError};
use super::super::guard::Caller;
use super::super::page::{CursorPage, Cut, Data};
use super::super::params::Params;
use super::super::{Api, Shared};
use super::own::shown;
use super::shapes::{AssignedRole, GroupSearch, GroupV2, MemberV2, NewGroup, RoleV2, assigned, group};
use super::{LONGEST_PAGE, PAGE, account_id, expect_own, group_in};

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
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`"), ("searchTerm" = Option<String>, Query, description = "Only those with this in their name"), ("cursor" = Option<String>, Query, description = "The place to go on, from `links.next`"), ("limit" = Option<u32>, Query, description = "Entries of a page, 50 unless said, 200 at most")),
    responses((status = 200, body = CursorPage<GroupV2>), (status = 400, description = "A parameter that cannot be read"), (status = 404, description = "No such directory"))
)]
async fn list(
    State(api): Shared,
    caller: Caller,
    Path((_, directory)): Path<(String, String)>,
    params: Params,
) -> Result<Json<CursorPage<GroupV2>>, ApiError> {
    let limit = params.limit("limit", PAGE, LONGEST_PAGE)?;
    let text = params.one("searchTerm").unwrap_or_default();
    page(&api, &caller, &directory, text, params.one("cursor"), limit).await
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
    let limit = limit.unwrap_or(PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        let expected = format!("limit: expected a number from 1 to {LONGEST_PAGE}.");
        return Err(ApiError::because(error::BAD_BODY, expected));
    }
    page(&api, &caller, &directory, &search_term.unwrap_or_default(), cursor.as_deref(), limit).await
}

/// Create a group (v2)
#[utoipa::path(
    post, path = "/admin/v2/orgs/{org}/directories/{directory}/groups", tag = "groups", operation_id = "createGroupV2",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`")),
    request_body = NewGroup,
    responses((status = 201, body = Data<GroupV2>), (status = 400, description = "The body cannot be read"), (status = 403, description = "The key lacks the scope, or an identity provider keeps the group"), (status = 404, description = "No such directory"), (status = 422, description = "A member is wrong"))
)]
async fn create(
    State(api): Shared,
    caller: Caller,
    Path((_, directory)): Path<(String, String)>,
    Body(NewGroup { name, description }): Body<NewGroup>,
) -> Result<(StatusCode, Json<Data<GroupV2>>), ApiError> {
    expect_own(&api, &caller, &directory).await?;
    let draft = GroupDraft { name, description, kind: GroupKind::Group, domains: Vec::new() };
    let made = api.groups.load_full().create(caller.id(), &draft, &caller.actor).await?;
    Ok((StatusCode::CREATED, Json(Data { data: group(&caller, &DirectoryGroup::Own(made)) })))
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
) -> Result<Response, ApiError> {
    Ok(shown(group(&caller, &group_in(&api, &caller, &directory, &id).await?)))
}

/// Delete a group (v2)
#[utoipa::path(
    delete, path = "/admin/v2/orgs/{org}/directories/{directory}/groups/{group}", tag = "groups", operation_id = "deleteGroupV2",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`"), ("group" = String, Path, description = "The group's id")),
    responses((status = 204, description = "Deleted"), (status = 403, description = "The key lacks the scope, or an identity provider keeps the group"), (status = 404, description = "No such group or account"))
)]
async fn delete(
    State(api): Shared,
    caller: Caller,
    Path((_, directory, id)): Path<(String, String, String)>,
) -> Result<StatusCode, ApiError> {
    let id = group_in(&api, &caller, &directory, &id).await?.id();
    api.groups.load_full().delete(caller.id(), id, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Add somebody to a group (v2)
#[utoipa::path(
    post, path = "/admin/v2/orgs/{org}/directories/{directory}/groups/{group}/memberships", tag = "groups", operation_id = "addToGroupV2",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`"), ("group" = String, Path, description = "The group's id")),
    request_body = MemberV2,
    responses((status = 204, description = "Added"), (status = 400, description = "The body cannot be read"), (status = 403, description = "The key lacks the scope, or an identity provider keeps the group"), (status = 404, description = "No such group or account"))
)]
async fn add(
    State(api): Shared,
    caller: Caller,
    Path((_, directory, id)): Path<(String, String, String)>,
    Body(MemberV2 { account_id: account }): Body<MemberV2>,
) -> Result<StatusCode, ApiError> {
    let id = group_in(&api, &caller, &directory, &id).await?.id();
    let account = account_id(&account)?;
    api.groups.load_full().add_member(caller.id(), id, account, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove somebody from a group (v2)
#[utoipa::path(
    delete, path = "/admin/v2/orgs/{org}/directories/{directory}/groups/{group}/memberships/{account}", tag = "groups", operation_id = "removeFromGroupV2",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`"), ("group" = String, Path, description = "The group's id"), ("account" = String, Path, description = "The account's id")),
    responses((status = 204, description = "Removed"), (status = 403, description = "The key lacks the scope, or an identity provider keeps the group"), (status = 404, description = "No such group or account"))
)]
async fn remove(
    State(api): Shared,
    caller: Caller,
    Path((_, directory, id, account)): Path<(String, String, String, String)>,
) -> Result<StatusCode, ApiError> {
    let id = group_in(&api, &caller, &directory, &id).await?.id();
    let account = account_id(&account)?;
    api.groups.load_full().remove_member(caller.id(), id, account, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the roles of a group
#[utoipa::path(
    get, path = "/admin/v2/orgs/{org}/directories/{directory}/groups/{group}/role-assignments", tag = "groups", operation_id = "listGroupRoles",
    security(("api_key" = ["read:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`"), ("group" = String, Path, description = "The group's id")),
    responses((status = 200, body = CursorPage<AssignedRole>), (status = 404, description = "No such group or account"))
)]
async fn roles(
    State(api): Shared,
    caller: Caller,
    Path((_, directory, id)): Path<(String, String, String)>,
) -> Result<Json<CursorPage<AssignedRole>>, ApiError> {
    let id = group_in(&api, &caller, &directory, &id).await?.id();
    let roles = api.store.roles_of(caller.id(), Holder::Group(id)).await?;
    Ok(Json(CursorPage::new(assigned(roles), None)))
}

/// Give a group a role (v2)
#[utoipa::path(
    post, path = "/admin/v2/orgs/{org}/directories/{directory}/groups/{group}/role-assignments/assign", tag = "groups", operation_id = "assignGroupRoleV2",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`"), ("group" = String, Path, description = "The group's id")),
    request_body = RoleV2,
    responses((status = 204, description = "Done"), (status = 400, description = "The body cannot be read"), (status = 403, description = "The key lacks the scope, or an identity provider keeps the group"), (status = 404, description = "No such group or account"), (status = 422, description = "A member is wrong"))
)]
async fn assign(
    State(api): Shared,
    caller: Caller,
    Path((_, directory, id)): Path<(String, String, String)>,
    Body(RoleV2 { role_id, resource_id }): Body<RoleV2>,
) -> Result<StatusCode, ApiError> {
    let id = group_in(&api, &caller, &directory, &id).await?.id();
    let at = RoleAt { role: &role_id, resource: &resource_id };
    api.groups.load_full().assign(caller.id(), Holder::Group(id), at, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a role from a group (v2)
#[utoipa::path(
    post, path = "/admin/v2/orgs/{org}/directories/{directory}/groups/{group}/role-assignments/revoke", tag = "groups", operation_id = "revokeGroupRoleV2",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("directory" = String, Path, description = "The directory's id, or `-`"), ("group" = String, Path, description = "The group's id")),
    request_body = RoleV2,
    responses((status = 204, description = "Done"), (status = 400, description = "The body cannot be read"), (status = 403, description = "The key lacks the scope, or an identity provider keeps the group"), (status = 404, description = "No such group or account"), (status = 422, description = "A member is wrong"))
)]
async fn revoke(
    State(api): Shared,
    caller: Caller,
    Path((_, directory, id)): Path<(String, String, String)>,
    Body(RoleV2 { role_id, resource_id }): Body<RoleV2>,
) -> Result<StatusCode, ApiError> {
    let id = group_in(&api, &caller, &directory, &id).await?.id();
    let at = RoleAt { role: &role_id, resource: &resource_id };
    api.groups.load_full().revoke(caller.id(), Holder::Group(id), at, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn page(
    api: &Api,
    caller: &Caller,
    directory: &str,
    text: &str,
    cursor: Option<&str>,
    limit: u32,
) -> Result<Json<CursorPage<GroupV2>>, ApiError> {
    let within = within(api, caller, directory).await?;
    let cursors = caller.cursors(api, "groups");
    let after = cursor.map(|cursor| cursors.take(cursor)).transpose()?;
    let after = after.as_deref().and_then(GroupPlace::of);
    let filter = GroupFilter { within, text: text.to_owned(), ..GroupFilter::default() };
    let rows = api.store.directory_groups(caller.id(), &filter, after.as_ref(), limit + 1).await?;
    let cut = Cut::new(rows, limit);
    let next = cut.next(|row| cursors.give(&row.place().to_text()));
    Ok(Json(CursorPage::new(cut.rows.iter().map(|row| group(caller, row)).collect(), next)))
}
