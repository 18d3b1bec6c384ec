//! The audit log as an organization reads it, and how a log that is shortened is still checked.

use serde_json::json;

use super::*;
use crate::domain::actor::Actor;

over_both! {
    an_organization_reads_its_own_events_and_nobody_elses,
    events_are_found_by_each_part_of_a_filter,
    t137_a_list_goes_on_where_it_ended_and_a_stream_has_what_is_newer,
    an_event_of_a_gateway_whose_clock_is_behind_is_in_its_time,
    t137_a_shortened_log_is_checked_from_where_it_begins,
}

fn acme() -> OrganizationId {
    OrganizationId::parse("acme").unwrap()
}

async fn write(store: &Store, event: AuditEvent, second: u64) {
    store.write().await.unwrap().commit(event, at(second)).await.unwrap();
}

fn by(actor: &str, action: AuditAction, subject: &str, site: &str) -> AuditEvent {
    AuditEvent::new(actor, action, subject).of(&acme()).with(json!({ "site": site }))
}

async fn subjects(store: &Store, filter: &EventFilter) -> Vec<String> {
    let rows = store.events(&acme(), filter, EventOrder::NewestFirst, None, 10).await.unwrap();
    rows.into_iter().map(|row| row.subject).collect()
}

async fn an_organization_reads_its_own_events_and_nobody_elses(store: Store) {
    let partner = OrganizationId::parse("partner").unwrap();
    write(&store, by("ada", AuditAction::DomainAdded, "ours", "jira.test"), 1).await;
    let theirs = AuditEvent::new("ada", AuditAction::DomainAdded, "theirs").of(&partner);
    write(&store, theirs, 2).await;
    write(&store, AuditEvent::new("ada", AuditAction::DomainAdded, "nobodys"), 3).await;
    for filter in [
        EventFilter::default(),
        EventFilter { text: Some("ada".to_owned()), ..EventFilter::default() },
        EventFilter { actors: vec!["ada".to_owned()], from: Some(at(0)), ..EventFilter::default() },
    ] {
        assert_eq!(subjects(&store, &filter).await, ["ours"], "{filter:?}");
    }
    let mine =
        store.events(&acme(), &EventFilter::default(), EventOrder::OldestFirst, None, 9).await.unwrap();
    let id = mine[0].id();
    assert_eq!(store.event(&acme(), id).await.unwrap().as_ref(), Some(&mine[0]));
    assert_eq!(store.event(&partner, id).await.unwrap(), None, "an id is nobody else's");
    assert_eq!(store.event(&acme(), EventId(Uuid::from_u128(7))).await.unwrap(), None);
    let theirs = store.events(&partner, &EventFilter::default(), EventOrder::OldestFirst, Some(id), 9).await;
    assert_eq!(theirs.unwrap().len(), 1, "an event of another organization is no place in this one's log");
}

async fn events_are_found_by_each_part_of_a_filter(store: Store) {
    let key = Uuid::from_u128(9);
    let from = |address: &str| Some(address.parse().unwrap());
    let mut added = by("ada@acme.test", AuditAction::DomainAdded, "a", "jira.test");
    added.actor.address = from("192.0.2.1");
    let mut removed = by("bot", AuditAction::DomainRemoved, "b", "wiki.test");
    removed.actor = Actor { key: Some(key), address: from("2001:db8::1"), ..removed.actor };
    write(&store, added, 10).await;
    write(&store, removed, 20).await;
    write(
        &store,
        by("jane@ext.test", AuditAction::ExternalUserVerified, "ada@acme.test", "jira.test"),
        2_000,
    )
    .await;
    let text = |text: &str| EventFilter { text: Some(text.to_owned()), ..EventFilter::default() };
    let one = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let jane = "ada@acme.test";
    for (filter, expected) in [
        (text("Ada@Acme.test"), vec![jane, "a"]),
        (text("domain_added"), vec!["a"]),
        (text("wiki.test"), vec!["b"]),
        (text("2001:DB8::1"), vec!["b"]),
        (text("ada"), vec![]),
        (text("%"), vec![]),
        (
            EventFilter { actors: one(&["ada@acme.test", "jane@ext.test"]), ..EventFilter::default() },
            vec![jane, "a"],
        ),
        (EventFilter { actors: one(&[&key.to_string()]), ..EventFilter::default() }, vec!["b"]),
        (
            EventFilter { actions: one(&["domain_removed", "domain_added"]), ..EventFilter::default() },
            vec!["b", "a"],
        ),
        (
            EventFilter { addresses: vec!["::ffff:192.0.2.1".parse().unwrap()], ..EventFilter::default() },
            vec!["a"],
        ),
        (
            EventFilter {
                sites: one(&["jira.test"]),
                actions: one(&["domain_added"]),
                ..EventFilter::default()
            },
            vec!["a"],
        ),
        (EventFilter { sites: one(&["jira.test"]), ..text("domain_removed") }, vec![]),
        (EventFilter { from: Some(at(20)), ..EventFilter::default() }, vec![jane, "b"]),
        (EventFilter { to: Some(at(20)), ..EventFilter::default() }, vec!["b", "a"]),
        (EventFilter { from: Some(at(11)), to: Some(at(1_999)), ..EventFilter::default() }, vec!["b"]),
        (EventFilter { from: Some(at(5_000)), ..EventFilter::default() }, vec![]),
    ] {
        assert_eq!(subjects(&store, &filter).await, expected, "{filter:?}");
    }
}

