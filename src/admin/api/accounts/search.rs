//! The search of v1: all accounts of an organization, managed or not, by what is known of them.

use std::sync::Arc;

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::domain_name::DomainName;
use crate::domain::lifecycle::Status;
use crate::store::AccountFilter;

use super::super::body::OptionalBody;
use super::super::error::{self, ApiError};
use super::super::guard::Caller;
use super::super::page::Page;
use super::super::params::Params;
use super::super::{Api, Shared};
use super::shapes::{FoundUser, found};
use super::{SHORTEST_TEXT, account_id, place};

/// Entries of a page.
const PAGE: u32 = 100;
const LONGEST_PAGE: u32 = 10_000;
/// Values of one filter: more than any client sends, and less than a statement takes.
const MOST_VALUES: usize = 1000;

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(search_by_query, search))
}

/// What is searched for. Of several filters all hold.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct UserSearch {
    account_ids: Vec<String>,
    account_types: Vec<String>,
    /// `active`, `inactive` or `closed`.
    account_statuses: Vec<String>,
    #[serde(alias = "nameOrNicknames")]
    names_or_nicknames: Option<Texts>,
    /// What stands before the `@`.
    email_usernames: Option<Texts>,
    email_domains: Option<Texts>,
    is_suspended: Option<bool>,
    cursor: Option<String>,
    /// 100 unless said, 10000 at most.
    limit: Option<u32>,
}

/// Texts, whole or in part.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Texts {
    /// One of these.
    eq: Vec<String>,
    /// With this inside; three characters at least.
    contains: Option<String>,
}

/// Search accounts
#[utoipa::path(
    post, path = "/admin/v1/orgs/{org}/users/search", tag = "accounts", operation_id = "searchUsers",
    security(("api_key" = ["read:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    request_body = Option<UserSearch>,
    responses((status = 200, body = Page<FoundUser>), (status = 400, description = "A filter or a cursor that cannot be read"))
)]
async fn search(
    api: Shared,
    caller: Caller,
    OptionalBody(search): OptionalBody<UserSearch>,
) -> Result<Json<Page<FoundUser>>, ApiError> {
    page(&api, &caller, &search).await
}

/// Search accounts by the query
///
/// The same for clients that have no body to send.
#[utoipa::path(
    get, path = "/admin/v1/orgs/{org}/users/search", tag = "accounts", operation_id = "searchUsersByQuery",
    security(("api_key" = ["read:accounts:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("accountIds" = Option<Vec<String>>, Query), ("accountTypes" = Option<Vec<String>>, Query),
        ("accountStatuses" = Option<Vec<String>>, Query), ("nameOrNicknames" = Option<Vec<String>>, Query),
        ("namesOrNicknames" = Option<Vec<String>>, Query), ("emailUsernames" = Option<Vec<String>>, Query),
        ("emailDomains" = Option<Vec<String>>, Query), ("isSuspended" = Option<bool>, Query),
        ("cursor" = Option<String>, Query), ("limit" = Option<u32>, Query),
    ),
    responses((status = 200, body = Page<FoundUser>), (status = 400, description = "A filter or a cursor that cannot be read"))
)]
async fn search_by_query(
    api: Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<Page<FoundUser>>, ApiError> {
    let list = |name: &str| params.many(name).into_iter().map(str::to_owned).collect::<Vec<String>>();
    let texts = |eq: Vec<String>| (!eq.is_empty()).then_some(Texts { eq, contains: None });
    let search = UserSearch {
        account_ids: list("accountIds"),
        account_types: list("accountTypes"),
        account_statuses: list("accountStatuses"),
        names_or_nicknames: texts([list("nameOrNicknames"), list("namesOrNicknames")].concat()),
        email_usernames: texts(list("emailUsernames")),
        email_domains: texts(list("emailDomains")),
        is_suspended: params.switch("isSuspended")?,
        cursor: params.one("cursor").map(str::to_owned),
        limit: Some(params.limit("limit", PAGE, LONGEST_PAGE)?),
    };
    page(&api, &caller, &search).await
}

async fn page(api: &Api, caller: &Caller, search: &UserSearch) -> Result<Json<Page<FoundUser>>, ApiError> {
    let cursors = caller.cursors(api, "users/search");
    let after = place(&cursors, search.cursor.as_deref())?;
    let limit = search.limit.unwrap_or(PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        return Err(refused("limit", "a number from 1 to 10000"));
    }
    let page = api.store.list_accounts(caller.id(), &filter(search)?, after.as_ref(), limit).await?;
    let next = page.next.map(|next| cursors.give(next.as_str()));
    Ok(Json(Page::new(page.accounts.iter().map(found).collect(), caller.here(), next)))
}

fn filter(search: &UserSearch) -> Result<AccountFilter, ApiError> {
    let (names, name_part) = texts("namesOrNicknames", search.names_or_nicknames.as_ref())?;
    let (locals, local_part) = texts("emailUsernames", search.email_usernames.as_ref())?;
    let (domains, domain_part) = texts("emailDomains", search.email_domains.as_ref())?;
    let domains = domains
        .iter()
        .map(|name| DomainName::parse(name).map_err(|_| refused("emailDomains", "domain names")));
    let lists = [&search.account_ids, &search.account_types, &search.account_statuses];
    if lists.iter().any(|list| list.len() > MOST_VALUES) {
        return Err(refused("a filter", "1000 values at most"));
    }
    let ids = search.account_ids.iter().map(|id| account_id(id).unwrap_or_default()).collect();
    Ok(AccountFilter {
        domains: domains.collect::<Result<_, _>>()?,
        ids,
        states: states(search)?,
        types: search.account_types.clone(),
        names,
        locals,
        name_part,
        local_part,
        domain_part,
        ..AccountFilter::default()
    })
}

fn states(search: &UserSearch) -> Result<Option<Vec<(Status, bool)>>, ApiError> {
    if search.account_statuses.is_empty() && search.is_suspended.is_none() {
        return Ok(None);
    }
    let mut statuses = if search.account_statuses.is_empty() { Status::ALL.to_vec() } else { Vec::new() };
    for status in &search.account_statuses {
        statuses.extend_from_slice(statuses_of(status)?);
    }
    let both = statuses.iter().flat_map(|status| [(*status, false), (*status, true)]);
    let is_wanted =
        |(_, suspended): &(Status, bool)| search.is_suspended.is_none_or(|wanted| wanted == *suspended);
    Ok(Some(both.filter(is_wanted).collect()))
}

fn statuses_of(status: &str) -> Result<&'static [Status], ApiError> {
    match status {
        "active" => Ok(&[Status::Active]),
        "inactive" => Ok(&[Status::Deactivated, Status::ForDeletion]),
        "closed" => Ok(&[Status::Closed]),
        _ => Err(refused("accountStatuses", "active, inactive or closed")),
    }
}

fn texts(name: &str, texts: Option<&Texts>) -> Result<(Vec<String>, Option<String>), ApiError> {
    let Some(Texts { eq, contains }) = texts else { return Ok((Vec::new(), None)) };
    if eq.len() > MOST_VALUES {
        return Err(refused(name, "1000 values at most"));
    }
    if contains.as_ref().is_some_and(|part| part.chars().count() < SHORTEST_TEXT) {
        return Err(refused(name, "three characters at least of a text that is looked for inside of others"));
    }
    Ok((eq.clone(), contains.as_ref().map(|part| part.to_lowercase())))
}

fn refused(name: &str, expected: &str) -> ApiError {
    ApiError::because(error::BAD_PARAMETER, format!("{name}: expected {expected}."))
}
