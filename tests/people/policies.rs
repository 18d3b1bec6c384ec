//! External user policies, made by the API and met at the gate within a second.

use std::time::Duration;

use http::{Method, StatusCode};
use postern::domain::api_key::Scopes;
use postern::domain::organization::OrganizationId;
use serde_json::{Value, json};

use super::{OMAR, PAGE, until};
use crate::admin::{Api, code};
use crate::gateway::organizations::divide;
use crate::support::client::Browser;
use crate::support::world::World;

const POLICIES: &str = "/admin/control/v1/orgs/default/external-user-policy";
const HOUR: Duration = Duration::from_secs(3600);

fn partners(more: &Value) -> Value {
    let mut draft = json!({ "name": "Partners", "domains": ["partner.example"] });
    for (name, value) in more.as_object().unwrap() {
        draft[name] = value.clone();
    }
    draft
}

async fn create(api: &Api, draft: Value) -> String {
    let answer = api.post(POLICIES, draft).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
    answer.json()["data"]["id"].as_str().unwrap().to_owned()
}

async fn is_asked(browser: &mut Browser, expected: bool) {
    until("the gate", async || browser.open(PAGE).await.is_challenge() == expected).await;
}

#[tokio::test]
async fn t200_a_policy_of_a_domain_acts_on_its_people_at_once_and_on_nobody_else() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let (mut omar, mut jane) = (world.browser(), world.browser());
    omar.sign_in("omar").await;
    jane.sign_in("jane").await;
    is_asked(&mut omar, true).await;
    let id = create(&api, partners(&json!({ "verification": "off" }))).await;
    is_asked(&mut omar, false).await;
    assert!(jane.open(PAGE).await.is_challenge(), "she is of another domain");
    assert!(world.metrics().contains("reason=\"verification-off\""));

    let on = partners(&json!({ "frequencySeconds": 3600 }));
    assert_eq!(api.put(&format!("{POLICIES}/{id}"), on).await.status, StatusCode::OK);
    is_asked(&mut omar, true).await;
    omar.verify(&world, "omar", OMAR).await;
    assert_eq!(omar.open(PAGE).await.status, StatusCode::OK);
    world.advance(HOUR);
    assert!(omar.open(PAGE).await.is_challenge(), "an hour, not seven days");

    assert_eq!(api.delete(&format!("{POLICIES}/{id}")).await.status, StatusCode::NO_CONTENT);
    is_asked(&mut omar, false).await;
    world.app.store.verify_audit_chain().await.unwrap();
}

#[tokio::test]
async fn the_test_policy_is_for_its_people_by_name_and_outranks_their_domain() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let mut omar = world.browser();
    omar.sign_in("omar").await;
    create(&api, partners(&json!({}))).await;
    let test = format!("{POLICIES}/test");
    assert_eq!(api.get(&test).await.status, StatusCode::NOT_FOUND);
    let made = api.put(&test, json!({ "people": [OMAR], "verification": "off" })).await;
    assert_eq!((made.status, made.header("etag")), (StatusCode::OK, "\"1\""), "{made:?}");
    is_asked(&mut omar, false).await;
    assert_eq!(api.delete(&test).await.status, StatusCode::NO_CONTENT);
    is_asked(&mut omar, true).await;
}

#[tokio::test]
async fn the_default_policy_asks_what_the_file_does_until_an_admin_says_otherwise() {
    let world = World::with("[verification]\nfrequency = \"3d\"\n").await;
    let api = Api::new(&world).await;
    let default = format!("{POLICIES}/default");
    let shown = api.get(&default).await.json()["data"].clone();
    assert_eq!((&shown["frequencySeconds"], &shown["isAsConfigured"]), (&259_200.into(), &true.into()));
    let mut omar = world.browser();
    omar.sign_in("omar").await;
    let off = json!({ "verification": "off", "frequencySeconds": 86_400 });
    assert_eq!(api.put(&default, off).await.json()["data"]["isAsConfigured"], false);
    is_asked(&mut omar, false).await;
    assert_eq!(api.delete(&default).await.status, StatusCode::NO_CONTENT);
    is_asked(&mut omar, true).await;
    let listed = api.get(POLICIES).await.json()["data"].clone();
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["frequencySeconds"]), (1, &259_200.into()));
}

