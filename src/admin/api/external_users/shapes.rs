//! What somebody from outside looks like in the API.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::email::EmailAddress;
use crate::store::{Account, OwnGroup};

use super::super::accounts::{directory_id, name};
use super::super::guard::Caller;

/// Somebody from outside.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExternalUser {
    account_id: Uuid,
    email: String,
    email_verified: bool,
    name: String,
    /// `active`, `ended`, `suspended`, `deactivated` or `closed`.
    standing: &'static str,
    added_to_org: Timestamp,
    /// When they last passed a challenge.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_verified: Option<Timestamp>,
    /// The day of the last use.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_active: Option<Timestamp>,
    /// Who answers for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    sponsor: Option<Sponsor>,
    /// Until when they may come.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_on: Option<Timestamp>,
    /// When their sponsor is told next that the end comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    reminder_on: Option<Timestamp>,
    /// The groups they are in, and the company whose mail domain they have.
    groups: Vec<GroupOfUser>,
    links: UserLinks,
}

/// Who answers for somebody.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sponsor {
    account_id: Uuid,
    /// Missing where the account is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

/// A group that somebody belongs to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupOfUser {
    id: Uuid,
    name: String,
    /// `group` or `company`.
    kind: &'static str,
    directory_id: Uuid,
}

/// Where it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserLinks {
    #[serde(rename = "self")]
    here: String,
}

/// What is to become of somebody's terms.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Terms {
    /// The id or the address of a managed account, which answers for the person; null for nobody.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    pub(super) sponsor: Option<Option<String>>,
    /// A day such as `2027-05-31`, of which all still counts in UTC, or a time; null for no end.
    #[serde(deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    pub(super) ends_on: Option<Option<String>>,
}

/// What stands beside people.
pub(super) struct Known {
    /// The addresses of sponsors.
    pub(super) sponsors: HashMap<Uuid, EmailAddress>,
    /// What people are members of.
    pub(super) groups: HashMap<Uuid, Vec<OwnGroup>>,
}

/// Somebody, for a caller of their organization.
pub(super) fn external_user(
    caller: &Caller,
    account: &Account,
    known: &Known,
    now: Timestamp,
) -> ExternalUser {
    let sponsor =
        |id: Uuid| Sponsor { account_id: id, email: known.sponsors.get(&id).map(ToString::to_string) };
    let group = |group: &OwnGroup| GroupOfUser {
        id: group.id,
        name: group.name.clone(),
        kind: group.kind.label(),
        directory_id: directory_id(caller.id()),
    };
    let here = format!("/admin/control/v1/orgs/{}/external-users/{}", caller.id(), account.id);
    ExternalUser {
        account_id: account.id,
        email: account.email.to_string(),
        email_verified: account.email_verified,
        name: name(account),
        standing: account.external_standing(now).label(),
        added_to_org: account.created_at,
        last_verified: account.last_verified_at,
        last_active: account.last_active_at,
        sponsor: account.sponsor.map(sponsor),
        ends_on: account.ends_at,
        reminder_on: account.remind_at.filter(|_| account.ends_at.is_some_and(|end| end > now)),
        groups: known.groups.get(&account.id).into_iter().flatten().map(group).collect(),
        links: UserLinks { here: caller.link(&here) },
    }
}

/// A member that is there, with null as a value.
fn named<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(value).map(Some)
}
