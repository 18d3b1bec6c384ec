//! What a client sent of a resource, in the one spelling: what it may not write, and what nobody declared, is not there.
//!
//! Nothing that is kept has a control character, or is longer than a person's name may be; a wrong type is refused, and an empty
//! text is none.

use serde_json::Value;

use super::path::{Home, home};
use super::schema::{
    ACTIVE, Attribute, DISPLAY_NAME, EMAILS, GROUPS, Kind, MEMBERS, PRIMARY, ResourceType, USER_NAME, USERS,
    VALUE,
};
use super::{Mistake, MistakeKind, Object};
use crate::domain::email::EmailAddress;

/// The most characters of a text.
const LONGEST_TEXT: usize = 1_000;

/// Reads a resource of a body.
pub fn read(kind: &ResourceType, sent: Value) -> Result<Object, Mistake> {
    let Value::Object(sent) = sent else {
        return Err(MistakeKind::InvalidSyntax.because("The body is a JSON object."));
    };
    let mut resource = Object::new();
    for (name, value) in sent {
        match home(kind, &name) {
            Some((Home::Own, name)) => put(&mut resource, kind.attribute(name), value)?,
            Some((Home::Extension(schema), "")) => {
                let Value::Object(values) = value else { continue };
                let mut extension = Object::new();
                for (name, value) in values {
                    put(&mut extension, schema.attribute(&name), value)?;
                }
                if !extension.is_empty() {
                    resource.insert(schema.id.to_owned(), Value::Object(extension));
                }
            }
            _ => (),
        }
    }
    finish(kind, &mut resource)?;
    // Who is not said to be kept out may come in: some clients leave out what is true.
    if kind.name == USERS.name {
        resource.entry(ACTIVE).or_insert(Value::Bool(true));
    }
    Ok(resource)
}

/// Sees to it that a resource has what it must have.
pub(super) fn finish(kind: &ResourceType, resource: &mut Object) -> Result<(), Mistake> {
    let missing = |name: &str| MistakeKind::InvalidValue.because(format!("{name} is needed."));
    if kind.name == GROUPS.name {
        return if resource.contains_key(DISPLAY_NAME) { Ok(()) } else { Err(missing(DISPLAY_NAME)) };
    }
    let Some(user_name) = resource.get(USER_NAME).and_then(Value::as_str) else {
        return Err(missing(USER_NAME));
    };
    // Many directories know their people by address, and send it once.
    if !resource.contains_key(EMAILS) {
        if EmailAddress::parse(user_name).is_err() {
            return Err(missing(EMAILS));
        }
        let email = serde_json::json!([{ VALUE: user_name, "type": "work", PRIMARY: true }]);
        resource.insert(EMAILS.to_owned(), email);
    }
    Ok(())
}

/// Puts a value where it belongs, in its one spelling; nothing takes it away.
fn put(into: &mut Object, attribute: Option<&'static Attribute>, value: Value) -> Result<(), Mistake> {
    let Some(attribute) = attribute.filter(|attribute| attribute.is_writable()) else { return Ok(()) };
    if let Some(value) = values(attribute, value)? {
        into.insert(attribute.name.to_owned(), value);
    }
    Ok(())
}

/// All values of an attribute; `None` where there is none.
pub(super) fn values(attribute: &'static Attribute, sent: Value) -> Result<Option<Value>, Mistake> {
    if !attribute.many {
        return one(attribute, sent);
    }
    let sent = match sent {
        Value::Null => Vec::new(),
        Value::Array(sent) => sent,
        single => vec![single],
    };
    if sent.len() > attribute.most {
        let detail = format!("{} has more than {} values.", attribute.name, attribute.most);
        return Err(MistakeKind::TooMany.because(detail));
    }
    let mut items = Vec::with_capacity(sent.len());
    for item in sent {
        items.extend(one(attribute, item)?);
    }
    keep_one_primary(&mut items, 0);
    Ok(Some(Value::Array(items)).filter(|items| items != &Value::Array(Vec::new())))
}

/// One value; `None` where it is none.
pub(super) fn one(attribute: &'static Attribute, sent: Value) -> Result<Option<Value>, Mistake> {
    let refused = |expected: &str| {
        MistakeKind::InvalidValue.because(format!("{}: expected {expected}.", attribute.name))
    };
    match (attribute.kind, sent) {
        (_, Value::Null) => Ok(None),
        (Kind::Text | Kind::Reference, Value::String(text)) => {
            if text.chars().count() > LONGEST_TEXT || text.contains(char::is_control) {
                return Err(refused("at most 1000 characters, none of them a control character"));
            }
            Ok(Some(text).filter(|text| !text.is_empty()).map(Value::String))
        }
        (Kind::Text | Kind::Reference, _) => Err(refused("a text")),
        (Kind::Switch, Value::Bool(on)) => Ok(Some(Value::Bool(on))),
        // One identity provider writes them so.
        (Kind::Switch, Value::String(text)) => match text.to_ascii_lowercase().as_str() {
            "true" => Ok(Some(Value::Bool(true))),
            "false" => Ok(Some(Value::Bool(false))),
            _ => Err(refused("true or false")),
        },
        (Kind::Switch, _) => Err(refused("true or false")),
        (Kind::Complex, Value::Object(parts)) => complex(attribute, parts),
        // The value alone, as some clients write an address or a member.
        (Kind::Complex, Value::String(text)) if attribute.many => {
            complex(attribute, Object::from_iter([(VALUE.to_owned(), Value::String(text))]))
        }
        (Kind::Complex, _) => Err(refused("an object")),
    }
}

