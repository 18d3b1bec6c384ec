//! Watching the answers: one that names another person than was judged is not handed out.
//!
//! The upstream here is made for it: it serves whomever the test names, whatever the cookies are.

use std::sync::{Arc, Mutex};

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

use crate::support::client::Browser;
use crate::support::world::{World, behind};

/// What the upstream does next.
#[derive(Clone, Default)]
struct Script(Arc<Mutex<Next>>);

#[derive(Default)]
struct Next {
    /// The user of every cookie.
    user: &'static str,
    /// More headers of each answer.
    headers: Vec<(&'static str, &'static str)>,
    /// How often it was asked whose session it is.
    questions: u32,
    /// How many bytes the answer to that has besides what is needed.
    padding: usize,
}

impl Script {
    fn is(&self, user: &'static str) {
        self.0.lock().unwrap().user = user;
    }

    fn says(&self, headers: &[(&'static str, &'static str)]) {
        self.0.lock().unwrap().headers = headers.to_vec();
    }

    fn questions(&self) -> u32 {
        self.0.lock().unwrap().questions
    }
}

async fn serve(State(script): State<Script>, uri: Uri) -> Response {
    let mut next = script.0.lock().unwrap();
    let (user, mut headers) = (next.user, HeaderMap::new());
    for (name, value) in &next.headers {
        headers.append(*name, HeaderValue::from_static(value));
    }
    if uri.path() == "/rest/api/2/myself" {
        next.questions += 1;
        let email =
            if user == "omar" { "omar@partner.example".to_owned() } else { format!("{user}@acme.com") };
        let padding = " ".repeat(next.padding);
        let who = json!({ "key": user, "name": user, "emailAddress": email, "padding": padding });
        return (headers, Json(who)).into_response();
    }
    if !headers.contains_key("x-ausername") {
        headers.insert("x-ausername", HeaderValue::from_static(user));
    }
    (headers, format!("the page of {user}")).into_response()
}

/// A gateway before the scripted upstream at `odd.test`, and a browser there with a session.
async fn odd() -> (World, Script, Browser) {
    let script = Script::default();
    script.is("liam");
    let upstream = behind(axum::Router::new().fallback(serve).with_state(script.clone())).await;
    let site = format!(
        "[[site]]\nhost = \"odd.test\"\nproduct = \"jira-software\"\nupstream = \"http://{upstream}\""
    );
    let world = World::with(&site).await;
    let mut browser = world.browser_at("odd.test");
    browser.cookies.insert("JSESSIONID".to_owned(), "one".to_owned());
    (world, script, browser)
}

#[tokio::test]
async fn an_answer_for_somebody_else_is_withheld_and_the_session_asked_about_again() {
    let (_world, script, mut browser) = odd().await;
    assert_eq!(browser.open("/a").await.body, "the page of liam");
    script.is("omar");
    script.says(&[("set-cookie", "JSESSIONID=omars; Path=/")]);
    let withheld = browser.open("/a").await;
    assert_eq!(withheld.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!withheld.body.contains("omar") && withheld.header("x-ausername").is_empty(), "{withheld:?}");
    assert!(!withheld.headers.contains_key("set-cookie"), "{withheld:?}");
    assert_eq!(script.questions(), 1);
    script.says(&[]);
    assert!(browser.open("/a").await.is_challenge(), "now he is judged as himself");
    assert_eq!(script.questions(), 2);
}

#[tokio::test]
async fn a_visitors_answer_for_a_person_is_withheld() {
    let (_world, script, mut browser) = odd().await;
    browser.cookies.clear();
    script.is("omar");
    let answer = browser.fetch("/a").await;
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"identity-mismatch".into())
    );
    script.says(&[("x-ausername", "anonymous")]);
    assert_eq!(browser.fetch("/a").await.status, StatusCode::OK);
}

#[tokio::test]
async fn row_14_whatever_signed_somebody_in_who_showed_no_session_it_is_not_for_them() {
    let (_world, script, mut browser) = odd().await;
    browser.cookies.clear();
    script.is("omar");
    let form = ("content-type", "application/x-www-form-urlencoded");
    for (method, headers, body) in [
        (http::Method::GET, ("cookie", "AJS.session=a-credential-in-a-harmless-name"), ""),
        (http::Method::GET, ("authorization", "bearer token"), ""),
        (http::Method::GET, ("authorization", "Negotiate token"), ""),
        (http::Method::GET, ("x-seraph-trusted-app-cert", "token"), ""),
        (http::Method::GET, ("x-api-key", "token"), ""),
        (http::Method::POST, form, "os_username=omar&os_password=demo"),
        (http::Method::OPTIONS, ("access-control-request-method", "GET"), ""),
    ] {
        let answer = browser.send(method, "/a", &[headers], body).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{headers:?}");
        assert!(!answer.body.contains("omar") && answer.header("x-ausername").is_empty(), "{answer:?}");
    }
}

