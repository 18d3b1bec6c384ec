//! When something fails: who still passes, and what the others are told.

use http::StatusCode;

use super::{assert_nothing_forwarded, fresh_jane, liam, load, stale_jane};
use crate::support::world::World;

#[tokio::test]
async fn an_upstream_that_cannot_be_reached_is_a_502() {
    // A port that was just free, and that nothing listens on any more.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let site =
        format!("[[site]]\nhost = \"gone.test\"\nproduct = \"jira-software\"\nupstream = \"http://{free}\"");
    let world = World::with(&site).await;
    let mut visitor = world.browser_at("gone.test");
    let page = visitor.open("/browse/DEMO-1").await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (StatusCode::BAD_GATEWAY, "text/html; charset=utf-8")
    );
    assert!(page.body.contains(page.header("x-postern-receipt")), "{}", page.body);
    let problem = visitor.fetch("/rest/api/2/myself").await;
    assert_eq!(
        (problem.status, &problem.json()["code"]),
        (StatusCode::BAD_GATEWAY, &"upstream-unreachable".into())
    );
    assert!(!problem.body.contains(&free.port().to_string()), "internals stay here: {}", problem.body);
    visitor.cookies.insert("JSESSIONID".to_owned(), "x".to_owned());
    let problem = visitor.fetch("/rest/api/2/myself").await;
    assert_eq!(problem.status, StatusCode::SERVICE_UNAVAILABLE, "nobody can say whose session it is");
    assert_eq!(problem.json()["code"], "identity-unavailable");
}

#[tokio::test]
async fn t202_without_the_store_managed_and_fresh_people_pass_and_stale_ones_wait() {
    let world = World::start().await;
    let (mut fresh, mut liam, mut omar) = (fresh_jane(&world).await, liam(&world).await, world.browser());
    omar.sign_in("omar").await;
    let page = omar.challenge("/browse/DEMO-1").await;
    let code = world.newest_mail("omar@partner.example").code();
    world.app.store.close().await;
    for target in ["/browse/DEMO-1", "/rest/api/2/myself"] {
        assert_eq!(fresh.open(target).await.status, StatusCode::OK, "{target}");
        assert_eq!(liam.open(target).await.status, StatusCode::OK, "{target}");
    }
    let token = [("authorization", "Bearer demo-pat-omar")];
    let answer = world.browser().send(http::Method::GET, "/rest/api/2/myself", &token, "").await;
    assert_eq!(answer.status, StatusCode::OK);
    world.jira.clear_received();
    let refused = omar.submit(&page, &code).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "no verification without a record of it");
    for browser in [&mut omar, &mut stale_jane(&world).await] {
        assert!(browser.open("/browse/DEMO-1").await.is_challenge());
        let page = browser.open("/.postern/challenge?return=/browse/DEMO-1").await;
        assert_eq!((page.status, page.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "5"));
        assert!(page.body.contains("Verification is not possible right now"), "{}", page.body);
    }
    assert_nothing_forwarded(&world);
}

/// A backup that went wrong, say: it may take minutes.
#[tokio::test]
async fn t203_while_another_process_holds_the_store_who_is_fresh_passes_and_who_verifies_is_told_to_wait() {
    let world = World::start().await;
    let (mut fresh, mut omar) = (fresh_jane(&world).await, world.browser());
    omar.sign_in("omar").await;
    let page = omar.challenge("/browse/DEMO-1").await;
    let code = world.newest_mail("omar@partner.example").code();
    let mut other = world.database().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let (refused, passed) = tokio::join!(omar.submit(&page, &code), async {
        let mut passed = 0;
        for _ in 0..50 {
            passed += usize::from(fresh.open("/browse/DEMO-1").await.status == StatusCode::OK);
        }
        passed
    });
    assert_eq!((refused.status, passed), (StatusCode::SERVICE_UNAVAILABLE, 50));
    assert!(omar.open("/browse/DEMO-1").await.is_challenge(), "what was not written down did not happen");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    let page = omar.challenge("/browse/DEMO-1").await;
    assert_eq!(omar.submit(&page, &code).await.header("location"), "/browse/DEMO-1", "the code still lives");
}

#[tokio::test]
async fn a_sign_out_without_the_store_ends_the_proof_all_the_same() {
    let world = World::start().await;
    let mut jane = fresh_jane(&world).await;
    let kept = jane.cookies.clone();
    world.app.store.close().await;
    jane.sign_out().await;
    jane.cookies = kept;
    jane.sign_in("jane").await;
    world.jira.clear_received();
    let answer = load(&world, &jane, "/browse/DEMO-1", "X-Requested-With: XMLHttpRequest\r\n").await;
    assert!(answer.is_challenge() && answer.body.contains("proof-revoked"), "{answer:?}");
    assert_nothing_forwarded(&world);
}
