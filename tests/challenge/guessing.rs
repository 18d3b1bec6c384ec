//! A code is guessed at most five times and succeeds at most once, and an account is guessed at only so often, whatever is
//! parallel, restarted, or spread over browsers and networks.

use std::net::Ipv4Addr;
use std::time::Duration;

use futures_util::future::join_all;
use http::StatusCode;

use super::{JANE, OMAR, PAUSE, PROOF, challenged, challenges, other_than, tries};
use crate::support::client::{Answer, Browser};
use crate::support::world::World;

const WRONG: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
const TOO_MANY: StatusCode = StatusCode::TOO_MANY_REQUESTS;

/// Posts one code so many times at once, each in a copy of the browser.
async fn at_once(browser: &Browser, page: &Answer, code: &str, times: usize) -> Vec<Answer> {
    let mut copies = vec![browser.clone(); times];
    join_all(copies.iter_mut().map(|copy| copy.submit(page, code))).await
}

fn count(answers: &[Answer], status: StatusCode) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t083_a_hundred_wrong_codes_at_once_are_five_tries() {
    let world = World::start().await;
    let (jane, page, code) = challenged(&world, "jane", JANE).await;
    let answers = at_once(&jane, &page, &other_than(&code), 100).await;
    // The fifth try is evaluated too; its answer says that it was the last.
    assert_eq!((count(&answers, WRONG), count(&answers, TOO_MANY)), (4, 96));
    assert_eq!(tries(&world).await, 5);
    assert_eq!(world.count("SELECT count(*) FROM quota_events WHERE kind = 'try-account'").await, 5);
    assert_eq!(count(&at_once(&jane, &page, &code, 10).await, TOO_MANY), 10, "the right code comes too late");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t084_the_right_code_fifty_times_at_once_succeeds_once() {
    let world = World::start().await;
    let (jane, page, code) = challenged(&world, "jane", JANE).await;
    let answers = at_once(&jane, &page, &code, 50).await;
    assert_eq!((count(&answers, StatusCode::SEE_OTHER), count(&answers, StatusCode::CONFLICT)), (1, 49));
    let proofs = answers.iter().flat_map(Answer::set_cookies).filter(|line| line.starts_with(PROOF)).count();
    assert_eq!(proofs, 1);
    assert_eq!(world.count("SELECT count(*) FROM challenges WHERE outcome = 'verified'").await, 1);
    assert_eq!(tries(&world).await, 1);
}

#[tokio::test]
async fn t085_new_codes_bring_no_more_than_fifteen_tries_an_hour_and_thirty_a_day() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    for hour in 1..=2 {
        for _ in 0..3 {
            let page = jane.challenge("/").await;
            let code = world.newest_mail(JANE).code();
            for _ in 0..4 {
                assert_eq!(jane.submit(&page, &other_than(&code)).await.status, WRONG);
            }
            assert_eq!(jane.submit(&page, &other_than(&code)).await.status, TOO_MANY);
            world.advance(PAUSE);
        }
        let page = jane.challenge("/").await;
        let code = world.newest_mail(JANE).code();
        let refused = jane.submit(&page, &code).await;
        assert_eq!(refused.status, TOO_MANY, "not even the right code in hour {hour}");
        assert!(refused.body.contains("too many wrong codes for your account"), "{}", refused.body);
        assert_eq!(tries(&world).await, 0, "what is refused by the limit is no try of the code");
        let wait: u64 = refused.header("retry-after").parse().expect("seconds");
        let bound = if hour == 1 { 3_300..=3_600 } else { 79_000..=86_400 };
        assert!(bound.contains(&wait), "hour {hour}: {wait}");
        world.advance(Duration::from_secs(wait.min(3600)));
    }
    assert_eq!(world.count("SELECT sum(tries) FROM challenges").await, 30);
    assert_eq!(challenges(&world).await, 8);
}

#[tokio::test]
async fn t086_new_browsers_networks_and_connections_share_the_bound() {
    let world = World::with("[limits]\nsends_per_account = [\"1/1s\"]").await;
    let (mut tried, mut refused) = (0, 0);
    for network in 1..=5 {
        let mut jane = world.browser().from_address(Ipv4Addr::new(127, 0, network, 1));
        jane.sign_in("jane").await;
        let page = jane.challenge("/").await;
        let code = world.newest_mail(JANE).code();
        for _ in 0..5 {
            let answer = jane.submit(&page, &other_than(&code)).await;
            if answer.header("retry-after").is_empty() { tried += 1 } else { refused += 1 }
        }
        world.advance(Duration::from_secs(1));
    }
    assert_eq!((tried, refused), (15, 10));
    assert_eq!(world.count("SELECT sum(tries) FROM challenges").await, 15);
    let networks = "SELECT count(DISTINCT subject) FROM quota_events WHERE kind = 'try-network'";
    assert_eq!(world.count(networks).await, 3, "they did come from several networks");
}

#[tokio::test]
async fn t086_tries_of_one_network_are_bounded_over_all_accounts() {
    let world = World::with("[limits]\ntries_per_network = [\"3/1h\"]").await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    for _ in 0..3 {
        assert_eq!(jane.submit(&page, &other_than(&code)).await.status, WRONG);
    }
    let (mut omar, page, code) = challenged(&world, "omar", OMAR).await;
    let refused = omar.submit(&page, &code).await;
    assert_eq!((refused.status, refused.header("retry-after")), (TOO_MANY, "3600"));
    assert!(refused.body.contains("too many attempts from your network"), "{}", refused.body);
    let mut elsewhere = omar.clone().from_address(Ipv4Addr::new(127, 0, 9, 1));
    assert_eq!(elsewhere.submit(&page, &code).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn t088_a_restart_between_guesses_keeps_the_counters() {
    let mut world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    for left in ["4 tries", "3 tries", "2 tries", "1 try"] {
        let answer = jane.submit(&page, &other_than(&code)).await;
        assert!(answer.body.contains(&format!("you have {left} left")), "{}", answer.body);
        world = world.restart().await;
        jane.follow_to(&world);
    }
    assert_eq!(jane.submit(&page, &other_than(&code)).await.status, TOO_MANY);
    world = world.restart().await;
    jane.follow_to(&world);
    assert_eq!(jane.submit(&page, &code).await.status, TOO_MANY);
    assert_eq!(tries(&world).await, 5);
    let early = jane.resend(&page).await;
    assert_eq!(early.status, TOO_MANY, "the limit on mail outlives the restart too");
    world.advance(PAUSE);
    assert_eq!(jane.resend(&page).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_code_works_after_a_restart_and_so_does_the_proof() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    let world = world.restart().await;
    jane.follow_to(&world);
    assert_eq!(jane.submit(&page, &code).await.status, StatusCode::SEE_OTHER);
    let world = world.restart().await;
    jane.follow_to(&world);
    assert_eq!(jane.open("/browse/DEMO-1").await.status, StatusCode::OK);
}
