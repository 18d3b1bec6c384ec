//! T201, of imports: the process is killed at moments all through an import, and what is enforced afterwards is all of it or
//! nothing.

use std::fs::File;
use std::time::Duration;

use nix::sys::signal::Signal;
use postern::clock;
use postern::store::Store;

use super::import::write_people;
use crate::support::process::{Installation, send_signal};

/// More than one part of an import.
const PEOPLE: u32 = 22_000;
const DOMAINS: u32 = 10;
/// How often the process is killed.
const KILLS: u32 = 8;

#[tokio::test]
async fn t201_a_kill_during_an_import_leaves_all_of_it_or_nothing() {
    let undisturbed = import(None).await.1;
    let (mut nothing, mut all) = (0, 0);
    for number in 1..=KILLS {
        // Past the end too, however much slower the machine has become.
        let (enforced, _) = import(Some(undisturbed * number * 5 / (KILLS * 4))).await;
        if enforced { all += 1 } else { nothing += 1 }
    }
    println!(
        "an import takes {undisturbed:?}; killed at {KILLS} moments: {nothing} times nothing, {all} times all"
    );
    assert!(nothing > 0, "the first moments lie before the decision");
}

/// Imports into a new store, and kills the process after so long. Says whether all was imported, and how long it took.
async fn import(killed_after: Option<Duration>) -> (bool, Duration) {
    let installation = Installation::before("127.0.0.1:9".parse().unwrap(), "");
    assert_eq!(installation.command(&["init"]).await.code, Some(0));
    write_people(File::create(installation.path("people.csv")).unwrap(), PEOPLE, DOMAINS);
    let since = clock::stopwatch();
    let import = installation.spawn(&["import", "people.csv"]);
    if let Some(moment) = killed_after {
        tokio::time::sleep(moment).await;
        send_signal(import.id(), Signal::SIGKILL);
    }
    let ended = import.finish().await;
    let elapsed = clock::stopwatch() - since;
    // What a gateway loads when it starts: it finishes what was decided.
    let store = Store::open(&installation.path("postern.db")).await.expect("the store opens");
    let accounts = store.each_account(|_| ()).await.expect("the accounts");
    let domains = store.verified_domains().await.expect("the domains").len();
    let is_all = accounts > 0;
    let expected = if is_all { (u64::from(PEOPLE), DOMAINS as usize) } else { (0, 0) };
    assert_eq!((accounts, domains), expected, "killed after {killed_after:?}");
    assert!(is_all || ended.code != Some(0), "what was acknowledged is there");
    store.verify_audit_chain().await.expect("the chain holds");
    let events = store.audit_tail(10).await.expect("the events");
    let imported = events.iter().filter(|event| event.action == "directory_imported").count();
    assert_eq!(imported, usize::from(is_all), "it is told if it was done");
    (is_all, elapsed)
}
