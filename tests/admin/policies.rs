//! Authentication policies as the product's own clients read and write policies, under each of their prefixes.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Api, code};
use crate::support::world::World;

const PREFIXES: [&str; 3] = ["/admin/v1", "/admin/control/v1", "/admin/control/v2"];

fn input(name: &str) -> Value {
    json!({
        "id": "", "type": "policy", "createdAt": "0001-01-01T00:00:00Z",
        "attributes": { "type": "authentication", "name": name, "rule": { "userApiTokens": "block" }, "resources": [] },
    })
}

#[tokio::test]
async fn a_policy_is_made_read_changed_and_deleted_under_each_prefix() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    for (number, prefix) in PREFIXES.iter().enumerate() {
        let (all, name) = (format!("{prefix}/orgs/default/policies"), format!("Policy {number}"));
        // One client sends an envelope, the other none.
        let body = if number == 0 { json!({ "data": input(&name) }) } else { input(&name) };
        let made = api.post(&all, body).await;
        assert_eq!(made.status, StatusCode::ACCEPTED, "{made:?}");
        let policy = made.json()["data"].clone();
        assert_eq!(
            (&policy["type"], &policy["attributes"]["type"]),
            (&"policy".into(), &"authentication".into())
        );
        assert_eq!(policy["attributes"]["rule"]["userApiTokens"], "block");
        let one = format!("{all}/{}", policy["id"].as_str().unwrap());
        assert_eq!(api.get(&one).await.json()["data"], policy);
        let listed = api.get(&format!("{all}?type=authentication&limit=1")).await.json();
        assert_eq!(listed["meta"]["page_size"], 1);
        assert!(listed["links"]["next"].as_str().unwrap().contains("cursor="), "{listed}");
        let others = api.get(&format!("{all}?type=ip-allowlist")).await.json();
        assert_eq!((&others["data"], &others["meta"]), (&json!([]), &json!({ "page_size": 0 })));

        let renamed =
            json!({ "data": { "attributes": { "name": format!("{name}b"), "status": "enabled" } } });
        let changed = api.put(&one, renamed.clone()).await;
        assert_eq!(
            (changed.status, &changed.json()["data"]["attributes"]["metadata"]["version"]),
            (StatusCode::ACCEPTED, &2.into())
        );
        assert_eq!(changed.json()["data"]["attributes"]["rule"]["userApiTokens"], "block");
        let key = format!("Bearer {}", api.key);
        let headers =
            [("authorization", key.as_str()), ("content-type", "application/json"), ("if-match", "\"1\"")];
        let stale = api.send(Method::PUT, &one, &headers, renamed.to_string()).await;
        assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED, "{stale:?}");

        let gone = api.ask(Method::DELETE, &one, Some(json!({}))).await;
        assert_eq!((gone.status, gone.body.as_str()), (StatusCode::ACCEPTED, ""));
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let answer = api.ask(method, &one, Some(input("x"))).await;
            assert_eq!((answer.status, code(&answer).as_str()), (StatusCode::NOT_FOUND, "ADMIN-404-5"));
        }
    }
}

