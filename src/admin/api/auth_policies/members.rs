//! Members of a policy, one by one: list, search, add up to 20, change the policy of one, remove one.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::domain::membership::{AccountKey, SHORTEST_SEARCH};
use crate::domain::task::RowReason;

use super::super::accounts::directory_id;
use super::super::body::Body;
use super::super::error::{self, ApiError};
use super::super::guard::Caller;
use super::super::page::{Cut, Data, Page};
use super::super::params::{Params, refused};
use super::super::{Api, Shared};
use super::shapes::{EntryResult, Member, NewMembers, Results, entry_result, member};
use super::{LONGEST_PAGE, PAGE, policy_id};

/// The most accounts of a bulk-fetch.
const MOST_FETCHED: usize = 1_000;

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(put, remove)).routes(routes!(bulk_fetch))
}

/// Whose policies are asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Accounts {
    /// Ids of accounts, 1,000 at most.
    account_ids: Vec<String>,
}

/// The policy of an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyOfAccount {
    email: String,
    account_id: Uuid,
    policy_id: Uuid,
    policy_name: String,
    /// The organization's own directory, which all its authentication policies belong to.
    directory_id: Uuid,
}

/// List the members of an authentication policy
///
/// By address; with `search`, those that have it in their address or name.
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/auth-policy/{policy}/members", tag = "authentication policies",
    operation_id = "listAuthPolicyMembers",
    security(("api_key" = ["read:policies:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("policy" = String, Path, description = "The policy's id"),
        ("search" = Option<String>, Query, description = "A part of the address or the name, of 3 letters or more"),
        ("cursor" = Option<String>, Query, description = "The place to go on, from `links.next`"),
        ("limit" = Option<u32>, Query, description = "Entries of a page, 50 unless said, 200 at most"),
    ),
    responses(
        (status = 200, body = Page<Member>),
        (status = 400, description = "A cursor, a limit or a search that cannot be read"),
        (status = 404, description = "No such policy")
    )
)]
async fn list(
    State(api): Shared,
    caller: Caller,
    Path((_, policy)): Path<(String, String)>,
    params: Params,
) -> Result<Json<Page<Member>>, ApiError> {
    let policy = policy_id(&policy)?;
    if api.store.auth_policy(caller.id(), policy).await?.is_none() {
        return Err(ApiError::of(error::NO_POLICY));
    }
    let search = params.one("search");
    if search.is_some_and(|search| !(SHORTEST_SEARCH..=255).contains(&search.chars().count())) {
        return Err(refused("search", "3 to 255 letters"));
    }
    let list = format!("members of {policy}");
    let cursors = caller.cursors(&api, &list);
    let after = params.one("cursor").map(|cursor| cursors.take(cursor)).transpose()?;
    let limit = params.limit("limit", PAGE, LONGEST_PAGE)?;
    let after = after.as_deref().unwrap_or("");
    let cut = Cut::new(api.store.members(caller.id(), policy, search, after, limit + 1).await?, limit);
    let next = cut.next(|row| cursors.give(row.email.as_str()));
    Ok(Json(Page::new(cut.rows.iter().map(member).collect(), caller.here(), next)))
}

