//! An import of a million people, measured. It takes a minute and an optimised build, so it runs only when it is asked for.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use postern::clock;
use postern::store::Store;

use crate::support::process::Installation;

const PEOPLE: u32 = 1_000_000;
const DOMAINS: u32 = 1_000;
const LONGEST: Duration = Duration::from_secs(60);
const LARGEST_MIB: i64 = 500;

#[tokio::test]
#[ignore = "takes a minute, and its bounds are those of a release build"]
async fn an_import_of_a_million_people_takes_less_than_a_minute_and_500_mib() {
    let installation = Installation::before("127.0.0.1:9".parse().unwrap(), "");
    assert_eq!(installation.command(&["init"]).await.code, Some(0));
    write_people(File::create(installation.path("people.csv")).unwrap(), PEOPLE, DOMAINS);

    let since = clock::stopwatch();
    let mut import = installation.spawn(&["import", "people.csv"]);
    import.within(LONGEST * 2);
    let ended = import.finish().await;
    let elapsed = clock::stopwatch() - since;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let summary =
        format!("Imported {DOMAINS} verified domains and {PEOPLE} accounts, {} of them claimed", PEOPLE / 2);
    assert!(ended.stdout.contains(&summary), "{ended:?}");
    // Of all children waited for, the largest; the others of this test are small.
    let largest_mib = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss() / 1024;
    println!("{} in {elapsed:?}, at most {largest_mib} MiB", ended.stdout.trim());
    let store = Store::open(&installation.path("postern.db")).await.unwrap();
    assert_eq!(store.each_account(|_| ()).await.unwrap(), u64::from(PEOPLE));
    assert!(elapsed < LONGEST, "{elapsed:?}");
    assert!(largest_mib < LARGEST_MIB, "{largest_mib} MiB");
}

/// So many domains, and so many people spread over them, every second one claimed.
pub(super) fn write_people(file: File, people: u32, domains: u32) {
    let mut file = BufWriter::new(file);
    writeln!(file, "type,domain,email,name,username,claimed").unwrap();
    for number in 0..domains {
        writeln!(file, "domain,company{number}.example,,,,").unwrap();
    }
    for number in 0..people {
        let (domain, claimed) = (number % domains, if number % 2 == 0 { "yes" } else { "no" });
        let email = format!("person.{number}@company{domain}.example");
        writeln!(file, "account,,{email},Person {number},person{number},{claimed}").unwrap();
    }
    file.flush().unwrap();
}
