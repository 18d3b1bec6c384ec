//! What an authentication policy asks of its members when they sign in: a name and settings, which are always valid.
//!
//! It acts from a member's next sign-in on. Members are managed accounts and nobody else: `membership.rs`.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use super::method::{Method, Methods};
use super::mode::Mode;
use super::verification::ApiTokens;

/// The longest name.
const LONGEST_NAME: usize = 100;
/// The longest name of an issuer or claim.
const LONGEST_DEMAND: usize = 255;
/// The bounds of both durations, those of the external session expiration. The idle session may be 30 days at most.
const SHORTEST_SESSION: u64 = 15;
const LONGEST_IDLE: u64 = 30 * 24 * 60;
const LONGEST_SESSION: u64 = 365 * 24 * 60;

/// What `AuthPolicySettings::with` knows, for who wrote something else.
const SETTINGS: &str =
    "singleSignOn, twoStepVerification, idleSessionMinutes, sessionExpirationMinutes, userApiTokens and mode";

/// A name that people tell policies apart by, unique in its organization.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PolicyName(String);

/// Something wrong in one member of a JSON object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {problem}")]
pub struct FieldError {
    /// The member, with a dot before what is inside it.
    pub field: &'static str,
    /// What is wrong, to be read behind the field's name.
    pub problem: String,
}

/// What a policy asks. As JSON it is one object, in the store and in the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Value", try_from = "Value")]
pub struct AuthPolicySettings {
    /// Whether members come through an identity provider.
    pub single_sign_on: SingleSignOn,
    /// Whether they prove themselves in a second way.
    pub two_step: TwoStep,
    /// After so long without a request a session ends; whole minutes, from 15 minutes to 30 days.
    pub idle_session: Duration,
    /// After so long a session ends, used or not; whole minutes, from 15 minutes to 365 days. `None` sets no end.
    pub session_expiration: Option<Duration>,
    /// Whether they may use API tokens.
    pub api_tokens: ApiTokens,
    /// How much of it is carried out. It acts at once, also on sessions that began before.
    pub mode: Mode,
}

/// Whether members come through an identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SingleSignOn {
    /// They may sign in as they like.
    NotEnforced,
    /// Their session must be of this issuer.
    Issuer(String),
    /// Their session must have this claim.
    Claim(String),
}

/// Whether members prove themselves in a second way, and in which: one at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TwoStep {
    /// Nobody is asked.
    Off,
    /// Who set one up is asked.
    Optional(Methods),
    /// Everybody is asked.
    Required(Methods),
}

impl PolicyName {
    /// What the first policy of an organization is called, which no admin had to make.
    pub fn of_default() -> Self {
        Self("Default policy".to_owned())
    }