fn complex(attribute: &'static Attribute, parts: Object) -> Result<Option<Value>, Mistake> {
    let mut kept = Object::new();
    for (name, value) in parts {
        put(&mut kept, attribute.part(&name), value)?;
    }
    // Where a member is and what it is, is ours to say.
    if attribute.name == MEMBERS {
        kept.remove("$ref");
        kept.remove("type");
    }
    let needs_value = attribute.name == MEMBERS || attribute.part(VALUE).is_some_and(|part| part.required);
    if needs_value && !kept.is_empty() && !kept.contains_key(VALUE) {
        return Err(MistakeKind::InvalidValue.because(format!("{}: each has a value.", attribute.name)));
    }
    Ok(Some(Value::Object(kept)).filter(|kept| kept != &Value::Object(Object::new())))
}

/// Of several primary values the first from a place on stays one (RFC 7643 section 2.4).
pub(super) fn keep_one_primary(items: &mut [Value], from: usize) {
    let is_primary = |item: &Value| item.get(PRIMARY) == Some(&Value::Bool(true));
    let newest = items.iter().skip(from).position(is_primary).map(|place| place + from);
    let Some(kept) = newest.or_else(|| items.iter().position(is_primary)) else { return };
    for (place, item) in items.iter_mut().enumerate() {
        if place != kept
            && is_primary(item)
            && let Some(item) = item.as_object_mut()
        {
            item.insert(PRIMARY.to_owned(), Value::Bool(false));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::schema::ENTERPRISE;
    use super::*;

    #[test]
    fn only_what_is_declared_and_writable_is_kept_under_its_own_name() {
        let sent = json!({
            "schemas": ["urn:nobody:knows:this"],
            "id": "", "externalId": "", "USERNAME": "jane@acme.com", "active": "False", "nonsense": [[1]],
            "meta": { "location": "x" }, "groups": [{ "value": "7" }], "password": "secret",
            "name": { "GivenName": "Jane", "none": 1 },
            "phoneNumbers": { "value": "7", "type": "mobile" },
            "urn:ietf:params:scim:schemas:extension:enterprise:2.1": { "Department": "IT", "manager": "x" },
            "urn:scim:schemas:extension:atlassian-external:1.1": { "atlassianAccountId": "7" },
        });
        let expected = json!({
            "userName": "jane@acme.com", "active": false, "name": { "givenName": "Jane" },
            "emails": [{ "value": "jane@acme.com", "type": "work", "primary": true }],
            "phoneNumbers": [{ "value": "7", "type": "mobile" }],
            ENTERPRISE.id: { "department": "IT" },
        });
        assert_eq!(Value::Object(read(&USERS, sent).unwrap()), expected);
    }

    #[test]
    fn what_is_of_a_wrong_type_or_missing_is_refused() {
        for sent in [
            json!([]),
            json!({}),
            json!({ "userName": "" }),
            json!({ "userName": "jane" }),
            json!({ "userName": 7 }),
            json!({ "userName": "a\u{0}@acme.com" }),
            json!({ "userName": "x".repeat(1_001) }),
            json!({ "userName": "jane@acme.com", "active": "yes" }),
            json!({ "userName": "jane@acme.com", "name": "Jane" }),
            json!({ "userName": "jane@acme.com", "emails": [{ "type": "work" }] }),
            json!({ "userName": "jane@acme.com", "emails": vec![json!({ "value": "a@acme.com" }); 51] }),
        ] {
            assert!(read(&USERS, sent.clone()).is_err(), "{sent}");
        }
        assert!(read(&GROUPS, json!({ "members": [] })).is_err());
        assert!(read(&GROUPS, json!({ "displayName": "a", "members": [{ "display": "x" }] })).is_err());
    }

    #[test]
    fn one_value_at_most_is_primary() {
        let address = |name: &str| json!({ "value": name, "primary": true });
        let sent = json!({ "userName": "j", "emails": [address("a@acme.com"), address("b@acme.com")] });
        let read = Value::Object(read(&USERS, sent).unwrap());
        assert_eq!(
            (&read["emails"][0]["primary"], &read["emails"][1]["primary"]),
            (&json!(true), &json!(false))
        );
    }
}
