//! User management by the API: one managed account, in the dialect of that family.

use http::{Method, StatusCode};
use postern::domain::api_key::{Scope, Scopes};
use postern::domain::organization::OrganizationId;
use serde_json::{Value, json};

use super::accounts::id;
use super::{Api, code};
use crate::gateway::organizations::divide;
use crate::people::until;
use crate::support::client::Answer;
use crate::support::world::World;

async fn patch(api: &Api, id: &str, body: Value) -> Answer {
    api.ask(Method::PATCH, &format!("/users/{id}/manage/profile"), Some(body)).await
}

/// The violations of a refusal, as pairs of field and key.
fn violations(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{answer:?}");
    assert_eq!(answer.json()["key"], "fieldConstraintsViolated");
    let all = answer.json()["context"]["fieldViolations"].as_array().unwrap().clone();
    let pair = |one: &Value| {
        let key = one["violations"][0]["key"].as_str().unwrap();
        (one["field"].as_str().unwrap().to_owned(), key.to_owned())
    };
    all.iter().map(pair).collect()
}

#[tokio::test]
async fn a_profile_is_edited_field_by_field_and_every_mistake_is_told() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let liam = id(&api, "liam@acme.com").await;
    let edited = patch(&api, &liam, json!({
        "nickname": "Li", "zoneinfo": "Europe/Berlin", "account_status": "closed", "email": "x@y.test", "odd": 1,
        "extended_profile": { "job_title": "Boss", "department": "Sales", "phone_number": "1" },
    }))
    .await;
    assert_eq!(edited.status, StatusCode::OK, "{edited:?}");
    let account = edited.json()["account"].clone();
    assert_eq!((&account["nickname"], &account["name"]), (&"Li".into(), &"Liam Hart".into()));
    assert_eq!(account["extended_profile"], json!({ "job_title": "Boss", "department": "Sales" }));
    assert_eq!(
        (&account["email"], &account["account_status"]),
        (&"liam@acme.com".into(), &"active".into()),
        "T122"
    );
    let cleared =
        patch(&api, &liam, json!({ "extended_profile": { "job_title": null, "department": "" } })).await;
    assert_eq!(cleared.json()["account"]["extended_profile"], json!({}));
    assert_eq!(api.get(&format!("/users/{liam}/manage/profile")).await.json(), cleared.json());

    let wrong = json!({ "nickname": "x".repeat(31), "name": "a\u{7}b", "locale": "en" });
    let pairs =
        [("name", "validCharacters"), ("nickname", "maxLength")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(violations(&patch(&api, &liam, wrong).await), pairs);
    let whole = api.get(&format!("/users/{liam}/manage/profile")).await;
    assert_eq!(whole.json(), cleared.json(), "nothing of it was done");
    for body in [json!({ "name": 7 }), json!({ "extended_profile": "x" }), json!("x")] {
        let answer = patch(&api, &liam, body.clone()).await;
        assert_eq!(
            (answer.status, &answer.json()["key"]),
            (StatusCode::BAD_REQUEST, &"bodyParseFailure".into()),
            "{body}"
        );
    }
    let events = "SELECT count(*) FROM audit WHERE action = 'account_profile_updated'";
    assert_eq!(world.count(events).await, 2);
}

