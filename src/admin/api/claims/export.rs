//! The accounts of a domain as a file, claimed or not: written as it is read, however many they are.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::export_csv::lines;
use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::domain::lifecycle::Status;
use crate::domain::organization::OrganizationId;
use crate::store::{Account, AccountFilter, Store, StoreError};

use super::super::error::ApiError;
use super::super::guard::Caller;
use super::super::{Api, Shared};

/// Rows that are read at once.
const PAGE: u32 = 1000;
/// The columns, as in the product whose feature this is, up to those of its own products.
const COLUMNS: [&str; 11] = [
    "Name",
    "Email",
    "Atlassian ID",
    "Status",
    "Last active",
    "Claimed",
    "Billable",
    "Policy type",
    "SAML SSO",
    "Two-step verification",
    "Verified email",
];

/// The operation.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(export))
}

/// Export the accounts of a domain
///
/// As CSV in UTF-8, in which no cell is a formula.
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/domains/{domain}/claims/export", tag = "claims", operation_id = "exportClaims",
    security(("api_key" = ["read:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("domain" = String, Path, description = "The domain's id")),
    responses((status = 200, content_type = "text/csv", body = String), (status = 404, description = "No such domain"))
)]
async fn export(
    api: Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let row = super::domain(&api, &caller, &id).await?;
    let name = format!("attachment; filename=\"accounts-{}.csv\"", row.name);
    let pages = pages(api.store.clone(), caller.id().clone(), row.name);
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(pages)).into_response())
}

/// How far an export is.
enum Place {
    Beginning,
    After(EmailAddress),
    End,
}

/// The header, and then page by page. A store that fails breaks the answer off, which no client takes for its end.
fn pages(
    store: Store,
    organization: OrganizationId,
    domain: DomainName,
) -> impl Stream<Item = Result<Bytes, StoreError>> {
    let filter = AccountFilter { domains: vec![domain], ..AccountFilter::default() };
    stream::try_unfold(Place::Beginning, move |place| {
        let (store, organization, filter) = (store.clone(), organization.clone(), filter.clone());
        async move {
            let (after, mut bytes) = match place {
                Place::Beginning => (None, lines([COLUMNS])),
                Place::After(after) => (Some(after), Vec::new()),
                Place::End => return Ok(None),
            };
            let page = store.list_accounts(&organization, &filter, after.as_ref(), PAGE).await?;
            bytes.extend(lines(page.accounts.iter().map(cells)));
            let place = page.next.map_or(Place::End, Place::After);
            Ok(Some((Bytes::from(bytes), place)))
        }
    })
}

/// What nobody knows here is empty: a guess would be taken for a fact.
fn cells(account: &Account) -> [String; COLUMNS.len()] {
    let yes = |is_so: bool| if is_so { "Yes" } else { "No" }.to_owned();
    let status = match account.suspended_at {
        Some(_) if account.status == Status::Active => "Suspended",
        _ => match account.status {
            Status::Active => "Active",
            Status::Deactivated => "Deactivated",
            Status::ForDeletion => "For deletion",
            Status::Closed => "Deleted",
        },
    };
    [
        account.profile.name.clone().unwrap_or_default(),
        account.email.to_string(),
        account.id.to_string(),
        status.to_owned(),
        account.last_active_at.map_or_else(String::new, |at| at.to_string()),
        yes(account.claimed),
        yes(account.managed && account.status == Status::Active),
        if account.policy.is_some() { "Authentication policy" } else { "" }.to_owned(),
        String::new(),
        String::new(),
        yes(account.email_verified),
    ]
}
