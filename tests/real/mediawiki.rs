//! MediaWiki behind the gateway, by configuration alone: its account page says in JSON who a session belongs to.
//!
//! Its site lists no sign-in and no sign-out page, and that is the point. Whoever is signed out passes anyway, so signing in
//! needs no exception; and MediaWiki shows any page under any name (`Special:UserLogin?curid=1` is page 1), so a listed path
//! would open the whole wiki. A sign-out is told in the answer: see `servers/settings.php`.

use std::time::Duration;

use http::{Method, StatusCode};

use super::server::{Server, free_address};
use super::{answer, at};
use crate::support::chromium::{Screen, Tab, visit};
use crate::support::client::{Browser, FETCH};
use crate::support::needs::left_out;
use crate::support::world::World;

const HOST: &str = "mediawiki";
const PASSWORD: &str = "a demo of Postern";
const MAIN: &str = "/index.php/Main_Page";
const MINUTE: Duration = Duration::from_secs(60);
const WEEK: Duration = Duration::from_secs(7 * 86_400);

/// What an operator writes for it. The number is the account's, and never given again. An address that was not confirmed is
/// nobody's: people write there what they like. Readers of a closed wiki who are signed out get an error.
fn site(upstream: &str) -> String {
    format!(
        r#"
[[site]]
host = "{HOST}.localhost"
product = "generic"
upstream = "http://{upstream}"
credential_cookies = ["wiki_session", "wikiUserID", "wikiUserName", "wikiToken"]
extra_harmless_cookies = ["wikimwuser-sessionId", "UseCDNCache", "UseDC", "cpPosIndex"]

[site.introspect]
path = "/api.php?action=query&meta=userinfo&uiprop=email&format=json"
key = "/query/userinfo/id"
username = "/query/userinfo/name"
email = "/query/userinfo/email"
email_verified = "/query/userinfo/emailauthenticated"
anonymous_pointer = "/error/code"
anonymous_value = "readapidenied"
"#
    )
}

/// A gateway before a new wiki. `None`, with a printed line, where there is no MediaWiki.
async fn start() -> Option<(World, Server)> {
    let program = "/usr/share/mediawiki/maintenance/install.php";
    if !std::path::Path::new(program).exists()
        || std::process::Command::new("php").arg("-v").output().is_err()
    {
        left_out("mediawiki", "on Debian, the packages `mediawiki` and `php-cli`");
        return None;
    }
    let upstream = free_address();
    let world = World::for_browsers_with(&site(&upstream.to_string())).await;
    let url = at(&world, HOST, "");
    let pages = ["/index.php/Special:UserLogin", "/api.php?action=query&meta=userinfo&format=json"];
    let server = Server::start("mediawiki", upstream, &[&url], &pages).await;
    Some((world, server))
}

async fn sign_in(world: &World, tab: &Tab, name: &str) {
    tab.open(&at(world, HOST, "/index.php?title=Special:UserLogin&returnto=Main+Page")).await;
    // The wiki remembers who signed in last.
    tab.find("#wpName1").await.clear().await.expect("a field");
    tab.fill("#wpName1", name).await;
    tab.fill("#wpPassword1", PASSWORD).await;
    tab.click("#wpRemember").await;
    tab.follow("#wpLoginAttempt").await;
}

fn is_challenge(place: &str) -> bool {
    place.starts_with("/.postern/challenge?")
}

#[tokio::test]
async fn an_external_person_reads_and_edits_the_wiki_after_a_code() {
    let Some((world, _server)) = start().await else { return };
    let walk = async |jane: &Tab| {
        sign_in(&world, jane, "Jane").await;
        assert!(is_challenge(&jane.place().await), "{}", jane.place().await);
        assert!(jane.text("main").await.contains("j•••e@acme.com"));
        jane.picture("mediawiki-challenge").await;
        answer(&world, jane, "jane@acme.com").await;
        assert_eq!(jane.place().await, MAIN);
        edits(&world, jane).await;
        forgets_the_session(&world, jane).await;
        signs_out(&world, jane).await;
        sign_in(&world, jane, "Jane").await;
        assert!(is_challenge(&jane.place().await), "a new sign-in meets a new code: {}", jane.place().await);
        answer(&world, jane, "jane@acme.com").await;
        assert_eq!(jane.place().await, MAIN);
    };
    visit(Screen::Desktop, "", walk).await;
}

async fn edits(world: &World, jane: &Tab) {
    jane.open(&at(world, HOST, "/index.php?title=Sandbox&action=edit")).await;
    jane.fill("#wpTextbox1", "Written behind the gateway").await;
    jane.follow("#wpSave").await;
    assert_eq!(jane.place().await, "/index.php/Sandbox");
    assert!(jane.text(".mw-parser-output").await.contains("Written behind the gateway"));
}

