//! A million accounts, measured on both stores: how long a page takes, and how long a change takes to act while a million
//! more are imported. It takes minutes, so it runs only when it is asked for.

use std::io::{Cursor, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use postern::actions::accounts::Accounts;
use postern::actions::import_directory::{Owner, import_directory};
use postern::clock::{Clock, stopwatch};
use postern::config::database::Database;
use postern::directory::{Directory, Loaded, Sighting, follow};
use postern::domain::email::EmailAddress;
use postern::domain::lifecycle::Standing;
use postern::domain::organization::OrganizationId;
use postern::domain::policy::ExternalUserPolicy;
use postern::entropy::Entropy;
use postern::store::{AccountFilter, ClaimFilter, Store};
use tokio::sync::watch;

use super::{ada, only};

const MANY: u32 = 1_000_000;
const FEW: u32 = 1_000;
/// The bound on how long a change takes to act.
const LONGEST: Duration = Duration::from_secs(1);

/// So many people of a hundred domains, half of them claimed, from this number on.
fn people(from: u32, count: u32) -> impl Read {
    let mut text = String::from("type,domain,email,name,username,claimed\n");
    for number in 0..100 {
        text += &format!("domain,company{number}.example,,,,\n");
    }
    for number in from..from + count {
        let claimed = if number % 2 == 0 { "yes" } else { "no" };
        text += &format!(
            "account,,person.{number:07}@company{}.example,Person {number},,{claimed}\n",
            number % 100
        );
    }
    Cursor::new(text)
}

async fn import(store: &Store, from: u32, count: u32) -> Duration {
    let owner = Owner { organization: only(), sites: Vec::new() };
    let since = stopwatch();
    let file = people(from, count);
    import_directory(store, &Clock::system(), &owner, file, "people.csv", |_| ()).await.expect("people");
    since.elapsed()
}

/// The slowest of three pages: at the beginning, in the middle and near the end of a list.
async fn page(store: &Store, count: u32, filter: &AccountFilter) -> Duration {
    let mut slowest = Duration::ZERO;
    for place in [0, count / 2, count - count / 20] {
        let after = EmailAddress::parse(&format!("person.{place:07}@company0.example")).expect("an address");
        let since = stopwatch();
        let page = store.list_accounts(&only(), filter, Some(&after), 50).await.expect("a page");
        slowest = slowest.max(since.elapsed());
        assert!(page.accounts.len() >= count.min(1000) as usize / 100 / 20, "{}", page.accounts.len());
    }
    slowest
}

async fn pages(database: &str, store: &Store, count: u32) {
    let of = |claim| AccountFilter { claim, ..AccountFilter::default() };
    for (name, filter) in [
        ("all", of(None)),
        ("managed", of(Some(ClaimFilter::Managed))),
        ("unmanaged", of(Some(ClaimFilter::Unmanaged))),
    ] {
        page(store, count, &filter).await;
        let took = page(store, count, &filter).await;
        println!("| {database} | {count} accounts: a page of {name} | {took:.1?} |");
    }
    let since = stopwatch();
    store.count_accounts(&only(), &of(Some(ClaimFilter::Managed))).await.expect("a number");
    println!("| {database} | {count} accounts: the number of the managed | {:.1?} |", since.elapsed());
    let nobody = AccountFilter { contains: Some("no such person".to_owned()), ..AccountFilter::default() };
    let since = stopwatch();
    store.list_accounts(&only(), &nobody, None, 50).await.expect("a page");
    println!("| {database} | {count} accounts: a text that nobody has | {:.1?} |", since.elapsed());
}

/// A node that follows the store.
struct Node {
    directory: Arc<Directory>,
    _stop: watch::Sender<bool>,
}

impl Node {
    async fn start(store: &Store) -> Self {
        let (policy, now) = (ExternalUserPolicy::default(), Clock::system().now());
        let Loaded { directory, last_change, findings } =
            Directory::load(store, policy, &Entropy::System, now).await.expect("the tables");
        // Nobody is found out about anything here.
        drop(findings);
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(follow::follow(Arc::clone(&directory), store.clone(), last_change, |_| (), stopped));
        Self { directory, _stop: stop }
    }

    fn standing(&self, email: &EmailAddress) -> Standing {
        let organization = OrganizationId::only();
        let sighting = Sighting {
            organization: &organization,
            site: "jira.test",
            user_key: email.as_str(),
            username: "nobody",
            email: Some(email),
            is_unchecked: false,
            is_vouched: false,
        };
        let known = self.directory.identify(&sighting, Clock::system().now());
        self.directory.account(known.account.expect("an address has an account")).standing
    }
}

/// The longest that a write took, and the longest from its end until the node judged by it.
async fn changes_while_importing(
    database: &str,
    writer: &Store,
    importer: &Store,
) -> (Duration, Duration, u32) {
    let node = Node::start(writer).await;
    let deeds = Accounts {
        store: writer.clone(),
        clock: Clock::system(),
        entropy: Entropy::System,
        sites: Default::default(),
        letterhead: Default::default(),
    };
    let importing = {
        let importer = importer.clone();
        tokio::spawn(async move { import(&importer, MANY, MANY).await })
    };
    let (mut slowest_write, mut slowest_effect, mut number) = (Duration::ZERO, Duration::ZERO, 0);
    while !importing.is_finished() || number < 5 {
        let email =
            EmailAddress::parse(&format!("person.{number:07}@company{}.example", number % 100)).unwrap();
        let filter = AccountFilter { emails: vec![email.clone()], ..AccountFilter::default() };
        let id = writer.list_accounts(&only(), &filter, None, 1).await.expect("the store").accounts[0].id;
        let since = stopwatch();
        deeds.suspend(&only(), id, false, &ada()).await.expect("others may write");
        slowest_write = slowest_write.max(since.elapsed());
        slowest_effect = slowest_effect.max(until_suspended(&node, &email, stopwatch()).await);
        number += 1;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let took = importing.await.expect("it ends");
    println!("| {database} | {MANY} more are imported, with changes by others between | {took:.0?} |");
    (slowest_write, slowest_effect, number)
}

async fn until_suspended(node: &Node, email: &EmailAddress, since: Instant) -> Duration {
    while node.standing(email) != Standing::Suspended {
        assert!(since.elapsed() < LONGEST * 30, "it never acted");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    since.elapsed()
}

async fn measure(database: &str, place: Database) {
    Store::create(place.clone()).await.expect("a store");
    let store = Store::open(place.clone()).await.expect("the store");
    import(&store, 0, FEW).await;
    pages(database, &store, FEW).await;
    let took = import(&store, 0, MANY).await;
    println!("| {database} | {MANY} accounts are imported | {took:.0?} |");
    pages(database, &store, MANY).await;
    // As another process has it, with connections of its own.
    let importer = Store::open_to_import(place).await.expect("the store");
    let (write, effect, changes) = changes_while_importing(database, &store, &importer).await;
    println!("| {database} | the slowest of {changes} changes between | {write:.1?} |");
    println!("| {database} | the slowest of them until it acts at the gate | {effect:.1?} |");
    assert!(effect < LONGEST, "{effect:?}");
    assert!(write < Duration::from_secs(5), "{write:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "imports two million people"]
async fn a_page_is_as_fast_and_a_change_acts_within_a_second_at_a_million_accounts_in_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    measure("SQLite", Database::Sqlite(folder.path().join("postern.db"))).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "imports two million people"]
async fn a_page_is_as_fast_and_a_change_acts_within_a_second_at_a_million_accounts_in_postgresql() {
    use crate::support::postgres::{OWNER, shared};
    let Ok(server) = shared().map_err(|advice| println!("skipped: {advice}")) else { return };
    let url = server.url(OWNER, &server.fresh_database().await);
    let minimal = include_str!("../../config/examples/minimal.toml");
    let text = minimal.replace("sqlite:///var/lib/postern/postern.db", &url) + "\n[keys]\nfile = \"keys\"\n";
    let settings = postern::config::parse("test", &text, std::path::Path::new(""), &|_| None).unwrap();
    measure("PostgreSQL", settings.database).await;
}
