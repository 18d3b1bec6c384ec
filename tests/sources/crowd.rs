//! Crowd's single sign-on: a token is somebody's for the address it was given to, as long as Crowd says so.

use std::net::SocketAddr;
use std::time::Duration;

use http::StatusCode;
use postern::demo::{CROWD_APPLICATION, Crowd, Product, ProductKind, demo_people};
use tempfile::TempDir;

use super::FORGOTTEN;
use crate::support::client::{Answer, Browser};
use crate::support::world::{World, behind};

const HOST: &str = "sso.test";
const PAGE: &str = "/browse/DEMO-1";
const HOUR: Duration = Duration::from_secs(3600);

/// A gateway before a Jira that takes Crowd's tokens.
struct Desk {
    world: World,
    jira: Product,
    crowd: Crowd,
    _secrets: TempDir,
}

impl Desk {
    async fn start(keys: &str) -> Self {
        let crowd = Crowd::new(demo_people());
        let address = behind(crowd.router()).await;
        Self::before(&crowd, &format!("http://{address}/crowd"), CROWD_APPLICATION.1, keys).await
    }

    async fn before(crowd: &Crowd, url: &str, password: &str, keys: &str) -> Self {
        let jira = Product::new(ProductKind::Jira, demo_people());
        jira.sign_on_by(crowd);
        let (upstream, secrets) = (behind(jira.router()).await, tempfile::tempdir().expect("a folder"));
        std::fs::write(secrets.path().join("crowd"), format!("{password}\n")).expect("a password");
        let world = World::with(&configuration(upstream, url, &secrets, keys)).await;
        Self { world, jira, crowd: crowd.clone(), _secrets: secrets }
    }

    /// A browser on this machine with this token.
    fn with_token(&self, token: &str) -> Browser {
        let mut browser = self.world.browser_at(HOST);
        browser.cookies.insert("crowd.token_key".to_owned(), token.to_owned());
        browser
    }

    fn signed_in(&self, username: &str) -> (Browser, String) {
        let token = self.crowd.sign_in(username, "127.0.0.1", HOUR);
        (self.with_token(&token), token)
    }

    /// What reached the product, and with which cookies.
    fn forwarded(&self) -> Vec<String> {
        let received = self.jira.received();
        let forwarded = received.iter().filter(|request| !request.header("x-forwarded-for").is_empty());
        forwarded.map(|request| request.header("cookie").join("; ")).collect()
    }
}

fn configuration(upstream: SocketAddr, url: &str, secrets: &TempDir, keys: &str) -> String {
    let password = secrets.path().join("crowd");
    format!(
        r#"[[site]]
host = "{HOST}"
product = "jira-software"
upstream = "http://{upstream}"
[[site.session]]
source = "crowd"
url = "{url}"
application = "{}"
password_file = "{}"
{keys}
"#,
        CROWD_APPLICATION.0,
        password.display()
    )
}

/// Answered as a stranger who brought nothing.
#[track_caller]
fn assert_stranger(desk: &Desk, answer: &Answer, why: &str) {
    assert_ne!(answer.header("x-ausername"), "liam", "{why}");
    assert_ne!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{why}");
    assert!(desk.forwarded().iter().all(String::is_empty), "{why}: {:?}", desk.forwarded());
}

#[tokio::test]
async fn a_token_is_its_persons_managed_or_not() {
    let desk = Desk::start("").await;
    let (mut liam, _) = desk.signed_in("liam");
    assert_eq!(liam.open(PAGE).await.header("x-ausername"), "liam");
    // The product opened a session of its own, so the second request has other credentials than the first.
    liam.open(PAGE).await;
    let asked = desk.crowd.questions();
    assert_eq!(liam.open(PAGE).await.header("x-ausername"), "liam");
    assert_eq!(desk.crowd.questions(), asked, "asked once in a while");
    let (mut omar, _) = desk.signed_in("omar");
    desk.jira.clear_received();
    let page = omar.challenge(PAGE).await;
    assert!(desk.forwarded().is_empty());
    omar.submit(&page, &desk.world.newest_mail("omar@partner.example").code()).await;
    assert_eq!(omar.open(PAGE).await.header("x-ausername"), "omar");
}

#[tokio::test]
async fn a_token_taken_to_another_address_is_nobodys_although_it_is_remembered_here() {
    let desk = Desk::start("").await;
    let (mut liam, token) = desk.signed_in("liam");
    // The first answer sets a session of the product's, with which the second one is remembered.
    for _ in 0..2 {
        assert_eq!(liam.open(PAGE).await.header("x-ausername"), "liam");
    }
    desk.jira.clear_received();
    let mut thief = desk.with_token(&token).connecting_from([127, 0, 9, 1]);
    thief.cookies = liam.cookies.clone();
    let answer = thief.open(PAGE).await;
    assert_stranger(&desk, &answer, "another address");
    assert_eq!(liam.open(PAGE).await.header("x-ausername"), "liam", "and nothing changes for Liam");
}

