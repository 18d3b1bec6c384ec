//! PATCH (RFC 7644 section 3.5.2): operations on a resource, all of them or none. What real clients send besides the standard is
//! taken where it can mean one thing only.

mod many;

use serde_json::Value;

use super::path::{Home, Target, home};
use super::resource::{finish, one, values};
use super::schema::{Attribute, MEMBERS, Mutability, ResourceType, Schema, VALUE};
use super::{Mistake, MistakeKind, Object};
use many::{change_some, set_many};

/// The most operations of one request: each may have to look at every member of a large group.
const MOST_OPERATIONS: usize = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Add,
    Replace,
    Remove,
}

#[derive(Debug, Clone, PartialEq)]
struct Operation {
    verb: Verb,
    path: Option<String>,
    value: Value,
}

/// The operations of a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Patch(Vec<Operation>);

impl Patch {
    /// Reads a body. The list is called `Operations`, or `operations` by some; `schemas` may be missing.
    pub fn read(body: Value) -> Result<Self, Mistake> {
        let refused = |detail: &str| MistakeKind::InvalidSyntax.because(detail);
        let list = match body {
            Value::Object(mut body) => body.remove("Operations").or_else(|| body.remove("operations")),
            _ => None,
        };
        let list = match list {
            Some(Value::Array(list)) if !list.is_empty() => list,
            _ => return Err(refused("Operations is a list of at least one operation.")),
        };
        if list.len() > MOST_OPERATIONS {
            let detail = format!("A request has at most {MOST_OPERATIONS} operations.");
            return Err(MistakeKind::TooMany.because(detail));
        }
        list.into_iter().map(operation).collect::<Result<_, _>>().map(Self)
    }

    /// The members that it names, by their ids as they were written: what it makes of each depends on no other one. `None` where
    /// it is about all of them, such as to put others in their place.
    pub fn named_members(&self, kind: &ResourceType) -> Option<Vec<String>> {
        let mut named = Vec::new();
        for Operation { verb, path, value } in &self.0 {
            match path {
                Some(path) => match Target::parse(kind, path) {
                    Ok(target) => name_members(&mut named, *verb, &target, value)?,
                    // It will be refused, whoever is in the group.
                    Err(_) => continue,
                },
                None => {
                    for (name, value) in value.as_object().into_iter().flatten() {
                        let Ok(target) = Target::parse(kind, name) else { continue };
                        name_members(&mut named, *verb, &target, value)?;
                    }
                }
            }
        }
        Some(named)
    }

    /// Does all of it to a resource.
    pub fn apply(self, kind: &ResourceType, resource: &Object) -> Result<Object, Mistake> {
        let mut changed = resource.clone();
        for Operation { verb, path, value } in self.0 {
            match path {
                Some(path) => apply(&mut changed, verb, Target::parse(kind, &path)?, value)?,
                None => apply_all(kind, &mut changed, verb, value)?,
            }
        }
        finish(kind, &mut changed)?;
        Ok(changed)
    }
}

/// Adds the members that an operation names; `None` if it is about others too.
fn name_members(named: &mut Vec<String>, verb: Verb, target: &Target, value: &Value) -> Option<()> {
    let Target::Attribute { attribute, filter, part, .. } = target else { return Some(()) };
    if attribute.name != MEMBERS {
        return Some(());
    }
    if let Some(filter) = filter {
        named.push(filter.sole_text(VALUE)?.to_owned());
    }
    if filter.is_none() && (part.is_some() || verb == Verb::Replace) {
        return None;
    }
    // What cannot be read is refused where it is done, whoever is in the group.
    let Ok(listed) = values(attribute, value.clone()) else { return Some(()) };
    if filter.is_none() && verb == Verb::Remove && listed.is_none() {
        return None;
    }
    let listed = listed.as_ref().and_then(Value::as_array).into_iter().flatten();
    named.extend(listed.filter_map(|item| Some(item.get(VALUE)?.as_str()?.to_owned())));
    Some(())
}

