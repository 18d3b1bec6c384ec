//! Accounts as admins keep them, and what that means at the gate: kept out at once, managed or external from the next
//! request on, known from first sight.

mod gate;
mod racing;
mod scale;
mod sighted;

use postern::actions::accounts::Accounts;
use postern::clock;
use postern::domain::actor::Actor;
use postern::domain::domain_name::DomainName;
use postern::domain::email::EmailAddress;
use postern::domain::organization::OrganizationId;
use postern::store::{Account, AccountFilter};
use uuid::Uuid;

use crate::support::client::{Answer, Browser};
use crate::support::process::PATIENCE;
use crate::support::world::World;

fn only() -> OrganizationId {
    OrganizationId::only()
}

fn ada() -> Actor {
    Actor::from("ada")
}

fn acme() -> DomainName {
    DomainName::parse("acme.com").expect("a domain")
}

fn deeds(world: &World) -> std::sync::Arc<Accounts> {
    world.app.accounts.load_full()
}

/// The account of an address; `None` as long as nobody knows it.
async fn account(world: &World, email: &str) -> Option<Account> {
    let emails = vec![EmailAddress::parse(email).expect("an address")];
    let filter = AccountFilter { emails, ..AccountFilter::default() };
    let page = world.app.store.list_accounts(&only(), &filter, None, 10).await.expect("the store");
    page.accounts.into_iter().next()
}

async fn id(world: &World, email: &str) -> Uuid {
    account(world, email).await.expect("an account").id
}

/// Asks until an answer is as it should be: nodes follow the change log on their own, within a second.
async fn until(browser: &mut Browser, is_so: impl Fn(&Answer) -> bool) -> Answer {
    let since = clock::stopwatch();
    loop {
        let answer = browser.open("/browse/DEMO-1").await;
        if is_so(&answer) {
            return answer;
        }
        assert!(clock::stopwatch() - since < PATIENCE, "it never acted: {} {}", answer.status, answer.body);
    }
}
