//! The forms are taken from our own page, in the browser and with the session they were made for, and from nobody else.

use http::{Method, StatusCode};

use super::{DEVICE, JANE, OMAR, PAUSE, PROOF, challenged, challenges, tries};
use crate::support::client::{Answer, Browser};
use crate::support::world::{WIKI, World};

const FORM: &str = "application/x-www-form-urlencoded";

/// Posts a form with the right fields and any headers.
async fn post(
    browser: &mut Browser,
    form: &str,
    token: &str,
    code: &str,
    kind: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let headers = [&[("content-type", kind), ("accept", "text/html")], headers].concat();
    let body = format!("token={token}&return=%2F&code={code}");
    browser.send(Method::POST, form, &headers, &body).await
}

#[tokio::test]
async fn t100_a_form_from_another_site_is_refused_and_costs_nothing() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    world.advance(PAUSE);
    let token = page.field("token");
    let cross: [&[(&str, &str)]; 6] = [
        &[("origin", "https://evil.test"), ("sec-fetch-site", "cross-site")],
        &[("origin", "null"), ("sec-fetch-site", "cross-site")],
        &[("origin", "null")],
        &[("origin", "http://jira.test")],
        &[("origin", "https://wiki.test"), ("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site")],
    ];
    for form in ["/.postern/verify", "/.postern/resend"] {
        for headers in cross {
            for kind in [FORM, "text/plain", "multipart/form-data; boundary=x", "application/json"] {
                let answer = post(&mut jane, form, &token, &code, kind, headers).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{form} {kind} {headers:?}");
                assert!(answer.set_cookies().is_empty());
            }
        }
    }
    assert_eq!((world.mails().len(), tries(&world).await), (1, 0));
    assert_eq!(jane.submit(&page, &code).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn t100_a_form_without_its_own_token_is_refused_and_costs_nothing() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    let (_, omars_page, _) = challenged(&world, "omar", OMAR).await;
    world.advance(PAUSE);
    let mut wiki = world.browser_at(WIKI);
    wiki.sign_in("jane").await;
    // The same browser id at the other site: only the token tells the two apart.
    wiki.cookies.insert(DEVICE.to_owned(), jane.cookies[DEVICE].clone());
    let wiki_page = wiki.challenge("/").await;
    let own = page.field("token");
    let mails = world.mails().len();
    let cut = &own[..own.len() - 2];
    let mut flipped = own.clone();
    flipped.replace_range(..1, if own.starts_with('0') { "1" } else { "0" });
    for token in ["", "0", cut, &flipped, &omars_page.field("token"), &wiki_page.field("token")] {
        for form in ["/.postern/verify", "/.postern/resend"] {
            let origin = [("origin", "https://jira.test"), ("sec-fetch-site", "same-origin")];
            let answer = post(&mut jane, form, token, &code, FORM, &origin).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{form} {token:?}");
        }
    }
    let jane_tries = world.count("SELECT sum(tries) FROM challenges").await;
    assert_eq!((world.mails().len(), jane_tries), (mails, 0));
    assert_eq!(jane.submit(&page, &code).await.status, StatusCode::SEE_OTHER);
}

/// T109: with everything but the session, nothing can be started, used up or ended.
#[tokio::test]
async fn t109_without_the_victims_session_nothing_happens_to_their_challenge() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    world.advance(PAUSE);
    let mut stranger = world.browser();
    stranger.cookies.insert(DEVICE.to_owned(), jane.cookies[DEVICE].clone());
    for junk in [None, Some("JSESSIONID"), Some("unknown")] {
        if let Some(name) = junk {
            stranger.cookies.insert(name.to_owned(), "0123456789ABCDEF0123456789ABCDEF".to_owned());
        }
        for _ in 0..6 {
            stranger.submit(&page, "000000").await;
            stranger.submit(&page, &code).await;
            stranger.resend(&page).await;
            stranger.open("/.postern/challenge").await;
        }
        assert!(!stranger.cookies.contains_key(PROOF));
    }
    let mut omar = world.browser();
    omar.sign_in("omar").await;
    omar.cookies.insert(DEVICE.to_owned(), jane.cookies[DEVICE].clone());
    for _ in 0..6 {
        assert_eq!(omar.submit(&page, &code).await.status, StatusCode::FORBIDDEN);
        assert_eq!(omar.resend(&page).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!((world.mails().len(), challenges(&world).await, tries(&world).await), (1, 1, 0));
    assert_eq!(jane.submit(&page, &code).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn t096_t097_only_our_own_word_lets_anybody_on() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    world.jira.clear_received();
    // The failing answer is taken for a success, or what a success would lead to is asked for at once.
    jane.submit(&page, &super::other_than(&code)).await;
    for cookie in ["1", "true", "verified", &"A".repeat(56), &jane.cookies[DEVICE].clone()] {
        jane.cookies.insert(PROOF.to_owned(), cookie.to_owned());
        assert!(jane.open("/browse/DEMO-1").await.is_challenge(), "{cookie}");
    }
    jane.cookies.remove(PROOF);
    for page in ["/.postern/signed-out", "/.postern/challenge?return=%2Fbrowse%2FDEMO-1"] {
        jane.open(page).await;
        assert!(jane.open("/browse/DEMO-1").await.is_challenge(), "{page}");
    }
    world.advance(PAUSE);
    jane.resend(&page).await;
    assert!(jane.open("/browse/DEMO-1").await.is_challenge());
    assert!(world.reached_jira().is_empty());
}
