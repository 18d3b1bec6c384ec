//! Who is no app: a User-Agent, a path, a stolen session beside a wrong password.

use http::{Method, StatusCode};
use postern::demo::{Product, Received};

use super::{AGENT, FORGOTTEN, PAGE, PASS, app_of, apps, enrolments, load, post_sign_in};
use crate::support::client::{Browser, NAVIGATION};
use crate::support::world::World;

const EXECUTOR: &str = "/rest/nativemobile/1.0/batch";

/// What was forwarded, without the gateway's own questions.
pub fn forwarded(product: &Product) -> Vec<Received> {
    let mut received = product.received();
    received.retain(|request| !request.header("x-forwarded-for").is_empty());
    received
}

/// Somebody who signed in with a plain browser, remembered by the product.
async fn stale(world: &World, username: &str) -> Browser {
    let mut browser = world.browser_at("app.test");
    assert_eq!(post_sign_in(&mut browser, username, "demo", &[]).await.status, StatusCode::FOUND);
    browser
}

#[tokio::test]
async fn t044_t050_an_apps_user_agent_and_its_paths_open_nothing() {
    for keys in [PASS, ""] {
        let (world, product) = apps(keys).await;
        let mut omar = stale(&world, "omar").await;
        product.clear_received();
        for path in [PAGE, "/rest/api/2/search", EXECUTOR, "/rest/nativemobile/1.0/project/search"] {
            let answer = omar.send(Method::GET, path, &[AGENT], "").await;
            assert_eq!(
                (answer.status, &answer.json()["code"]),
                (StatusCode::UNAUTHORIZED, &"no-proof".into()),
                "{path}"
            );
        }
        let answer =
            omar.send(Method::POST, EXECUTOR, &[AGENT, ("content-type", "application/json")], "[]").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(load(&mut omar, PAGE).await.is_challenge());
        assert!(forwarded(&product).is_empty());
        assert_eq!(enrolments(&world).await, 0);
    }
}

#[tokio::test]
async fn t045_other_machines_user_agents_open_nothing() {
    let (world, product) = apps(PASS).await;
    let mut omar = stale(&world, "omar").await;
    product.clear_received();
    for agent in ["kube-probe/1.30", "GoogleHC/1.0", "Prometheus/2.50"] {
        let answer = omar.send(Method::GET, PAGE, &[("user-agent", agent)], "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{agent}");
    }
    assert!(forwarded(&product).is_empty());
}

#[tokio::test]
async fn a_wrong_password_beside_a_stolen_session_enrolls_nothing() {
    let (world, product) = apps(PASS).await;
    let omar = stale(&world, "omar").await;
    for kept in
        [vec!["JSESSIONID"], vec!["seraph.rememberme.cookie"], vec!["JSESSIONID", "seraph.rememberme.cookie"]]
    {
        let mut thief = omar.clone();
        thief.cookies.retain(|name, _| kept.contains(&name.as_str()));
        // A product may set any cookie in answer to that, or take one back.
        thief.cookies.insert("seraph.other".to_owned(), "x".to_owned());
        post_sign_in(&mut thief, "omar", "wrong", &[AGENT]).await;
        product.clear_received();
        assert!(load(&mut thief, PAGE).await.is_challenge(), "{kept:?}");
        assert_eq!(enrolments(&world).await, 0, "{kept:?}");
    }
}

#[tokio::test]
async fn a_failed_sign_in_of_a_visitor_enrolls_nothing() {
    let (world, _) = apps(PASS).await;
    let mut visitor = world.browser_at("app.test");
    visitor.open("/login.jsp").await;
    let answer = post_sign_in(&mut visitor, "omar", "wrong", &[AGENT]).await;
    assert_eq!((answer.status, enrolments(&world).await), (StatusCode::OK, 0));
}

