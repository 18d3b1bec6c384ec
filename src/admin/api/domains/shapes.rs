//! What a domain looks like in the API, and how what went wrong with one is said.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::domains::add::AddError;
use crate::actions::domains::remove::RemoveError;
use crate::actions::domains::verify::VerifyError;
use crate::domain::owned_domain::Method;
use crate::store::DomainRow;

use super::super::Api;
use super::super::error::{self, ApiError};
use super::super::guard::Caller;

/// A domain.
#[derive(Debug, Serialize, ToSchema)]
pub struct Domain {
    id: Uuid,
    /// Always `domains`.
    #[serde(rename = "type")]
    kind: &'static str,
    attributes: DomainAttributes,
    links: DomainLinks,
}

/// What a domain is.
#[derive(Debug, Serialize, ToSchema)]
pub struct DomainAttributes {
    /// In its one spelling: lower case, and with `xn--` labels where it has other letters than ASCII's.
    name: String,
    claim: Claim,
}

/// How it was proved, and whether it counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Claim {
    /// `dns` or `http`; `import` where an operator vouched for it. `dns` also before it was proved.
    #[serde(rename = "type")]
    kind: &'static str,
    /// `verified`, `unverified`, `missing_token` (it still counts, and was not found when last looked for), `superseded`.
    status: &'static str,
}

/// Where it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct DomainLinks {
    #[serde(rename = "self")]
    here: String,
}

/// A domain with all that is known of it, and how to prove it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeptDomain {
    id: Uuid,
    name: String,
    /// As in `claim.status`.
    status: &'static str,
    /// Whether claimed accounts in it are managed.
    is_verified: bool,
    /// `dns`, `http` or `import`; missing until it was proved.
    #[serde(skip_serializing_if = "Option::is_none")]
    verified_by: Option<&'static str>,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    verified_at: Option<Timestamp>,
    /// When the line was looked for last.
    #[serde(skip_serializing_if = "Option::is_none")]
    checked_at: Option<Timestamp>,
    /// When it was seen last.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_at: Option<Timestamp>,
    /// When another organization of this gateway last proved it too.
    #[serde(skip_serializing_if = "Option::is_none")]
    disputed_at: Option<Timestamp>,
    to_publish: ToPublish,
}

/// What to publish, in one of two places, and to keep there.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ToPublish {
    /// The value of a TXT record of the domain itself.
    txt_record: String,
    /// The address of a file.
    file_url: String,
    /// All that the file holds.
    file_content: String,
}

/// A domain to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDomain {
    /// As people write it; letters beyond ASCII are fine.
    pub name: String,
}

/// Where to look for the line.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// `dns` (unless said) or `http`.
    pub by: Option<String>,
}

/// As the product's own clients read it.
pub fn domain(caller: &Caller, row: &DomainRow) -> Domain {
    Domain {
        id: row.id,
        kind: "domains",
        attributes: DomainAttributes {
            name: row.name.to_string(),
            claim: Claim { kind: row.method.map_or("dns", Method::label), status: row.status.label() },
        },
        links: DomainLinks {
            here: caller.link(&format!("/admin/v1/orgs/{}/domains/{}", caller.id(), row.id)),
        },
    }
}

/// With all that is known of it.
pub fn kept(api: &Api, row: &DomainRow) -> KeptDomain {
    let added = api.domains.load().to_publish(row);
    KeptDomain {
        id: row.id,
        name: row.name.to_string(),
        status: row.status.label(),
        is_verified: row.status.is_owned(),
        verified_by: row.method.map(Method::label),
        created_at: row.created_at,
        verified_at: row.verified_at,
        checked_at: row.checked_at,
        seen_at: row.seen_at,
        disputed_at: row.disputed_at,
        to_publish: ToPublish {
            txt_record: added.line.clone(),
            file_url: added.address,
            file_content: added.line,
        },
    }
}

impl From<AddError> for ApiError {
    fn from(error: AddError) -> Self {
        match error {
            AddError::Unownable(reason) => Self::because(error::UNPROCESSABLE, format!("name: {reason}")),
            AddError::Store(error) => error.into(),
        }
    }
}

impl From<VerifyError> for ApiError {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Store(error) => error.into(),
            VerifyError::NotAdded(_) => Self::of(error::NO_DOMAIN),
            VerifyError::Taken(_)
            | VerifyError::TakenPerhaps(_)
            | VerifyError::TakenByImport(_)
            | VerifyError::Changed(_) => Self::because(error::CONFLICT, error),
            VerifyError::Unownable(_)
            | VerifyError::Imported(_)
            | VerifyError::Outdated(_)
            | VerifyError::NotFound { .. } => Self::because(error::UNPROCESSABLE, error),
        }
    }
}

impl From<RemoveError> for ApiError {
    fn from(error: RemoveError) -> Self {
        match error {
            RemoveError::Store(error) => error.into(),
            _ => Self::of(error::NO_DOMAIN),
        }
    }
}
