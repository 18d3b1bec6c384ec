//! What people notice at the gate when an admin changes their account.

use std::time::Duration;

use http::{Method, StatusCode};
use postern::actions::claims::listed::from_file;
use postern::actions::import_directory::import_directory;
use postern::clock;
use postern::domain::lifecycle::{GRACE, Status, Step};

use super::{account, acme, ada, deeds, id, only, until};
use crate::people::until_counted;
use crate::support::client::{Answer, Browser};
use crate::support::process::PATIENCE;
use crate::support::world::World;

fn passes(answer: &Answer) -> bool {
    answer.status == StatusCode::OK
}

fn is_refused(answer: &Answer) -> bool {
    answer.status == StatusCode::FORBIDDEN
}

async fn liam(world: &World) -> Browser {
    let mut liam = world.browser();
    liam.sign_in("liam").await;
    assert!(passes(&liam.open("/browse/DEMO-1").await));
    liam
}

#[tokio::test]
async fn a_deactivated_account_is_refused_at_once_by_page_and_script_and_told_whom_to_ask() {
    let world = World::start().await;
    let mut browser = liam(&world).await;
    let liam = id(&world, "liam@acme.com").await;
    deeds(&world).take_step(&only(), liam, Step::Deactivate, Some("left"), &ada()).await.unwrap();
    let page = until(&mut browser, is_refused).await;
    assert!(
        page.body.contains("was deactivated") && page.body.contains("organization's admin"),
        "{}",
        page.body
    );
    world.jira.clear_received();
    let problem = browser.fetch("/rest/api/2/myself").await;
    assert_eq!(
        (problem.status, &problem.json()["code"]),
        (StatusCode::FORBIDDEN, &"account-deactivated".into())
    );
    assert!(world.reached_jira().is_empty(), "nothing of it reached the product");
    assert_ne!(browser.open("/secure/Logout.jspa").await.status, StatusCode::FORBIDDEN, "they may sign out");

    let mut browser = world.browser();
    browser.sign_in("liam").await;
    assert!(is_refused(&browser.open("/browse/DEMO-1").await), "a new sign-in is no way in");
    deeds(&world).take_step(&only(), liam, Step::Reactivate, None, &ada()).await.unwrap();
    // Earlier sign-ins ended with the account.
    until(&mut browser, |answer| answer.status == StatusCode::UNAUTHORIZED).await;
    world.advance(Duration::from_secs(1));
    browser.sign_in("liam").await;
    until(&mut browser, passes).await;
}

#[tokio::test]
async fn tokens_of_a_deactivated_account_are_refused_where_their_owner_is_known() {
    let site =
        "\n[[site]]\nhost = \"tokens.test\"\nproduct = \"jira-software\"\napi_identity = \"introspect\"\n";
    let product = postern::demo::Product::new(postern::demo::ProductKind::Jira, postern::demo::demo_people());
    let upstream = crate::support::world::behind(product.router()).await;
    let world = World::with(&format!("{site}upstream = \"http://{upstream}\"")).await;
    let mut program = world.browser_at("tokens.test");
    let bearer = [("authorization", "Bearer demo-pat-liam")];
    let issue = "/rest/api/2/issue/DEMO-1";
    assert!(passes(&program.send(Method::GET, issue, &bearer, "").await));
    let liam = id(&world, "liam@acme.com").await;
    let mut browser = self::liam(&world).await;
    deeds(&world).take_step(&only(), liam, Step::Deactivate, None, &ada()).await.unwrap();
    until(&mut browser, is_refused).await;
    let answer = program.send(Method::GET, issue, &bearer, "").await;
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (StatusCode::FORBIDDEN, &"account-deactivated".into())
    );
    let basic = format!("Basic {}", data_encoding::BASE64.encode(b"liam:demo"));
    let answer = program.send(Method::GET, issue, &[("authorization", basic.as_str())], "").await;
    assert_eq!(answer.json()["code"], "account-deactivated");
}

#[tokio::test]
async fn a_suspended_external_person_is_refused_with_a_fresh_proof_and_verifies_anew_afterwards() {
    let world = World::start().await;
    let mut omar = world.browser();
    omar.verify(&world, "omar", "omar@partner.example").await;
    let account = id(&world, "omar@partner.example").await;
    deeds(&world).suspend(&only(), account, false, &ada()).await.unwrap();
    let page = until(&mut omar, is_refused).await;
    assert!(page.body.contains("suspended"), "{}", page.body);
    deeds(&world).restore(&only(), account, &ada()).await.unwrap();
    until(&mut omar, Answer::is_challenge).await;
}

#[tokio::test]
async fn a_reset_ends_the_proofs_of_every_browser_of_a_person_and_of_nobody_else() {
    let world = World::start().await;
    let (mut first, mut second, mut jane) = (world.browser(), world.browser(), world.browser());
    first.verify(&world, "omar", "omar@partner.example").await;
    world.advance(std::time::Duration::from_secs(120));
    second.verify(&world, "omar", "omar@partner.example").await;
    jane.verify(&world, "jane", "jane@acme.com").await;
    let account = id(&world, "omar@partner.example").await;
    deeds(&world).reset(&only(), account, &ada()).await.unwrap();
    until(&mut first, Answer::is_challenge).await;
    assert!(second.open("/browse/DEMO-1").await.is_challenge());
    assert!(passes(&jane.open("/browse/DEMO-1").await));
    world.advance(std::time::Duration::from_secs(120));
    first.verify(&world, "omar", "omar@partner.example").await;
    assert!(passes(&first.open("/browse/DEMO-1").await), "a proof made afterwards counts");
}

