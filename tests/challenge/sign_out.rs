//! Signing out ends the proof of this browser, for good, and touches no other.

use std::time::Duration;

use http::{Method, StatusCode};

use super::{DEVICE, JANE, PAUSE, PROOF, WEEK};
use crate::support::client::FETCH;
use crate::support::world::{WIKI, World};

#[tokio::test]
async fn t113_who_signs_out_and_in_again_is_challenged_and_another_browser_is_untouched() {
    let world = World::start().await;
    let (mut desk, mut phone) = (world.browser(), world.browser());
    desk.verify(&world, "jane", JANE).await;
    world.advance(PAUSE);
    phone.verify(&world, "jane", JANE).await;
    world.advance(Duration::from_secs(3600));
    desk.sign_out().await;
    assert!(!desk.cookies.contains_key(PROOF), "the cookie is taken back");
    desk.sign_in("jane").await;
    let page = desk.challenge("/browse/DEMO-1").await;
    assert_eq!(phone.open("/browse/DEMO-1").await.status, StatusCode::OK);
    let code = world.newest_mail(JANE).code();
    assert_eq!(desk.submit(&page, &code).await.status, StatusCode::SEE_OTHER);
    assert_eq!(desk.open("/browse/DEMO-1").await.status, StatusCode::OK);
    assert_eq!(phone.open("/browse/DEMO-1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_proof_kept_across_the_sign_out_is_revoked_also_after_a_restart() {
    let mut world = World::start().await;
    let mut jane = world.browser();
    jane.verify(&world, "jane", JANE).await;
    let kept = [DEVICE, PROOF].map(|name| (name.to_owned(), jane.cookies[name].clone()));
    jane.sign_out().await;
    jane.sign_in("jane").await;
    for _ in 0..2 {
        jane.cookies.extend(kept.clone());
        assert!(jane.open("/browse/DEMO-1").await.is_challenge());
        assert_eq!(jane.fetch("/rest/api/2/issue/DEMO-1").await.json()["code"], "proof-revoked");
        world = world.restart().await;
        jane.follow_to(&world);
    }
    world.advance(WEEK);
    assert!(jane.open("/browse/DEMO-1").await.is_challenge());
}

#[tokio::test]
async fn every_way_to_sign_out_ends_the_proof() {
    let world = World::with("[limits]\nsends_per_account = [\"1/1s\"]").await;
    let ways = [
        ("jira.test", Method::GET, "/secure/Logout!default.jspa"),
        ("jira.test", Method::GET, "/logout"),
        ("jira.test", Method::DELETE, "/rest/auth/1/session"),
        (WIKI, Method::GET, "/logout.action"),
    ];
    for (host, method, way) in ways {
        let mut jane = world.browser_at(host);
        jane.verify(&world, "jane", JANE).await;
        let kept = [DEVICE, PROOF].map(|name| (name.to_owned(), jane.cookies[name].clone()));
        let out = jane.send(method, way, &FETCH, "").await;
        assert!(out.status.is_success() || out.status.is_redirection(), "{way}: {}", out.status);
        jane.sign_in("jane").await;
        jane.cookies.extend(kept);
        assert!(jane.open("/").await.is_challenge(), "{way}");
        world.advance(Duration::from_secs(1));
    }
}

#[tokio::test]
async fn signing_out_while_the_code_is_on_its_way_leaves_nothing_to_verify() {
    let world = World::start().await;
    let (mut jane, page, code) = super::challenged(&world, "jane", JANE).await;
    jane.sign_out().await;
    let answer = jane.submit(&page, &code).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/browse/DEMO-1"));
    assert!(!jane.cookies.contains_key(PROOF));
    jane.sign_in("jane").await;
    assert!(jane.open("/browse/DEMO-1").await.is_challenge());
}