/// Add members to an authentication policy
///
/// Up to 20, each by address, username or account id. Those that can, become members; the answer says of each what became of it.
/// A CSV file takes more.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/auth-policy/{policy}/members", tag = "authentication policies",
    operation_id = "addAuthPolicyMembers",
    security(("api_key" = ["write:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("policy" = String, Path, description = "The policy's id")),
    request_body = NewMembers,
    responses(
        (status = 200, body = Results),
        (status = 400, description = "A body that cannot be read, or more than 20 entries"),
        (status = 404, description = "No such policy"),
        (status = 409, description = "It is a draft")
    )
)]
async fn add(
    State(api): Shared,
    caller: Caller,
    Path((_, policy)): Path<(String, String)>,
    Body(NewMembers { users }): Body<NewMembers>,
) -> Result<Json<Results>, ApiError> {
    let results = api.policies.add_members(caller.id(), policy_id(&policy)?, &users, &caller.actor).await?;
    Ok(Json(Results { results: results.into_iter().map(entry_result).collect() }))
}

/// Change the policy of an account
///
/// It leaves the policy that it was a member of.
#[utoipa::path(
    put, path = "/admin/control/v1/orgs/{org}/auth-policy/{policy}/members/{account}", tag = "authentication policies",
    operation_id = "putAuthPolicyMember",
    security(("api_key" = ["write:policies:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("policy" = String, Path, description = "The policy's id"),
        ("account" = String, Path, description = "The account, by its id, address or username"),
    ),
    responses(
        (status = 200, body = Data<EntryResult>),
        (status = 404, description = "No such policy, or no such account"),
        (status = 409, description = "The policy is a draft"),
        (status = 422, description = "The account is not managed")
    )
)]
async fn put(
    State(api): Shared,
    caller: Caller,
    Path((_, policy, account)): Path<(String, String, String)>,
) -> Result<Json<Data<EntryResult>>, ApiError> {
    let entries = [account];
    let results = api.policies.add_members(caller.id(), policy_id(&policy)?, &entries, &caller.actor).await?;
    let result = results.into_iter().next().ok_or_else(|| ApiError::of(error::NO_USER))?;
    match result.outcome.reason() {
        None => Ok(Json(Data { data: entry_result(result) })),
        Some(RowReason::Malformed | RowReason::UnknownAccount) => Err(ApiError::of(error::NO_USER)),
        Some(reason) => Err(ApiError::because(error::UNPROCESSABLE, reason.sentence())),
    }
}

/// Remove a member from an authentication policy
///
/// It goes back to the default policy, so the default's own members cannot be removed.
#[utoipa::path(
    delete, path = "/admin/control/v1/orgs/{org}/auth-policy/{policy}/members/{account}", tag = "authentication policies",
    operation_id = "removeAuthPolicyMember",
    security(("api_key" = ["write:policies:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("policy" = String, Path, description = "The policy's id"),
        ("account" = String, Path, description = "The account, by its id, address or username"),
    ),
    responses(
        (status = 204, description = "Removed"),
        (status = 404, description = "No such policy, or it has no such member"),
        (status = 409, description = "It is the default policy")
    )
)]
async fn remove(
    State(api): Shared,
    caller: Caller,
    Path((_, policy, account)): Path<(String, String, String)>,
) -> Result<StatusCode, ApiError> {
    let key = AccountKey::read(&account).ok_or_else(|| ApiError::of(error::NO_USER))?;
    api.policies.remove_member(caller.id(), policy_id(&policy)?, &key, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Find the authentication policies of accounts
///
/// Accounts that are unknown or not managed are left out.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/users/auth-policies/bulk-fetch", tag = "authentication policies",
    operation_id = "fetchAuthPoliciesOfUsers",
    security(("api_key" = ["read:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    request_body = Accounts,
    responses(
        (status = 200, body = Vec<PolicyOfAccount>),
        (status = 400, description = "A body that cannot be read, or more than 1,000 ids")
    )
)]
async fn bulk_fetch(
    State(api): Shared,
    caller: Caller,
    Body(Accounts { account_ids }): Body<Accounts>,
) -> Result<Json<Vec<PolicyOfAccount>>, ApiError> {
    if account_ids.len() > MOST_FETCHED {
        let detail = format!("accountIds: {MOST_FETCHED} ids at most can be asked for at once");
        return Err(ApiError::because(error::BAD_BODY, detail));
    }
    let ids: Vec<Uuid> = account_ids.iter().filter_map(|id| Uuid::try_parse(id).ok()).collect();
    let rows = api.store.policies_of_accounts(caller.id(), &ids).await?;
    let directory_id = directory_id(caller.id());
    let shown = rows.into_iter().map(|row| PolicyOfAccount {
        email: row.member.email.to_string(),
        account_id: row.member.account,
        policy_id: row.member.policy,
        policy_name: row.policy_name.to_string(),
        directory_id,
    });
    Ok(Json(shown.collect()))
}
