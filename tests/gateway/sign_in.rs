//! Signing in by a password in the head: it goes on alone, and the session that comes of it is judged like any other.

use http::{Method, StatusCode};

use super::{forwarded, fresh_jane, head, questions, stale_jane};
use crate::support::client::{Answer, Browser, NAVIGATION};
use crate::support::raw::ask;
use crate::support::world::World;

const PAGE: &str = "/login.jsp";
const SIGN_OUT: &str = "/secure/Logout!default.jspa";
const JANE: &str = "Basic amFuZTpkZW1v";
const LIAM: &str = "Basic bGlhbTpkZW1v";
const MEBIBYTE: usize = 1024 * 1024;

async fn sign_in(browser: &mut Browser, authorization: &str) -> Answer {
    let headers = [NAVIGATION.as_slice(), &[("authorization", authorization)]].concat();
    browser.send(Method::GET, PAGE, &headers, "").await
}

#[tokio::test]
async fn a_session_born_from_a_password_in_the_head_is_judged_at_its_next_request() {
    let world = World::start().await;
    let mut jane = world.browser();
    assert_eq!(sign_in(&mut jane, JANE).await.status, StatusCode::OK);
    let reached = forwarded(&world.jira);
    assert_eq!((reached.len(), reached[0].header("authorization")), (1, vec![JANE]));
    assert!(jane.cookies.contains_key("JSESSIONID"), "{:?}", jane.cookies);
    world.jira.clear_received();
    assert!(jane.open("/browse/DEMO-1").await.is_challenge());
    super::assert_nothing_forwarded(&world);

    let mut liam = world.browser();
    sign_in(&mut liam, LIAM).await;
    assert_eq!(liam.open("/browse/DEMO-1").await.header("x-ausername"), "liam");
}

#[tokio::test]
async fn t042_t047_a_session_never_goes_on_beside_a_password_at_a_sign_in_page() {
    let world = World::start().await;
    let host = "host = \"jira.test\"";
    world.reload(host, &format!("{host}\nextra_affinity_cookies = [\"AWSALB\"]")).expect("a reload");
    for mut jane in [stale_jane(&world).await, fresh_jane(&world).await] {
        jane.cookies.insert("AWSALB".to_owned(), "node".to_owned());
        for value in [JANE, LIAM, "Basic Zm9vOmJhcg==", "Bearer junk", "Bearer demo-pat-liam"] {
            world.jira.clear_received();
            assert_eq!(sign_in(&mut jane.clone(), value).await.status, StatusCode::OK, "{value}");
            let reached = forwarded(&world.jira);
            assert_eq!((reached.len(), questions(&world.jira)), (1, 0), "{value}");
            assert_eq!(reached[0].header("authorization"), [value]);
            assert_eq!(reached[0].header("cookie"), ["AWSALB=node"], "{value}: only where to, not who");
            assert!(reached[0].header("x-postern-account").is_empty());
        }
    }
}

#[tokio::test]
async fn t048_what_is_no_plain_authorization_does_not_go_on_at_a_sign_in_page() {
    let world = World::start().await;
    let mut jane = stale_jane(&world).await;
    for value in ["", "Basic", "basic amFuZTpkZW1v", "Negotiate abc", "Bearer a b"] {
        world.jira.clear_received();
        assert_eq!(sign_in(&mut jane, value).await.status, StatusCode::OK, "{value:?}");
        let reached = forwarded(&world.jira);
        assert!(reached[0].header("authorization").is_empty(), "{value:?}");
        assert!(reached[0].header("cookie")[0].contains("JSESSIONID="), "{value:?}");
    }
    world.jira.clear_received();
    let twice = format!("Authorization: {JANE}\r\nAuthorization: {JANE}\r\n");
    let in_the_query = format!("{PAGE}?os_username=liam&os_password=demo");
    for (target, lines, code) in [
        (PAGE, twice, "duplicate-authorization"),
        (in_the_query.as_str(), format!("Authorization: {JANE}\r\n"), "query-credentials"),
    ] {
        let answer = ask(world.address, head("GET", &jane, target, &lines)).await;
        assert_eq!((answer.status, answer.body.contains(code)), (400, true), "{answer:?}");
    }
    super::assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn a_sign_out_ends_the_session_of_its_cookies_whatever_password_is_beside_it() {
    let world = World::start().await;
    let mut jane = fresh_jane(&world).await;
    let headers = [NAVIGATION.as_slice(), &[("authorization", LIAM)]].concat();
    let before = jane.clone();
    jane.send(Method::GET, SIGN_OUT, &headers, "").await;
    let reached = forwarded(&world.jira);
    assert!(reached[0].header("authorization").is_empty(), "{reached:?}");
    assert!(reached[0].header("cookie")[0].contains("JSESSIONID="));
    assert!(!jane.cookies.contains_key("__Host-postern-proof"));
    let mut again = world.browser();
    again.cookies = before.cookies;
    again.sign_in("jane").await;
    assert!(again.open("/browse/DEMO-1").await.is_challenge(), "the proof has ended");
}

#[tokio::test]
async fn a_sign_in_takes_a_mebibyte_and_no_more_in_either_framing() {
    let world = World::start().await;
    let visitor = world.browser();
    let post = async |page: &str, lines: String, body: &str| {
        let lines = format!("Content-Type: application/x-www-form-urlencoded\r\n{lines}\r\n");
        ask(world.address, head("POST", &visitor, page, &lines) + body).await
    };
    let announced = format!("Content-Length: {}", MEBIBYTE + 1);
    let mut refused = vec![post("/secure/Logout.jspa", announced.clone(), "").await];
    for password in ["", "Authorization: Basic amFuZTpkZW1v\r\n"] {
        // As large as a SAML answer can be, and then some.
        let fits = format!("SAMLResponse={}", "a".repeat(MEBIBYTE - 13));
        let taken = post(PAGE, format!("{password}Content-Length: {MEBIBYTE}"), &fits).await;
        assert_eq!(taken.status, 200, "{password}: {taken:?}");
        refused.push(post(PAGE, format!("{password}{announced}"), "").await);
        let grown = format!("{:x}\r\n{fits}a\r\n0\r\n\r\n", fits.len() + 1);
        refused.push(post(PAGE, format!("{password}Transfer-Encoding: chunked"), &grown).await);
    }
    for answer in refused {
        assert_eq!((answer.status, answer.body.contains("body-too-large")), (413, true), "{answer:?}");
    }
}