#[tokio::test]
async fn a_reset_asks_everybody_of_the_policy_or_one_person_again() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let id = create(&api, partners(&json!({}))).await;
    let (mut omar, mut jane) = (world.browser(), world.browser());
    omar.verify(&world, "omar", OMAR).await;
    jane.verify(&world, "jane", "jane@acme.com").await;
    world.advance(Duration::from_secs(1));
    let reset = api.ask(Method::POST, &format!("{POLICIES}/{id}/reset-sessions"), None).await;
    assert_eq!(reset.status, StatusCode::NO_CONTENT, "{reset:?}");
    is_asked(&mut omar, true).await;
    assert_eq!(jane.open(PAGE).await.status, StatusCode::OK, "she goes by the default policy");

    world.advance(Duration::from_secs(60));
    omar.verify(&world, "omar", OMAR).await;
    assert_eq!(omar.open(PAGE).await.status, StatusCode::OK);
    world.advance(Duration::from_secs(1));
    let people = "/admin/control/v1/orgs/default/external-users/reset-sessions";
    let reset = api.post(people, json!({ "emails": ["Omar@Partner.example"] })).await;
    assert_eq!(reset.status, StatusCode::NO_CONTENT, "{reset:?}");
    is_asked(&mut omar, true).await;
    assert_eq!(jane.open(PAGE).await.status, StatusCode::OK);
    assert_eq!(
        world.count("SELECT count(*) FROM audit WHERE action = 'external_user_sessions_reset'").await,
        2
    );
    for (body, field) in [(json!({ "emails": [] }), "emails"), (json!({ "emails": ["x"] }), "emails[0]")] {
        let refused = api.post(people, body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(field), "{refused:?}");
    }
}

#[tokio::test]
async fn deleting_a_policy_makes_no_verification_good_again_that_was_reset_in_it() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let id = create(&api, partners(&json!({}))).await;
    let mut omar = world.browser();
    omar.verify(&world, "omar", OMAR).await;
    world.advance(Duration::from_secs(1));
    let one = format!("{POLICIES}/{id}");
    api.ask(Method::POST, &format!("{one}/reset-sessions"), None).await;
    is_asked(&mut omar, true).await;
    assert_eq!(api.delete(&one).await.status, StatusCode::NO_CONTENT);
    create(&api, json!({ "name": "Marker", "domains": ["jane.example"], "verification": "off" })).await;
    let directory = &world.app.directory;
    until("the policies", async || directory.snapshot().policies.len() == 1).await;
    assert!(omar.open(PAGE).await.is_challenge());
}

#[tokio::test]
async fn a_policy_that_blocks_tokens_blocks_its_peoples_and_tells_them_whom_to_ask() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let mut script = world.browser();
    let ask = async |script: &mut Browser, who: &str| {
        let token = format!("Bearer demo-pat-{who}");
        let headers = [("authorization", token.as_str())];
        script.send(Method::GET, "/rest/api/2/myself", &headers, "").await
    };
    assert_eq!(ask(&mut script, "omar").await.status, StatusCode::OK);
    create(&api, partners(&json!({ "apiTokens": "block" }))).await;
    until("the block", async || ask(&mut script, "omar").await.status == StatusCode::FORBIDDEN).await;
    let refused = ask(&mut script, "omar").await;
    assert_eq!(refused.json()["code"], "token-blocked");
    assert!(refused.body.contains("ask your organization's admin"), "{refused:?}");
    assert_eq!(ask(&mut script, "liam").await.status, StatusCode::OK, "managed");
    assert_eq!(ask(&mut script, "jane").await.status, StatusCode::OK, "of another domain");
}