#[tokio::test]
async fn what_comes_with_a_public_resource_says_nothing_of_the_session() {
    let (_world, script, mut browser) = odd().await;
    browser.open("/a").await;
    script.says(&[
        ("x-ausername", "anonymous"),
        ("x-seraph-loginreason", "OUT"),
        ("set-cookie", "JSESSIONID=strangers; Path=/"),
        ("set-cookie", "atlassian.xsrf.token=x; Path=/"),
    ]);
    let answer = browser.fetch("/status").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.set_cookies().is_empty(), "a stranger's form token is not the person's: {answer:?}");
    script.says(&[]);
    assert_eq!(browser.open("/a").await.body, "the page of liam");
    assert_eq!(script.questions(), 1, "the session is what it was");
    // Nobody signed in for it, so an answer for somebody is as wrong there as anywhere.
    assert_eq!(browser.fetch("/status").await.json()["code"], "identity-mismatch");
    browser.open("/a").await;
    assert_eq!(script.questions(), 1);
}

#[tokio::test]
async fn an_answer_that_names_two_people_is_withheld() {
    let (_world, script, mut browser) = odd().await;
    script.says(&[("x-ausername", "liam"), ("x-ausername", "omar")]);
    assert_eq!(browser.open("/a").await.status, StatusCode::SERVICE_UNAVAILABLE);
    script.says(&[("x-ausername", "LIAM"), ("x-ausername", "LIAM")]);
    assert_eq!(browser.open("/a").await.status, StatusCode::OK, "one name, twice");
}

#[tokio::test]
async fn an_answer_for_nobody_is_shown_but_the_session_is_asked_about_again() {
    let (_world, script, mut browser) = odd().await;
    browser.open("/a").await;
    script.says(&[("x-ausername", "anonymous")]);
    assert_eq!(browser.open("/a").await.status, StatusCode::OK);
    browser.open("/a").await;
    assert_eq!(script.questions(), 2);
}

#[tokio::test]
async fn a_session_whose_cookies_are_set_anew_is_asked_about_again() {
    let (_world, script, mut browser) = odd().await;
    browser.open("/a").await;
    browser.open("/a").await;
    assert_eq!(script.questions(), 1);
    script.says(&[("set-cookie", "atlassian.xsrf.token=x; Path=/")]);
    browser.open("/a").await;
    browser.open("/a").await;
    assert_eq!(script.questions(), 1, "a harmless cookie changes nobody");
    script.says(&[("set-cookie", "JSESSIONID=one; Path=/")]);
    browser.open("/a").await;
    script.is("omar");
    assert!(browser.open("/a").await.is_challenge());
    assert_eq!(script.questions(), 2);
}

#[tokio::test]
async fn t074_an_answer_of_more_than_64_kib_is_not_believed() {
    let (world, script, mut browser) = odd().await;
    for (padding, status) in
        [(63 * 1024, StatusCode::OK), (65 * 1024, StatusCode::SERVICE_UNAVAILABLE), (0, StatusCode::OK)]
    {
        script.0.lock().unwrap().padding = padding;
        assert_eq!(browser.open("/a").await.status, status, "{padding}");
        world.advance(std::time::Duration::from_secs(31));
    }
}

#[tokio::test]
async fn a_declined_websocket_is_watched_like_any_other_answer() {
    let (_world, script, mut browser) = odd().await;
    browser.open("/a").await;
    script.is("omar");
    let handshake = [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let answer = browser.send(http::Method::GET, "/a", &handshake, "").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{answer:?}");
    assert!(browser.open("/a").await.is_challenge());
}

#[tokio::test]
async fn t039_an_upstream_cannot_set_our_cookies_or_speak_our_headers() {
    let (_world, script, mut browser) = odd().await;
    let forged = [
        ("set-cookie", "__Host-postern-proof=forged; Secure; Path=/"),
        ("set-cookie", "postern-device=forged; Path=/"),
        ("set-cookie", "JSESSIONID=two; Path=/"),
        ("x-postern-receipt", "forged"),
        ("x-postern-account", "forged"),
    ];
    script.says(&forged);
    // The first load asks whose session it is, and that answer carries the same headers.
    let asked = browser.open("/a").await;
    assert_eq!(asked.status, StatusCode::OK);
    let lines: Vec<_> = asked.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    assert!(!lines.iter().any(|line| line.contains("forged")), "{lines:?}");
    assert_eq!(browser.cookies["JSESSIONID"], "two", "the product's own cookie arrives");
}
