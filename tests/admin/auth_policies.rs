//! Authentication policies and their members by the API: made, changed and deleted, and people moved between them.

use http::{Method, StatusCode};
use postern::clock;
use postern::domain::api_key::Scopes;
use postern::domain::organization::OrganizationId;
use serde_json::{Value, json};

use super::{Api, code};
use crate::gateway::organizations::divide;
use crate::support::client::Answer;
use crate::support::process::PATIENCE;
use crate::support::world::World;

/// Where they are kept.
pub const KEPT: &str = "/admin/control/v1/orgs/default/auth-policy";

/// A policy of this name, by its id.
pub async fn made(api: &Api, name: &str) -> String {
    let made = api.post(KEPT, json!({ "name": name })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    made.json()["data"]["id"].as_str().unwrap().to_owned()
}

/// How a task stands when nothing is in progress any more.
pub async fn over(api: &Api, begun: &Answer) -> Value {
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{begun:?}");
    let (body, since) = (begun.json(), clock::stopwatch());
    let link = body["taskLink"].as_str().unwrap();
    assert!(link.starts_with(&api.base()) && link.ends_with(body["taskId"].as_str().unwrap()), "{body}");
    loop {
        let answer = api.get(link).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        let summary = api.get(&format!("{link}/summary")).await.json();
        let state = summary["data"]["state"].as_str().unwrap();
        if state == "succeeded" || state == "failed" {
            return api.get(link).await.json();
        }
        assert!(since.elapsed() < PATIENCE, "it never ended: {summary}");
        tokio::task::yield_now().await;
    }
}

/// The addresses of a policy's members.
pub async fn members(api: &Api, policy: &str) -> Vec<String> {
    let page = api.get(&format!("{KEPT}/{policy}/members")).await.json();
    let rows = page["data"].as_array().unwrap_or_else(|| panic!("{page}"));
    rows.iter().map(|row| row["email"].as_str().unwrap().to_owned()).collect()
}

fn default_of(list: &Value) -> String {
    let defaults: Vec<_> =
        list["data"].as_array().unwrap().iter().filter(|policy| policy["isDefault"] == true).collect();
    assert_eq!(defaults.len(), 1, "{list}");
    defaults[0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn t140_a_policy_is_made_changed_by_who_saw_it_and_deleted() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let mut strict = json!({ "name": "Strict", "settings": { "idleSessionMinutes": 15 }, "id": "x" });
    let refused = api.post(KEPT, strict.clone()).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.body.contains("unknown field `id`"), "an id is not the client's to say: {refused:?}");
    strict.as_object_mut().unwrap().remove("id");
    let made = api.post(KEPT, strict).await;
    assert_eq!((made.status, made.header("etag")), (StatusCode::CREATED, "\"1\""));
    let policy = made.json()["data"].clone();
    let one = format!("{KEPT}/{}", policy["id"].as_str().unwrap());
    assert_eq!(
        (&policy["settings"]["idleSessionMinutes"], &policy["isDefault"]),
        (&15.into(), &false.into())
    );
    assert_eq!(api.get(&one).await.json()["data"], policy);

    let wrong =
        api.post(KEPT, json!({ "name": "", "settings": { "idleSessionMinutes": 1, "userApiTokens": "no" } }));
    let wrong = wrong.await;
    assert_eq!((wrong.status, code(&wrong).as_str()), (StatusCode::BAD_REQUEST, "ADMIN-400-24"));
    let errors = wrong.json()["errors"].as_array().unwrap().clone();
    let fields: Vec<_> =
        errors.iter().map(|error| error["detail"].as_str().unwrap().split(':').next()).collect();
    assert_eq!(fields, [Some("name"), Some("settings.idleSessionMinutes"), Some("settings.userApiTokens")]);
    let twice = api.post(KEPT, json!({ "name": "Strict" })).await;
    assert_eq!((twice.status, code(&twice).as_str()), (StatusCode::CONFLICT, "ADMIN-409-28"));

    let put = async |tag: &str, body: Value| {
        let key = format!("Bearer {}", api.key);
        let headers =
            [("authorization", key.as_str()), ("content-type", "application/json"), ("if-match", tag)];
        api.send(Method::PUT, &one, &headers, body.to_string()).await
    };
    let changed = put("\"1\"", json!({ "settings": { "userApiTokens": "block" } })).await;
    assert_eq!((changed.status, changed.header("etag")), (StatusCode::OK, "\"2\""));
    assert_eq!(changed.json()["data"]["settings"]["idleSessionMinutes"], 15, "what is not named stays");
    for stale in ["\"1\"", "\"x\"", "W/\"2\""] {
        let answer = put(stale, json!({ "name": "Late" })).await;
        assert_eq!((answer.status, code(&answer).as_str()), (StatusCode::PRECONDITION_FAILED, "ADMIN-412-1"));
    }
    let off = api.put(&one, json!({ "status": "disabled" })).await;
    assert_eq!(off.status, StatusCode::BAD_REQUEST, "members need one: {off:?}");

    let list = api.get(KEPT).await.json();
    let default = default_of(&list);
    let refused = api.delete(&format!("{KEPT}/{default}")).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{refused:?}");
    let moved = api.put(&format!("{one}/members/mia"), json!({})).await;
    assert_eq!((moved.status, &moved.json()["data"]["outcome"]), (StatusCode::OK, &"succeeded".into()));
    assert_eq!(api.delete(&one).await.status, StatusCode::CONFLICT, "it has a member");
    let nowhere = api.delete(&format!("{one}?membersTo={}", uuid::Uuid::from_u128(9))).await;
    assert_eq!(nowhere.status, StatusCode::UNPROCESSABLE_ENTITY, "{nowhere:?}");
    assert_eq!(api.delete(&format!("{one}?membersTo={default}")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(members(&api, &default).await, ["liam@acme.com", "mia@acme.com"]);
    let gone = api.get(&one).await;
    assert_eq!((gone.status, code(&gone).as_str()), (StatusCode::NOT_FOUND, "ADMIN-404-5"));
    let written = "SELECT count(*) FROM audit WHERE action LIKE 'auth_policy%' AND actor = 'test' AND api_key IS NOT NULL";
    assert_eq!(world.count(written).await, 3, "made, changed, deleted");
}

#[tokio::test]
async fn another_policy_becomes_the_default_and_new_members_get_it() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let second = made(&api, "Second").await;
    let answer = api.ask(Method::POST, &format!("{KEPT}/{second}/default"), None).await;
    assert_eq!((answer.status, &answer.json()["data"]["isDefault"]), (StatusCode::OK, &true.into()));
    assert_eq!(default_of(&api.get(KEPT).await.json()), second);
    let draft = api.post(KEPT, json!({ "name": "Draft", "status": "draft" })).await.json();
    let draft = draft["data"]["id"].as_str().unwrap().to_owned();
    let refused = api.ask(Method::POST, &format!("{KEPT}/{draft}/default"), None).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{refused:?}");
    let refused = api.post(&format!("{KEPT}/{draft}/members"), json!({ "users": ["mia"] })).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{refused:?}");
}

#[tokio::test]
async fn members_are_found_added_moved_and_removed_one_by_one() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let strict = made(&api, "Strict").await;
    let default = default_of(&api.get(KEPT).await.json());
    let found = api.get(&format!("{KEPT}/{default}/members?search=HART")).await.json();
    assert_eq!(
        (&found["data"][0]["email"], found["data"].as_array().unwrap().len()),
        (&"liam@acme.com".into(), 1)
    );
    let liam = found["data"][0]["accountId"].as_str().unwrap().to_owned();
    let short = api.get(&format!("{KEPT}/{default}/members?search=ha")).await;
    assert_eq!((short.status, code(&short).as_str()), (StatusCode::BAD_REQUEST, "ADMIN-400-4"));

    let target = format!("{KEPT}/{strict}/members");
    let added =
        api.post(&target, json!({ "users": [liam, "MIA@acme.com", "jane@acme.com", "no@body.com"] })).await;
    let told: Vec<_> = added.json()["results"].as_array().unwrap().clone();
    let outcomes: Vec<_> = told.iter().map(|result| result["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["succeeded", "succeeded", "failed", "failed"]);
    assert_eq!((&told[2]["reason"], &told[3]["reason"]), (&"not_claimed".into(), &"unknown_account".into()));
    assert_eq!(members(&api, &strict).await, ["liam@acme.com", "mia@acme.com"]);
    let many = api.post(&target, json!({ "users": vec!["mia"; 21] })).await;
    assert_eq!((many.status, code(&many).as_str()), (StatusCode::BAD_REQUEST, "ADMIN-400-24"));

    let one = |account: &str| format!("{KEPT}/{strict}/members/{account}");
    assert_eq!(api.delete(&one("liam@acme.com")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.delete(&one("liam@acme.com")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(members(&api, &default).await, ["liam@acme.com"], "back to the default");
    let last = api.delete(&format!("{KEPT}/{default}/members/liam")).await;
    assert_eq!(last.status, StatusCode::CONFLICT, "{last:?}");
    assert_eq!(api.put(&one("jane"), json!({})).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(api.put(&one("nobody"), json!({})).await.status, StatusCode::NOT_FOUND);

    let fetched = api.post(
        "/admin/control/v1/orgs/default/users/auth-policies/bulk-fetch",
        json!({ "accountIds": [liam, "x", uuid::Uuid::from_u128(9)] }),
    );
    let directories = api.get("/admin/v2/orgs/default/directories").await.json();
    let directory = &directories["data"][0]["directoryId"];
    let entry = json!({ "directoryId": directory, "email": "liam@acme.com", "accountId": liam, "policyId": default, "policyName": "Default policy" });
    assert_eq!(fetched.await.json(), json!([entry]), "a bare array, without who is unknown");
}

#[tokio::test]
async fn users_are_added_by_a_task_in_the_shape_of_the_clients_that_exist() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let strict = made(&api, "Strict").await;
    let users =
        json!({ "users": ["liam@acme.com", "LIAM@acme.com", "jane@acme.com", "no@body.com", "nonsense"] });
    let begun = api.post(&format!("{KEPT}/{strict}/add-users"), users).await;
    let status = over(&api, &begun).await;
    let reason = |emails: &[&str], status: u16, title: &str, detail: &str| json!({ "emails": emails, "details": { "status": status, "title": title, "detail": detail } });
    assert_eq!(
        status,
        json!({
            "inProgressCount": 0, "successCount": 1, "failureCount": 3,
            "failureReasons": [
                reason(&["nonsense"], 400, "Not an address", "This is no e-mail address."),
                reason(&["no@body.com"], 404, "Account not found", "The organization has no such account."),
                reason(
                    &["jane@acme.com"], 403, "Account not claimed",
                    "The account is not claimed by the organization, so it is not managed."
                ),
            ],
        })
    );
    assert_eq!(members(&api, &strict).await, ["liam@acme.com"]);
    for wrong in [json!({ "users": [] }), json!({ "userIds": ["x"] }), json!({ "users": "liam@acme.com" })] {
        let answer = api.post(&format!("{KEPT}/{strict}/add-users"), wrong).await;
        assert_eq!((answer.status, code(&answer).as_str()), (StatusCode::BAD_REQUEST, "ADMIN-400-24"));
    }
    let unknown = api.get(&format!("{KEPT}/task/{}", uuid::Uuid::from_u128(9))).await;
    assert_eq!((unknown.status, code(&unknown).as_str()), (StatusCode::NOT_FOUND, "ADMIN-404-1"));
}

#[tokio::test]
async fn t121_a_policy_of_another_organization_is_one_that_does_not_exist() {
    let world = World::start().await;
    divide(&world);
    let ours = Api::new(&world).await;
    let theirs = Api::with(&world, OrganizationId::parse("partner").unwrap(), Scopes::Everything).await;
    let policy = made(&ours, "Ours").await;
    let begun = ours.post(&format!("{KEPT}/{policy}/add-users"), json!({ "users": ["liam@acme.com"] })).await;
    over(&ours, &begun).await;
    let task = begun.json()["taskId"].as_str().unwrap().to_owned();
    let base = "/admin/control/v1/orgs/partner/auth-policy";
    let nobody = uuid::Uuid::from_u128(9).to_string();
    for (method, path, id) in [
        (Method::GET, "ID", &policy),
        (Method::PUT, "ID", &policy),
        (Method::DELETE, "ID", &policy),
        (Method::POST, "ID/default", &policy),
        (Method::GET, "ID/members", &policy),
        (Method::POST, "ID/members", &policy),
        (Method::PUT, "ID/members/liam", &policy),
        (Method::DELETE, "ID/members/liam", &policy),
        (Method::POST, "ID/add-users", &policy),
        (Method::GET, "task/ID", &task),
        (Method::GET, "task/ID/summary", &task),
        (Method::GET, "task/ID/rows", &task),
    ] {
        let body = Some(if path == "ID" { json!({}) } else { json!({ "users": ["liam@acme.com"] }) });
        let foreign =
            theirs.ask(method.clone(), &format!("{base}/{}", path.replace("ID", id)), body.clone()).await;
        let unknown =
            theirs.ask(method.clone(), &format!("{base}/{}", path.replace("ID", &nobody)), body).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{method} {path}: {foreign:?}");
        assert_eq!((code(&foreign), foreign.status), (code(&unknown), unknown.status));
    }
    let theirs_list = theirs.get(base).await.json();
    assert_eq!(theirs_list["data"], json!([]), "{theirs_list}");
    assert_eq!(ours.get(&format!("{KEPT}/{policy}")).await.status, StatusCode::OK);
}
