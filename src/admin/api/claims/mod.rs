//! Claims of a domain's accounts: what the product whose API this is does only in its console.

mod export;
mod shapes;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::actions::address_csv::{AddressRow, MOST_BYTES};
use crate::actions::claims::listed::{from_file, from_texts};
use crate::store::{AccountFilter, ClaimFilter, DomainRow};

use super::body::{self, Body};
use super::error::{self, ApiError};
use super::guard::Caller;
use super::page::Data;
use super::params::Params;
use super::{Api, Shared};
use shapes::{ClaimAll, Claimed, Claims, Emails, NewClaims, claimed, failed, unreadable};

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(show, set))
        .routes(routes!(claim_all))
        .routes(routes!(claim))
        .routes(routes!(unclaim))
        .merge(export::routes())
}

/// Show how far a domain is claimed
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/domains/{domain}/claims", tag = "claims", operation_id = "showClaims",
    security(("api_key" = ["read:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("domain" = String, Path, description = "The domain's id")),
    responses((status = 200, body = Data<Claims>), (status = 404, description = "No such domain"))
)]
async fn show(
    api: Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Data<Claims>>, ApiError> {
    let row = domain(&api, &caller, &id).await?;
    Ok(Json(Data { data: claims(&api, &caller, &row).await? }))
}

/// Say whether new accounts of a domain are claimed as they are seen
///
/// One that is seen makes nobody managed before its address is verified.
#[utoipa::path(
    put, path = "/admin/control/v1/orgs/{org}/domains/{domain}/claims", tag = "claims", operation_id = "setClaims",
    security(("api_key" = ["write:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("domain" = String, Path, description = "The domain's id")),
    request_body = NewClaims,
    responses(
        (status = 200, body = Data<Claims>), (status = 400, description = "The body cannot be read"),
        (status = 404, description = "No such domain"), (status = 422, description = "The domain is not verified")
    )
)]
async fn set(
    api: Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
    Body(NewClaims { claims_new }): Body<NewClaims>,
) -> Result<Json<Data<Claims>>, ApiError> {
    let row = domain(&api, &caller, &id).await?;
    api.claims.set_claims_new(caller.id(), &row.name, claims_new, &caller.actor).await.map_err(failed)?;
    Ok(Json(Data { data: claims(&api, &caller, &row).await? }))
}

/// Claim all accounts of a domain
///
/// Each of them is managed from the next request on. Done again it claims what is not claimed by then.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/domains/{domain}/claims/all", tag = "claims", operation_id = "claimAll",
    security(("api_key" = ["write:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("domain" = String, Path, description = "The domain's id")),
    responses(
        (status = 200, body = Data<ClaimAll>), (status = 404, description = "No such domain"),
        (status = 422, description = "The domain is not verified")
    )
)]
async fn claim_all(
    api: Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Data<ClaimAll>>, ApiError> {
    let row = domain(&api, &caller, &id).await?;
    // It is done also if the client goes away: half of it would be no less, but nobody would know.
    let (claims, organization) = (Arc::clone(&api.claims), caller.id().clone());
    let done = tokio::spawn(async move { claims.claim_all(&organization, &row.name, &caller.actor).await });
    let claimed = done.await.map_err(|_| ApiError::of(error::INTERNAL))?.map_err(failed)?;
    Ok(Json(Data { data: ClaimAll { claimed } }))
}

/// Claim some accounts of a domain
///
/// A file as text/csv (one column of addresses, or one that the header calls Email; 10000 rows and 5 MB at most), or a list of
/// addresses as JSON. Every row is answered; what is wrong with one keeps no other back.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/domains/{domain}/claims/claim", tag = "claims", operation_id = "claimAccounts",
    security(("api_key" = ["write:accounts:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"), ("domain" = String, Path, description = "The domain's id"),
        ("dryRun" = Option<bool>, Query, description = "Only say what would be done")
    ),
    request_body(content((Emails = "application/json"), (String = "text/csv"))),
    responses(
        (status = 200, body = Data<Claimed>), (status = 400, description = "The body cannot be read"),
        (status = 404, description = "No such domain"), (status = 413, description = "Longer than 5 MB"),
        (status = 415, description = "Neither JSON nor CSV"), (status = 422, description = "Too many rows, a file that can be read in two ways, or a domain that is not verified")
    )
)]
async fn claim(
    api: Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
    params: Params,
    request: Request,
) -> Result<Json<Data<Claimed>>, ApiError> {
    listed(&api, &caller, &id, &params, request, true).await
}

/// Unclaim some accounts of a domain
///
/// As for claiming. They leave their policy and are external from the next request on.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/domains/{domain}/claims/unclaim", tag = "claims", operation_id = "unclaimAccounts",
    security(("api_key" = ["write:accounts:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"), ("domain" = String, Path, description = "The domain's id"),
        ("dryRun" = Option<bool>, Query, description = "Only say what would be done")
    ),
    request_body(content((Emails = "application/json"), (String = "text/csv"))),
    responses(
        (status = 200, body = Data<Claimed>), (status = 400, description = "The body cannot be read"),
        (status = 404, description = "No such domain"), (status = 413, description = "Longer than 5 MB"),
        (status = 415, description = "Neither JSON nor CSV"), (status = 422, description = "Too many rows, a file that can be read in two ways, or a domain that is not verified")
    )
)]
async fn unclaim(
    api: Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
    params: Params,
    request: Request,
) -> Result<Json<Data<Claimed>>, ApiError> {
    listed(&api, &caller, &id, &params, request, false).await
}

async fn listed(
    api: &Api,
    caller: &Caller,
    id: &str,
    params: &Params,
    request: Request,
    claims: bool,
) -> Result<Json<Data<Claimed>>, ApiError> {
    let row = domain(api, caller, id).await?;
    let is_dry_run = params.switch("dryRun")?.unwrap_or(false);
    let rows = rows(request).await?;
    let done = api.claims.set_listed(caller.id(), &row.name, rows, claims, is_dry_run, &caller.actor).await;
    Ok(Json(Data { data: claimed(&done.map_err(failed)?, is_dry_run) }))
}

/// The rows of a body, whichever of the two it is.
async fn rows(request: Request) -> Result<Vec<AddressRow>, ApiError> {
    let kind = body::media_type(request.headers());
    let bytes = body::read(request, MOST_BYTES).await?;
    match kind.as_deref() {
        Some("text/csv") => from_file(&bytes).map_err(|error| unreadable(&error)),
        Some("application/json") => {
            let emails: Emails = body::parse(&bytes)?;
            from_texts(&emails.emails).map_err(|error| unreadable(&error))
        }
        _ => Err(ApiError::because(error::BAD_MEDIA_TYPE, "Send the body as text/csv or application/json.")),
    }
}

async fn claims(api: &Api, caller: &Caller, row: &DomainRow) -> Result<Claims, ApiError> {
    let of = |claim| AccountFilter {
        claim: Some(claim),
        domains: vec![row.name.clone()],
        ..AccountFilter::default()
    };
    let count = async |claim| -> Result<u64, ApiError> {
        let counts = api.store.count_accounts(caller.id(), &of(claim)).await?;
        Ok(counts.iter().map(|(_, count)| count).sum())
    };
    Ok(Claims {
        claims_new: api.store.claims_new(caller.id(), &row.name).await?,
        managed: count(ClaimFilter::Managed).await?,
        unmanaged: count(ClaimFilter::Unmanaged).await?,
    })
}

/// A domain of the organization, by what a path says.
async fn domain(api: &Api, caller: &Caller, id: &str) -> Result<DomainRow, ApiError> {
    let id = Uuid::try_parse(id)
        .map_err(|_| ApiError::because(error::BAD_DOMAIN_ID, "The id of a domain is a UUID."))?;
    api.store.domain_by_id(caller.id(), id).await?.ok_or_else(|| ApiError::of(error::NO_DOMAIN))
}
