//! What holds for every operation, by the document of the API: who is let in, and how everybody else is refused.

use http::{Method, StatusCode};
use postern::admin::api::document;
use postern::domain::api_key::{Scope, Scopes};
use postern::domain::organization::OrganizationId;
use serde_json::Value;

use super::{Api, code};
use crate::gateway::organizations::divide;
use crate::support::world::World;

/// An operation of the document.
struct Operation {
    method: Method,
    path: String,
    /// Any one of them opens it.
    scopes: Vec<Scope>,
}

impl Operation {
    /// The path with ids that lead nowhere.
    fn target(&self, organization: &str) -> String {
        let nobody = uuid::Uuid::from_u128(7).to_string();
        let parts = self.path.split('/').map(|part| match part {
            "{org}" => organization,
            part if part.starts_with('{') => &nobody,
            part => part,
        });
        parts.collect::<Vec<_>>().join("/")
    }

    fn has_organization(&self) -> bool {
        self.path.contains("{org}")
    }
}

fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(document()).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, operation)| Operation {
            method: Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(),
            path: path.clone(),
            scopes: scopes(operation),
        })
    });
    operations.collect()
}

fn scopes(operation: &Value) -> Vec<Scope> {
    let labels = operation["security"][0]["api_key"].as_array().unwrap();
    labels.iter().map(|label| Scope::of(label.as_str().unwrap()).unwrap()).collect()
}

#[tokio::test]
async fn t119_without_a_key_no_operation_answers() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    for operation in operations() {
        for organization in ["default", "nobody"] {
            let target = operation.target(organization);
            let answer = api.send(operation.method.clone(), &target, &[], "{}").await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{} {target}", operation.method);
        }
    }
    for target in ["/admin/nothing", "/users/nobody/nothing", "/scim/nothing"] {
        assert_eq!(api.send(Method::GET, target, &[], "").await.status, StatusCode::UNAUTHORIZED, "{target}");
    }
}

#[tokio::test]
async fn t120_a_scope_opens_what_the_document_says_and_nothing_else() {
    let world = World::with("[admin]\nrequests_per_minute = 100000\n").await;
    for scope in Scope::ALL {
        let api = Api::scoped(&world, &[*scope]).await;
        for operation in operations() {
            let target = operation.target("default");
            // A body of an unknown kind: what is let in is refused for that, or for its ids, and changes nothing.
            let key = format!("Bearer {}", api.key);
            let headers = [("authorization", key.as_str()), ("content-type", "text/x-nothing")];
            let answer = api.send(operation.method.clone(), &target, &headers, "{").await;
            let is_open = operation.scopes.contains(scope);
            let is_refused = answer.status == StatusCode::FORBIDDEN;
            assert_eq!(
                is_refused,
                !is_open,
                "{} {target} with {}: {answer:?}",
                operation.method,
                scope.label()
            );
            assert!(!answer.status.is_server_error(), "{} {target}: {answer:?}", operation.method);
        }
    }
}

#[tokio::test]
async fn t121_no_operation_of_another_organization_is_there() {
    let world = World::start().await;
    divide(&world);
    let api = Api::new(&world).await;
    let other = Api::with(&world, OrganizationId::parse("partner").unwrap(), Scopes::Everything).await;
    for operation in operations().iter().filter(|operation| operation.has_organization()) {
        let foreign = api.ask(operation.method.clone(), &operation.target("partner"), None).await;
        let unknown = api.ask(operation.method.clone(), &operation.target("nobody"), None).await;
        for answer in [&foreign, &unknown] {
            assert_eq!(
                answer.status,
                StatusCode::NOT_FOUND,
                "{} {}: {answer:?}",
                operation.method,
                operation.path
            );
            assert_eq!(code(answer), "ADMIN-404-2", "{} {}", operation.method, operation.path);
        }
    }
    assert_eq!(other.get("/admin/v1/orgs/partner").await.status, StatusCode::OK);
}

/// The names of all schemas that a part of the document leads to.
fn leads_to(part: &Value, names: &mut Vec<String>) {
    match part {
        Value::Object(members) => members.iter().for_each(|(name, value)| match value.as_str() {
            Some(place) if name == "$ref" => names.extend(place.rsplit('/').next().map(str::to_owned)),
            _ => leads_to(value, names),
        }),
        Value::Array(items) => items.iter().for_each(|item| leads_to(item, names)),
        _ => {}
    }
}

/// Whether the product whose API this is has the operation too: then clients send members that are not known here.
fn is_the_products(path: &str) -> bool {
    let theirs = ["/policies", "/add-users", "/bulk-fetch"];
    !path.starts_with("/admin/control/") || theirs.iter().any(|part| path.contains(part))
}

