//! What claims look like, and how what went wrong with them is said.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actions::address_csv::{AddressCsvError, AddressRow};
use crate::actions::claims::ClaimError;
use crate::domain::task::{RowOutcome, RowReason};

use super::super::error::{self, ApiError};

/// How far a domain is claimed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Claims {
    /// Whether new accounts are claimed as they are seen.
    pub claims_new: bool,
    /// How many accounts are managed.
    pub managed: u64,
    /// How many are not.
    pub unmanaged: u64,
}

/// What to do with new accounts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewClaims {
    /// Whether they are claimed as they are seen.
    pub claims_new: bool,
}

/// How many were claimed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimAll {
    /// Accounts that were not claimed before.
    pub claimed: u64,
}

/// Addresses of accounts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Emails {
    /// 10000 at most.
    pub emails: Vec<String>,
}

/// What became of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Claimed {
    /// Whether nothing was done, but only said what would be.
    dry_run: bool,
    succeeded: u64,
    /// It was so already.
    unchanged: u64,
    /// Rows that say what an earlier one says.
    repeated: u64,
    failed: u64,
    rows: Vec<ClaimedRow>,
}

/// What became of a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimedRow {
    /// The line in the file, or the place in the list, from 1.
    line: u32,
    /// What stands there.
    value: String,
    /// `succeeded`, `unchanged`, `repeated` or `failed`.
    outcome: &'static str,
    /// Why it failed: `malformed`, `unknown_account`, `other_domain` or `account_closed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// The same as a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
}

/// The rows with what became of each.
pub fn claimed(rows: &[AddressRow], dry_run: bool) -> Claimed {
    let count = |label: &str| rows.iter().filter(|row| row.outcome.label() == label).count() as u64;
    let row = |row: &AddressRow| ClaimedRow {
        line: row.line,
        value: row.value.clone(),
        outcome: row.outcome.label(),
        reason: row.outcome.reason().map(RowReason::label),
        detail: row.outcome.reason().map(RowReason::sentence),
    };
    Claimed {
        dry_run,
        succeeded: count(RowOutcome::Succeeded.label()),
        unchanged: count(RowOutcome::Unchanged.label()),
        repeated: count(RowOutcome::Repeated.label()),
        failed: count("failed"),
        rows: rows.iter().map(row).collect(),
    }
}

/// A file that is not read at all; nothing of it was done.
pub fn unreadable(failure: &AddressCsvError) -> ApiError {
    match failure {
        AddressCsvError::TooLarge => ApiError::because(error::TOO_LARGE, failure),
        _ => ApiError::because(error::UNPROCESSABLE, failure),
    }
}

/// The refusal of a deed.
pub fn failed(failure: ClaimError) -> ApiError {
    match failure {
        ClaimError::NotOwned(_) => ApiError::because(error::UNPROCESSABLE, failure),
        ClaimError::Store(error) => error.into(),
    }
}
