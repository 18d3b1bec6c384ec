//! Every form of an operation, and how each that cannot be done is refused.

use serde_json::json;

use super::*;
use crate::domain::scim::schema::{ENTERPRISE, GROUPS, USERS};

fn jane() -> Value {
    json!({
        "userName": "jane", "active": true, "name": { "givenName": "Jane", "familyName": "Doe" },
        "emails": [{ "value": "a@acme.com", "type": "work", "primary": true }],
    })
}

fn patched(kind: &ResourceType, resource: Value, operations: Value) -> Result<Value, &'static str> {
    let resource = resource.as_object().unwrap();
    let patch = Patch::read(json!({ "Operations": operations })).map_err(|mistake| mistake.kind.keyword())?;
    patch.apply(kind, resource).map(Value::Object).map_err(|mistake| mistake.kind.keyword())
}

/// One operation on Jane, and a place that it changes.
fn one_of_jane(operation: Value, place: &str) -> Result<Value, &'static str> {
    Ok(patched(&USERS, jane(), json!([operation]))?.pointer(place).cloned().unwrap_or_default())
}

#[test]
fn every_form_of_an_operation_does_what_it_says() {
    let enterprise = ENTERPRISE.id;
    let under = format!("/{enterprise}/department");
    for (operation, place, expected) in [
        (json!({ "op": "Replace", "path": "active", "value": "False" }), "/active", json!(false)),
        (json!({ "op": "replace", "value": { "active": false } }), "/active", json!(false)),
        (json!({ "op": "add", "path": "name.givenName", "value": "J" }), "/name/givenName", json!("J")),
        (
            json!({ "op": "replace", "value": { "name.givenName": "J" } }),
            "/name",
            json!({ "givenName": "J", "familyName": "Doe" }),
        ),
        (
            json!({ "op": "replace", "path": "name", "value": { "givenName": "J" } }),
            "/name",
            json!({ "givenName": "J", "familyName": "Doe" }),
        ),
        (json!({ "op": "remove", "path": "name.givenName" }), "/name", json!({ "familyName": "Doe" })),
        (json!({ "op": "remove", "path": "name" }), "/name", Value::Null),
        (json!({ "op": "replace", "path": "title", "value": null }), "/title", Value::Null),
        (
            json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "b@acme.com" }),
            "/emails/0/value",
            json!("b@acme.com"),
        ),
        (
            json!({ "op": "replace", "path": "emails.value", "value": "b@acme.com" }),
            "/emails/0/value",
            json!("b@acme.com"),
        ),
        (
            json!({ "op": "add", "path": "emails[type eq \"home\"].value", "value": "h@acme.com" }),
            "/emails/1",
            json!({ "type": "home", "value": "h@acme.com" }),
        ),
        (
            json!({ "op": "add", "path": "emails", "value": [{ "value": "b@acme.com", "primary": true }] }),
            "/emails/0/primary",
            json!(false),
        ),
        (json!({ "op": "add", "path": "emails", "value": jane()["emails"] }), "/emails/1", Value::Null),
        (
            json!({ "op": "replace", "path": "emails", "value": [{ "value": "b@acme.com" }] }),
            "/emails",
            json!([{ "value": "b@acme.com" }]),
        ),
        (
            json!({ "op": "add", "path": format!("{enterprise}:department"), "value": "IT" }),
            &under,
            json!("IT"),
        ),
        (json!({ "op": "add", "path": enterprise, "value": { "department": "IT" } }), &under, json!("IT")),
        (
            json!({ "op": "add", "value": { enterprise: { "department": "IT", "manager": "x" } } }),
            &under,
            json!("IT"),
        ),
        (json!({ "op": "remove", "path": enterprise }), &under, Value::Null),
        (
            json!({ "op": "add", "path": "addresses[type eq \"work\"].locality", "value": "X" }),
            "/addresses",
            Value::Null,
        ),
        (
            json!({ "op": "replace", "value": { "id": "7", "nonsense": 1, "groups": [], "title": "Lead" } }),
            "/title",
            json!("Lead"),
        ),
    ] {
        assert_eq!(one_of_jane(operation.clone(), place), Ok(expected), "{operation}");
    }
}

