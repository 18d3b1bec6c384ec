//! Users of a directory: what an identity provider says of them is what their accounts are, at the gate from the next request on.

use std::time::Duration;

use http::{Method, StatusCode};
use postern::clock;
use postern::domain::organization::OrganizationId;
use serde_json::{Value, json};

use super::Api;
use crate::support::client::{Answer, Browser};
use crate::support::process::PATIENCE;
use crate::support::world::World;

async fn okta(world: &World) -> Api {
    Api::of_directory(world, OrganizationId::only(), "Okta").await
}

/// Adds a user with this address.
async fn add(api: &Api, email: &str) -> Value {
    let answer = api.post(&api.below("/Users"), json!({ "userName": email })).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    answer.json()
}

fn at(api: &Api, user: &Value) -> String {
    api.below(&format!("/Users/{}", user["id"].as_str().expect("an id")))
}

fn refused(answer: &Answer) -> (u16, String) {
    let kind = answer.json()["scimType"].as_str().unwrap_or_default().to_owned();
    assert_eq!(answer.json()["status"], answer.status.as_str(), "{answer:?}");
    (answer.status.as_u16(), kind)
}

/// Asks again until a change of an account acted.
async fn until(browser: &mut Browser, status: StatusCode) {
    let since = clock::stopwatch();
    while browser.open("/browse/DEMO-1").await.status != status {
        assert!(clock::stopwatch() - since < PATIENCE, "it never acted");
    }
}

#[tokio::test]
async fn a_user_is_added_shown_found_and_removed() {
    let world = World::start().await;
    let api = okta(&world).await;
    let sent = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "", "externalId": "e1",
        "userName": "Nora@acme.com", "name": { "givenName": "Nora", "familyName": "Ek" }, "nickName": "No",
        "title": "Lead", "timezone": "Europe/Oslo", "preferredLanguage": "nb-NO",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.1": { "department": "IT", "organization": "Acme" },
    });
    let added = api.post(&api.below("/Users"), sent).await;
    assert_eq!(added.status, StatusCode::CREATED, "{added:?}");
    assert_eq!(added.header("content-type"), "application/scim+json");
    let user = added.json();
    assert_eq!(user["meta"]["location"].as_str(), Some(added.header("location")));
    assert_eq!((&user["meta"]["resourceType"], &user["active"]), (&"User".into(), &true.into()));
    assert_eq!(user["emails"], json!([{ "value": "Nora@acme.com", "type": "work", "primary": true }]));
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    assert_eq!(user[enterprise], json!({ "department": "IT", "organization": "Acme" }));
    assert_eq!(api.get(added.header("location")).await.json(), user);

    let account = user["urn:scim:schemas:extension:atlassian-external:1.0"]["atlassianAccountId"].as_str();
    let admin = Api::new(&world).await;
    let manage = format!("/users/{}/manage", account.expect("an account"));
    let profile = admin.get(&format!("{manage}/profile")).await.json()["account"].clone();
    assert_eq!((&profile["email"], &profile["name"]), (&"nora@acme.com".into(), &"Nora Ek".into()));
    assert_eq!((&profile["nickname"], &profile["locale"]), (&"No".into(), &"nb-NO".into()));
    assert_eq!(
        profile["extended_profile"],
        json!({ "job_title": "Lead", "department": "IT", "organization": "Acme" })
    );
    let managed = "SELECT count(*) FROM accounts WHERE email = 'nora@acme.com' AND claimed = 1 AND email_verified = 1 \
                   AND policy IS NOT NULL";
    assert_eq!(world.count(managed).await, 1);

    for filter in ["userName eq \"NORA@ACME.COM\"", "username EQ \"nora@acme.com\"", "externalId eq \"e1\""] {
        let target = api.below(&format!("/Users?filter={}", filter.replace(' ', "%20").replace('"', "%22")));
        let found = api.get(&target).await.json();
        assert_eq!((&found["totalResults"], &found["Resources"][0]), (&1.into(), &user), "{filter}: {found}");
    }
    let none = api.get(&api.below("/Users?filter=externalId%20eq%20%22E1%22")).await.json();
    assert_eq!(none["totalResults"], 0, "capitals of an externalId matter");

    let one = at(&api, &user);
    assert_eq!(api.delete(&one).await.status, StatusCode::NO_CONTENT);
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(refused(&api.ask(method, &one, None).await).0, 404);
    }
    let kept = "SELECT count(*) FROM accounts WHERE email = 'nora@acme.com' AND status = 'deactivated'";
    assert_eq!(world.count(kept).await, 1);
    let told = "SELECT count(*) FROM audit WHERE action IN ('user_created', 'user_deleted', 'account_claimed', \
                'account_profile_updated', 'account_deactivated') AND actor = 'Okta' AND api_key IS NOT NULL \
                AND address = '127.0.0.1' AND organization = 'default' AND subject = 'nora@acme.com'";
    assert_eq!(world.count(told).await, 5);
}

