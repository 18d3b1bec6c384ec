//! Accounts as admins keep them: nothing of another organization, one place in the list, and lists that are read by pages.

use std::collections::BTreeSet;

use super::*;
use crate::domain::domain_name::DomainName;
use crate::domain::lifecycle::{Claim, Standing, Status};

over_both! {
    t121_an_account_of_another_organization_is_not_found,
    pages_have_everybody_once_whoever_is_managed,
    a_list_finds_what_it_is_asked_for,
    a_claim_changes_what_it_names_and_says_what_that_was,
    what_changed_is_read_again_and_nothing_else,
    another_address_takes_its_user_keys_along,
    a_first_sight_claims_nobody_and_vouches_for_nobody,
    an_import_vouches_for_addresses_and_keeps_nobody_out_or_in,
}

fn acme() -> OrganizationId {
    OrganizationId::parse("acme").unwrap()
}

fn new(address: &str, claimed: bool) -> NewAccount {
    NewAccount { email: email(address), username: None, name: None, claimed, user_keys: Vec::new() }
}

fn event() -> AuditEvent {
    AuditEvent::new("test", AuditAction::AccountClaimed, "somebody")
}

fn name(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}

async fn add(store: &Store, organization: &OrganizationId, domains: &[&str], accounts: &[NewAccount]) {
    let mut change = store.write().await.unwrap();
    let domains: Vec<DomainName> = domains.iter().map(|domain| name(domain)).collect();
    assert_eq!(change.upsert_domains(organization, &domains, at(0)).await.unwrap(), None);
    change.upsert_accounts(organization, accounts, at(0)).await.unwrap();
    change.commit(event(), at(0)).await.unwrap();
}

/// All addresses of a list, read by pages of so many.
async fn listed(store: &Store, filter: &AccountFilter, limit: u32) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store.list_accounts(&only(), filter, after.as_ref(), limit).await.unwrap();
        assert!(page.accounts.len() <= limit as usize);
        all.extend(page.accounts.iter().map(|account| account.email.to_string()));
        match page.next {
            Some(next) => after = Some(next),
            None => return all,
        }
    }
}

async fn one(store: &Store, address: &str) -> Account {
    let filter = AccountFilter { emails: vec![email(address)], ..AccountFilter::default() };
    store.list_accounts(&only(), &filter, None, 1).await.unwrap().accounts.remove(0)
}

async fn t121_an_account_of_another_organization_is_not_found(store: Store) {
    add(&store, &only(), &["a.test"], &[new("jane@a.test", true)]).await;
    add(&store, &acme(), &[], &[new("jane@a.test", true)]).await;
    let jane = one(&store, "jane@a.test").await;
    assert!(jane.managed);
    assert_eq!(store.account(&only(), jane.id).await.unwrap().as_ref(), Some(&jane));
    assert_eq!(store.account(&acme(), jane.id).await.unwrap(), None);
    let theirs = store.list_accounts(&acme(), &AccountFilter::default(), None, 10).await.unwrap();
    assert!(!theirs.accounts[0].managed && theirs.accounts[0].id != jane.id, "the domain is not theirs");
    let mut change = store.write().await.unwrap();
    assert_eq!(change.account(&acme(), jane.id).await.unwrap(), None);
    let changed = change.set_claimed(&acme(), std::slice::from_ref(&jane.email), false, at(1)).await.unwrap();
    assert_eq!(changed, std::slice::from_ref(&jane.email), "their own");
    change.commit(event(), at(1)).await.unwrap();
    assert!(one(&store, "jane@a.test").await.claimed);
}

