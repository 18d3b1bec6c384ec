//! What one account looks like to who manages it, and what may be done to it.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::profile::Field;
use crate::store::Account;

use super::super::accounts::{account_status, name, nickname, picture};

/// An account in its envelope.
#[derive(Debug, Serialize, ToSchema)]
pub struct Managed {
    account: ManagedAccount,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub struct ManagedAccount {
    account_id: Uuid,
    account_type: String,
    /// `active`, `inactive` or `closed`.
    account_status: &'static str,
    /// 100 characters at most.
    name: String,
    /// 1 to 30 characters.
    nickname: String,
    email: String,
    email_verified: bool,
    picture: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    zoneinfo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    extended_profile: ExtendedProfile,
    characteristics: Characteristics,
    /// When an account for deletion goes for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    deletion_on: Option<Timestamp>,
}

/// What is said of the person's work.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExtendedProfile {
    #[serde(skip_serializing_if = "Option::is_none")]
    job_title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    department: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
}

/// What clients look for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Characteristics {
    not_mentionable: bool,
}

/// An account as its admin sees it.
pub fn managed(account: &Account) -> Managed {
    let profile = account.profile.clone();
    Managed {
        account: ManagedAccount {
            account_id: account.id,
            account_type: account.account_type.clone(),
            account_status: account_status(account),
            name: name(account),
            nickname: nickname(account),
            email: account.email.to_string(),
            email_verified: account.email_verified,
            picture: picture(),
            zoneinfo: profile.zoneinfo,
            locale: profile.locale,
            extended_profile: ExtendedProfile {
                job_title: profile.job_title,
                organization: profile.company,
                department: profile.department,
                location: profile.location,
            },
            characteristics: Characteristics { not_mentionable: false },
            deletion_on: account.deletion_at,
        },
    }
}

/// What may be done to an account: to one that is not managed, nothing; where it follows a directory, that says what is in its
/// fields.
pub fn permissions(account: &Account, is_synced: bool, wanted: &[&str]) -> Value {
    let rule = |allowed: bool, reason: &str| match allowed {
        true => json!({ "allowed": true }),
        false => json!({ "allowed": false, "reason": { "key": reason } }),
    };
    let is_editable = account.managed && account.email_verified && !is_synced;
    let life = rule(account.managed, "managedAccount");
    let reason = match (account.managed, is_synced) {
        (false, _) => "managedAccount",
        (true, true) => "externalDirectory.scim",
        (true, false) => "administrative",
    };
    let edit = rule(is_editable, reason);
    let fields: Map<String, Value> =
        Field::ALL.iter().map(|field| (field.path().to_owned(), edit.clone())).collect();
    let all = [
        ("profile", Value::Object(fields.clone())),
        ("profile.write", Value::Object(fields)),
        ("profile.read", rule(true, "")),
        ("email.set", edit),
        ("lifecycle.enablement", life.clone()),
        ("lifecycle.delete", life),
        ("apiToken.read", rule(account.managed, "managedAccount")),
        // The products keep tokens, and nobody else can end one.
        ("apiToken.delete", rule(false, "administrative")),
    ];
    let is_wanted = |name: &str| wanted.is_empty() || wanted.contains(&name);
    all.into_iter().filter(|(name, _)| is_wanted(name)).map(|(name, rule)| (name.to_owned(), rule)).collect()
}
