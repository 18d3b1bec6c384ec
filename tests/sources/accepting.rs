//! An address that changed makes its account external until an operator says otherwise; then it acts within a second.

use postern::actions::accept_address::{AcceptError, accept_address};
use postern::demo::{Person, Product, ProductKind, demo_people};
use postern::domain::account::Contradiction;
use postern::domain::email::EmailAddress;
use postern::domain::organization::OrganizationId;
use postern::store::{Store, UserKey};

use super::{FORGOTTEN, eventually, import, passes};
use crate::support::process::Installation;
use crate::support::world::{JIRA, PEOPLE, World, behind};

const PAGE: &str = "/browse/DEMO-1";

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn person(site: &str, key: &str) -> UserKey {
    UserKey { site: site.to_owned(), key: key.to_owned() }
}

async fn accept(world: &World, site: &str, key: &str, address: &str) {
    let now = world.clock.now();
    let organization = OrganizationId::only();
    accept_address(&world.app.store, &organization, &person(site, key), &email(address), now)
        .await
        .expect("accepted");
}

#[tokio::test]
async fn an_accepted_address_makes_its_account_managed_again_within_the_open_session() {
    let world = World::start().await;
    import(&world, "account,,liam.hart@acme.com,Liam Hart,,yes,\n").await;
    let mut liam = world.browser();
    liam.sign_in("liam").await;
    assert!(passes(&mut liam, PAGE).await);
    assert!(world.jira.set_email("liam", "liam.hart@acme.com"));
    world.advance(FORGOTTEN);
    assert!(!passes(&mut liam, PAGE).await);
    eventually("the note", async || !world.app.store.contradictions().await.unwrap().is_empty()).await;
    let noted = world.app.store.contradictions().await.unwrap().remove(0);
    assert_eq!((noted.kind, noted.username.as_str()), (Contradiction::AnotherAddress, "liam"));
    assert_eq!(noted.reported, Some(email("liam.hart@acme.com")));
    assert_eq!(world.app.directory.contradictions(), 1);

    accept(&world, JIRA, &noted.user_key, "liam.hart@acme.com").await;
    eventually("the acceptance", async || passes(&mut liam, PAGE).await).await;
    assert_eq!(world.app.directory.contradictions(), 0);
    assert!(world.app.store.contradictions().await.unwrap().is_empty());
    let events = world.app.store.audit_tail(50).await.unwrap();
    let accepted = events.iter().find(|event| event.action == "address_accepted").expect("it is told");
    assert_eq!(
        (accepted.actor.name.as_str(), accepted.organization.as_deref()),
        ("operator", Some("default"))
    );
    assert!(events.iter().any(|event| event.action == "account_contradicted"));

    let world = world.restart().await;
    liam.follow_to(&world);
    assert!(passes(&mut liam, PAGE).await, "and it is kept");
}

#[tokio::test]
async fn who_goes_back_to_their_address_contradicts_nothing_any_more() {
    let world = World::start().await;
    let mut liam = world.browser();
    liam.sign_in("liam").await;
    assert!(passes(&mut liam, PAGE).await);
    for (address, contradicts) in [("liam@else.example", true), ("liam@acme.com", false)] {
        assert!(world.jira.set_email("liam", address));
        world.advance(FORGOTTEN);
        assert_eq!(passes(&mut liam, PAGE).await, !contradicts);
        eventually("the change", async || {
            world.app.store.contradictions().await.unwrap().is_empty() != contradicts
        })
        .await;
    }
}

