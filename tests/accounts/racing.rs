//! Claims that race: each account is claimed once, and of two organizations only the owner of a domain claims any.

use std::sync::Arc;

use postern::actions::claims::ClaimError;
use postern::actions::claims::listed::from_texts;
use postern::actions::import_directory::import_directory;
use postern::domain::organization::OrganizationId;
use postern::domain::task::RowOutcome;

use super::{acme, ada, only};
use crate::support::world::World;

const MANY: usize = 5_000;

/// The usual world with so many unclaimed people of acme.com more.
async fn crowded() -> World {
    let world = World::start().await;
    let rows: String = (0..MANY).map(|number| format!("account,,user{number:05}@acme.com,,,no\n")).collect();
    let file = format!("type,domain,email,name,username,claimed\n{rows}");
    let owner = world.owner();
    import_directory(&world.app.store, &world.clock, &owner, file.as_bytes(), "crowd.csv", |_| ())
        .await
        .unwrap();
    world
}

#[tokio::test]
async fn two_that_claim_one_domain_at_once_claim_each_account_once() {
    let world = crowded().await;
    let claim = |actor: &'static str| {
        let claims = Arc::clone(&world.app.claims);
        tokio::spawn(async move { claims.claim_all(&only(), &acme(), &actor.into()).await.unwrap() })
    };
    let (first, second) = (claim("ada"), claim("bob"));
    let sum = first.await.unwrap() + second.await.unwrap();
    assert_eq!(sum, MANY as u64 + 1, "and Jane");
    let events = world.count("SELECT count(*) FROM audit WHERE action = 'account_claimed'").await;
    assert_eq!(events, MANY as i64 + 1, "one event for each");
    let subjects = "SELECT count(DISTINCT subject) FROM audit WHERE action = 'account_claimed'";
    assert_eq!(world.count(subjects).await, events);
    let unclaimed =
        "SELECT count(*) FROM accounts WHERE domain = 'acme.com' AND (claimed = 0 OR policy IS NULL)";
    assert_eq!(world.count(unclaimed).await, 0);
    world.app.store.verify_audit_chain().await.unwrap();
}

#[tokio::test]
async fn a_claim_and_an_unclaim_at_once_leave_each_account_with_a_policy_or_without_one() {
    let world = crowded().await;
    let texts: Vec<String> = (0..MANY).map(|number| format!("user{number:05}@acme.com")).collect();
    let change = |claimed: bool| {
        let (claims, rows) = (Arc::clone(&world.app.claims), from_texts(&texts).unwrap());
        tokio::spawn(async move {
            claims.set_listed(&only(), &acme(), rows, claimed, false, &ada()).await.unwrap()
        })
    };
    for rows in [change(true), change(false), change(true)] {
        let rows = rows.await.unwrap();
        let done = |row: &postern::actions::address_csv::AddressRow| {
            matches!(row.outcome, RowOutcome::Succeeded | RowOutcome::Unchanged)
        };
        assert!(rows.iter().all(done));
    }
    let torn = "SELECT count(*) FROM accounts WHERE (claimed = 1) <> (policy IS NOT NULL)";
    assert_eq!(world.count(torn).await, 0);
}

/// T156, of claims: who only tries for a domain claims none of its people, not even its own rows for them.
#[tokio::test]
async fn of_two_organizations_only_the_owner_of_a_domain_claims_its_people() {
    let world = crowded().await;
    let partner = OrganizationId::parse("partner").unwrap();
    let domains = world.app.domains.load_full();
    domains.add(&partner, "acme.com", &ada()).await.unwrap();
    let claims = &world.app.claims;
    let (actor, domain) = (ada(), acme());
    for refused in [
        claims.claim_all(&partner, &domain, &actor).await.err(),
        claims.set_claims_new(&partner, &domain, true, &actor).await.err(),
        claims
            .set_listed(
                &partner,
                &acme(),
                from_texts(&["jane@acme.com".to_owned()]).unwrap(),
                true,
                false,
                &ada(),
            )
            .await
            .err(),
    ] {
        assert!(matches!(refused, Some(ClaimError::NotOwned(_))), "{refused:?}");
    }
    let (owner, removal) = (only(), async { domains.remove(&only(), "acme.com", &ada()).await });
    let (claimed, removed) = tokio::join!(claims.claim_all(&owner, &domain, &actor), removal);
    removed.unwrap();
    // Whoever came first: what is claimed was claimed by the owner, and manages nobody any more.
    assert!(matches!(claimed, Ok(_) | Err(ClaimError::NotOwned(_))), "{claimed:?}");
    assert_eq!(world.count("SELECT count(*) FROM accounts WHERE organization = 'partner'").await, 0);
    assert!(matches!(claims.claim_all(&only(), &acme(), &ada()).await, Err(ClaimError::NotOwned(_))));
}
