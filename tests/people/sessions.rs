//! Authentication policies, made by the API and met by managed people at the gate.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{PAGE, until};
use crate::admin::{Api, auth_policies::KEPT};
use crate::support::client::{Answer, Browser, FETCH};
use crate::support::world::{JIRA, WIKI, World};

const MINUTE: Duration = Duration::from_secs(60);
const LIAM: &str = "liam@acme.com";

/// A policy of Liam's that asks for this, once the gate knows it.
pub async fn asked_of_liam(world: &World, api: &Api, settings: Value) -> String {
    let made = api.post(KEPT, json!({ "name": "Strict", "settings": settings })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    let id = made.json()["data"]["id"].as_str().unwrap().to_owned();
    let added = api.post(&format!("{KEPT}/{id}/members"), json!({ "users": [LIAM] })).await;
    assert_eq!(added.status, StatusCode::OK, "{added:?}");
    let policy = id.parse().ok();
    until("the gate", async || {
        let liam = postern::domain::email::EmailAddress::parse(LIAM).unwrap();
        world.app.directory.account_at(&postern::domain::organization::OrganizationId::only(), &liam).0.policy
            == policy
    })
    .await;
    id
}

fn is_sent_away(answer: &Answer, reason: &str) -> bool {
    let cookies = answer.set_cookies();
    answer.status == StatusCode::UNAUTHORIZED
        && answer.body.contains(reason)
        && answer.body.contains("href=\"/login.jsp?os_destination=")
        && cookies.iter().any(|line| line.starts_with("JSESSIONID=; Path=/; Max-Age=0"))
}

async fn liam(world: &World) -> Browser {
    let mut liam = world.browser();
    liam.sign_in("liam").await;
    assert_eq!(liam.open(PAGE).await.status, StatusCode::OK);
    liam
}

#[tokio::test]
async fn a_session_ends_with_its_time_also_after_a_restart_and_with_some_of_its_cookies() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    asked_of_liam(&world, &api, json!({ "sessionExpirationMinutes": 60 })).await;
    let mut browser = world.browser();
    let remembered = [("os_username", "liam"), ("os_password", "demo"), ("os_cookie", "true")];
    assert_eq!(browser.post("/login.jsp", &remembered).await.status, StatusCode::FOUND);
    assert_eq!(browser.open(PAGE).await.status, StatusCode::OK);
    assert!(browser.cookies.len() > 1, "{:?}", browser.cookies);
    until("the store", async || world.count("SELECT count(*) FROM sessions").await >= 2).await;
    world.advance(59 * MINUTE);
    // Nor does a sign-in page give them another one, where the product remembers them.
    let mut insider = browser.clone();
    insider.cookies.remove("JSESSIONID");
    insider.open("/login.jsp").await;
    insider.cookies.retain(|name, _| name == "JSESSIONID");
    assert_eq!(insider.cookies.len(), 1);
    assert_eq!(insider.open(PAGE).await.status, StatusCode::OK);
    // The product signs them in again by the cookie that remembers them, which is no sign-in of theirs.
    browser.cookies.remove("JSESSIONID");
    assert_eq!(browser.open(PAGE).await.status, StatusCode::OK);
    assert!(browser.cookies.contains_key("JSESSIONID"));
    let mut stolen = browser.clone();
    stolen.cookies.retain(|name, _| name == "JSESSIONID");
    assert_eq!(stolen.open(PAGE).await.status, StatusCode::OK, "the new cookie alone is the same session");
    until("both new cookies", async || world.count("SELECT count(*) FROM sessions").await >= 4).await;

    let world = world.restart().await;
    browser.follow_to(&world);
    stolen.follow_to(&world);
    insider.follow_to(&world);
    assert_eq!(browser.open(PAGE).await.status, StatusCode::OK);
    world.advance(MINUTE);
    world.jira.clear_received();
    assert!(is_sent_away(&browser.open(PAGE).await, "longer ago than your organization allows"));
    assert!(is_sent_away(&insider.open(PAGE).await, "longer ago"));
    let kept = stolen.cookies.clone();
    let answer = stolen.send(Method::GET, "/rest/api/2/issue/DEMO-1", &FETCH, "").await;
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (StatusCode::UNAUTHORIZED, &"session-expired".into())
    );
    assert_eq!(answer.json()["sign_in_url"], "https://jira.test/login.jsp?os_destination=/");
    assert_eq!(world.reached_jira().len(), 0, "{:?}", world.reached_jira());

    // Whoever kept the cookies is shown the product's form, and not sent round in a circle.
    let page = stolen.send(Method::GET, "/login.jsp", &[("cookie", &cookie_line(&kept))], "").await;
    assert_eq!(page.status, StatusCode::OK, "{page:?}");
    assert!(page.body.contains("os_password"), "{}", page.body);
    let reached = world.reached_jira().pop().expect("the form's request");
    assert!(!format!("{:?}", reached.header("cookie")).contains(kept["JSESSIONID"].as_str()), "{reached:?}");
    browser.sign_in("liam").await;
    assert_eq!(browser.open(PAGE).await.status, StatusCode::OK);
    assert!(world.metrics().contains("decision=\"sign-in\",lane=\"browser\",reason=\"session-expired\""));
}

