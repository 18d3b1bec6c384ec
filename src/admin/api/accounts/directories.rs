//! The directories of an organization, as v2 lists them: its own, in which everybody is whom no identity provider keeps, and those
//! of identity providers. And which of them a path or a filter means.

use std::sync::Arc;

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::store::{Account, StoreError, Within};

use super::super::error::{ApiError, NO_DIRECTORY, NO_USER};
use super::super::guard::Caller;
use super::super::page::CursorPage;
use super::super::params::Params;
use super::super::{Api, Shared};
use super::{account, account_id, directory_id};

/// What the organization's own directory is called.
const NAME: &str = "Local directory";

/// A directory.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Directory {
    directory_id: Uuid,
    name: String,
}

/// The operation.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list))
}

/// List directories
///
/// The organization's own one first, then those of identity providers as they were made. All of them are one page.
#[utoipa::path(
    get, path = "/admin/v2/orgs/{org}/directories", tag = "directories", operation_id = "listDirectories",
    security(("api_key" = ["read:directories:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("accountId" = Option<String>, Query, description = "Only the directory that has this account"),
        ("directoryIds" = Option<Vec<String>>, Query, description = "Only these"),
        ("searchTerm" = Option<String>, Query, description = "Only those with this in their name"),
    ),
    responses((status = 200, body = CursorPage<Directory>))
)]
async fn list(api: Shared, caller: Caller, params: Params) -> Result<Json<CursorPage<Directory>>, ApiError> {
    let own = Directory { directory_id: directory_id(caller.id()), name: NAME.to_owned() };
    let synced = api.store.directories(caller.id()).await?.into_iter();
    let synced = synced.map(|row| Directory { directory_id: row.id, name: row.name });
    let mut all: Vec<Directory> = std::iter::once(own).chain(synced).collect();
    let ids = params.many("directoryIds");
    if !ids.is_empty() {
        let is_named = |id: Uuid| ids.iter().any(|text| *text == "-" || Uuid::try_parse(text) == Ok(id));
        all.retain(|directory| is_named(directory.directory_id));
    }
    if let Some(term) = params.one("searchTerm") {
        all.retain(|directory| directory.name.to_lowercase().contains(&term.to_lowercase()));
    }
    if let Some(id) = params.one("accountId") {
        let account = match account_id(id) {
            Some(id) => api.store.account(caller.id(), id).await?,
            None => None,
        };
        let home = match account {
            Some(account) => Some(home(&api, &caller, account.id).await?),
            None => None,
        };
        all.retain(|directory| Some(directory.directory_id) == home);
    }
    Ok(Json(CursorPage::new(all, None)))
}

/// The directory that a path names. `-` stands for all that the key may see; one of another organization is not there.
pub async fn within(api: &Api, caller: &Caller, directory: &str) -> Result<Within, ApiError> {
    find(api, caller, directory).await?.ok_or_else(|| ApiError::of(NO_DIRECTORY))
}

/// Of the directories of a path those that a filter names; all of them, if it names none.
pub(super) async fn narrowed(
    api: &Api,
    caller: &Caller,
    path: Within,
    ids: &[String],
) -> Result<Within, ApiError> {
    if ids.is_empty() {
        return Ok(path);
    }
    let (mut has_own, mut others) = (false, Vec::new());
    for id in ids {
        match find(api, caller, id).await? {
            Some(found) if found == Within::All || found == path => return Ok(path),
            Some(Within::These { own, synced }) => {
                has_own |= own;
                others.extend(synced);
            }
            _ => {}
        }
    }
    match path {
        Within::All => Ok(Within::These { own: has_own, synced: others }),
        Within::These { .. } => Ok(Within::These { own: false, synced: Vec::new() }),
    }
}

/// An account of the directory of a path.
pub async fn account_in(api: &Api, caller: &Caller, directory: &str, id: &str) -> Result<Account, ApiError> {
    let within = within(api, caller, directory).await?;
    let account = account(api, caller, id).await?;
    let Within::These { own, synced } = within else { return Ok(account) };
    let home = home(api, caller, account.id).await?;
    let is_here = synced.contains(&home) || (own && home == directory_id(caller.id()));
    if is_here { Ok(account) } else { Err(ApiError::of(NO_USER)) }
}

async fn find(api: &Api, caller: &Caller, text: &str) -> Result<Option<Within>, StoreError> {
    if text == "-" {
        return Ok(Some(Within::All));
    }
    let Ok(id) = Uuid::try_parse(text) else { return Ok(None) };
    if id == directory_id(caller.id()) {
        return Ok(Some(Within::These { own: true, synced: Vec::new() }));
    }
    let known = api.store.directory(caller.id(), id).await?;
    Ok(known.map(|row| Within::These { own: false, synced: vec![row.id] }))
}

/// The directory that an account is in.
async fn home(api: &Api, caller: &Caller, account: Uuid) -> Result<Uuid, StoreError> {
    let user = api.store.scim_user_of_account(caller.id(), account).await?;
    Ok(user.map_or_else(|| directory_id(caller.id()), |user| user.directory))
}
