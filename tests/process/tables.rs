//! Ten million accounts in the tables of a real process. It takes minutes and four gigabytes of disk, so it runs only when it
//! is asked for.

use std::fs::{self, File};
use std::time::Duration;

use postern::clock;

use crate::support::process::{Installation, Running};

use super::import::write_people;

const PEOPLE: u32 = 10_000_000;
const DOMAINS: u32 = 100_000;
const LONGEST_IMPORT: Duration = Duration::from_secs(1_200);
const LONGEST_START: Duration = Duration::from_secs(20);
/// With a login name and the text of the address; without, an account takes a third of it.
const MOST_BYTES: u64 = 64;

#[tokio::test]
#[ignore = "takes minutes, and its bounds are those of a release build"]
async fn ten_million_accounts_are_loaded_in_20_seconds_and_take_64_bytes_each() {
    let installation = Installation::before("127.0.0.1:9".parse().unwrap(), "");
    assert_eq!(installation.command(&["init"]).await.code, Some(0));
    let empty = resident_bytes(&installation.start().await);
    write_people(File::create(installation.path("people.csv")).unwrap(), PEOPLE, DOMAINS);
    let mut import = installation.spawn(&["import", "people.csv"]);
    import.within(LONGEST_IMPORT);
    let ended = import.finish().await;
    assert_eq!(ended.code, Some(0), "{ended:?}");

    let since = clock::stopwatch();
    let running = installation.start().await;
    let elapsed = clock::stopwatch() - since;
    let bytes = resident_bytes(&running).saturating_sub(empty) / u64::from(PEOPLE);
    println!("{} Started in {elapsed:?}, with {bytes} bytes for each.", ended.stdout.trim());
    assert!(elapsed < LONGEST_START, "{elapsed:?}");
    assert!(bytes <= MOST_BYTES, "{bytes} bytes");
}

/// The memory that a process holds.
fn resident_bytes(running: &Running) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", running.process.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}
