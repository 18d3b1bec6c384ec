//! SIGTERM lets open requests finish; SIGHUP changes what holds, or says why not. The exposition is read by promtool.

use std::io::{ErrorKind, Write};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use http::{Method, StatusCode};
use nix::sys::signal::Signal;
use postern::clock::{self, Clock};
use postern::demo::demo_people;
use postern::domain::account::{DeviceId, Family, Subject};
use postern::domain::method::Method as Way;
use postern::domain::organization::OrganizationId;
use postern::domain::proof::{self, Binding, Proof};
use postern::keys::Keys;
use sqlx::{Connection, Row, SqliteConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::client::Browser;
use crate::support::needs::left_out;
use crate::support::process::{Installation, PATIENCE, Running};
use crate::support::world::JIRA;

const PROOF: &str = "__Host-postern-proof";

#[tokio::test]
async fn sigterm_lets_an_open_request_finish_and_takes_no_new_one() {
    let upstream = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let installation = Installation::before(upstream.local_addr().unwrap(), "");
    assert_eq!(installation.command(&["init"]).await.code, Some(0));
    let mut running = installation.start().await;
    let (address, mut client) = (running.address, running.browser());
    let asking = tokio::spawn(async move {
        let token = [("authorization", "Bearer of-a-script")];
        client.send(Method::GET, "/rest/api/2/issue/DEMO-1", &token, "").await
    });
    let (mut held, _) = upstream.accept().await.unwrap();
    read_head(&mut held).await;

    running.process.signal(Signal::SIGTERM);
    running.process.says("stopping: open requests may finish").await;
    refused(address).await;
    refused(running.admin).await;
    assert!(!asking.is_finished(), "its upstream did not answer yet");
    held.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nlate").await.unwrap();

    let answer = asking.await.unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "late"));
    let since = clock::stopwatch();
    let ended = running.process.finish().await;
    assert!(clock::stopwatch() - since < Duration::from_secs(10), "it waits for nothing else");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(!ended.stderr.contains("did not finish in time"), "{ended:?}");
    assert!(ended.stdout.contains("\"path\":\"/rest/api/2/issue/DEMO-1\",\"status\":200"), "{ended:?}");
}

#[tokio::test]
async fn sigterm_cuts_off_what_does_not_finish_within_the_drain() {
    let upstream = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let installation = Installation::before(upstream.local_addr().unwrap(), "");
    installation.configure(&installation.configuration().replace("drain = \"20s\"", "drain = \"1s\""));
    assert_eq!(installation.command(&["init"]).await.code, Some(0));
    let running = installation.start().await;
    let mut client = running.browser();
    let asking = tokio::spawn(async move {
        client.try_send(Method::GET, "/rest/x", &[("authorization", "Bearer of-a-script")], "").await
    });
    let (mut held, _) = upstream.accept().await.unwrap();
    read_head(&mut held).await;
    running.process.signal(Signal::SIGTERM);
    let ended = running.process.finish().await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stderr.contains("did not finish in time"), "{ended:?}");
    assert!(asking.await.unwrap().is_none(), "there was no answer to give");
}

