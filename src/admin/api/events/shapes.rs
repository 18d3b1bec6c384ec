//! What an event looks like in the API. Texts in it come from people outside: they are members of JSON and nothing else (T136).

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::store::{AuditAction, AuditRow};

use super::super::guard::Caller;

/// An event.
#[derive(Debug, Serialize, ToSchema)]
pub struct Event {
    id: Uuid,
    /// Always `events`.
    #[serde(rename = "type")]
    kind: &'static str,
    attributes: EventAttributes,
    links: EventLinks,
    message: Message,
}

/// What happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventAttributes {
    time: Timestamp,
    /// When a stream could first show it.
    #[serde(rename = "processedAt", skip_serializing_if = "Option::is_none")]
    processed_at: Option<Timestamp>,
    /// An id of the list of actions.
    action: String,
    actor: EventActor,
    /// To whom or what it was done.
    context: Vec<Entry>,
    /// At which site.
    container: Vec<Entry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

/// Who did it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventActor {
    /// An address, the id of an API key, `operator` for a command, `postern` for the gateway itself.
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth: Option<Auth>,
}

/// By what they showed who they are.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Auth {
    auth_type: &'static str,
    token_id: Uuid,
    token_label: String,
}

/// Somebody or something that an event is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entry {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    /// More; what there is depends on the action.
    #[schema(value_type = Object)]
    attributes: Value,
}

/// From where.
#[derive(Debug, Serialize, ToSchema)]
pub struct Location {
    ip: String,
}

/// Where the event is.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventLinks {
    #[serde(rename = "self")]
    here: String,
}

/// For people.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message {
    content: String,
    /// Always `simple`: plain text.
    format: &'static str,
}

/// An action that an event may have.
#[derive(Debug, Serialize, ToSchema)]
pub struct Action {
    id: &'static str,
    /// Always `event-actions`.
    #[serde(rename = "type")]
    kind: &'static str,
    attributes: ActionAttributes,
}

/// What people read of an action.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionAttributes {
    display_name: &'static str,
    group_display_name: &'static str,
    group_display_names: [&'static str; 1],
}

impl Event {
    /// As a stream shows it.
    pub fn processed(mut self) -> Self {
        self.attributes.processed_at = Some(self.attributes.time);
        self
    }
}

/// A row of the log, for a caller of its organization.
pub fn event(caller: &Caller, row: &AuditRow) -> Event {
    let id = row.id().0;
    let known = AuditAction::ALL.iter().find(|action| action.label() == row.action);
    let content = match known {
        Some(known) if row.subject.is_empty() => known.display_name().to_owned(),
        Some(known) => format!("{}: {}", known.display_name(), row.subject),
        None => row.action.clone(),
    };
    Event {
        id,
        kind: "events",
        attributes: EventAttributes {
            time: row.at,
            processed_at: None,
            action: row.action.clone(),
            actor: actor(row),
            context: vec![about(row)],
            container: row.site.iter().map(|site| container(site)).collect(),
            location: row.actor.address.map(|address| Location { ip: address.to_string() }),
        },
        links: EventLinks { here: caller.link(&format!("/admin/v1/orgs/{}/events/{id}", caller.id())) },
        message: Message { content, format: "simple" },
    }
}

/// An action of the list.
pub fn action(action: AuditAction) -> Action {
    Action {
        id: action.label(),
        kind: "event-actions",
        attributes: ActionAttributes {
            display_name: action.display_name(),
            group_display_name: action.group_display_name(),
            group_display_names: [action.group_display_name()],
        },
    }
}

fn actor(row: &AuditRow) -> EventActor {
    let name = row.actor.name.clone();
    EventActor {
        id: row.actor.key.map_or_else(|| name.clone(), |key| key.to_string()),
        email: name.contains('@').then(|| name.clone()),
        auth: row.actor.key.map(|key| Auth {
            auth_type: "api-token",
            token_id: key,
            token_label: name.clone(),
        }),
        name,
    }
}

fn about(row: &AuditRow) -> Entry {
    let is_person = row.subject.contains('@');
    let detail = serde_json::from_str(&row.detail).unwrap_or(Value::Null);
    let attributes = if is_person {
        json!({ "email": row.subject, "accountType": "atlassian", "detail": detail })
    } else {
        json!({ "name": row.subject, "detail": detail })
    };
    Entry { id: row.subject.clone(), kind: if is_person { "users" } else { "objects" }, attributes }
}

fn container(site: &str) -> Entry {
    let host = site.split('/').next().unwrap_or(site);
    let attributes = json!({ "siteName": site, "siteHostName": host });
    Entry { id: site.to_owned(), kind: "sites", attributes }
}
