//! What an account looks like: in v1 with underscores, in v2 with capitals.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::lifecycle::Status;
use crate::domain::organization::OrganizationId;
use crate::store::Account;

use super::super::guard::Caller;

/// What stands for everybody's picture: clients need an absolute URI, and a picture of ours would be a request from the
/// admin's browser to us for each person.
const PICTURE: &str =
    "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%201%201'/%3E";

/// A managed account.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    account_id: Uuid,
    /// `atlassian`, `customer` or `app`.
    account_type: String,
    /// `active`, `inactive` (deactivated, or for deletion) or `closed`.
    account_status: &'static str,
    name: String,
    picture: &'static str,
    email: String,
    access_billable: bool,
    /// The day of the last use.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_active: Option<Timestamp>,
    /// Always empty: at which product somebody was active is not kept.
    product_access: Vec<String>,
    links: UserLinks,
}

/// Where it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserLinks {
    #[serde(rename = "self")]
    here: String,
}

/// An account as the search of v1 shows it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FoundUser {
    account_id: Uuid,
    account_type: String,
    account_status: &'static str,
    name: String,
    nickname: String,
    email: String,
    email_verified: bool,
    /// Whether the organization lets it in.
    status_in_userbase: bool,
    /// Always empty: at which product somebody was active is not kept.
    product_last_access: Vec<String>,
}

/// An account as v2 shows it, managed or not.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DirectoryUser {
    account_id: Uuid,
    account_type: String,
    /// `active`, `suspended`, `deactivated` or `for_deletion`.
    status: &'static str,
    /// `active`, `inactive` or `closed`.
    account_status: &'static str,
    /// `active` or `suspended`.
    membership_status: &'static str,
    added_to_org: Timestamp,
    name: String,
    nickname: String,
    email: String,
    email_verified: bool,
    /// `managed`, or `unmanaged`: an external person.
    claim_status: &'static str,
    platform_roles: Vec<String>,
    picture: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    job_title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deactivated_on: Option<Timestamp>,
    for_deletion: bool,
    /// When an account for deletion goes for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_on: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_active: Option<Timestamp>,
    /// When an external person last passed a challenge.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_verified: Option<Timestamp>,
    /// Until when an external person may come.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_on: Option<Timestamp>,
    /// The account of who answers for an external person.
    #[serde(skip_serializing_if = "Option::is_none")]
    sponsor: Option<Uuid>,
    links: UserLinks,
}

/// As v1 lists it.
pub fn user(caller: &Caller, account: &Account) -> User {
    User {
        account_id: account.id,
        account_type: account.account_type.clone(),
        account_status: account_status(account),
        name: name(account),
        picture: picture(),
        email: account.email.to_string(),
        access_billable: account.status == Status::Active,
        last_active: account.last_active_at,
        product_access: Vec::new(),
        links: links(caller, account),
    }
}

/// As the search of v1 shows it.
pub fn found(account: &Account) -> FoundUser {
    FoundUser {
        account_id: account.id,
        account_type: account.account_type.clone(),
        account_status: account_status(account),
        name: name(account),
        nickname: nickname(account),
        email: account.email.to_string(),
        email_verified: account.email_verified,
        status_in_userbase: account.suspended_at.is_none(),
        product_last_access: Vec::new(),
    }
}

/// As v2 shows it.
pub fn directory_user(caller: &Caller, account: &Account) -> DirectoryUser {
    let profile = account.profile.clone();
    DirectoryUser {
        account_id: account.id,
        account_type: account.account_type.clone(),
        status: match (account.status, account.suspended_at) {
            (Status::Active, None) => "active",
            (Status::Active, Some(_)) => "suspended",
            (Status::ForDeletion, _) => "for_deletion",
            (Status::Deactivated | Status::Closed, _) => "deactivated",
        },
        account_status: account_status(account),
        membership_status: if account.suspended_at.is_some() { "suspended" } else { "active" },
        added_to_org: account.created_at,
        name: name(account),
        nickname: nickname(account),
        email: account.email.to_string(),
        email_verified: account.email_verified,
        claim_status: claim_status(account),
        platform_roles: Vec::new(),
        picture: picture(),
        job_title: profile.job_title,
        department: profile.department,
        organization: profile.company,
        location: profile.location,
        time_zone: profile.zoneinfo,
        deactivated_on: account.deactivated_at,
        for_deletion: account.status == Status::ForDeletion,
        deletion_on: account.deletion_at,
        last_active: account.last_active_at,
        last_verified: account.last_verified_at,
        ends_on: account.ends_at,
        sponsor: account.sponsor,
        links: links(caller, account),
    }
}

/// What the account is, without who keeps it out.
pub fn account_status(account: &Account) -> &'static str {
    match account.status {
        Status::Active => "active",
        Status::Deactivated | Status::ForDeletion => "inactive",
        Status::Closed => "closed",
    }
}

/// Whether it is `managed`, or `unmanaged`: an external person's.
pub const fn claim_status(account: &Account) -> &'static str {
    if account.managed { "managed" } else { "unmanaged" }
}

/// Clients need a name: where none is known it is what stands before the `@`.
pub fn name(account: &Account) -> String {
    account.profile.name.clone().unwrap_or_else(|| account.email.local().to_owned())
}

/// The same of the nickname, which is the name unless the person has another.
pub fn nickname(account: &Account) -> String {
    account.profile.nickname.clone().unwrap_or_else(|| name(account))
}

/// Everybody's picture.
pub const fn picture() -> &'static str {
    PICTURE
}

/// The id of an organization's own directory: the same always, and nobody else's.
pub fn directory_id(organization: &OrganizationId) -> Uuid {
    // A UUID of version 8 (RFC 9562), whose bits are our own: the first of a digest.
    use sha2::{Digest as _, Sha256};
    let digest =
        Sha256::new().chain_update(b"local directory ").chain_update(organization.as_str()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn links(caller: &Caller, account: &Account) -> UserLinks {
    UserLinks { here: caller.link(&format!("/users/{}/manage/profile", account.id)) }
}
