//! Mail goes out when it is asked for, with the code that lives, and only so often.

use std::net::Ipv4Addr;
use std::time::Duration;

use http::StatusCode;

use super::{JANE, OMAR, PAUSE, challenged, challenges};
use crate::support::world::World;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn send_again_repeats_the_code_that_lives() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    world.advance(PAUSE);
    let again = jane.resend(&page).await;
    assert_eq!(again.status, StatusCode::OK);
    assert!(again.body.contains("Another mail is on its way."), "{}", again.body);
    let codes: Vec<String> = world.mails().iter().map(|mail| mail.code()).collect();
    assert_eq!(codes, [code.as_str(), code.as_str()]);
    assert_eq!(challenges(&world).await, 1);
    assert_eq!(jane.submit(&again, &code).await.header("location"), "/browse/DEMO-1");
}

#[tokio::test]
async fn send_again_does_not_prolong_the_code_and_sends_a_new_one_when_it_is_over() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    world.advance(Duration::from_secs(540));
    assert_eq!(jane.resend(&page).await.status, StatusCode::OK);
    assert!(world.newest_mail(JANE).text.contains("within 1 minute."));
    world.advance(PAUSE);
    assert_eq!(jane.submit(&page, &code).await.status, StatusCode::GONE);
    let page = jane.resend(&page).await;
    assert_eq!(page.status, StatusCode::OK);
    let next = world.newest_mail(JANE).code();
    assert_ne!(next, code);
    assert_eq!(jane.submit(&page, &next).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn t108_one_mail_a_minute_and_five_an_hour_go_to_an_account() {
    let world = World::start().await;
    let (mut jane, page, _) = challenged(&world, "jane", JANE).await;
    // One request each second for two hours, near enough: what matters is when mails went out.
    let mut sent_at = vec![0];
    for second in 1..7200 {
        world.clock.advance(SECOND);
        // Where nothing can have changed nobody needs to ask; the last seconds before each limit ends are asked about.
        if second % 60 < 2 || second % 60 > 57 {
            let answer = jane.resend(&page).await;
            match answer.status {
                StatusCode::OK => sent_at.push(second),
                status => assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "second {second}"),
            }
        }
    }
    let hour = [0, 60, 120, 180, 240];
    let expected: Vec<i32> = hour.into_iter().chain(hour.map(|second| second + 3600)).collect();
    assert_eq!(sent_at, expected);
    assert_eq!(world.mails().len(), 10);
}

#[tokio::test]
async fn t108_what_is_refused_has_the_shape_of_what_is_sent() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    let refused = jane.resend(&page).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.body.contains("or ask again in 60 seconds."), "{}", refused.body);
    assert_eq!(world.mails().len(), 1);
    world.advance(PAUSE);
    let sent = jane.resend(&page).await;
    let names = |headers: &http::HeaderMap| headers.keys().map(|name| name.to_string()).collect::<Vec<_>>();
    assert_eq!(names(&refused.headers), names(&sent.headers));
    assert_eq!(refused.field("token"), sent.field("token"));
    assert_eq!(jane.submit(&refused, &code).await.status, StatusCode::SEE_OTHER, "the code lives on");
}

#[tokio::test]
async fn t108_opening_pages_sends_no_more_than_asking_does() {
    let world = World::start().await;
    let (mut jane, _, _) = challenged(&world, "jane", JANE).await;
    for _ in 0..20 {
        assert_eq!(jane.challenge("/browse/DEMO-1").await.status, StatusCode::OK);
    }
    assert_eq!((world.mails().len(), challenges(&world).await), (1, 1));
    for _ in 0..5 {
        let mut fresh = world.browser();
        fresh.sign_in("jane").await;
        let page = fresh.challenge("/").await;
        assert!(page.body.contains("A mail went out a moment ago."), "{}", page.body);
    }
    assert_eq!((world.mails().len(), challenges(&world).await), (1, 1));
}

#[tokio::test]
async fn t108_a_network_is_limited_over_all_accounts_and_another_is_not() {
    let world = World::with("[limits]\nsends_per_network = [\"2/1h\"]").await;
    challenged(&world, "jane", JANE).await;
    challenged(&world, "omar", OMAR).await;
    let mut personal = world.browser();
    personal.sign_in("jane.personal").await;
    let page = personal.challenge("/").await;
    assert!(page.body.contains("too many attempts from your network"), "{}", page.body);
    assert_eq!(personal.resend(&page).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(world.mails().len(), 2);
    let mut elsewhere = personal.from_address(Ipv4Addr::new(127, 0, 9, 1));
    assert_eq!(elsewhere.resend(&page).await.status, StatusCode::OK);
    assert_eq!(world.mails().len(), 3);
}

#[tokio::test]
async fn t108_all_mail_together_is_limited() {
    let world = World::with("[limits]\nsends = [\"2/1h\"]").await;
    challenged(&world, "jane", JANE).await;
    challenged(&world, "omar", OMAR).await;
    let mut personal = world.browser().from_address(Ipv4Addr::new(127, 0, 9, 1));
    personal.sign_in("jane.personal").await;
    let page = personal.challenge("/").await;
    assert_eq!(personal.resend(&page).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(world.mails().len(), 2);
    world.advance(Duration::from_secs(3600));
    assert_eq!(personal.resend(&page).await.status, StatusCode::OK);
}

/// T087: both limiters are at work, and neither takes from the other.
#[tokio::test]
async fn t087_sending_and_trying_are_limited_apart() {
    let world = World::with("[limits]\nsends_per_account = [\"2/1h\"]\ntries_per_account = [\"2/1h\"]").await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    assert_eq!(jane.resend(&page).await.status, StatusCode::OK);
    assert_eq!(jane.resend(&page).await.status, StatusCode::TOO_MANY_REQUESTS);
    let wrong = super::other_than(&code);
    assert_eq!(jane.submit(&page, &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(jane.submit(&page, &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(jane.submit(&page, &code).await.status, StatusCode::TOO_MANY_REQUESTS);
    let noted = "SELECT count(*) FROM quota_events WHERE kind = 'send-account'";
    assert_eq!(world.count(noted).await, 2);
    assert_eq!(world.count("SELECT count(*) FROM quota_events WHERE kind = 'try-account'").await, 2);
}
