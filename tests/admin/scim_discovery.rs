//! What a client finds out by itself, and lists: schemas, kinds of resources, filters, pages, parts of resources.

use std::time::Duration;

use http::{Method, StatusCode};
use postern::domain::organization::OrganizationId;
use serde_json::{Value, json};

use super::Api;
use crate::support::world::World;

async fn directory(world: &World) -> Api {
    Api::of_directory(world, OrganizationId::only(), "Okta").await
}

#[tokio::test]
async fn a_client_finds_out_what_there_is_and_may_only_read_it() {
    let world = World::start().await;
    let api = directory(&world).await;
    let listed = api.get(&api.below("/Schemas")).await.json();
    let ids: Vec<&str> =
        listed["Resources"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(
        ids,
        [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:core:2.0:Group",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        ]
    );
    let group = &listed["Resources"][1]["attributes"][0];
    assert_eq!((&group["name"], &group["mutability"]), (&"displayName".into(), &"immutable".into()));
    for one in listed["Resources"].as_array().unwrap() {
        assert_eq!(api.get(one["meta"]["location"].as_str().unwrap()).await.json(), *one);
    }
    let types = api.get(&api.below("/ResourceTypes")).await.json();
    assert_eq!((&types["totalResults"], &types["Resources"][0]["name"]), (&2.into(), &"User".into()));
    assert_eq!(api.get(&api.below("/ResourceTypes/Group")).await.json(), types["Resources"][1]);
    let configuration = api.get(&api.below("/ServiceProviderConfig")).await.json();
    assert_eq!(
        (&configuration["patch"]["supported"], &configuration["etag"]["supported"]),
        (&true.into(), &false.into())
    );
    for endpoint in ["/Schemas", "/ResourceTypes", "/ServiceProviderConfig"] {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let answer = api.ask(method, &api.below(endpoint), None).await;
            assert_eq!(
                (answer.status, &answer.json()["status"]),
                (StatusCode::METHOD_NOT_ALLOWED, &"405".into())
            );
        }
    }
    for unknown in
        ["/Schemas/urn:nobody", "/ResourceTypes/Thing", "/Things", "/Bulk", "/Me", "/Users/nobody/x", ""]
    {
        let answer = api.get(&api.below(unknown)).await;
        assert_eq!(
            (answer.status, &answer.json()["status"]),
            (StatusCode::NOT_FOUND, &"404".into()),
            "{unknown}"
        );
        assert_eq!(answer.header("content-type"), "application/scim+json", "{unknown}");
    }
}

#[tokio::test]
async fn an_answer_is_of_the_kind_that_the_client_takes() {
    let world = World::start().await;
    let api = directory(&world).await;
    let key = format!("Bearer {}", api.key);
    for (accept, expected) in [("*/*", "application/scim+json"), ("application/json", "application/json")] {
        for path in ["/ResourceTypes", "/Users", "/Users/nobody"] {
            let headers = [("authorization", key.as_str()), ("accept", accept)];
            let answer = api.send(Method::GET, &api.below(path), &headers, "").await;
            assert_eq!(answer.header("content-type"), expected, "{path}");
        }
    }
}

#[tokio::test]
async fn a_list_is_read_by_place_and_number() {
    let world = World::start().await;
    let api = directory(&world).await;
    for number in 0..5 {
        // Ids of different times are in order.
        world.advance(Duration::from_millis(1));
        let sent = json!({ "userName": format!("u{number}@acme.com"), "title": "T" });
        assert_eq!(api.post(&api.below("/Users"), sent).await.status, StatusCode::CREATED);
    }
    let group = api.post(&api.below("/Groups"), json!({ "displayName": "Staff" })).await;
    assert_eq!(group.status, StatusCode::CREATED);
    let names = |page: &Value| -> Vec<String> {
        let listed = page["Resources"].as_array().unwrap().iter();
        listed
            .map(|one| one["userName"].as_str().or(one["displayName"].as_str()).unwrap().to_owned())
            .collect()
    };
    for (query, start, expected) in [
        ("", 1, &["u0@acme.com", "u1@acme.com", "u2@acme.com", "u3@acme.com", "u4@acme.com"][..]),
        ("?startIndex=0&count=0", 1, &[]),
        ("?startIndex=-7&count=2", 1, &["u0@acme.com", "u1@acme.com"]),
        ("?startIndex=2&count=2", 2, &["u1@acme.com", "u2@acme.com"]),
        ("?startIndex=5", 5, &["u4@acme.com"]),
        ("?startIndex=9", 9, &[]),
        ("?count=-1", 1, &[]),
        ("?startIndex=9223372036854775807&count=999999999", i64::MAX, &[]),
    ] {
        let page = api.get(&api.below(&format!("/Users{query}"))).await.json();
        assert_eq!(
            (&page["totalResults"], &page["startIndex"]),
            (&5.into(), &start.into()),
            "{query}: {page}"
        );
        assert_eq!(
            (names(&page), &page["itemsPerPage"]),
            (expected.iter().map(ToString::to_string).collect(), &expected.len().into())
        );
    }
    let all = api
        .post(
            &api.below("/.search"),
            json!({ "startIndex": 5, "count": 3, "attributes": ["userName", "displayName"] }),
        )
        .await;
    let all = all.json();
    assert_eq!(
        (names(&all), &all["totalResults"]),
        (vec!["u4@acme.com".to_owned(), "Staff".to_owned()], &6.into())
    );
    assert!(all["Resources"][0]["title"].is_null());
    let search = json!({ "filter": "userName eq \"U1@acme.com\"" });
    assert_eq!(names(&api.post(&api.below("/Users/.search"), search).await.json()), ["u1@acme.com"]);
    let without = api.get(&api.below("/Users?excludedAttributes=title,emails&count=1")).await.json();
    assert!(without["Resources"][0]["title"].is_null() && without["Resources"][0]["userName"].is_string());
}

#[tokio::test]
async fn a_filter_is_one_equality_or_refused() {
    let world = World::start().await;
    let api = directory(&world).await;
    for filter in [
        "title eq \"x\"",
        "userName co \"x\"",
        "userName eq \"a\" and active eq true",
        "userName",
        "userName eq \"\\u0000\"",
        "' OR 1=1 --",
        "emails.value eq \"a@acme.com\"",
    ] {
        let query: String = form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        let answer = api.get(&api.below(&format!("/Users?filter={query}"))).await;
        assert_eq!(
            (answer.status, &answer.json()["scimType"]),
            (StatusCode::BAD_REQUEST, &"invalidFilter".into()),
            "{filter}"
        );
    }
    for query in ["startIndex=x", "count=1e3", "attributes=a&excludedAttributes=b"] {
        let answer = api.get(&api.below(&format!("/Users?{query}"))).await;
        assert_eq!(
            (answer.status, &answer.json()["scimType"]),
            (StatusCode::BAD_REQUEST, &"invalidValue".into())
        );
    }
}
