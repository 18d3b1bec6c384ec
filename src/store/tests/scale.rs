//! Two million events, measured on both stores: how long a page of them takes, wherever it lies and whatever it is filtered by.
//! It takes minutes, so it runs only when it is asked for.

use std::time::Instant;

use serde_json::json;

use super::*;
use crate::clock::stopwatch;

const FEW: u64 = 2_000;
const MANY: u64 = 2_000_000;
/// Events that are written in one transaction.
const AT_ONCE: u64 = 10_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "writes two million events into each database"]
async fn a_page_of_events_takes_as_long_among_two_million() {
    let (_folder, file) = fresh().await;
    measure("SQLite", file).await;
    if let Some(place) = empty_database().await {
        measure("PostgreSQL", fresh_in(&place).await).await;
    }
}

async fn measure(database: &str, store: Store) {
    write(&store, 0, FEW).await;
    pages(database, &store, FEW).await;
    let since = stopwatch();
    write(&store, FEW, MANY).await;
    println!("| {database} | {} events are written | {:.0?} |", MANY - FEW, since.elapsed());
    pages(database, &store, MANY).await;
}

/// One a second by a thousand people at ten sites; of the actions, one in a thousand is rare.
async fn write(store: &Store, from: u64, until: u64) {
    for first in (from..until).step_by(AT_ONCE as usize) {
        let events: Vec<_> = (first..until.min(first + AT_ONCE)).map(event).collect();
        store.write().await.unwrap().commit_many(&events, at(first)).await.unwrap();
    }
}

fn event(number: u64) -> AuditEvent {
    let action = match number % 1_000 {
        7 => AuditAction::DomainAdded,
        _ => AuditAction::ExternalUserVerified,
    };
    let person = format!("person{}@ext.test", number % 997);
    let site = format!("site{}.test", number % 10);
    AuditEvent::new(person.as_str(), action, person.as_str()).of(&only()).with(json!({ "site": site }))
}

async fn pages(database: &str, store: &Store, count: u64) {
    let text = |text: &str| EventFilter { text: Some(text.to_owned()), ..EventFilter::default() };
    for (name, filter) in [
        ("all", EventFilter::default()),
        (
            "a rare action",
            EventFilter { actions: vec![label(AuditAction::DomainAdded)], ..EventFilter::default() },
        ),
        ("one person", text("person500@ext.test")),
        (
            "one person's rare action",
            EventFilter { actions: vec![label(AuditAction::DomainAdded)], ..text("person7@ext.test") },
        ),
        (
            "an hour in the middle",
            EventFilter {
                from: Some(at(count / 2)),
                to: Some(at(count / 2 + 3_600)),
                ..EventFilter::default()
            },
        ),
        ("a text that is nowhere", text("nobody@ext.test")),
    ] {
        page(store, &filter).await;
        let (took, found) = page(store, &filter).await;
        println!("| {database} | {count} events: a page of {name} ({found}) | {took:.1?} |");
    }
}

fn label(action: AuditAction) -> String {
    action.label().to_owned()
}

/// The slower of the first page and the one behind it, and how many events it had.
async fn page(store: &Store, filter: &EventFilter) -> (Duration, usize) {
    let since: Instant = stopwatch();
    let first = store.events(&only(), filter, EventOrder::NewestFirst, None, 50).await.unwrap();
    let took = since.elapsed();
    let Some(last) = first.last() else { return (took, 0) };
    let since = stopwatch();
    store.events(&only(), filter, EventOrder::NewestFirst, Some(last.id()), 50).await.unwrap();
    (took.max(since.elapsed()), first.len())
}
