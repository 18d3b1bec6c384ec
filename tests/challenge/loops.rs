//! Nobody goes round for ever: after three redirects at most a page says what happens, and leads on.

use std::time::Duration;

use http::{Method, StatusCode};

use super::{DEVICE, JANE, PAUSE, PROOF, challenged};
use crate::support::client::{Answer, Browser, NAVIGATION};
use crate::support::world::World;

const PAGE: &str = "/browse/DEMO-1";

/// That a page explains this, gives a receipt, and leads back to the page that was asked for.
fn explains(answer: &Answer, sentence: &str) {
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    assert!(answer.body.contains(sentence), "{}", answer.body);
    assert!(answer.body.contains(&format!("href=\"{PAGE}\"")) && answer.body.contains("class=\"receipt\""));
}

#[tokio::test]
async fn t114_a_browser_that_does_not_keep_its_proof_is_told_so() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    let mut forgetful = jane.clone();
    forgetful.cookies.remove(DEVICE);
    let told = forgetful.submit_only(&page, &code).await;
    explains(&told, "does not keep the cookie");
    assert_eq!(super::tries(&world).await, 0, "the code is not spent on it");

    let verified = jane.submit_only(&page, &code).await;
    let way = verified.header("location").to_owned();
    let mut kept = jane.clone();
    for dropped in [PROOF, DEVICE] {
        let mut dropping = jane.clone();
        dropping.cookies.remove(dropped);
        let (place, told) = dropping.go_on(&verified).await;
        explains(&told, "does not keep the cookie");
        assert!(place.contains("/.postern/arrived?"), "{place}");
        assert!(dropping.open(PAGE).await.is_challenge(), "the link leads to where it began");
    }
    assert_eq!(kept.open(&way).await.header("location"), PAGE);

    // Who has the address and not the moment is told nothing, however stale they are.
    jane.cookies.remove(PROOF);
    for stale in [
        "/.postern/arrived?return=%2Fbrowse%2FDEMO-1",
        "/.postern/arrived?mark=AAAA&return=%2Fbrowse%2FDEMO-1",
        &way.replace("mark=", "mark=A"),
    ] {
        assert_eq!(jane.open(stale).await.header("location"), PAGE, "{stale}");
    }
    world.advance(PAUSE);
    assert_eq!(jane.open(&way).await.header("location"), PAGE);
}

#[tokio::test]
async fn t114_a_verification_that_does_not_count_is_said_once() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    let verified = jane.submit_only(&page, &code).await;
    world.set_back(Duration::from_secs(61));
    let (_, told) = jane.go_on(&verified).await;
    explains(&told, "the clocks of its servers differ");
    world.advance(Duration::from_secs(61));
    assert_eq!(jane.go_on(&verified).await.1.status, StatusCode::OK);
}

/// Loads a page with the product's session only where its `Path` lets it go, through all redirects.
async fn walk(browser: &mut Browser, session: &str, mut place: String) -> (Answer, usize) {
    for redirects in 0..=3 {
        let mut cookies = browser.cookie_header();
        if place.starts_with("/browse") {
            cookies = format!("{session}; {cookies}");
        }
        let headers = [NAVIGATION.as_slice(), &[("cookie", cookies.as_str())]].concat();
        let answer = browser.send(Method::GET, &place, &headers, "").await;
        if !answer.status.is_redirection() {
            return (answer, redirects);
        }
        answer.header("location").clone_into(&mut place);
    }
    panic!("more than three redirects");
}

#[tokio::test]
async fn t114_a_sign_in_that_our_pages_do_not_see_is_told_so_and_gains_nothing() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    let session = jane.cookie_header();
    jane.cookies.clear();
    jane.cookies.insert("unlisted".to_owned(), "x".to_owned());
    world.jira.clear_received();
    let (told, redirects) = walk(&mut jane, &session, PAGE.to_owned()).await;
    explains(&told, "The page sees your sign-in and the verification does not");
    assert_eq!(redirects, 3);
    assert!(world.reached_jira().is_empty() && world.mails().is_empty());
    // It is found anew each time, so nobody is left with it once the product behaves.
    jane.cookies.insert("JSESSIONID".to_owned(), session.split_once('=').unwrap().1.to_owned());
    assert_eq!(jane.settle(PAGE).await.1.status, StatusCode::OK);
    assert_eq!(world.mails().len(), 1);
}
