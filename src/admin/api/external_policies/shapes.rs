//! What an external user policy looks like in the API, and how what is wrong with one is said.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::actions::external_policies::keep::KeepError;
use crate::actions::external_policies::reset::ResetError;
use crate::domain::external_policy::{PolicyDraft, PolicyKind, PolicySettings};
use crate::domain::mistake::{Mistake, Mistakes};
use crate::domain::policy::{ApiTokens, ExternalUserPolicy, Verification};
use crate::store::{ExternalPolicyRow, KeptSettings};

use super::super::error::{self, ApiError};

/// An external user policy.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExternalPolicy {
    /// `default`, `test`, or an id.
    id: String,
    /// `default`, `test` or `named`.
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    /// `on`, `off`, or `unreadable`: a newer Postern made it, and nobody of it passes here.
    verification: &'static str,
    /// How long a verification counts.
    frequency_seconds: u64,
    /// In which ways it may be made: `mailed-code`, and what people may set up themselves, `authenticator-app` and `passkey`.
    methods: Vec<&'static str>,
    /// `allow` or `block`.
    api_tokens: &'static str,
    /// `enforce`, `report` (what would be done is written down and counted, and everybody passes) or `off`.
    mode: &'static str,
    /// Whether the default policy asks what the configuration file does.
    is_as_configured: bool,
    /// The mail domains of a named policy.
    domains: Vec<String>,
    /// The people of the test policy.
    people: Vec<String>,
    /// Rises with each change, and is the `ETag`.
    pub(super) version: i64,
    /// When everybody of it was last reset.
    #[serde(skip_serializing_if = "Option::is_none")]
    reset_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<Timestamp>,
}

/// A policy to be made, or what one is to be changed to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExternalPolicyDraft {
    /// Needed for a named policy; the others keep theirs.
    #[serde(default)]
    name: String,
    /// `on` (unless said) or `off`. Off lets everybody pass whom the product lets call themselves by an address of the domain.
    verification: Option<String>,
    /// 900 (15 minutes) to 2592000 (30 days); seven days unless said.
    frequency_seconds: Option<u64>,
    /// `mailed-code` and, unless said, `authenticator-app` and `passkey`.
    methods: Option<Vec<String>>,
    /// `allow` (unless said) or `block`.
    api_tokens: Option<String>,
    /// `enforce` (unless said), `report` or `off`.
    mode: Option<String>,
    /// Up to 20 mail domains, of a named policy.
    #[serde(default)]
    domains: Vec<String>,
    /// Up to 5 addresses, of the test policy.
    #[serde(default)]
    people: Vec<String>,
}

/// Whom to reset.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPeople {
    /// Up to 1000 addresses.
    pub emails: Vec<String>,
}

impl ExternalPolicyDraft {
    /// Reads its settings; the rest is checked by the deed, or with them where there is something wrong with them.
    pub(super) fn read(self, kind: PolicyKind) -> Result<PolicyDraft, ApiError> {
        let mut given = json!({
            "verification": self.verification, "frequencySeconds": self.frequency_seconds, "methods": self.methods,
            "apiTokens": self.api_tokens, "mode": self.mode,
        });
        if let Some(members) = given.as_object_mut() {
            members.retain(|_, value| !value.is_null());
        }
        let settings = PolicySettings::default().with(&given);
        let usable = settings.as_ref().copied().unwrap_or_default();
        let Self { name, domains, people, .. } = self;
        let draft = PolicyDraft { name, settings: Some(usable), domains, people };
        match settings {
            Ok(_) => Ok(draft),
            Err(Mistakes(mut mistakes)) => {
                mistakes.extend(draft.read(kind).err().into_iter().flat_map(|others| others.0));
                Err(Mistakes(mistakes).into())
            }
        }
    }
}

/// A policy of the store; `configured` is what the configuration file asks.
pub(super) fn policy(row: &ExternalPolicyRow, configured: &ExternalUserPolicy) -> ExternalPolicy {
    let asked = row.policy().unwrap_or(*configured);
    let id = match row.kind {
        PolicyKind::Named => row.id.to_string(),
        kind => kind.label().to_owned(),
    };
    ExternalPolicy {
        id,
        name: row.name.clone(),
        is_as_configured: row.settings == KeptSettings::AsConfigured,
        domains: row.domains.iter().map(ToString::to_string).collect(),
        people: row.people.iter().map(ToString::to_string).collect(),
        version: row.version,
        reset_at: row.reset_at,
        created_at: Some(row.created_at),
        updated_at: Some(row.updated_at),
        ..of(row.kind, &asked)
    }
}

/// The default policy before anybody changed it.
pub(super) fn default_policy(configured: &ExternalUserPolicy) -> ExternalPolicy {
    of(PolicyKind::Default, configured)
}

fn of(kind: PolicyKind, asked: &ExternalUserPolicy) -> ExternalPolicy {
    ExternalPolicy {
        id: kind.label().to_owned(),
        kind: kind.label(),
        name: kind.fixed_name().unwrap_or_default().to_owned(),
        verification: match asked.verification {
            Verification::Required => "on",
            Verification::Off => "off",
            Verification::Unreadable => "unreadable",
        },
        frequency_seconds: asked.frequency.as_secs(),
        methods: asked.methods.labels(),
        api_tokens: if asked.api_tokens == ApiTokens::Block { "block" } else { "allow" },
        mode: asked.mode.label(),
        is_as_configured: true,
        domains: Vec::new(),
        people: Vec::new(),
        version: 0,
        reset_at: None,
        created_at: None,
        updated_at: None,
    }
}

impl From<Mistakes> for ApiError {
    fn from(Mistakes(mistakes): Mistakes) -> Self {
        let said = mistakes.into_iter().map(|Mistake { field, said }| format!("{field}: {said}"));
        Self::for_each(error::UNPROCESSABLE, said)
    }
}

impl From<KeepError> for ApiError {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::Mistakes(mistakes) => mistakes.into(),
            KeepError::Unknown => Self::of(error::NO_EXTERNAL_POLICY),
            KeepError::Changed => Self::because(error::CHANGED, error),
            KeepError::TooMany | KeepError::NoFormer => Self::because(error::CONFLICT, error),
            KeepError::Store(error) => error.into(),
        }
    }
}

impl From<ResetError> for ApiError {
    fn from(error: ResetError) -> Self {
        match error {
            ResetError::Unknown => Self::of(error::NO_EXTERNAL_POLICY),
            ResetError::NoGroup => Self::of(error::NO_GROUP),
            ResetError::Store(error) => error.into(),
        }
    }
}