#[tokio::test]
async fn who_is_not_active_any_more_is_kept_out_at_once_and_comes_back_with_the_switch() {
    let world = World::start().await;
    let api = okta(&world).await;
    let mut liam = world.browser();
    liam.sign_in("liam").await;
    until(&mut liam, StatusCode::OK).await;
    let user = add(&api, "liam@acme.com").await;
    let one = at(&api, &user);
    let off = api.patch(&one, json!([{ "op": "Replace", "path": "active", "value": "False" }])).await;
    assert_eq!((off.status, &off.json()["active"]), (StatusCode::OK, &false.into()));
    until(&mut liam, StatusCode::FORBIDDEN).await;
    let on = api.patch(&one, json!([{ "op": "replace", "value": { "active": true } }])).await;
    assert_eq!(on.json()["active"], true);
    comes_back(&world, &mut liam).await;
    let put = json!({ "userName": "liam@acme.com", "active": false });
    assert_eq!(api.put(&one, put).await.status, StatusCode::OK);
    until(&mut liam, StatusCode::FORBIDDEN).await;
    let again = api.put(&one, json!({ "userName": "liam@acme.com" })).await;
    assert_eq!(again.json()["active"], true, "who is not said to be kept out may come in");
    comes_back(&world, &mut liam).await;
    assert_eq!(api.delete(&one).await.status, StatusCode::NO_CONTENT);
    until(&mut liam, StatusCode::FORBIDDEN).await;
    add(&api, "liam@acme.com").await;
    comes_back(&world, &mut liam).await;
}

/// Earlier sign-ins ended with the account, and the next one lets them in.
async fn comes_back(world: &World, browser: &mut Browser) {
    until(browser, StatusCode::UNAUTHORIZED).await;
    world.advance(Duration::from_secs(1));
    browser.sign_in("liam").await;
    until(browser, StatusCode::OK).await;
}

#[tokio::test]
async fn what_an_admin_decided_about_an_account_stays_decided() {
    let world = World::start().await;
    let (api, admin) = (okta(&world).await, Api::new(&world).await);
    let user = add(&api, "liam@acme.com").await;
    let account = user["urn:scim:schemas:extension:atlassian-external:1.0"]["atlassianAccountId"].clone();
    let manage = format!("/users/{}/manage", account.as_str().unwrap());
    let disable = format!("{manage}/lifecycle/disable");
    assert_eq!(admin.post(&disable, json!({})).await.status, StatusCode::NO_CONTENT);
    let title = json!([{ "op": "add", "path": "title", "value": "Lead" }]);
    assert_eq!(api.patch(&at(&api, &user), title).await.status, StatusCode::OK);
    let kept = "SELECT count(*) FROM accounts WHERE email = 'liam@acme.com' AND status = 'deactivated' AND job_title = 'Lead'";
    assert_eq!(world.count(kept).await, 1, "the directory did not say anything else of that");

    let edit = admin.ask(Method::PATCH, &format!("{manage}/profile"), Some(json!({ "nickname": "x" }))).await;
    let rule = json!({ "allowed": false, "reason": { "key": "externalDirectory.scim" } });
    assert_eq!(
        (edit.status, &edit.json()["key"]),
        (StatusCode::FORBIDDEN, &"forbidden.fieldMutation".into())
    );
    assert_eq!(edit.json()["context"]["nickname"], rule);
    let email = admin.put(&format!("{manage}/email"), json!({ "email": "l@acme.com" })).await;
    assert_eq!(email.json()["context"]["email"], rule);
    let shown = admin.get(&manage).await.json();
    assert_eq!((&shown["email.set"], &shown["profile.write"]["name"]), (&rule, &rule));
    assert_eq!(shown["lifecycle.enablement"], json!({ "allowed": true }));

    assert_eq!(admin.post(&format!("{manage}/lifecycle/delete"), json!({})).await.status, StatusCode::OK);
    assert_eq!(api.delete(&at(&api, &user)).await.status, StatusCode::NO_CONTENT);
    let again = api.post(&api.below("/Users"), json!({ "userName": "liam@acme.com" })).await;
    assert_eq!(refused(&again), (409, "uniqueness".to_owned()), "only an admin has it back");
}

#[tokio::test]
async fn nobody_is_added_whose_domain_is_not_the_organizations() {
    let world = World::start().await;
    let api = okta(&world).await;
    for (email, kind) in [
        ("omar@partner.example", "invalidValue"),
        ("x@sub.acme.com", "invalidValue"),
        ("x@acme.com.evil.example", "invalidValue"),
        ("nobody", "invalidValue"),
    ] {
        let sent = json!({ "userName": "u", "emails": [{ "value": email }] });
        let answer = api.post(&api.below("/Users"), sent).await;
        assert_eq!(refused(&answer), (400, kind.to_owned()), "{email}: {answer:?}");
    }
    let user = add(&api, "nora@acme.com").await;
    let away = json!([{ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "omar@partner.example" }]);
    assert_eq!(refused(&api.patch(&at(&api, &user), away).await), (400, "invalidValue".to_owned()));
    assert_eq!(api.get(&at(&api, &user)).await.json(), user, "nothing of it was done");
    assert_eq!(world.count("SELECT count(*) FROM scim_users").await, 1);
    assert_eq!(world.count("SELECT count(*) FROM accounts WHERE claimed = 1").await, 3);
}

