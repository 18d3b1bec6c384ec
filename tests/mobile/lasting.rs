//! What an enrolment outlives, and what ends it.

use std::time::Duration;

use http::StatusCode;

use super::{FORGOTTEN, PAGE, PASS, WEEK, app_of, apps, enrolments, load};
use crate::support::client::Browser;

const REMEMBER_ME: &str = "seraph.rememberme.cookie";

/// The app as it is when the system has started it anew: without what a browser forgets when it is closed.
fn started_anew(app: &Browser) -> Browser {
    let mut app = app.clone();
    app.cookies.retain(|name, _| name == REMEMBER_ME);
    app
}

#[tokio::test]
async fn an_enrolment_outlives_a_restart_and_ends_when_it_would_have() {
    let (mut world, _) = apps(PASS).await;
    let mut app = app_of(&world, "omar").await;
    for _ in 0..2 {
        world = world.restart().await;
        app.follow_to(&world);
        assert_eq!(load(&mut app, PAGE).await.status, StatusCode::OK);
    }
    world.advance(WEEK);
    world = world.restart().await;
    app.follow_to(&world);
    assert!(load(&mut app, PAGE).await.is_challenge());
}

#[tokio::test]
async fn it_follows_the_session_that_the_product_makes_anew_until_the_same_end() {
    let (world, product) = apps(PASS).await;
    let mut app = app_of(&world, "omar").await;
    for day in 0..7 {
        assert_eq!(load(&mut app, PAGE).await.status, StatusCode::OK, "day {day}");
        let before = app.cookies["JSESSIONID"].clone();
        // As a change of node does: the session is gone, and the product makes another by the remembered sign-in.
        product.end_sessions();
        world.advance(Duration::from_secs(86_400 - 100));
        assert_eq!(load(&mut app, PAGE).await.status, StatusCode::OK, "day {day}");
        assert_ne!(app.cookies["JSESSIONID"], before);
        let mut old = app.clone();
        old.cookies.insert("JSESSIONID".to_owned(), before);
        assert_eq!(load(&mut old, PAGE).await.status, StatusCode::OK, "what is under way with the old one");
        world.advance(Duration::from_secs(100));
    }
    assert!(load(&mut app, PAGE).await.is_challenge(), "a week after the sign-in");
}

#[tokio::test]
async fn the_cookies_before_the_last_change_are_worth_nothing_a_minute_later() {
    let (world, product) = apps(PASS).await;
    let mut app = app_of(&world, "omar").await;
    let old = app.cookies.clone();
    product.end_sessions();
    world.advance(FORGOTTEN);
    assert_eq!(load(&mut app, PAGE).await.status, StatusCode::OK);
    assert_ne!(app.cookies, old);
    let mut late = world.browser_at("app.test");
    late.cookies = old;
    world.advance(Duration::from_secs(61));
    assert!(load(&mut late, PAGE).await.is_challenge());
    assert_eq!(load(&mut app, PAGE).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_app_that_is_started_anew_is_known_by_what_it_kept() {
    let (world, _) = apps(PASS).await;
    let app = app_of(&world, "omar").await;
    for hour in 0..3 {
        let mut again = started_anew(&app);
        assert_eq!(load(&mut again, PAGE).await.status, StatusCode::OK, "hour {hour}");
        assert!(again.cookies.contains_key("JSESSIONID"));
        assert_eq!(load(&mut again, PAGE).await.status, StatusCode::OK, "with its new session");
        world.advance(Duration::from_secs(3600));
    }
}

#[tokio::test]
async fn signing_out_ends_every_state_of_the_session_also_after_a_restart() {
    let (mut world, _) = apps(PASS).await;
    let mut app = app_of(&world, "omar").await;
    let kept = app.clone();
    assert_eq!(load(&mut started_anew(&app), PAGE).await.status, StatusCode::OK);
    assert!(enrolments(&world).await >= 2);
    app.sign_out().await;
    let open = "SELECT count(*) FROM enrolments WHERE ends_at > 1800000000000";
    assert_eq!(world.count(open).await, 0);
    assert_eq!(world.count("SELECT count(*) FROM audit WHERE action = 'mobile_session_ended'").await, 1);
    assert!(world.metrics().contains("postern_mobile_enrolments_total{event=\"signed_out\"} 1"));
    for _ in 0..2 {
        world = world.restart().await;
        for mut late in [kept.clone(), started_anew(&kept)] {
            late.follow_to(&world);
            // The product knows nobody by these any more; the enrolment must not outlive that either.
            assert_ne!(load(&mut late, PAGE).await.status, StatusCode::OK);
        }
    }
}

#[tokio::test]
async fn a_sign_out_without_the_store_ends_the_enrolment_here_all_the_same() {
    let (world, product) = apps(PASS).await;
    let mut app = app_of(&world, "omar").await;
    let kept = app.clone();
    world.app.store.close().await;
    // The answer says so at any page, and this product keeps the session in spite of it.
    product.keep_sessions_on_sign_out(true);
    app.sign_out().await;
    let mut late = kept.clone();
    assert!(load(&mut late, PAGE).await.is_challenge());
    assert!(load(&mut started_anew(&kept), PAGE).await.is_challenge());
}
