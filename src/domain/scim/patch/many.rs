//! Attributes with many values: all of them, those that are listed, or those that a filter admits.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::super::filter::ValueFilter;
use super::super::resource::{keep_one_primary, one, values};
use super::super::schema::{Attribute, MEMBERS, VALUE};
use super::super::{Mistake, MistakeKind, Object};
use super::{Verb, items_at, set};

/// All values of an attribute, or those that are listed.
pub(super) fn set_many(
    place: &mut Object,
    attribute: &'static Attribute,
    verb: Verb,
    value: Value,
) -> Result<(), Mistake> {
    let listed = match values(attribute, value)? {
        Some(Value::Array(listed)) => listed,
        _ => Vec::new(),
    };
    match verb {
        Verb::Replace => {
            let mut items = Vec::new();
            append(&mut items, attribute, listed)?;
            place.insert(attribute.name.to_owned(), Value::Array(items));
        }
        Verb::Add => append(items_at(place, attribute)?, attribute, listed)?,
        Verb::Remove if listed.is_empty() => {
            place.remove(attribute.name);
        }
        // Not of the standard: the values to be removed are listed as if they were to be added.
        Verb::Remove => {
            let gone: HashSet<String> = listed.iter().map(|item| identity(attribute, item)).collect();
            items_at(place, attribute)?.retain(|item| !gone.contains(&identity(attribute, item)));
        }
    }
    Ok(())
}

/// What makes a value the same as another: all of it, but for a member who it is.
fn identity(attribute: &Attribute, item: &Value) -> String {
    match item.get(VALUE).and_then(Value::as_str) {
        Some(value) if attribute.name == MEMBERS => value.to_ascii_lowercase(),
        _ => item.to_string(),
    }
}

/// Adds values that are not there yet; the newest primary one is the only one.
fn append(items: &mut Vec<Value>, attribute: &Attribute, new: Vec<Value>) -> Result<(), Mistake> {
    let before = items.len();
    let mut known: HashMap<String, usize> =
        items.iter().enumerate().map(|(place, item)| (identity(attribute, item), place)).collect();
    for item in new {
        match known.get(&identity(attribute, &item)) {
            Some(place) => items[*place] = item,
            None => {
                known.insert(identity(attribute, &item), items.len());
                items.push(item);
            }
        }
    }
    if items.len() > attribute.most {
        let detail = format!("{} has more than {} values.", attribute.name, attribute.most);
        return Err(MistakeKind::TooMany.because(detail));
    }
    keep_one_primary(items, before);
    Ok(())
}

/// Those values that a filter admits, or one part of them.
pub(super) fn change_some(
    items: &mut Vec<Value>,
    attribute: &'static Attribute,
    verb: Verb,
    filter: Option<&ValueFilter>,
    part: Option<&'static Attribute>,
    value: Value,
) -> Result<(), Mistake> {
    let admits = |item: &Value| filter.is_none_or(|filter| filter.admits(item));
    if !items.iter().any(admits) {
        return add_described(items, attribute, verb, filter, part, value);
    }
    let is_removed = verb == Verb::Remove || value.is_null();
    // A list of the one value that is meant.
    let value = match value {
        Value::Array(mut list) if part.is_none() && list.len() == 1 => list.pop().unwrap_or_default(),
        value => value,
    };
    match part {
        None if is_removed => items.retain(|item| !admits(item)),
        None => {
            let Some(new) = one(attribute, value)? else { return Ok(()) };
            for item in items.iter_mut().filter(|item| admits(item)) {
                match (item.as_object_mut(), &new) {
                    (Some(item), Value::Object(parts)) if verb == Verb::Add => item.extend(parts.clone()),
                    _ => *item = new.clone(),
                }
            }
        }
        Some(part) => {
            let mut changed = None;
            for (place, item) in items.iter_mut().enumerate().filter(|(_, item)| admits(item)) {
                let Some(item) = item.as_object_mut() else { continue };
                set(item, part, is_removed, value.clone())?;
                changed.get_or_insert(place);
            }
            // What a value is without its value is nothing.
            items.retain(|item| item.get(VALUE).is_some());
            keep_one_primary(items, changed.unwrap_or_default());
            return Ok(());
        }
    }
    keep_one_primary(items, 0);
    Ok(())
}

/// What to do where no value is meant: one is added that is as the filter describes it, if that was asked for.
fn add_described(
    items: &mut Vec<Value>,
    attribute: &'static Attribute,
    verb: Verb,
    filter: Option<&ValueFilter>,
    part: Option<&'static Attribute>,
    value: Value,
) -> Result<(), Mistake> {
    let nothing =
        || MistakeKind::NoTarget.because(format!("No value of {} is as the path says.", attribute.name));
    // Who is in no group need not be taken out of it: clients do so again when they lost an answer.
    let is_gone = filter.is_some_and(|filter| filter.sole_text(VALUE).is_some()) && attribute.name == MEMBERS;
    match verb {
        Verb::Remove if is_gone || filter.is_none() => return Ok(()),
        Verb::Replace if filter.is_some() => return Err(nothing()),
        Verb::Remove => return Err(nothing()),
        Verb::Add | Verb::Replace => (),
    }
    let mut new = match filter {
        Some(filter) => filter.described().ok_or_else(nothing)?,
        None => Object::new(),
    };
    match (part, value) {
        (Some(part), value) => set(&mut new, part, false, value)?,
        (None, Value::Object(parts)) => new.extend(parts),
        (None, _) => return Err(nothing()),
    }
    let new = one(attribute, Value::Object(new))?;
    append(items, attribute, new.into_iter().collect())
}
