//! What the product has no operations for: groups and companies changed, and their people listed. A group of an identity
//! provider is shown, and changed there alone.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::groups::keep::GroupEdit;
use crate::domain::email::EmailAddress;
use crate::store::{AccountFilter, DirectoryGroup};

use super::super::body::Body;
use super::super::error::ApiError;
use super::super::guard::Caller;
use super::super::page::{Data, Page};
use super::super::params::Params;
use super::super::seen::{Seen, etag};
use super::super::{Api, Shared};
use super::shapes::{ChangedGroup, GroupMember, GroupV2, group, member};
use super::{LONGEST_PAGE, PAGE, group_id, group_of};

/// The operations.
pub(super) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(show, change)).routes(routes!(members))
}

/// Show a group or a company
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/groups/{group}", tag = "groups", operation_id = "showGroup",
    security(("api_key" = ["read:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("group" = String, Path, description = "The group's id")),
    responses((status = 200, body = Data<GroupV2>), (status = 404, description = "No such group"))
)]
async fn show(
    State(api): Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    Ok(shown(group(&caller, &group_of(&api, &caller, &id).await?)))
}

/// Change a group or a company
///
/// What is not named stays as it is. A company stays one, and a group too. With `If-Match`, only the version that was seen is
/// changed.
#[utoipa::path(
    put, path = "/admin/control/v1/orgs/{org}/groups/{group}", tag = "groups", operation_id = "changeGroup",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("group" = String, Path, description = "The group's id"), ("If-Match" = Option<String>, Header, description = "The `ETag` of the group as it was read")),
    request_body = ChangedGroup,
    responses(
        (status = 200, body = Data<GroupV2>),
        (status = 400, description = "The body cannot be read"),
        (status = 403, description = "The key lacks the scope, or an identity provider keeps the group"),
        (status = 404, description = "No such group"),
        (status = 412, description = "It was changed since"),
        (status = 422, description = "A member is wrong, or another group has the name or the domain")
    )
)]
async fn change(
    State(api): Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
    Seen(seen): Seen,
    Body(ChangedGroup { name, description, domains }): Body<ChangedGroup>,
) -> Result<Response, ApiError> {
    let (name, description) = (name.as_deref(), description.as_deref());
    let edit = GroupEdit { name, description, domains: domains.as_deref(), seen };
    let row = api.groups.load_full().update(caller.id(), group_id(&id)?, edit, &caller.actor).await?;
    Ok(shown(group(&caller, &DirectoryGroup::Own(row))))
}

/// List the people of a group
///
/// By address: those who are in a group of whichever directory, and of a company also everybody of its mail domains.
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/groups/{group}/members", tag = "groups", operation_id = "listGroupMembers",
    security(("api_key" = ["read:groups:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"), ("group" = String, Path, description = "The group's id"),
        ("cursor" = Option<String>, Query, description = "The place to go on, from `links.next`"),
        ("limit" = Option<u32>, Query, description = "Entries of a page, 50 unless said, 200 at most"),
    ),
    responses(
        (status = 200, body = Page<GroupMember>),
        (status = 400, description = "A cursor or a limit that cannot be read"),
        (status = 404, description = "No such group")
    )
)]
async fn members(
    State(api): Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
    params: Params,
) -> Result<Json<Page<GroupMember>>, ApiError> {
    let group = group_of(&api, &caller, &id).await?;
    let list = format!("people of {}", group.id());
    let cursors = caller.cursors(&api, &list);
    let after = params.one("cursor").map(|cursor| cursors.take(cursor)).transpose()?;
    let after = after.and_then(|place| EmailAddress::from_canonical(&place));
    let limit = params.limit("limit", PAGE, LONGEST_PAGE)?;
    let (people, next) = people(&api, &caller, &group, after.as_ref(), limit).await?;
    Ok(Json(Page::new(people, caller.here(), next.map(|next| cursors.give(next.as_str())))))
}

/// Up to `limit` people of a group after an address, and the address after which others follow.
pub(super) async fn people(
    api: &Api,
    caller: &Caller,
    group: &DirectoryGroup,
    after: Option<&EmailAddress>,
    limit: u32,
) -> Result<(Vec<GroupMember>, Option<EmailAddress>), ApiError> {
    let filter = AccountFilter { groups: vec![group.id()], ..AccountFilter::default() };
    let page = api.store.list_accounts(caller.id(), &filter, after, limit).await?;
    let ids: Vec<_> = page.accounts.iter().map(|account| account.id).collect();
    let members = match group {
        DirectoryGroup::Own(row) => api.store.members_among(caller.id(), row.id, &ids).await?,
        DirectoryGroup::Synced(_) => Vec::new(),
    };
    Ok((page.accounts.iter().map(|account| member(group, &members, account)).collect(), page.next))
}

/// A group with the version that a change of it may name.
pub(super) fn shown(group: GroupV2) -> Response {
    match group.version {
        Some(version) => (etag(version), Json(Data { data: group })).into_response(),
        None => Json(Data { data: group }).into_response(),
    }
}