fn operation(sent: Value) -> Result<Operation, Mistake> {
    let refused = |detail: &str| MistakeKind::InvalidSyntax.because(detail);
    let Value::Object(mut sent) = sent else { return Err(refused("An operation is an object.")) };
    let verb = match sent.get("op").and_then(Value::as_str).map(str::to_ascii_lowercase).as_deref() {
        Some("add") => Verb::Add,
        Some("replace") => Verb::Replace,
        Some("remove") => Verb::Remove,
        _ => return Err(refused("op: expected add, replace or remove.")),
    };
    let path = match sent.remove("path") {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) if path.is_empty() => None,
        Some(Value::String(path)) => Some(path),
        Some(_) => return Err(refused("path: expected a text.")),
    };
    if path.is_none() && verb == Verb::Remove {
        return Err(MistakeKind::NoTarget.because("What is to be removed needs a path."));
    }
    let value = sent.remove("value");
    if value.is_none() && verb != Verb::Remove {
        return Err(refused("An operation that adds or replaces has a value."));
    }
    Ok(Operation { verb, path, value: value.unwrap_or_default() })
}

/// An operation without a path: each member of its value is one of its own. What is unknown there is ignored as in a whole
/// resource, and so is what is only shown, which some clients repeat.
fn apply_all(kind: &ResourceType, resource: &mut Object, verb: Verb, value: Value) -> Result<(), Mistake> {
    let Value::Object(values) = value else {
        return Err(MistakeKind::InvalidValue.because("Without a path the value is an object."));
    };
    for (name, value) in values {
        match (home(kind, &name), value) {
            (Some((Home::Extension(schema), "")), value) => extend(resource, schema, verb, value)?,
            (_, value) => match Target::parse(kind, &name) {
                Ok(Target::Attribute { attribute, .. }) if !attribute.is_writable() => (),
                Ok(target) => apply(resource, verb, target, value)?,
                Err(_) => (),
            },
        }
    }
    Ok(())
}

/// Some or all attributes of an extension.
fn extend(resource: &mut Object, schema: &'static Schema, verb: Verb, value: Value) -> Result<(), Mistake> {
    if verb == Verb::Remove {
        resource.remove(schema.id);
        return Ok(());
    }
    let Value::Object(sent) = value else {
        return Err(MistakeKind::InvalidValue.because("An extension is an object."));
    };
    for (name, value) in sent {
        let Some(attribute) = schema.attribute(&name).filter(|found| found.is_writable()) else { continue };
        let target = Target::Attribute { home: Home::Extension(schema), attribute, filter: None, part: None };
        apply_known(resource, verb, target, value)?;
    }
    Ok(())
}

fn apply(resource: &mut Object, verb: Verb, target: Target, value: Value) -> Result<(), Mistake> {
    match target {
        Target::Ignored => Ok(()),
        Target::Extension(schema) if !schema.attributes.iter().any(Attribute::is_writable) => {
            Err(MistakeKind::Mutability.because(format!("{} is only shown.", schema.name)))
        }
        Target::Extension(schema) => extend(resource, schema, verb, value),
        target => apply_known(resource, verb, target, value),
    }
}

fn apply_known(resource: &mut Object, verb: Verb, target: Target, value: Value) -> Result<(), Mistake> {
    let Target::Attribute { home, attribute, filter, part } = target else { return Ok(()) };
    let is_removed = verb == Verb::Remove || value.is_null();
    if !may_change(resource, attribute, part, is_removed, &value)? {
        return Ok(());
    }
    let place = match home {
        Home::Own => &mut *resource,
        Home::Extension(schema) if is_removed => {
            match resource.get_mut(schema.id).and_then(Value::as_object_mut) {
                Some(extension) => extension,
                None => return Ok(()),
            }
        }
        Home::Extension(schema) => object_at(resource, schema.id)?,
    };
    match (attribute.many, filter, part) {
        (false, _, None) if attribute.parts.is_empty() => set(place, attribute, is_removed, value)?,
        (false, _, None) => merge(place, attribute, is_removed, value)?,
        (false, _, Some(part)) => {
            let whole = object_at(place, attribute.name)?;
            set(whole, part, is_removed, value)?;
        }
        (true, None, None) => set_many(place, attribute, verb, value)?,
        (true, filter, part) => {
            let items = items_at(place, attribute)?;
            change_some(items, attribute, verb, filter.as_ref(), part, value)?;
        }
    }
    prune(resource, attribute, home);
    if attribute.required && home == Home::Own && !resource.contains_key(attribute.name) {
        return Err(fixed(attribute.name, "cannot be without a value"));
    }
    Ok(())
}

