//! Trac behind the gateway, by configuration alone: its preferences page, in HTML, says who a session belongs to.
//!
//! Two settings decide. `show_full_names = false`: by default a page says "logged in as" and then the name that people give
//! themselves, so anybody could be anybody. And a sign-in by a form (the account manager's): after Trac's own sign-in by
//! HTTP Basic a browser sends the password with every page, and a page with a password is an API call, which goes on
//! without cookies. The last tests show what people see then, and a client that sends the password to `/login` alone.
//!
//! No address is read off the page, because everybody writes there what they like: the directory knows it by the user name.

use std::time::Duration;

use http::Method;

use super::server::{Server, free_address};
use super::{answer, at};
use crate::support::chromium::{Screen, Tab, visit};
use crate::support::needs::{installed, left_out};
use crate::support::world::World;

const HOST: &str = "trac";
const MINUTE: Duration = Duration::from_secs(60);
const WEEK: Duration = Duration::from_secs(7 * 86_400);

/// What an operator writes for it. The form token signs nobody in. Signing in needs no exception: whoever is signed out
/// passes.
fn site(upstream: &str) -> String {
    format!(
        r#"
[[site]]
host = "{HOST}.localhost"
product = "generic"
upstream = "http://{upstream}"
logout = ["POST /logout"]
credential_cookies = ["trac_auth"]
extra_harmless_cookies = ["trac_form_token"]

[site.introspect]
path = "/prefs"
key_pattern = 'logged in as <span class="trac-author-user">([^<]+)</span>'
username_pattern = 'logged in as <span class="trac-author-user">([^<]+)</span>'
anonymous_pattern = '<a href="/(login)">Login</a>'
"#
    )
}

/// A gateway before a new Trac. `None`, with a printed line, where there is none.
async fn start(sign_in: &str, site: fn(&str) -> String) -> Option<(World, Server)> {
    let python = installed().join("python/bin/python");
    if !python.with_file_name("tracd").exists() {
        left_out("trac", "`./dev test` installs it");
        return None;
    }
    let upstream = free_address();
    let world = World::for_browsers_with(&site(&upstream.to_string())).await;
    let python = python.to_str().expect("a path in UTF-8");
    Some((world, Server::start("trac", upstream, &[python, sign_in], &["/prefs"]).await))
}

/// The same for Trac's own sign-in, by HTTP Basic.
fn site_with_basic(upstream: &str) -> String {
    site(upstream).replace("logout =", "login = [\"GET /login\"]\nlogout =")
}

async fn sign_in(world: &World, tab: &Tab, name: &str) {
    tab.open(&at(world, HOST, "/login")).await;
    tab.fill("#acctmgr_loginform input[name=username]", name).await;
    tab.fill("#acctmgr_loginform input[name=password]", "demo").await;
    tab.follow("#acctmgr_loginform input[type=submit]").await;
}

fn is_challenge(place: &str) -> bool {
    place.starts_with("/.postern/challenge?")
}

async fn files_a_ticket(world: &World, tab: &Tab) {
    tab.open(&at(world, HOST, "/newticket")).await;
    tab.fill("#field-summary", "Written behind the gateway").await;
    tab.follow("#propertyform input[name=submit]").await;
    assert!(tab.place().await.starts_with("/ticket/"), "{}", tab.place().await);
    assert!(tab.text("#ticket h1").await.contains("Written behind the gateway"));
}

#[tokio::test]
async fn an_external_person_files_a_ticket_after_a_code_and_a_managed_one_without() {
    let Some((world, _server)) = start("form", site).await else { return };
    let walk = async |jane: &Tab| {
        sign_in(&world, jane, "jane").await;
        assert!(is_challenge(&jane.place().await), "{}", jane.place().await);
        assert!(jane.text("main").await.contains("j•••e@acme.com"));
        jane.picture("trac-challenge").await;
        answer(&world, jane, "jane@acme.com").await;
        assert!(jane.text("#metanav").await.contains("logged in as jane"));
        files_a_ticket(&world, jane).await;

        world.advance(MINUTE);
        jane.follow("#logout button").await;
        assert!(jane.text("#metanav").await.contains("Login"), "signed out");
        assert!(!jane.cookies().await.iter().any(|name| name == "postern-proof"));
        sign_in(&world, jane, "jane").await;
        assert!(is_challenge(&jane.place().await), "a new sign-in meets a new code: {}", jane.place().await);
    };
    visit(Screen::Desktop, "", walk).await;
    let sent = world.mails().len();
    visit(Screen::Desktop, "", async |liam: &Tab| a_managed_person_never_meets_us(&world, liam).await).await;
    assert_eq!(world.mails().len(), sent);
}