#[test]
fn what_cannot_be_done_is_named_as_the_standard_names_it() {
    for (operation, expected) in [
        (json!({ "op": "move", "path": "title" }), "invalidSyntax"),
        (json!({ "path": "title", "value": "x" }), "invalidSyntax"),
        (json!({ "op": "add", "path": "title" }), "invalidSyntax"),
        (json!({ "op": "add", "path": 7, "value": "x" }), "invalidSyntax"),
        (json!("add"), "invalidSyntax"),
        (json!({ "op": "remove" }), "noTarget"),
        (json!({ "op": "add", "value": "x" }), "invalidValue"),
        (json!({ "op": "add", "path": "nonsense", "value": "x" }), "invalidPath"),
        (json!({ "op": "add", "path": "emails[", "value": "x" }), "invalidPath"),
        (json!({ "op": "replace", "path": "emails[type eq \"home\"].value", "value": "x" }), "noTarget"),
        (json!({ "op": "remove", "path": "emails[type eq \"home\"]" }), "noTarget"),
        (json!({ "op": "replace", "path": "id", "value": "7" }), "mutability"),
        (json!({ "op": "add", "path": "groups", "value": [{ "value": "7" }] }), "mutability"),
        (json!({ "op": "remove", "path": "userName" }), "mutability"),
        (json!({ "op": "replace", "path": "userName", "value": "" }), "mutability"),
        (json!({ "op": "remove", "path": "emails" }), "mutability"),
        (json!({ "op": "remove", "path": "emails[type eq \"work\"]" }), "mutability"),
        (json!({ "op": "replace", "path": "active", "value": "perhaps" }), "invalidValue"),
        (json!({ "op": "replace", "path": "title", "value": ["a"] }), "invalidValue"),
        (
            json!({ "op": "replace", "path": "urn:scim:schemas:extension:atlassian-external:1.0", "value": {} }),
            "mutability",
        ),
    ] {
        assert_eq!(one_of_jane(operation.clone(), ""), Err(expected), "{operation}");
    }
    for body in [json!({}), json!([]), json!({ "Operations": [] }), json!({ "Operations": {} })] {
        assert_eq!(Patch::read(body).unwrap_err().kind, MistakeKind::InvalidSyntax);
    }
    let many = vec![json!({ "op": "add", "path": "title", "value": "x" }); MOST_OPERATIONS + 1];
    assert_eq!(Patch::read(json!({ "operations": many })).unwrap_err().kind, MistakeKind::TooMany);
}

#[test]
fn members_come_and_go_and_the_name_stays() {
    let group = |members: Value| json!({ "displayName": "A", "members": members });
    let two = json!([{ "value": "1" }, { "value": "2" }]);
    for (operation, expected) in [
        (
            json!({ "op": "add", "path": "members", "value": [{ "value": "2", "$ref": null }, { "value": "3" }] }),
            json!([{ "value": "1" }, { "value": "2" }, { "value": "3" }]),
        ),
        (
            json!({ "op": "add", "value": { "members": [{ "value": "3", "display": "C" }] } }),
            json!([{ "value": "1" }, { "value": "2" }, { "value": "3", "display": "C" }]),
        ),
        (json!({ "op": "add", "path": "members", "value": { "value": "2" } }), two.clone()),
        (json!({ "op": "replace", "path": "members", "value": ["3"] }), json!([{ "value": "3" }])),
        (json!({ "op": "remove", "path": "members[value eq \"1\"]" }), json!([{ "value": "2" }])),
        (json!({ "op": "remove", "path": "members[value eq \"9\"]" }), two.clone()),
        (
            json!({ "op": "remove", "path": "members", "value": [{ "value": "1" }] }),
            json!([{ "value": "2" }]),
        ),
        (json!({ "op": "remove", "path": "members" }), Value::Null),
        (json!({ "op": "replace", "value": { "id": "7", "displayName": "A" } }), two.clone()),
    ] {
        let after = patched(&GROUPS, group(two.clone()), json!([operation]));
        assert_eq!(after.map(|group| group["members"].clone()), Ok(expected), "{operation}");
    }
    for operation in [
        json!({ "op": "replace", "path": "displayName", "value": "B" }),
        json!({ "op": "replace", "value": { "displayName": "B" } }),
        json!({ "op": "remove", "path": "displayName" }),
        json!({ "op": "replace", "path": "members[value eq \"1\"].value", "value": "2" }),
    ] {
        let after = patched(&GROUPS, group(two.clone()), json!([operation]));
        assert_eq!(after, Err("mutability"), "{operation}");
    }
}

