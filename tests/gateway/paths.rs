//! Paths: whatever the spelling, a stale session is challenged, and our own prefix stays here.

use super::{assert_nothing_forwarded, forwarded, liam, load, stale_jane};
use crate::support::client::Browser;
use crate::support::raw::ask;
use crate::support::world::World;

#[tokio::test]
async fn t001_to_t008_no_spelling_of_a_path_gets_a_stale_session_through() {
    let world = World::start().await;
    let jane = stale_jane(&world).await;
    for target in [
        "/;x=1/browse/DEMO-1",
        "/login.jsp/..;/browse/DEMO-1",
        "/login.jsp/..;a=b/browse/DEMO-1",
        "/login.jsp/../browse/DEMO-1",
        "/login.jsp/%2e%2e/browse/DEMO-1",
        "/login.jsp/.%2e/browse/DEMO-1",
        "/login.jsp/%2E./browse/DEMO-1",
        "/login.jsp%2f..%2fbrowse/DEMO-1",
        "/login.jsp/%2fbrowse/DEMO-1",
        "/login.jsp/..%5cbrowse/DEMO-1",
        "/login.jsp/..\\browse/DEMO-1",
        "//browse/DEMO-1",
        "//login.jsp//../browse/DEMO-1",
        "/./browse/DEMO-1",
        "/browse/DEMO-1;.css",
        "/browse/DEMO-1/x.png",
        "/browse/DEMO-1?.js",
        "/browse/DEMO-1?next=/login.jsp",
        "/browse/DEMO-1?/login.jsp",
        "/browse/DEMO-1%23/login.jsp",
    ] {
        let answer = load(&world, &jane, target, "").await;
        assert!(answer.is_challenge(), "{target}: {answer:?}");
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t009_a_fragment_is_neither_judged_nor_forwarded() {
    let world = World::start().await;
    let jane = stale_jane(&world).await;
    assert!(load(&world, &jane, "/browse/DEMO-1#/login.jsp", "").await.is_challenge());
    assert_nothing_forwarded(&world);
    let liam = liam(&world).await;
    assert_eq!(load(&world, &liam, "/browse/DEMO-1#/login.jsp", "").await.status, 200);
    assert_eq!(forwarded(&world.jira)[0].target, "/browse/DEMO-1");
}

#[tokio::test]
async fn t016_a_path_is_decoded_once_and_forwarded_byte_for_byte() {
    let world = World::start().await;
    let jane = stale_jane(&world).await;
    let target = "/login.jsp/%252e%252e/browse/DEMO-1";
    assert!(load(&world, &jane, target, "").await.is_challenge());
    assert_nothing_forwarded(&world);
    let liam = liam(&world).await;
    for target in [target, "//browse/%44EMO-1;a=b?x=%2F&y=a+b", "/display/DEMO/Caf%C3%A9"] {
        world.jira.clear_received();
        load(&world, &liam, target, "").await;
        assert_eq!(forwarded(&world.jira)[0].target, target);
    }
}

#[tokio::test]
async fn t017_a_broken_path_is_refused() {
    let world = World::start().await;
    let liam = liam(&world).await;
    for target in ["/%c0%ae", "/%zz", "/%00", "/%", "/a%0d%0ab", "/a b", "/a\tb"] {
        let answer = load(&world, &liam, target, "").await;
        assert_eq!(answer.status, 400, "{target}: {answer:?}");
    }
    for target in [b"/\x80".as_slice(), b"/a?b=\x80", b"/\x01", b"/a?\x7f"] {
        let cookies = liam.cookie_header();
        let rest = format!(" HTTP/1.1\r\nHost: jira.test\r\nCookie: {cookies}\r\n\r\n");
        let answer = ask(world.address, [b"GET ", target, rest.as_bytes()].concat()).await;
        assert_eq!(answer.status, 400, "{target:?}: {answer:?}");
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t018_no_path_to_what_people_attached_is_exempt() {
    let world = World::start().await;
    let jane = stale_jane(&world).await;
    for target in [
        "/s/x/_/;/WEB-INF/web.xml",
        "/s/a/_/download/x::y::z",
        "/secure/attachment/10000/sample.bin",
        "/s/abc/_/secure/attachment/10000/sample.bin",
        "/s/abc/_/download/attachments/10000/sample.bin",
        "/s/abc/_/download/batch/x/_/secure/attachment/10000/sample.bin",
        "/s/abc/_/secure/attachment/10000/_/download/batch/x",
        "/download/attachments/98/sample.bin",
        "/download/thumbnails/98/sample.png",
        "/download/batchx/y.css",
        "/s/abc/download/batch/x.css",
        "/browse/DEMO-1/_/download/batch/x.css",
        "/status/",
        "/Status",
        "/status;x",
    ] {
        assert!(load(&world, &jane, target, "").await.is_challenge(), "{target}");
    }
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t019_t020_t026_an_exempt_page_is_exempt_by_exact_method_and_path() {
    let world = World::start().await;
    let jane = stale_jane(&world).await;
    for target in [
        "/LOGIN.JSP",
        "/login.jsp/",
        "/login.jspx",
        "/login",
        "/login.jsp;x",
        "/%6cogin.jsp",
        "/wiki/login.jsp",
        "/.well-known/acme-challenge/any",
    ] {
        assert!(load(&world, &jane, target, "").await.is_challenge(), "{target}");
    }
    let put = jane.clone().send(http::Method::PUT, "/login.jsp", &[], "x").await;
    assert_eq!(put.status, http::StatusCode::UNAUTHORIZED);
    assert_nothing_forwarded(&world);
    assert_eq!(load(&world, &jane, "/login.jsp", "").await.status, 200);
}

#[tokio::test]
async fn t021_our_prefix_reaches_no_upstream_in_any_spelling() {
    let world = World::start().await;
    let jane = stale_jane(&world).await;
    let liam = liam(&world).await;
    let nobody = Browser::new(world.address, "jira.test");
    for target in [
        "/.postern;x/verify",
        "/%2epostern/verify",
        "/.%70ostern/verify",
        "//.postern/verify",
        "/.POSTERN/verify",
        "/.postern",
        "/.postern/",
        "/.postern/unknown",
        "/.postern/%76erify",
        "/x/..;/.postern/verify",
        "/x/%2e%2e/.postern/verify",
        "/.postern/./verify",
        "/.postern/assets/../verify",
        "/.postern\\verify",
        "/.postern/verify/",
    ] {
        for browser in [&jane, &liam, &nobody] {
            let answer = load(&world, browser, target, "").await;
            assert!(matches!(answer.status, 404 | 400), "{target}: {answer:?}");
        }
    }
    // This one leaves our prefix again, so it is somebody else's page.
    assert!(load(&world, &jane, "/.postern/../secret", "").await.is_challenge());
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn a_session_id_in_the_path_is_refused() {
    let world = World::start().await;
    let mut liam = liam(&world).await;
    let id = std::mem::take(&mut liam.cookies)["JSESSIONID"].clone();
    for target in [
        format!("/browse/DEMO-1;jsessionid={id}"),
        format!("/browse;JSESSIONID={id}/DEMO-1"),
        format!("/browse/DEMO-1%3bjsessionid={id}"),
        format!("/browse/DEMO-1;a=b;jsessionid={id}"),
        format!("/browse/DEMO-1;%6asessionid={id}"),
    ] {
        let answer = load(&world, &liam, &target, "").await;
        assert_eq!((answer.status, answer.body.contains("session id")), (400, true), "{target}: {answer:?}");
    }
    assert_nothing_forwarded(&world);
}
