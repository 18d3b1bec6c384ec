//! The links between accounts and users of directories, for admins: which there are, and how one that is wrong is cut.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::domain::email::EmailAddress;
use crate::store::{Account, AccountFilter};

use super::super::body::Body;
use super::super::error::{self, ApiError};
use super::super::guard::Caller;
use super::super::{Api, Shared};
use super::At;

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(of_account))
        .routes(routes!(of_email))
        .routes(routes!(unlink))
        .routes(routes!(forget))
}

/// A user of a directory that an account follows.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScimLink {
    scim_directory_id: Uuid,
    scim_user_id: Uuid,
    account_id: Uuid,
    email: String,
    user_name: String,
    active: bool,
}

/// The users of directories that an account follows: one at most.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScimLinks {
    data: Vec<ScimLink>,
}

/// Whose links.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LinksAsked {
    /// The address of the account.
    email: String,
}

/// List what an account follows
#[utoipa::path(
    get, path = "/admin/user-provisioning/v1/org/{org}/user/{account}/get-scim-links", tag = "scim", operation_id = "listScimLinks",
    security(("api_key" = ["read:directories:admin", "write:directories:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("account" = String, Path, description = "The account's id")),
    responses((status = 200, body = ScimLinks), (status = 404, description = "No such account"))
)]
async fn of_account(
    State(api): Shared,
    caller: Caller,
    Path((_, account)): Path<(String, String)>,
) -> Result<Json<ScimLinks>, ApiError> {
    let account = api.store.account(caller.id(), account_id(&account)?).await?;
    let account = account.ok_or_else(|| ApiError::of(error::NO_RESOURCE))?;
    links(&api, &caller, &[account]).await
}

/// List what the account of an address follows
#[utoipa::path(
    post, path = "/admin/user-provisioning/v1/org/{org}/get-scim-links-for-email", tag = "scim", operation_id = "listScimLinksOfEmail",
    security(("api_key" = ["read:directories:admin", "write:directories:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    request_body = LinksAsked,
    responses((status = 200, body = ScimLinks), (status = 400, description = "No address"))
)]
async fn of_email(
    State(api): Shared,
    caller: Caller,
    Body(LinksAsked { email }): Body<LinksAsked>,
) -> Result<Json<ScimLinks>, ApiError> {
    let email = EmailAddress::parse(&email)
        .map_err(|error| ApiError::because(error::BAD_BODY, format!("email: the address {error}.")))?;
    let filter = AccountFilter { emails: vec![email], ..AccountFilter::default() };
    let found = api.store.list_accounts(caller.id(), &filter, None, 1).await?;
    links(&api, &caller, &found.accounts).await
}

/// Cut the link of a user to its account
///
/// Both stay as they are. The next change of the user by its identity provider links it anew.
#[utoipa::path(
    patch, path = "/admin/user-provisioning/v1/org/{org}/scimDirectoryId/{directory}/scimUserId/{user}/unlink", tag = "scim",
    operation_id = "unlinkScimUser",
    security(("api_key" = ["write:directories:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("directory" = String, Path, description = "The directory's id"),
        ("user" = String, Path, description = "The user's id"),
    ),
    responses((status = 204, description = "Cut"), (status = 404, description = "No such directory or user"))
)]
async fn unlink(
    State(api): Shared,
    at: At,
    Path((_, _, user)): Path<(String, String, String)>,
) -> Result<StatusCode, ApiError> {
    let user = Uuid::try_parse(&user).map_err(|_| ApiError::of(error::NO_RESOURCE))?;
    api.scim.unlink(&at.directory, user, &at.caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forget the user that an account follows
///
/// The account stays as it is, and the directory does not have the user any more.
#[utoipa::path(
    delete, path = "/admin/user-provisioning/v1/org/{org}/user/{account}/onlyDeleteUserInDB", tag = "scim",
    operation_id = "forgetScimUser",
    security(("api_key" = ["write:directories:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("account" = String, Path, description = "The account's id")),
    responses((status = 204, description = "Forgotten"), (status = 404, description = "No such account, or it follows nobody"))
)]
async fn forget(
    State(api): Shared,
    caller: Caller,
    Path((_, account)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    api.scim.forget_user(caller.id(), account_id(&account)?, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn links(api: &Api, caller: &Caller, accounts: &[Account]) -> Result<Json<ScimLinks>, ApiError> {
    let mut data = Vec::new();
    for account in accounts {
        let user = api.store.scim_user_of_account(caller.id(), account.id).await?;
        data.extend(user.map(|user| ScimLink {
            scim_directory_id: user.directory,
            scim_user_id: user.id,
            account_id: account.id,
            email: account.email.to_string(),
            user_name: user.user_name,
            active: user.active,
        }));
    }
    Ok(Json(ScimLinks { data }))
}

fn account_id(text: &str) -> Result<Uuid, ApiError> {
    Uuid::try_parse(text).map_err(|_| ApiError::of(error::NO_RESOURCE))
}
