//! Refusals that a page of another site of ours may read, and nobody else's.

use http::Method;

use crate::support::client::Browser;
use crate::support::world::World;

const PAGE: &str = "/rest/api/2/issue/DEMO-1";

async fn ask_from(jane: &mut Browser, origin: &str, host: &str) -> crate::support::client::Answer {
    let headers =
        [("origin", origin), ("host", host), ("sec-fetch-mode", "cors"), ("accept", "application/json")];
    let answer = jane.send(Method::GET, PAGE, &headers, "").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (401, &"no-proof".into()), "{origin}");
    answer
}

#[tokio::test]
async fn a_page_of_our_own_site_may_read_why_its_script_was_refused() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    for (origin, host) in [
        ("https://wiki.test", "jira.test"),
        ("https://jira.test", "jira.test"),
        ("https://wiki.test:8443", "jira.test:8443"),
    ] {
        let answer = ask_from(&mut jane, origin, host).await;
        assert_eq!(answer.header("access-control-allow-origin"), origin);
        assert_eq!(
            (answer.header("access-control-allow-credentials"), answer.header("vary")),
            ("true", "Origin")
        );
        assert!(answer.header("access-control-expose-headers").contains("X-Postern-Receipt"));
    }
}

#[tokio::test]
async fn no_other_page_may_read_what_a_person_was_refused_with() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    for origin in [
        "https://evil.test",
        "null",
        "*",
        "",
        "http://wiki.test",
        "https://wiki.test.evil.test",
        "https://wiki.test:8443",
        "https://wiki.test/",
        "https://wiki.test, https://evil.test",
        "https://wiki.test@evil.test",
        "https://evil.test#wiki.test",
        "wiki.test",
    ] {
        let answer = ask_from(&mut jane, origin, "jira.test").await;
        let shared = answer.headers.keys().any(|name| name.as_str().starts_with("access-control-"));
        assert!(!shared, "{origin}: {:?}", answer.headers);
    }
}

#[tokio::test]
async fn a_page_of_ours_is_for_people_and_not_for_other_pages() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    let headers = [("origin", "https://wiki.test"), ("accept", "text/html")];
    let answer = jane.send(Method::GET, "/browse/DEMO-1", &headers, "").await;
    assert!(answer.is_challenge() && !answer.headers.contains_key("access-control-allow-origin"));
}
