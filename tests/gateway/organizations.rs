//! Two organizations behind one gateway, perfectly apart: Acme has Jira, Partner has the wiki.

use std::time::Duration;

use http::StatusCode;
use postern::actions::import_directory::{ImportError, Imported, Owner, import_directory};
use postern::domain::organization::OrganizationId;

use crate::support::world::{WIKI, World};

const HEADER: &str = "type,domain,email,name,username,claimed,user_key\n";
const PAGE: &str = "/display/DEMO/Home";

fn partner() -> Owner {
    Owner { organization: OrganizationId::parse("partner").unwrap(), sites: vec![WIKI.into()] }
}

async fn two_organizations() -> World {
    let world = World::start().await;
    divide(&world);
    world
}

/// From now on the wiki belongs to somebody else than the Jira.
pub fn divide(world: &World) {
    let id = "[[organization]]\nid = \"default\"\nname = \"Acme\"\n";
    let other = "[[organization]]\nid = \"partner\"\nname = \"Partner & Sons\"\n";
    for (from, to) in [
        ("[organization]\nname = \"Acme\"\n", id.to_owned()),
        ("host = \"jira.test\"", "host = \"jira.test\"\norganization = \"default\"".to_owned()),
        ("host = \"wiki.test\"", "host = \"wiki.test\"\norganization = \"default\"".to_owned()),
        (id, format!("{id}{other}")),
        ("wiki.test\"\norganization = \"default\"", "wiki.test\"\norganization = \"partner\"".to_owned()),
    ] {
        world.reload(from, &to).unwrap();
    }
}

async fn import(world: &World, owner: &Owner, rows: &str) -> Result<Imported, ImportError> {
    let file = format!("{HEADER}{rows}");
    let imported =
        import_directory(&world.app.store, &world.clock, owner, file.as_bytes(), "people.csv", |_| ()).await;
    world.app.directory.reload(&world.app.store).await.expect("the tables load");
    imported
}

#[tokio::test]
async fn what_one_organization_imported_makes_nobody_known_or_managed_at_the_other() {
    let world = two_organizations().await;
    let mut liam = super::liam(&world).await;
    assert_eq!(
        liam.open("/browse/DEMO-1").await.header("x-ausername"),
        "liam",
        "managed by Acme at its Jira"
    );
    let mut liam = world.browser_at(WIKI);
    liam.sign_in("liam").await;
    world.wiki.clear_received();
    let answer = liam.open(PAGE).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "Partner knows no address of his");
    assert!(answer.body.contains("Partner &") && !answer.body.contains("Acme"), "{}", answer.body);
    assert!(super::forwarded(&world.wiki).is_empty());

    // Partner may say what it likes of an address whose domain is Acme's.
    import(&world, &partner(), "account,,liam@acme.com,,liam,yes,\n").await.unwrap();
    let page = liam.challenge(PAGE).await;
    assert!(page.body.contains("l•••m@acme.com"), "{}", page.body);
    assert!(super::forwarded(&world.wiki).is_empty());
    let mail = world.newest_mail("liam@acme.com");
    assert!(mail.text.contains("Partner & Sons") && !mail.text.contains("Acme"), "{}", mail.text);
    let answer = liam.submit(&page, &mail.code()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(liam.open(PAGE).await.header("x-ausername"), "liam");
}

#[tokio::test]
async fn each_manages_its_own_people_and_the_other_asks_them() {
    let world = two_organizations().await;
    let rows = "domain,partner.example,,,,,\naccount,,omar@partner.example,,omar,yes,\n";
    import(&world, &partner(), rows).await.unwrap();
    let mut omar = world.browser_at(WIKI);
    omar.sign_in("omar").await;
    assert_eq!(omar.open(PAGE).await.header("x-ausername"), "omar", "managed by Partner at its wiki");
    let mut omar = world.browser();
    omar.sign_in("omar").await;
    assert!(omar.open("/browse/DEMO-1").await.is_challenge(), "and external at Acme's Jira");
}

#[tokio::test]
async fn a_site_that_goes_to_another_organization_knows_nobody_of_the_one_before() {
    let world = World::start().await;
    let mut liam = world.browser_at(WIKI);
    liam.sign_in("liam").await;
    assert_eq!(liam.open(PAGE).await.header("x-ausername"), "liam", "managed while the wiki is Acme's");
    divide(&world);
    world.wiki.clear_received();
    assert_eq!(liam.open(PAGE).await.status, StatusCode::FORBIDDEN, "Partner knows no address of his");
    assert!(super::forwarded(&world.wiki).is_empty());
}

#[tokio::test]
async fn a_domain_has_one_owner_and_a_site_one_organization() {
    let world = two_organizations().await;
    let rows = "account,,mia@acme.com,,mia,yes,\ndomain,acme.com,,,,,\n";
    let refused = import(&world, &partner(), rows).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "people.csv: the domain acme.com belongs to another organization of this gateway"
    );
    // A key at Acme's Jira would make its user somebody of Partner's choice.
    let rows = "account,,omar@partner.example,,,yes,jira.test=JIRAUSER10100\n";
    let refused = import(&world, &partner(), rows).await.unwrap_err();
    assert!(refused.to_string().contains("\"jira.test\" is no site of the organization"), "{refused}");
    let accounts = "SELECT count(*) FROM accounts WHERE organization = 'partner'";
    assert_eq!(world.count(accounts).await, 0, "all or nothing");
    let mut liam = super::liam(&world).await;
    assert_eq!(liam.open("/browse/DEMO-1").await.header("x-ausername"), "liam");
}

#[tokio::test]
async fn an_event_is_in_the_log_of_the_organization_whose_site_it_was() {
    let world = two_organizations().await;
    import(&world, &partner(), "account,,jane@acme.com,,jane,no,\n").await.unwrap();
    for (host, page) in [("jira.test", "/browse/DEMO-1"), (WIKI, PAGE)] {
        let mut jane = world.browser_at(host);
        jane.sign_in("jane").await;
        let page = jane.challenge(page).await;
        jane.submit(&page, &world.newest_mail("jane@acme.com").code()).await;
        // Of two mails of one moment, neither is the newer.
        world.advance(Duration::from_secs(1));
    }
    for (organization, site) in [("default", "jira.test"), ("partner", WIKI)] {
        for action in ["external_user_challenged", "external_user_code_sent", "external_user_verified"] {
            let events = world.app.store.audit_tail(100).await.unwrap();
            let theirs = |row: &&postern::store::AuditRow| {
                row.action == action && row.organization.as_deref() == Some(organization)
            };
            let sites: Vec<_> = events.iter().filter(theirs).map(|row| row.detail.contains(site)).collect();
            assert_eq!(sites, [true], "{action} of {organization}");
        }
    }
    world.app.store.verify_audit_chain().await.unwrap();
}