async fn t137_a_list_goes_on_where_it_ended_and_a_stream_has_what_is_newer(store: Store) {
    for second in 0..7 {
        write(&store, by("ada", AuditAction::DomainAdded, &second.to_string(), "jira.test"), second).await;
    }
    for order in [EventOrder::NewestFirst, EventOrder::OldestFirst] {
        for filter in
            [EventFilter::default(), EventFilter { actors: vec!["ada".to_owned()], ..EventFilter::default() }]
        {
            let (mut after, mut seen) = (None, Vec::new());
            loop {
                let page = store.events(&acme(), &filter, order, after, 3).await.unwrap();
                let Some(last) = page.last() else { break };
                after = Some(last.id());
                seen.extend(page.into_iter().map(|row| row.subject.parse::<u64>().unwrap()));
            }
            if order == EventOrder::NewestFirst {
                seen.reverse();
            }
            assert_eq!(seen, [0, 1, 2, 3, 4, 5, 6]);
            write(&store, AuditEvent::new("x", AuditAction::DomainAdded, "nobodys"), 9).await;
            let newer = store.events(&acme(), &filter, EventOrder::OldestFirst, after, 3).await.unwrap();
            assert_eq!(newer.len(), if order == EventOrder::OldestFirst { 0 } else { 3 });
        }
    }
}

async fn an_event_of_a_gateway_whose_clock_is_behind_is_in_its_time(store: Store) {
    for (subject, second) in [("early", 1_000), ("ahead", 1_120), ("behind", 1_000), ("late", 1_400)] {
        write(&store, by("ada", AuditAction::DomainAdded, subject, "jira.test"), second).await;
    }
    let within = |from, to| EventFilter { from: Some(at(from)), to: Some(at(to)), ..EventFilter::default() };
    assert_eq!(subjects(&store, &within(1_100, 1_200)).await, ["ahead"]);
    assert_eq!(subjects(&store, &within(990, 1_010)).await, ["behind", "early"]);
}

async fn t137_a_shortened_log_is_checked_from_where_it_begins(store: Store) {
    // Long after the store was made, by whichever clock.
    let (base, days) = (36_500, |days: u32| at(0) + DAY * days);
    for second in 0..5 {
        let event = by("ada", AuditAction::DomainAdded, &second.to_string(), "jira.test");
        store.write().await.unwrap().commit(event, days(base)).await.unwrap();
    }
    let all = EventFilter::default();
    let first = store.events(&acme(), &all, EventOrder::OldestFirst, None, 1).await.unwrap();
    let later = days(base + 100);
    store.write().await.unwrap().commit(challenged().of(&acme()), later).await.unwrap();
    assert_eq!(store.prune_audit(DAY * 365, later).await.unwrap(), 1, "the start of the store");
    assert_eq!(store.verify_audit_chain().await.unwrap(), 7);
    assert_eq!(store.prune_audit(DAY * 99, later).await.unwrap(), 0, "a day of slack");
    assert_eq!(store.prune_audit(DAY * 50, later).await.unwrap(), 5);
    assert_eq!(store.verify_audit_chain().await.unwrap(), 3);
    assert_eq!(store.event(&acme(), first[0].id()).await.unwrap(), None);
    let gone = Some(first[0].id());
    let newer = store.events(&acme(), &all, EventOrder::OldestFirst, gone, 9).await.unwrap();
    assert_eq!(newer.len(), 1, "a stream goes on behind an event that is gone");
    let older = store.events(&acme(), &all, EventOrder::NewestFirst, gone, 9).await.unwrap();
    assert_eq!(older.len(), 0);
    assert_eq!(store.prune_audit(DAY * 50, later).await.unwrap(), 0);
    store.write().await.unwrap().commit(challenged(), days(base + 465)).await.unwrap();
    assert_eq!(
        store.prune_audit(DAY * 50, days(base + 465)).await.unwrap(),
        3,
        "with the events of removals"
    );
    assert_eq!(store.verify_audit_chain().await.unwrap(), 2);
    let mut transaction = store.connections.begin_write().await.unwrap();
    let forged = "UPDATE audit SET detail = '{}' WHERE action = 'audit_log_pruned'";
    sqlx::query(forged).execute(&mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();
    let found = store.verify_audit_chain().await;
    assert!(matches!(found, Err(AuditError::Broken { .. })), "{found:?}");
}
