//! Domains: what the product's own clients read, and what they have no operation for: add, verify, remove.

mod shapes;

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::{Json, extract::State};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::domain::owned_domain::Way;
use crate::store::DomainRow;

use super::body::{Body, OptionalBody};
use super::error::{self, ApiError};
use super::guard::Caller;
use super::page::{Cut, Data, Page};
use super::params::Params;
use super::{Api, Shared};
use shapes::{Domain, KeptDomain, NewDomain, Verification, domain, kept};

/// Entries of a page.
const PAGE: u32 = 50;
const LONGEST_PAGE: u32 = 200;

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(list_v2))
        .routes(routes!(show))
        .routes(routes!(show_v2))
        .routes(routes!(list_to_keep, add))
        .routes(routes!(show_to_keep, remove))
        .routes(routes!(verify))
}

/// List domains
#[utoipa::path(
    get, path = "/admin/v1/orgs/{org}/domains", tag = "domains", operation_id = "listDomains",
    security(("api_key" = ["read:domains:admin", "read:orgs:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("cursor" = Option<String>, Query, description = "The place to go on, from `links.next`"),
        ("limit" = Option<u32>, Query, description = "Entries of a page, 50 unless said, 200 at most"),
    ),
    responses((status = 200, body = Page<Domain>), (status = 400, description = "A cursor or a limit that cannot be read"))
)]
async fn list(api: Shared, caller: Caller, params: Params) -> Result<Json<Page<Domain>>, ApiError> {
    page(&api, &caller, &params, |row| domain(&caller, row)).await
}

/// List domains (v2)
///
/// The same as v1: the best-known client asks here.
#[utoipa::path(
    get, path = "/admin/v2/orgs/{org}/domains", tag = "domains", operation_id = "listDomainsV2",
    security(("api_key" = ["read:domains:admin", "read:orgs:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("cursor" = Option<String>, Query, description = "The place to go on, from `links.next`"),
        ("limit" = Option<u32>, Query, description = "Entries of a page, 50 unless said, 200 at most"),
    ),
    responses((status = 200, body = Page<Domain>), (status = 400, description = "A cursor or a limit that cannot be read"))
)]
async fn list_v2(api: Shared, caller: Caller, params: Params) -> Result<Json<Page<Domain>>, ApiError> {
    page(&api, &caller, &params, |row| domain(&caller, row)).await
}