#[tokio::test]
async fn t111_who_is_deactivated_between_the_code_and_its_use_gains_nothing_by_it() {
    let world = World::start().await;
    let mut omar = world.browser();
    omar.sign_in("omar").await;
    let page = omar.challenge("/browse/DEMO-1").await;
    let code = world.newest_mail("omar@partner.example").code();
    let account = id(&world, "omar@partner.example").await;
    deeds(&world).suspend(&only(), account, false, &ada()).await.unwrap();
    until(&mut omar, is_refused).await;
    let answer = omar.submit(&page, &code).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
    assert!(answer.set_cookies().iter().all(|cookie| !cookie.contains("proof")), "{answer:?}");
}

#[tokio::test]
async fn a_claim_manages_from_the_next_request_on_and_an_unclaim_makes_external_again() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    assert!(jane.open("/browse/DEMO-1").await.is_challenge());
    let claims = &world.app.claims;
    assert_eq!(
        claims.claim_all(&only(), &acme(), &ada()).await.unwrap(),
        1,
        "of three people two were claimed"
    );
    until(&mut jane, passes).await;
    let rows = from_file(b"Email\njane@acme.com\n").unwrap();
    claims.set_listed(&only(), &acme(), rows, false, false, &ada()).await.unwrap();
    until(&mut jane, Answer::is_challenge).await;
}

#[tokio::test]
async fn another_address_goes_along_with_the_login_name_and_ends_the_proofs() {
    let world = World::start().await;
    let mut jira = self::liam(&world).await;
    // The sighting is written beside the traffic, and only what is written can move.
    until_counted(&world, "SELECT count(*) FROM pins", 1).await;
    let liam = id(&world, "liam@acme.com").await;
    let mut browser = world.browser_at("wiki.test");
    browser.sign_in("liam").await;
    assert!(
        passes(&browser.open("/display/DEMO/Home").await),
        "the wiki reveals no address: he is his login name"
    );
    deeds(&world).set_email(&only(), liam, "Liam.Hart@acme.com", &ada()).await.unwrap();
    // Jira still reports the old address, which is another one than is known now.
    let page = until(&mut jira, Answer::is_challenge).await;
    let page = jira.open(page.header("location")).await;
    assert!(page.body.contains("l•••t@acme.com"), "{}", page.body);
    assert!(
        browser.open("/display/DEMO/Home").await.is_challenge(),
        "the login name leads to the new address, which nobody proved yet"
    );
    world.advance(std::time::Duration::from_secs(60));
    let page = browser.challenge("/display/DEMO/Home").await;
    let answer = browser.submit(&page, &world.newest_mail("liam.hart@acme.com").code()).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let mut anew = world.browser_at("wiki.test");
    anew.sign_in("liam").await;
    let since = clock::stopwatch();
    while !passes(&anew.open("/display/DEMO/Home").await) {
        assert!(clock::stopwatch() - since < PATIENCE, "the code never made him managed");
    }
    assert!(world.jira.set_email("liam", "liam.hart@acme.com"), "Jira says the new one too");
    let mut again = world.browser();
    again.sign_in("liam").await;
    until(&mut again, passes).await;
    assert_eq!(account(&world, "liam@acme.com").await.map(|account| account.claimed), None);
}

#[tokio::test]
async fn an_account_for_deletion_is_closed_after_its_grace_and_stays_refused() {
    let world = World::start().await;
    let mut browser = liam(&world).await;
    let liam = id(&world, "liam@acme.com").await;
    deeds(&world).take_step(&only(), liam, Step::Delete, None, &ada()).await.unwrap();
    until(&mut browser, is_refused).await;
    world.advance(GRACE - std::time::Duration::from_secs(1));
    assert_eq!(deeds(&world).close_due().await.unwrap(), 0);
    world.advance(std::time::Duration::from_secs(1));
    assert_eq!(deeds(&world).close_due().await.unwrap(), 1);
    let closed = account(&world, "liam@acme.com").await.unwrap();
    assert_eq!((closed.status, closed.profile.name, closed.username), (Status::Closed, None, None));
    let mut browser = world.browser();
    browser.sign_in("liam").await;
    until(&mut browser, |answer| is_refused(answer) && answer.body.contains("was deleted")).await;
}

#[tokio::test]
async fn an_import_acts_with_all_its_people_at_once_and_keeps_what_admins_decided() {
    let world = World::start().await;
    let mut browser = liam(&world).await;
    let liam = id(&world, "liam@acme.com").await;
    deeds(&world).suspend(&only(), liam, false, &ada()).await.unwrap();
    let again = "type,domain,email,name,username,claimed\naccount,,liam@acme.com,Liam,liam,yes\naccount,,jane@acme.com,,,yes\n";
    let owner = world.owner();
    import_directory(&world.app.store, &world.clock, &owner, again.as_bytes(), "again.csv", |_| ())
        .await
        .unwrap();
    let mut jane = world.browser();
    jane.sign_in("jane").await;
    until(&mut jane, passes).await;
    assert!(is_refused(&browser.open("/browse/DEMO-1").await), "an import says nothing of who is kept out");
}
