//! Authentication policies as they are kept: what the product's own API has no operation for. Who is in one is in `members.rs`;
//! what takes longer than a request is in `bulk.rs` and `tasks.rs`.

mod bulk;
mod members;
mod shapes;
mod tasks;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::actions::policies::create::NewPolicy;
use crate::actions::policies::edit::Edit;
use crate::store::AuthPolicyRow;

use super::body::Body;
use super::error::{self, ApiError};
use super::guard::Caller;
use super::page::{Cut, Data, Page};
use super::params::{Params, refused};
use super::seen::{Seen, etag};
use super::{Api, Shared};
use shapes::{AuthPolicy, ChangedPolicy, CreatedPolicy, auth_policy};

pub use bulk::Begun;
pub use shapes::wrong_fields;
pub use tasks::{Task, task};

/// Entries of a page.
const PAGE: u32 = 50;
const LONGEST_PAGE: u32 = 200;

type Tagged<T> = ([(HeaderName, HeaderValue); 1], Json<Data<T>>);

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, change, remove))
        .routes(routes!(make_default))
        .routes(routes!(reset))
        .merge(members::routes())
        .merge(bulk::routes())
        .merge(tasks::routes())
}

/// List authentication policies
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/auth-policy", tag = "authentication policies", operation_id = "listAuthPolicies",
    security(("api_key" = ["read:policies:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("cursor" = Option<String>, Query, description = "The place to go on, from `links.next`"),
        ("limit" = Option<u32>, Query, description = "Entries of a page, 50 unless said, 200 at most"),
    ),
    responses((status = 200, body = Page<AuthPolicy>), (status = 400, description = "A cursor or a limit that cannot be read"))
)]
async fn list(
    State(api): Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<Page<AuthPolicy>>, ApiError> {
    let limit = params.limit("limit", PAGE, LONGEST_PAGE)?;
    let (cut, next) = page(&api, &caller, &params, limit).await?;
    Ok(Json(Page::new(cut.rows.iter().map(auth_policy).collect(), caller.here(), next)))
}

/// Create an authentication policy
///
/// It has no members yet. Settings that are not named have their defaults. Its version is told as the `ETag`.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/auth-policy", tag = "authentication policies", operation_id = "createAuthPolicy",
    security(("api_key" = ["write:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    request_body = CreatedPolicy,
    responses(
        (status = 201, body = Data<AuthPolicy>),
        (status = 400, description = "A body that cannot be read, or fields that are wrong: one error for each"),
        (status = 409, description = "There is a policy of this name")
    )
)]
async fn create(
    State(api): Shared,
    caller: Caller,
    Body(new): Body<CreatedPolicy>,
) -> Result<(StatusCode, Tagged<AuthPolicy>), ApiError> {
    let is_draft = is_draft(new.status.as_deref())?.unwrap_or(false);
    let settings = new.settings.unwrap_or_else(|| serde_json::json!({}));
    let new = NewPolicy { name: &new.name, settings: &settings, is_draft };
    let made = api.policies.create(caller.id(), new, &caller.actor).await?;
    Ok((StatusCode::CREATED, tagged(&made)))
}

/// Show an authentication policy
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/auth-policy/{policy}", tag = "authentication policies", operation_id = "showAuthPolicy",
    security(("api_key" = ["read:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("policy" = String, Path, description = "The policy's id")),
    responses((status = 200, body = Data<AuthPolicy>), (status = 404, description = "No such policy"))
)]
async fn show(
    State(api): Shared,
    caller: Caller,
    Path((_, policy)): Path<(String, String)>,
) -> Result<Tagged<AuthPolicy>, ApiError> {
    let row = api.store.auth_policy(caller.id(), policy_id(&policy)?).await?;
    Ok(tagged(&row.ok_or_else(|| ApiError::of(error::NO_POLICY))?))
}

/// Change an authentication policy
///
/// What is not named stays as it is. Members meet the new settings at their next sign-in. With `If-Match`, only the version that
/// was seen is changed.
#[utoipa::path(
    put, path = "/admin/control/v1/orgs/{org}/auth-policy/{policy}", tag = "authentication policies", operation_id = "changeAuthPolicy",
    security(("api_key" = ["write:policies:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("policy" = String, Path, description = "The policy's id"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version that was seen"),
    ),
    request_body = ChangedPolicy,
    responses(
        (status = 200, body = Data<AuthPolicy>),
        (status = 400, description = "A body that cannot be read, or fields that are wrong: one error for each"),
        (status = 404, description = "No such policy"),
        (status = 409, description = "There is another policy of this name"),
        (status = 412, description = "It was changed since it was seen")
    )
)]
async fn change(
    State(api): Shared,
    caller: Caller,
    Path((_, policy)): Path<(String, String)>,
    Seen(seen): Seen,
    Body(changed): Body<ChangedPolicy>,
) -> Result<Tagged<AuthPolicy>, ApiError> {
    let id = policy_id(&policy)?;
    let publish = match is_draft(changed.status.as_deref())? {
        Some(true) => require_draft(&api, &caller, id).await.map(|()| false)?,
        published => published.is_some(),
    };
    let edit = Edit { seen, name: changed.name.as_deref(), settings: changed.settings.as_ref(), publish };
    Ok(tagged(&api.policies.edit(caller.id(), id, edit, &caller.actor).await?))
}

/// Delete an authentication policy
///
/// The default one cannot be deleted, and one that has members only if it is said where they go.
#[utoipa::path(
    delete, path = "/admin/control/v1/orgs/{org}/auth-policy/{policy}", tag = "authentication policies", operation_id = "deleteAuthPolicy",
    security(("api_key" = ["delete:policies:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("policy" = String, Path, description = "The policy's id"),
        ("membersTo" = Option<String>, Query, description = "The id of the policy that its members go to"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version that was seen"),
    ),
    responses(
        (status = 204, description = "Deleted"),
        (status = 400, description = "An id that cannot be read"),
        (status = 404, description = "No such policy"),
        (status = 409, description = "It is the default one, or has members"),
        (status = 412, description = "It was changed since it was seen"),
        (status = 422, description = "Its members cannot go there")
    )
)]
async fn remove(
    State(api): Shared,
    caller: Caller,
    Path((_, policy)): Path<(String, String)>,
    params: Params,
    Seen(seen): Seen,
) -> Result<StatusCode, ApiError> {
    let members_to = members_to(&params)?;
    api.policies.delete(caller.id(), policy_id(&policy)?, seen, members_to, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make an authentication policy the default
///
/// New members get it from now on. Who is a member of the one before stays there.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/auth-policy/{policy}/default", tag = "authentication policies",
    operation_id = "makeAuthPolicyDefault",
    security(("api_key" = ["write:policies:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("policy" = String, Path, description = "The policy's id"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the version that was seen"),
    ),
    responses(
        (status = 200, body = Data<AuthPolicy>),
        (status = 404, description = "No such policy"),
        (status = 409, description = "It is a draft"),
        (status = 412, description = "It was changed since it was seen")
    )
)]
async fn make_default(
    State(api): Shared,
    caller: Caller,
    Path((_, policy)): Path<(String, String)>,
    Seen(seen): Seen,
) -> Result<Tagged<AuthPolicy>, ApiError> {
    let row = api.policies.make_default(caller.id(), policy_id(&policy)?, seen, &caller.actor).await?;
    Ok(tagged(&row))
}

/// End the sessions of an authentication policy
///
/// Members sign in again at their next request, and meet the settings of now. Saving settings alone signs nobody out: they act
/// from the next sign-in on, but for API tokens, which have none.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/auth-policy/{policy}/reset-sessions", tag = "authentication policies",
    operation_id = "resetAuthPolicy",
    security(("api_key" = ["write:policies:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("policy" = String, Path, description = "The policy's id"),
    ),
    responses((status = 204, description = "Ended"), (status = 404, description = "No such policy"))
)]
async fn reset(
    State(api): Shared,
    caller: Caller,
    Path((_, policy)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    api.policies.reset_sessions(caller.id(), policy_id(&policy)?, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A page of the organization's policies by name, and the cursor of the next.
pub async fn page(
    api: &Api,
    caller: &Caller,
    params: &Params,
    limit: u32,
) -> Result<(Cut<AuthPolicyRow>, Option<String>), ApiError> {
    let cursors = caller.cursors(api, "auth-policies");
    let after = params.one("cursor").map(|cursor| cursors.take(cursor)).transpose()?;
    let rows = api.store.auth_policies(caller.id(), after.as_deref().unwrap_or(""), limit + 1).await?;
    let cut = Cut::new(rows, limit);
    let next = cut.next(|row| cursors.give(row.name.as_str()));
    Ok((cut, next))
}

/// What is no id is the id of no policy.
pub fn policy_id(text: &str) -> Result<Uuid, ApiError> {
    Uuid::try_parse(text).map_err(|_| ApiError::of(error::NO_POLICY))
}

/// Where the members of a policy go that is deleted.
pub fn members_to(params: &Params) -> Result<Option<Uuid>, ApiError> {
    let read = |text: &str| Uuid::try_parse(text).map_err(|_| refused("membersTo", "the id of a policy"));
    params.one("membersTo").map(read).transpose()
}

/// A policy acts or is a draft; members need one, so none is ever switched off.
pub fn is_draft(status: Option<&str>) -> Result<Option<bool>, ApiError> {
    match status {
        None => Ok(None),
        Some("enabled") => Ok(Some(false)),
        Some("draft") => Ok(Some(true)),
        Some(_) => Err(ApiError::because(
            error::BAD_BODY,
            "status: must be enabled or draft; an authentication policy cannot be switched off, as its members need one",
        )),
    }
}

/// What was published may have members, and stays published.
pub async fn require_draft(api: &Api, caller: &Caller, id: Uuid) -> Result<(), ApiError> {
    match api.store.auth_policy(caller.id(), id).await? {
        None => Err(ApiError::of(error::NO_POLICY)),
        Some(row) if row.is_draft => Ok(()),
        Some(_) => {
            Err(ApiError::because(error::CONFLICT, "A policy that was published cannot be a draft again."))
        }
    }
}

fn tagged(row: &AuthPolicyRow) -> Tagged<AuthPolicy> {
    (etag(row.version), Json(Data { data: auth_policy(row) }))
}
