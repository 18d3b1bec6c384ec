//! What external people are asked for: a code or none, how often, and whether their API tokens are taken.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::method::Methods;
use super::mode::Mode;

/// Settings for external users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalUserPolicy {
    /// Whether they are asked for a code at all.
    pub verification: Verification,
    /// How long a verification counts: fresh while `now - verified_at < frequency`.
    pub frequency: Duration,
    /// The ways in which a verification may be made; a mailed code always is one.
    pub methods: Methods,
    /// Whether they may use API tokens. Where their site says that they may not, they may not.
    pub api_tokens: ApiTokens,
    /// How much of it is carried out. One that cannot be read is carried out in full.
    pub mode: Mode,
    /// When an admin last reset everybody of the policy: what was verified before is void.
    pub reset_at: Option<Timestamp>,
    /// Which policy it is; `None` for the configuration file's, and for what is the strictest of several.
    pub version: Option<PolicyVersion>,
}

/// A policy of the store, as it was after one of its changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// The policy's id.
    pub policy: Uuid,
    /// Rises with each change.
    pub version: i64,
}

/// Whether external people verify their mailbox, from the laxest to the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verification {
    /// Nobody is asked.
    Off,
    /// Everybody is asked for a code.
    Required,
    /// What the store holds cannot be read: nobody passes until it can.
    Unreadable,
}

/// Whether external people may use API tokens at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApiTokens {
    /// They may, as in the product whose feature this is.
    #[default]
    Allow,
    /// They may not, and neither may a token of which nobody can say whose it is.
    Block,
}

impl ExternalUserPolicy {
    /// A policy that nobody can read, which is none that opens anything.
    pub fn unreadable() -> Self {
        Self { verification: Verification::Unreadable, api_tokens: ApiTokens::Block, ..Self::default() }
    }

    /// The stricter of both in every point.
    pub(super) fn or_stricter(&self, other: &Self) -> Self {
        let blocks = [self.api_tokens, other.api_tokens].contains(&ApiTokens::Block);
        Self {
            verification: self.verification.max(other.verification),
            frequency: self.frequency.min(other.frequency),
            methods: self.methods.and(other.methods),
            api_tokens: if blocks { ApiTokens::Block } else { ApiTokens::Allow },
            mode: self.mode.max(other.mode),
            reset_at: self.reset_at.max(other.reset_at),
            version: self.version.filter(|_| self.version == other.version),
        }
    }
}

impl Default for ExternalUserPolicy {
    /// A code every seven days, by mail or by what somebody set up, as in the product whose feature this is.
    fn default() -> Self {
        Self {
            verification: Verification::Required,
            frequency: Duration::from_secs(7 * 86_400),
            methods: Methods::ALL,
            api_tokens: ApiTokens::Allow,
            mode: Mode::Enforce,
            reset_at: None,
            version: None,
        }
    }
}
