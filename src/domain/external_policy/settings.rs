//! What an external user policy asks, as it is kept and as the API names it. Whatever is wrong with a setting is told with all
//! others that are.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::method::{Method, Methods};
use crate::domain::mistake::{Mistake, Mistakes};
use crate::domain::mode::Mode;
use crate::domain::verification::{ApiTokens, ExternalUserPolicy, Verification};

/// The shortest and the longest frequency (SAC/update-verification-frequency).
pub const FREQUENCIES: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(15 * 60)..=Duration::from_secs(30 * 86_400);

/// What a policy asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicySettings {
    /// Whether people verify their mailbox at all. Without that, whoever the product lets call themselves `a@partner.example`
    /// passes as one of partner.example.
    pub verifies: bool,
    /// How long a verification counts.
    pub frequency: Duration,
    /// In which ways it may be made: by a mailed code at least, as nobody has set up anything at first.
    pub methods: Methods,
    /// Whether API tokens are taken.
    pub api_tokens: ApiTokens,
    /// How much of it is carried out.
    pub mode: Mode,
}

impl Default for PolicySettings {
    fn default() -> Self {
        Self::of(&ExternalUserPolicy::default()).expect("the default can be read")
    }
}

impl PolicySettings {
    /// These with what `json` names in place of what was, by the names of the API. Every member that is wrong is told of.
    pub fn with(&self, json: &Value) -> Result<Self, Mistakes> {
        let Some(members) = json.as_object() else {
            return Err(Mistakes(vec![Mistake::new("settings", "must be an object")]));
        };
        let (mut settings, mut mistakes) = (*self, Vec::new());
        for (name, value) in members {
            let word = value.as_str().unwrap_or_default();
            match (name.as_str(), word) {
                ("verification", "on" | "off") => settings.verifies = word == "on",
                ("verification", _) => mistakes.push(Mistake::new("verification", "is neither on nor off")),
                ("apiTokens", "allow") => settings.api_tokens = ApiTokens::Allow,
                ("apiTokens", "block") => settings.api_tokens = ApiTokens::Block,
                ("apiTokens", _) => mistakes.push(Mistake::new("apiTokens", "is neither allow nor block")),
                ("mode", _) => match Mode::of(word) {
                    Some(mode) => settings.mode = mode,
                    None => mistakes.push(Mistake::new("mode", "is neither enforce nor report nor off")),
                },
                ("methods", _) => match methods(value) {
                    Some(methods) => settings.methods = methods,
                    None => mistakes.push(Mistake::new(
                        "methods",
                        "is no list of mailed-code, authenticator-app and passkey with mailed-code in it",
                    )),
                },
                ("frequencySeconds", _) => {
                    let frequency = value.as_u64().map(Duration::from_secs);
                    match frequency.filter(|frequency| FREQUENCIES.contains(frequency)) {
                        Some(frequency) => settings.frequency = frequency,
                        None => mistakes.push(Mistake::new(
                            "frequencySeconds",
                            "is not a number from 900 (15 minutes) to 2592000 (30 days)",
                        )),
                    }
                }
                _ => mistakes.push(Mistake::new(
                    name,
                    "is no setting: verification, frequencySeconds, methods, apiTokens and mode are",
                )),
            }
        }
        Mistakes::or(mistakes, settings)
    }

    /// As the API writes them.
    pub fn to_json(self) -> Value {
        json!({
            "verification": if self.verifies { "on" } else { "off" },
            "frequencySeconds": self.frequency.as_secs(),
            "methods": self.methods.labels(),
            "apiTokens": if self.api_tokens == ApiTokens::Block { "block" } else { "allow" },
            "mode": self.mode.label(),
        })
    }

    /// What a policy asks; `None` of one that cannot be read.
    pub fn of(policy: &ExternalUserPolicy) -> Option<Self> {
        let verifies = match policy.verification {
            Verification::Required => true,
            Verification::Off => false,
            Verification::Unreadable => return None,
        };
        let ExternalUserPolicy { frequency, methods, api_tokens, mode, .. } = *policy;
        Some(Self { verifies, frequency, methods, api_tokens, mode })
    }

    /// What requests are judged by.
    pub fn policy(self, reset_at: Option<Timestamp>) -> ExternalUserPolicy {
        let verification = if self.verifies { Verification::Required } else { Verification::Off };
        let Self { frequency, methods, api_tokens, mode, .. } = self;
        ExternalUserPolicy { verification, frequency, methods, api_tokens, mode, reset_at, version: None }
    }
}

fn methods(json: &Value) -> Option<Methods> {
    let labels: Option<Vec<&str>> = json.as_array()?.iter().map(Value::as_str).collect();
    Methods::of(labels?).filter(|methods| methods.has(Method::MailedCode))
}
