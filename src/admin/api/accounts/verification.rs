//! Ask the owner of an address once more to verify it, which the product whose API this is has no operation for.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::error::ApiError;
use super::super::guard::Caller;
use super::super::{Api, Shared};
use super::{NO_USER, account_id, failed};

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(resend))
}

/// Send the verification mail again
///
/// To a managed account whose address is not verified: once in ten minutes and five times a day. Until its owner typed the code
/// that a site sends them, the account is external.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/users/{account}/resend-verification", tag = "user management",
    operation_id = "resendVerification",
    security(("api_key" = ["manage:org"])),
    params(("org" = String, Path, description = "The organization's id"), ("account" = String, Path, description = "The account's id")),
    responses(
        (status = 204, description = "On its way"),
        (status = 404, description = "No such account"),
        (status = 409, description = "It is verified already, or not managed")
    )
)]
async fn resend(
    api: Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let id = account_id(&id).ok_or_else(|| ApiError::of(NO_USER))?;
    let deeds = api.accounts.load_full();
    let sent = deeds.resend_verification(caller.id(), id, &caller.actor).await;
    sent.map_err(failed)?;
    Ok(StatusCode::NO_CONTENT)
}
