//! External user policies and resets: what requests are judged by after each change, and what cannot be read.

use super::*;
use crate::domain::domain_name::DomainName;
use crate::domain::external_policy::{ExternalPolicy, PolicyKind, PolicySettings};
use crate::domain::method::Methods;
use crate::domain::mode::Mode;
use crate::domain::policy::{ApiTokens, ExternalUserPolicy, Snapshot, Verification};

over_both! {
    a_policy_acts_until_it_is_changed_or_deleted,
    t140_a_policy_changes_only_for_who_saw_its_newest_version,
    settings_that_cannot_be_read_are_a_policy_that_refuses,
    a_reset_is_kept_by_address_and_never_moves_back,
}

fn acme() -> OrganizationId {
    OrganizationId::parse("acme").unwrap()
}

fn named(name: &str, domain: &str, hours: u64) -> ExternalPolicy {
    let frequency = Duration::from_secs(hours * 3600);
    ExternalPolicy {
        kind: PolicyKind::Named,
        name: name.to_owned(),
        settings: Some(PolicySettings {
            verifies: true,
            frequency,
            methods: Methods::MAILED_CODE,
            api_tokens: ApiTokens::Block,
            mode: Mode::Report,
        }),
        domains: vec![DomainName::parse(domain).unwrap()],
        people: vec![],
    }
}

fn event() -> AuditEvent {
    AuditEvent::new("ada", AuditAction::ExternalPolicyUpdated, "x").of(&acme())
}

async fn policy_of(store: &Store, organization: &OrganizationId, who: &str) -> ExternalUserPolicy {
    let policies = store.policies_in_force().await.unwrap();
    let snapshot = Snapshot { policies, ..Snapshot::default() };
    let who = email(who);
    snapshot.external_policy(organization, Some(&who))
}

async fn insert(store: &Store, id: u128, new: &ExternalPolicy) {
    let mut change = store.write().await.unwrap();
    change.insert_external_policy(Uuid::from_u128(id), &acme(), new, None, at(1)).await.unwrap();
    change.commit(event(), at(1)).await.unwrap();
}

async fn a_policy_acts_until_it_is_changed_or_deleted(store: Store) {
    let before = store.last_change().await.unwrap();
    insert(&store, 1, &named("Partners", "partner.test", 2)).await;
    let found = policy_of(&store, &acme(), "jane@partner.test").await;
    assert_eq!((found.frequency.as_secs(), found.api_tokens), (7_200, ApiTokens::Block));
    let default = ExternalUserPolicy::default();
    assert_eq!(policy_of(&store, &acme(), "jane@other.test").await, default);
    assert_eq!(policy_of(&store, &only(), "jane@partner.test").await, default, "another organization's");

    let mut change = store.write().await.unwrap();
    let row = change.external_policies(&acme()).await.unwrap().remove(0);
    assert!(change.update_external_policy(&row, &named("Others", "other.test", 3), at(2)).await.unwrap());
    change.commit(event(), at(2)).await.unwrap();
    assert_eq!(policy_of(&store, &acme(), "jane@partner.test").await, default);
    assert_eq!(policy_of(&store, &acme(), "jane@other.test").await.frequency.as_secs(), 3 * 3600);

    let mut change = store.write().await.unwrap();
    let row = change.external_policies(&acme()).await.unwrap().remove(0);
    assert_eq!((row.name.as_str(), row.version, row.updated_at), ("Others", 2, at(2)));
    change.reset_external_policy(&row, at(3), at(3)).await.unwrap();
    change.commit(event(), at(3)).await.unwrap();
    assert_eq!(policy_of(&store, &acme(), "jane@other.test").await.reset_at, Some(at(3)));
    let mut change = store.write().await.unwrap();
    assert!(change.delete_external_policy(&row, at(4)).await.unwrap(), "a reset is no other version");
    change.commit(event(), at(4)).await.unwrap();
    assert_eq!(policy_of(&store, &acme(), "jane@other.test").await, default);
    assert_eq!(rows(&store, "external_policy_domains").await, 0);
    let told = store.changes_after(before, 10).await.unwrap();
    assert!(told.len() == 4 && told.iter().all(|entry| entry.kind == ChangeKind::ExternalPolicies));
}

async fn t140_a_policy_changes_only_for_who_saw_its_newest_version(store: Store) {
    insert(&store, 1, &named("Partners", "partner.test", 2)).await;
    let stale = store.external_policies(&acme()).await.unwrap().remove(0);
    let mut change = store.write().await.unwrap();
    assert!(change.update_external_policy(&stale, &named("A", "a.test", 2), at(2)).await.unwrap());
    assert!(!change.update_external_policy(&stale, &named("B", "b.test", 2), at(2)).await.unwrap());
    assert!(!change.delete_external_policy(&stale, at(2)).await.unwrap());
    change.commit(event(), at(2)).await.unwrap();
    let row = store.external_policies(&acme()).await.unwrap().remove(0);
    assert_eq!((row.name.as_str(), row.domains[0].as_str()), ("A", "a.test"));
}

async fn settings_that_cannot_be_read_are_a_policy_that_refuses(store: Store) {
    insert(&store, 1, &named("Partners", "partner.test", 2)).await;
    for text in ["{\"verifies\":false,\"frequency_s\":1,\"blocks_api_tokens\":false,\"new\":1}", "", "[]"] {
        let mut transaction = store.connections.begin_write().await.unwrap();
        sqlx::query("UPDATE external_policies SET settings = $1")
            .bind(text)
            .execute(&mut *transaction)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        let policy = policy_of(&store, &acme(), "jane@partner.test").await;
        assert_eq!(policy.verification, Verification::Unreadable, "{text}");
        assert_eq!(store.external_policies(&acme()).await.unwrap()[0].settings, KeptSettings::Unreadable);
    }
}

async fn a_reset_is_kept_by_address_and_never_moves_back(store: Store) {
    let people: Vec<_> = (0..600).map(|number| email(&format!("p{number}@ext.test"))).collect();
    let before = store.last_change().await.unwrap();
    let mut change = store.write().await.unwrap();
    change.reset_people(&acme(), &people, at(5), at(5)).await.unwrap();
    change.reset_people(&acme(), &people[..1], at(4), at(5)).await.unwrap();
    change.commit(event(), at(5)).await.unwrap();
    let resets = store.resets(at(0)).await.unwrap();
    assert!(resets.len() == 600 && resets.iter().all(|row| row.at == at(5) && row.organization == acme()));
    assert_eq!(store.resets(at(6)).await.unwrap(), []);
    let entries = store.changes_after(before, 10).await.unwrap();
    let told: Vec<usize> = entries.iter().map(|entry| entry.resets().unwrap().len()).collect();
    assert_eq!(told, [500, 100, 1]);
}