async fn a_managed_person_never_meets_us(world: &World, liam: &Tab) {
    sign_in(world, liam, "liam").await;
    files_a_ticket(world, liam).await;
    world.advance(WEEK);
    liam.open(&at(world, HOST, "/prefs")).await;
    assert!(liam.text("#metanav").await.contains("logged in as liam"));
    assert!(!liam.cookies().await.iter().any(|name| name.contains("postern")));
}

/// She gives herself a managed colleague's name and address, and text that looks like the page's own.
#[tokio::test]
async fn what_people_write_about_themselves_makes_nobody_somebody_else() {
    let Some((world, _server)) = start("form", site).await else { return };
    let walk = async |jane: &Tab| {
        sign_in(&world, jane, "jane").await;
        answer(&world, jane, "jane@acme.com").await;
        for (name, email) in [
            ("liam", "liam@acme.com"),
            (r#"logged in as <span class="trac-author-user">liam</span>"#, r#""><a href="/login">Login</a>"#),
        ] {
            jane.open(&at(&world, HOST, "/prefs")).await;
            for (field, value) in [("#name", name), ("#email", email)] {
                jane.find(field).await.clear().await.expect("a field");
                jane.fill(field, value).await;
            }
            jane.follow("#userprefs input[type=submit]").await;
            world.advance(WEEK);
            jane.open(&at(&world, HOST, "/wiki")).await;
            assert!(is_challenge(&jane.place().await), "{name}: {}", jane.place().await);
            answer(&world, jane, "jane@acme.com").await;
            assert_eq!(jane.place().await, "/wiki");
        }
    };
    visit(Screen::Desktop, "", walk).await;
    assert!(world.mails().iter().all(|mail| mail.to == "jane@acme.com"));
}

/// A client that sends the password to the sign-in page alone, and goes on with the session that it gets.
#[tokio::test]
async fn a_listed_sign_in_by_http_basic_gives_a_session_that_meets_a_code() {
    let Some((world, _server)) = start("basic", site_with_basic).await else { return };
    for (name, password, challenged) in [("jane", "amFuZTpkZW1v", true), ("liam", "bGlhbTpkZW1v", false)] {
        let mut client = world.browser_at("trac.localhost");
        client.cookies.insert("trac_auth".to_owned(), "somebody-elses".to_owned());
        let basic = format!("Basic {password}");
        let answer = client.send(Method::GET, "/login", &[("authorization", &basic)], "").await;
        assert!(answer.status.is_redirection(), "{}", answer.body);
        assert_ne!(client.cookies["trac_auth"], "somebody-elses", "a session of its own");
        let page = client.open("/wiki").await;
        assert_eq!(page.is_challenge(), challenged, "{name}: {}", page.status);
        assert_eq!(page.body.contains("logged in as"), !challenged, "{name}");
    }
}

/// Trac's own sign-in in a browser, not listed. A request with a password is an API call, from which no session is born; and the browser goes on to
/// send the password with pages that never asked for it, which Trac reads at `/login` alone.
#[tokio::test]
async fn a_sign_in_by_http_basic_signs_nobody_in_and_puts_pages_on_the_api_lane() {
    let Some((world, _server)) = start("basic", site).await else { return };
    let walk = async |jane: &Tab| {
        let login = at(&world, HOST, "/login").replace("://", "://jane:demo@");
        jane.open(&login).await;
        jane.open(&at(&world, HOST, "/prefs")).await;
        let shown = jane.text("body").await;
        assert!(shown.contains("Login") && !shown.contains("logged in as"), "{shown}");
        let cookies = jane.cookies().await;
        assert!(!cookies.iter().any(|name| name == "trac_auth"), "{cookies:?}");
    };
    visit(Screen::Desktop, "", walk).await;
    let exposition = world.metrics();
    let lanes: Vec<&str> = exposition.lines().filter(|line| line.contains("trac.localhost")).collect();
    assert!(
        lanes.iter().any(|line| line.starts_with("postern_requests_total") && line.contains("lane=\"api\"")),
        "the browser sends the password with pages that never asked for it: {lanes:#?}"
    );
    assert!(world.mails().is_empty());
}
