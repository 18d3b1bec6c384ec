//! Groups, companies, their members and roles; invitations. One file per family: `v1.rs`, `v2.rs`, and `external.rs` for what is
//! about people from outside.

mod external;
mod shapes;
mod v1;
mod v2;

use std::sync::Arc;

use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

use super::Api;
use super::accounts::directory_id;
use super::error::{ApiError, Cause, NO_GROUP};
use super::guard::Caller;

/// The organization has no such account.
const NO_USER: Cause = Cause(StatusCode::NOT_FOUND, "ADMIN-404-8", "User not found");
/// No directory of the organization.
const NO_DIRECTORY: Cause = Cause(StatusCode::NOT_FOUND, "ADMIN-404-1", "Directory not found");

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().merge(v1::routes()).merge(v2::routes()).merge(external::routes())
}

/// Ids are UUIDs; what is none is nobody's.
fn group_id(text: &str) -> Result<Uuid, ApiError> {
    Uuid::try_parse(text).map_err(|_| missing())
}

fn account_id(text: &str) -> Result<Uuid, ApiError> {
    Uuid::try_parse(text).map_err(|_| ApiError::of(NO_USER))
}

fn missing() -> ApiError {
    ApiError::of(NO_GROUP)
}

fn check_directory(caller: &Caller, text: &str) -> Result<(), ApiError> {
    let is_own = text == "-" || Uuid::try_parse(text) == Ok(directory_id(caller.id()));
    if is_own { Ok(()) } else { Err(ApiError::of(NO_DIRECTORY)) }
}
