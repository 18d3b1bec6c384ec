//! The people of a directory, as v2 has it: managed, or external (`claimStatus: unmanaged`), or both.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::lifecycle::Status;
use crate::store::{AccountFilter, ClaimFilter};

use super::super::body::OptionalBody;
use super::super::error::ApiError;
use super::super::guard::Caller;
use super::super::page::{CursorPage, Data};
use super::super::params::Params;
use super::super::{Api, Shared};
use super::access::failed;
use super::directories::{account_in, narrowed, within};
use super::directory_search::{DirectorySearch, filter, refused};
use super::place;
use super::shapes::{DirectoryUser, directory_user};

/// Entries of a page.
const PAGE: u32 = 50;
const LONGEST_PAGE: u32 = 1000;

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(search))
        .routes(routes!(count))
        .routes(routes!(stats))
        .routes(routes!(show, remove))
        .routes(routes!(suspend))
        .routes(routes!(restore))
}

/// How many.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserCount {
    pub(in super::super) count: u64,
}

/// How many, by status.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserStats {
    total: u64,
    managed: u64,
    unmanaged: u64,
    active: u64,
    deactivated: u64,
    for_deletion: u64,
    closed: u64,
}

/// List people of a directory
#[utoipa::path(
    get, path = "/admin/v2/orgs/{org}/directories/{directory}/users", tag = "directories", operation_id = "listDirectoryUsers",
    security(("api_key" = ["read:directories:admin", "read:accounts:admin"])),
    params(
        ("org" = String, Path), ("directory" = String, Path, description = "The directory's id, or `-`"),
        ("cursor" = Option<String>, Query), ("limit" = Option<u32>, Query), ("accountIds" = Option<Vec<String>>, Query),
        ("claimStatus" = Option<String>, Query), ("status" = Option<Vec<String>>, Query),
        ("accountStatus" = Option<Vec<String>>, Query), ("membershipStatus" = Option<Vec<String>>, Query),
        ("emailDomains" = Option<Vec<String>>, Query), ("emails" = Option<Vec<String>>, Query),
        ("searchTerm" = Option<String>, Query), ("groupIds" = Option<Vec<String>>, Query),
        ("roleIds" = Option<Vec<String>>, Query), ("resourceIds" = Option<Vec<String>>, Query),
    ),
    responses((status = 200, body = CursorPage<DirectoryUser>), (status = 400, description = "A filter or a cursor that cannot be read"))
)]
async fn list(
    api: Shared,
    caller: Caller,
    Path((_, directory)): Path<(String, String)>,
    params: Params,
) -> Result<Json<CursorPage<DirectoryUser>>, ApiError> {
    let list = |name: &str| params.many(name).into_iter().map(str::to_owned).collect::<Vec<String>>();
    let text = |name: &str| params.one(name).map(str::to_owned);
    let search = DirectorySearch {
        cursor: text("cursor"),
        limit: Some(params.limit("limit", PAGE, LONGEST_PAGE)?),
        account_ids: list("accountIds"),
        directory_ids: list("directoryIds"),
        claim_status: text("claimStatus"),
        status: list("status"),
        account_status: list("accountStatus"),
        membership_status: list("membershipStatus"),
        email_domains: list("emailDomains"),
        search_term: text("searchTerm"),
        emails: list("emails"),
        resource_ids: list("resourceIds"),
        group_ids: list("groupIds"),
        role_ids: list("roleIds"),
        mfa_enabled: params.switch("mfaEnabled")?,
        sort_by: Vec::new(),
    };
    page(&api, &caller, &directory, &search).await
}

