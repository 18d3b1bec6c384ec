//! Groups, companies, their members and roles; invitations. `v1.rs`, `v2.rs` and `counts.rs` are the product's operations,
//! `search.rs` its search of v1, `user_roles.rs` the roles of one person; `own.rs` is what it has none for, and `external.rs` what is
//! about people from outside.

mod counts;
mod external;
mod own;
mod search;
mod shapes;
mod user_roles;
mod v1;
mod v2;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

use crate::store::{DirectoryGroup, Within};

use super::Api;
use super::accounts::within;
use super::error::{ApiError, NO_GROUP, NO_USER, SYNCED_GROUP};
use super::guard::Caller;

/// Entries of a page.
const PAGE: u32 = 50;
const LONGEST_PAGE: u32 = 200;

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .merge(v1::routes())
        .merge(v2::routes())
        .merge(counts::routes())
        .merge(search::routes())
        .merge(user_roles::routes())
        .merge(own::routes())
        .merge(external::routes())
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

/// A group of the organization, of whichever directory.
async fn group_of(api: &Api, caller: &Caller, id: &str) -> Result<DirectoryGroup, ApiError> {
    api.store.directory_group(caller.id(), group_id(id)?).await?.ok_or_else(missing)
}

/// A group of the directory of a path.
async fn group_in(api: &Api, caller: &Caller, directory: &str, id: &str) -> Result<DirectoryGroup, ApiError> {
    let within = within(api, caller, directory).await?;
    let group = group_of(api, caller, id).await?;
    let is_here = match (&within, &group) {
        (Within::All, _) => true,
        (Within::These { own, .. }, DirectoryGroup::Own(_)) => *own,
        (Within::These { synced, .. }, DirectoryGroup::Synced(row)) => synced.contains(&row.directory),
    };
    if is_here { Ok(group) } else { Err(missing()) }
}

/// Refuses a directory that groups are not made in here.
async fn expect_own(api: &Api, caller: &Caller, directory: &str) -> Result<(), ApiError> {
    match within(api, caller, directory).await? {
        Within::All | Within::These { own: true, .. } => Ok(()),
        Within::These { .. } => {
            let said = "Groups of this directory are made by its identity provider.";
            Err(ApiError::because(SYNCED_GROUP, said))
        }
    }
}
