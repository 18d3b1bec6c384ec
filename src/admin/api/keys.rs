//! Keys to the API, as those who keep the organization see them: never their text, which is shown once by the command that
//! makes them (`postern admin create-key`).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::actions::api_keys::KeyError;
use crate::domain::api_key::{Scope, Scopes};
use crate::store::ApiKeyRow;

use super::error::{self, ApiError};
use super::guard::Caller;
use super::page::{CursorPage, Cut};
use super::params::Params;
use super::{Api, Shared};

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(count)).routes(routes!(revoke))
}

/// A key, without its text.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    id: Uuid,
    name: String,
    /// `active`, `expired` or `revoked`.
    status: &'static str,
    /// What it opens; all scopes there are where it was given none.
    scopes: Vec<&'static str>,
    /// Who is written to about what was done with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    /// The directory it fills, if it is an identity provider's.
    #[serde(skip_serializing_if = "Option::is_none")]
    directory_id: Option<Uuid>,
    /// The last characters of its text.
    hint: String,
    created_at: Timestamp,
    expires_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Timestamp>,
    /// To the hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<Timestamp>,
}

/// How many there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct Count {
    /// How many.
    pub count: u64,
}

/// List keys to the API
#[utoipa::path(
    get, path = "/admin/api-access/v1/orgs/{org}/api-keys", tag = "api access", operation_id = "listApiKeys",
    security(("api_key" = ["read:keys:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("cursor" = Option<String>, Query, description = "The place to go on, from `links.next`"),
        ("pageSize" = Option<u32>, Query, description = "Entries of a page, 50 unless said, 200 at most"),
    ),
    responses((status = 200, body = CursorPage<ApiKey>), (status = 400, description = "A cursor or a size that cannot be read"))
)]
async fn list(
    State(api): Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<CursorPage<ApiKey>>, ApiError> {
    let cursors = caller.cursors(&api, "api-keys");
    let after = params.one("cursor").map(|cursor| cursors.take(cursor)).transpose()?;
    let after = after.and_then(|place| Uuid::try_parse(&place).ok());
    let limit = params.limit("pageSize", 50, 200)?;
    let cut = Cut::new(api.store.api_keys(caller.id(), after, limit + 1).await?, limit);
    let next = cut.next(|row| cursors.give(&row.id.to_string()));
    let now = api.keys.clock.now();
    Ok(Json(CursorPage::new(cut.rows.iter().map(|row| api_key(row, now)).collect(), next)))
}

/// Count keys to the API
///
/// Those that open something now.
#[utoipa::path(
    get, path = "/admin/api-access/v1/orgs/{org}/api-keys/count", tag = "api access", operation_id = "countApiKeys",
    security(("api_key" = ["read:keys:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    responses((status = 200, body = Count))
)]
async fn count(State(api): Shared, caller: Caller) -> Result<Json<Count>, ApiError> {
    let count = api.store.count_live_api_keys(caller.id(), api.keys.clock.now()).await?;
    Ok(Json(Count { count }))
}

/// Revoke a key to the API
///
/// It opens nothing from the next request on. A key may end itself.
#[utoipa::path(
    patch, path = "/admin/api-access/v1/orgs/{org}/api-keys/revoke/{key}", tag = "api access", operation_id = "revokeApiKey",
    security(("api_key" = ["write:keys:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("key" = String, Path, description = "The key's id")),
    responses((status = 200, body = ApiKey), (status = 404, description = "No such key"))
)]
async fn revoke(
    State(api): Shared,
    caller: Caller,
    Path((_, key)): Path<(String, String)>,
) -> Result<Json<ApiKey>, ApiError> {
    let id = Uuid::try_parse(&key).map_err(|_| ApiError::of(error::NO_KEY))?;
    let row = api.keys.revoke(caller.id(), id, &caller.actor).await?;
    Ok(Json(api_key(&row, api.keys.clock.now())))
}

fn api_key(row: &ApiKeyRow, now: Timestamp) -> ApiKey {
    let scopes: Vec<&Scope> = match &row.scopes {
        Scopes::Everything => Scope::ALL.iter().collect(),
        Scopes::These(scopes) => scopes.iter().collect(),
    };
    let status = match row {
        ApiKeyRow { revoked_at: Some(_), .. } => "revoked",
        row if row.is_live(now) => "active",
        _ => "expired",
    };
    ApiKey {
        id: row.id,
        name: row.name.clone(),
        status,
        scopes: scopes.into_iter().map(|scope| scope.label()).collect(),
        owner: row.owner.as_ref().map(ToString::to_string),
        directory_id: row.directory,
        hint: row.hint.clone(),
        created_at: row.created_at,
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
        last_used_at: row.last_used_at,
    }
}

impl From<KeyError> for ApiError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Store(error) => error.into(),
            KeyError::Unknown => Self::of(error::NO_KEY),
            KeyError::Name | KeyError::Lifetime => Self::because(error::BAD_BODY, error),
        }
    }
}
