//! Whom the home host does not know: they are asked where they are, after one detour, and the browser is not sent there again.

use std::time::Duration;

use http::StatusCode;

use super::{ASKED, PAGE, is_asked};
use crate::challenge::{JANE, PAUSE, challenges};
use crate::support::world::{JIRA, WIKI, World};

const CHALLENGE: &str = "wiki.test/.postern/challenge?";

#[tokio::test]
async fn nobody_is_sent_home_twice_and_nothing_loops() {
    let world = World::start().await;
    let mut jane = world.browser_at(WIKI);
    jane.sign_in("jane").await;
    let (way, page) = jane.settle(PAGE).await;
    assert_eq!((way.len(), page.status), (4, StatusCode::OK), "{way:?}");
    assert!(way[3].starts_with(CHALLENGE) && way[3].contains("asked=1"), "{way:?}");
    assert_eq!((world.mails().len(), challenges(&world).await), (1, 1));
    for _ in 0..3 {
        let (way, _) = jane.settle("/display/DEMO/Other").await;
        assert_eq!(way, [format!("{CHALLENGE}return=/display/DEMO/Other")], "asked at once");
    }
    // A browser that keeps no word of it, and one that came from a home host that never answered.
    let mut forgetful = jane.clone();
    for _ in 0..3 {
        forgetful.cookies.remove(ASKED);
        let (way, _) = forgetful.settle(PAGE).await;
        assert_eq!(way.len(), 4, "{way:?}");
    }
    forgetful.cookies.remove(ASKED);
    let page = forgetful.open("/.postern/challenge?asked=1&return=/").await;
    assert_eq!(page.status, StatusCode::OK, "not even a browser that keeps nothing of it is sent round");
    let mut cut_off = jane.clone();
    cut_off.cookies.remove(ASKED);
    let refused = cut_off.open(PAGE).await;
    let (_, asked) = cut_off.go_on(&refused).await;
    assert!(asked.header("location").starts_with("https://jira.test/"));
    world.advance(Duration::from_secs(30));
    assert_eq!(cut_off.settle(PAGE).await.0.len(), 1, "it asks here after all");
    // The word is old: somebody may have signed in at home meanwhile.
    assert_eq!(jane.settle(PAGE).await.0.len(), 1);
    world.advance(Duration::from_secs(570));
    assert_eq!(jane.settle(PAGE).await.0.len(), 4);
}

#[tokio::test]
async fn who_verifies_at_home_meanwhile_is_not_asked_any_more() {
    let world = World::start().await;
    let mut jane = world.browser_at(WIKI);
    jane.sign_in("jane").await;
    assert!(is_asked(&mut jane, PAGE).await);
    world.advance(PAUSE);
    jane.go_to(JIRA);
    jane.verify(&world, "jane", JANE).await;
    jane.go_to(WIKI);
    world.advance(Duration::from_secs(1));
    assert!(!is_asked(&mut jane, PAGE).await);
    assert_eq!(world.mails().len(), 2);
}

#[tokio::test]
async fn home_vouches_only_for_a_session_of_the_same_account() {
    let world = World::start().await;
    let mut jane = super::at_wiki(&world).await;
    // Her other account at home, verified too; then nobody; then the right one again.
    let verified = jane.elsewhere[JIRA].clone();
    let mut other = world.browser();
    other.verify(&world, "jane.personal", "jane@gmail.com").await;
    for cookies in [other.cookies.clone(), super::without_session(&verified)] {
        let mut jane = jane.clone();
        jane.elsewhere.insert(JIRA.to_owned(), cookies);
        assert!(is_asked(&mut jane, PAGE).await);
        world.advance(PAUSE);
    }
    // What one account left at home is nothing to another one that signs in there.
    let mut shared = world.browser_at(WIKI);
    shared.sign_in("jane").await;
    let page = shared.challenge(PAGE).await;
    let verified = shared.submit(&page, &world.newest_mail(JANE).code()).await;
    let (_, kept) = shared.go_on(&verified).await;
    let way = kept.header("location");
    assert!(way.starts_with("https://wiki.test/.postern/arrived?mark="), "{way}");
    assert!(way.ends_with("&return=/display/DEMO/Home"), "{way}");
    shared.go_to(JIRA);
    shared.sign_in("omar").await;
    assert!(is_asked(&mut shared, "/browse/DEMO-1").await);
    // At home the product says that her address is another one now: whoever she is there, it is not believed.
    assert!(world.jira.set_email("jane", "jane@elsewhere.example"));
    world.advance(Duration::from_secs(31));
    assert!(is_asked(&mut jane.clone(), PAGE).await);
    // Where such a product asks itself, nobody is even sent away.
    world.reload("name = \"Acme\"", "name = \"Acme\"\nhome = \"wiki.test\"").unwrap();
    let mut contradicted = jane.clone();
    contradicted.go_to(JIRA);
    assert_eq!(contradicted.settle("/browse/DEMO-1").await.0.len(), 1);
    assert!(world.jira.set_email("jane", JANE));
    world.advance(Duration::from_secs(31));
    jane.go_to(JIRA);
    jane.cookies.retain(|name, _| !name.contains("postern"));
    assert_eq!(jane.settle("/browse/DEMO-1").await.0.len(), 4);
}
