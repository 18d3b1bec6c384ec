//! Who is seen for the first time is an account from then on: external, and unverified until a code or the product shows that
//! the address is theirs.

use postern::clock;
use postern::demo::{Person, Product, ProductKind};
use postern::store::Account;

use super::{account, acme, ada, only};
use crate::support::client::{Answer, Browser};
use crate::support::process::PATIENCE;
use crate::support::world::{World, behind};

/// A world with another site, whose people nobody imported.
async fn newcomers() -> World {
    let people = vec![
        Person::new(1, "nora", "Nora", "nora@partner.example"),
        Person::new(2, "noah", "Noah", "noah@acme.com"),
        Person::new(3, "squatter", "Noah?", "noah@acme.com"),
    ];
    let upstream = behind(Product::new(ProductKind::Jira, people).router()).await;
    World::with(&format!(
        "[[site]]\nhost = \"new.test\"\nproduct = \"jira-software\"\nupstream = \"http://{upstream}\""
    ))
    .await
}

async fn signed_in(world: &World, username: &str) -> Browser {
    let mut browser = world.browser_at("new.test");
    browser.sign_in(username).await;
    browser
}

/// Waits until what was found out is kept, which happens beside the traffic.
async fn kept(world: &World, email: &str, is_so: impl Fn(&Account) -> bool) -> Account {
    let since = clock::stopwatch();
    loop {
        if let Some(account) = account(world, email).await.filter(&is_so) {
            return account;
        }
        assert!(clock::stopwatch() - since < PATIENCE, "{email} was never kept");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn who_is_seen_first_is_an_unverified_external_account_until_a_code_proves_the_address() {
    let world = newcomers().await;
    let mut nora = signed_in(&world, "nora").await;
    let page = nora.challenge("/browse/DEMO-1").await;
    let account = kept(&world, "nora@partner.example", |_| true).await;
    assert!(!account.claimed && !account.managed && !account.email_verified && account.username.is_none());
    assert_eq!((account.last_verified_at, account.last_active_at), (None, None));
    nora.submit(&page, &world.newest_mail("nora@partner.example").code()).await;
    let proven = kept(&world, "nora@partner.example", |account| account.email_verified).await;
    assert_eq!(proven.last_verified_at, Some(world.clock.now()));
    nora.open("/browse/DEMO-1").await;
    let active = kept(&world, "nora@partner.example", |account| account.last_active_at.is_some()).await;
    assert_eq!(active.last_active_at, Some(world.clock.now()));
}

/// Who signs up with a colleague's address would be taken for them, if a claim alone made managed.
#[tokio::test]
async fn a_new_account_of_a_domain_that_claims_them_is_managed_when_its_address_is_proved_and_not_before() {
    let world = newcomers().await;
    world.app.claims.set_claims_new(&only(), &acme(), true, &ada()).await.unwrap();
    let mut noah = signed_in(&world, "noah").await;
    let page = noah.challenge("/browse/DEMO-1").await;
    let account = kept(&world, "noah@acme.com", |_| true).await;
    assert!(account.claimed && account.managed && !account.email_verified);
    assert!(noah.open("/browse/DEMO-1").await.is_challenge(), "nobody knows yet whose address it is");
    let mut squatter = signed_in(&world, "squatter").await;
    assert!(squatter.open("/browse/DEMO-1").await.is_challenge());
    noah.submit(&page, &world.newest_mail("noah@acme.com").code()).await;
    kept(&world, "noah@acme.com", |account| account.email_verified).await;
    let mut elsewhere = signed_in(&world, "noah").await;
    super::until(&mut elsewhere, |answer| !answer.is_challenge()).await;
    assert!(squatter.open("/browse/DEMO-1").await.is_challenge(), "who came second is somebody else");
}

#[tokio::test]
async fn who_comes_second_with_an_address_proves_nothing_for_the_account() {
    let world = newcomers().await;
    world.app.claims.set_claims_new(&only(), &acme(), true, &ada()).await.unwrap();
    let mut squatter = signed_in(&world, "squatter").await;
    squatter.challenge("/browse/DEMO-1").await;
    kept(&world, "noah@acme.com", |_| true).await;
    // The owner of the mailbox comes second at this site, and reads the code.
    let mut noah = signed_in(&world, "noah").await;
    world.advance(std::time::Duration::from_secs(120));
    let page = noah.challenge("/browse/DEMO-1").await;
    noah.submit(&page, &world.newest_mail("noah@acme.com").code()).await;
    kept(&world, "noah@acme.com", |account| account.last_verified_at.is_some()).await;
    assert!(!account(&world, "noah@acme.com").await.unwrap().email_verified);
    assert!(squatter.open("/browse/DEMO-1").await.is_challenge(), "or the first one would be managed by it");
    let answer: Answer = noah.open("/browse/DEMO-1").await;
    assert!(!answer.is_challenge(), "the proof is theirs all the same");
}
