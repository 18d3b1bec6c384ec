//! What went wrong with one account, by the keys that clients of this family compare.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::actions::accounts::AccountError;
use crate::domain::profile::Violation;

use super::super::error::{ApiError, Cause};

/// Nothing of that id.
pub const NOT_FOUND: Cause = Cause(StatusCode::NOT_FOUND, "ADMIN-404-8", "User not found");
const BAD_FIELDS: Cause = Cause(StatusCode::BAD_REQUEST, "ADMIN-400-24", "Invalid request body");
const FORBIDDEN: Cause = Cause(StatusCode::FORBIDDEN, "ADMIN-403-3", "Not allowed for this account");
const CONFLICT: Cause = Cause(StatusCode::CONFLICT, "ADMIN-409-28", "Conflict");

/// The account is unknown to the organization of the key, whoever else knows it.
pub fn not_found() -> ApiError {
    ApiError::of(NOT_FOUND).key("accountNotFound", Value::Null)
}

/// The refusal of a deed.
pub fn failed(error: AccountError, id: Uuid) -> ApiError {
    let said = error.to_string();
    let conflict = |code: &str, said: String| {
        let codes = json!([{ "code": code, "message": said, "link": null }]);
        let context = json!({ "message": said, "accountId": id, "errorCodes": codes });
        ApiError::because(CONFLICT, said).key("conflict.lifecycleErrors", context)
    };
    match error {
        AccountError::NotFound => not_found(),
        AccountError::NotManaged => ApiError::because(FORBIDDEN, said)
            .key("forbidden.action", json!({ "allowed": false, "reason": { "key": "managedAccount" } })),
        AccountError::Unverified => {
            ApiError::because(FORBIDDEN, said).key("forbidden.targetUnverified", Value::Null)
        }
        AccountError::Synced(fields) => {
            let rule = json!({ "allowed": false, "reason": { "key": "externalDirectory.scim" } });
            let context: Map<String, Value> =
                fields.into_iter().map(|field| (field.to_owned(), rule.clone())).collect();
            ApiError::because(FORBIDDEN, said).key("forbidden.fieldMutation", Value::Object(context))
        }
        AccountError::Fields(mistakes) => {
            let violations = mistakes.iter().map(|(field, violation)| violated(field.path(), *violation));
            fields(violations.collect())
        }
        AccountError::Email(violation) => fields(vec![violated("email", violation)]),
        AccountError::UnclaimedDomain(domain) => {
            ApiError::because(FORBIDDEN, said).key("forbidden.unclaimedDomain", json!({ "domain": domain }))
        }
        AccountError::Taken => conflict("emailTaken", said),
        AccountError::Step(_)
        | AccountError::Managed
        | AccountError::Mistakes(_)
        | AccountError::Verified
        | AccountError::TooOften(_) => conflict("wrongState", said),
        AccountError::Store(error) => error.into(),
    }
}

fn violated(field: &str, violation: Violation) -> Value {
    json!({ "field": field, "violations": [{ "key": violation.key() }] })
}

fn fields(violations: Vec<Value>) -> ApiError {
    let context = json!({ "fieldViolations": violations });
    ApiError::because(BAD_FIELDS, "Some values are not what their fields hold.")
        .key("fieldConstraintsViolated", context)
}
