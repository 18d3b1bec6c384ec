//! Groups of a directory: their members come and go, their name stays.

use std::time::Duration;

use http::StatusCode;
use postern::domain::organization::OrganizationId;
use postern::domain::scim::Object;
use postern::store::{AuditAction, AuditEvent, ScimMember, ScimUserRow};
use serde_json::{Value, json};

use super::Api;
use crate::support::world::World;

/// A directory with so many users, and their ids.
async fn directory(world: &World, users: usize) -> (Api, Vec<Value>) {
    let api = Api::of_directory(world, OrganizationId::only(), "Okta").await;
    let mut ids = Vec::new();
    for number in 0..users {
        // Ids of different times are in order.
        world.advance(Duration::from_millis(1));
        let sent = json!({ "userName": format!("u{number}@acme.com") });
        ids.push(api.post(&api.below("/Users"), sent).await.json()["id"].clone());
    }
    (api, ids)
}

fn members(group: &Value) -> Vec<Value> {
    let listed = group["members"].as_array().map_or(&[][..], Vec::as_slice);
    listed.iter().map(|member| member["value"].clone()).collect()
}

#[tokio::test]
async fn a_group_is_added_filled_shown_and_removed() {
    let world = World::start().await;
    let (api, users) = directory(&world, 3).await;
    let added = api.post(&api.below("/Groups"), json!({ "displayName": "Staff" })).await;
    assert_eq!(added.status, StatusCode::CREATED, "{added:?}");
    let group = added.json();
    assert_eq!((&group["displayName"], &group["meta"]["resourceType"]), (&"Staff".into(), &"Group".into()));
    let one = added.header("location").to_owned();
    let both = json!([{ "op": "add", "path": "members", "value": [
        { "value": users[0], "display": "u0" }, { "value": users[1] },
    ] }]);
    let filled = api.patch(&one, both).await;
    assert_eq!(filled.status, StatusCode::OK, "{filled:?}");
    let first = &filled.json()["members"][0];
    let base = format!("{}{}", api.base(), api.below("/Users"));
    assert_eq!((&first["type"], &first["display"]), (&"User".into(), &"u0".into()));
    assert_eq!(first["$ref"], format!("{base}/{}", users[0].as_str().unwrap()));
    assert_eq!(api.get(&one).await.json(), filled.json());
    let user = api.get(first["$ref"].as_str().unwrap()).await.json();
    assert_eq!(
        user["groups"],
        json!([{ "value": group["id"], "$ref": one, "display": "Staff", "type": "direct" }])
    );

    let gone = format!("members[value eq {}]", users[0]);
    let left = api.patch(&one, json!([{ "op": "remove", "path": gone }])).await.json();
    assert_eq!(members(&left), [users[1].clone()]);
    let put =
        api.put(&one, json!({ "displayName": "Staff", "members": [{ "value": users[2] }] })).await.json();
    assert_eq!(members(&put), [users[2].clone()]);
    let id = users[2].as_str().unwrap();
    assert_eq!(api.delete(&api.below(&format!("/Users/{id}"))).await.status, StatusCode::NO_CONTENT);
    assert_eq!(members(&api.get(&one).await.json()), [Value::Null; 0], "who is gone is in no group");
    assert_eq!(api.delete(&one).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(&one).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.delete(&one).await.status, StatusCode::NOT_FOUND);
    for (action, count) in [
        ("group_created", 1),
        ("user_added_to_group", 3),
        ("user_removed_from_group", 2),
        ("group_deleted", 1),
    ] {
        let written = match action {
            "group_created" => {
                "SELECT count(*) FROM audit WHERE action = 'group_created' AND subject = 'Staff'"
            }
            "group_deleted" => {
                "SELECT count(*) FROM audit WHERE action = 'group_deleted' AND subject = 'Staff'"
            }
            "user_added_to_group" => {
                "SELECT count(*) FROM audit WHERE action = 'user_added_to_group' AND actor = 'Okta'"
            }
            _ => "SELECT count(*) FROM audit WHERE action = 'user_removed_from_group' AND actor = 'Okta'",
        };
        assert_eq!(world.count(written).await, count, "{action}");
    }
}

#[tokio::test]
async fn a_group_has_one_name_for_good_and_no_other_has_it() {
    let world = World::start().await;
    let (api, _) = directory(&world, 0).await;
    let one = api
        .post(&api.below("/Groups"), json!({ "displayName": "Staff" }))
        .await
        .header("location")
        .to_owned();
    let second = api.post(&api.below("/Groups"), json!({ "displayName": "STAFF" })).await;
    assert_eq!((second.status, &second.json()["scimType"]), (StatusCode::CONFLICT, &"uniqueness".into()));
    for answer in [
        api.put(&one, json!({ "displayName": "Others" })).await,
        api.patch(&one, json!([{ "op": "replace", "path": "displayName", "value": "Others" }])).await,
    ] {
        assert_eq!(
            (answer.status, &answer.json()["scimType"]),
            (StatusCode::BAD_REQUEST, &"mutability".into())
        );
    }
    let same = json!([{ "op": "replace", "value": { "displayName": "Staff", "externalId": "g1" } }]);
    assert_eq!(api.patch(&one, same).await.json()["externalId"], "g1");
    let found =
        api.get(&api.below("/Groups?filter=displayName%20eq%20%22staff%22&excludedAttributes=members")).await;
    assert_eq!(found.json()["totalResults"], 1, "{found:?}");
    let refused = api.get(&api.below("/Groups?filter=externalId%20eq%20%22g1%22")).await;
    assert_eq!(
        (refused.status, &refused.json()["scimType"]),
        (StatusCode::BAD_REQUEST, &"invalidFilter".into())
    );
}

