//! Policies as the product's own clients know them: under three prefixes, in one shape, of whatever type.
//!
//! Here the type is `authentication`, whose `rule` is its settings. It is applied to people, who are its members, and to no site or
//! product: its `resources` are always empty, and who would add one is told where members are added.

mod control;
mod shapes;

use std::sync::Arc;

use axum::Json;
use axum::http::StatusCode;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

use crate::actions::policies::create::{CreateError, NewPolicy};
use crate::actions::policies::edit::{Edit, EditError};
use crate::store::AuthPolicyRow;

use super::Api;
use super::auth_policies::{is_draft, members_to, page, policy_id, require_draft, wrong_fields};
use super::error::{self, ApiError};
use super::guard::Caller;
use super::page::{Data, Page};
use super::params::Params;
use shapes::{Policy, PolicyInput, PolicyResource, TYPE, input, policy};

/// Entries of a page.
const PAGE: u32 = 50;
const LONGEST_PAGE: u32 = 200;
/// Where a rule stands in a body.
const RULE: &str = "attributes.rule";

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    control::routes()
}

async fn list(api: &Api, caller: &Caller, params: &Params) -> Result<Json<Page<Policy>>, ApiError> {
    let limit = params.limit("limit", PAGE, LONGEST_PAGE)?;
    let types = params.many("type");
    // Who asks for other types alone gets a page of nothing, as it is.
    if !types.is_empty() && !types.contains(&TYPE) {
        return Ok(Json(Page::new(Vec::new(), caller.here(), None)));
    }
    let (cut, next) = page(api, caller, params, limit).await?;
    Ok(Json(Page::new(cut.rows.iter().map(policy).collect(), caller.here(), next)))
}

async fn create(
    api: &Api,
    caller: &Caller,
    body: Value,
) -> Result<(StatusCode, Json<Data<Policy>>), ApiError> {
    let new = input(body)?.attributes;
    match new.kind.as_deref() {
        Some(TYPE) => {}
        Some(_) | None => {
            let detail = format!("attributes.type: must be {TYPE}; no other type of policy can be made here");
            return Err(ApiError::because(error::BAD_PARAMETER, detail));
        }
    }
    refuse_resources(new.resources.as_deref())?;
    let is_draft = is_draft(new.status.as_deref())?.unwrap_or(false);
    let settings = new.rule.unwrap_or_else(|| json!({}));
    let new = NewPolicy { name: new.name.as_deref().unwrap_or_default(), settings: &settings, is_draft };
    let made = api.policies.create(caller.id(), new, &caller.actor).await.map_err(|error| match error {
        CreateError::Invalid(errors) => wrong_fields(errors, RULE),
        error => error.into(),
    })?;
    Ok(accepted(&made))
}

async fn show(api: &Api, caller: &Caller, id: &str) -> Result<Json<Data<Policy>>, ApiError> {
    Ok(Json(Data { data: policy(&row(api, caller, id).await?) }))
}

async fn update(
    api: &Api,
    caller: &Caller,
    id: &str,
    seen: Option<i64>,
    body: Value,
) -> Result<(StatusCode, Json<Data<Policy>>), ApiError> {
    let id = policy_id(id)?;
    let PolicyInput { attributes: new } = input(body)?;
    if new.kind.as_deref().is_some_and(|kind| kind != TYPE) {
        return Err(ApiError::because(error::BAD_PARAMETER, "attributes.type: a policy keeps its type"));
    }
    refuse_resources(new.resources.as_deref())?;
    let publish = match is_draft(new.status.as_deref())? {
        Some(true) => require_draft(api, caller, id).await.map(|()| false)?,
        published => published.is_some(),
    };
    let edit = Edit { seen, name: new.name.as_deref(), settings: new.rule.as_ref(), publish };
    let after =
        api.policies.edit(caller.id(), id, edit, &caller.actor).await.map_err(|error| match error {
            EditError::Invalid(errors) => wrong_fields(errors, RULE),
            error => error.into(),
        })?;
    Ok(accepted(&after))
}

async fn remove(
    api: &Api,
    caller: &Caller,
    id: &str,
    seen: Option<i64>,
    params: &Params,
) -> Result<StatusCode, ApiError> {
    let members_to = members_to(params)?;
    api.policies.delete(caller.id(), policy_id(id)?, seen, members_to, &caller.actor).await?;
    Ok(StatusCode::ACCEPTED)
}

/// What is kept is always valid, so that it is there is all there is to find out.
async fn validate(api: &Api, caller: &Caller, id: &str) -> Result<StatusCode, ApiError> {
    row(api, caller, id).await.map(|_| StatusCode::ACCEPTED)
}

async fn publish(api: &Api, caller: &Caller) -> Result<(StatusCode, Json<Page<Policy>>), ApiError> {
    let published = api.policies.publish_drafts(caller.id(), &caller.actor).await?;
    let page = Page::new(published.iter().map(policy).collect(), caller.here(), None);
    Ok((StatusCode::ACCEPTED, Json(page)))
}

async fn list_resources(
    api: &Api,
    caller: &Caller,
    id: &str,
) -> Result<Json<Page<PolicyResource>>, ApiError> {
    row(api, caller, id).await?;
    Ok(Json(Page::new(Vec::new(), caller.here(), None)))
}

/// Neither can one be added, nor all be taken away: members are what it is applied to.
async fn refuse_change_of_resources(api: &Api, caller: &Caller, id: &str) -> Result<StatusCode, ApiError> {
    row(api, caller, id).await?;
    Err(no_resources())
}

async fn refuse_resource(api: &Api, caller: &Caller, id: &str) -> Result<StatusCode, ApiError> {
    row(api, caller, id).await?;
    Err(ApiError::because(error::NO_POLICY_RESOURCE, NO_RESOURCES))
}

const NO_RESOURCES: &str = "An authentication policy is applied to its members and to no resource: \
    add members with POST /admin/control/v1/orgs/{org}/auth-policy/{policy}/add-users.";

fn no_resources() -> ApiError {
    ApiError::because(error::BAD_PARAMETER, NO_RESOURCES)
}

fn refuse_resources(resources: Option<&[Value]>) -> Result<(), ApiError> {
    if resources.unwrap_or_default().is_empty() { Ok(()) } else { Err(no_resources()) }
}

async fn row(api: &Api, caller: &Caller, id: &str) -> Result<AuthPolicyRow, ApiError> {
    let id: Uuid = policy_id(id)?;
    api.store.auth_policy(caller.id(), id).await?.ok_or_else(|| ApiError::of(error::NO_POLICY))
}

fn accepted(row: &AuthPolicyRow) -> (StatusCode, Json<Data<Policy>>) {
    (StatusCode::ACCEPTED, Json(Data { data: policy(row) }))
}
