//! How long 10,000 members take. The bound is five seconds (T130), of a release build.

use std::time::Duration;

use super::*;
use crate::clock::stopwatch;
use crate::domain::task::TaskState;

/// Accounts beside those of the file, so that the indexes are those of a large organization.
const OTHERS: usize = 100_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "imports a hundred thousand accounts into each database, and its bound is that of a release build"]
async fn t130_ten_thousand_members_take_less_than_five_seconds() {
    let (_folder, file) = fresh().await;
    ten_thousand("SQLite", file).await;
    if let Some(place) = empty_database().await {
        ten_thousand("PostgreSQL", fresh_in(&place).await).await;
    }
}

async fn ten_thousand(database: &str, store: Store) {
    let office = Office::new(store).await;
    let people: Vec<_> =
        (0..OTHERS + 10_000).map(|number| person(&format!("user{number}@acme.test"), true)).collect();
    office.import(&acme(), None, &people).await;
    let strict = office.made("Strict").await;
    let file: String = people.iter().skip(OTHERS).map(|person| format!("{}\r\n", person.email)).collect();

    let watch = stopwatch();
    let task = office.policies.submit_csv(&acme(), strict, file.as_bytes(), false, &admin(1)).await.unwrap();
    let submitted = watch.elapsed();
    assert!(office.tasks.run().await);
    let took = watch.elapsed();
    let over = office.policies.store.task(&acme(), task.id).await.unwrap().unwrap();
    assert_eq!((over.state, over.done, over.failed), (TaskState::Succeeded, 10_000, 0));
    println!(
        "| {database} | {OTHERS} accounts: a CSV of 10,000 members is read and written down | {submitted:.1?} |"
    );
    println!("| {database} | {OTHERS} accounts: all of it is applied | {took:.1?} |");
    assert!(took < Duration::from_secs(5), "{database} took {took:?}");
}
