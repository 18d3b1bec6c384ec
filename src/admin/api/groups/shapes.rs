//! What groups, roles and invitations look like in the API, and how what went wrong with one is said.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::groups::GroupError;
use crate::actions::groups::invite::InvitedPerson;
use crate::domain::group::{GroupKind, Role};
use crate::store::{Account, DirectoryGroup, ScimGroupRow};

use super::super::accounts::{account_status, claim_status, directory_id, name};
use super::super::error::{self, ApiError, NO_USER};
use super::super::guard::Caller;

/// A sentence about what was done.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupMessage {
    pub(super) message: String,
}

/// A group that was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Made {
    pub(super) message: String,
    pub(super) group_id: Uuid,
}

/// A group to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewGroup {
    pub(super) name: String,
    #[serde(default)]
    pub(super) description: String,
}

/// Which groups are looked for.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupSearch {
    /// A part of their name; all of them without it.
    pub(super) search_term: Option<String>,
    /// The place to go on, from `links.next`.
    pub(super) cursor: Option<String>,
    /// Entries of a page, 50 unless said, 200 at most.
    pub(super) limit: Option<u32>,
}

/// What to change of a group or a company. What is not named stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedGroup {
    /// Another name, which no other group has.
    pub(super) name: Option<String>,
    /// Another description; empty for none.
    pub(super) description: Option<String>,
    /// Of a company: all its mail domains, up to 20.
    pub(super) domains: Option<Vec<String>>,
}

/// How long the people of a group are exempt from codes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    /// A day such as `2027-05-31`, of which all still counts in UTC, or a time: to come, and at most a year away.
    pub(super) until: String,
}

/// A company to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Company {
    pub(super) name: String,
    #[serde(default)]
    pub(super) description: String,
    /// Up to 20 mail domains, whose people are the company's.
    #[serde(default)]
    pub(super) domains: Vec<String>,
}

/// Somebody to be added to a group (v1).
#[derive(Debug, Deserialize, ToSchema)]
pub struct MemberV1 {
    pub(super) account_id: String,
}

/// Somebody to be added to a group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberV2 {
    pub(super) account_id: String,
}

/// A role at a site (v1).
#[derive(Debug, Deserialize, ToSchema)]
pub struct RoleV1 {
    /// Such as `atlassian/guest`.
    pub(super) role: String,
    /// A site's id, or a resource identifier that ends in `::site/ID`.
    pub(super) resource: String,
}

/// A role at a site.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleV2 {
    /// Such as `atlassian/guest`.
    pub(super) role_id: String,
    /// A site's id, or a resource identifier that ends in `::site/ID`.
    pub(super) resource_id: String,
}

/// A role that a group or a person has.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssignedRole {
    role_id: &'static str,
    /// The site's id.
    resource_id: String,
}

/// Somebody in a group.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupMember {
    account_id: Uuid,
    email: String,
    name: String,
    /// `active`, `inactive` or `closed`.
    account_status: &'static str,
    /// `managed`, or `unmanaged`: an external person.
    claim_status: &'static str,
    /// Why they are in it: `membership`, `domain` (a mail domain of the company) or `directory` (the identity provider says so).
    by: &'static str,
}

/// A group.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupV2 {
    id: Uuid,
    name: String,
    description: String,
    directory_id: Uuid,
    /// Whether an identity provider keeps it, which alone changes it.
    external_synced: bool,
    /// `admins`, or `external`: an identity provider.
    managed_by: &'static str,
    /// `group` or `company`.
    kind: &'static str,
    /// The mail domains of a company.
    domains: Vec<String>,
    /// Until when its people from outside are asked for no code, or were.
    #[serde(skip_serializing_if = "Option::is_none")]
    exempt_until: Option<Timestamp>,
    /// Rises with each change, and is the `ETag`; none where an identity provider keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<i64>,
    links: GroupLinks,
}

/// Where it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupLinks {
    #[serde(rename = "self")]
    here: String,
}

