//! Any product that answers in JSON: by URL and pointers, with numbers, and with addresses it did not check.

use http::StatusCode;

use super::scripted::{Says, Scripted};
use super::{FORGOTTEN, import};
use crate::support::world::World;

/// As MediaWiki answers.
const WIKI: &str = r#"
path = "/api.php?action=query&meta=userinfo&uiprop=email&format=json"
key = "/query/userinfo/id"
username = "/query/userinfo/name"
email = "/query/userinfo/email"
email_verified = "/query/userinfo/emailauthenticated"
anonymous_pointer = "/query/userinfo/id"
anonymous_value = 0
timeout = "200ms"
"#;

fn user(id: u32, name: &str, email: &str, checked: bool) -> String {
    let checked = if checked { r#","emailauthenticated":"2026-01-02T03:04:05Z""# } else { "" };
    format!(r#"{{"query":{{"userinfo":{{"id":{id},"name":"{name}","email":"{email}"{checked}}}}}}}"#)
}

#[tokio::test]
async fn a_product_is_asked_by_path_and_query_and_may_number_its_users() {
    let (world, product, mut browser) = Scripted::at(&[("wiki2.test", WIKI)]).await;
    product.says_json(&user(7, "Nora", "nora@else.example", true));
    let page = browser.challenge("/index.php").await;
    assert!(product.forwarded().is_empty());
    assert_eq!(product.asked(), ["/api.php?action=query&meta=userinfo&uiprop=email&format=json"]);
    browser.submit(&page, &world.newest_mail("nora@else.example").code()).await;
    assert_eq!(browser.open("/index.php").await.body, "the page");
    product.says_json(&user(0, "192.0.2.1", "", false));
    world.advance(FORGOTTEN);
    assert_eq!(browser.open("/index.php").await.status, StatusCode::OK, "nobody is a number, too");
}

#[tokio::test]
async fn an_address_that_the_product_did_not_check_is_not_believed() {
    let (world, product, mut browser) = Scripted::at(&[("wiki2.test", WIKI)]).await;
    product.says_json(&user(7, "Nora", "liam@acme.com", false));
    let answer = browser.open("/").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "nobody known has this name: {}", answer.body);
    assert!(product.forwarded().is_empty() && world.mails().is_empty());
}

#[tokio::test]
async fn behind_an_unchecked_address_the_directory_says_who_it_is() {
    let (world, product, mut browser) = Scripted::at(&[("wiki2.test", WIKI)]).await;
    product.says_json(&user(7, "liam", "evil@else.example", false));
    let page = browser.challenge("/").await;
    assert!(page.body.contains("l•••m@acme.com"), "the code goes to the known mailbox: {}", page.body);
    assert!(!world.mails().iter().any(|mail| mail.to == "evil@else.example"));
    assert!(
        !passes_as(&world, &product, &user(7, "liam", "liam@acme.com", false)).await,
        "not even with his address"
    );
    assert!(!passes_as(&world, &product, &user(7, "liam", "", true)).await, "nor with none");
    import(&world, "account,,liam@acme.com,Liam,liam,yes,wiki2.test=7\n").await;
    assert!(passes_as(&world, &product, &user(7, "liam", "liam@acme.com", false)).await, "the key is his");
    assert!(!passes_as(&world, &product, &user(8, "liam", "liam@acme.com", true)).await, "and nobody else's");
}

/// Whether a new session of this person gets through without a code.
async fn passes_as(world: &World, product: &Scripted, says: &str) -> bool {
    product.says_json(says);
    let mut browser = world.browser_at("wiki2.test");
    browser.cookies.insert("session".to_owned(), format!("{:?}", product.asked().len()));
    browser.open("/").await.status == StatusCode::OK
}

#[tokio::test]
async fn t082_an_address_that_changes_is_judged_anew_once_the_answer_is_too_old() {
    let (world, product, mut browser) = Scripted::at(&[("wiki2.test", WIKI)]).await;
    import(&world, "account,,pat@acme.com,Pat,pat,yes,\n").await;
    product.says_json(&user(9, "pat", "pat@acme.com", true));
    assert_eq!(browser.open("/").await.status, StatusCode::OK, "managed");
    product.says_json(&user(9, "pat", "pat@else.example", true));
    assert_eq!(browser.open("/").await.status, StatusCode::OK, "known for 30 s");
    world.advance(FORGOTTEN);
    assert!(browser.open("/").await.is_challenge());
    product.says_json(&user(9, "pat", "pat@acme.com", true));
    world.advance(FORGOTTEN);
    assert_eq!(browser.open("/").await.status, StatusCode::OK, "and back");
}

#[tokio::test]
async fn t074_no_odd_answer_in_json_is_a_pass() {
    let (world, product, mut browser) = Scripted::at(&[("wiki2.test", WIKI)]).await;
    let json = "application/json";
    for odd in [
        Says::Whole(StatusCode::OK, "text/html", "<form action=\"/login\">".to_owned()),
        Says::Whole(StatusCode::OK, json, "{\"query\":{}}".to_owned()),
        Says::Whole(StatusCode::OK, json, user(7, "jane", "a@b@c.test", true)),
        Says::Whole(StatusCode::OK, json, user(7, "jane", "jane@acme.com", true).replace('7', "7.5")),
        Says::Whole(StatusCode::FOUND, json, user(0, "", "", false)),
        Says::Whole(StatusCode::FORBIDDEN, json, user(0, "", "", false)),
        Says::Whole(StatusCode::INTERNAL_SERVER_ERROR, json, user(0, "", "", false)),
        Says::Endless(json),
        Says::Hangs,
    ] {
        product.says(odd.clone());
        assert_eq!(browser.open("/").await.status, StatusCode::SERVICE_UNAVAILABLE, "{odd:?}");
        assert!(product.forwarded().is_empty(), "{odd:?}");
        world.advance(FORGOTTEN);
    }
    product.says(Says::Whole(StatusCode::UNAUTHORIZED, "text/html", String::new()));
    assert_eq!(browser.open("/").await.status, StatusCode::OK, "the product's own word that it is nobody");
}