/// Show a domain
#[utoipa::path(
    get, path = "/admin/v1/orgs/{org}/domains/{domain}", tag = "domains", operation_id = "showDomain",
    security(("api_key" = ["read:domains:admin", "read:orgs:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("domain" = String, Path, description = "The domain's id")),
    responses(
        (status = 200, body = Data<Domain>),
        (status = 400, description = "No id of a domain"),
        (status = 404, description = "No such domain")
    )
)]
async fn show(
    api: Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Data<Domain>>, ApiError> {
    Ok(Json(Data { data: domain(&caller, &row(&api, &caller, &id).await?) }))
}

/// Show a domain (v2)
#[utoipa::path(
    get, path = "/admin/v2/orgs/{org}/domains/{domain}", tag = "domains", operation_id = "showDomainV2",
    security(("api_key" = ["read:domains:admin", "read:orgs:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("domain" = String, Path, description = "The domain's id")),
    responses(
        (status = 200, body = Data<Domain>),
        (status = 400, description = "No id of a domain"),
        (status = 404, description = "No such domain")
    )
)]
async fn show_v2(
    api: Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Data<Domain>>, ApiError> {
    Ok(Json(Data { data: domain(&caller, &row(&api, &caller, &id).await?) }))
}

/// List domains with how to prove them
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/domains", tag = "domains", operation_id = "listKeptDomains",
    security(("api_key" = ["read:domains:admin", "read:orgs:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("cursor" = Option<String>, Query, description = "The place to go on, from `links.next`"),
        ("limit" = Option<u32>, Query, description = "Entries of a page, 50 unless said, 200 at most"),
    ),
    responses((status = 200, body = Page<KeptDomain>), (status = 400, description = "A cursor or a limit that cannot be read"))
)]
async fn list_to_keep(
    api: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<Page<KeptDomain>>, ApiError> {
    page(&api, &caller, &params, |row| kept(&api, row)).await
}

/// Add a domain
///
/// It is not verified yet: the answer says what to publish. Added again before that, it is another line that counts.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/domains", tag = "domains", operation_id = "addDomain",
    security(("api_key" = ["write:domains:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    request_body = NewDomain,
    responses(
        (status = 201, body = Data<KeptDomain>),
        (status = 400, description = "The body cannot be read"),
        (status = 422, description = "Nobody can own such a domain")
    )
)]
async fn add(
    State(api): Shared,
    caller: Caller,
    Body(NewDomain { name }): Body<NewDomain>,
) -> Result<(StatusCode, Json<Data<KeptDomain>>), ApiError> {
    let added = api.domains.load_full().add(caller.id(), &name, &caller.actor).await?;
    let row = api.store.domain(caller.id(), &added.domain).await?;
    let row = row.ok_or_else(|| ApiError::of(error::NO_DOMAIN))?;
    Ok((StatusCode::CREATED, Json(Data { data: kept(&api, &row) })))
}

/// Show a domain with how to prove it
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/domains/{domain}", tag = "domains", operation_id = "showKeptDomain",
    security(("api_key" = ["read:domains:admin", "read:orgs:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("domain" = String, Path, description = "The domain's id")),
    responses(
        (status = 200, body = Data<KeptDomain>),
        (status = 400, description = "No id of a domain"),
        (status = 404, description = "No such domain")
    )
)]
async fn show_to_keep(
    api: Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Data<KeptDomain>>, ApiError> {
    Ok(Json(Data { data: kept(&api, &row(&api, &caller, &id).await?) }))
}

/// Verify a domain
///
/// Looks for the line where it should be published, now. What is found decides at once.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/domains/{domain}/verify", tag = "domains", operation_id = "verifyDomain",
    security(("api_key" = ["write:domains:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("domain" = String, Path, description = "The domain's id")),
    request_body = Option<Verification>,
    responses(
        (status = 200, body = Data<KeptDomain>),
        (status = 400, description = "No id of a domain, or a body that cannot be read"),
        (status = 404, description = "No such domain"),
        (status = 409, description = "It is another organization's, or was changed meanwhile"),
        (status = 422, description = "The line was not found, is too old, or proves nothing")
    )
)]
async fn verify(
    State(api): Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
    OptionalBody(Verification { by }): OptionalBody<Verification>,
) -> Result<Json<Data<KeptDomain>>, ApiError> {
    let way = Way::of(by.as_deref().unwrap_or("dns"))
        .ok_or_else(|| ApiError::because(error::BAD_BODY, "by: expected dns or http."))?;
    let before = row(&api, &caller, &id).await?;
    api.domains.load_full().verify(caller.id(), before.name.as_str(), way, &caller.actor).await?;
    Ok(Json(Data { data: kept(&api, &row(&api, &caller, &id).await?) }))
}

/// Remove a domain
///
/// Its accounts and claims stay as they are, and their people are external from then on.
#[utoipa::path(
    delete, path = "/admin/control/v1/orgs/{org}/domains/{domain}", tag = "domains", operation_id = "removeDomain",
    security(("api_key" = ["write:domains:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("domain" = String, Path, description = "The domain's id")),
    responses(
        (status = 204, description = "Removed"),
        (status = 400, description = "No id of a domain"),
        (status = 404, description = "No such domain")
    )
)]
async fn remove(
    State(api): Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let before = row(&api, &caller, &id).await?;
    api.domains.load_full().remove(caller.id(), before.name.as_str(), &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A page of the organization's domains, by name, shown in one of the two ways.
async fn page<T>(
    api: &Api,
    caller: &Caller,
    params: &Params,
    shown: impl Fn(&DomainRow) -> T,
) -> Result<Json<Page<T>>, ApiError> {
    let cursors = caller.cursors(api, "domains");
    let after = params.one("cursor").map(|cursor| cursors.take(cursor)).transpose()?;
    let limit = params.limit("limit", PAGE, LONGEST_PAGE)?;
    let rows = api.store.domains_after(caller.id(), after.as_deref().unwrap_or(""), limit + 1).await?;
    let cut = Cut::new(rows, limit);
    let next = cut.next(|row| cursors.give(row.name.as_str()));
    Ok(Json(Page::new(cut.rows.iter().map(shown).collect(), caller.here(), next)))
}

/// A domain of the organization, by what a path says.
async fn row(api: &Api, caller: &Caller, id: &str) -> Result<DomainRow, ApiError> {
    let id = Uuid::try_parse(id)
        .map_err(|_| ApiError::because(error::BAD_DOMAIN_ID, "The id of a domain is a UUID."))?;
    api.store.domain_by_id(caller.id(), id).await?.ok_or_else(|| ApiError::of(error::NO_DOMAIN))
}
