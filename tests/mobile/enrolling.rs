//! A sign-in inside an app enrolls its session, where the site says so and nothing narrows that down.

use http::StatusCode;

use super::{AGENT, FORGOTTEN, OMAR, PAGE, PASS, WEEK, app_of, apps, enrolments, load, post_sign_in};
use crate::support::world::World;

#[tokio::test]
async fn a_session_that_began_in_the_app_passes_without_a_code_until_the_frequency_is_over() {
    let (world, product) = apps(PASS).await;
    let mut app = app_of(&world, "omar").await;
    product.clear_received();
    let page = app.open(PAGE).await;
    assert_eq!((page.status, page.header("x-ausername")), (StatusCode::OK, "omar"), "by its cookies alone");
    assert_eq!(
        app.fetch("/rest/nativemobile/1.0/batch").await.status,
        StatusCode::NOT_FOUND,
        "the product's own"
    );
    assert!(world.mails().is_empty());
    let metrics = world.metrics();
    let series =
        "class=\"external\",decision=\"pass\",lane=\"mobile\",reason=\"mobile-session\",site=\"app.test\"";
    assert!(
        metrics.contains(series) && metrics.contains("postern_mobile_enrolments_total{event=\"enrolled\"} 1")
    );
    world.advance(WEEK.saturating_sub(std::time::Duration::from_secs(1)));
    assert_eq!(load(&mut app, PAGE).await.status, StatusCode::OK);
    world.advance(std::time::Duration::from_secs(1));
    assert!(load(&mut app, PAGE).await.is_challenge());
}

#[tokio::test]
async fn it_is_written_down_for_whom() {
    let (world, _) = apps(PASS).await;
    app_of(&world, "omar").await;
    let audit = "SELECT count(*) FROM audit WHERE action = 'mobile_session_enrolled' AND subject = 'omar@partner.example' \
                 AND detail LIKE '%app.test%'";
    assert_eq!(world.count(audit).await, 1);
    let told = "SELECT count(*) FROM changes WHERE kind = 'enrolment' AND detail NOT LIKE '%omar%'";
    assert_eq!(
        world.count(told).await,
        2,
        "the session, and what is left of it when the app is started anew"
    );
    world.app.store.verify_audit_chain().await.expect("a whole chain");
}

#[tokio::test]
async fn by_default_the_apps_web_view_meets_the_code_page_once() {
    let world = World::start().await;
    let mut app = world.browser();
    post_sign_in(&mut app, "omar", "demo", &[AGENT]).await;
    let answer = load(&mut app, PAGE).await;
    assert!(answer.is_challenge(), "{answer:?}");
    let location = answer.header("location").to_owned();
    let page = load(&mut app, &location).await;
    assert_eq!(page.status, StatusCode::OK);
    let answer = app.submit(&page, &world.newest_mail(OMAR).code()).await;
    assert_eq!(answer.header("location"), PAGE);
    let background = app.send(http::Method::GET, "/rest/api/2/myself", &[AGENT], "").await;
    assert_eq!((background.status, &background.json()["name"]), (StatusCode::OK, &"omar".into()));
    assert_eq!(enrolments(&world).await, 0);
}

#[tokio::test]
async fn managed_people_are_not_enrolled_as_they_pass_anyway() {
    let (world, _) = apps(PASS).await;
    let mut app = app_of(&world, "liam").await;
    assert_eq!(load(&mut app, PAGE).await.status, StatusCode::OK);
    assert_eq!(enrolments(&world).await, 0);
}

#[tokio::test]
async fn a_sign_in_from_elsewhere_is_not_enrolled_where_networks_are_named() {
    for (networks, enrolled) in [("10.0.0.0/8", false), ("127.0.0.0/8", true)] {
        let (world, _) = apps(&format!("{PASS}\nnetworks = [\"{networks}\"]")).await;
        let mut app = app_of(&world, "omar").await;
        assert_eq!(load(&mut app, PAGE).await.status == StatusCode::OK, enrolled, "{networks}");
        assert_eq!(enrolments(&world).await > 0, enrolled);
    }
}

#[tokio::test]
async fn a_sign_in_without_a_client_certificate_is_not_enrolled_where_one_is_wanted() {
    let (world, _) = apps(&format!("{PASS}\nclient_certificate = true")).await;
    let mut app = app_of(&world, "omar").await;
    assert!(load(&mut app, PAGE).await.is_challenge());
    assert_eq!(enrolments(&world).await, 0);
}

#[tokio::test]
async fn when_the_store_fails_the_sign_in_works_and_nobody_is_enrolled() {
    let (world, product) = apps(PASS).await;
    world.app.store.close().await;
    let mut app = app_of(&world, "omar").await;
    product.clear_received();
    let answer = app.fetch(PAGE).await;
    assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::UNAUTHORIZED, &"no-proof".into()));
    assert!(super::spoofing::forwarded(&product).is_empty());
    assert!(world.metrics().contains("postern_mobile_enrolments_total{event=\"failed\"} 1"));
}

#[tokio::test]
async fn when_nobody_can_say_who_signed_in_nobody_is_enrolled() {
    let (world, product) = apps(PASS).await;
    let mut app = world.browser_at("app.test");
    product.set_fault(Some(postern::demo::Fault::ServerError));
    assert_eq!(post_sign_in(&mut app, "omar", "demo", &[AGENT]).await.status, StatusCode::FOUND);
    product.set_fault(None);
    world.advance(FORGOTTEN);
    assert!(load(&mut app, PAGE).await.is_challenge());
}