#[tokio::test]
async fn t195_sighup_changes_the_frequency_and_a_bad_file_changes_nothing_and_says_so() {
    let installation = Installation::with(demo_people(), "[verification]\nfrequency = \"7d\"").await;
    let mut running = installation.start().await;
    let mut jane = verified_jane(&installation, &running).await;
    jane.cookies.insert(PROOF.to_owned(), proof_of_two_days_ago(&installation, &jane).await);
    assert_eq!(jane.open("/browse/DEMO-1").await.status, StatusCode::OK, "two days are less than seven");
    assert!(running.ask("/metrics").await.contains("postern_config_last_reload_success 1\n"));

    let good = installation.configuration();
    installation.configure(&good.replace("\"7d\"", "\"1d\""));
    reload(&mut running, "in force\"").await;
    assert!(jane.open("/browse/DEMO-1").await.is_challenge(), "two days are more than one");

    installation.configure(&good.replace("frequency", "freqency"));
    reload(&mut running, "the old one stays in force").await;
    let said = running.process.says("did you mean `frequency`?").await;
    assert!(said.stderr.contains("unknown key `freqency` in [verification]"), "{said:?}");
    assert!(running.ask("/metrics").await.contains("postern_config_last_reload_success 0\n"));
    assert!(jane.open("/browse/DEMO-1").await.is_challenge(), "one day still holds");

    installation.configure(&good.replace("\"7d\"", "\"3d\""));
    running.process.signal(Signal::SIGHUP);
    let since = clock::stopwatch();
    while jane.open("/browse/DEMO-1").await.is_challenge() {
        assert!(clock::stopwatch() - since < PATIENCE, "three days never came into force");
    }
    assert!(running.ask("/metrics").await.contains("postern_config_last_reload_success 1\n"));
}

#[tokio::test]
async fn promtool_finds_nothing_to_complain_about_in_what_a_running_gateway_exposes() {
    let installation = Installation::with(demo_people(), "").await;
    let running = installation.start().await;
    verified_jane(&installation, &running).await;
    let exposition = running.ask("/metrics").await;
    for line in ["postern_challenges_total{event=\"verified\"} 1", "postern_mails_total{result=\"sent\"} 1"] {
        assert!(exposition.contains(line), "{line}: {exposition}");
    }
    let mut check = Command::new("promtool");
    check.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut promtool = match check.spawn() {
        Ok(promtool) => promtool,
        Err(error) => return left_out("promtool", &error.to_string()),
    };
    promtool.stdin.take().unwrap().write_all(exposition.as_bytes()).unwrap();
    let output = promtool.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success() && said.is_empty(), "{}", String::from_utf8_lossy(&said));
}

async fn verified_jane(installation: &Installation, running: &Running) -> Browser {
    let mut jane = running.browser();
    jane.sign_in("jane").await;
    let page = jane.challenge("/browse/DEMO-1").await;
    let mail = installation.newest_mail("jane@acme.com").expect("her mail");
    assert_eq!(jane.submit(&page, &mail.code()).await.status, StatusCode::SEE_OTHER);
    jane
}

/// What her browser would hold had she verified two days ago: the same proof with another time.
async fn proof_of_two_days_ago(installation: &Installation, browser: &Browser) -> String {
    let store = format!("sqlite:{}", installation.path("postern.db").display());
    let mut store = SqliteConnection::connect(&store).await.unwrap();
    let row = sqlx::query("SELECT subject FROM challenges").fetch_one(&mut store).await.unwrap();
    let subject = Subject(row.get::<Vec<u8>, _>(0).try_into().unwrap());
    let device = BASE64URL_NOPAD.decode(browser.cookies["__Host-postern-device"].as_bytes()).unwrap();
    let device = DeviceId(device.try_into().unwrap());
    let keys = Keys::load(&installation.path("keys")).unwrap();
    let (id, keys) = keys.current();
    let verified_at = Clock::system().now().checked_sub(Duration::from_secs(2 * 86_400)).unwrap();
    let organization = &OrganizationId::only();
    let proof = Proof { verified_at, by: Way::MailedCode, family: Family([1; 16]) };
    proof::mint(id, &keys.proof, &Binding { organization, site: JIRA, subject, device }, &proof)
}

async fn reload(running: &mut Running, outcome: &str) {
    running.process.signal(Signal::SIGHUP);
    running.process.says(outcome).await;
}

async fn read_head(stream: &mut TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("a whole head"));
    }
}

/// Waits until nobody listens at an address; until then a connection is taken and may be reset.
async fn refused(address: SocketAddr) {
    let since = clock::stopwatch();
    loop {
        match TcpStream::connect(address).await {
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => return,
            _ => assert!(clock::stopwatch() - since < PATIENCE, "{address} still takes connections"),
        }
        tokio::task::yield_now().await;
    }
}
