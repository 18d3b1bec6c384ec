//! Time: a proof counts for seven days, and no clock that is set makes anything last longer than the skew bound.

use std::time::Duration;

use http::StatusCode;

use super::{JANE, PROOF, WEEK, challenged};
use crate::support::world::World;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn t112_a_proof_counts_for_seven_days_to_the_second() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.verify(&world, "jane", JANE).await;
    world.advance(WEEK - SECOND);
    assert_eq!(jane.open("/browse/DEMO-1").await.status, StatusCode::OK);
    world.advance(2 * SECOND);
    assert!(jane.open("/browse/DEMO-1").await.is_challenge());
    assert_eq!(jane.fetch("/rest/api/2/issue/DEMO-1").await.json()["code"], "proof-expired");
}

#[tokio::test]
async fn t112_a_clock_set_back_makes_no_proof_last_longer_than_the_skew() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.verify(&world, "jane", JANE).await;
    world.set_back(MINUTE);
    assert_eq!(jane.open("/browse/DEMO-1").await.status, StatusCode::OK, "machines may differ by a minute");
    world.set_back(SECOND);
    assert!(jane.open("/browse/DEMO-1").await.is_challenge());
    world.set_back(DAY);
    assert!(jane.open("/browse/DEMO-1").await.is_challenge());
    world.advance(DAY + MINUTE + SECOND + DAY);
    assert_eq!(jane.open("/browse/DEMO-1").await.status, StatusCode::OK, "a day on it is a day old");
}

#[tokio::test]
async fn t112_a_clock_set_back_makes_no_code_last_longer_than_the_skew() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    world.set_back(DAY);
    assert_eq!(jane.submit(&page, &code).await.status, StatusCode::GONE);
    assert!(!jane.cookies.contains_key(PROOF));
    world.advance(DAY - MINUTE);
    assert_eq!(jane.submit(&page, &code).await.status, StatusCode::SEE_OTHER, "within the skew it is good");
}

#[tokio::test]
async fn t112_a_clock_set_back_frees_no_limit() {
    let world = World::start().await;
    let (mut jane, page, _) = challenged(&world, "jane", JANE).await;
    world.set_back(DAY);
    assert_eq!(jane.resend(&page).await.status, StatusCode::TOO_MANY_REQUESTS);
    let mut fresh = world.browser();
    fresh.sign_in("jane").await;
    fresh.challenge("/").await;
    assert_eq!(world.mails().len(), 1);
}