#[tokio::test]
async fn an_address_first_seen_for_somebody_else_is_given_to_whom_the_operator_names() {
    let people =
        vec![Person::new(9, "pat", "Pat", "pat@acme.com"), Person::new(1, "squatter", "S", "pat@acme.com")];
    let product = Product::new(ProductKind::Jira, people);
    let upstream = behind(product.router()).await;
    let site = format!(
        "[[site]]\nhost = \"odd.test\"\nproduct = \"jira-software\"\nupstream = \"http://{upstream}\""
    );
    let world = World::with(&site).await;
    let (mut pat, mut squatter) = (world.browser_at("odd.test"), world.browser_at("odd.test"));
    squatter.sign_in("squatter").await;
    assert!(!passes(&mut squatter, PAGE).await, "nobody claimed the address yet");
    import(&world, "account,,pat@acme.com,Pat,,yes,\n").await;
    pat.sign_in("pat").await;
    assert!(!passes(&mut pat, PAGE).await, "the squatter was first");
    eventually("the note", async || world.app.store.contradictions().await.unwrap().len() == 1).await;
    let noted = world.app.store.contradictions().await.unwrap().remove(0);
    assert_eq!((noted.kind, noted.user_key.as_str()), (Contradiction::AnotherUser, "JIRAUSER10109"));
    accept(&world, "odd.test", "JIRAUSER10109", "pat@acme.com").await;
    eventually("the acceptance", async || passes(&mut pat, PAGE).await).await;
    assert!(!passes(&mut squatter, PAGE).await, "it is taken from the other at once");
}

#[tokio::test]
async fn what_was_imported_or_never_seen_is_not_accepted() {
    let world = World::start().await;
    let mut liam = world.browser();
    liam.sign_in("liam").await;
    assert!(passes(&mut liam, PAGE).await);
    import(&world, "account,,mia@acme.com,Mia,mia,yes,jira.test=JIRAUSER10103\n").await;
    let accept = async |key: &str, address: &str| {
        let now = world.clock.now();
        let organization = OrganizationId::only();
        accept_address(&world.app.store, &organization, &person(JIRA, key), &email(address), now).await
    };
    assert!(matches!(accept("JIRAUSER99999", "x@acme.com").await, Err(AcceptError::Unknown { .. })));
    assert!(matches!(accept("JIRAUSER10103", "x@acme.com").await, Err(AcceptError::Imported { .. })));
    assert!(matches!(accept("JIRAUSER10100", "mia@acme.com").await, Err(AcceptError::Imported { .. })));
}

#[tokio::test]
async fn the_command_lists_who_contradicts_and_accepts_one_beside_a_running_gateway() {
    let mut people = demo_people();
    people[0].email = "liam.hart@acme.com".to_owned();
    let installation = Installation::with(people, "").await;
    let more = format!("{PEOPLE}account,,liam.hart@acme.com,Liam Hart,l.hart,yes\n");
    std::fs::write(installation.path("people.csv"), more).unwrap();
    assert_eq!(installation.command(&["import", "people.csv"]).await.code, Some(0));
    let running = installation.start().await;
    let mut liam = running.browser();
    liam.sign_in("liam").await;
    assert!(!passes(&mut liam, PAGE).await, "the address was imported with another name");
    let store = Store::open(&installation.path("postern.db")).await.unwrap();
    eventually("the note", async || !store.contradictions().await.unwrap().is_empty()).await;
    let listed = installation.command(&["accept-address", "--list"]).await;
    let line = "--site 'jira.test' --user 'JIRAUSER10100' --email 'liam.hart@acme.com'";
    assert!(listed.code == Some(0) && listed.stdout.contains(line), "{listed:?}");
    let accept = async |site: &str, address: &str| {
        let arguments = ["accept-address", "--site", site, "--user", "JIRAUSER10100", "--email", address];
        installation.command(&arguments).await
    };
    let refused = accept("else.test", "liam.hart@acme.com").await;
    assert!(refused.code == Some(1) && refused.stderr.contains("the sites are: jira.test"), "{refused:?}");
    let refused = accept("jira.test", "liam.hart@").await;
    assert!(refused.code == Some(1) && refused.stderr.contains("is refused"), "{refused:?}");
    let accepted = accept("jira.test", "liam.hart@acme.com").await;
    assert!(accepted.code == Some(0) && accepted.stdout.contains("Accepted: 'liam'"), "{accepted:?}");
    eventually("the acceptance", async || passes(&mut liam, PAGE).await).await;
    let listed = installation.command(&["accept-address", "--list"]).await;
    assert_eq!(listed.stdout, "Nobody contradicts the directory.\n");
    assert_eq!(installation.command(&["accept-address", "--site", "jira.test"]).await.code, Some(64));
}