#[test]
fn a_body_that_is_of_our_own_making_takes_no_member_that_it_does_not_know() {
    let document = serde_json::to_value(document()).unwrap();
    let mut ours = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values().filter(|_| !is_the_products(path)) {
            let mut names = Vec::new();
            leads_to(&operation["requestBody"]["content"]["application/json"], &mut names);
            for name in names {
                let schema = &document["components"]["schemas"][&name];
                assert_eq!(schema["additionalProperties"], false, "{path}: {name}");
                ours += 1;
            }
        }
    }
    assert!(ours >= 12, "{ours}");
}

#[tokio::test]
async fn a_member_that_is_not_known_is_named_and_so_are_those_that_are() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let policy = serde_json::json!({ "name": "Partners", "domains": ["partner.example"], "frequency": 60 });
    let answer = api.post("/admin/control/v1/orgs/default/external-user-policy", policy).await;
    assert_eq!((answer.status, code(&answer).as_str()), (StatusCode::BAD_REQUEST, "ADMIN-400-24"));
    assert!(answer.body.contains("unknown field `frequency`"), "{answer:?}");
    assert!(answer.body.contains("`frequencySeconds`"), "{answer:?}");
    assert_eq!(world.count("SELECT count(*) FROM external_policies WHERE kind = 'named'").await, 0);
    let settings = serde_json::json!({ "name": "Strict", "settings": { "idleMinutes": 15 } });
    let answer = api.post("/admin/control/v1/orgs/default/auth-policy", settings).await;
    assert!(answer.body.contains("idleMinutes") && answer.body.contains("idleSessionMinutes"), "{answer:?}");
    let theirs = serde_json::json!({ "accountIds": [], "unknown": 1 });
    let fetched = api.post("/admin/control/v1/orgs/default/users/auth-policies/bulk-fetch", theirs).await;
    assert_eq!(fetched.status, StatusCode::OK, "{fetched:?}");
}

#[tokio::test]
async fn t125_no_other_spelling_of_a_path_is_a_second_name_for_it() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    for target in [
        "/admin/v1/orgsX",
        "/admin/v1/../v1/orgs",
        "/admin/v1/./orgs",
        "//admin/v1/orgs",
        "/admin//v1/orgs",
        "/%61dmin/v1/orgs",
        "/admin/v1/%6frgs",
        "/admin/v1/orgs/",
        "/ADMIN/v1/orgs",
        "/admin/v1/orgs;x",
        "/admin/v1/orgs/default/domains/",
        "/admin/v1/orgs/default/memberships/x\"",
    ] {
        let answer = api.get(target).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{target}: {answer:?}");
    }
    let gateway = world.browser().open("/admin/v1/orgs").await;
    assert!(
        gateway.header("x-ratelimit-limit").is_empty(),
        "the data plane knows nothing of it: {gateway:?}"
    );
}

#[tokio::test]
async fn each_family_refuses_in_its_own_words() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let organizations = api.get("/admin/v1/nothing").await;
    let error = organizations.json()["errors"][0].clone();
    assert_eq!(
        (organizations.status, &error["status"], &error["code"]),
        (StatusCode::NOT_FOUND, &"404".into(), &"ADMIN-404-1".into())
    );
    assert!(error["message"].is_string() && error["id"].is_string(), "{error}");
    let users = api.get("/users/x/nothing").await;
    assert_eq!((users.status, &users.json()["key"]), (StatusCode::NOT_FOUND, &"notFound".into()));
    let scim = api.get("/scim/directory/x").await;
    assert_eq!((scim.status, &scim.json()["status"]), (StatusCode::NOT_FOUND, &"404".into()));
    assert_eq!(scim.header("content-type"), "application/scim+json");
    let method = api.delete("/admin/v1/orgs").await;
    assert_eq!(
        (method.status, code(&method).as_str(), method.header("allow")),
        (StatusCode::METHOD_NOT_ALLOWED, "ADMIN-405-1", "GET")
    );
}

#[tokio::test]
async fn t123_t132_t133_a_body_is_plain_json_of_a_bounded_size() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let (target, key) = ("/admin/control/v1/orgs/default/domains", format!("Bearer {}", api.key));
    let deep = format!("{{\"name\":{}", "[".repeat(10_000));
    for (kind, coding, body, status) in [
        ("text/plain", None, "{\"name\":\"a.com\"}", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("application/x-www-form-urlencoded", None, "name=a.com", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("application/json", Some("gzip"), "\u{1f}\u{8b}", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("application/json", None, &deep, StatusCode::BAD_REQUEST),
        ("application/json", None, &" ".repeat(1024 * 1024 + 1), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let mut headers = vec![("authorization", key.as_str()), ("content-type", kind)];
        headers.extend(coding.map(|coding| ("content-encoding", coding)));
        let answer = api.send(Method::POST, target, &headers, body.to_owned()).await;
        assert_eq!(answer.status, status, "{kind} {coding:?}");
        assert!(answer.json()["errors"][0]["detail"].is_string(), "{answer:?}");
    }
    assert_eq!(world.count("SELECT count(*) FROM domains").await, 1);
}