#[test]
fn all_operations_are_done_or_none() {
    let operations = json!([
        { "op": "replace", "path": "title", "value": "Lead" },
        { "op": "replace", "path": "nonsense", "value": "x" },
    ]);
    assert_eq!(patched(&USERS, jane(), operations), Err("invalidPath"));
}

#[test]
fn what_names_members_does_the_same_to_them_whoever_else_is_in_the_group() {
    let member = |id: &str| json!({ "value": id });
    let group = |ids: &[&str]| json!({ "displayName": "A", "members": ids.iter().map(|id| member(id)).collect::<Value>() });
    let of = |group: &Value| group["members"].as_array().cloned().unwrap_or_default();
    for (operations, expected) in [
        (
            json!([{ "op": "add", "path": "members", "value": [member("3"), member("9")] }]),
            Some(vec!["3", "9"]),
        ),
        (
            json!([{ "op": "add", "path": "Members", "value": [{ "VALUE": "3", "display": "C" }] }]),
            Some(vec!["3"]),
        ),
        (json!([{ "op": "add", "path": "members", "value": "9" }]), Some(vec!["9"])),
        (json!([{ "op": "add", "value": { "members": [member("9")] } }]), Some(vec!["9"])),
        (json!([{ "op": "remove", "path": "members[value eq \"3\"]" }]), Some(vec!["3"])),
        (json!([{ "op": "remove", "path": "members", "value": [{ "Value": "3" }] }]), Some(vec!["3"])),
        (
            json!([
                { "op": "add", "path": "members", "value": [member("9")] },
                { "op": "remove", "path": "members[value eq \"9\"]" },
                { "op": "replace", "path": "members[value eq \"3\"].display", "value": "C" },
            ]),
            Some(vec!["9", "9", "3", "C"]),
        ),
        (json!([{ "op": "replace", "path": "externalId", "value": "g1" }]), Some(vec![])),
        (json!([{ "op": "replace", "value": { "displayName": "A", "schemas": [] } }]), Some(vec![])),
        (json!([{ "op": "remove", "path": "members" }]), None),
        (json!([{ "op": "remove", "path": "members", "value": [] }]), None),
        (json!([{ "op": "replace", "path": "members", "value": [member("3")] }]), None),
        (json!([{ "op": "replace", "value": { "members": [member("3")] } }]), None),
        (json!([{ "op": "remove", "path": "members[display eq \"C\"]" }]), None),
        (json!([{ "op": "remove", "path": "members[value eq \"3\" or value eq \"4\"]" }]), None),
        (json!([{ "op": "replace", "path": "members.display", "value": "C" }]), None),
        (
            json!([
                { "op": "add", "path": "members", "value": [member("9")] },
                { "op": "remove", "path": "members" },
            ]),
            None,
        ),
    ] {
        let patch = Patch::read(json!({ "Operations": operations })).unwrap();
        let named = patch.named_members(&GROUPS);
        assert_eq!(named, expected.map(|ids| ids.into_iter().map(str::to_owned).collect()), "{operations}");
        let Some(named) = named else { continue };
        let is_named = |item: &Value| named.iter().any(|id| item["value"] == **id);
        let all = patched(&GROUPS, group(&["1", "2", "3", "4"]), operations.clone()).unwrap();
        let few = if named.contains(&"3".to_owned()) { &["3"][..] } else { &[] };
        let some = patched(&GROUPS, group(few), operations.clone()).unwrap();
        let changed: Vec<Value> = of(&all).into_iter().filter(is_named).collect();
        assert_eq!(of(&some), changed, "{operations}");
        let untouched = of(&all).into_iter().filter(|item| !is_named(item)).count();
        assert_eq!(untouched, if few.is_empty() { 4 } else { 3 }, "{operations}");
    }
}