#[tokio::test]
async fn a_page_begins_at_the_place_that_is_asked_for_whoever_came_or_went() {
    let world = World::start().await;
    let (api, users) = directory(&world, 7).await;
    let page = async |start: u32| {
        let answer = api.get(&api.below(&format!("/Users?startIndex={start}&count=2"))).await.json();
        let ids = answer["Resources"].as_array().unwrap().iter().map(|user| user["id"].clone());
        (answer["totalResults"].clone(), ids.collect::<Vec<_>>())
    };
    for start in [1, 3, 5, 7, 2, 3, 6] {
        let expected = users.iter().skip(start - 1).take(2).cloned().collect::<Vec<_>>();
        assert_eq!(page(start as u32).await, (json!(7), expected), "at {start}");
    }
    let gone = api.below(&format!("/Users/{}", users[0].as_str().unwrap()));
    assert_eq!(api.delete(&gone).await.status, StatusCode::NO_CONTENT);
    assert_eq!(page(3).await, (json!(6), users[3..5].to_vec()), "counted anew");
    assert_eq!(page(5).await, (json!(6), users[5..7].to_vec()));
    world.advance(Duration::from_millis(1));
    let added = api.post(&api.below("/Users"), json!({ "userName": "new@acme.com" })).await.json();
    assert_eq!(page(7).await, (json!(7), vec![added["id"].clone()]));
    let both = api.post(&api.below("/.search"), json!({ "startIndex": 7, "count": 5 })).await.json();
    assert_eq!((&both["totalResults"], &both["itemsPerPage"]), (&json!(7), &json!(1)));
}

#[tokio::test]
async fn a_change_of_a_large_group_is_not_answered_with_all_of_it_unless_that_is_asked_for() {
    let world = World::start().await;
    let (api, users) = directory(&world, 1).await;
    let group = api.post(&api.below("/Groups"), json!({ "displayName": "Staff" })).await;
    let (one, id) = (group.header("location").to_owned(), group.json()["id"].clone());
    let id = uuid::Uuid::try_parse(id.as_str().unwrap()).unwrap();
    fill(&world, &api, id, 1_000).await;
    let add = json!([{ "op": "add", "path": "members", "value": [{ "value": users[0] }] }]);
    let remove = json!([{ "op": "remove", "path": format!("members[value eq {}]", users[0]) }]);
    let added = api.patch(&one, add.clone()).await;
    assert_eq!((added.status, added.body.len()), (StatusCode::NO_CONTENT, 0));
    assert_eq!(members(&api.get(&one).await.json()).len(), 1_001);
    let asked = api.patch(&format!("{one}?attributes=members"), add.clone()).await;
    assert_eq!((asked.status, members(&asked.json()).len()), (StatusCode::OK, 1_001));
    let without = api.patch(&format!("{one}?excludedAttributes=members"), add).await.json();
    assert_eq!((&without["displayName"], &without["members"]), (&json!("Staff"), &Value::Null));
    let left = api.patch(&one, remove).await;
    assert_eq!((left.status, members(&left.json()).len()), (StatusCode::OK, 1_000));
    let written =
        "SELECT count(*) FROM audit WHERE action IN ('user_added_to_group', 'user_removed_from_group')";
    assert_eq!(world.count(written).await, 2, "each who came or went once");
}

/// Puts so many users into a group of a directory.
async fn fill(world: &World, api: &Api, group: uuid::Uuid, users: u128) {
    let directory = api.row.directory.unwrap();
    let mut change = world.app.store.write().await.unwrap();
    let mut all = Vec::new();
    for number in 1..=users {
        let row = ScimUserRow {
            id: uuid::Uuid::from_u128(number),
            organization: OrganizationId::only(),
            directory,
            account: None,
            external_id: None,
            user_name: format!("many{number}"),
            resource: Object::new(),
            active: true,
            created_at: world.clock.now(),
            updated_at: world.clock.now(),
        };
        change.insert_scim_user(&row).await.unwrap();
        all.push(ScimMember { group, user: row.id, display: None });
    }
    change.upsert_scim_members(&all).await.unwrap();
    let event = AuditEvent::new("test", AuditAction::UserCreated, "many");
    change.commit(event, world.clock.now()).await.unwrap();
}

#[tokio::test]
async fn t121_only_users_of_the_same_directory_come_into_a_group() {
    let world = World::start().await;
    let (api, _) = directory(&world, 0).await;
    let entra = Api::of_directory(&world, OrganizationId::only(), "Entra").await;
    let foreign = entra.post(&entra.below("/Users"), json!({ "userName": "e@acme.com" })).await.json();
    let one = api
        .post(&api.below("/Groups"), json!({ "displayName": "Staff" }))
        .await
        .header("location")
        .to_owned();
    for id in [foreign["id"].clone(), json!(uuid::Uuid::from_u128(7)), json!("nobody")] {
        let members = json!([{ "value": id }]);
        for answer in [
            api.patch(&one, json!([{ "op": "add", "path": "members", "value": members }])).await,
            api.put(&one, json!({ "displayName": "Staff", "members": members })).await,
            api.post(&api.below("/Groups"), json!({ "displayName": "New", "members": members })).await,
        ] {
            assert_eq!(
                (answer.status, &answer.json()["scimType"]),
                (StatusCode::BAD_REQUEST, &"invalidValue".into())
            );
        }
    }
    let theirs = entra.below(&format!("/Groups/{}", one.rsplit('/').next().unwrap()));
    assert_eq!(entra.get(&theirs).await.status, StatusCode::NOT_FOUND);
    assert_eq!(entra.delete(&theirs).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.count("SELECT count(*) FROM scim_groups").await, 1);
    assert_eq!(world.count("SELECT count(*) FROM scim_group_members").await, 0);
}
