//! An event before it is a row of the audit log. It is committed with the change that it tells of, or not at all.

use serde_json::Value;

use super::audit::AuditAction;
use crate::domain::actor::Actor;
use crate::domain::organization::OrganizationId;

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// Who did it.
    pub actor: Actor,
    /// What.
    pub action: AuditAction,
    /// To whom or what.
    pub subject: String,
    /// Whose log shows it; `None` for what concerns the gateway as a whole.
    pub organization: Option<OrganizationId>,
    /// More, as a JSON object. Never a code, key or cookie.
    pub detail: Value,
}

impl AuditEvent {
    /// An event without more to say.
    pub fn new(actor: impl Into<Actor>, action: AuditAction, subject: impl Into<String>) -> Self {
        let detail = Value::Object(serde_json::Map::new());
        Self { actor: actor.into(), action, subject: subject.into(), organization: None, detail }
    }

    /// The same in an organization's log.
    pub fn of(self, organization: &OrganizationId) -> Self {
        Self { organization: Some(organization.clone()), ..self }
    }

    /// The same with details.
    pub fn with(self, detail: Value) -> Self {
        Self { detail, ..self }
    }
}
