//! Which attributes of a resource an answer has (RFC 7644 section 3.9): some alone, or all but some. `id` and `schemas` it has
//! always.

use serde_json::Value;

use super::path::{Home, home};
use super::schema::ResourceType;
use super::{Mistake, MistakeKind, Object};

/// Names per request: more than there are attributes.
const MOST: usize = 200;

/// What a client wants to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Selection {
    /// All that is returned by itself.
    #[default]
    Default,
    /// These alone.
    Only(Vec<String>),
    /// All but these.
    Without(Vec<String>),
}

/// A name in three parts: the schema it stands under, the attribute, and the part of it.
struct Name<'n> {
    urn: Option<&'static str>,
    attribute: &'n str,
    part: Option<&'n str>,
}

impl Selection {
    /// Reads the two parameters, of which one at most has names.
    pub fn read(only: &[&str], without: &[&str]) -> Result<Self, Mistake> {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        match (only, without) {
            _ if only.len() > MOST || without.len() > MOST => {
                Err(MistakeKind::InvalidValue.because(format!("At most {MOST} attributes can be named.")))
            }
            ([], []) => Ok(Self::Default),
            (only, []) => Ok(Self::Only(names(only))),
            ([], without) => Ok(Self::Without(names(without))),
            _ => Err(MistakeKind::InvalidValue.because("Name attributes or excludedAttributes, not both.")),
        }
    }

    /// Whether any of an attribute of the resource itself is seen.
    pub fn shows(&self, kind: &ResourceType, attribute: &str) -> bool {
        let names = |name: &Name| name.urn.is_none() && name.attribute.eq_ignore_ascii_case(attribute);
        match self {
            Self::Default => true,
            Self::Only(list) => {
                list.iter().filter_map(|name| Name::read(kind, name)).any(|name| names(&name))
            }
            Self::Without(list) => !list
                .iter()
                .filter_map(|name| Name::read(kind, name))
                .any(|name| name.part.is_none() && names(&name)),
        }
    }

    /// Leaves of a resource what is seen.
    pub fn apply(&self, kind: &ResourceType, resource: Object) -> Object {
        match self {
            Self::Default => resource,
            Self::Only(list) => {
                let names: Vec<Name> = list.iter().filter_map(|name| Name::read(kind, name)).collect();
                resource.into_iter().filter_map(|(key, value)| only(&names, key, value)).collect()
            }
            Self::Without(list) => {
                let mut resource = resource;
                for name in list.iter().filter_map(|name| Name::read(kind, name)) {
                    leave_out(&mut resource, &name);
                }
                resource
            }
        }
    }
}

impl<'n> Name<'n> {
    fn read(kind: &ResourceType, text: &'n str) -> Option<Self> {
        let (home, rest) = home(kind, text.trim())?;
        let urn = match home {
            Home::Own => None,
            Home::Extension(schema) => Some(schema.id),
        };
        let (attribute, part) = match rest.split_once('.') {
            Some((attribute, part)) => (attribute, Some(part)),
            None => (rest, None),
        };
        Some(Self { urn, attribute, part })
    }
}

fn only(names: &[Name], key: String, value: Value) -> Option<(String, Value)> {
    if key == "id" || key == "schemas" {
        return Some((key, value));
    }
    if let Value::Object(extension) = &value
        && key.starts_with("urn:")
    {
        let under: Vec<&Name> = names.iter().filter(|name| name.urn == Some(key.as_str())).collect();
        if under.iter().any(|name| name.attribute.is_empty()) {
            return Some((key, value));
        }
        let is_named = |own: &String| under.iter().any(|name| name.attribute.eq_ignore_ascii_case(own));
        let kept: Object = extension
            .iter()
            .filter(|(own, _)| is_named(own))
            .map(|(own, value)| (own.clone(), value.clone()))
            .collect();
        return (!kept.is_empty()).then_some((key, Value::Object(kept)));
    }
    let named: Vec<&Name> =
        names.iter().filter(|name| name.urn.is_none() && name.attribute.eq_ignore_ascii_case(&key)).collect();
    if named.is_empty() {
        return None;
    }
    let parts: Option<Vec<&str>> = named.iter().map(|name| name.part).collect();
    let Some(parts) = parts else { return Some((key, value)) };
    let is_named = |own: &str| parts.iter().any(|part| part.eq_ignore_ascii_case(own));
    Some((key, of_each(value, &|own| is_named(own))))
}

