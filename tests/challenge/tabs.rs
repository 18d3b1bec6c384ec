//! Several tabs, the back button, and work that was cut short: nothing loops and nothing is sent twice.

use http::{Method, StatusCode};

use super::{JANE, challenged, challenges, tries};
use crate::support::client::{Answer, Browser, FETCH};
use crate::support::world::World;

/// Opens a page as a browser does, through its redirects, and says how many there were.
async fn settle(browser: &mut Browser, target: &str) -> (Answer, usize) {
    let mut answer = browser.open(target).await;
    for redirects in 0..=3 {
        if !answer.status.is_redirection() {
            return (answer, redirects);
        }
        let location = answer.header("location").to_owned();
        answer = browser.open(&location).await;
    }
    panic!("more than three redirects from {target}");
}

#[tokio::test]
async fn t114_two_tabs_share_one_challenge_and_each_goes_on_to_its_own_page() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    let first = jane.challenge("/browse/DEMO-1").await;
    let second = jane.challenge("/browse/DEMO-2").await;
    assert_eq!((world.mails().len(), challenges(&world).await), (1, 1));
    let code = world.newest_mail(JANE).code();
    assert_eq!(jane.submit(&first, &code).await.header("location"), "/browse/DEMO-1");
    let proof = jane.cookies.clone();
    let answer = jane.submit(&second, &code).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/browse/DEMO-2"));
    assert_eq!((tries(&world).await, &jane.cookies), (1, &proof), "the second tab just goes on");
}

#[tokio::test]
async fn t114_going_back_to_the_challenge_page_leads_on_again() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    jane.submit(&page, &code).await;
    let (back, redirects) = settle(&mut jane, "/.postern/challenge?return=%2Fbrowse%2FDEMO-1").await;
    assert_eq!((back.status, redirects), (StatusCode::OK, 1));
    assert!(back.body.contains("DEMO-1"));
    let resent = jane.resend(&page).await;
    assert_eq!((resent.status, world.mails().len()), (StatusCode::SEE_OTHER, 1));
}

#[tokio::test]
async fn t114_no_state_of_a_browser_makes_a_loop() {
    let world = World::start().await;
    let (jane, page, code) = challenged(&world, "jane", JANE).await;
    let mut verified = jane.clone();
    verified.submit(&page, &code).await;
    let mut no_device = verified.clone();
    no_device.cookies.remove(super::DEVICE);
    let mut no_session = verified.clone();
    no_session.cookies.remove("JSESSIONID");
    let mut liam = world.browser();
    liam.sign_in("liam").await;
    let browsers = [world.browser(), jane, verified, no_device, no_session, liam];
    for (number, mut browser) in browsers.into_iter().enumerate() {
        for target in [
            "/browse/DEMO-1",
            "/",
            "/.postern/challenge",
            "/.postern/challenge?return=%2F.postern%2Fchallenge",
        ] {
            let (answer, _) = settle(&mut browser, target).await;
            assert!(answer.status.is_success() || answer.status.is_client_error(), "{number} {target}");
        }
    }
}

#[tokio::test]
async fn t114_work_that_was_cut_short_by_the_challenge_is_never_sent_by_itself() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    world.jira.clear_received();
    let issue = r#"{"fields":{"summary":"half of my work"}}"#;
    let script = [FETCH.as_slice(), &[("content-type", "application/json")]].concat();
    let refused = jane.send(Method::POST, "/rest/api/2/issue", &script, issue).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let form = jane.post("/secure/AddComment.jspa", &[("comment", "half of my work")]).await;
    assert!(form.is_challenge() && form.header("location").contains("held"), "it is kept, see held.rs");
    let url = refused.json()["challenge_url"].as_str().expect("a URL").replace("https://jira.test", "");
    let page = jane.open(&url).await;
    assert!(!page.body.contains("half of my work"));
    let answer = jane.submit(&page, &world.newest_mail(JANE).code()).await;
    let location = answer.header("location").to_owned();
    assert_eq!(location, "/");
    settle(&mut jane, &location).await;
    assert!(world.reached_jira().iter().all(|request| request.method == "GET"), "{:?}", world.reached_jira());
    let again = jane.send(Method::POST, "/rest/api/2/issue", &script, issue).await;
    assert_eq!(again.status, StatusCode::CREATED, "{}", again.body);
}
