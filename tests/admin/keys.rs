//! Keys to the API: what is shown of them, what ends them, and how often they may ask.

use std::time::Duration;

use http::{Method, StatusCode};
use postern::domain::api_key::Scope;

use super::{Api, code};
use crate::support::world::World;

const KEYS: &str = "/admin/api-access/v1/orgs/default/api-keys";

#[tokio::test]
async fn t139_a_key_is_listed_without_its_text_and_opens_nothing_once_it_is_revoked() {
    let world = World::start().await;
    let (admin, other) = (Api::new(&world).await, Api::scoped(&world, &[Scope::ReadOrgs]).await);
    let listed = admin.get(KEYS).await;
    assert!(!listed.body.contains(&admin.key) && !listed.body.contains(&other.key));
    let entry = listed.json()["data"][1].clone();
    assert_eq!(entry["id"], other.row.id.to_string());
    assert_eq!(
        (&entry["status"], &entry["scopes"]),
        (&"active".into(), &serde_json::json!(["read:orgs:admin"]))
    );
    assert!(other.key.ends_with(entry["hint"].as_str().unwrap()));
    assert_eq!(admin.get(&format!("{KEYS}/count")).await.json()["count"], 2);

    assert_eq!(other.get("/admin/v1/orgs").await.status, StatusCode::OK);
    let revoke = format!("{KEYS}/revoke/{}", other.row.id);
    for _ in 0..2 {
        let answer = admin.ask(Method::PATCH, &revoke, Some(serde_json::json!({}))).await;
        assert_eq!(
            (answer.status, &answer.json()["status"]),
            (StatusCode::OK, &"revoked".into()),
            "{answer:?}"
        );
        assert_eq!(
            other.get("/admin/v1/orgs").await.status,
            StatusCode::UNAUTHORIZED,
            "from the next request on"
        );
    }
    assert_eq!(admin.get(&format!("{KEYS}/count")).await.json()["count"], 1);
    assert_eq!(
        world
            .count("SELECT count(*) FROM audit WHERE action = 'api_key_revoked' AND address = '127.0.0.1'")
            .await,
        1
    );
    let answer = admin.ask(Method::PATCH, &format!("{KEYS}/revoke/{}", uuid::Uuid::nil()), None).await;
    assert_eq!((answer.status, code(&answer).as_str()), (StatusCode::NOT_FOUND, "ADMIN-404-1"));
}

#[tokio::test]
async fn t139_the_store_has_no_text_of_a_key_and_an_expired_one_opens_nothing() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let folder = std::fs::read_dir(world.folder.path()).unwrap();
    for file in folder.filter_map(|entry| std::fs::read(entry.ok()?.path()).ok()) {
        let secret = &api.key.as_bytes()[8..40];
        assert!(!file.windows(secret.len()).any(|window| window == secret));
    }
    world.advance(Duration::from_secs(7 * 86_400 - 1));
    assert_eq!(api.get("/admin/v1/orgs").await.status, StatusCode::OK);
    world.advance(Duration::from_secs(1));
    assert_eq!(api.get("/admin/v1/orgs").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn t139_a_key_counts_in_one_header_and_nowhere_else() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let (key, bearer) = (api.key.clone(), format!("Bearer {}", api.key));
    let lower = format!("bearer {key}");
    for headers in [&[("authorization", bearer.as_str())][..], &[("authorization", lower.as_str())]] {
        assert_eq!(api.send(Method::GET, "/admin/v1/orgs", headers, "").await.status, StatusCode::OK);
    }
    let (basic, cookie) = (format!("Basic {key}"), format!("key={key}"));
    for headers in [
        &[][..],
        &[("authorization", key.as_str())],
        &[("authorization", basic.as_str())],
        &[("authorization", bearer.as_str()), ("authorization", bearer.as_str())],
        &[("x-api-key", key.as_str())],
        &[("cookie", cookie.as_str())],
    ] {
        for target in ["/admin/v1/orgs", &format!("/admin/v1/orgs?key={key}&access_token={key}")] {
            let answer = api.send(Method::GET, target, headers, "").await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{headers:?}");
            assert_eq!((answer.header("www-authenticate"), &answer.json()["code"]), ("Bearer", &401.into()));
        }
    }
}

#[tokio::test]
async fn a_key_that_asks_too_often_is_told_when_to_come_back() {
    let world = World::with("[admin]\nrequests_per_minute = 3\n").await;
    let (api, other) = (Api::new(&world).await, Api::new(&world).await);
    for remaining in ["2", "1", "0"] {
        let answer = api.get("/admin/v1/orgs").await;
        assert_eq!((answer.status, answer.header("x-ratelimit-remaining")), (StatusCode::OK, remaining));
        assert_eq!(answer.header("x-ratelimit-limit"), "3");
        assert!(answer.header("x-ratelimit-reset").ends_with('Z'), "{answer:?}");
    }
    let answer = api.get("/admin/v1/orgs/nobody").await;
    assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::TOO_MANY_REQUESTS, &429.into()));
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=20).contains(&wait), "{answer:?}");
    assert_eq!(answer.header("x-ratelimit-remaining"), "0");
    assert_eq!(other.get("/admin/v1/orgs").await.status, StatusCode::OK, "each key has its own");
}