/// Search people of a directory
///
/// `claimStatus: unmanaged` lists external people; with `emailDomains` those of one company.
#[utoipa::path(
    post, path = "/admin/v2/orgs/{org}/directories/{directory}/users/search", tag = "directories",
    operation_id = "searchDirectoryUsers",
    security(("api_key" = ["read:directories:admin", "read:accounts:admin"])),
    params(("org" = String, Path), ("directory" = String, Path, description = "The directory's id, or `-`")),
    request_body = Option<DirectorySearch>,
    responses((status = 200, body = CursorPage<DirectoryUser>), (status = 400, description = "A filter or a cursor that cannot be read"))
)]
async fn search(
    api: Shared,
    caller: Caller,
    Path((_, directory)): Path<(String, String)>,
    OptionalBody(search): OptionalBody<DirectorySearch>,
) -> Result<Json<CursorPage<DirectoryUser>>, ApiError> {
    page(&api, &caller, &directory, &search).await
}

/// Count the people of a directory
#[utoipa::path(
    get, path = "/admin/v2/orgs/{org}/directories/{directory}/users/count", tag = "directories", operation_id = "countDirectoryUsers",
    security(("api_key" = ["read:directories:admin", "read:accounts:admin"])),
    params(("org" = String, Path), ("directory" = String, Path, description = "The directory's id, or `-`")),
    responses((status = 200, body = UserCount))
)]
async fn count(
    api: Shared,
    caller: Caller,
    Path((_, directory)): Path<(String, String)>,
) -> Result<Json<UserCount>, ApiError> {
    let filter =
        AccountFilter { within: within(&api, &caller, &directory).await?, ..AccountFilter::default() };
    let counts = api.store.count_accounts(caller.id(), &filter).await?;
    Ok(Json(UserCount { count: counts.iter().map(|(_, count)| count).sum() }))
}

/// Count the people of a directory by status
#[utoipa::path(
    get, path = "/admin/v2/orgs/{org}/directories/{directory}/users/stats", tag = "directories", operation_id = "statsOfDirectoryUsers",
    security(("api_key" = ["read:directories:admin", "read:accounts:admin"])),
    params(("org" = String, Path), ("directory" = String, Path, description = "The directory's id, or `-`")),
    responses((status = 200, body = Data<UserStats>))
)]
async fn stats(
    api: Shared,
    caller: Caller,
    Path((_, directory)): Path<(String, String)>,
) -> Result<Json<Data<UserStats>>, ApiError> {
    let filter =
        AccountFilter { within: within(&api, &caller, &directory).await?, ..AccountFilter::default() };
    Ok(Json(Data { data: stats_of(&api, &caller, &filter).await? }))
}

/// Show somebody of a directory
#[utoipa::path(
    get, path = "/admin/v2/orgs/{org}/directories/{directory}/users/{account}", tag = "directories", operation_id = "showDirectoryUser",
    security(("api_key" = ["read:directories:admin", "read:accounts:admin"])),
    params(("org" = String, Path), ("directory" = String, Path, description = "The directory's id, or `-`"), ("account" = String, Path)),
    responses((status = 200, body = Data<DirectoryUser>), (status = 404, description = "No such account or directory"))
)]
async fn show(
    api: Shared,
    caller: Caller,
    Path((_, directory, id)): Path<(String, String, String)>,
) -> Result<Json<Data<DirectoryUser>>, ApiError> {
    let account = account_in(&api, &caller, &directory, &id).await?;
    Ok(Json(Data { data: directory_user(&caller, &account) }))
}