fn leave_out(resource: &mut Object, name: &Name) {
    let place = match name.urn {
        Some(urn) if name.attribute.is_empty() => {
            resource.remove(urn);
            return;
        }
        Some(urn) => resource.get_mut(urn).and_then(Value::as_object_mut),
        None => Some(resource),
    };
    let Some(place) = place else { return };
    let Some(key) = place.keys().find(|key| key.eq_ignore_ascii_case(name.attribute)).cloned() else {
        return;
    };
    if name.urn.is_none() && (key == "id" || key == "schemas") {
        return;
    }
    match name.part {
        None => {
            place.remove(&key);
        }
        Some(part) => {
            if let Some(value) = place.remove(&key) {
                place.insert(key, of_each(value, &|own| !own.eq_ignore_ascii_case(part)));
            }
        }
    }
}

/// A complex value, or each of many, with those parts that are kept.
fn of_each(value: Value, keeps: &dyn Fn(&str) -> bool) -> Value {
    match value {
        Value::Object(parts) => parts.into_iter().filter(|(own, _)| keeps(own)).collect::<Object>().into(),
        Value::Array(items) => items.into_iter().map(|item| of_each(item, keeps)).collect::<Vec<_>>().into(),
        simple => simple,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::schema::{ENTERPRISE, GROUPS, MEMBERS, USERS};
    use super::*;

    fn seen(only: &[&str], without: &[&str]) -> Value {
        let resource = json!({
            "schemas": ["s"], "id": "7", "userName": "jane", "name": { "givenName": "Jane", "familyName": "Doe" },
            "emails": [{ "value": "a@acme.com", "type": "work" }], "meta": { "location": "l" },
            ENTERPRISE.id: { "department": "IT", "organization": "Acme" },
        });
        let resource = resource.as_object().unwrap().clone();
        Value::Object(Selection::read(only, without).unwrap().apply(&USERS, resource))
    }

    #[test]
    fn an_answer_has_what_was_asked_for_and_its_id() {
        let base = json!({ "schemas": ["s"], "id": "7" });
        let with = |key: &str, value: Value| {
            let mut whole = base.clone();
            whole[key] = value;
            whole
        };
        let department = format!("{}:department", ENTERPRISE.id);
        for (names, expected) in [
            (&["username"][..], with("userName", json!("jane"))),
            (&["name.GIVENNAME"], with("name", json!({ "givenName": "Jane" }))),
            (&["name", "name.givenName"], with("name", json!({ "givenName": "Jane", "familyName": "Doe" }))),
            (&["emails.value"], with("emails", json!([{ "value": "a@acme.com" }]))),
            (&[&department], with(ENTERPRISE.id, json!({ "department": "IT" }))),
            (&[ENTERPRISE.id], with(ENTERPRISE.id, json!({ "department": "IT", "organization": "Acme" }))),
            (&["nonsense"], base.clone()),
        ] {
            assert_eq!(seen(names, &[]), expected, "{names:?}");
        }
    }

    #[test]
    fn what_is_left_out_is_never_the_id() {
        let seen = seen(
            &[],
            &["id", "schemas", "NAME", "emails.type", "meta", &format!("{}:organization", ENTERPRISE.id)],
        );
        let expected = json!({
            "schemas": ["s"], "id": "7", "userName": "jane", "emails": [{ "value": "a@acme.com" }],
            ENTERPRISE.id: { "department": "IT" },
        });
        assert_eq!(seen, expected);
        assert!(Selection::read(&["a"], &["b"]).is_err());
        let without = Selection::read(&[], &["members"]).unwrap();
        assert!(!without.shows(&GROUPS, MEMBERS) && Selection::Default.shows(&GROUPS, MEMBERS));
        assert!(Selection::read(&[], &["members.display"]).unwrap().shows(&GROUPS, MEMBERS));
    }
}