    /// Parses a name: 1 to 100 characters that can all be seen; spaces around it are not part of it.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let (text, field) = (text.trim(), "name");
        if !(1..=LONGEST_NAME).contains(&text.chars().count()) {
            return Err(FieldError::new(field, format!("must have 1 to {LONGEST_NAME} characters")));
        }
        if text.chars().any(is_unseen) {
            return Err(FieldError::new(
                field,
                "has a control character, or another one that cannot be seen",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, and those by which one name could look like another: zero width, and the direction of text.
pub(super) fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

impl fmt::Display for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FieldError {
    /// A mistake in a member.
    pub fn new(field: &'static str, problem: impl Into<String>) -> Self {
        Self { field, problem: problem.into() }
    }
}

impl TwoStep {
    /// The ways that count; none where nobody is asked.
    pub fn methods(self) -> Methods {
        match self {
            Self::Off => Methods::NONE,
            Self::Optional(methods) | Self::Required(methods) => methods,
        }
    }
}

impl AuthPolicySettings {
    /// These with what `json` names in place of what was. Every member that is wrong is told of, and a member that is no
    /// setting is wrong too: a setting that is believed to be in force must be.
    pub fn with(&self, json: &Value) -> Result<Self, Vec<FieldError>> {
        let Some(members) = json.as_object() else {
            return Err(vec![FieldError::new("settings", "must be an object")]);
        };
        let (mut settings, mut errors) = (self.clone(), Vec::new());
        for (name, value) in members {
            let read = match name.as_str() {
                "singleSignOn" => single_sign_on(value).map(|read| settings.single_sign_on = read),
                "twoStepVerification" => two_step(value).map(|read| settings.two_step = read),
                "idleSessionMinutes" => minutes("idleSessionMinutes", value, LONGEST_IDLE)
                    .map(|read| settings.idle_session = read),
                "sessionExpirationMinutes" if value.is_null() => {
                    settings.session_expiration = None;
                    Ok(())
                }
                "sessionExpirationMinutes" => minutes("sessionExpirationMinutes", value, LONGEST_SESSION)
                    .map(|read| settings.session_expiration = Some(read)),
                "userApiTokens" => api_tokens(value).map(|read| settings.api_tokens = read),
                "mode" => mode(value).map(|read| settings.mode = read),
                unknown => Err(no_setting(unknown)),
            };
            errors.extend(read.err());
        }
        errors.sort_by_key(|error: &FieldError| error.field);
        errors.dedup();
        if errors.is_empty() { Ok(settings) } else { Err(errors) }
    }

    /// As the API and the store write them.
    pub fn to_json(&self) -> Value {
        json!({
            "singleSignOn": match &self.single_sign_on {
                SingleSignOn::NotEnforced => json!({ "enforced": false }),
                SingleSignOn::Issuer(issuer) => json!({ "enforced": true, "issuer": issuer }),
                SingleSignOn::Claim(claim) => json!({ "enforced": true, "claim": claim }),
            },
            "twoStepVerification": match &self.two_step {
                TwoStep::Off => json!({ "requirement": "off" }),
                TwoStep::Optional(methods) => json!({ "requirement": "optional", "methods": methods.labels() }),
                TwoStep::Required(methods) => json!({ "requirement": "required", "methods": methods.labels() }),
            },
            "idleSessionMinutes": self.idle_session.as_secs() / 60,
            "sessionExpirationMinutes": self.session_expiration.map(|length| length.as_secs() / 60),
            "userApiTokens": match self.api_tokens {
                ApiTokens::Allow => "allow",
                ApiTokens::Block => "block",
            },
            "mode": self.mode.label(),
        })
    }
}

fn no_setting(name: &str) -> FieldError {
    let shown: String = name.chars().take(LONGEST_NAME).collect();
    FieldError::new("settings", format!("has a member {shown:?}, which is no setting: there are {SETTINGS}"))
}

impl Default for AuthPolicySettings {
    /// As in the product whose feature this is: nothing is asked of anybody, and a session may idle for 30 days.
    fn default() -> Self {
        Self {
            single_sign_on: SingleSignOn::NotEnforced,
            two_step: TwoStep::Optional(Methods::ALL),
            idle_session: Duration::from_secs(LONGEST_IDLE * 60),
            session_expiration: None,
            api_tokens: ApiTokens::Allow,
            mode: Mode::Enforce,
        }
    }
}

impl From<AuthPolicySettings> for Value {
    fn from(settings: AuthPolicySettings) -> Self {
        settings.to_json()
    }
}

impl TryFrom<Value> for AuthPolicySettings {
    type Error = FieldError;

    fn try_from(json: Value) -> Result<Self, FieldError> {
        Self::default().with(&json).map_err(|mut errors| errors.swap_remove(0))
    }
}

fn single_sign_on(json: &Value) -> Result<SingleSignOn, FieldError> {
    let refuse = |problem: &str| FieldError::new("singleSignOn", problem);
    let Some(members) = json.as_object() else { return Err(refuse("must be an object")) };
    if members.keys().any(|name| !["enforced", "issuer", "claim"].contains(&name.as_str())) {
        return Err(refuse("has members other than enforced, issuer and claim"));
    }
    let Some(enforced) = members.get("enforced").and_then(Value::as_bool) else {
        return Err(FieldError::new("singleSignOn.enforced", "must be true or false"));
    };
    match (enforced, members.get("issuer"), members.get("claim")) {
        (false, None, None) => Ok(SingleSignOn::NotEnforced),
        (false, ..) => {
            Err(refuse("names an issuer or a claim, which are demanded only where it is enforced"))
        }
        (true, Some(issuer), None) => demand("singleSignOn.issuer", issuer).map(SingleSignOn::Issuer),
        (true, None, Some(claim)) => demand("singleSignOn.claim", claim).map(SingleSignOn::Claim),
        (true, ..) => Err(refuse("must name the issuer or the claim that it demands, and not both")),
    }
}

fn demand(field: &'static str, json: &Value) -> Result<String, FieldError> {
    let text = json.as_str().filter(|text| (1..=LONGEST_DEMAND).contains(&text.len()));
    let text = text.filter(|text| !text.chars().any(|letter| is_unseen(letter) || letter.is_whitespace()));
    let problem = || format!("must be a text of 1 to {LONGEST_DEMAND} bytes without spaces");
    text.map(str::to_owned).ok_or_else(|| FieldError::new(field, problem()))
}

fn two_step(json: &Value) -> Result<TwoStep, FieldError> {
    let refuse = |problem: &str| FieldError::new("twoStepVerification", problem);
    let Some(members) = json.as_object() else { return Err(refuse("must be an object")) };
    if members.keys().any(|name| !["requirement", "methods"].contains(&name.as_str())) {
        return Err(refuse("has members other than requirement and methods"));
    }
    let methods = || members.get("methods").map_or(Ok(Methods::ALL), methods);
    match members.get("requirement").and_then(Value::as_str) {
        Some("off") if members.contains_key("methods") => Err(FieldError::new(
            "twoStepVerification.methods",
            "are allowed only where it is required or optional",
        )),
        Some("off") => Ok(TwoStep::Off),
        Some("optional") => methods().map(TwoStep::Optional),
        Some("required") => methods().map(TwoStep::Required),
        _ => Err(FieldError::new("twoStepVerification.requirement", "must be required, optional or off")),
    }
}

fn methods(json: &Value) -> Result<Methods, FieldError> {
    let labels = json.as_array().and_then(|list| list.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
    labels.and_then(Methods::of).ok_or_else(|| {
        let labels = Method::ALL.map(Method::label).join(", ");
        FieldError::new("twoStepVerification.methods", format!("must be a list of one or more of: {labels}"))
    })
}

fn minutes(field: &'static str, json: &Value, longest: u64) -> Result<Duration, FieldError> {
    let minutes = json.as_u64().filter(|minutes| (SHORTEST_SESSION..=longest).contains(minutes));
    minutes.map(|minutes| Duration::from_secs(minutes * 60)).ok_or_else(|| {
        FieldError::new(
            field,
            format!("must be a whole number of minutes from {SHORTEST_SESSION} to {longest}"),
        )
    })
}

fn mode(json: &Value) -> Result<Mode, FieldError> {
    let mode = json.as_str().and_then(Mode::of);
    mode.ok_or_else(|| FieldError::new("mode", "must be enforce, report or off"))
}

fn api_tokens(json: &Value) -> Result<ApiTokens, FieldError> {
    match json.as_str() {
        Some("allow") => Ok(ApiTokens::Allow),
        Some("block") => Ok(ApiTokens::Block),
        _ => Err(FieldError::new("userApiTokens", "must be allow or block")),
    }
}

#[cfg(test)]
mod tests;
