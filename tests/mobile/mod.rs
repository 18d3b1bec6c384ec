//! Mobile apps: whose sessions pass without a code, from when on and until when, and that a User-Agent alone opens nothing.
//!
//! `app.test` is a Jira that passes the sessions of its app; `jira.test` is one that does not.

mod enrolling;
mod lasting;
mod spoofing;

use std::time::Duration;

use http::{Method, StatusCode};
use postern::demo::{Product, ProductKind, demo_people};

use crate::support::client::{Answer, Browser, NAVIGATION};
use crate::support::world::{World, behind};

const AGENT: (&str, &str) =
    ("user-agent", "Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 AtlassianMobileApp");
const PASS: &str = "web_sessions = \"pass\"";
const PAGE: &str = "/browse/DEMO-1";
const OMAR: &str = "omar@partner.example";
const WEEK: Duration = Duration::from_secs(7 * 86_400);
/// How long it is remembered whose session it is, and a little.
const FORGOTTEN: Duration = Duration::from_secs(31);

/// A gateway with a site `app.test` that treats apps in this way, and the product behind that.
async fn apps(keys: &str) -> (World, Product) {
    let product = Product::new(ProductKind::Jira, demo_people());
    let upstream = behind(product.router()).await;
    let site = format!(
        "[[site]]\nhost = \"app.test\"\nproduct = \"jira-software\"\nupstream = \"http://{upstream}\"\n[site.mobile]\n{keys}"
    );
    (World::with(&site).await, product)
}

/// Posts the sign-in page with these headers.
async fn post_sign_in(
    browser: &mut Browser,
    username: &str,
    password: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let body = format!("os_username={username}&os_password={password}&os_cookie=true");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    browser.send(Method::POST, "/login.jsp", &[&form, headers].concat(), &body).await
}

/// Somebody's app at `app.test`, signed in inside it, with remember-me as apps do.
async fn app_of(world: &World, username: &str) -> Browser {
    let mut app = world.browser_at("app.test");
    app.open("/login.jsp").await;
    let answer = post_sign_in(&mut app, username, "demo", &[AGENT]).await;
    assert_eq!(answer.status, StatusCode::FOUND, "{username}: {}", answer.body);
    app
}

/// A page load of the app.
async fn load(app: &mut Browser, target: &str) -> Answer {
    app.send(Method::GET, target, &[NAVIGATION.as_slice(), &[AGENT]].concat(), "").await
}

async fn enrolments(world: &World) -> i64 {
    world.count("SELECT count(*) FROM enrolments").await
}