async fn pages_have_everybody_once_whoever_is_managed(store: Store) {
    let people: Vec<NewAccount> =
        (0..30).map(|n| new(&format!("user{n:02}@{}.test", ["a", "b", "lost"][n % 3]), n % 2 == 0)).collect();
    add(&store, &only(), &["a.test", "b.test"], &people).await;
    let managed = AccountFilter { claim: Some(ClaimFilter::Managed), ..AccountFilter::default() };
    let unmanaged = AccountFilter { claim: Some(ClaimFilter::Unmanaged), ..AccountFilter::default() };
    for limit in [1, 4, 30, 31] {
        let all = listed(&store, &AccountFilter::default(), limit).await;
        assert_eq!(all, people.iter().map(|new| new.email.to_string()).collect::<Vec<_>>());
        let is_managed = |new: &&NewAccount| new.claimed && new.email.domain() != "lost.test";
        let expected: Vec<String> =
            people.iter().filter(is_managed).map(|new| new.email.to_string()).collect();
        assert_eq!(listed(&store, &managed, limit).await, expected);
        let others: BTreeSet<String> = listed(&store, &unmanaged, limit).await.into_iter().collect();
        assert_eq!(others.len(), 30 - expected.len());
        assert!(expected.iter().all(|email| !others.contains(email)));
    }
    for (filter, domain, count) in
        [(&managed, "a.test", 5), (&managed, "lost.test", 0), (&unmanaged, "lost.test", 10)]
    {
        let filter = AccountFilter { domains: vec![name(domain)], ..filter.clone() };
        assert_eq!(listed(&store, &filter, 3).await.len(), count, "{domain}");
        let counts = store.count_accounts(&only(), &filter).await.unwrap();
        assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), count as u64);
    }
    let nobody = store.list_accounts(&acme(), &managed, None, 5).await.unwrap();
    assert_eq!((nobody.accounts, nobody.next), (Vec::new(), None));
}

async fn a_list_finds_what_it_is_asked_for(store: Store) {
    let jane = NewAccount { name: Some("Jane Doe".to_owned()), ..new("jane@a.test", true) };
    add(&store, &only(), &["a.test"], &[jane, new("100%_sure@a.test", true), new("omar@b.test", false)])
        .await;
    let found = async |filter: AccountFilter| listed(&store, &filter, 10).await;
    let contains = |text: &str| AccountFilter { contains: Some(text.to_owned()), ..AccountFilter::default() };
    assert_eq!(found(contains("ane d")).await, ["jane@a.test"], "a name, whatever the case");
    assert_eq!(found(contains("%_s")).await, ["100%_sure@a.test"], "no text is a pattern");
    assert_eq!(found(contains("' or 1=1")).await, [""; 0]);
    let locals = AccountFilter { locals: vec!["Omar".to_owned()], ..AccountFilter::default() };
    assert_eq!(found(locals).await, ["omar@b.test"]);
    let names = AccountFilter { names: vec!["Jane Doe".to_owned()], ..AccountFilter::default() };
    assert_eq!(found(names).await, ["jane@a.test"]);
    let mut change = store.write().await.unwrap();
    let id = one(&store, "jane@a.test").await.id;
    change.set_status(id, Status::Deactivated, None, at(5)).await.unwrap();
    change.set_suspended(one(&store, "omar@b.test").await.id, Some(at(5)), at(5)).await.unwrap();
    change.commit(event(), at(5)).await.unwrap();
    let deactivated =
        AccountFilter { states: Some(vec![(Status::Deactivated, false)]), ..AccountFilter::default() };
    assert_eq!(found(deactivated).await, ["jane@a.test"]);
    let suspended = AccountFilter { states: Some(vec![(Status::Active, true)]), ..AccountFilter::default() };
    assert_eq!(found(suspended).await, ["omar@b.test"]);
    assert_eq!(found(AccountFilter { states: Some(Vec::new()), ..AccountFilter::default() }).await, [""; 0]);
    assert_eq!(one(&store, "jane@a.test").await.deactivated_at, Some(at(5)));
    let mut change = store.write().await.unwrap();
    change.set_status(id, Status::ForDeletion, Some(at(9)), at(6)).await.unwrap();
    change.commit(event(), at(6)).await.unwrap();
    assert_eq!(one(&store, "jane@a.test").await.deactivated_at, Some(at(5)), "since when counts");
    assert_eq!(store.accounts_to_close(at(8)).await.unwrap(), []);
    assert_eq!(store.accounts_to_close(at(9)).await.unwrap(), [(only(), id)]);
}

