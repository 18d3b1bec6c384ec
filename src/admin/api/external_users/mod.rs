//! People from outside, as an admin goes through them: who they are, when they last verified, who answers for them and until when
//! they may come.
//!
//! How they are invited and removed is in `groups/external.rs`, what they are asked for in `external_policies`.

mod shapes;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::actions::accounts::terms::TermsEdit;
use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::domain::external_terms::{ExternalStanding, read_end};
use crate::domain::lifecycle::Status;
use crate::store::{Account, AccountFilter, ClaimFilter};

use super::accounts::{NO_USER, account_id, failed};
use super::body::Body;
use super::error::{self, ApiError};
use super::guard::Caller;
use super::page::{CursorPage, Data};
use super::params::{Params, refused};
use super::{Api, Shared};
use shapes::{ExternalUser, Known, Terms, external_user};

/// Entries of a page.
const PAGE: u32 = 50;
const LONGEST_PAGE: u32 = 500;
/// Mail domains of a filter.
const MOST_DOMAINS: usize = 100;
/// The fewest characters of a text that is looked for inside of others.
const SHORTEST_TEXT: usize = 3;

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show, change))
}

/// List external users
///
/// By their addresses. Of several filters all hold.
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/external-users", tag = "external users", operation_id = "listExternalUsers",
    security(("api_key" = ["read:accounts:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("cursor" = Option<String>, Query, description = "The place to go on, from `links.next`"),
        ("limit" = Option<u32>, Query, description = "Entries of a page, 50 unless said, 500 at most"),
        ("emailDomains" = Option<Vec<String>>, Query, description = "Of one of these mail domains"),
        ("group" = Option<String>, Query, description = "In this group, or of a mail domain of this company"),
        ("sponsor" = Option<String>, Query, description = "For whom this account answers"),
        ("standing" = Option<String>, Query, description = "`active`, `ended`, `suspended`, `deactivated` or `closed`"),
        ("endsBefore" = Option<String>, Query, description = "Whose end comes before this time, or by the end of this day"),
        ("searchTerm" = Option<String>, Query, description = "Three characters at least, in a name or an address"),
    ),
    responses(
        (status = 200, body = CursorPage<ExternalUser>),
        (status = 400, description = "A filter, a cursor or a limit that cannot be read"),
        (status = 404, description = "No such group")
    )
)]
async fn list(
    State(api): Shared,
    caller: Caller,
    params: Params,
) -> Result<Json<CursorPage<ExternalUser>>, ApiError> {
    let now = api.keys.clock.now();
    let filter = filter(&api, &caller, &params, now).await?;
    let cursors = caller.cursors(&api, "external-users");
    let after = params.one("cursor").map(|cursor| cursors.take(cursor)).transpose()?;
    // What the cursor vouches for was an address when it was made.
    let after = after.and_then(|place| EmailAddress::from_canonical(&place));
    let limit = params.limit("limit", PAGE, LONGEST_PAGE)?;
    let page = api.store.list_accounts(caller.id(), &filter, after.as_ref(), limit).await?;
    let next = page.next.map(|next| cursors.give(next.as_str()));
    let known = known(&api, &caller, &page.accounts).await?;
    let people = page.accounts.iter().map(|account| external_user(&caller, account, &known, now)).collect();
    Ok(Json(CursorPage::new(people, next)))
}

