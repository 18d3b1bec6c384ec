//! What a policy looks like to the product's own clients, and what they send.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::store::AuthPolicyRow;

use super::super::error::{self, ApiError};

/// The type of authentication policies.
pub const TYPE: &str = "authentication";

/// A policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct Policy {
    id: Uuid,
    /// Always `policy`.
    #[serde(rename = "type")]
    kind: &'static str,
    attributes: PolicyAttributes,
}

/// What a policy is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyAttributes {
    /// `authentication`; there may be others.
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    /// `enabled`, or `draft`.
    status: &'static str,
    /// The settings of an authentication policy.
    #[schema(value_type = Object)]
    rule: Value,
    /// Always empty for an authentication policy: it is applied to its members.
    resources: Vec<PolicyResource>,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// `default`, and the `version`.
    #[schema(value_type = Object)]
    metadata: Value,
}

/// What a policy is applied to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyResource {
    id: String,
    application_status: &'static str,
}

/// A policy to be made or changed, in an envelope `data` or without one. What else clients send is ignored.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct PolicyInput {
    /// What it is to be.
    #[serde(default)]
    pub attributes: InputAttributes,
}

/// What a policy is to be.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct InputAttributes {
    /// `authentication`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// 1 to 100 characters.
    pub name: Option<String>,
    /// `enabled` or `draft`.
    pub status: Option<String>,
    /// Settings; what is not named has its default, or stays as it is.
    #[schema(value_type = Option<Object>)]
    pub rule: Option<Value>,
    /// None, as there is nothing that an authentication policy is applied to but its members.
    #[schema(value_type = Option<Vec<Object>>)]
    pub resources: Option<Vec<Value>>,
}

/// A body with or without its envelope: of the clients there are some send one.
pub fn input(mut body: Value) -> Result<PolicyInput, ApiError> {
    let object = match body.get_mut("data").map(Value::take) {
        Some(data) => data,
        None => body,
    };
    // A list would be taken for the members in their order.
    if !object.is_object() {
        return Err(ApiError::because(error::BAD_BODY, "data: expected an object"));
    }
    serde_path_to_error::deserialize(object).map_err(|error| {
        let place = error.path().to_string();
        ApiError::because(error::BAD_BODY, format!("{place}: {}", error.into_inner()))
    })
}

/// As clients read it.
pub fn policy(row: &AuthPolicyRow) -> Policy {
    Policy {
        id: row.id,
        kind: "policy",
        attributes: PolicyAttributes {
            kind: TYPE,
            name: row.name.to_string(),
            status: if row.is_draft { "draft" } else { "enabled" },
            rule: row.settings.to_json(),
            resources: Vec::new(),
            created_at: row.created_at,
            updated_at: row.updated_at,
            metadata: json!({ "default": row.is_default, "version": row.version }),
        },
    }
}
