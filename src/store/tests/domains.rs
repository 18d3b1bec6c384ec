//! Domains of organizations: one owner each, and no change of a row that is another by now.

use super::*;
use crate::domain::domain_name::DomainName;
use crate::domain::owned_domain::{Method, Status, Way};

over_both! {
    t156_a_domain_has_one_owner_whatever_a_program_tries,
    a_row_changes_only_for_who_knows_its_nonce_and_status,
    what_is_to_be_checked_was_proved_and_waited_long_enough,
    an_import_vouches_for_its_own_and_takes_nobodys,
}

fn acme() -> OrganizationId {
    OrganizationId::parse("acme").unwrap()
}

fn partner() -> OrganizationId {
    OrganizationId::parse("partner").unwrap()
}

fn name(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}

fn added(id: u128, organization: OrganizationId, domain: &str) -> DomainRow {
    DomainRow {
        id: Uuid::from_u128(id),
        organization,
        name: name(domain),
        nonce: [7; 16],
        status: Status::Unverified,
        method: None,
        created_at: at(0),
        verified_at: None,
        checked_at: None,
        seen_at: None,
        disputed_at: None,
    }
}

fn verified(row: &DomainRow, second: u64) -> DomainRow {
    DomainRow {
        status: Status::Verified,
        method: Some(Method::Published(Way::Dns)),
        verified_at: Some(at(second)),
        checked_at: Some(at(second)),
        seen_at: Some(at(second)),
        ..row.clone()
    }
}

fn event() -> AuditEvent {
    AuditEvent::new("test", AuditAction::DomainVerified, "corp.test")
}

async fn t156_a_domain_has_one_owner_whatever_a_program_tries(store: Store) {
    let (mine, theirs) = (added(1, acme(), "corp.test"), added(2, partner(), "corp.test"));
    let mut change = store.write().await.unwrap();
    change.insert_domain(&mine).await.unwrap();
    change.insert_domain(&theirs).await.unwrap();
    assert!(change.update_domain(&mine, &verified(&mine, 1)).await.unwrap());
    change.commit(event(), at(1)).await.unwrap();
    for status in [Status::Verified, Status::MissingToken] {
        let mut change = store.write().await.unwrap();
        let second = DomainRow { status, ..verified(&theirs, 2) };
        let refused = change.update_domain(&theirs, &second).await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    }
    assert_eq!(store.verified_domains().await.unwrap(), [(name("corp.test"), acme())]);
    assert_eq!(store.owned_domain(&name("corp.test")).await.unwrap(), Some(verified(&mine, 1)));
    assert_eq!(store.domain(&partner(), &name("corp.test")).await.unwrap(), Some(theirs));
}

async fn a_row_changes_only_for_who_knows_its_nonce_and_status(store: Store) {
    let row = added(1, acme(), "corp.test");
    let mut change = store.write().await.unwrap();
    change.insert_domain(&row).await.unwrap();
    for before in [
        DomainRow { nonce: [8; 16], ..row.clone() },
        DomainRow { status: Status::Superseded, ..row.clone() },
        DomainRow { id: Uuid::from_u128(9), ..row.clone() },
    ] {
        assert!(!change.update_domain(&before, &verified(&row, 1)).await.unwrap(), "{before:?}");
    }
    change.commit(event(), at(1)).await.unwrap();
    store.note_check(&DomainRow { nonce: [8; 16], ..row.clone() }, at(5), Some(at(5))).await.unwrap();
    assert_eq!(store.domains(&acme()).await.unwrap(), [row]);
}

async fn what_is_to_be_checked_was_proved_and_waited_long_enough(store: Store) {
    let mut change = store.write().await.unwrap();
    change.upsert_domains(&acme(), &[name("imported.test")], at(0)).await.unwrap();
    change.insert_domain(&added(1, acme(), "unproved.test")).await.unwrap();
    for (id, domain) in [(2, "old.test"), (3, "new.test")] {
        let row = added(id, acme(), domain);
        change.insert_domain(&row).await.unwrap();
        let second = if domain == "old.test" { 10 } else { 20 };
        assert!(change.update_domain(&row, &verified(&row, second)).await.unwrap());
    }
    change.commit(event(), at(20)).await.unwrap();
    let due = async |checked, seen| -> Vec<String> {
        let rows = store.domains_to_check(at(checked), at(seen)).await.unwrap();
        rows.iter().map(|row| row.name.to_string()).collect()
    };
    assert_eq!(due(9, 9).await, [""; 0]);
    assert_eq!(due(10, 0).await, ["old.test"]);
    assert_eq!(due(0, 10).await, ["old.test"], "its grace period is over");
    assert_eq!(due(20, 20).await, ["old.test", "new.test"]);
    let old = store.domain(&acme(), &name("old.test")).await.unwrap().unwrap();
    store.note_check(&old, at(30), None).await.unwrap();
    assert_eq!(due(20, 0).await, ["new.test"]);
    let old = store.domain(&acme(), &name("old.test")).await.unwrap().unwrap();
    assert_eq!((old.checked_at, old.seen_at), (Some(at(30)), Some(at(10))), "it was not seen");
}

async fn an_import_vouches_for_its_own_and_takes_nobodys(store: Store) {
    let (mine, theirs) = (added(1, acme(), "corp.test"), added(2, partner(), "other.test"));
    let mut change = store.write().await.unwrap();
    change.insert_domain(&mine).await.unwrap();
    change.update_domain(&mine, &verified(&mine, 1)).await.unwrap();
    change.insert_domain(&theirs).await.unwrap();
    let both = [name("corp.test"), name("other.test")];
    assert_eq!(change.upsert_domains(&acme(), &both, at(9)).await.unwrap(), None, "an attempt owns nothing");
    change.commit(event(), at(9)).await.unwrap();
    let rows = store.domains(&acme()).await.unwrap();
    let told: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.method, row.verified_at)).collect();
    let import = Some(Method::Import);
    assert_eq!(told, [("corp.test", import, Some(at(1))), ("other.test", import, Some(at(9)))]);
    let mut change = store.write().await.unwrap();
    let taken = change.upsert_domains(&partner(), &both, at(10)).await.unwrap();
    assert_eq!(taken, Some(name("corp.test")));
}