#[tokio::test]
async fn t140_a_change_by_who_saw_an_older_policy_is_refused() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let id = create(&api, partners(&json!({}))).await;
    let one = format!("{POLICIES}/{id}");
    let key = format!("Bearer {}", api.key);
    let change = async |tag: &'static str, name: &str| {
        let headers =
            [("authorization", key.as_str()), ("content-type", "application/json"), ("if-match", tag)];
        let draft = json!({ "name": name, "domains": ["partner.example"] }).to_string();
        api.send(Method::PUT, &one, &headers, draft).await
    };
    assert_eq!(api.get(&one).await.header("etag"), "\"1\"");
    assert_eq!(change("\"1\"", "First").await.status, StatusCode::OK);
    let stale = change("\"1\"", "Second").await;
    assert_eq!((stale.status, code(&stale).as_str()), (StatusCode::PRECONDITION_FAILED, "ADMIN-412-1"));
    assert_eq!(change("1", "Third").await.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(change("*", "Fourth").await.status, StatusCode::OK);
    assert_eq!(api.get(&one).await.json()["data"]["name"], "Fourth");
}

#[tokio::test]
async fn every_mistake_of_a_policy_is_told_and_nothing_is_kept() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    create(&api, partners(&json!({}))).await;
    let many: Vec<String> = (0..21).map(|number| format!("d{number}.example")).collect();
    for (draft, fields) in [
        (json!({ "name": "Partners", "domains": ["Partner.Example."] }), vec!["name", "domains"]),
        (
            json!({ "name": "", "frequencySeconds": 60, "domains": ["no domain"] }),
            vec!["frequencySeconds", "name", "domains[0]"],
        ),
        (json!({ "name": "Many", "domains": many }), vec!["domains"]),
        (
            json!({ "name": "Words", "verification": "maybe", "apiTokens": "some" }),
            vec!["apiTokens", "verification"],
        ),
        (json!({ "name": "Test policy" }), vec!["name"]),
        (json!({ "name": "People", "people": [OMAR] }), vec!["people"]),
    ] {
        let refused = api.post(POLICIES, draft.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{draft}");
        let errors = refused.json()["errors"].as_array().unwrap().clone();
        let told: Vec<&str> =
            errors.iter().filter_map(|error| error["detail"].as_str()?.split(':').next()).collect();
        assert_eq!(told, fields, "{draft}");
    }
    let six: Vec<String> = (0..6).map(|number| format!("p{number}@partner.example")).collect();
    let refused = api.put(&format!("{POLICIES}/test"), json!({ "people": six })).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(world.count("SELECT count(*) FROM external_policies").await, 1);
}

#[tokio::test]
async fn t121_t122_a_policy_of_another_organization_is_one_that_does_not_exist() {
    let world = World::start().await;
    divide(&world);
    let ours = Api::new(&world).await;
    let partner = OrganizationId::parse("partner").unwrap();
    let theirs = Api::with(&world, partner, Scopes::Everything).await;
    let policies = "/admin/control/v1/orgs/partner/external-user-policy";
    for (name, value) in [("id", json!("x")), ("organization", json!("default")), ("version", json!(9))] {
        let draft = json!({ "name": "Theirs", "domains": ["acme.com"], name: value });
        let refused = theirs.post(policies, draft).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "what nobody may set is not taken: {name}");
    }
    let made = theirs.post(policies, json!({ "name": "Theirs", "domains": ["acme.com"] })).await.json();
    let one = format!("{POLICIES}/{}", made["data"]["id"].as_str().unwrap());
    for (method, target) in [
        (Method::GET, one.clone()),
        (Method::DELETE, one.clone()),
        (Method::POST, format!("{one}/reset-sessions")),
    ] {
        let answer = ours.ask(method, &target, None).await;
        assert_eq!(
            (answer.status, code(&answer).as_str()),
            (StatusCode::NOT_FOUND, "ADMIN-404-5"),
            "{target}"
        );
    }
    let answer = ours.put(&one, json!({ "name": "Ours" })).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(!ours.get(POLICIES).await.body.contains("Theirs"));
    assert_eq!(create(&ours, json!({ "name": "Theirs", "domains": ["acme.com"] })).await.len(), 36);
}