async fn a_claim_changes_what_it_names_and_says_what_that_was(store: Store) {
    let people: Vec<NewAccount> = (0..1200).map(|n| new(&format!("user{n:04}@a.test"), n < 100)).collect();
    add(&store, &only(), &["a.test"], &people).await;
    let emails: Vec<EmailAddress> = people.iter().map(|new| new.email.clone()).collect();
    let mut change = store.write().await.unwrap();
    assert_eq!(change.unclaimed(&only(), &name("a.test"), None, 5).await.unwrap(), emails[100..105]);
    assert_eq!(
        change.unclaimed(&only(), &name("a.test"), Some(&emails[1198]), 5).await.unwrap(),
        emails[1199..]
    );
    let mut claimed = change.set_claimed(&only(), &emails, true, at(1)).await.unwrap();
    claimed.sort();
    assert_eq!(claimed, emails[100..]);
    change.commit(event(), at(1)).await.unwrap();
    let mut change = store.write().await.unwrap();
    assert_eq!(change.set_claimed(&only(), &emails, true, at(2)).await.unwrap(), []);
    assert_eq!(change.set_claimed(&only(), &emails[..1], false, at(2)).await.unwrap(), emails[..1]);
    let known =
        change.claims_of(&only(), &[emails[0].clone(), emails[1].clone(), email("no@a.test")]).await.unwrap();
    let known: BTreeSet<_> = known.into_iter().collect();
    assert_eq!(known, [(emails[0].clone(), false, false), (emails[1].clone(), true, false)].into());
    assert!(change.set_claims_new(&only(), &name("a.test"), true).await.unwrap());
    assert!(change.claims_new(&only(), "a.test").await.unwrap());
    assert!(!change.set_claims_new(&acme(), &name("a.test"), true).await.unwrap(), "it is not theirs");
    change.commit(event(), at(2)).await.unwrap();
    let unclaimed = one(&store, "user0000@a.test").await;
    assert_eq!((unclaimed.claimed, unclaimed.policy), (false, None));
}

async fn what_changed_is_read_again_and_nothing_else(store: Store) {
    let keyed = NewAccount {
        username: Some("jane".to_owned()),
        user_keys: vec![UserKey { site: "jira.test".to_owned(), key: "K1".to_owned() }],
        ..new("jane@a.test", true)
    };
    add(&store, &only(), &["a.test"], &[keyed, new("liam@a.test", true), new("mia@b.test", true)]).await;
    let mut change = store.write().await.unwrap();
    let liam = one(&store, "liam@a.test").await.id;
    change.set_suspended(liam, Some(at(1)), at(1)).await.unwrap();
    let changed = AccountsChanged {
        usernames: vec!["jane".to_owned(), "nobody".to_owned()],
        user_keys: vec![UserKey { site: "jira.test".to_owned(), key: "K1".to_owned() }],
        ..AccountsChanged::at(&only(), vec![email("liam@a.test"), email("gone@a.test")])
    };
    change.log_accounts(&changed, at(1)).await.unwrap();
    change.commit(event(), at(1)).await.unwrap();
    let entry = store.changes_after(0, 10).await.unwrap().remove(0);
    assert_eq!(entry.accounts(), Some(changed.clone()));
    let read = store.reread(&changed).await.unwrap();
    let states: Vec<_> = read.accounts.iter().map(|row| (row.email.as_str(), row.standing)).collect();
    assert_eq!(states, [("liam@a.test", Standing::Suspended)]);
    assert_eq!(read.usernames, [("jane".to_owned(), email("jane@a.test"))]);
    assert_eq!(
        read.user_keys,
        [(UserKey { site: "jira.test".to_owned(), key: "K1".to_owned() }, email("jane@a.test"))]
    );
    let stretch = AccountsChanged::between(&only(), email("a@a.test"), email("liam@a.test"));
    let read = store.reread(&stretch).await.unwrap();
    let emails: Vec<&str> = read.accounts.iter().map(|row| row.email.as_str()).collect();
    assert_eq!(emails, ["jane@a.test", "liam@a.test"], "both ends, and no other domain");

    let many = AccountsChanged::at(&only(), (0..1200).map(|n| email(&format!("u{n}@a.test"))).collect());
    let mut change = store.write().await.unwrap();
    change.log_accounts(&many, at(2)).await.unwrap();
    change.commit(event(), at(2)).await.unwrap();
    let entries = store.changes_after(1, 10).await.unwrap();
    let lengths: Vec<usize> = entries.iter().map(|entry| entry.accounts().unwrap().emails.len()).collect();
    assert_eq!(lengths, [500, 500, 200], "no entry is long");
}

