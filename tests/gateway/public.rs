//! Visitors: what is public stays public, signing in stays possible, and no address signs anybody in.

use http::StatusCode;

use super::{assert_nothing_forwarded, forwarded, liam, load, questions, stale_jane};
use crate::support::client::NAVIGATION;
use crate::support::world::{WIKI, World};

#[tokio::test]
async fn a_visitor_reaches_public_pages_and_the_login_page() {
    let world = World::start().await;
    for (host, public, closed, login) in [
        ("jira.test", "/browse/PUB-1", "/browse/DEMO-1", "/login.jsp"),
        (WIKI, "/display/PUB/Welcome", "/display/DEMO/Home", "/login.action"),
    ] {
        let mut visitor = world.browser_at(host);
        assert_eq!(visitor.open(public).await.status, StatusCode::OK, "{host}");
        assert_eq!(visitor.open(login).await.status, StatusCode::OK, "{host}");
        let answer = visitor.open(closed).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{host}");
        assert!(answer.header("location").starts_with(login));
        assert!(!visitor.cookies.keys().any(|name| name.contains("postern")));
    }
    assert!(world.mails().is_empty());
}

#[tokio::test]
async fn a_stale_person_at_the_sign_in_page_gets_its_styles_as_a_stranger_would() {
    let world = World::start().await;
    for (host, product, login, person) in
        [("jira.test", &world.jira, "/login.jsp", "jane"), (WIKI, &world.wiki, "/login.action", "jane")]
    {
        let mut jane = world.browser_at(host);
        jane.sign_in(person).await;
        let page = jane.open(login).await;
        let sheet = page.body.split("rel=\"stylesheet\" href=\"").nth(1).expect("a style sheet");
        let sheet = sheet.split('"').next().expect("its address");
        product.clear_received();
        let headers =
            [("accept", "text/css,*/*;q=0.1"), ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "style")];
        let answer = jane.send(http::Method::GET, sheet, &headers, "").await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (StatusCode::OK, "text/css; charset=utf-8")
        );
        assert_eq!(
            answer.header("cache-control"),
            "public, max-age=31536000",
            "a browser keeps it, as without us"
        );
        let received = product.received();
        assert_eq!((received.len(), received[0].header("cookie").len()), (1, 0), "{received:?}");
        assert!(jane.open("/").await.is_challenge(), "{host}: and nothing else");
    }
}

#[tokio::test]
async fn t075_an_ended_session_is_a_visitor_again() {
    let world = World::start().await;
    let mut jane = stale_jane(&world).await;
    let mut liam = liam(&world).await;
    assert_eq!(liam.open("/browse/DEMO-1").await.status, StatusCode::OK);
    world.jira.forget_sessions();
    assert_eq!(jane.open("/browse/PUB-1").await.status, StatusCode::OK, "no identity, no challenge");
    assert_eq!(jane.open("/login.jsp").await.status, StatusCode::OK);
    assert_eq!(jane.open("/browse/DEMO-1").await.header("location").get(..10), Some("/login.jsp"));
    // What was known of a session is believed for 30 s; the product decides what it shows meanwhile.
    assert_eq!(liam.open("/browse/DEMO-1").await.header("location").get(..10), Some("/login.jsp"));
    assert_eq!(liam.open("/browse/PUB-1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn t049_credentials_in_the_address_help_nobody() {
    let world = World::start().await;
    let jane = stale_jane(&world).await;
    for query in
        ["os_authType=basic", "os_username=liam&os_password=demo", "access_token=x", "os_cookie=true"]
    {
        let answer = load(&world, &jane, &format!("/browse/DEMO-1?{query}"), "").await;
        assert!(answer.is_challenge(), "{query}: {answer:?}");
    }
    let (liam, nobody) = (liam(&world).await, world.browser());
    for query in [
        "os_username=omar&os_password=demo",
        "x=1&os_username=omar",
        "os_password=demo",
        "%6fs_username=omar&os%5Fpassword=demo",
        "os_cookie=true",
    ] {
        for (browser, lines) in
            [(&liam, ""), (&nobody, ""), (&nobody, "Authorization: Bearer demo-pat-mia\r\n")]
        {
            let answer = load(&world, browser, &format!("/browse/DEMO-1?{query}"), lines).await;
            assert_eq!(answer.status, 400, "{query}: {answer:?}");
        }
    }
    assert_nothing_forwarded(&world);
    let answer = nobody.clone().fetch("/rest/api/2/myself?os_username=omar&os_password=demo").await;
    assert_eq!(answer.json()["code"], "query-credentials");
}

#[tokio::test]
async fn a_remembered_sign_in_gets_its_new_session_and_a_challenge() {
    let world = World::start().await;
    let mut jane = world.browser();
    let form = [("os_username", "jane"), ("os_password", "demo"), ("os_cookie", "true")];
    assert_eq!(jane.post("/login.jsp", &form).await.status, StatusCode::FOUND);
    jane.cookies.remove("JSESSIONID");
    assert!(jane.cookies.contains_key("seraph.rememberme.cookie"));
    world.jira.clear_received();
    let answer = jane.open("/browse/DEMO-1").await;
    assert!(answer.is_challenge(), "{answer:?}");
    assert_nothing_forwarded(&world);
    assert_eq!(questions(&world.jira), 1);
    assert!(jane.cookies.contains_key("JSESSIONID"), "the session made while asking reaches the browser");
    // It is the session of the same person, so it is challenged like the first.
    jane.cookies.remove("seraph.rememberme.cookie");
    assert!(jane.open("/browse/DEMO-1").await.is_challenge());
}

#[tokio::test]
async fn a_remembered_sign_in_with_a_fresh_proof_meets_no_code() {
    let world = World::start().await;
    let mut jane = world.browser();
    let form = [("os_username", "jane"), ("os_password", "demo"), ("os_cookie", "true")];
    jane.post("/login.jsp", &form).await;
    let page = jane.challenge("/").await;
    jane.submit(&page, &world.newest_mail("jane@acme.com").code()).await;
    jane.cookies.remove("JSESSIONID");
    for _ in 0..2 {
        let answer = jane.open("/browse/DEMO-1").await;
        assert_eq!((answer.status, answer.header("x-ausername")), (StatusCode::OK, "jane"));
        assert!(jane.cookies.contains_key("JSESSIONID"));
    }
    assert_eq!(world.mails().len(), 1);
}

#[tokio::test]
async fn a_stale_session_may_sign_in_as_somebody_else_and_sign_out() {
    let world = World::start().await;
    let mut jane = stale_jane(&world).await;
    assert_eq!(jane.send(http::Method::HEAD, "/login.jsp", &NAVIGATION, "").await.status, StatusCode::OK);
    jane.sign_in("liam").await;
    assert_eq!(jane.open("/browse/DEMO-1").await.header("x-ausername"), "liam");
    jane.sign_out().await;
    jane.sign_in("jane").await;
    world.jira.clear_received();
    assert!(jane.open("/browse/DEMO-1").await.is_challenge());
    assert_eq!(forwarded(&world.jira).len(), 0);
}