#[tokio::test]
async fn an_address_changes_to_a_verified_domain_alone_and_to_nobody_elses() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let liam = id(&api, "liam@acme.com").await;
    let set =
        async |email: &str| api.put(&format!("/users/{liam}/manage/email"), json!({ "email": email })).await;
    let unclaimed = set("liam@else.test").await;
    assert_eq!(unclaimed.status, StatusCode::FORBIDDEN);
    assert_eq!(unclaimed.json()["key"], "forbidden.unclaimedDomain");
    assert_eq!(unclaimed.json()["context"], json!({ "domain": "else.test" }));
    let taken = set("MIA@acme.com").await;
    assert_eq!(
        (taken.status, &taken.json()["key"]),
        (StatusCode::CONFLICT, &"conflict.lifecycleErrors".into())
    );
    assert_eq!(
        violations(&set("liam@@acme.com").await),
        [("email".to_owned(), "validCharacters".to_owned())]
    );
    let long = format!("{}@acme.com", "x".repeat(256));
    assert_eq!(violations(&set(&long).await), [("email".to_owned(), "partMaxLength".to_owned())]);
    let resend = format!("/admin/control/v1/orgs/default/users/{liam}/resend-verification");
    let early = api.ask(Method::POST, &resend, None).await;
    assert_eq!(
        (early.status, code(&early).as_str()),
        (StatusCode::CONFLICT, "ADMIN-409-28"),
        "it is verified"
    );
    assert_eq!(set("Liam.Hart@ACME.com").await.status, StatusCode::NO_CONTENT);
    let verified = async || {
        let shown = api.get(&format!("/users/{liam}/manage/profile")).await.json()["account"].clone();
        assert_eq!(shown["email"], "liam.hart@acme.com");
        shown["email_verified"].as_bool().unwrap()
    };
    assert!(!verified().await);
    let locked = patch(&api, &liam, json!({ "name": "x" })).await;
    assert_eq!(
        (locked.status, &locked.json()["key"]),
        (StatusCode::FORBIDDEN, &"forbidden.targetUnverified".into())
    );

    // The owner is asked by mail, proves the mailbox at a site, and is managed again.
    let told =
        || world.mails().into_iter().filter(|mail| mail.to == "liam.hart@acme.com").collect::<Vec<_>>();
    until("the mail", async || !told().is_empty()).await;
    assert!(
        told()[0].text.contains("jira.test\r\nwiki.test") && !told()[0].text.contains("http"),
        "{}",
        told()[0].text
    );
    let again = api.ask(Method::POST, &resend, None).await;
    assert_eq!(
        (again.status, again.header("retry-after")),
        (StatusCode::TOO_MANY_REQUESTS, "600"),
        "{again:?}"
    );
    world.advance(std::time::Duration::from_secs(600));
    assert_eq!(api.ask(Method::POST, &resend, None).await.status, StatusCode::NO_CONTENT);
    until("the second mail", async || told().len() == 2).await;
    let mut browser = world.browser_at("wiki.test");
    browser.verify(&world, "liam", "liam.hart@acme.com").await;
    until("the proof", async || verified().await).await;
    assert_eq!(patch(&api, &liam, json!({ "name": "Liam" })).await.status, StatusCode::OK);
    let nobody = uuid::Uuid::from_u128(7);
    let unknown = api.ask(Method::POST, &resend.replace(&liam, &nobody.to_string()), None).await;
    assert_eq!((unknown.status, code(&unknown).as_str()), (StatusCode::NOT_FOUND, "ADMIN-404-8"));
}

#[tokio::test]
async fn the_life_of_an_account_takes_steps_and_refuses_those_that_lead_nowhere() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let liam = id(&api, "liam@acme.com").await;
    let step = async |step: &str| {
        api.ask(Method::POST, &format!("/users/{liam}/manage/lifecycle/{step}"), None).await
    };
    let status = async || {
        api.get(&format!("/users/{liam}/manage/profile")).await.json()["account"]["account_status"].clone()
    };
    let said =
        api.post(&format!("/users/{liam}/manage/lifecycle/disable"), json!({ "message": "left" })).await;
    assert_eq!((said.status, status().await), (StatusCode::NO_CONTENT, "inactive".into()));
    assert_eq!(step("disable").await.status, StatusCode::NO_CONTENT, "once more is no mistake");
    assert_eq!(step("enable").await.status, StatusCode::NO_CONTENT);
    assert_eq!(status().await, "active");
    let odd = step("cancel-delete").await;
    assert_eq!((odd.status, &odd.json()["key"]), (StatusCode::CONFLICT, &"conflict.lifecycleErrors".into()));
    assert_eq!(odd.json()["context"]["accountId"], liam.as_str());
    let deleted = step("delete").await;
    assert_eq!(deleted.status, StatusCode::OK);
    assert!(deleted.json()["message"].as_str().unwrap().contains("2027-01-29"), "{deleted:?}");
    assert_eq!(step("enable").await.status, StatusCode::CONFLICT);
    assert_eq!(step("cancel-delete").await.status, StatusCode::OK);
    assert_eq!(status().await, "active", "had back, and active");
}