/// Remove somebody from a directory
///
/// They are kept out from then on. The row stays, or they would come in as somebody new.
#[utoipa::path(
    delete, path = "/admin/v2/orgs/{org}/directories/{directory}/users/{account}", tag = "directories", operation_id = "removeDirectoryUser",
    security(("api_key" = ["write:accounts:admin"])),
    params(("org" = String, Path), ("directory" = String, Path, description = "The directory's id, or `-`"), ("account" = String, Path)),
    responses((status = 204, description = "Removed"), (status = 404, description = "No such account or directory"))
)]
async fn remove(
    api: Shared,
    caller: Caller,
    Path((_, directory, id)): Path<(String, String, String)>,
) -> Result<StatusCode, ApiError> {
    let id = account_in(&api, &caller, &directory, &id).await?.id;
    api.accounts.load_full().suspend(caller.id(), id, true, &caller.actor).await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Suspend somebody of a directory
#[utoipa::path(
    post, path = "/admin/v2/orgs/{org}/directories/{directory}/users/{account}/suspend", tag = "directories",
    operation_id = "suspendDirectoryUser",
    security(("api_key" = ["write:accounts:admin"])),
    params(("org" = String, Path), ("directory" = String, Path, description = "The directory's id, or `-`"), ("account" = String, Path)),
    responses((status = 204, description = "Suspended"), (status = 404, description = "No such account or directory"))
)]
async fn suspend(
    api: Shared,
    caller: Caller,
    Path((_, directory, id)): Path<(String, String, String)>,
) -> Result<StatusCode, ApiError> {
    let id = account_in(&api, &caller, &directory, &id).await?.id;
    api.accounts.load_full().suspend(caller.id(), id, false, &caller.actor).await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Restore somebody of a directory
#[utoipa::path(
    post, path = "/admin/v2/orgs/{org}/directories/{directory}/users/{account}/restore", tag = "directories",
    operation_id = "restoreDirectoryUser",
    security(("api_key" = ["write:accounts:admin"])),
    params(("org" = String, Path), ("directory" = String, Path, description = "The directory's id, or `-`"), ("account" = String, Path)),
    responses((status = 204, description = "Restored"), (status = 404, description = "No such account or directory"))
)]
async fn restore(
    api: Shared,
    caller: Caller,
    Path((_, directory, id)): Path<(String, String, String)>,
) -> Result<StatusCode, ApiError> {
    let id = account_in(&api, &caller, &directory, &id).await?.id;
    api.accounts.load_full().restore(caller.id(), id, &caller.actor).await.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn page(
    api: &Api,
    caller: &Caller,
    directory: &str,
    search: &DirectorySearch,
) -> Result<Json<CursorPage<DirectoryUser>>, ApiError> {
    let within = within(api, caller, directory).await?;
    let filter = filter(search)?;
    // A place in one order is none in the other.
    let list = if filter.is_backwards { "directories/users backwards" } else { "directories/users" };
    let cursors = caller.cursors(api, list);
    let after = place(&cursors, search.cursor.as_deref())?;
    let limit = search.limit.unwrap_or(PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        return Err(refused("limit", "a number from 1 to 1000"));
    }
    let within = narrowed(api, caller, within, &search.directory_ids).await?;
    let filter = AccountFilter { within, ..filter };
    let page = api.store.list_accounts(caller.id(), &filter, after.as_ref(), limit).await?;
    let next = page.next.map(|next| cursors.give(next.as_str()));
    let users = page.accounts.iter().map(|account| directory_user(caller, account)).collect();
    Ok(Json(CursorPage::new(users, next)))
}

/// How many accounts a filter finds, by status.
pub async fn stats_of(api: &Api, caller: &Caller, filter: &AccountFilter) -> Result<UserStats, ApiError> {
    let all = api.store.count_accounts(caller.id(), filter).await?;
    let managed = AccountFilter { claim: Some(ClaimFilter::Managed), ..filter.clone() };
    let managed = api.store.count_accounts(caller.id(), &managed).await?;
    let managed: u64 = managed.iter().map(|(_, count)| count).sum();
    let total: u64 = all.iter().map(|(_, count)| count).sum();
    let of = |status| all.iter().find(|(known, _)| *known == status).map_or(0, |(_, count)| *count);
    Ok(UserStats {
        total,
        managed,
        unmanaged: total.saturating_sub(managed),
        active: of(Status::Active),
        deactivated: of(Status::Deactivated),
        for_deletion: of(Status::ForDeletion),
        closed: of(Status::Closed),
    })
}
