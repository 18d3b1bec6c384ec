//! What opens a challenge and sends mail: a person who loads a page for themselves to see, and nothing else.

use http::{Method, StatusCode};

use super::{JANE, challenged, challenges, tries};
use crate::support::client::NAVIGATION;
use crate::support::world::World;

/// Ways to load a page that nobody looks at.
fn unseen() -> Vec<(&'static str, Vec<(&'static str, &'static str)>)> {
    let with = |header: (&'static str, &'static str)| [NAVIGATION.as_slice(), &[header]].concat();
    let fetched = |mode, dest| vec![("accept", "*/*"), ("sec-fetch-mode", mode), ("sec-fetch-dest", dest)];
    vec![
        ("prefetch", with(("sec-purpose", "prefetch"))),
        ("prerender", with(("sec-purpose", "prefetch;prerender"))),
        ("old prefetch", with(("purpose", "prefetch"))),
        ("old Firefox's prefetch", with(("x-moz", "prefetch"))),
        ("image", fetched("no-cors", "image")),
        ("frame", fetched("navigate", "iframe")),
        ("fetch", fetched("cors", "empty")),
        ("style sheet", fetched("no-cors", "style")),
        ("image of a browser that says no more", vec![("accept", "image/avif,image/webp,*/*;q=0.8")]),
        ("program", vec![("accept", "*/*")]),
        ("XHR", vec![("accept", "text/html"), ("x-requested-with", "XMLHttpRequest")]),
    ]
}

#[tokio::test]
async fn t054_what_nobody_looks_at_is_refused_and_sends_no_mail() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    world.jira.clear_received();
    for (name, headers) in unseen() {
        for target in ["/browse/DEMO-1", "/.postern/challenge?return=%2Fbrowse%2FDEMO-1"] {
            let answer = jane.send(Method::GET, target, &headers, "").await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name} {target}");
            assert!(answer.json()["challenge_url"].is_string(), "{name} {target}");
        }
    }
    let head = jane.send(Method::HEAD, "/browse/DEMO-1", &NAVIGATION, "").await;
    assert_eq!(head.status, StatusCode::UNAUTHORIZED);
    let head = jane.send(Method::HEAD, "/.postern/challenge", &NAVIGATION, "").await;
    assert_eq!(head.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(world.reached_jira().is_empty());
    assert_eq!((world.mails().len(), challenges(&world).await), (0, 0));
    assert_eq!(jane.challenge("/browse/DEMO-1").await.status, StatusCode::OK);
    assert_eq!((world.mails().len(), challenges(&world).await), (1, 1));
}

#[tokio::test]
async fn t101_no_get_tries_sends_or_consumes_anything() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    let query = format!("?token={}&return=%2F&code={code}", page.field("token"));
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::OPTIONS, Method::DELETE] {
        for form in ["/.postern/verify", "/.postern/resend"] {
            for target in [form.to_owned(), format!("{form}{query}")] {
                let answer = jane.send(method.clone(), &target, &NAVIGATION, "").await;
                assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {target}");
                assert!(answer.set_cookies().is_empty(), "{method} {target}");
            }
        }
    }
    assert_eq!((world.mails().len(), tries(&world).await), (1, 0));
    assert_eq!(
        jane.submit(&page, &code).await.status,
        StatusCode::SEE_OTHER,
        "the code is as good as before"
    );
}

#[tokio::test]
async fn t101_a_mail_holds_nothing_to_open() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    let mail = world.newest_mail(JANE);
    for part in [&mail.text, &mail.html] {
        for way in ["://", "href", "src=", "url(", "mailto:", "www.", "<form", "<a ", "<img", "<link"] {
            assert!(!part.to_lowercase().contains(way), "{way} in {part}");
        }
    }
    // A scanner that makes an address of the host's name gets what any stranger gets.
    for _ in 0..20 {
        let mut scanner = world.browser();
        scanner.open("/").await;
        scanner.open(&format!("/{code}")).await;
        assert!(
            !scanner.cookies.keys().any(|name| name.contains("postern")),
            "no cookie of ours for a stranger"
        );
    }
    assert_eq!(jane.submit(&page, &code).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn who_has_nothing_to_verify_is_sent_on() {
    let world = World::start().await;
    let mut liam = world.browser();
    liam.sign_in("liam").await;
    let mut stranger = world.browser();
    for browser in [&mut liam, &mut stranger] {
        let answer = browser.open("/.postern/challenge?return=%2Fbrowse%2FDEMO-1").await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/browse/DEMO-1"));
    }
    assert_eq!((world.mails().len(), challenges(&world).await), (0, 0));
}
