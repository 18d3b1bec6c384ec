//! Groups, companies, roles and invitations, made by the API; and a site that lets in only who was invited.

use std::time::Duration;

use http::{Method, StatusCode};
use postern::clock;
use postern::domain::api_key::Scopes;
use postern::domain::organization::OrganizationId;
use serde_json::{Value, json};

use super::{OMAR, PAGE, until};
use crate::admin::accounts::id as account_of;
use crate::admin::{Api, code};
use crate::gateway::organizations::divide;
use crate::support::client::Browser;
use crate::support::world::World;

const V1: &str = "/admin/v1/orgs/default/directory/groups";
const V2: &str = "/admin/v2/orgs/default/directories/-/groups";
const COMPANIES: &str = "/admin/control/v1/orgs/default/companies";
const INVITE: &str = "/admin/v2/orgs/default/users/invite";

/// The usual world, whose Jira lets in only who was invited.
async fn by_invitation() -> World {
    let world = World::start().await;
    let more = "host = \"jira.test\"\nexternal_access = \"invited\"\napi_identity = \"introspect\"\n";
    world.reload("host = \"jira.test\"\n", more).unwrap();
    world
}

async fn is_let_in(browser: &mut Browser, expected: bool) {
    until("the gate", async || {
        let answer = browser.open(PAGE).await;
        (answer.status != StatusCode::FORBIDDEN) == expected
    })
    .await;
}

