//! PATCH as clients send it, and bodies that are none: all of it is done or nothing, and nothing breaks.

use http::{Method, StatusCode};
use postern::domain::organization::OrganizationId;
use serde_json::{Value, json};

use super::Api;
use crate::support::world::World;

async fn nora(world: &World) -> (Api, String) {
    let api = Api::of_directory(world, OrganizationId::only(), "Entra").await;
    let sent = json!({ "userName": "nora@acme.com", "name": { "givenName": "Nora", "familyName": "Ek" } });
    let added = api.post(&api.below("/Users"), sent).await;
    let one = added.header("location").to_owned();
    (api, one)
}

#[tokio::test]
async fn what_real_clients_send_is_done_and_reaches_the_account() {
    let world = World::start().await;
    let (api, one) = nora(&world).await;
    let department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
    let operations = json!([
        { "op": "Add", "path": "name.givenName", "value": "Nora B." },
        { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "nora.b@acme.com" },
        { "op": "Add", "path": department, "value": "IT" },
        { "op": "add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "7" },
        { "op": "Add", "path": "addresses[type eq \"work\"].locality", "value": "Oslo" },
        { "op": "replace", "value": { "title": "Lead", "nickName": "No", "unknown": { "deep": [1] } } },
    ]);
    let body = json!({ "operations": operations });
    let answer = api.ask(Method::PATCH, &one, Some(body)).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let user = answer.json();
    assert_eq!((&user["name"]["givenName"], &user["title"]), (&"Nora B.".into(), &"Lead".into()));
    assert_eq!(user["phoneNumbers"], json!([{ "type": "mobile", "value": "7" }]));
    assert_eq!(api.get(&one).await.json(), user);
    let followed = "SELECT count(*) FROM accounts WHERE email = 'nora.b@acme.com' AND name = 'Nora B. Ek' \
                    AND department = 'IT' AND job_title = 'Lead' AND nickname = 'No'";
    assert_eq!(world.count(followed).await, 1);
    let removed = json!([{ "op": "remove", "path": department }, { "op": "Remove", "path": "title" }]);
    assert_eq!(api.patch(&one, removed).await.json()["title"], Value::Null);
    let cleared = "SELECT count(*) FROM accounts WHERE email = 'nora.b@acme.com' AND department IS NULL AND job_title IS NULL";
    assert_eq!(world.count(cleared).await, 1);
    let (target, more) =
        (format!("{one}?attributes=title"), json!([{ "op": "add", "path": "title", "value": "CTO" }]));
    let only = api.patch(&target, more).await.json();
    assert_eq!((only.as_object().unwrap().len(), &only["title"]), (3, &"CTO".into()), "{only}");
}

#[tokio::test]
async fn a_request_of_which_one_operation_fails_changes_nothing() {
    let world = World::start().await;
    let (api, one) = nora(&world).await;
    let before = api.get(&one).await.json();
    for (operation, kind) in [
        (json!({ "op": "replace", "path": "nonsense", "value": "x" }), "invalidPath"),
        (json!({ "op": "replace", "path": "id", "value": "x" }), "mutability"),
        (json!({ "op": "remove", "path": "emails" }), "mutability"),
        (json!({ "op": "remove" }), "noTarget"),
        (json!({ "op": "replace", "path": "emails[type eq \"home\"].value", "value": "x" }), "noTarget"),
        (json!({ "op": "explode", "path": "title" }), "invalidSyntax"),
    ] {
        let answer =
            api.patch(&one, json!([{ "op": "add", "path": "title", "value": "Lead" }, operation])).await;
        assert_eq!(
            (answer.status, &answer.json()["scimType"]),
            (StatusCode::BAD_REQUEST, &kind.into()),
            "{answer:?}"
        );
    }
    assert_eq!(api.get(&one).await.json(), before);
    assert_eq!(world.count("SELECT count(*) FROM audit WHERE action = 'user_updated'").await, 0);
    assert_eq!(
        api.patch(&one, json!([{ "op": "replace", "path": "active", "value": true }])).await.json(),
        before
    );
    assert_eq!(
        world.count("SELECT count(*) FROM audit WHERE action = 'user_updated'").await,
        0,
        "nothing changed"
    );
}

#[tokio::test]
async fn t132_t133_nothing_that_is_sent_breaks_anything() {
    let world = World::start().await;
    let (api, one) = nora(&world).await;
    let key = format!("Bearer {}", api.key);
    let group = api
        .post(&api.below("/Groups"), json!({ "displayName": "Staff" }))
        .await
        .header("location")
        .to_owned();
    let deep = format!("{{\"userName\":{}", "[".repeat(10_000));
    let nested = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    let bodies = [
        deep,
        "{".to_owned(),
        "null".to_owned(),
        "[]".to_owned(),
        "\"x\"".to_owned(),
        "{\"userName\":\"\\u0000@acme.com\"}".to_owned(),
        "{\"displayName\":\"\\u0000\"}".to_owned(),
        "{\"userName\":\"\\ud800\"}".to_owned(),
        format!("{{\"userName\":\"a@acme.com\",\"emails\":{nested}}}"),
        format!("{{\"displayName\":\"x\",\"members\":{nested}}}"),
        format!("{{\"Operations\":[{{\"op\":\"add\",\"path\":\"members\",\"value\":{nested}}}]}}"),
        format!("{{\"Operations\":[{{\"op\":\"add\",\"path\":\"{}\",\"value\":1}}]}}", "[".repeat(5_000)),
        "{\"Operations\":[{\"op\":\"remove\",\"path\":\"members[value eq \\\"\\\\u0000\\\"]\"}]}".to_owned(),
        "{\"startIndex\":\"x\"}".to_owned(),
    ];
    for body in bodies {
        for (method, target) in [
            (Method::POST, api.below("/Users")),
            (Method::POST, api.below("/Groups")),
            (Method::POST, api.below("/.search")),
            (Method::PUT, one.clone()),
            (Method::PATCH, one.clone()),
            (Method::PUT, group.clone()),
            (Method::PATCH, group.clone()),
        ] {
            let headers = [("authorization", key.as_str()), ("content-type", "application/scim+json")];
            let answer = api.send(method.clone(), &target, &headers, body.clone()).await;
            let status = answer.status.as_u16();
            assert!(status < 500, "{method} {target} {}: {answer:?}", body.get(..80).unwrap_or(&body));
            assert!(status < 300 || answer.json()["detail"].is_string(), "{answer:?}");
        }
    }
    let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
    let large = api.send(Method::POST, &api.below("/Users"), &headers, " ".repeat(1024 * 1024 + 1)).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    let kind = [("authorization", key.as_str()), ("content-type", "text/plain")];
    let text = api.send(Method::POST, &api.below("/Users"), &kind, "{}").await;
    assert_eq!(text.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(world.count("SELECT count(*) FROM scim_users").await, 1);
}