#[tokio::test]
async fn what_crowd_does_not_know_goes_nowhere() {
    let desk = Desk::start("").await;
    let expired = desk.crowd.sign_in("liam", "127.0.0.1", Duration::ZERO);
    for (token, why) in [(expired.as_str(), "expired"), ("0123456789abcdef", "unknown"), ("..", "no token")] {
        let answer = desk.with_token(token).open(PAGE).await;
        assert_stranger(&desk, &answer, why);
    }
    let (mut liam, _) = desk.signed_in("liam");
    assert!(desk.crowd.change("liam", |person| person.active = false));
    assert_stranger(&desk, &liam.open(PAGE).await, "inactive");
    // A session of the product that Crowd never saw.
    let mut jane = desk.world.browser_at(HOST);
    jane.sign_in("jane").await;
    desk.jira.clear_received();
    assert_stranger(&desk, &jane.open(PAGE).await, "no token at all");
}

#[tokio::test]
async fn t075_a_token_that_was_signed_out_is_worth_nothing_once_the_answer_is_too_old() {
    let desk = Desk::start("cache = \"30s\"").await;
    let (mut liam, token) = desk.signed_in("liam");
    assert_eq!(liam.open(PAGE).await.header("x-ausername"), "liam");
    desk.crowd.sign_out(&token);
    desk.world.advance(FORGOTTEN);
    desk.jira.clear_received();
    assert_stranger(&desk, &liam.open(PAGE).await, "signed out");
}

#[tokio::test]
async fn t082_an_address_that_changes_in_crowd_is_judged_anew() {
    let desk = Desk::start("").await;
    let (mut liam, _) = desk.signed_in("liam");
    assert_eq!(liam.open(PAGE).await.header("x-ausername"), "liam");
    assert!(desk.crowd.change("liam", |person| person.email = "liam@else.example".to_owned()));
    desk.world.advance(FORGOTTEN);
    let page = liam.challenge(PAGE).await;
    assert!(page.body.contains("l•••m@acme.com"), "{}", page.body);
}

#[tokio::test]
async fn t074_a_crowd_that_cannot_be_asked_is_never_a_pass() {
    let crowd = Crowd::new(demo_people());
    let (there, jira) = (behind(crowd.router()).await, Product::new(ProductKind::Jira, demo_people()));
    let elsewhere = behind(jira.router()).await;
    for (url, password, why) in [
        (format!("http://{there}/crowd"), "wrong", "the application's password"),
        (format!("http://{there}"), CROWD_APPLICATION.1, "the wrong path"),
        (format!("http://{elsewhere}/crowd"), CROWD_APPLICATION.1, "the wrong server"),
        ("http://127.0.0.1:9/crowd".to_owned(), CROWD_APPLICATION.1, "nobody there"),
    ] {
        let desk = Desk::before(&crowd, &url, password, "").await;
        let (mut liam, _) = desk.signed_in("liam");
        assert_eq!(liam.open(PAGE).await.status, StatusCode::SERVICE_UNAVAILABLE, "{why}");
        assert!(desk.forwarded().is_empty(), "{why}");
    }
}

#[tokio::test]
async fn where_tokens_are_tied_to_the_gateway_too_crowd_is_told_both_addresses() {
    let desk = Desk::start("gateway_address = \"127.0.0.99\"").await;
    let (mut liam, _) = desk.signed_in("liam");
    assert_stranger(&desk, &liam.open(PAGE).await, "Crowd does not trust the gateway");
    desk.crowd.trust([127, 0, 0, 99].into());
    desk.world.advance(FORGOTTEN);
    assert_eq!(liam.open(PAGE).await.header("x-ausername"), "liam");
}

#[tokio::test]
async fn beside_crowd_the_product_may_be_asked_too() {
    let desk = Desk::start("[[site.session]]\nsource = \"introspect\"").await;
    let mut omar = desk.world.browser_at(HOST);
    omar.sign_in("omar").await;
    assert!(omar.open(PAGE).await.is_challenge());
    assert_eq!(desk.crowd.questions(), 0, "there is no token to ask about");
    let (mut liam, _) = desk.signed_in("liam");
    assert_eq!(liam.open(PAGE).await.header("x-ausername"), "liam");
}