#[tokio::test]
async fn nothing_of_it_is_done_to_an_account_that_is_not_managed() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let jane = id(&api, "jane@acme.com").await;
    let refused = |answer: &Answer| {
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{answer:?}");
        assert_eq!(answer.json()["key"], "forbidden.action");
        assert_eq!(
            answer.json()["context"],
            json!({ "allowed": false, "reason": { "key": "managedAccount" } })
        );
    };
    refused(&patch(&api, &jane, json!({ "name": "x" })).await);
    refused(&api.put(&format!("/users/{jane}/manage/email"), json!({ "email": "j@acme.com" })).await);
    for step in ["disable", "enable", "delete", "cancel-delete"] {
        refused(&api.post(&format!("/users/{jane}/manage/lifecycle/{step}"), json!({})).await);
    }
    let rules = api.get(&format!("/users/{jane}/manage?privileges=email.set,lifecycle.delete")).await.json();
    let no = json!({ "allowed": false, "reason": { "key": "managedAccount" } });
    assert_eq!(rules, json!({ "email.set": no, "lifecycle.delete": no }));
    let liam = id(&api, "liam@acme.com").await;
    let rules = api.get(&format!("/users/{liam}/manage")).await.json();
    assert_eq!(rules["profile.write"]["extended_profile.job_title"], json!({ "allowed": true }));
    assert_eq!(rules.as_object().unwrap().len(), 8);
}

#[tokio::test]
async fn tokens_are_a_bare_empty_list_and_ids_are_read_in_both_spellings() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let liam = id(&api, "liam@acme.com").await;
    assert_eq!(api.get(&format!("/users/{liam}/manage/api-tokens")).await.json(), json!([]));
    let answer = api.delete(&format!("/users/{liam}/manage/api-tokens/x")).await;
    assert_eq!((answer.status, &answer.json()["key"]), (StatusCode::NOT_FOUND, &"notFound".into()));
    for odd in ["557058:0867a421", "557058%3A0867a421", "a|b", "a%7Cb", "x".repeat(200).as_str()] {
        let answer = api.get(&format!("/users/{odd}/manage/profile")).await;
        assert_eq!(
            (answer.status, &answer.json()["key"]),
            (StatusCode::NOT_FOUND, &"accountNotFound".into()),
            "{odd}"
        );
    }
    let scoped = Api::scoped(&world, &[Scope::ReadAccounts]).await;
    let answer = scoped.get(&format!("/users/{liam}/manage")).await;
    assert_eq!((answer.status, &answer.json()["key"]), (StatusCode::FORBIDDEN, &"forbidden".into()));
    assert!(answer.json()["message"].as_str().unwrap().contains("manage:org"), "{answer:?}");
}

#[tokio::test]
async fn t121_a_key_of_another_organization_manages_nobody_here() {
    let world = World::start().await;
    divide(&world);
    let api = Api::new(&world).await;
    let other = Api::with(&world, OrganizationId::parse("partner").unwrap(), Scopes::Everything).await;
    let liam = id(&api, "liam@acme.com").await;
    let random = uuid::Uuid::from_u128(7).to_string();
    for (method, path, body) in [
        (Method::GET, "manage", None),
        (Method::GET, "manage/profile", None),
        (Method::PATCH, "manage/profile", Some(json!({ "name": "x" }))),
        (Method::PUT, "manage/email", Some(json!({ "email": "x@acme.com" }))),
        (Method::GET, "manage/api-tokens", None),
        (Method::DELETE, "manage/api-tokens/x", None),
        (Method::POST, "manage/lifecycle/disable", None),
        (Method::POST, "manage/lifecycle/enable", None),
        (Method::POST, "manage/lifecycle/delete", None),
        (Method::POST, "manage/lifecycle/cancel-delete", None),
    ] {
        let foreign = other.ask(method.clone(), &format!("/users/{liam}/{path}"), body.clone()).await;
        let unknown = other.ask(method.clone(), &format!("/users/{random}/{path}"), body).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(foreign.body, unknown.body, "{path}");
    }
}
