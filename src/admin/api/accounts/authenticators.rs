//! Remove what a person set up to prove themselves with, as when a phone is lost; the product whose API this is has no operation
//! for it.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::error::ApiError;
use super::super::guard::Caller;
use super::super::{Api, Shared};
use super::{account, failed};

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(remove))
}

/// Remove an account's authenticators
///
/// Every authenticator app and passkey that its owner set up, managed or external; they are told by mail. What they verified
/// stays valid, and a reset of that removes no authenticator.
#[utoipa::path(
    delete, path = "/admin/control/v1/orgs/{org}/users/{account}/authenticators", tag = "user management",
    operation_id = "removeAuthenticators",
    security(("api_key" = ["write:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("account" = String, Path, description = "The account's id")),
    responses((status = 204, description = "Removed, or there were none"), (status = 404, description = "No such account"))
)]
async fn remove(
    api: Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let id = account(&api, &caller, &id).await?.id;
    let removed = api.accounts.load_full().remove_authenticators(caller.id(), id, &caller.actor).await;
    removed.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}