/// The wiki knows her by its "remember me" cookie alone and opens another session: the same person, hence no code.
async fn forgets_the_session(world: &World, jane: &Tab) {
    let sent = world.mails().len();
    world.advance(MINUTE);
    jane.client.delete_cookie("wiki_session").await.expect("a cookie");
    jane.open(&at(world, HOST, MAIN)).await;
    assert_eq!(jane.place().await, MAIN);
    assert!(jane.text("#pt-userpage").await.contains("Jane"));
    assert!(
        jane.cookies().await.iter().any(|name| name == "wiki_session"),
        "a new session reached the browser"
    );
    assert_eq!(world.mails().len(), sent);
}

async fn signs_out(world: &World, jane: &Tab) {
    assert!(jane.cookies().await.iter().any(|name| name == "postern-proof"));
    world.advance(MINUTE);
    // It is a link whose script signs out by an API call and then loads a page, or says what went wrong with the call: on a loaded
    // machine the wiki's database may be locked for too long. Who reads that clicks again.
    let script = "return window.mw?.loader.getState('mediawiki.page.ready') === 'ready'";
    loop {
        jane.until("the script of the link", async || jane.ask(script).await == true).await;
        let page = jane.find("html").await;
        jane.click("#pt-logout a").await;
        let has_failed = async || jane.has(".mw-notification-type-error").await;
        let is_over = async || page.tag_name().await.is_err();
        jane.until("the end of a sign-out", async || is_over().await || has_failed().await).await;
        if is_over().await {
            break;
        }
        println!("the wiki says: {}", jane.text(".mw-notification-type-error").await);
        jane.open(&at(world, HOST, MAIN)).await;
    }
    let cookies = jane.cookies().await;
    assert!(!cookies.iter().any(|name| name == "wikiToken"), "signed out: {cookies:?}");
    assert!(
        !cookies.iter().any(|name| name == "postern-proof"),
        "the proof went with the session: {cookies:?}"
    );
}

#[tokio::test]
async fn a_managed_person_works_in_the_wiki_and_never_meets_us() {
    let Some((world, _server)) = start().await else { return };
    let walk = async |liam: &Tab| {
        sign_in(&world, liam, "Liam").await;
        assert_eq!(liam.place().await, MAIN);
        edits(&world, liam).await;
        world.advance(WEEK);
        liam.open(&at(&world, HOST, MAIN)).await;
        assert!(liam.text("#pt-userpage").await.contains("Liam"));
        let cookies = liam.cookies().await;
        assert!(!cookies.iter().any(|name| name.contains("postern")), "{cookies:?}");
    };
    visit(Screen::Desktop, "", walk).await;
    assert!(world.mails().is_empty());
}

/// Page 1 under the names of the pages that sign in and out, by query and by body, and by the API.
#[tokio::test]
async fn no_page_is_to_be_had_under_the_name_of_a_sign_in_page_but_with_a_code_on_a_phone() {
    let Some((world, server)) = start().await else { return };
    let mut jane = Browser::new(world.address, "mediawiki.localhost");
    signed_in_by_http(&mut jane).await;
    let before = server.said().matches("Accepted").count();
    for target in [
        MAIN,
        "/index.php?curid=1",
        "/index.php/Special:UserLogin",
        "/index.php/Special:UserLogin?curid=1",
        "/index.php?title=Special:UserLogin&curid=1",
        "/index.php/Special:UserLogout?search=Demo",
    ] {
        let answer = jane.open(target).await;
        assert!(answer.is_challenge(), "{target}: {}", answer.status);
    }
    for target in ["/index.php/Special:UserLogout", "/index.php/Special:UserLogin", "/api.php"] {
        let answer = jane.post(target, &[("curid", "1"), ("action", "query"), ("titles", "Main Page")]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{target}");
    }
    let query = "/api.php?action=parse&pageid=1&format=json";
    assert_eq!(jane.send(Method::GET, query, &FETCH, "").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(server.said().matches("Accepted").count(), before, "nothing was forwarded: {}", server.said());
    // By the code alone, then; here on a phone, which its page fits.
    world.advance(MINUTE);
    let walk = async |jane: &Tab| {
        sign_in(&world, jane, "Jane").await;
        jane.picture("mediawiki-challenge").await;
        let width = jane.ask("return document.documentElement.scrollWidth").await;
        assert_eq!(width, Screen::Phone.width());
        answer(&world, jane, "jane@acme.com").await;
        assert_eq!(jane.place().await, MAIN);
    };
    visit(Screen::Phone, "", walk).await;
}

/// Leaves the wiki's session in a browser without a screen, and makes the gateway ask whose it is.
async fn signed_in_by_http(jane: &mut Browser) {
    let page = jane.open("/index.php/Special:UserLogin").await;
    let token = page.body.split("name=\"wpLoginToken\" type=\"hidden\" value=\"").nth(1);
    let token = token.and_then(|rest| rest.split('"').next()).expect("a token");
    let fields = [
        ("wpName", "Jane"),
        ("wpPassword", PASSWORD),
        ("wpLoginToken", token),
        ("wploginattempt", "Log in"),
        ("authAction", "login"),
    ];
    let answer = jane.post("/index.php/Special:UserLogin", &fields).await;
    assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
    assert!(jane.open(MAIN).await.is_challenge());
}
