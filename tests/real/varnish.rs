//! T103: a cache before the gateway keeps nothing that is one person's.

use http::StatusCode;

use super::server::{Server, free_address};
use crate::support::client::{Answer, Browser};
use crate::support::needs::left_out;
use crate::support::world::{JIRA, World};

/// What must come from the gateway each time.
fn assert_uncached(answer: &Answer) {
    assert_eq!(answer.header("x-hits"), "0", "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
}

#[tokio::test]
async fn t103_varnish_keeps_no_page_of_ours_and_shows_nobody_anothers() {
    let is_there = std::process::Command::new("varnishd").arg("-V").output().is_ok();
    if !is_there {
        return left_out("varnish", "./dev test installs it");
    }
    let world = World::start().await;
    let (address, gateway) = (free_address(), world.address.to_string());
    let _varnish = Server::start("varnish", address, &[&gateway], &["/alive"]).await;
    let mut people = Vec::new();
    for (name, email) in [("jane", "jane@acme.com"), ("omar", "omar@partner.example")] {
        let mut browser = Browser::new(address, JIRA);
        browser.sign_in(name).await;
        let refused = browser.open("/browse/DEMO-1").await;
        assert!(refused.is_challenge(), "{refused:?}");
        assert_uncached(&refused);
        let page = browser.open(refused.header("location")).await;
        assert_uncached(&page);
        assert!(
            page.body.contains(&email[..1]) && page.body.contains(&email[email.find('@').unwrap()..]),
            "{name}: {}",
            page.body
        );
        assert_uncached(&browser.fetch("/rest/api/2/myself").await);
        people.push((name, email, browser, page));
    }
    for (name, email, browser, page) in &mut people {
        let verified = browser.submit_only(page, &world.newest_mail(email).code()).await;
        assert_eq!(verified.status, StatusCode::SEE_OTHER, "{verified:?}");
        assert_eq!(verified.header("cache-control"), "no-store");
        for target in [
            verified.header("location"),
            "/.postern/browsers",
            "/.postern/methods?return=/",
            "/.postern/nothing",
        ] {
            assert_uncached(&browser.open(target).await);
        }
        let theirs = browser.fetch(&format!("/rest/api/2/myself?of={name}")).await;
        assert_eq!(theirs.json()["name"], *name, "they are in, through the cache");
    }
    // What is everybody's may be kept, and is.
    for (hits, (.., browser, _)) in people.iter_mut().enumerate() {
        let keys = browser.open("/.postern/jwks.json").await;
        assert_eq!((keys.status, keys.header("x-hits")), (StatusCode::OK, hits.to_string().as_str()));
    }
}