fn fixed(name: &str, why: &str) -> Mistake {
    MistakeKind::Mutability.because(format!("{name} {why}."))
}

/// Whether there is something to do; refuses what a client may not change. What never changes may be said again.
fn may_change(
    resource: &Object,
    attribute: &'static Attribute,
    part: Option<&'static Attribute>,
    is_removed: bool,
    value: &Value,
) -> Result<bool, Mistake> {
    if !attribute.is_writable() {
        return Err(fixed(attribute.name, "is only shown"));
    }
    if let Some(part) = part.filter(|part| part.mutability != Mutability::ReadWrite) {
        return Err(fixed(part.name, "cannot be changed"));
    }
    if attribute.mutability != Mutability::Immutable {
        return Ok(true);
    }
    let is_same = !is_removed && one(attribute, value.clone())?.as_ref() == resource.get(attribute.name);
    if is_same { Ok(false) } else { Err(fixed(attribute.name, "cannot be changed")) }
}

/// What became empty is not there.
fn prune(resource: &mut Object, attribute: &Attribute, home: Home) {
    let is_empty = |value: &Value| match value {
        Value::Object(parts) => parts.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    let mut place = Some(&mut *resource);
    if let Home::Extension(schema) = home {
        place = place.and_then(|resource| resource.get_mut(schema.id)?.as_object_mut());
    }
    if let Some(place) = place
        && place.get(attribute.name).is_some_and(is_empty)
    {
        place.remove(attribute.name);
    }
    if let Home::Extension(schema) = home
        && resource.get(schema.id).is_some_and(is_empty)
    {
        resource.remove(schema.id);
    }
}

/// The object under a name, made if there is none.
fn object_at<'r>(place: &'r mut Object, name: &str) -> Result<&'r mut Object, Mistake> {
    let whole = place.entry(name).or_insert_with(|| Value::Object(Object::new()));
    whole.as_object_mut().ok_or_else(|| MistakeKind::InvalidPath.because(format!("{name} has no parts.")))
}

/// The values of an attribute that has many.
fn items_at<'r>(place: &'r mut Object, attribute: &Attribute) -> Result<&'r mut Vec<Value>, Mistake> {
    let items = place.entry(attribute.name).or_insert_with(|| Value::Array(Vec::new()));
    items
        .as_array_mut()
        .ok_or_else(|| MistakeKind::InvalidPath.because(format!("{} has one value.", attribute.name)))
}

fn set(
    place: &mut Object,
    attribute: &'static Attribute,
    is_removed: bool,
    value: Value,
) -> Result<(), Mistake> {
    match if is_removed { None } else { one(attribute, value)? } {
        Some(value) => place.insert(attribute.name.to_owned(), value),
        None => place.remove(attribute.name),
    };
    Ok(())
}

/// A complex value: the parts that are named are replaced, the others stay (RFC 7644 section 3.5.2.3).
fn merge(
    place: &mut Object,
    attribute: &'static Attribute,
    is_removed: bool,
    value: Value,
) -> Result<(), Mistake> {
    if is_removed {
        place.remove(attribute.name);
        return Ok(());
    }
    let Value::Object(parts) = value else {
        return Err(MistakeKind::InvalidValue.because(format!("{}: expected an object.", attribute.name)));
    };
    let whole = object_at(place, attribute.name)?;
    for (name, value) in parts {
        if let Some(part) = attribute.part(&name).filter(|part| part.is_writable()) {
            set(whole, part, false, value)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
