//! Imports in parts: nothing counts until it is decided, then all of it does, whoever has to finish it; and others write
//! meanwhile.

use serde_json::json;

use super::*;
use crate::domain::domain_name::DomainName;

over_both! {
    t201_what_is_not_decided_never_counts_and_is_forgotten,
    t201_what_is_decided_is_finished_by_whoever_reads_next,
    a_domain_comes_into_force_with_the_accounts_of_its_import,
    of_two_imports_the_one_decided_later_counts,
    what_an_admin_decides_meanwhile_outlives_the_import,
    others_write_between_two_parts,
}

const MANY: usize = 25_000;

fn new(number: usize, claimed: bool) -> NewAccount {
    NewAccount {
        email: email(&format!("user{number:05}@a.test")),
        username: Some(format!("name{number}")),
        name: None,
        claimed,
        user_keys: vec![UserKey { site: "jira.test".to_owned(), key: format!("K{number}") }],
    }
}

fn domain() -> DomainName {
    DomainName::parse("a.test").unwrap()
}

fn event() -> AuditEvent {
    AuditEvent::new("operator", AuditAction::DirectoryImported, "people.csv")
}

async fn staged(store: &Store, organization: &OrganizationId, people: &[NewAccount]) -> StagedImport {
    let mut import = store.begin_import(organization, at(0)).await.unwrap();
    store.stage(&mut import, &[domain()], people, at(0)).await.unwrap();
    import
}

async fn decide(store: &Store, import: &StagedImport, second: u64) -> Option<DomainName> {
    let mut change = store.write().await.unwrap();
    let taken = change.decide_import(import, &json!({ "file": "people.csv" }), at(second)).await.unwrap();
    if taken.is_none() {
        change.commit(event(), at(second)).await.unwrap();
    }
    taken
}

/// How many accounts are enforced, and how many of them are claimed.
async fn enforced(store: &Store) -> (usize, usize) {
    let (mut all, mut claimed) = (0, 0);
    let each = |row: AccountRow| {
        all += 1;
        claimed += usize::from(row.claim.is_in_force());
    };
    store.each_account(each).await.unwrap();
    (all, claimed)
}

async fn t201_what_is_not_decided_never_counts_and_is_forgotten(store: Store) {
    let people: Vec<NewAccount> = (0..MANY).map(|number| new(number, true)).collect();
    staged(&store, &only(), &people).await;
    // The process is killed here. Nobody finishes what nobody decided.
    assert_eq!(enforced(&store).await, (0, 0));
    assert_eq!(store.verified_domains().await.unwrap(), []);
    store.finish_imports().await.unwrap();
    assert!(super::super::imports::is_staged(&store, &people[0].email).await);
    store.abandon_imports(at(0)).await.unwrap();
    assert!(super::super::imports::is_staged(&store, &people[0].email).await, "it may still be read");
    store.abandon_imports(at(1)).await.unwrap();
    assert_eq!((rows(&store, "imports").await, rows(&store, "import_accounts").await), (0, 0));
    assert_eq!((rows(&store, "import_domains").await, store.last_change().await.unwrap()), (0, 0));
}

async fn t201_what_is_decided_is_finished_by_whoever_reads_next(store: Store) {
    let people: Vec<NewAccount> = (0..MANY).map(|number| new(number, true)).collect();
    let import = staged(&store, &only(), &people).await;
    assert_eq!(decide(&store, &import, 1).await, None);
    assert_eq!(store.apply_import().await.unwrap(), ImportStep::Part);
    assert_eq!(store.last_change().await.unwrap(), 0, "running nodes hear of it when all of it is there");
    // The process is killed here, with a part applied.
    assert_eq!(enforced(&store).await, (MANY, MANY));
    let mut keys = 0;
    store.each_user_key(|_, _| keys += 1).await.unwrap();
    assert_eq!(keys, MANY);
    let kinds: Vec<ChangeKind> =
        store.changes_after(0, 10).await.unwrap().iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [ChangeKind::Directory]);
    store.abandon_import(&import).await.unwrap();
    assert_eq!(enforced(&store).await, (MANY, MANY));
    assert_eq!(store.apply_import().await.unwrap(), ImportStep::Nothing);
    assert_eq!((rows(&store, "imports").await, rows(&store, "import_accounts").await), (0, 0));
}

async fn a_domain_comes_into_force_with_the_accounts_of_its_import(store: Store) {
    let import = staged(&store, &only(), &[new(1, true)]).await;
    let partner = OrganizationId::parse("partner").unwrap();
    let second = staged(&store, &partner, &[new(1, true)]).await;
    assert_eq!(decide(&store, &import, 1).await, None);
    assert_eq!(store.verified_domains().await.unwrap(), [], "its accounts are not there yet");
    assert_eq!(decide(&store, &second, 2).await, Some(domain()), "it is owned all the same");
    store.finish_imports().await.unwrap();
    assert_eq!(store.verified_domains().await.unwrap(), [(domain(), only())]);
    // Who owns it already keeps it while the next one is applied.
    let again = staged(&store, &only(), &[new(2, true)]).await;
    assert_eq!(decide(&store, &again, 3).await, None);
    assert_eq!(store.verified_domains().await.unwrap(), [(domain(), only())]);
}

async fn of_two_imports_the_one_decided_later_counts(store: Store) {
    let people = |claimed| (0..10_500).map(|number| new(number, claimed)).collect::<Vec<_>>();
    let (first, second) =
        (staged(&store, &only(), &people(false)).await, staged(&store, &only(), &people(true)).await);
    assert_eq!(decide(&store, &second, 1).await, None);
    assert_eq!(decide(&store, &first, 2).await, None);
    assert_eq!(enforced(&store).await, (10_500, 0), "a mix of both would be nobody's");
}

async fn what_an_admin_decides_meanwhile_outlives_the_import(store: Store) {
    let import = staged(&store, &only(), &[new(1, true)]).await;
    let import_of_two = staged(&store, &only(), &[new(1, true), new(2, true)]).await;
    assert_eq!(decide(&store, &import, 1).await, None);
    store.finish_imports().await.unwrap();
    assert_eq!(decide(&store, &import_of_two, 2).await, None);
    let mut change = store.write().await.unwrap();
    let unclaimed = change.set_claimed(&only(), &[email("user00001@a.test")], false, at(3)).await.unwrap();
    assert_eq!(unclaimed.len(), 1);
    change.commit(event(), at(3)).await.unwrap();
    assert_eq!(enforced(&store).await, (2, 1));
}

async fn others_write_between_two_parts(store: Store) {
    let people: Vec<NewAccount> = (0..MANY).map(|number| new(number, true)).collect();
    let import = staged(&store, &only(), &people).await;
    assert_eq!(decide(&store, &import, 1).await, None);
    assert_eq!(store.apply_import().await.unwrap(), ImportStep::Part);
    open_challenge(&store, 1, at(2)).await;
    assert_eq!(store.apply_import().await.unwrap(), ImportStep::Part);
    open_challenge(&store, 2, at(2) + MINUTE * 20).await;
    assert_eq!(enforced(&store).await, (MANY, MANY));
}
