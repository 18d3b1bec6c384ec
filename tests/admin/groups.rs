//! Groups of all directories by the API: the organization's own, companies, and those of an identity provider, which are shown
//! and never changed here.

use http::{Method, StatusCode};
use postern::domain::organization::OrganizationId;
use serde_json::{Value, json};

use super::accounts::id as account;
use super::{Api, code};
use crate::support::client::Answer;
use crate::support::world::World;

const V1: &str = "/admin/v1/orgs/default";
const V2: &str = "/admin/v2/orgs/default/directories";
const CONTROL: &str = "/admin/control/v1/orgs/default";

/// A world with a company, a group, and a directory of an identity provider with one user in one group.
struct Groups {
    world: World,
    admin: Api,
    okta: Api,
    /// The ids of the company, the group, and the provider's group.
    ids: [String; 3],
    /// The id of the provider's directory.
    directory: String,
}

async fn groups() -> Groups {
    let world = World::start().await;
    let (admin, okta) =
        (Api::new(&world).await, Api::of_directory(&world, OrganizationId::only(), "Okta").await);
    let nora = okta.post(&okta.below("/Users"), json!({ "userName": "nora@acme.com" })).await.json();
    let staff = json!({ "displayName": "Staff", "members": [{ "value": nora["id"] }] });
    let staff = text(&okta.post(&okta.below("/Groups"), staff).await.json()["id"]);
    let company = json!({ "name": "Partner", "domains": ["partner.example"] });
    let company = text(&admin.post(&format!("{CONTROL}/companies"), company).await.json()["data"]["id"]);
    let group = json!({ "name": "Project" });
    let group = text(&admin.post(&format!("{V2}/-/groups"), group).await.json()["data"]["id"]);
    let directory = okta.row.directory.unwrap().to_string();
    Groups { world, admin, okta, ids: [company, group, staff], directory }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

/// What the entries of a page are called by one of their members.
fn each(answer: &Answer, name: &str) -> Vec<String> {
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.json()["data"].as_array().unwrap().iter().map(|entry| text(&entry[name])).collect()
}

#[tokio::test]
async fn groups_of_every_directory_are_listed_counted_and_searched() {
    let Groups { world: _world, admin, ids: [company, group, staff], directory, .. } = groups().await;
    let directories = admin.get(V2).await;
    assert_eq!(each(&directories, "name"), ["Local directory", "Okta"]);
    let own = text(&directories.json()["data"][0]["directoryId"]);
    assert_eq!(directories.json()["data"][1]["directoryId"], directory);
    let (nora, omar) =
        (account(&admin, "nora@acme.com").await, account(&admin, "omar@partner.example").await);
    for (query, expected) in [
        (format!("accountId={nora}"), &["Okta"][..]),
        (format!("accountId={omar}"), &["Local directory"]),
        ("accountId=nobody".to_owned(), &[]),
        ("searchTerm=okt".to_owned(), &["Okta"]),
        (format!("directoryIds={own}"), &["Local directory"]),
    ] {
        assert_eq!(each(&admin.get(&format!("{V2}?{query}")).await, "name"), expected, "{query}");
    }

    let list = async |path: &str| admin.get(&format!("{V2}/{path}")).await;
    assert_eq!(each(&list("-/groups").await, "name"), ["Partner", "Project", "Staff"]);
    assert_eq!(each(&list(&format!("{own}/groups")).await, "id"), [company.clone(), group.clone()]);
    let synced = list(&format!("{directory}/groups")).await;
    let shown = &synced.json()["data"][0];
    assert_eq!((each(&synced, "id"), &shown["directoryId"]), (vec![staff.clone()], &json!(directory)));
    assert_eq!((&shown["externalSynced"], &shown["managedBy"]), (&json!(true), &json!("external")));
    let (mut names, mut next) = (Vec::new(), String::new());
    for _ in 0..3 {
        let page = list(&format!("-/groups?limit=1&cursor={next}")).await;
        names.extend(each(&page, "name"));
        next = page.json()["links"]["next"].as_str().unwrap_or_default().to_owned();
    }
    assert_eq!((names, next.as_str()), (vec!["Partner".into(), "Project".into(), "Staff".into()], ""));
    assert_eq!(each(&list("-/groups?searchTerm=ta").await, "name"), ["Staff"]);
    let found = admin.post(&format!("{V2}/-/groups/search"), json!({ "searchTerm": "P" })).await;
    assert_eq!(each(&found, "name"), ["Partner", "Project"]);

    assert_eq!(list("-/groups/count").await.json(), json!({ "count": 3 }));
    assert_eq!(list(&format!("{directory}/groups/count")).await.json(), json!({ "count": 1 }));
    let stats = json!({ "data": { "total": 3, "groups": 1, "companies": 1, "externalSynced": 1 } });
    assert_eq!(list("-/groups/stats").await.json(), stats);
    let of_company = list(&format!("-/groups/{company}/stats")).await.json()["data"].clone();
    assert_eq!((&of_company["total"], &of_company["unmanaged"]), (&json!(1), &json!(1)));
    for wrong in [format!("{own}/groups/{staff}"), format!("{directory}/groups/{group}/stats")] {
        assert_eq!(code(&list(&wrong).await), "ADMIN-404-10", "another directory's: {wrong}");
    }
    let nowhere = uuid::Uuid::from_u128(7);
    assert_eq!(list(&format!("{nowhere}/groups/count")).await.status, StatusCode::NOT_FOUND);

    let search = async |body: Value| admin.post(&format!("{V1}/groups/search"), body).await;
    assert_eq!(each(&search(json!({})).await, "name").len(), 3);
    assert_eq!(each(&search(json!({ "groupNames": { "eq": "Staff" } })).await, "id"), [&*staff]);
    assert_eq!(each(&search(json!({ "groupNames": { "eq": ["Staff", "staff"] } })).await, "id"), [&*staff]);
    assert_eq!(each(&search(json!({ "groupNames": { "contains": "PRO" } })).await, "id"), [&*group]);
    assert_eq!(each(&search(json!({ "groupIds": [company, "nobody"] })).await, "name"), ["Partner"]);
    let expand = json!(["META", "ROLE_ASSIGNMENTS", "USERS", "MANAGEMENT_ACCESS"]);
    let whole = search(json!({ "groupIds": [company], "expand": expand })).await.json()["data"][0].clone();
    assert_eq!((&whole["meta"], &whole["roleAssignments"]), (&json!({ "totalUserCount": 1 }), &json!([])));
    assert_eq!(whole["users"][0]["email"], "omar@partner.example");
    let first = search(json!({ "limit": 2 })).await;
    let cursor = text(&first.json()["meta"]["next"]);
    assert_eq!(each(&search(json!({ "limit": 2, "cursor": cursor })).await, "name"), ["Staff"]);
    let next = admin.post(&text(&first.json()["links"]["next"]), json!({ "limit": 2 })).await;
    assert_eq!(each(&next, "name"), ["Staff"]);
    for wrong in [json!({ "limit": 0 }), json!({ "cursor": "x" }), json!({ "groupNames": "x" })] {
        assert_eq!(search(wrong.clone()).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn people_are_listed_by_group_and_found_by_group_role_site_and_directory() {
    let Groups { world: _world, admin, ids: [company, group, staff], directory, .. } = groups().await;
    let jane = account(&admin, "jane@gmail.com").await;
    let add = format!("{V2}/-/groups/{company}/memberships");
    assert_eq!(admin.post(&add, json!({ "accountId": jane })).await.status, StatusCode::NO_CONTENT);
    let members = async |id: &str| admin.get(&format!("{CONTROL}/groups/{id}/members")).await;
    let of_company = members(&company).await;
    assert_eq!(each(&of_company, "email"), ["jane@gmail.com", "omar@partner.example"]);
    assert_eq!(each(&of_company, "by"), ["membership", "domain"]);
    assert_eq!(each(&members(&group).await, "email"), [""; 0]);
    let of_staff = members(&staff).await;
    assert_eq!(
        (each(&of_staff, "email"), each(&of_staff, "by")),
        (vec!["nora@acme.com".into()], vec!["directory".into()])
    );
    let first = admin.get(&format!("{CONTROL}/groups/{company}/members?limit=1")).await;
    let second = admin.get(&text(&first.json()["links"]["next"])).await;
    assert_eq!(each(&second, "email"), ["omar@partner.example"]);
    let elsewhere = text(&first.json()["meta"]["next"]);
    let foreign = admin.get(&format!("{CONTROL}/groups/{staff}/members?cursor={elsewhere}")).await;
    assert_eq!(code(&foreign), "ADMIN-400-1", "a place in another group");
    assert_eq!(code(&members(&uuid::Uuid::from_u128(7).to_string()).await), "ADMIN-404-10");

    let role = |role: &str| json!({ "role": role, "resource": "jira.test" });
    let assign = format!("{V1}/directory/groups/{company}/roles/assign");
    assert_eq!(admin.post(&assign, role("atlassian/guest")).await.status, StatusCode::OK);
    let liam = account(&admin, "liam@acme.com").await;
    let own = format!("{V1}/users/{liam}/roles/assign");
    assert_eq!(admin.post(&own, role("atlassian/admin")).await.status, StatusCode::OK);
    let search = async |at: &str, body: Value| admin.post(&format!("{V2}/{at}/users/search"), body).await;
    let both = ["jane@gmail.com", "omar@partner.example"];
    let invited = ["jane@gmail.com", "liam@acme.com", "omar@partner.example"];
    for (at, body, expected) in [
        ("-", json!({ "groupIds": [company] }), &both[..]),
        ("-", json!({ "groupIds": [company, staff], "claimStatus": "managed" }), &["nora@acme.com"]),
        ("-", json!({ "groupIds": ["nobody"] }), &[]),
        ("-", json!({ "roleIds": ["atlassian/guest"] }), &both),
        ("-", json!({ "resourceIds": ["ari:cloud:jira::site/jira.test"] }), &invited),
        ("-", json!({ "resourceIds": ["jira.test"], "roleIds": ["atlassian/admin"] }), &["liam@acme.com"]),
        ("-", json!({ "resourceIds": ["wiki.test"] }), &[]),
        ("-", json!({ "directoryIds": [directory] }), &["nora@acme.com"]),
        (&directory, json!({}), &["nora@acme.com"]),
        (&directory, json!({ "groupIds": [company] }), &[]),
        ("-", json!({ "sortBy": [{ "field": "email" }], "groupIds": [company] }), &both),
        (
            "-",
            json!({ "sortBy": [{ "field": "email", "direction": "DESC" }], "roleIds": ["atlassian/guest"] }),
            &["omar@partner.example", "jane@gmail.com"],
        ),
    ] {
        assert_eq!(each(&search(at, body.clone()).await, "email"), expected, "{at} {body}");
    }
    let down = json!([{ "field": "email", "direction": "desc" }]);
    let (mut all, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let page = search("-", json!({ "sortBy": down, "limit": 2, "cursor": cursor })).await;
        all.extend(each(&page, "email"));
        cursor = page.json()["links"]["next"].clone();
        if cursor.is_null() {
            break;
        }
        let up = search("-", json!({ "limit": 2, "cursor": cursor })).await;
        assert_eq!(code(&up), "ADMIN-400-1", "a place in one order is none in the other");
    }
    assert!(all.len() == 6 && all.is_sorted_by(|one, other| one > other), "{all:?}");
    for (wrong, said) in [
        (json!({ "sortBy": [{ "field": "nick_name", "direction": "asc" }] }), "email"),
        (json!({ "sortBy": [{ "field": "email" }, { "field": "email" }] }), "email"),
        (json!({ "sortBy": [{ "field": "email", "direction": "up" }] }), "asc or desc"),
        (json!({ "roleIds": ["god"] }), "atlassian/guest"),
        (json!({ "mfaEnabled": true }), "mfaEnabled"),
    ] {
        let answer = search("-", wrong.clone()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(answer.body.contains(said), "{wrong}: {answer:?}");
    }
    let at = format!("{V2}/{directory}/users");
    assert_eq!(admin.get(&format!("{at}/count")).await.json(), json!({ "count": 1 }));
    assert_eq!(admin.get(&format!("{at}/{jane}")).await.status, StatusCode::NOT_FOUND);
    let listed = admin.get(&format!("{V2}/-/users?groupIds={staff}")).await;
    assert_eq!(each(&listed, "email"), ["nora@acme.com"]);
}

#[tokio::test]
async fn t140_a_group_and_a_company_are_changed_if_they_are_as_they_were_seen() {
    let Groups { world, admin, ids: [company, group, _], .. } = groups().await;
    let change = async |id: &str, tag: Option<&str>, body: Value| {
        let key = format!("Bearer {}", admin.key);
        let mut headers = vec![("authorization", key.as_str()), ("content-type", "application/json")];
        headers.extend(tag.map(|tag| ("if-match", tag)));
        admin.send(Method::PUT, &format!("{CONTROL}/groups/{id}"), &headers, body.to_string()).await
    };
    let seen = admin.get(&format!("{CONTROL}/groups/{company}")).await.header("etag").to_owned();
    assert_eq!(admin.get(&format!("{V2}/-/groups/{company}")).await.header("etag"), seen);
    let changed =
        change(&company, Some(&seen), json!({ "domains": ["gmail.com"], "description": "Of old" })).await;
    assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
    let data = &changed.json()["data"];
    assert_eq!(
        (&data["name"], &data["kind"], &data["version"]),
        (&json!("Partner"), &json!("company"), &json!(2))
    );
    assert_eq!((&data["domains"], &data["description"]), (&json!(["gmail.com"]), &json!("Of old")));
    let people = admin.get(&format!("{CONTROL}/groups/{company}/members")).await;
    assert_eq!(each(&people, "email"), ["jane@gmail.com"]);
    let stale = change(&company, Some(&seen), json!({ "name": "Other" })).await;
    assert_eq!((stale.status, code(&stale).as_str()), (StatusCode::PRECONDITION_FAILED, "ADMIN-412-1"));
    let renamed = change(&group, None, json!({ "name": "Project X" })).await;
    assert_eq!(renamed.json()["data"]["name"], "Project X");
    assert_eq!(change(&group, None, json!({})).await.json()["data"]["version"], 2, "nothing changed");
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    for (body, status, said) in [
        (json!({ "name": "Partner" }), unprocessable, "name: is what another group is called"),
        (json!({ "domains": ["a.test"] }), unprocessable, "domains"),
        (json!({ "name": " " }), unprocessable, "name"),
        (json!({ "nmae": "x" }), StatusCode::BAD_REQUEST, "nmae"),
    ] {
        let answer = change(&group, None, body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {answer:?}");
        assert!(answer.body.contains(said), "{body}: {answer:?}");
    }
    let nobody = change(&uuid::Uuid::from_u128(7).to_string(), None, json!({ "name": "x" })).await;
    assert_eq!(code(&nobody), "ADMIN-404-10");
    assert_eq!(world.count("SELECT count(*) FROM audit WHERE action = 'group_updated'").await, 2);
}

#[tokio::test]
async fn what_an_identity_provider_keeps_is_changed_by_it_alone() {
    let Groups { world, admin, okta, ids: [_, _, staff], directory } = groups().await;
    let before = okta.get(&okta.below(&format!("/Groups/{staff}"))).await.json();
    let nora = account(&admin, "nora@acme.com").await;
    let (v1, v2) = (format!("{V1}/directory/groups/{staff}"), format!("{V2}/-/groups/{staff}"));
    let (role_v1, role_v2) = (
        json!({ "role": "atlassian/user", "resource": "jira.test" }),
        json!({ "roleId": "atlassian/user", "resourceId": "jira.test" }),
    );
    for (method, target, body) in [
        (Method::PUT, format!("{CONTROL}/groups/{staff}"), Some(json!({ "name": "Ours" }))),
        (Method::DELETE, v1.clone(), None),
        (Method::DELETE, v2.clone(), None),
        (Method::POST, format!("{v1}/memberships"), Some(json!({ "account_id": nora }))),
        (Method::DELETE, format!("{v1}/memberships/{nora}"), None),
        (Method::POST, format!("{v2}/memberships"), Some(json!({ "accountId": nora }))),
        (Method::DELETE, format!("{v2}/memberships/{nora}"), None),
        (Method::POST, format!("{v1}/roles/assign"), Some(role_v1.clone())),
        (Method::POST, format!("{v1}/roles/revoke"), Some(role_v1)),
        (Method::POST, format!("{v2}/role-assignments/assign"), Some(role_v2.clone())),
        (Method::POST, format!("{v2}/role-assignments/revoke"), Some(role_v2)),
        (
            Method::POST,
            "/admin/v2/orgs/default/users/invite".to_owned(),
            Some(json!({ "emails": ["a@b.example"], "additionalGroups": [staff] })),
        ),
    ] {
        let answer = admin.ask(method.clone(), &target, body).await;
        assert_eq!(
            (answer.status, code(&answer).as_str()),
            (StatusCode::FORBIDDEN, "ADMIN-403-5"),
            "{method} {target}: {answer:?}"
        );
        assert!(answer.body.contains("the directory Okta"), "{answer:?}");
    }
    let into = admin.post(&format!("{V2}/{directory}/groups"), json!({ "name": "Ours" })).await;
    assert_eq!((into.status, code(&into).as_str()), (StatusCode::FORBIDDEN, "ADMIN-403-5"));
    assert_eq!(okta.get(&okta.below(&format!("/Groups/{staff}"))).await.json(), before);
    assert_eq!(world.count("SELECT count(*) FROM role_assignments").await, 0);
    assert_eq!(world.count("SELECT count(*) FROM accounts WHERE email = 'a@b.example'").await, 0);
    assert_eq!(admin.get(&format!("{v2}/role-assignments")).await.json()["data"], json!([]));
}
