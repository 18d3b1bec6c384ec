//! SCIM 2.0 (RFC 7644): what an identity provider asks of its directory. Users and groups, lists and searches, and the documents
//! by which a client finds out what there is; and, for admins, the links between users and accounts.
//!
//! A key of a directory reaches this one and nothing else, which the guard sees to; [`At`] is the directory that a path names,
//! and only one of the caller's organization.

mod discovery;
mod groups;
mod links;
mod listing;
mod places;
mod search;
mod shapes;
mod users;

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

use crate::actions::scim::ScimError;
use crate::domain::scim::{Mistake, schema::ResourceType};
use crate::store::DirectoryRow;

pub use places::Places;

use super::Api;
use super::error::{self, ApiError};
use super::guard::Caller;

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .merge(users::routes())
        .merge(groups::routes())
        .merge(search::routes())
        .merge(discovery::routes())
        .merge(links::routes())
}

/// The directory that a path names, and who asks.
pub struct At {
    /// Who asks.
    pub caller: Caller,
    /// The directory: one of the caller's organization.
    pub directory: DirectoryRow,
}

impl At {
    /// Where a kind of resource is.
    pub fn place(&self, endpoint: &str) -> String {
        self.caller.link(&format!("/scim/directory/{}{endpoint}", self.directory.id))
    }

    /// Where a resource is.
    pub fn location(&self, kind: &ResourceType, id: Uuid) -> String {
        self.place(&format!("{}/{id}", kind.endpoint))
    }
}

impl FromRequestParts<Arc<Api>> for At {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, api).await?;
        let params = RawPathParams::from_request_parts(parts, api).await;
        let params = params.map_err(|_| ApiError::of(error::NO_DIRECTORY))?;
        let named = params.iter().find(|(name, _)| *name == "directory").map(|(_, id)| Uuid::try_parse(id));
        let Some(Ok(id)) = named else { return Err(ApiError::of(error::NO_DIRECTORY)) };
        let directory = api.store.directory(caller.id(), id).await?;
        let directory = directory.ok_or_else(|| ApiError::of(error::NO_DIRECTORY))?;
        Ok(Self { caller, directory })
    }
}

/// An id of a path; one that is none is one that nothing has.
fn id(text: &str) -> Result<Uuid, ApiError> {
    Uuid::try_parse(text).map_err(|_| ApiError::of(error::NO_RESOURCE))
}

impl From<Mistake> for ApiError {
    fn from(mistake: Mistake) -> Self {
        Self::because(error::BAD_BODY, &mistake.detail).scim(mistake.kind.keyword())
    }
}

impl From<ScimError> for ApiError {
    fn from(error: ScimError) -> Self {
        match error {
            ScimError::Mistake(mistake) => mistake.into(),
            ScimError::Store(error) => error.into(),
            ScimError::NotFound => Self::of(error::NO_RESOURCE),
            ScimError::UnverifiedDomain(_) => Self::because(error::BAD_BODY, error).scim("invalidValue"),
            ScimError::UserNameTaken
            | ScimError::AddressTaken
            | ScimError::GroupTaken
            | ScimError::Deleted => Self::because(error::CONFLICT, error).scim("uniqueness"),
        }
    }
}
