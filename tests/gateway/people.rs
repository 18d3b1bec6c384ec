//! The demo's people at both sites: who never notices us, and who is asked.

use http::StatusCode;
use postern::demo::{Person, Product, ProductKind};

use super::forwarded;
use crate::support::world::{WIKI, World, behind};

#[tokio::test]
async fn managed_people_pass_at_both_sites_by_page_script_and_write() {
    let world = World::start().await;
    for username in ["liam", "mia"] {
        for (host, page, resource) in [
            ("jira.test", "/browse/DEMO-1", "/rest/api/2/myself"),
            (WIKI, "/display/DEMO/Home", "/rest/api/user/current"),
        ] {
            let mut person = world.browser_at(host);
            person.sign_in(username).await;
            assert_eq!(person.open(page).await.header("x-ausername"), username, "{host}");
            assert!(person.fetch(resource).await.body.contains(username), "{host}");
            assert!(!person.cookies.keys().any(|name| name.contains("postern")));
        }
    }
    let mut liam = super::liam(&world).await;
    let issue = r#"{"fields":{"project":{"key":"DEMO"},"summary":"by liam"}}"#;
    let json = [("content-type", "application/json"), ("x-atlassian-token", "no-check")];
    let made = liam.send(http::Method::POST, "/rest/api/2/issue", &json, issue).await;
    assert!(made.status.is_success(), "{made:?}");
    assert!(world.mails().is_empty());
}

#[tokio::test]
async fn external_people_are_asked_at_jira_and_let_through_afterwards() {
    let world = World::start().await;
    for (username, email) in
        [("jane", "jane@acme.com"), ("jane.personal", "jane@gmail.com"), ("omar", "omar@partner.example")]
    {
        let mut person = world.browser();
        person.sign_in(username).await;
        world.jira.clear_received();
        let page = person.challenge("/browse/DEMO-1").await;
        assert!(forwarded(&world.jira).is_empty());
        let answer = person.submit(&page, &world.newest_mail(email).code()).await;
        assert_eq!(answer.header("location"), "/browse/DEMO-1");
        assert_eq!(person.open("/browse/DEMO-1").await.header("x-ausername"), username);
        assert_eq!(person.fetch("/rest/api/2/myself").await.json()["emailAddress"], email);
    }
}

#[tokio::test]
async fn the_wiki_that_hides_addresses_finds_jane_by_her_username() {
    let world = World::start().await;
    let mut jane = world.browser_at(WIKI);
    jane.sign_in("jane").await;
    world.wiki.clear_received();
    let page = jane.challenge("/display/DEMO/Home").await;
    assert!(forwarded(&world.wiki).is_empty());
    assert!(page.body.contains("j•••e@acme.com"), "{}", page.body);
    jane.submit(&page, &world.newest_mail("jane@acme.com").code()).await;
    let answer = jane.open("/display/DEMO/Home").await;
    assert_eq!((answer.status, answer.header("x-ausername")), (StatusCode::OK, "jane"));
}

#[tokio::test]
async fn somebody_without_a_known_address_is_refused_for_good_and_told_so() {
    let stranger = Product::new(ProductKind::Wiki, vec![Person::new(9, "nora", "Nora", "nora@else.example")]);
    let upstream = behind(stranger.router()).await;
    let site = format!(
        "[[site]]\nhost = \"wiki2.test\"\nproduct = \"confluence\"\nupstream = \"http://{upstream}\""
    );
    let world = World::with(&site).await;
    let mut nora = world.browser_at("wiki2.test");
    nora.sign_in("nora").await;
    stranger.clear_received();
    let page = nora.open("/display/DEMO/Home").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("No mailbox is known"), "{}", page.body);
    let problem = nora.fetch("/rest/api/content").await;
    assert_eq!((problem.status, &problem.json()["code"]), (StatusCode::FORBIDDEN, &"address-unknown".into()));
    assert!(forwarded(&stranger).is_empty());
    assert!(world.mails().is_empty());
}