async fn another_address_takes_its_user_keys_along(store: Store) {
    let key = |key: &str| UserKey { site: "jira.test".to_owned(), key: key.to_owned() };
    let jane = NewAccount { user_keys: vec![key("K1")], ..new("jane@a.test", true) };
    add(&store, &only(), &["a.test"], &[jane]).await;
    let before = one(&store, "jane@a.test").await;
    let mut change = store.write().await.unwrap();
    let keys = change.set_email(&only(), &before, &email("doe@a.test"), true, at(3)).await.unwrap();
    assert_eq!(keys, [key("K1")]);
    assert_eq!(change.email_of_user_key(&key("K1")).await.unwrap(), Some(email("doe@a.test")));
    change.commit(event(), at(3)).await.unwrap();
    let after = one(&store, "doe@a.test").await;
    assert_eq!((after.id, after.email_verified), (before.id, true));
    let told = store.changes_after(0, 9).await.unwrap();
    let is_told = told.iter().any(|entry| entry.kind == ChangeKind::Invitations);
    assert!(is_told, "whoever has the old address next was not invited");
}

async fn a_first_sight_claims_nobody_and_vouches_for_nobody(store: Store) {
    let mut change = store.write().await.unwrap();
    let jane = email("jane@a.test");
    assert!(change.see_account(&only(), &jane, false, at(1)).await.unwrap());
    assert!(!change.see_account(&only(), &jane, true, at(2)).await.unwrap());
    change.set_claimed(&only(), std::slice::from_ref(&jane), true, at(2)).await.unwrap();
    change.commit(event(), at(2)).await.unwrap();
    let claims = async || {
        let mut claims = Vec::new();
        store.each_account(|row| claims.push(row.claim)).await.unwrap();
        let read = store.reread(&AccountsChanged::at(&only(), vec![jane.clone()])).await.unwrap();
        assert_eq!(read.accounts[0].claim, claims[0], "both ways to read it say the same");
        claims
    };
    assert_eq!(claims().await, [Claim::Unproved], "a claim does not count before the address is verified");
    let mut change = store.write().await.unwrap();
    assert!(change.verify_address(&only(), &jane, at(3)).await.unwrap());
    assert!(!change.verify_address(&only(), &jane, at(3)).await.unwrap());
    change.note_verified(&only(), &jane, at(3)).await.unwrap();
    change.commit(event(), at(3)).await.unwrap();
    assert_eq!(claims().await, [Claim::InForce]);
    store.note_active(&[(&only(), &jane, at(9))]).await.unwrap();
    store.note_active(&[(&only(), &jane, at(8))]).await.unwrap();
    let seen = one(&store, "jane@a.test").await;
    assert_eq!((seen.last_verified_at, seen.last_active_at), (Some(at(3)), Some(at(9))));
}

async fn an_import_vouches_for_addresses_and_keeps_nobody_out_or_in(store: Store) {
    let mut change = store.write().await.unwrap();
    change.see_account(&only(), &email("jane@a.test"), false, at(1)).await.unwrap();
    change.commit(event(), at(1)).await.unwrap();
    let id = one(&store, "jane@a.test").await.id;
    let mut change = store.write().await.unwrap();
    change.set_status(id, Status::Deactivated, None, at(2)).await.unwrap();
    change.commit(event(), at(2)).await.unwrap();
    add(&store, &only(), &["a.test"], &[new("jane@a.test", true)]).await;
    let jane = one(&store, "jane@a.test").await;
    assert_eq!((jane.id, jane.email_verified, jane.status), (id, true, Status::Deactivated));
}
