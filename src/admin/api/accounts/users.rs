//! The managed accounts of an organization, as v1 lists them.

use std::sync::Arc;

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::email::EmailAddress;
use crate::store::{AccountFilter, ClaimFilter};

use super::super::cursor::Cursors;
use super::super::error::ApiError;
use super::super::guard::Caller;
use super::super::page::Page;
use super::super::params::Params;
use super::super::{Api, Shared};
use super::shapes::{User, user};

/// Entries of a page.
const PAGE: u32 = 100;
const LONGEST_PAGE: u32 = 1000;

/// The operation.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list))
}

/// List managed accounts
///
/// By their addresses. `meta.total` is of the moment of the first page.
#[utoipa::path(
    get, path = "/admin/v1/orgs/{org}/users", tag = "accounts", operation_id = "listUsers",
    security(("api_key" = ["read:accounts:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("cursor" = Option<String>, Query, description = "The place to go on, from `links.next`"),
        ("limit" = Option<u32>, Query, description = "Entries of a page, 100 unless said, 1000 at most"),
    ),
    responses((status = 200, body = Page<User>), (status = 400, description = "A cursor or a limit that cannot be read"))
)]
async fn list(api: Shared, caller: Caller, params: Params) -> Result<Json<Page<User>>, ApiError> {
    let cursors = caller.cursors(&api, "users");
    let limit = params.limit("limit", PAGE, LONGEST_PAGE)?;
    let filter = AccountFilter { claim: Some(ClaimFilter::Managed), ..AccountFilter::default() };
    let place = params.one("cursor").map(|cursor| cursors.take(cursor)).transpose()?;
    let (total, after) = match place.as_deref().and_then(read_place) {
        Some((total, after)) => (total, Some(after)),
        // Counting a million takes longer than any page, so it is done once.
        None => {
            (api.store.count_accounts(caller.id(), &filter).await?.iter().map(|(_, count)| count).sum(), None)
        }
    };
    let page = api.store.list_accounts(caller.id(), &filter, after.as_ref(), limit).await?;
    let next = page.next.map(|next| give_place(&cursors, total, &next));
    let users = page.accounts.iter().map(|account| user(&caller, account)).collect();
    let mut page = Page::new(users, caller.here(), next);
    page.meta.total = Some(total);
    Ok(Json(page))
}

fn give_place(cursors: &Cursors<'_>, total: u64, after: &EmailAddress) -> String {
    cursors.give(&format!("{total} {after}"))
}

fn read_place(place: &str) -> Option<(u64, EmailAddress)> {
    let (total, after) = place.split_once(' ')?;
    Some((total.parse().ok()?, EmailAddress::from_canonical(after)?))
}