#[tokio::test]
async fn what_no_policy_can_be_is_refused_by_field() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let all = "/admin/v1/orgs/default/policies";
    let attributes = |attributes: Value| json!({ "data": { "attributes": attributes } });
    for (body, code_, said) in [
        (attributes(json!({ "type": "ip-allowlist", "name": "x" })), "ADMIN-400-4", "attributes.type: "),
        (json!({}), "ADMIN-400-4", "attributes.type: "),
        (attributes(json!({ "type": "authentication" })), "ADMIN-400-24", "name: must have"),
        (attributes(json!({ "type": "authentication", "name": 7 })), "ADMIN-400-24", "attributes.name: "),
        (json!({ "data": [] }), "ADMIN-400-24", ""),
        (
            attributes(json!({ "type": "authentication", "name": "x", "status": "disabled" })),
            "ADMIN-400-24",
            "status: ",
        ),
        (
            attributes(json!({ "type": "authentication", "name": "x", "rule": { "in": [] } })),
            "ADMIN-400-24",
            "attributes.rule: has a member \"in\", which is no setting",
        ),
        (
            attributes(json!({ "type": "authentication", "name": "x", "resources": [{ "id": "r" }] })),
            "ADMIN-400-4",
            "applied to its members",
        ),
    ] {
        let answer = api.post(all, body.clone()).await;
        assert_eq!(
            (answer.status, code(&answer).as_str()),
            (StatusCode::BAD_REQUEST, code_),
            "{body}: {answer:?}"
        );
        let error = answer.json()["errors"][0].clone();
        assert!(error["detail"].as_str().unwrap().contains(said), "{error}");
    }
    assert_eq!(world.count("SELECT count(*) FROM auth_policies").await, 1, "the default one");
}

#[tokio::test]
async fn resources_are_empty_and_say_where_members_are_added() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    for prefix in PREFIXES {
        let all = format!("{prefix}/orgs/default/policies");
        let listed = api.get(&all).await.json();
        let one = format!("{all}/{}", listed["data"][0]["id"].as_str().unwrap());
        assert_eq!(listed["data"][0]["attributes"]["resources"], json!([]));
        let refused = api.post(&format!("{one}/resources"), json!({ "id": "site" })).await;
        assert_eq!((refused.status, code(&refused).as_str()), (StatusCode::BAD_REQUEST, "ADMIN-400-4"));
        assert!(refused.body.contains("add-users"), "{refused:?}");
        if prefix != "/admin/v1" {
            let page = api.get(&format!("{one}/resources")).await;
            assert_eq!((page.status, &page.json()["data"]), (StatusCode::OK, &json!([])));
            assert_eq!(api.delete(&format!("{one}/resources")).await.status, StatusCode::BAD_REQUEST);
        }
        if prefix != "/admin/control/v2" {
            assert_eq!(api.get(&format!("{one}/validate")).await.status, StatusCode::ACCEPTED);
            for method in [Method::PUT, Method::DELETE] {
                let answer = api.ask(method, &format!("{one}/resources/x"), Some(json!({}))).await;
                assert_eq!((answer.status, code(&answer).as_str()), (StatusCode::NOT_FOUND, "ADMIN-404-6"));
            }
        }
        let unknown = format!("{all}/{}/resources", uuid::Uuid::from_u128(9));
        let answer = api.post(&unknown, json!({})).await;
        assert_eq!((answer.status, code(&answer).as_str()), (StatusCode::NOT_FOUND, "ADMIN-404-5"));
    }
}

#[tokio::test]
async fn drafts_are_published_together_or_one_by_one_and_stay_so() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let all = "/admin/control/v2/orgs/default/policies";
    let draft = async |name: &str| {
        let mut body = input(name);
        body["attributes"]["status"] = "draft".into();
        let made = api.post(all, body).await.json();
        assert_eq!(made["data"]["attributes"]["status"], "draft");
        format!("{all}/{}", made["data"]["id"].as_str().unwrap())
    };
    let (one, other) = (draft("One").await, draft("Other").await);
    let status = |status: &str| json!({ "attributes": { "status": status } });
    assert_eq!(api.put(&one, status("draft")).await.json()["data"]["attributes"]["status"], "draft");
    assert_eq!(api.put(&one, status("enabled")).await.json()["data"]["attributes"]["status"], "enabled");
    let back = api.put(&one, status("draft")).await;
    assert_eq!(back.status, StatusCode::CONFLICT, "{back:?}");
    let published = api.post(&format!("{all}/publishDraftPolicies"), json!({})).await;
    assert_eq!(published.status, StatusCode::ACCEPTED);
    assert_eq!(published.json()["data"].as_array().unwrap().len(), 1);
    assert_eq!(api.get(&other).await.json()["data"]["attributes"]["status"], "enabled");
}