/// An invitation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewInvitation {
    /// Up to 100 addresses.
    pub(super) emails: Vec<String>,
    #[serde(default)]
    pub(super) permission_rules: Vec<RoleV1>,
    /// Ids of groups.
    #[serde(default)]
    pub(super) additional_groups: Vec<String>,
    /// Whether they are told by mail; unless said, they are.
    pub(super) send_notification: Option<bool>,
    pub(super) notification_text: Option<String>,
    /// The id or the address of a managed account, which answers for them.
    pub(super) sponsor: Option<String>,
    /// Until when they may come: a day such as `2027-05-31`, of which all still counts in UTC, or a time.
    pub(super) ends_on: Option<String>,
}

/// Somebody who was invited.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitedUser {
    /// The account's.
    id: Uuid,
    email: String,
    /// One for each role and each group.
    results: Vec<InvitedTo>,
}

/// What somebody was invited to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitedTo {
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group_id: Option<Uuid>,
    /// `granted`, or `present` where they had it already.
    status: &'static str,
}

impl GroupV2 {
    /// Its name and its description.
    pub(super) fn into_texts(self) -> (String, String) {
        (self.name, self.description)
    }
}

/// A group, for a caller of its organization.
pub(super) fn group(caller: &Caller, group: &DirectoryGroup) -> GroupV2 {
    let here = format!("/admin/v2/orgs/{}/directories/-/groups/{}", caller.id(), group.id());
    let links = GroupLinks { here: caller.link(&here) };
    match group {
        DirectoryGroup::Own(row) => GroupV2 {
            id: row.id,
            name: row.group.name.clone(),
            description: row.group.description.clone(),
            directory_id: directory_id(caller.id()),
            external_synced: false,
            managed_by: "admins",
            kind: row.group.kind.label(),
            domains: row.group.domains.iter().map(ToString::to_string).collect(),
            exempt_until: row.exempt_until,
            version: Some(row.version),
            links,
        },
        DirectoryGroup::Synced(ScimGroupRow { id, display_name, directory, .. }) => GroupV2 {
            id: *id,
            name: display_name.clone(),
            description: String::new(),
            directory_id: *directory,
            external_synced: true,
            managed_by: "external",
            kind: GroupKind::Group.label(),
            domains: Vec::new(),
            exempt_until: None,
            version: None,
            links,
        },
    }
}

/// Somebody in a group; `members` are those of an own group who did not come into it by a mail domain.
pub(super) fn member(group: &DirectoryGroup, members: &[Uuid], account: &Account) -> GroupMember {
    GroupMember {
        account_id: account.id,
        email: account.email.to_string(),
        name: name(account),
        account_status: account_status(account),
        claim_status: claim_status(account),
        by: match group {
            DirectoryGroup::Synced(_) => "directory",
            DirectoryGroup::Own(_) if members.contains(&account.id) => "membership",
            DirectoryGroup::Own(_) => "domain",
        },
    }
}

/// Roles, each with its site.
pub(super) fn assigned(roles: Vec<(Role, String)>) -> Vec<AssignedRole> {
    roles.into_iter().map(|(role, resource_id)| AssignedRole { role_id: role.id(), resource_id }).collect()
}

/// What somebody was invited to.
pub(super) fn invited(person: InvitedPerson) -> InvitedUser {
    let status = |is_new| if is_new { "granted" } else { "present" };
    let roles = person.roles.into_iter().map(|(role, site, is_new)| InvitedTo {
        resource: Some(site),
        role: Some(role.id()),
        group_id: None,
        status: status(is_new),
    });
    let groups = person.groups.into_iter().map(|(group, is_new)| InvitedTo {
        resource: None,
        role: None,
        group_id: Some(group),
        status: status(is_new),
    });
    InvitedUser {
        id: person.account,
        email: person.email.to_string(),
        results: roles.chain(groups).collect(),
    }
}

impl From<GroupError> for ApiError {
    fn from(error: GroupError) -> Self {
        match error {
            GroupError::Mistakes(mistakes) => mistakes.into(),
            GroupError::NoGroup => Self::of(error::NO_GROUP),
            GroupError::Synced(_) => Self::because(error::SYNCED_GROUP, error),
            GroupError::NoAccount => Self::of(NO_USER),
            GroupError::Changed => Self::because(error::CHANGED, error),
            GroupError::Managed => Self::because(error::CONFLICT, error),
            GroupError::Store(error) => error.into(),
        }
    }
}