#[tokio::test]
async fn who_is_signed_in_already_is_not_enrolled_by_signing_in_again() {
    let (world, _) = apps(PASS).await;
    let mut omar = stale(&world, "omar").await;
    assert_eq!(post_sign_in(&mut omar, "omar", "demo", &[AGENT]).await.status, StatusCode::FOUND);
    assert!(load(&mut omar, PAGE).await.is_challenge());
    omar.sign_out().await;
    assert_eq!(post_sign_in(&mut omar, "omar", "demo", &[AGENT]).await.status, StatusCode::FOUND);
    assert_eq!(load(&mut omar, PAGE).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_sign_in_by_a_password_in_the_head_enrolls_nothing() {
    let (world, product) = apps(PASS).await;
    let mut omar = world.browser_at("app.test");
    let headers = [AGENT, ("authorization", "Basic b21hcjpkZW1v")];
    post_sign_in(&mut omar, "omar", "demo", &headers).await;
    assert!(omar.cookies.contains_key("JSESSIONID"), "{:?}", product.received());
    assert_eq!(enrolments(&world).await, 0);
    assert!(load(&mut omar, PAGE).await.is_challenge());
}

#[tokio::test]
async fn only_the_sign_in_pages_enroll() {
    let (world, _) = apps(PASS).await;
    let mut omar = world.browser_at("app.test");
    // The look-alike takes a sign-in in the address at any page, which never gets there.
    for (method, target) in [
        (Method::GET, "/login.jsp?os_username=omar&os_password=demo"),
        (Method::POST, "/browse/DEMO-1?os_username=omar&os_password=demo"),
    ] {
        omar.send(method, target, &[AGENT], "").await;
        assert_eq!(enrolments(&world).await, 0, "{target}");
    }
}

#[tokio::test]
async fn other_cookies_than_those_of_the_sign_in_are_another_session() {
    let (world, product) = apps(PASS).await;
    let mut app = app_of(&world, "omar").await;
    let other = stale(&world, "omar").await;
    product.clear_received();
    let mut mixed = app.clone();
    mixed.cookies.insert("unknown".to_owned(), "x".to_owned());
    assert!(load(&mut mixed, PAGE).await.is_challenge(), "one more");
    let mut mixed = app.clone();
    mixed.cookies.insert("JSESSIONID".to_owned(), other.cookies["JSESSIONID"].clone());
    assert!(load(&mut mixed, PAGE).await.is_challenge(), "another session of the same person");
    assert!(forwarded(&product).is_empty());
    app.cookies.insert("_ga".to_owned(), "GS1.2".to_owned());
    assert_eq!(load(&mut app, PAGE).await.status, StatusCode::OK, "a harmless one does not count");
}

#[tokio::test]
async fn an_enrolled_session_that_carries_another_person_ends() {
    let (world, product) = apps(PASS).await;
    let mut app = app_of(&world, "omar").await;
    assert_eq!(load(&mut app, PAGE).await.status, StatusCode::OK);
    // The address is part of who somebody is.
    product.set_email("omar", "liam@acme.com");
    world.advance(FORGOTTEN);
    assert!(load(&mut app, PAGE).await.is_challenge());
    product.set_email("omar", "omar@partner.example");
    world.advance(FORGOTTEN);
    assert!(load(&mut app, PAGE).await.is_challenge(), "it does not come back");
    assert!(world.metrics().contains("postern_mobile_enrolments_total{event=\"wrong_user\"} 1"));
}

#[tokio::test]
async fn a_session_header_beside_enrolled_cookies_is_another_session() {
    let sources = "[[site.session]]\nsource = \"jwt\"\nheader = \"X-Acme-Token\"\nissuer = \"https://id.acme.com\"\n\
                   audience = \"app\"\nalgorithms = [\"RS256\"]\njwks_url = \"http://127.0.0.1:9/jwks.json\"\n\
                   [[site.session]]\nsource = \"introspect\"";
    let (world, product) = apps(&format!("{PASS}\n{sources}")).await;
    let mut omar = app_of(&world, "omar").await;
    assert_eq!(load(&mut omar, PAGE).await.header("x-ausername"), "omar");
    product.clear_received();
    let headers = [NAVIGATION.as_slice(), &[("x-acme-token", "opaque")]].concat();
    assert!(omar.send(Method::GET, PAGE, &headers, "").await.is_challenge());
    assert_eq!(load(&mut omar, PAGE).await.header("x-ausername"), "omar", "the app's own session goes on");
}
