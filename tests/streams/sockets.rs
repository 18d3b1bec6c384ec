//! Sockets of a real library on both sides (`sockets.py`): everything passes as it is, and the end is told to both.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use http::{Method, StatusCode};
use postern::clock;
use postern::domain::email::EmailAddress;
use postern::domain::organization::OrganizationId;
use postern::store::AccountFilter;
use serde::Deserialize;
use tokio::sync::mpsc;

use super::verify;
use crate::admin::Api;
use crate::support::client::Browser;
use crate::support::smtp::{PATIENCE, python};
use crate::support::world::World;

const HOST: &str = "socket.test";

/// What the script says.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Event {
    Listening { port: u16 },
    Talked,
    Open,
    Closed { code: u16, reason: String },
    Served { code: u16, reason: String },
}

/// The script in a process of its own.
struct Script {
    child: Child,
    events: mpsc::UnboundedReceiver<Event>,
}

impl Script {
    fn start(python: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/streams/sockets.py"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the script starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let (sender, events) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).expect("an event"));
            }
        });
        Self { child, events }
    }

    async fn next(&mut self) -> Event {
        let event = tokio::time::timeout(PATIENCE, self.events.recv()).await;
        event.expect("the script said nothing").expect("the script ended")
    }

    fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("its state").is_none()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The gateway before a real WebSocket server, and Jane there, verified. `None` where there is no such server.
async fn stage() -> Option<(World, Script, Browser, &'static Path)> {
    let python = python()?;
    let mut server = Script::start(python, &["serve"]);
    let Event::Listening { port } = server.next().await else { panic!("the first line is the port") };
    let site = format!(
        "[[site]]\nhost = \"{HOST}\"\nproduct = \"jira-software\"\nupstream = \"http://127.0.0.1:{port}\"\n"
    );
    let world = World::with(&site).await;
    let mut jane = world.browser_at(HOST);
    jane.cookies.insert("JSESSIONID".to_owned(), "jane".to_owned());
    verify(&world, &mut jane).await;
    Some((world, server, jane, python))
}

fn client(world: &World, browser: &Browser, python: &Path, command: &str, more: &str) -> Script {
    let port = world.address.port().to_string();
    let cookies = browser.cookie_header();
    let mut arguments = vec![command, &port, &cookies];
    arguments.extend((!more.is_empty()).then_some(more));
    Script::start(python, &arguments)
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_every_shape_pass_with_their_close_codes() {
    let Some((world, mut server, jane, python)) = stage().await else { return };
    let mut talk = client(&world, &jane, python, "talk", "");
    assert_eq!(talk.next().await, Event::Talked);
    assert_eq!(server.next().await, Event::Served { code: 4000, reason: "my own code".to_owned() });
    assert_eq!(server.next().await, Event::Served { code: 1000, reason: String::new() });
}

#[tokio::test(flavor = "multi_thread")]
async fn t052_both_sides_hear_why_a_socket_ends() {
    let Some((world, mut server, mut jane, python)) = stage().await else { return };
    let mut lapsing = client(&world, &jane, python, "hold", "1");
    assert_eq!(lapsing.next().await, Event::Open);
    world.advance(Duration::from_secs(7 * 86_400));
    let needed = Event::Closed { code: 4401, reason: "verification needed".to_owned() };
    assert_eq!(lapsing.next().await, needed);
    assert_eq!(server.next().await, Event::Served { code: 1001, reason: String::new() });
    verify(&world, &mut jane).await;
    let mut restarting = client(&world, &jane, python, "hold", "1");
    assert_eq!(restarting.next().await, Event::Open);
    let world = world.restart().await;
    assert_eq!(restarting.next().await, Event::Closed { code: 1001, reason: "restarting".to_owned() });
    assert_eq!(server.next().await, Event::Served { code: 1001, reason: String::new() });
    drop(world);
}

#[tokio::test(flavor = "multi_thread")]
async fn t200_a_socket_is_closed_when_its_account_is_kept_out() {
    let Some((world, mut server, jane, python)) = stage().await else { return };
    let mut held = client(&world, &jane, python, "hold", "1");
    assert_eq!(held.next().await, Event::Open);
    let (store, organization) = (&world.app.store, OrganizationId::only());
    let emails = vec![EmailAddress::parse("jane@acme.com").expect("an address")];
    let filter = AccountFilter { emails, ..AccountFilter::default() };
    let page = store.list_accounts(&organization, &filter, None, 1).await.expect("the store");
    let deeds = world.app.accounts.load_full();
    deeds.suspend(&organization, page.accounts[0].id, false, &"ada".into()).await.expect("the store");
    assert_eq!(held.next().await, Event::Closed { code: 4401, reason: "verification needed".to_owned() });
    assert_eq!(server.next().await, Event::Served { code: 1001, reason: String::new() });
}

#[tokio::test(flavor = "multi_thread")]
async fn t200_a_reset_closes_sockets_within_five_seconds() {
    let Some((world, mut server, jane, python)) = stage().await else { return };
    let api = Api::new(&world).await;
    let mut held = client(&world, &jane, python, "hold", "1");
    assert_eq!(held.next().await, Event::Open);
    world.advance(Duration::from_secs(1));
    let reset = "/admin/control/v1/orgs/default/external-user-policy/default/reset-sessions";
    let (answer, since) = (api.ask(Method::POST, reset, None).await, clock::stopwatch());
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{answer:?}");
    assert_eq!(held.next().await, Event::Closed { code: 4401, reason: "verification needed".to_owned() });
    assert!(clock::stopwatch() - since < Duration::from_secs(5));
    assert_eq!(server.next().await, Event::Served { code: 1001, reason: String::new() });
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "moves 200 MB through an unoptimised gateway"]
async fn a_message_of_100_mb_passes_without_being_collected() {
    let Some((world, mut server, jane, python)) = stage().await else { return };
    let before = resident_bytes();
    let mut peak = before;
    let mut big = client(&world, &jane, python, "big", "100000000");
    let done = loop {
        tokio::select! {
            event = big.next() => break event,
            () = tokio::time::sleep(Duration::from_millis(20)) => peak = peak.max(resident_bytes()),
        }
    };
    assert_eq!(done, Event::Talked);
    assert_eq!(server.next().await, Event::Served { code: 1000, reason: String::new() });
    println!("resident memory grew by {} KiB at most", (peak - before) / 1024);
    assert!(peak - before < 20_000_000, "{}", peak - before);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "opens 1000 sockets"]
async fn a_thousand_idle_sockets_cost_little_and_all_hear_the_end() {
    let Some((world, mut server, jane, python)) = stage().await else { return };
    let mut warm = client(&world, &jane, python, "hold", "50");
    assert_eq!(warm.next().await, Event::Open);
    let before = resident_bytes();
    let mut idle = client(&world, &jane, python, "hold", "1000");
    assert_eq!(idle.next().await, Event::Open);
    let each = resident_bytes().saturating_sub(before) / 1000;
    println!("{each} bytes of resident memory for each idle socket");
    assert!(each < 16 * 1024, "{each}");
    assert!(world.metrics().contains("postern_websockets 1050"));
    world.advance(Duration::from_secs(7 * 86_400));
    for _ in 0..1000 {
        assert!(matches!(idle.next().await, Event::Closed { code: 4401, .. }));
    }
    for _ in 0..1050 {
        assert!(matches!(server.next().await, Event::Served { code: 1001, .. }));
    }
    assert!(server.is_running());
}

/// What this process, the gateway in it, holds in memory.
fn resident_bytes() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").expect("Linux says so");
    let resident: usize = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("a number");
    resident * 4096
}
