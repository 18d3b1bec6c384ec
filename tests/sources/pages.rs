//! A product that says who somebody is in a page for people alone, as Trac does.

use http::StatusCode;

use super::FORGOTTEN;
use super::scripted::{Says, Scripted};

const TRAC: &str = r#"
path = "/about"
key_pattern = 'logged in as <span class="trac-author-user">([^<]+)</span>'
username_pattern = 'logged in as <span class="trac-author-user">([^<]+)</span>'
anonymous_pattern = '<a href="/(login)">Login</a>'
timeout = "200ms"
"#;
const JSON: &str = "path = \"/about\"\nkey = \"/id\"\nusername = \"/id\"\nemail = \"/mail\"";

fn page(middle: &str) -> String {
    format!("<!DOCTYPE html><html><ul><li class=\"first\">{middle}</li></ul></html>")
}

fn logged_in(name: &str) -> String {
    page(&format!("logged in as <span class=\"trac-author-user\">{name}</span>"))
}

#[tokio::test]
async fn a_person_is_read_from_a_page_and_joined_by_name() {
    let (world, trac, mut browser) = Scripted::at(&[("trac.test", TRAC)]).await;
    trac.says_page(&logged_in("liam"));
    assert_eq!(browser.open("/wiki").await.status, StatusCode::OK, "managed");
    trac.says_page(&logged_in("omar"));
    world.advance(FORGOTTEN);
    trac.forwarded();
    let challenge = browser.challenge("/wiki").await;
    assert!(trac.forwarded().is_empty());
    browser.submit(&challenge, &world.newest_mail("omar@partner.example").code()).await;
    assert_eq!(browser.open("/wiki").await.status, StatusCode::OK);
    trac.says_page(&page("<a href=\"/login\">Login</a>"));
    world.advance(FORGOTTEN);
    assert_eq!(browser.open("/wiki").await.status, StatusCode::OK, "nobody");
}

#[tokio::test]
async fn t074_no_odd_page_is_a_pass() {
    let (world, trac, mut browser) = Scripted::at(&[("trac.test", TRAC)]).await;
    let whole = |status, kind, body: String| Says::Whole(status, kind, body);
    let html = "text/html";
    for odd in [
        whole(StatusCode::OK, html, page("<form action=\"/signin\">")),
        whole(StatusCode::OK, html, page("liam was logged in as somebody")),
        whole(StatusCode::OK, html, logged_in("liam") + &logged_in("liam")),
        whole(StatusCode::OK, html, logged_in("omar") + &page("<a href=\"/login\">Login</a>")),
        whole(StatusCode::OK, html, logged_in("li&eacute;m")),
        whole(StatusCode::OK, "application/json", logged_in("liam")),
        whole(StatusCode::OK, "text/plain", logged_in("liam")),
        whole(StatusCode::FOUND, html, page("<a href=\"/login\">Login</a>")),
        whole(StatusCode::INTERNAL_SERVER_ERROR, html, logged_in("liam")),
        Says::Endless(html),
        Says::Hangs,
    ] {
        trac.says(odd.clone());
        assert_eq!(browser.open("/wiki").await.status, StatusCode::SERVICE_UNAVAILABLE, "{odd:?}");
        assert!(trac.forwarded().is_empty(), "{odd:?}");
        world.advance(FORGOTTEN);
    }
    trac.says(whole(StatusCode::UNAUTHORIZED, html, String::new()));
    assert_eq!(
        browser.open("/wiki").await.status,
        StatusCode::OK,
        "the product's own word that it is nobody"
    );
}

#[tokio::test]
async fn t073_one_cookie_at_two_sites_of_one_upstream_is_two_sessions() {
    let (world, product, mut browser) = Scripted::at(&[("trac.test", TRAC), ("json.test", JSON)]).await;
    product.says_page(&logged_in("liam"));
    assert_eq!(browser.open("/wiki").await.status, StatusCode::OK);
    product.says_json(r#"{"id":7,"mail":"nora@else.example"}"#);
    let mut elsewhere = world.browser_at("json.test");
    elsewhere.cookies.clone_from(&browser.cookies);
    assert!(elsewhere.open("/wiki").await.is_challenge());
    assert_eq!(browser.open("/wiki").await.status, StatusCode::OK);
    assert_eq!(product.asked().len(), 2);
}
