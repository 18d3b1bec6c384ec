//! What users, groups and lists look like: what the identity provider said, and what is ours to say.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::domain::scim::Object;
use crate::domain::scim::schema::{
    ATLASSIAN, DISPLAY_NAME, EXTERNAL_ID, GROUPS, MEMBERS, ResourceType, USERS, VALUE,
};
use crate::domain::scim::selection::Selection;
use crate::store::{GroupOfUser, ScimGroupRow, ScimMember, ScimUserRow};

use super::At;

/// A user, with the groups that it is in.
pub fn user(at: &At, selection: &Selection, row: &ScimUserRow, groups: &[GroupOfUser]) -> Value {
    let mut resource = row.resource.clone();
    let mut schemas: Vec<&str> = vec![USERS.schema.id];
    schemas.extend(USERS.extensions.iter().map(|schema| schema.id).filter(|id| resource.contains_key(*id)));
    if let Some(account) = row.account {
        schemas.push(ATLASSIAN.id);
        resource.insert(ATLASSIAN.id.to_owned(), json!({ "atlassianAccountId": account }));
    }
    resource.insert("schemas".to_owned(), json!(schemas));
    resource.insert("id".to_owned(), json!(row.id));
    resource.insert("meta".to_owned(), meta(at, &USERS, row.id, row.created_at, row.updated_at));
    if !groups.is_empty() {
        let group = |group: &GroupOfUser| {
            json!({
                VALUE: group.group,
                "$ref": at.location(&GROUPS, group.group),
                "display": group.display_name,
                "type": "direct",
            })
        };
        resource.insert("groups".to_owned(), groups.iter().map(group).collect());
    }
    Value::Object(selection.apply(&USERS, resource))
}

/// A group, with its members.
pub fn group(at: &At, selection: &Selection, row: &ScimGroupRow, members: &[ScimMember]) -> Value {
    let mut resource = Object::new();
    resource.insert("schemas".to_owned(), json!([GROUPS.schema.id]));
    resource.insert("id".to_owned(), json!(row.id));
    if let Some(external_id) = &row.external_id {
        resource.insert(EXTERNAL_ID.to_owned(), json!(external_id));
    }
    resource.insert(DISPLAY_NAME.to_owned(), json!(row.display_name));
    resource.insert("meta".to_owned(), meta(at, &GROUPS, row.id, row.created_at, row.updated_at));
    if !members.is_empty() {
        let member = |member: &ScimMember| {
            let mut shown = json!({
                VALUE: member.user,
                "$ref": at.location(&USERS, member.user),
                "type": "User",
            });
            if let Some(display) = &member.display {
                shown["display"] = json!(display);
            }
            shown
        };
        resource.insert(MEMBERS.to_owned(), members.iter().map(member).collect());
    }
    Value::Object(selection.apply(&GROUPS, resource))
}

/// A page of a list.
pub fn list(total: u64, start: u64, resources: &[Value]) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    })
}

/// What belongs to each of several.
pub fn by<T>(items: Vec<T>, key: impl Fn(&T) -> Uuid) -> HashMap<Uuid, Vec<T>> {
    let mut sorted: HashMap<Uuid, Vec<T>> = HashMap::new();
    for item in items {
        sorted.entry(key(&item)).or_default().push(item);
    }
    sorted
}

fn meta(at: &At, kind: &ResourceType, id: Uuid, created: Timestamp, modified: Timestamp) -> Value {
    json!({
        "resourceType": kind.name,
        "created": created,
        "lastModified": modified,
        "location": at.location(kind, id),
    })
}
