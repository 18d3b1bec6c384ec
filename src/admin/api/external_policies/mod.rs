//! External user policies, for which the product has no operations: made, changed, deleted, and everybody of one reset.
//!
//! `{policy}` is `default`, `test`, or the id of one that people made. A change with `If-Match` is made only to what was read.

mod shapes;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::actions::external_policies::Which;
use crate::domain::email::EmailAddress;
use crate::domain::external_policy::PolicyKind;

use super::body::Body;
use super::error::{self, ApiError};
use super::guard::Caller;
use super::page::Data;
use super::seen::{Seen, etag};
use super::{Api, Shared};
use shapes::{ExternalPolicy, ExternalPolicyDraft, ResetPeople, default_policy, policy};

/// How many people one request may reset.
const MOST_PEOPLE: usize = 1_000;

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, change, delete))
        .routes(routes!(reset))
        .routes(routes!(reset_people))
}

/// List external user policies
///
/// The default policy first, which is always there, then the test policy and the others by name.
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/external-user-policy", tag = "external users", operation_id = "listExternalPolicies",
    security(("api_key" = ["read:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    responses((status = 200, body = Data<Vec<ExternalPolicy>>))
)]
async fn list(State(api): Shared, caller: Caller) -> Result<Json<Data<Vec<ExternalPolicy>>>, ApiError> {
    let rows = api.store.external_policies(caller.id()).await?;
    let configured = api.directory.snapshot().external;
    let default = Which::Default.of(&rows).is_none().then(|| default_policy(&configured));
    let rows = rows.iter().map(|row| policy(row, &configured));
    Ok(Json(Data { data: default.into_iter().chain(rows).collect() }))
}

/// Create an external user policy
///
/// For the people of up to 20 mail domains, each of which is in no other policy.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/external-user-policy", tag = "external users", operation_id = "createExternalPolicy",
    security(("api_key" = ["write:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    request_body = ExternalPolicyDraft,
    responses(
        (status = 201, body = Data<ExternalPolicy>),
        (status = 400, description = "The body cannot be read"),
        (status = 409, description = "There are as many policies as there may be"),
        (status = 422, description = "A member is wrong, or a domain is in another policy")
    )
)]
async fn create(
    State(api): Shared,
    caller: Caller,
    Body(draft): Body<ExternalPolicyDraft>,
) -> Result<Response, ApiError> {
    let row =
        api.external_policies.create(caller.id(), &draft.read(PolicyKind::Named)?, &caller.actor).await?;
    Ok((StatusCode::CREATED, shown(policy(&row, &api.directory.snapshot().external))).into_response())
}

/// Show an external user policy
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/external-user-policy/{policy}", tag = "external users", operation_id = "showExternalPolicy",
    security(("api_key" = ["read:policies:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("policy" = String, Path, description = "`default`, `test`, or the policy's id"),
    ),
    responses((status = 200, body = Data<ExternalPolicy>), (status = 404, description = "No such policy"))
)]
async fn show(
    State(api): Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let (which, rows) = (which(&id)?, api.store.external_policies(caller.id()).await?);
    let configured = api.directory.snapshot().external;
    match (which.of(&rows), which) {
        (Some(row), _) => Ok(shown(policy(row, &configured))),
        (None, Which::Default) => Ok(shown(default_policy(&configured))),
        (None, _) => Err(missing()),
    }
}

/// Change an external user policy
///
/// As a whole. The test policy is made by its first change. Verifications that are fresh by the new frequency stay so.
#[utoipa::path(
    put, path = "/admin/control/v1/orgs/{org}/external-user-policy/{policy}", tag = "external users", operation_id = "changeExternalPolicy",
    security(("api_key" = ["write:policies:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("policy" = String, Path, description = "`default`, `test`, or the policy's id"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the policy as it was read"),
    ),
    request_body = ExternalPolicyDraft,
    responses(
        (status = 200, body = Data<ExternalPolicy>),
        (status = 400, description = "The body cannot be read"),
        (status = 404, description = "No such policy"),
        (status = 412, description = "It was changed since"),
        (status = 422, description = "A member is wrong, or a domain is in another policy")
    )
)]
async fn change(
    State(api): Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
    Seen(version): Seen,
    Body(draft): Body<ExternalPolicyDraft>,
) -> Result<Response, ApiError> {
    let which = which(&id)?;
    let draft = draft.read(which.kind())?;
    let row = api.external_policies.update(caller.id(), which, &draft, version, &caller.actor).await?;
    Ok(shown(policy(&row, &api.directory.snapshot().external)))
}

/// Delete an external user policy
///
/// Its people go by the others from then on. The default policy asks what the configuration file does, then.
#[utoipa::path(
    delete, path = "/admin/control/v1/orgs/{org}/external-user-policy/{policy}", tag = "external users", operation_id = "deleteExternalPolicy",
    security(("api_key" = ["delete:policies:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("policy" = String, Path, description = "`default`, `test`, or the policy's id"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the policy as it was read"),
    ),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "No such policy"),
        (status = 412, description = "It was changed since")
    )
)]
async fn delete(
    State(api): Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
    Seen(version): Seen,
) -> Result<StatusCode, ApiError> {
    api.external_policies.delete(caller.id(), which(&id)?, version, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reset the sessions of a policy
///
/// Everybody who goes by it verifies again at their next request.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/external-user-policy/{policy}/reset-sessions", tag = "external users",
    operation_id = "resetExternalPolicy",
    security(("api_key" = ["write:policies:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("policy" = String, Path, description = "`default`, `test`, or the policy's id"),
    ),
    responses((status = 204, description = "Reset"), (status = 404, description = "No such policy"))
)]
async fn reset(
    State(api): Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    api.external_policies.reset_policy(caller.id(), which(&id)?, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reset the sessions of people
///
/// They verify again at their next request, at every site and in every browser.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/external-users/reset-sessions", tag = "external users",
    operation_id = "resetExternalUsers",
    security(("api_key" = ["write:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    request_body = ResetPeople,
    responses(
        (status = 204, description = "Reset"),
        (status = 400, description = "The body cannot be read"),
        (status = 422, description = "Something in it is no address")
    )
)]
async fn reset_people(
    State(api): Shared,
    caller: Caller,
    Body(ResetPeople { emails }): Body<ResetPeople>,
) -> Result<StatusCode, ApiError> {
    if emails.is_empty() || emails.len() > MOST_PEOPLE {
        let said = format!("emails: expected 1 to {MOST_PEOPLE} addresses.");
        return Err(ApiError::because(error::UNPROCESSABLE, said));
    }
    let mut mistakes = Vec::new();
    let people = crate::domain::mistake::read_list("emails", &emails, EmailAddress::parse, &mut mistakes);
    crate::domain::mistake::Mistakes::or(mistakes, ())?;
    api.external_policies.reset_people(caller.id(), &people, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The policy with the version that a change of it may name.
fn shown(policy: ExternalPolicy) -> Response {
    (etag(policy.version), Json(Data { data: policy })).into_response()
}

fn which(id: &str) -> Result<Which, ApiError> {
    match PolicyKind::of(id) {
        Some(PolicyKind::Default) => Ok(Which::Default),
        Some(PolicyKind::Test) => Ok(Which::Test),
        _ => Uuid::try_parse(id).map(Which::Named).map_err(|_| missing()),
    }
}

fn missing() -> ApiError {
    ApiError::of(error::NO_EXTERNAL_POLICY)
}
