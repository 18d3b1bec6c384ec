//! What people of a directory are searched by, as v2 has it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::domain::group::{Role, site_of};
use crate::domain::lifecycle::Status;
use crate::store::{AccountFilter, ClaimFilter};

use super::super::error::{self, ApiError};
use super::{SHORTEST_TEXT, account_id};

/// Values of one filter.
const MOST_VALUES: usize = 1000;

/// A status, and whether the account is suspended.
type State = (Status, bool);

/// What is searched for. Of several filters all hold.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DirectorySearch {
    pub(super) cursor: Option<String>,
    /// 50 unless said, 1000 at most.
    pub(super) limit: Option<u32>,
    pub(super) account_ids: Vec<String>,
    /// Only these directories.
    pub(super) directory_ids: Vec<String>,
    /// `managed`, or `unmanaged`: external people.
    pub(super) claim_status: Option<String>,
    /// `active`, `suspended`, `deactivated` or `for_deletion`.
    pub(super) status: Vec<String>,
    /// `active`, `inactive` or `closed`.
    pub(super) account_status: Vec<String>,
    /// `active` or `suspended`.
    pub(super) membership_status: Vec<String>,
    pub(super) email_domains: Vec<String>,
    /// Three characters at least, in a name or an address. Not together with `emails`.
    pub(super) search_term: Option<String>,
    pub(super) emails: Vec<String>,
    /// With a role at one of these sites, by themselves or by a group: a site's id, or a resource identifier that ends in
    /// `::site/ID`.
    pub(super) resource_ids: Vec<String>,
    /// In one of these groups; in a company also by the mail domain.
    pub(super) group_ids: Vec<String>,
    /// With one of these roles, by themselves or by a group; together with `resourceIds`, at one of those.
    pub(super) role_ids: Vec<String>,
    /// Not supported: whether a product asks for a second factor is not known here.
    pub(super) mfa_enabled: Option<bool>,
    /// At most one: `email`, the order there is without. Another field is refused.
    pub(super) sort_by: Vec<SortBy>,
}

/// An order.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct SortBy {
    /// `email`.
    field: String,
    /// `asc` (unless said) or `desc`.
    direction: Option<String>,
}

/// What the store finds by it.
pub(super) fn filter(search: &DirectorySearch) -> Result<AccountFilter, ApiError> {
    if search.mfa_enabled.is_some() {
        return Err(refused("mfaEnabled", "nothing: a filter that is ignored would find too many"));
    }
    if search.search_term.is_some() && !search.emails.is_empty() {
        return Err(refused("searchTerm and emails", "one of them and not both"));
    }
    if search.search_term.as_ref().is_some_and(|term| term.chars().count() < SHORTEST_TEXT) {
        return Err(refused("searchTerm", "three characters at least"));
    }
    let ids = [&search.account_ids, &search.group_ids, &search.role_ids, &search.resource_ids];
    let lists = ids.into_iter().chain([&search.email_domains, &search.emails, &search.directory_ids]);
    let mut lists = lists.map(Vec::len);
    if lists.any(|length| length > MOST_VALUES) {
        return Err(refused("a filter", "1000 values at most"));
    }
    let claim = match search.claim_status.as_deref() {
        None => None,
        Some("managed") => Some(ClaimFilter::Managed),
        Some("unmanaged") => Some(ClaimFilter::Unmanaged),
        Some(_) => return Err(refused("claimStatus", "managed or unmanaged")),
    };
    let domain = |name: &String| DomainName::parse(name).map_err(|_| refused("emailDomains", "domain names"));
    let email = |text: &String| EmailAddress::parse(text).map_err(|_| refused("emails", "e-mail addresses"));
    Ok(AccountFilter {
        claim,
        domains: search.email_domains.iter().map(domain).collect::<Result<_, _>>()?,
        ids: search.account_ids.iter().map(|id| account_id(id).unwrap_or_default()).collect(),
        emails: search.emails.iter().map(email).collect::<Result<_, _>>()?,
        states: states(search)?,
        contains: search.search_term.as_ref().map(|term| term.to_lowercase()),
        groups: search.group_ids.iter().map(|id| Uuid::try_parse(id).unwrap_or_default()).collect(),
        roles: search.role_ids.iter().map(|id| role(id)).collect::<Result<_, _>>()?,
        resources: search.resource_ids.iter().map(|id| site_of(id).to_owned()).collect(),
        is_backwards: is_backwards(&search.sort_by)?,
        ..AccountFilter::default()
    })
}

fn role(id: &str) -> Result<Role, ApiError> {
    Role::of(id).ok_or_else(|| refused("roleIds", "ids of roles, such as atlassian/guest"))
}

/// The order is that of an index, or a page would take as long as all of the list.
fn is_backwards(sort_by: &[SortBy]) -> Result<bool, ApiError> {
    let [SortBy { field, direction }] = sort_by else {
        let is_none = sort_by.is_empty();
        return if is_none { Ok(false) } else { Err(refused("sortBy", "one field: email")) };
    };
    if field != "email" {
        return Err(refused("sortBy", "the field email: people are sorted by nothing else here"));
    }
    match direction.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("asc") => Ok(false),
        Some("desc") => Ok(true),
        Some(_) => Err(refused("sortBy", "the direction asc or desc")),
    }
}

/// Whether a state is one of a label; `None` for a label of no state.
type IsOf = fn(&str, State) -> Option<bool>;

/// The three filters of a state. Those that contradict each other find nobody.
fn states(search: &DirectorySearch) -> Result<Option<Vec<State>>, ApiError> {
    let filters: [(&str, &[String], IsOf); 3] = [
        ("status", &search.status, is_status),
        ("accountStatus", &search.account_status, is_account_status),
        ("membershipStatus", &search.membership_status, is_membership_status),
    ];
    if filters.iter().all(|(_, values, _)| values.is_empty()) {
        return Ok(None);
    }
    let mut states: Vec<State> =
        Status::ALL.into_iter().flat_map(|status| [(status, false), (status, true)]).collect();
    for (name, values, is) in filters {
        if let Some(unknown) = values.iter().find(|value| is(value, (Status::Active, false)).is_none()) {
            return Err(refused(name, &format!("another value than {unknown:?}")));
        }
        if !values.is_empty() {
            states.retain(|state| values.iter().any(|value| is(value, *state) == Some(true)));
        }
    }
    Ok(Some(states))
}

/// Whether a state is of the composite status of a label; `None` for no label of one.
fn is_status(label: &str, state: State) -> Option<bool> {
    match label {
        "active" => Some(state == (Status::Active, false)),
        "suspended" => Some(state == (Status::Active, true)),
        "deactivated" => Some(matches!(state.0, Status::Deactivated | Status::Closed)),
        "for_deletion" => Some(state.0 == Status::ForDeletion),
        "not_invited" => Some(false),
        _ => None,
    }
}

fn is_account_status(label: &str, (status, _): State) -> Option<bool> {
    match label {
        "active" => Some(status == Status::Active),
        "inactive" => Some(matches!(status, Status::Deactivated | Status::ForDeletion)),
        "closed" => Some(status == Status::Closed),
        _ => None,
    }
}

fn is_membership_status(label: &str, (_, is_suspended): State) -> Option<bool> {
    match label {
        "active" => Some(!is_suspended),
        "suspended" => Some(is_suspended),
        "no_membership" => Some(false),
        _ => None,
    }
}

/// A filter that cannot be read.
pub(super) fn refused(name: &str, expected: &str) -> ApiError {
    ApiError::because(error::BAD_PARAMETER, format!("{name}: expected {expected}."))
}
