//! Who reaches a directory: its own key and nothing else with it, keys of its organization that may, and nobody besides. And the
//! links to accounts, as admins see and cut them.

use http::{Method, StatusCode};
use postern::domain::api_key::{Scope, Scopes};
use postern::domain::organization::OrganizationId;
use serde_json::json;

use super::{Api, code};
use crate::gateway::organizations::divide;
use crate::support::world::World;

const LINKS: &str = "/admin/user-provisioning/v1/org/default";

#[tokio::test]
async fn t120_the_key_of_a_directory_opens_that_directory_and_nothing_else() {
    let world = World::start().await;
    let okta = Api::of_directory(&world, OrganizationId::only(), "Okta").await;
    let entra = Api::of_directory(&world, OrganizationId::only(), "Entra").await;
    assert_eq!(okta.get(&okta.below("/Users")).await.status, StatusCode::OK);
    let foreign = okta.get(&entra.below("/Users")).await;
    let unknown = okta.get(&format!("/scim/directory/{}/Users", uuid::Uuid::from_u128(7))).await;
    assert_eq!((foreign.status, foreign.json()), (StatusCode::NOT_FOUND, unknown.json()));
    let nobody = uuid::Uuid::from_u128(7);
    for (method, target) in [
        (Method::GET, "/admin/v1/orgs".to_owned()),
        (Method::GET, "/admin/v2/orgs/default/directories".to_owned()),
        (Method::GET, "/admin/control/v1/orgs/default/domains".to_owned()),
        (Method::GET, "/admin/api-access/v1/orgs/default/api-keys".to_owned()),
        (Method::GET, format!("/users/{nobody}/manage")),
        (Method::GET, format!("{LINKS}/user/{nobody}/get-scim-links")),
        (Method::DELETE, format!("{LINKS}/user/{nobody}/onlyDeleteUserInDB")),
    ] {
        assert_eq!(okta.ask(method, &target, None).await.status, StatusCode::FORBIDDEN, "{target}");
    }
    let again = Api::of_directory(&world, OrganizationId::only(), "Okta").await;
    assert_eq!(again.row.directory, okta.row.directory, "another key of the same directory");
    assert_eq!(world.count("SELECT count(*) FROM directories").await, 2);
    assert_eq!(world.count("SELECT count(*) FROM audit WHERE action = 'directory_created'").await, 2);
}

#[tokio::test]
async fn t120_t121_a_key_of_the_organization_opens_its_directories_as_far_as_its_scopes_go() {
    let world = World::start().await;
    divide(&world);
    let partner = OrganizationId::parse("partner").unwrap();
    let okta = Api::of_directory(&world, OrganizationId::only(), "Okta").await;
    let theirs = Api::of_directory(&world, partner.clone(), "Okta").await;
    let (all, other) = (Api::new(&world).await, Api::with(&world, partner, Scopes::Everything).await);
    let (reads, writes) = (
        Api::scoped(&world, &[Scope::ReadDirectories]).await,
        Api::scoped(&world, &[Scope::WriteDirectories]).await,
    );
    let groups = okta.below("/Groups");
    for (api, expected) in [(&all, 200), (&reads, 200), (&writes, 200), (&other, 404), (&theirs, 404)] {
        assert_eq!(api.get(&groups).await.status.as_u16(), expected);
    }
    for (number, (api, expected)) in
        [(&all, 201), (&writes, 201), (&reads, 403), (&other, 404), (&theirs, 404)].into_iter().enumerate()
    {
        let answer = api.post(&groups, json!({ "displayName": format!("g{number}") })).await;
        assert_eq!(answer.status.as_u16(), expected, "{answer:?}");
        if expected == 403 {
            let body = answer.json();
            assert!(body["error"].is_string() && body["traceId"].is_string(), "{body}");
        }
    }
    assert_eq!(world.count("SELECT count(*) FROM scim_groups WHERE organization = 'default'").await, 2);
    assert_eq!(world.app.store.directories(&OrganizationId::only()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn links_are_shown_and_cut_and_made_anew_by_the_next_change() {
    let world = World::start().await;
    let okta = Api::of_directory(&world, OrganizationId::only(), "Okta").await;
    let admin = Api::new(&world).await;
    let user = okta.post(&okta.below("/Users"), json!({ "userName": "nora@acme.com" })).await.json();
    let id = user["id"].as_str().unwrap();
    let account =
        user["urn:scim:schemas:extension:atlassian-external:1.0"]["atlassianAccountId"].as_str().unwrap();
    let of_account = format!("{LINKS}/user/{account}/get-scim-links");
    let link = admin.get(&of_account).await.json()["data"][0].clone();
    assert_eq!((&link["scimUserId"], &link["accountId"]), (&id.into(), &account.into()));
    let asked =
        admin.post(&format!("{LINKS}/get-scim-links-for-email"), json!({ "email": "NORA@acme.com" })).await;
    assert_eq!(asked.json()["data"][0], link);

    let directory = okta.row.directory.unwrap();
    let unlink = format!("{LINKS}/scimDirectoryId/{directory}/scimUserId/{id}/unlink");
    for _ in 0..2 {
        assert_eq!(admin.ask(Method::PATCH, &unlink, Some(json!({}))).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(admin.get(&of_account).await.json(), json!({ "data": [] }));
    let manage = format!("/users/{account}/manage/profile");
    let edited = admin.ask(Method::PATCH, &manage, Some(json!({ "nickname": "x" }))).await;
    assert_eq!(edited.status, StatusCode::OK, "the account is the admin's again");
    let one = okta.below(&format!("/Users/{id}"));
    assert!(okta.get(&one).await.json()["urn:scim:schemas:extension:atlassian-external:1.0"].is_null());
    assert_eq!(okta.put(&one, json!({ "userName": "nora@acme.com" })).await.status, StatusCode::OK);
    assert_eq!(admin.get(&of_account).await.json()["data"][0]["scimUserId"], id);

    let forget = format!("{LINKS}/user/{account}/onlyDeleteUserInDB");
    assert_eq!(admin.delete(&forget).await.status, StatusCode::NO_CONTENT);
    assert_eq!(okta.get(&one).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        world
            .count("SELECT count(*) FROM accounts WHERE email = 'nora@acme.com' AND status = 'active'")
            .await,
        1
    );
    let nobody = uuid::Uuid::from_u128(7);
    for (method, target) in [
        (Method::DELETE, forget),
        (Method::GET, format!("{LINKS}/user/{nobody}/get-scim-links")),
        (Method::PATCH, unlink),
        (Method::PATCH, format!("{LINKS}/scimDirectoryId/{nobody}/scimUserId/{nobody}/unlink")),
    ] {
        let answer = admin.ask(method, &target, None).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{target}");
        assert!(code(&answer).starts_with("ADMIN-404-"), "{answer:?}");
    }
}