fn cookie_line(cookies: &std::collections::BTreeMap<String, String>) -> String {
    cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn a_session_idles_while_only_a_page_polls_and_lives_while_its_person_works() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    asked_of_liam(&world, &api, json!({ "idleSessionMinutes": 30 })).await;
    let mut browser = liam(&world).await;
    world.advance(20 * MINUTE);
    let posted = browser.send(Method::POST, "/rest/api/2/issue", &FETCH, "{}").await;
    assert_ne!(posted.status, StatusCode::UNAUTHORIZED, "they do something");
    world.advance(20 * MINUTE);
    assert_eq!(browser.fetch("/rest/api/2/issue/DEMO-1").await.status, StatusCode::OK);
    browser.send(Method::POST, "/rest/analytics/1.0/publish/bulk", &FETCH, "[]").await;
    world.advance(10 * MINUTE);
    assert!(is_sent_away(&browser.open(PAGE).await, "away for longer"));
}

#[tokio::test]
async fn settings_act_from_the_next_sign_in_on_and_at_once_when_an_admin_says_so() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let mut browser = liam(&world).await;
    let mut mia = world.browser();
    mia.sign_in("mia").await;
    assert_eq!(mia.open(PAGE).await.status, StatusCode::OK);
    let required =
        json!({ "twoStepVerification": { "requirement": "required", "methods": ["mailed-code"] } });
    let id = asked_of_liam(&world, &api, required).await;
    assert_eq!(browser.open(PAGE).await.status, StatusCode::OK, "they signed in before");

    world.advance(MINUTE);
    let reset = api.post(&format!("{KEPT}/{id}/reset-sessions"), Value::Null).await;
    assert_eq!(reset.status, StatusCode::NO_CONTENT, "{reset:?}");
    until("the gate", async || browser.clone().open(PAGE).await.status == StatusCode::UNAUTHORIZED).await;
    assert!(is_sent_away(&browser.open(PAGE).await, "ended all earlier sign-ins"));
    assert_eq!(mia.open(PAGE).await.status, StatusCode::OK, "she is of another policy");

    world.advance(MINUTE);
    browser.sign_in("liam").await;
    browser.verify(&world, "liam", LIAM).await;
    assert_eq!(browser.open(PAGE).await.status, StatusCode::OK);
    world.advance(10 * 24 * 60 * MINUTE);
    assert_eq!(browser.open(PAGE).await.status, StatusCode::OK, "once in a session is enough");
    browser.go_to(WIKI);
    browser.sign_in("liam").await;
    let (way, _) = browser.settle("/display/DEMO/Home").await;
    assert_eq!(way.len(), 1, "another sign-in, at another host: this one cannot vouch for it: {way:?}");
    browser.go_to(JIRA);
    browser.sign_out().await;
    browser.sign_in("liam").await;
    assert!(browser.open(PAGE).await.is_challenge(), "a code for each sign-in");
}

#[tokio::test]
async fn single_sign_on_takes_no_session_of_another_kind() {
    let site = "[[site]]\nhost = \"app.test\"\nproduct = \"generic\"\nupstream = \"http://127.0.0.1:9\"\n\
                [[site.session]]\nsource = \"jwt\"\ncookie = \"up_jwt\"\nissuer = \"https://idp.acme.com\"\naudience = \"app\"\n\
                algorithms = [\"RS256\"]\njwks_url = \"http://127.0.0.1:9/jwks.json\"";
    let world = World::with(site).await;
    let api = Api::new(&world).await;
    let wanted = json!({ "singleSignOn": { "enforced": true, "issuer": "https://idp.acme.com" } });
    asked_of_liam(&world, &api, wanted).await;
    let mut browser = world.browser();
    browser.sign_in("liam").await;
    assert!(is_sent_away(&browser.open(PAGE).await, "single sign-on"));
}

#[tokio::test]
async fn tokens_of_members_are_blocked_at_once() {
    let site = "api_identity = \"introspect\"";
    let world = World::with("").await;
    world.reload("product = \"jira-software\"", &format!("product = \"jira-software\"\n{site}")).unwrap();
    let api = Api::new(&world).await;
    let call = async || {
        let token = [("authorization", "Bearer demo-pat-liam")];
        world.browser().send(Method::GET, "/rest/api/2/issue/DEMO-1", &token, "").await.status
    };
    assert_eq!(call().await, StatusCode::OK);
    asked_of_liam(&world, &api, json!({ "userApiTokens": "block" })).await;
    until("the gate", async || call().await == StatusCode::FORBIDDEN).await;
}

#[tokio::test]
async fn a_session_that_memory_let_go_of_lasts_on_in_the_store() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    asked_of_liam(&world, &api, json!({ "sessionExpirationMinutes": 60 })).await;
    let mut browser = world.browser();
    let remembered = [("os_username", "liam"), ("os_password", "demo"), ("os_cookie", "true")];
    browser.post("/login.jsp", &remembered).await;
    assert_eq!(browser.open(PAGE).await.status, StatusCode::OK);
    until("the store", async || world.count("SELECT count(*) FROM sessions").await >= 2).await;
    world.advance(59 * MINUTE);
    let is_kept = || world.app.directory.sessions().count();
    assert!(is_kept() > 0);
    world.app.gateway.sweep();
    (0..2).for_each(|_| world.app.directory.sessions().sweep());
    assert_eq!(is_kept(), 0);
    // A sign-in page, where nobody asks whose session it is, gives those whom the product remembers no other one.
    browser.cookies.remove("JSESSIONID");
    browser.open("/login.jsp").await;
    browser.cookies.retain(|name, _| name == "JSESSIONID");
    assert_eq!((browser.cookies.len(), browser.open(PAGE).await.status), (1, StatusCode::OK));
    world.advance(MINUTE);
    assert!(is_sent_away(&browser.open(PAGE).await, "longer ago than your organization allows"));
}
