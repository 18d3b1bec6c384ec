//! Policies as they were before each of their changes, of both kinds, and the way back.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::actions::policies::undo::UndoError;
use crate::actions::policy_undo::{PolicyUndoError, Undone, find_policy, undo};
use crate::domain::auth_policy::AuthPolicySettings;
use crate::store::{FormerContent, FormerPolicy, KeptSettings};

use super::body::Body;
use super::error::{self, ApiError};
use super::guard::Caller;
use super::page::Data;
use super::params::Params;
use super::{Api, Shared};

/// How many former versions are listed.
const LISTED: u32 = 100;
const MOST_LISTED: u32 = 1_000;

/// A policy as it was.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Former {
    policy: Uuid,
    version: i64,
    name: String,
    /// `external` or `authentication`.
    family: &'static str,
    /// When it was changed, or deleted.
    replaced_at: Timestamp,
    /// What it said, by the names of the operations that change it; none where that cannot be read, or it was what the
    /// configuration file says.
    #[schema(value_type = Option<Object>)]
    settings: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domains: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    people: Option<Vec<String>>,
}

/// What is to be undone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToUndo {
    /// The policy's id, its name, `default` or `test`.
    policy: String,
    /// The version that it is to be like; without one, what it was before its last change that made a difference.
    version: Option<i64>,
}

/// A policy as it is again.
#[derive(Debug, Serialize, ToSchema)]
pub struct PolicyAgain {
    /// Its id, which is another one where it had been deleted.
    policy: Uuid,
    name: String,
    /// Its version, a new one.
    version: i64,
}

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(put_back))
}

/// List what policies were
///
/// The newest first: each policy as it was before each of its last 100 changes, also those that were deleted.
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/policy-history", tag = "decisions", operation_id = "listPolicyHistory",
    security(("api_key" = ["read:policies:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("policy" = Option<String>, Query, description = "One policy alone: its id, its name, `default` or `test`"),
        ("limit" = Option<u32>, Query, description = "How many, 100 unless said, 1000 at most"),
    ),
    responses((status = 200, body = Data<Vec<Former>>), (status = 404, description = "No such policy"))
)]
async fn list(
    State(api): Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<Data<Vec<Former>>>, ApiError> {
    let limit = params.limit("limit", LISTED, MOST_LISTED)?;
    let policy = match params.one("policy") {
        Some(text) => Some(policy(&api, &caller, text).await?),
        None => None,
    };
    let rows = api.store.former_policies(caller.id(), policy, limit).await?;
    Ok(Json(Data { data: rows.into_iter().map(former).collect() }))
}

/// Undo a change of a policy
///
/// What it was is written once more, as a change like any other, with its event. Undoing twice puts back what was undone.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/policy-history/undo", tag = "decisions", operation_id = "undoPolicyChange",
    security(("api_key" = ["write:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    request_body = ToUndo,
    responses(
        (status = 200, body = Data<PolicyAgain>),
        (status = 400, description = "The body cannot be read, or what it was cannot be written any more"),
        (status = 404, description = "No such policy"),
        (status = 409, description = "There is nothing to undo"),
        (status = 412, description = "It was changed meanwhile"),
        (status = 422, description = "What it was cannot be written any more: a domain is in another policy now")
    )
)]
async fn put_back(
    State(api): Shared,
    caller: Caller,
    Body(asked): Body<ToUndo>,
) -> Result<Json<Data<PolicyAgain>>, ApiError> {
    let policy = policy(&api, &caller, &asked.policy).await?;
    let (external, authentication) = (&api.external_policies, &api.policies);
    let undone = undo(external, authentication, caller.id(), policy, asked.version, &caller.actor).await?;
    let Undone { policy, name, version } = undone;
    Ok(Json(Data { data: PolicyAgain { policy, name, version } }))
}

async fn policy(api: &Api, caller: &Caller, text: &str) -> Result<Uuid, ApiError> {
    find_policy(&api.store, caller.id(), text).await?.ok_or_else(|| ApiError::of(error::NO_POLICY))
}

fn former(row: FormerPolicy) -> Former {
    let FormerPolicy { policy, version, name, content, replaced_at } = row;
    let (family, settings, domains, people) = match content {
        FormerContent::Authentication(settings) => {
            ("authentication", settings.as_ref().map(AuthPolicySettings::to_json), None, None)
        }
        FormerContent::External { settings, domains, people, .. } => {
            let settings = match settings {
                KeptSettings::Own(settings) => Some(settings.to_json()),
                KeptSettings::AsConfigured | KeptSettings::Unreadable => None,
            };
            ("external", settings, Some(domains), Some(people))
        }
    };
    Former { policy, version, name, family, replaced_at, settings, domains, people }
}

impl From<PolicyUndoError> for ApiError {
    fn from(error: PolicyUndoError) -> Self {
        match error {
            PolicyUndoError::External(error) => error.into(),
            PolicyUndoError::Authentication(error) => match error {
                UndoError::NoFormer => Self::because(error::CONFLICT, error),
                UndoError::Edit(error) => error.into(),
                UndoError::Create(error) => error.into(),
                UndoError::Store(error) => error.into(),
            },
            PolicyUndoError::Store(error) => error.into(),
        }
    }
}
