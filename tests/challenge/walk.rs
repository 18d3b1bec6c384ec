//! The walk of the demo's people by HTTP: what each of them meets when everything goes as it should, and when they mistype.

use std::time::Duration;

use http::{Method, StatusCode};

use super::{JANE, PAUSE, PROOF, WEEK, challenged, other_than};
use crate::support::world::{WIKI, World};

#[tokio::test]
async fn managed_people_never_meet_us() {
    let world = World::start().await;
    for (host, page) in [("jira.test", "/browse/DEMO-1"), (WIKI, "/display/DEMO/Home")] {
        let mut liam = world.browser_at(host);
        liam.sign_in("liam").await;
        let answer = liam.open(page).await;
        assert_eq!(answer.status, StatusCode::OK, "{host}");
        assert!(!liam.cookies.keys().any(|name| name.contains("postern")));
    }
    assert!(world.mails().is_empty());
}

#[tokio::test]
async fn a_stale_external_person_is_challenged_and_lands_on_the_page_they_asked_for() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    let page = jane.challenge("/browse/DEMO-1?focus=comments").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("j•••e@acme.com"), "{}", page.body);
    let answer = jane.submit(&page, &world.newest_mail(JANE).code()).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, "/browse/DEMO-1?focus=comments")
    );
    assert_eq!(jane.open("/browse/DEMO-1?focus=comments").await.status, StatusCode::OK);
    world.advance(WEEK.saturating_sub(Duration::from_secs(1)));
    assert_eq!(jane.open("/browse/DEMO-2").await.status, StatusCode::OK);
    world.advance(Duration::from_secs(1));
    assert!(jane.open("/browse/DEMO-2").await.is_challenge());
}

#[tokio::test]
async fn a_wrong_code_says_so_and_how_many_tries_are_left() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    for left in ["4 tries", "3 tries", "2 tries", "1 try"] {
        let answer = jane.submit(&page, &other_than(&code)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let sentence =
            format!("That code is not right. Compare it with the newest mail: you have {left} left.");
        assert!(answer.body.contains(&sentence), "{}", answer.body);
    }
    assert_eq!(jane.submit(&page, &code).await.status, StatusCode::SEE_OTHER, "the fifth try still counts");
}

#[tokio::test]
async fn five_wrong_codes_end_the_challenge_and_the_next_one_has_another_code() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    for _ in 0..4 {
        jane.submit(&page, &other_than(&code)).await;
    }
    let fifth = jane.submit(&page, &other_than(&code)).await;
    assert_eq!(fifth.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(fifth.body.contains("That code was tried too often and no longer works."), "{}", fifth.body);
    assert!(!fifth.body.contains("one-time-code"), "there is no field for a code that is over");
    let right = jane.submit(&page, &code).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "the right code comes too late");
    assert!(!jane.cookies.contains_key(PROOF));
    world.advance(PAUSE);
    let page = jane.challenge("/browse/DEMO-1").await;
    let next = world.newest_mail(JANE).code();
    assert_ne!(next, code);
    let old = jane.submit(&page, &code).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY, "the code before is any wrong code now");
    assert_eq!(jane.submit(&page, &next).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_background_request_is_told_where_the_challenge_is() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    world.jira.clear_received();
    let referer = [("referer", "https://jira.test/browse/DEMO-1?focus=comments")];
    let headers = [crate::support::client::FETCH.as_slice(), &referer].concat();
    let refused = jane.send(Method::GET, "/rest/api/2/issue/DEMO-1", &headers, "").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refused.header("content-type"), "application/problem+json");
    let problem = refused.json();
    assert_eq!((problem["code"].as_str(), problem["status"].as_u64()), (Some("no-proof"), Some(401)));
    assert_eq!(problem["receipt"].as_str(), Some(refused.header("x-postern-receipt")));
    assert!(world.reached_jira().is_empty());
    assert!(world.mails().is_empty(), "a script sends no mail");
    let url = problem["challenge_url"].as_str().expect("a URL").to_owned();
    let page = jane.open(url.strip_prefix("https://jira.test").expect("our own host")).await;
    let answer = jane.submit(&page, &world.newest_mail(JANE).code()).await;
    assert_eq!(answer.header("location"), "/browse/DEMO-1?focus=comments", "back to the page that asked");
    assert_eq!(jane.fetch("/rest/api/2/issue/DEMO-1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn each_site_asks_whoever_verified_nowhere_in_this_browser() {
    let world = World::start().await;
    let mut jira = world.browser();
    jira.verify(&world, "jane", JANE).await;
    let mut wiki = world.browser_at(WIKI);
    wiki.sign_in("jane").await;
    wiki.cookies.extend(jira.cookies.clone().into_iter().filter(|(name, _)| name.contains("postern")));
    assert!(wiki.open("/display/DEMO/Home").await.is_challenge(), "Jira's proof is worth nothing here");
    world.advance(PAUSE);
    let page = wiki.challenge("/display/DEMO/Home").await;
    let mail = world.newest_mail(JANE);
    assert!(mail.text.contains(WIKI), "{}", mail.text);
    let verified = wiki.submit(&page, &mail.code()).await;
    assert!(verified.header("location").ends_with("&return=/display/DEMO/Home"), "by way of the home host");
    assert_eq!(wiki.open("/display/DEMO/Home").await.status, StatusCode::OK);
}
