//! What changes between the mail and the code: the address, the account, the claim. The person is judged anew at verify.

use std::time::Duration;

use http::StatusCode;
use postern::actions::import_directory::import_directory;

use super::{FORGOTTEN, JANE, OMAR, PAUSE, PROOF, challenged};
use crate::support::world::{PEOPLE, World};

#[tokio::test]
async fn t110_an_address_changed_at_the_product_kills_the_code() {
    let world = World::start().await;
    let (mut jane, page, old) = challenged(&world, "jane", JANE).await;
    assert!(world.jira.set_email("jane", "jane@elsewhere.example"));
    world.advance(FORGOTTEN);
    let answer = jane.submit(&page, &old).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(!jane.cookies.contains_key(PROOF));
    world.advance(PAUSE.saturating_sub(FORGOTTEN));
    let page = jane.challenge("/browse/DEMO-1").await;
    assert_eq!(world.mails().len(), 2);
    let new = world.newest_mail(JANE).code();
    assert_ne!(new, old, "the new challenge goes to the address of first sight, with a code of its own");
    assert_eq!(jane.submit(&page, &old).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(jane.submit(&page, &new).await.status, StatusCode::SEE_OTHER);
    assert_eq!(jane.open("/browse/DEMO-1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn t110_an_address_changed_at_the_product_ends_the_proof() {
    let world = World::start().await;
    let mut jane = world.browser();
    jane.verify(&world, "jane", JANE).await;
    assert!(world.jira.set_email("jane", "jane@elsewhere.example"));
    world.advance(FORGOTTEN);
    assert!(jane.open("/browse/DEMO-1").await.is_challenge());
}

#[tokio::test]
async fn t110_who_takes_the_address_of_a_managed_account_stays_external() {
    let world = World::start().await;
    let (mut omar, page, code) = challenged(&world, "omar", OMAR).await;
    assert!(world.jira.set_email("omar", "liam@acme.com"));
    world.advance(PAUSE);
    world.jira.clear_received();
    assert_eq!(omar.submit(&page, &code).await.status, StatusCode::FORBIDDEN);
    let page = omar.challenge("/browse/DEMO-1").await;
    assert!(page.body.contains("o•••r@partner.example"), "{}", page.body);
    assert!(world.reached_jira().is_empty());
    assert!(!world.mails().iter().any(|mail| mail.to == "liam@acme.com"), "nobody else gets his codes");
}

/// The change log is followed every 250 ms of real time, so the claim is waited for, with a bound.
async fn claim_jane(world: &World) {
    let people = PEOPLE.replace("Jane Doe,jane,no", "Jane Doe,jane,yes") + "account,,new@acme.com,,new,no\n";
    import_directory(&world.app.store, &world.clock, &world.owner(), people.as_bytes(), "people.csv", |_| ())
        .await
        .expect("the import");
    let followed = async {
        while !world.metrics().contains("postern_directory_accounts 6") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), followed).await.expect("the tables change");
}

#[tokio::test]
async fn t111_who_becomes_managed_meanwhile_needs_no_code_any_more() {
    let world = World::start().await;
    let (mut jane, page, _) = challenged(&world, "jane", JANE).await;
    claim_jane(&world).await;
    let answer = jane.submit(&page, "000000").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/browse/DEMO-1"));
    assert!(answer.set_cookies().is_empty(), "managed people carry no proof");
    assert_eq!(super::tries(&world).await, 0);
    assert_eq!(jane.open("/browse/DEMO-1").await.status, StatusCode::OK);
    let resent = jane.resend(&page).await;
    assert_eq!((resent.status, world.mails().len()), (StatusCode::SEE_OTHER, 1));
}

#[tokio::test]
async fn t111_a_disabled_account_gets_no_proof() {
    let world = World::start().await;
    let (mut jane, page, code) = challenged(&world, "jane", JANE).await;
    assert!(world.jira.set_active("jane", false));
    world.advance(FORGOTTEN);
    let answer = jane.submit(&page, &code).await;
    assert_eq!((answer.status, answer.set_cookies().len()), (StatusCode::SEE_OTHER, 0));
    assert_eq!(world.count("SELECT count(*) FROM challenges WHERE outcome = 'verified'").await, 0);
    assert_eq!(jane.open("/browse/DEMO-1").await.header("x-ausername"), "anonymous");
}

/// T105: what is no address is no answer of the product's either, so nobody passes and nobody is written to.
#[tokio::test]
async fn t105_an_address_with_a_line_end_in_it_is_never_written_to() {
    let world = World::start().await;
    for address in ["jane@acme.com\r\nBcc: x@evil.test", "jane@acme.com, x@evil.test", "jane\0@acme.com"] {
        assert!(world.jira.set_email("jane", address));
        let mut jane = world.browser();
        jane.sign_in("jane").await;
        world.jira.clear_received();
        for page in ["/browse/DEMO-1", "/.postern/challenge"] {
            assert_eq!(jane.open(page).await.status, StatusCode::SERVICE_UNAVAILABLE, "{page} {address:?}");
        }
        assert!(world.reached_jira().is_empty(), "{address:?}");
    }
    assert!(world.mails().is_empty());
}
