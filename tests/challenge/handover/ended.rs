//! What ends a verification at one host ends it at all of them: a sign-out, a reset, another policy.

use std::time::Duration;

use http::StatusCode;
use serde_json::json;

use super::{HOME, PAGE, at_wiki, is_asked, without_session};
use crate::admin::Api;
use crate::challenge::{JANE, PAUSE};
use crate::support::client::Browser;
use crate::support::code_mails;
use crate::support::world::{JIRA, WIKI, World};

/// Jane at both hosts, with the cookies of ours that she has there.
async fn at_both(world: &World) -> Browser {
    let mut jane = at_wiki(world).await;
    assert!(!is_asked(&mut jane, PAGE).await);
    jane
}

#[tokio::test]
async fn a_sign_out_at_one_host_ends_the_proof_at_all_of_them() {
    let mut world = World::with("[limits]\nsends_per_account = [\"1/1s\"]").await;
    for (left, other, page) in [(WIKI, JIRA, "/browse/DEMO-1"), (JIRA, WIKI, PAGE)] {
        let mut jane = at_both(&world).await;
        world.advance(Duration::from_secs(2));
        let mut phone = at_both(&world).await;
        world.advance(Duration::from_secs(2));
        jane.go_to(left);
        let kept = without_session(&jane.cookies);
        jane.sign_out().await;
        jane.go_to(other);
        assert_eq!(jane.fetch("/rest/api/2/myself").await.json()["code"], "proof-revoked", "{left}");
        for _ in 0..2 {
            let mut kept_all = jane.clone();
            assert!(is_asked(&mut kept_all, page).await, "signed out at {left}, asked at {other}");
            // The next sign-in where they signed out meets a code, whatever of ours was kept.
            kept_all.go_to(left);
            kept_all.sign_in("jane").await;
            kept_all.cookies.extend(kept.clone());
            let there = if left == WIKI { PAGE } else { "/browse/DEMO-1" };
            assert!(is_asked(&mut kept_all, there).await, "signed out at {left}");
            world = world.restart().await;
            jane.follow_to(&world);
            phone.follow_to(&world);
        }
        assert_eq!(phone.open(PAGE).await.status, StatusCode::OK, "another browser is untouched");
        // And a new code counts from the second of the sign-out on.
        let asked = jane.challenge(page).await;
        jane.submit(&asked, &world.newest_mail(JANE).code()).await;
        assert_eq!(jane.open(page).await.status, StatusCode::OK);
        world.advance(Duration::from_secs(2));
    }
}

/// Verified at the wiki, and known at home by the record alone: no page was asked for there.
#[tokio::test]
async fn a_sign_out_at_home_ends_what_was_only_left_there() {
    let world = World::start().await;
    let mut jane = world.browser_at(WIKI);
    jane.sign_in("jane").await;
    let page = jane.challenge(PAGE).await;
    let verified = jane.submit(&page, &world.newest_mail(JANE).code()).await;
    let (_, kept) = jane.go_on(&verified).await;
    jane.go_on(&kept).await;
    assert!(!is_asked(&mut jane, PAGE).await);
    jane.go_to(JIRA);
    jane.sign_in("jane").await;
    let record = jane.cookies[HOME].clone();
    jane.sign_out().await;
    assert!(!jane.cookies.contains_key(HOME));
    jane.sign_in("jane").await;
    jane.cookies.insert(HOME.to_owned(), record);
    world.advance(PAUSE);
    assert!(is_asked(&mut jane, "/browse/DEMO-1").await);
    // From a new code on, all of them know her again.
    let page = jane.challenge("/browse/DEMO-1").await;
    jane.submit(&page, &world.newest_mail(JANE).code()).await;
    jane.go_to(WIKI);
    assert!(!is_asked(&mut jane, PAGE).await);
    assert_eq!(code_mails(&world).len(), 2);
}

#[tokio::test]
async fn what_an_admin_resets_or_a_policy_shortens_comes_back_from_no_host() {
    let world = World::start().await;
    let api = Api::new(&world).await;
    let mut jane = at_both(&world).await;
    world.advance(PAUSE);
    let mut late = at_both(&world).await;
    world.advance(Duration::from_secs(1));
    let people = "/admin/control/v1/orgs/default/external-users/reset-sessions";
    let reset = api.post(people, json!({ "emails": [JANE] })).await;
    assert_eq!(reset.status, StatusCode::NO_CONTENT, "{reset:?}");
    crate::people::until("the reset", async || jane.clone().open(PAGE).await.is_challenge()).await;
    assert!(is_asked(&mut jane, PAGE).await);
    jane.go_to(JIRA);
    assert!(is_asked(&mut jane, "/browse/DEMO-1").await);
    assert!(is_asked(&mut late, PAGE).await);

    assert!(
        world.metrics().contains("event=\"refused_ticket\"} 0"),
        "home vouches for nothing that would not pass there"
    );

    // A verification of two hours, under a policy of one: neither the proof at home nor the record of it is enough.
    world.advance(PAUSE);
    let page = jane.challenge("/browse/DEMO-1").await;
    jane.submit(&page, &world.newest_mail(JANE).code()).await;
    world.advance(Duration::from_secs(7200));
    jane.go_to(WIKI);
    jane.cookies.retain(|name, _| !name.contains("postern"));
    world.reload("[log]", "[verification]\nfrequency = \"1h\"\n\n[log]").unwrap();
    assert!(is_asked(&mut jane, PAGE).await);
    world.reload("frequency = \"1h\"", "frequency = \"3h\"").unwrap();
    jane.cookies.retain(|name, _| !name.contains("postern"));
    assert!(!is_asked(&mut jane, PAGE).await);
    world.advance(Duration::from_secs(3600));
    assert!(is_asked(&mut jane, PAGE).await, "it counts from the code on");
}