/// Show an external user
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/external-users/{account}", tag = "external users", operation_id = "showExternalUser",
    security(("api_key" = ["read:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("account" = String, Path, description = "The account's id")),
    responses((status = 200, body = Data<ExternalUser>), (status = 404, description = "No such account, or a managed one"))
)]
async fn show(
    State(api): Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Data<ExternalUser>>, ApiError> {
    let account = api.store.account(caller.id(), id_of(&id)?).await?;
    let account = account.filter(|account| !account.managed).ok_or_else(|| ApiError::of(NO_USER))?;
    shown(&api, &caller, account).await
}

/// Change the terms of an external user
///
/// A member that is not there stays as it is, and null takes it away. The sponsor is told by mail 14 and 3 days before the end,
/// or the organization's admins are where there is none; from the end on the person is refused.
#[utoipa::path(
    patch, path = "/admin/control/v1/orgs/{org}/external-users/{account}", tag = "external users", operation_id = "changeExternalUser",
    security(("api_key" = ["write:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("account" = String, Path, description = "The account's id")),
    request_body = Terms,
    responses(
        (status = 200, body = Data<ExternalUser>),
        (status = 400, description = "The body cannot be read"),
        (status = 404, description = "No such account"),
        (status = 409, description = "The account is managed"),
        (status = 422, description = "No sponsor, or no end: one error for each")
    )
)]
async fn change(
    State(api): Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
    Body(terms): Body<Terms>,
) -> Result<Json<Data<ExternalUser>>, ApiError> {
    let id = id_of(&id)?;
    let edit = TermsEdit {
        sponsor: terms.sponsor.as_ref().map(Option::as_deref),
        ends_on: terms.ends_on.as_ref().map(Option::as_deref),
    };
    let changed = api.accounts.load_full().set_terms(caller.id(), id, edit, &caller.actor).await;
    shown(&api, &caller, changed.map_err(failed)?).await
}

async fn shown(api: &Api, caller: &Caller, account: Account) -> Result<Json<Data<ExternalUser>>, ApiError> {
    let known = known(api, caller, std::slice::from_ref(&account)).await?;
    Ok(Json(Data { data: external_user(caller, &account, &known, api.keys.clock.now()) }))
}

/// What stands beside people: whom their sponsors are, and what they are members of.
async fn known(api: &Api, caller: &Caller, accounts: &[Account]) -> Result<Known, ApiError> {
    let sponsors: Vec<Uuid> = accounts.iter().filter_map(|account| account.sponsor).collect();
    let sponsors: HashMap<_, _> =
        api.store.emails_of_accounts(caller.id(), &sponsors).await?.into_iter().collect();
    Ok(Known { sponsors, groups: api.store.groups_of_accounts(caller.id(), accounts).await? })
}

async fn filter(
    api: &Api,
    caller: &Caller,
    params: &Params,
    now: Timestamp,
) -> Result<AccountFilter, ApiError> {
    let domains = params.many("emailDomains");
    if domains.len() > MOST_DOMAINS {
        return Err(refused("emailDomains", "100 domain names at most"));
    }
    let domain = |name: &str| DomainName::parse(name).map_err(|_| refused("emailDomains", "domain names"));
    let id = |name: &str| match params.one(name) {
        None => Ok(None),
        Some(text) => Uuid::try_parse(text).map(Some).map_err(|_| refused(name, "an id")),
    };
    let group = id("group")?;
    if let Some(group) = group {
        let known = api.store.group(caller.id(), group).await?;
        known.ok_or_else(|| ApiError::of(error::NO_GROUP))?;
    }
    let contains = params.one("searchTerm").map(str::to_lowercase);
    if contains.as_ref().is_some_and(|term| term.chars().count() < SHORTEST_TEXT) {
        return Err(refused("searchTerm", "three characters at least"));
    }
    let ends_before = params.one("endsBefore").map(|text| read_end(text, now)).transpose();
    let ends_before =
        ends_before.map_err(|_| refused("endsBefore", "a day or a time, not ten years away"))?;
    let filter = AccountFilter {
        claim: Some(ClaimFilter::Unmanaged),
        domains: domains.into_iter().map(domain).collect::<Result<_, _>>()?,
        sponsor: id("sponsor")?,
        groups: group.into_iter().collect(),
        contains,
        ends_before,
        ..AccountFilter::default()
    };
    match params.one("standing") {
        None => Ok(filter),
        Some(label) => ExternalStanding::of_label(label)
            .map(|standing| of_standing(filter, standing, now))
            .ok_or_else(|| refused("standing", "active, ended, suspended, deactivated or closed")),
    }
}

/// Who stands so, as the store finds them.
fn of_standing(filter: AccountFilter, standing: ExternalStanding, now: Timestamp) -> AccountFilter {
    let active = vec![(Status::Active, false)];
    let gone = |status| vec![(status, false), (status, true)];
    match standing {
        ExternalStanding::Active => {
            // Who comes until now is over already.
            let comes_until = now.saturating_add(jiff::SignedDuration::from_millis(1)).ok();
            AccountFilter { states: Some(active), comes_until, ..filter }
        }
        ExternalStanding::Ended => {
            let over = now.saturating_add(jiff::SignedDuration::from_millis(1)).unwrap_or(now);
            let ends_before = Some(filter.ends_before.map_or(over, |end| end.min(over)));
            AccountFilter { states: Some(active), ends_before, ..filter }
        }
        ExternalStanding::Suspended => AccountFilter { states: Some(vec![(Status::Active, true)]), ..filter },
        ExternalStanding::Deactivated => {
            let states = [gone(Status::Deactivated), gone(Status::ForDeletion)].concat();
            AccountFilter { states: Some(states), ..filter }
        }
        ExternalStanding::Closed => AccountFilter { states: Some(gone(Status::Closed)), ..filter },
    }
}

fn id_of(text: &str) -> Result<Uuid, ApiError> {
    account_id(text).ok_or_else(|| ApiError::of(NO_USER))
}