fn id(answer: &Value) -> String {
    answer["data"]["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

#[tokio::test]
async fn a_site_by_invitation_lets_in_a_company_and_tells_the_others_whom_to_ask() {
    let world = by_invitation().await;
    let api = Api::new(&world).await;
    let (mut omar, mut jane, mut liam) = (world.browser(), world.browser(), world.browser());
    for (browser, who) in [(&mut omar, "omar"), (&mut jane, "jane"), (&mut liam, "liam")] {
        browser.sign_in(who).await;
    }
    let refused = omar.open(PAGE).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    assert!(refused.body.contains("ask whoever you work with here"), "{}", refused.body);
    let fetched = omar.fetch("/rest/api/2/myself").await;
    assert_eq!((fetched.status, &fetched.json()["code"]), (StatusCode::FORBIDDEN, &"not-invited".into()));
    let token = async |who: &str| {
        let token = format!("Bearer demo-pat-{who}");
        let headers = [("authorization", token.as_str())];
        world.browser().send(Method::GET, "/rest/api/2/myself", &headers, "").await
    };
    assert_eq!(token("omar").await.status, StatusCode::FORBIDDEN);
    assert_eq!(token("liam").await.status, StatusCode::OK);
    assert_eq!(liam.open(PAGE).await.status, StatusCode::OK, "managed");

    let company = json!({ "name": "Partner", "domains": ["partner.example"] });
    let company = id(&api.post(COMPANIES, company).await.json());
    let roles = format!("{V2}/{company}/role-assignments");
    let role = json!({ "roleId": "atlassian/guest", "resourceId": "ari:cloud:jira::site/jira.test" });
    let assigned = api.post(&format!("{roles}/assign"), role.clone()).await;
    assert_eq!(assigned.status, StatusCode::NO_CONTENT, "{assigned:?}");
    is_let_in(&mut omar, true).await;
    assert!(omar.open(PAGE).await.is_challenge(), "and verifies like everybody");
    assert_eq!(jane.open(PAGE).await.status, StatusCode::FORBIDDEN);
    let listed = api.get(&roles).await.json()["data"].clone();
    assert_eq!(listed, json!([{ "roleId": "atlassian/guest", "resourceId": "jira.test" }]));
    omar.verify(&world, "omar", OMAR).await;
    assert_eq!(omar.open(PAGE).await.status, StatusCode::OK);
    world.advance(std::time::Duration::from_secs(1));
    let reset = format!("/admin/control/v1/orgs/default/groups/{company}/reset-sessions");
    assert_eq!(api.ask(Method::POST, &reset, None).await.status, StatusCode::NO_CONTENT);
    until("the reset", async || omar.open(PAGE).await.is_challenge()).await;
    assert_eq!(api.post(&format!("{roles}/revoke"), role).await.status, StatusCode::NO_CONTENT);
    is_let_in(&mut omar, false).await;
}

#[tokio::test]
async fn a_role_of_ones_own_opens_a_site_within_a_second_and_closes_it_again() {
    let world = by_invitation().await;
    let api = Api::new(&world).await;
    let mut omar = world.browser();
    omar.sign_in("omar").await;
    assert_eq!(omar.open(PAGE).await.status, StatusCode::FORBIDDEN);
    let account = account_of(&api, OMAR).await;
    let change = async |how: &str, role: &str| {
        let role = json!({ "role": role, "resource": "ari:cloud:jira::site/jira.test" });
        let target = format!("/admin/v1/orgs/default/users/{account}/roles/{how}");
        let (answer, since) = (api.post(&target, role).await, clock::stopwatch());
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        since
    };
    let own = format!("/admin/v2/orgs/default/directories/-/users/{account}/role-assignments");
    let listed = async |query: &str| api.get(&format!("{own}{query}")).await.json()["data"].clone();
    assert_eq!(listed("").await, json!([]));
    change("assign", "atlassian/ai-access").await;
    let since = change("assign", "atlassian/guest").await;
    is_let_in(&mut omar, true).await;
    assert!(clock::stopwatch() - since < Duration::from_secs(1));
    assert!(omar.open(PAGE).await.is_challenge(), "and verifies like everybody");
    let guest = json!([{ "roleId": "atlassian/guest", "resourceId": "jira.test" }]);
    assert_eq!(listed("").await.as_array().unwrap().len(), 2);
    assert_eq!(listed("?roleIds=atlassian/guest&resourceIds=jira.test").await, guest);
    assert_eq!(listed("?resourceIds=wiki.test").await, json!([]));
    change("assign", "atlassian/guest").await;
    let since = change("revoke", "atlassian/guest").await;
    is_let_in(&mut omar, false).await;
    assert!(clock::stopwatch() - since < Duration::from_secs(1));
    change("revoke", "atlassian/guest").await;
    let written = "SELECT count(*) FROM audit WHERE action IN ('user_granted_role', 'user_revoked_role')";
    assert_eq!(world.count(written).await, 3, "each thing done once");
    for (body, said) in [
        (json!({ "role": "god", "resource": "jira.test" }), "role"),
        (json!({ "role": "atlassian/user", "resource": "other.test" }), "resource"),
    ] {
        let wrong = api.post(&format!("/admin/v1/orgs/default/users/{account}/roles/assign"), body).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains(said), "{wrong:?}");
    }
    let role = json!({ "role": "atlassian/org-admin" });
    let kept_elsewhere = format!("/admin/v1/orgs/default/users/{account}/role-assignments/assign");
    let refused = api.post(&kept_elsewhere, role).await;
    assert!(
        refused.status == StatusCode::NOT_FOUND && refused.body.contains("keeps no roles"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_role_of_the_customer_portal_opens_no_product() {
    let world = by_invitation().await;
    let api = Api::new(&world).await;
    let mut omar = world.browser();
    omar.sign_in("omar").await;
    let group = id(&api.post(V2, json!({ "name": "Customers" })).await.json());
    let people = json!({ "emails": [OMAR], "additionalGroups": [group], "sendNotification": false });
    assert_eq!(api.post(INVITE, people).await.status, StatusCode::OK);
    let assign = format!("{V1}/{group}/roles/assign");
    let role = |role: &str| json!({ "role": role, "resource": "jira.test" });
    assert_eq!(api.post(&assign, role("atlassian/customer")).await.status, StatusCode::OK);
    let told = "SELECT count(*) FROM changes WHERE kind = 'invitations'";
    assert!(world.count(told).await > 0);
    is_let_in(&mut omar, false).await;
    assert_eq!(api.post(&assign, role("atlassian/user")).await.status, StatusCode::OK);
    is_let_in(&mut omar, true).await;
}

#[tokio::test]
async fn people_are_invited_by_mail_and_removed_from_everything_in_one_step() {
    let world = by_invitation().await;
    let api = Api::new(&world).await;
    let group = id(&api.post(V2, json!({ "name": "Project X", "description": "Until May" })).await.json());
    let invitation = json!({
        "emails": ["new@partner.example"],
        "permissionRules": [{ "resource": "jira.test", "role": "atlassian/guest" }],
        "additionalGroups": [group], "notificationText": "See you on Monday.",
    });
    let invited = api.post(INVITE, invitation.clone()).await;
    assert_eq!(invited.status, StatusCode::OK, "{invited:?}");
    let results = invited.json()["data"][0]["results"].clone();
    assert_eq!((results.as_array().unwrap().len(), &results[0]["status"]), (2, &"granted".into()));
    let mut silent = invitation.clone();
    (silent["emails"], silent["sendNotification"]) = (json!([OMAR]), json!(false));
    let data = api.post(INVITE, silent).await.json()["data"].clone();
    until("the mail", async || world.mails().iter().any(|mail| mail.to == "new@partner.example")).await;
    let mail = world.newest_mail("new@partner.example");
    assert!(mail.text.contains("See you on Monday.") && mail.text.contains("invited you"), "{}", mail.text);
    let again = api.post(INVITE, invitation).await.json();
    assert_eq!(again["data"][0]["results"][0]["status"], "present");

    let mut omar = world.browser();
    omar.verify(&world, "omar", OMAR).await;
    assert_eq!(omar.open(PAGE).await.status, StatusCode::OK);
    let account =
        data.as_array().unwrap().iter().find(|person| person["email"] == OMAR).unwrap()["id"].clone();
    let remove =
        format!("/admin/control/v1/orgs/default/external-users/{}/remove", account.as_str().unwrap());
    assert_eq!(api.ask(Method::POST, &remove, None).await.status, StatusCode::NO_CONTENT);
    is_let_in(&mut omar, false).await;
    let left = "SELECT count(*) FROM group_members JOIN accounts ON accounts.id = account WHERE email = 'omar@partner.example'";
    assert_eq!(world.count(left).await, 0);
    let written = "SELECT count(*) FROM audit WHERE action IN ('user_invited', 'external_user_removed')";
    assert_eq!(world.count(written).await, 4, "one invited twice, one once and removed");
    world.app.store.verify_audit_chain().await.unwrap();
}

#[tokio::test]
async fn nothing_of_an_invitation_with_a_mistake_is_done() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let nobody = uuid::Uuid::from_u128(7).to_string();
    let role = |role: &str, resource: &str| json!([{ "role": role, "resource": resource }]);
    for (body, status, place) in [
        (json!({ "emails": [] }), StatusCode::UNPROCESSABLE_ENTITY, "emails"),
        (json!({ "emails": ["a@b.example", "x"] }), StatusCode::UNPROCESSABLE_ENTITY, "emails[1]"),
        (
            json!({ "emails": ["a@b.example"], "permissionRules": role("god", "jira.test") }),
            StatusCode::UNPROCESSABLE_ENTITY,
            "permissionRules[0].role",
        ),
        (
            json!({ "emails": ["a@b.example"], "permissionRules": role("atlassian/user", "other.test") }),
            StatusCode::UNPROCESSABLE_ENTITY,
            "permissionRules[0].resource",
        ),
        (json!({ "emails": ["a@b.example"], "additionalGroups": [nobody] }), StatusCode::NOT_FOUND, "Group"),
    ] {
        let answer = api.post(INVITE, body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {answer:?}");
        assert!(answer.body.contains(place), "{body}: {answer:?}");
    }
    assert_eq!(world.count("SELECT count(*) FROM accounts WHERE email = 'a@b.example'").await, 0);
}

#[tokio::test]
async fn t121_a_group_of_another_organization_is_one_that_does_not_exist() {
    let world = World::start().await;
    divide(&world);
    let ours = Api::new(&world).await;
    let theirs = Api::with(&world, OrganizationId::parse("partner").unwrap(), Scopes::Everything).await;
    let made =
        theirs.post("/admin/v1/orgs/partner/directory/groups", json!({ "name": "Theirs" })).await.json();
    let group = made["groupId"].as_str().unwrap();
    assert_eq!(made["message"], "Group Theirs was created");
    for (method, target, body) in [
        (Method::GET, format!("{V2}/{group}"), None),
        (Method::DELETE, format!("{V2}/{group}"), None),
        (Method::DELETE, format!("{V1}/{group}"), None),
        (Method::GET, format!("{V2}/{group}/role-assignments"), None),
        (
            Method::POST,
            format!("{V1}/{group}/roles/assign"),
            Some(json!({ "role": "atlassian/user", "resource": "jira.test" })),
        ),
        (Method::POST, format!("{V1}/{group}/memberships"), Some(json!({ "account_id": group }))),
        (Method::GET, format!("{V2}/{group}/stats"), None),
        (Method::GET, format!("/admin/control/v1/orgs/default/groups/{group}"), None),
        (Method::GET, format!("/admin/control/v1/orgs/default/groups/{group}/members"), None),
        (
            Method::PUT,
            format!("/admin/control/v1/orgs/default/groups/{group}"),
            Some(json!({ "name": "Ours" })),
        ),
    ] {
        let answer = ours.ask(method, &target, body).await;
        assert_eq!(
            (answer.status, code(&answer).as_str()),
            (StatusCode::NOT_FOUND, "ADMIN-404-10"),
            "{target}"
        );
    }
    assert_eq!(ours.get(V2).await.json()["data"], json!([]));
    let search = ours.post("/admin/v1/orgs/default/groups/search", json!({ "groupIds": [group] })).await;
    assert_eq!(search.json()["data"], json!([]));
    let okta = Api::of_directory(&world, OrganizationId::parse("partner").unwrap(), "Okta").await;
    let (directory, liam) = (okta.row.directory.unwrap(), account_of(&ours, "liam@acme.com").await);
    let directories = "/admin/v2/orgs/default/directories";
    assert_eq!(ours.get(directories).await.json()["data"].as_array().unwrap().len(), 1);
    for target in [format!("{directory}/groups"), format!("{directory}/users/count")] {
        let foreign = ours.get(&format!("{directories}/{target}")).await;
        assert_eq!(
            (foreign.status, code(&foreign).as_str()),
            (StatusCode::NOT_FOUND, "ADMIN-404-1"),
            "{target}"
        );
    }
    let role = json!({ "role": "atlassian/user", "resource": "wiki.test" });
    let assign = format!("/admin/v1/orgs/partner/users/{liam}/roles/assign");
    assert_eq!(code(&theirs.post(&assign, role).await), "ADMIN-404-8");
    let twice = theirs.post("/admin/v1/orgs/partner/directory/groups", json!({ "name": "Theirs" })).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    let deleted = theirs.delete(&format!("/admin/v1/orgs/partner/directory/groups/{group}")).await;
    assert_eq!(deleted.status, StatusCode::OK, "{deleted:?}");
}