/// Whoever signed up at the product with a colleague's address is not that colleague because they were hired.
#[tokio::test]
async fn an_account_that_was_only_seen_stays_unverified_until_its_mailbox_answers() {
    let world = World::start().await;
    let api = okta(&world).await;
    let mut change = world.app.store.write().await.unwrap();
    let squatted = postern::domain::email::EmailAddress::parse("hired@acme.com").unwrap();
    change.see_account(&OrganizationId::only(), &squatted, false, world.clock.now()).await.unwrap();
    let event = postern::store::AuditEvent::new("test", postern::store::AuditAction::AccountPinned, "x");
    change.commit(event, world.clock.now()).await.unwrap();
    let user = add(&api, "hired@acme.com").await;
    let counted = "SELECT claimed * 10 + email_verified FROM accounts WHERE email = 'hired@acme.com'";
    assert_eq!(world.count(counted).await, 10);
    let renamed = json!([{ "op": "replace", "path": "emails.value", "value": "hired.new@acme.com" }]);
    assert_eq!(api.patch(&at(&api, &user), renamed).await.status, StatusCode::OK);
    assert_eq!(world.count(counted).await, 10, "it did not become the new address");
    let moved = "SELECT claimed * 10 + email_verified FROM accounts WHERE email = 'hired.new@acme.com'";
    assert_eq!(world.count(moved).await, 11);
}

#[tokio::test]
async fn a_name_and_an_address_are_one_users() {
    let world = World::start().await;
    let (api, entra) = (okta(&world).await, Api::of_directory(&world, OrganizationId::only(), "Entra").await);
    let nora = add(&api, "nora@acme.com").await;
    let same_name = json!({ "userName": "NORA@acme.com", "emails": [{ "value": "other@acme.com" }] });
    let same_address = json!({ "userName": "other", "emails": [{ "value": "nora@acme.com" }] });
    for sent in [&same_name, &same_address] {
        assert_eq!(
            refused(&api.post(&api.below("/Users"), sent.clone()).await),
            (409, "uniqueness".to_owned())
        );
    }
    let elsewhere = entra.post(&entra.below("/Users"), same_address).await;
    assert_eq!(refused(&elsewhere), (409, "uniqueness".to_owned()), "an account follows one directory");
    assert_eq!(entra.post(&entra.below("/Users"), same_name).await.status, StatusCode::CREATED);

    let olga = add(&api, "olga@acme.com").await;
    for sent in [
        json!({ "userName": "nora@acme.com", "emails": [{ "value": "olga@acme.com" }] }),
        json!({ "userName": "olga@acme.com", "emails": [{ "value": "nora@acme.com" }] }),
    ] {
        assert_eq!(refused(&api.put(&at(&api, &olga), sent).await), (409, "uniqueness".to_owned()));
    }
    let moved = json!({ "userName": "olga@acme.com", "emails": [{ "value": "olga.new@acme.com" }] });
    assert_eq!(api.put(&at(&api, &olga), moved).await.status, StatusCode::OK);
    assert_eq!(world.count("SELECT count(*) FROM accounts WHERE email = 'olga@acme.com'").await, 0);
    let told =
        "SELECT count(*) FROM audit WHERE action = 'account_email_changed' AND subject = 'olga.new@acme.com'";
    assert_eq!(world.count(told).await, 1);
    assert_eq!(api.get(&at(&api, &nora)).await.json(), nora);
}

#[tokio::test]
async fn t121_a_user_of_another_directory_is_one_that_does_not_exist() {
    let world = World::start().await;
    let (api, entra) = (okta(&world).await, Api::of_directory(&world, OrganizationId::only(), "Entra").await);
    let nora = add(&api, "nora@acme.com").await;
    let foreign = entra.below(&format!("/Users/{}", nora["id"].as_str().unwrap()));
    let unknown = entra.below(&format!("/Users/{}", uuid::Uuid::from_u128(7)));
    for (method, body) in [
        (Method::GET, None),
        (Method::PUT, Some(json!({ "userName": "nora@acme.com" }))),
        (Method::PATCH, Some(json!({ "Operations": [{ "op": "add", "path": "title", "value": "x" }] }))),
        (Method::DELETE, None),
    ] {
        let theirs = entra.ask(method.clone(), &foreign, body.clone()).await;
        let nobodys = entra.ask(method.clone(), &unknown, body).await;
        assert_eq!((theirs.status, theirs.json()), (StatusCode::NOT_FOUND, nobodys.json()), "{method}");
    }
    assert_eq!(entra.get(&entra.below("/Users")).await.json()["totalResults"], 0);
    assert_eq!(api.get(&at(&api, &nora)).await.json(), nora);
}
