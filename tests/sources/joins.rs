//! Joining by user key and login name: names change hands, keys do not, and whoever contradicts is never managed.

use postern::demo::{ProductKind, demo_people};

use super::{import, passes};
use crate::support::client::Browser;
use crate::support::world::{JIRA, WIKI, World};

const PAGE: &str = "/display/DEMO/Home";

/// The key of one of the demo's people at a look-alike.
fn key(kind: ProductKind, username: &str) -> String {
    let person = demo_people().into_iter().find(|person| person.username == username).expect("a person");
    if kind == ProductKind::Jira { person.jira_key } else { person.wiki_key }
}

fn wiki_key(username: &str) -> String {
    format!("{WIKI}={}", key(ProductKind::Wiki, username))
}

async fn at_wiki(world: &World, username: &str) -> Browser {
    let mut browser = world.browser_at(WIKI);
    browser.sign_in(username).await;
    browser
}

#[tokio::test]
async fn a_renamed_person_with_an_imported_key_stays_who_they_are() {
    let world = World::start().await;
    assert!(world.wiki.rename("liam", "liam.hart"));
    let mut liam = at_wiki(&world, "liam.hart").await;
    assert_eq!(liam.open(PAGE).await.status, http::StatusCode::FORBIDDEN, "by name alone nobody knows him");
    import(&world, &format!("account,,liam@acme.com,Liam,liam,yes,{}\n", wiki_key("liam"))).await;
    assert!(passes(&mut liam, PAGE).await, "the import acts on the open session");
}

#[tokio::test]
async fn a_login_name_that_changed_hands_makes_nobody_managed() {
    let world = World::start().await;
    import(&world, &format!("account,,liam@acme.com,Liam,liam,yes,{}\n", wiki_key("liam"))).await;
    assert!(world.wiki.rename("liam", "liam.hart") && world.wiki.rename("omar", "liam"));
    let mut omar = at_wiki(&world, "liam").await;
    world.wiki.clear_received();
    let page = omar.challenge(PAGE).await;
    assert!(page.body.contains("l•••m@acme.com"), "a code that he cannot read: {}", page.body);
    assert!(passes(&mut at_wiki(&world, "liam.hart").await, PAGE).await, "Liam is still himself");
}

#[tokio::test]
async fn where_key_and_name_say_two_people_the_key_is_written_to_and_nobody_is_managed() {
    let world = World::start().await;
    import(&world, &format!("account,,mia@acme.com,Mia,mia,yes,{}\n", wiki_key("liam"))).await;
    let mut liam = at_wiki(&world, "liam").await;
    let page = liam.challenge(PAGE).await;
    assert!(page.body.contains("@acme.com") && page.body.contains("m•••"), "{}", page.body);
    assert_eq!(world.mails().len(), 1);
    assert_eq!(world.mails()[0].to, "mia@acme.com");
}

#[tokio::test]
async fn a_key_means_nothing_at_another_site() {
    let world = World::start().await;
    assert!(world.wiki.rename("liam", "liam.hart"));
    let elsewhere = format!("{JIRA}={}", key(ProductKind::Wiki, "liam"));
    import(&world, &format!("account,,liam@acme.com,Liam,liam,yes,{elsewhere}\n")).await;
    let mut liam = at_wiki(&world, "liam.hart").await;
    assert_eq!(liam.open(PAGE).await.status, http::StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn at_a_product_that_reveals_addresses_a_key_settles_a_renaming_and_unmasks_a_borrowed_address() {
    let world = World::start().await;
    assert!(world.jira.rename("liam", "liam.hart"));
    let mut liam = world.browser();
    liam.sign_in("liam.hart").await;
    assert!(!passes(&mut liam, "/browse/DEMO-1").await, "the address was imported with another name");
    let (his, omars) = (key(ProductKind::Jira, "liam"), key(ProductKind::Jira, "omar"));
    let rows = format!(
        "account,,liam@acme.com,Liam,liam,yes,{JIRA}={his}; wiki.test=x\naccount,,omar@partner.example,Omar,omar,no,{JIRA}={omars}\n"
    );
    import(&world, &rows).await;
    assert!(passes(&mut liam, "/browse/DEMO-1").await);
    assert!(world.jira.set_email("omar", "mia@acme.com") && world.jira.rename("omar", "mia2"));
    let mut omar = world.browser();
    omar.sign_in("mia2").await;
    let page = omar.challenge("/browse/DEMO-1").await;
    assert!(page.body.contains("o•••r@partner.example"), "even at first sight: {}", page.body);
}
