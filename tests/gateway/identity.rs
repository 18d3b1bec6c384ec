//! Asking whose session it is: once however many wait, never believed when odd, and never mixed up.

use std::time::Duration;

use futures_util::future::join_all;
use http::StatusCode;
use postern::demo::{Fault, Person, Product, ProductKind};
use postern::telemetry::labels::CacheResult;

use super::{assert_nothing_forwarded, forwarded, liam, questions, stale_jane};
use crate::support::client::FETCH;
use crate::support::world::{World, behind};

const FAULTS: [Fault; 5] =
    [Fault::ServerError, Fault::Redirect, Fault::HtmlPage, Fault::BrokenJson, Fault::EndlessBody];

#[tokio::test]
async fn t074_an_odd_answer_is_never_a_pass() {
    let world = World::start().await;
    for fault in FAULTS {
        let mut jane = stale_jane(&world).await;
        let mut liam = liam(&world).await;
        world.jira.set_fault(Some(fault));
        for person in [&mut jane, &mut liam] {
            let page = person.open("/browse/DEMO-1").await;
            assert_eq!(
                (page.status, page.header("retry-after")),
                (StatusCode::SERVICE_UNAVAILABLE, "5"),
                "{fault:?}"
            );
            let problem = person.fetch("/rest/api/2/issue/DEMO-1").await;
            assert_eq!(problem.status, StatusCode::SERVICE_UNAVAILABLE, "{fault:?}");
            assert_eq!(problem.json()["code"], "identity-unavailable");
        }
        assert_nothing_forwarded(&world);
        world.jira.set_fault(None);
        world.advance(Duration::from_secs(2));
        assert_eq!(liam.open("/browse/DEMO-1").await.status, StatusCode::OK, "it heals by itself: {fault:?}");
        assert!(jane.open("/browse/DEMO-1").await.is_challenge(), "{fault:?}");
    }
}

#[tokio::test]
async fn t074_a_product_that_hangs_is_waited_for_two_seconds() {
    let world = World::start().await;
    let mut liam = liam(&world).await;
    world.jira.set_fault(Some(Fault::Hang));
    let answer = tokio::time::timeout(Duration::from_secs(10), liam.open("/browse/DEMO-1")).await;
    assert_eq!(answer.expect("an answer in time").status, StatusCode::SERVICE_UNAVAILABLE);
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t074_tokens_visitors_and_whoever_is_known_pass_while_the_product_cannot_say() {
    let world = World::start().await;
    let mut liam = liam(&world).await;
    assert_eq!(liam.open("/browse/DEMO-1").await.status, StatusCode::OK);
    world.jira.set_fault(Some(Fault::ServerError));
    assert_eq!(liam.open("/browse/DEMO-2").await.status, StatusCode::OK, "known for 30 s");
    let mut visitor = world.browser();
    assert_eq!(visitor.open("/browse/PUB-1").await.status, StatusCode::OK);
    let token = [("authorization", "Bearer demo-pat-omar")];
    let answer = world.browser().send(http::Method::GET, "/rest/api/2/issue/DEMO-1", &token, "").await;
    assert_eq!(answer.status, StatusCode::OK);
    liam.cookies.clear();
    liam.sign_in("liam").await;
    assert_eq!(liam.open("/login.jsp").await.status, StatusCode::OK, "signing in needs no answer");
    world.advance(Duration::from_secs(31));
    assert_eq!(liam.open("/browse/DEMO-1").await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn fifty_first_requests_of_one_session_ask_once() {
    let world = World::start().await;
    let liam = liam(&world).await;
    let answers = join_all((0..50).map(|_| {
        let mut liam = liam.clone();
        async move { liam.open("/browse/DEMO-1").await.status }
    }));
    assert!(answers.await.iter().all(|status| *status == StatusCode::OK));
    assert_eq!((questions(&world.jira), forwarded(&world.jira).len()), (1, 50));
    let looked_up = |result| world.app.metrics.identity_cache.total(result);
    assert_eq!(looked_up(CacheResult::Miss), 1);
    assert_eq!(
        looked_up(CacheResult::Joined) + looked_up(CacheResult::Hit),
        49,
        "the others waited or came later"
    );
}

#[tokio::test]
async fn fifty_first_requests_of_one_session_fail_on_one_question() {
    let world = World::start().await;
    let liam = liam(&world).await;
    world.jira.set_fault(Some(Fault::ServerError));
    let answers = join_all((0..50).map(|_| {
        let mut liam = liam.clone();
        async move { liam.open("/browse/DEMO-1").await.status }
    }));
    assert!(answers.await.iter().all(|status| *status == StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(questions(&world.jira), 1, "those who waited did not ask again");
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t073_the_same_cookies_at_two_sites_are_two_questions() {
    let world = World::start().await;
    let mut liam = liam(&world).await;
    assert_eq!(liam.open("/browse/DEMO-1").await.status, StatusCode::OK);
    liam.host = "wiki.test".to_owned();
    let answer = liam.open("/display/DEMO/Home").await;
    // The wiki does not know Jira's session, whatever Jira said of it.
    assert_eq!((answer.status, answer.header("x-ausername")), (StatusCode::FOUND, ""));
    assert_eq!(questions(&world.wiki), 1);
}

#[tokio::test]
async fn t075_a_sign_out_is_seen_at_once_and_a_new_session_is_asked_about() {
    let world = World::start().await;
    let mut jane = super::fresh_jane(&world).await;
    let old = jane.cookies.clone();
    assert_eq!(jane.open("/browse/DEMO-1").await.status, StatusCode::OK);
    jane.sign_out().await;
    let mut kept = world.browser();
    kept.cookies = old;
    assert_ne!(kept.open("/browse/DEMO-1").await.status, StatusCode::OK, "the old cookies are worth nothing");
    jane.sign_in("jane").await;
    assert!(jane.open("/browse/DEMO-1").await.is_challenge());
    kept.sign_in("jane").await;
    assert!(kept.open("/browse/DEMO-1").await.is_challenge(), "nor is the kept proof");
}

#[tokio::test]
async fn t079_fifty_people_are_never_mixed_up() {
    const PEOPLE: u32 = 50;
    const ROUNDS: u32 = 40;
    let person =
        |number| Person::new(number, &format!("user{number}"), "User", &format!("user{number}@ext.test"));
    let product = Product::new(ProductKind::Jira, (0..PEOPLE).map(person).collect());
    let upstream = behind(product.router()).await;
    let site = format!(
        "[[site]]\nhost = \"busy.test\"\nproduct = \"jira-software\"\nupstream = \"http://{upstream}\""
    );
    let world = World::with(&site).await;
    let mut browsers = Vec::new();
    for number in 0..PEOPLE {
        let mut browser = world.browser_at("busy.test");
        let username = format!("user{number}");
        browser.verify(&world, &username, &format!("{username}@ext.test")).await;
        browsers.push((username, browser));
    }
    for round in 0..ROUNDS {
        let asked = join_all(browsers.iter_mut().map(|(username, browser)| async move {
            let answer = browser.send(http::Method::GET, "/rest/api/2/myself", &FETCH, "").await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            assert_eq!(
                (answer.header("x-ausername"), &answer.json()["name"]),
                (username.as_str(), &username.as_str().into())
            );
        }));
        asked.await;
        if round % 10 == 0 {
            // What was known has lapsed, so the next round asks for all of them at once.
            world.advance(Duration::from_secs(31));
        }
    }
}
