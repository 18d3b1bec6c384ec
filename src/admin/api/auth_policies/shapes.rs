//! What policies and members look like in the API, and how what went wrong with them is said.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::policies::create::CreateError;
use crate::actions::policies::delete::DeleteError;
use crate::actions::policies::edit::EditError;
use crate::actions::policies::make_default::MakeDefaultError;
use crate::actions::policies::members::{AddMembersError, MemberResult, RemoveMemberError};
use crate::actions::policies::reset::ResetError;
use crate::domain::auth_policy::FieldError;
use crate::domain::task::RowReason;
use crate::store::{AuthPolicyRow, MemberRow};

use super::super::error::{self, ApiError};

/// An authentication policy.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthPolicy {
    id: Uuid,
    name: String,
    /// Whether new members get it. Exactly one is.
    is_default: bool,
    /// `enabled`, or `draft`: then it has no members and is not the default.
    status: &'static str,
    /// `singleSignOn` {`enforced`, and the `issuer` or the `claim` that it demands}, `twoStepVerification` {`requirement`
    /// `required`, `optional` or `off`, and `methods` of `mailed-code`, `authenticator-app`, `passkey`}, `idleSessionMinutes` (15
    /// to 43200), `sessionExpirationMinutes` (15 to 525600, or null), `userApiTokens` (`allow` or `block`).
    #[schema(value_type = Object)]
    settings: Value,
    /// Rises with each change; told as the `ETag` too.
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// When all sessions of its members were last ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    reset_at: Option<Timestamp>,
}

/// A policy to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatedPolicy {
    /// 1 to 100 characters, and no other policy's of the organization.
    pub name: String,
    /// As in the policy; what is not named has its default.
    #[schema(value_type = Option<Object>)]
    pub settings: Option<Value>,
    /// `enabled` unless said, or `draft`.
    pub status: Option<String>,
}

/// What to change of a policy.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedPolicy {
    /// Another name.
    pub name: Option<String>,
    /// What is not named stays as it is.
    #[schema(value_type = Option<Object>)]
    pub settings: Option<Value>,
    /// `enabled` publishes a draft.
    pub status: Option<String>,
}

/// A member of a policy.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    account_id: Uuid,
    email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// At the products.
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    /// `active`, `deactivated`, `for_deletion` or `closed`.
    status: String,
    policy_id: Uuid,
    /// When it became one. Settings act from the next sign-in on.
    #[serde(skip_serializing_if = "Option::is_none")]
    member_since: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_active_at: Option<Timestamp>,
}

/// Who is to be a member, as the product's own operation takes it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Users {
    /// Addresses, and account ids.
    pub users: Vec<String>,
}

/// Who is to be a member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMembers {
    /// Addresses, usernames and account ids.
    pub users: Vec<String>,
}

/// What became of each entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Results {
    /// In the order of the entries.
    pub results: Vec<EntryResult>,
}

/// What became of an entry.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntryResult {
    /// What was sent.
    entry: String,
    /// The account that it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// `succeeded`, `unchanged` (it is a member already), `failed` or `repeated` (an earlier entry names the same account).
    outcome: &'static str,
    /// Why it failed, as a stable word.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// Why it failed, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
}

/// As it is kept.
pub fn auth_policy(row: &AuthPolicyRow) -> AuthPolicy {
    AuthPolicy {
        id: row.id,
        name: row.name.to_string(),
        is_default: row.is_default,
        status: if row.is_draft { "draft" } else { "enabled" },
        settings: row.settings.to_json(),
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
        reset_at: row.reset_at,
    }
}

/// As lists show it.
pub fn member(row: &MemberRow) -> Member {
    Member {
        account_id: row.account,
        email: row.email.to_string(),
        name: row.name.clone(),
        username: row.username.clone(),
        status: row.status.clone(),
        policy_id: row.policy,
        member_since: row.since,
        last_active_at: row.last_active_at,
    }
}

/// What became of an entry.
pub fn entry_result(result: MemberResult) -> EntryResult {
    let reason = result.outcome.reason();
    EntryResult {
        entry: result.entry,
        account_id: result.account.as_ref().map(|(account, _)| *account),
        email: result.account.map(|(_, email)| email.to_string()),
        outcome: result.outcome.label(),
        reason: reason.map(RowReason::label),
        detail: reason.map(RowReason::sentence),
    }
}

/// An error for each field; those of settings are `place` and the field.
pub fn wrong_fields(errors: Vec<FieldError>, place: &str) -> ApiError {
    let detail = |FieldError { field, problem }: FieldError| match field {
        "name" => format!("name: {problem}"),
        "settings" => format!("{place}: {problem}"),
        field => format!("{place}.{field}: {problem}"),
    };
    ApiError::for_each(error::BAD_BODY, errors.into_iter().map(detail))
}

impl From<CreateError> for ApiError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Store(error) => error.into(),
            CreateError::Invalid(errors) => wrong_fields(errors, "settings"),
            CreateError::NameTaken(_) => Self::because(error::CONFLICT, error),
        }
    }
}

impl From<EditError> for ApiError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Store(error) => error.into(),
            EditError::Unknown => Self::of(error::NO_POLICY),
            EditError::Invalid(errors) => wrong_fields(errors, "settings"),
            EditError::NameTaken(_) => Self::because(error::CONFLICT, error),
            EditError::Changed => Self::because(error::CHANGED, error),
        }
    }
}

impl From<DeleteError> for ApiError {
    fn from(error: DeleteError) -> Self {
        match error {
            DeleteError::Store(error) => error.into(),
            DeleteError::Unknown => Self::of(error::NO_POLICY),
            DeleteError::IsDefault | DeleteError::HasMembers => Self::because(error::CONFLICT, error),
            DeleteError::NoSuchTarget => Self::because(error::UNPROCESSABLE, error),
            DeleteError::Changed => Self::because(error::CHANGED, error),
        }
    }
}

impl From<MakeDefaultError> for ApiError {
    fn from(error: MakeDefaultError) -> Self {
        match error {
            MakeDefaultError::Store(error) => error.into(),
            MakeDefaultError::Unknown => Self::of(error::NO_POLICY),
            MakeDefaultError::Draft => Self::because(error::CONFLICT, error),
            MakeDefaultError::Changed => Self::because(error::CHANGED, error),
        }
    }
}

impl From<ResetError> for ApiError {
    fn from(error: ResetError) -> Self {
        match error {
            ResetError::Store(error) => error.into(),
            ResetError::Unknown => Self::of(error::NO_POLICY),
        }
    }
}

impl From<AddMembersError> for ApiError {
    fn from(error: AddMembersError) -> Self {
        match error {
            AddMembersError::Store(error) => error.into(),
            AddMembersError::Unknown => Self::of(error::NO_POLICY),
            AddMembersError::Draft => Self::because(error::CONFLICT, error),
            AddMembersError::Count => Self::because(error::BAD_BODY, format!("users: {error}")),
        }
    }
}

impl From<RemoveMemberError> for ApiError {
    fn from(error: RemoveMemberError) -> Self {
        match error {
            RemoveMemberError::Store(error) => error.into(),
            RemoveMemberError::Unknown => Self::of(error::NO_POLICY),
            RemoveMemberError::NoMember => Self::because(error::NO_USER, error),
            RemoveMemberError::IsDefault => Self::because(error::CONFLICT, error),
        }
    }
}
