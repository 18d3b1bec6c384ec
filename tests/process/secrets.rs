//! What never stands in a log, whatever its level: codes, cookies, tokens, passwords, keys. And what an access line says.

use std::fs;

use data_encoding::BASE64;
use http::{Method, StatusCode};
use nix::sys::signal::Signal;
use postern::demo::{Person, demo_people};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::client::{Answer, Browser, NAVIGATION};
use crate::support::process::{Finished, Installation, Running, WIDE_LIMITS};
use crate::support::world::JIRA;

const PASSWORD: &str = "tulip-harbour-9471";
const PAT: &str = "pat-of-jane-c3b1e0";

/// Six digits would be found by accident, in the fraction of a second.
const MORE: &str = "[verification]\ncode_digits = 8\n";

/// A browser whose requests are counted.
struct Walk {
    browser: Browser,
    requests: usize,
    /// The receipts that refusals showed.
    receipts: Vec<String>,
    /// What must be found nowhere.
    secrets: Vec<String>,
}

impl Walk {
    fn new(running: &Running) -> Self {
        let secrets = [PASSWORD, PAT].map(str::to_owned).to_vec();
        Self { browser: running.browser(), requests: 0, receipts: Vec::new(), secrets }
    }

    async fn send(&mut self, method: Method, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let answer = self.browser.send(method, target, headers, body).await;
        self.note(&answer);
        answer
    }

    async fn open(&mut self, target: &str) -> Answer {
        self.send(Method::GET, target, &NAVIGATION, "").await
    }

    async fn post(&mut self, target: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.browser.post(target, fields).await;
        self.note(&answer);
        answer
    }

    /// Each cookie that it ever holds is a secret.
    fn note(&mut self, answer: &Answer) {
        self.requests += 1;
        let receipt = answer.header("x-postern-receipt");
        if !receipt.is_empty() {
            self.receipts.push(receipt.to_owned());
        }
        let values = self.browser.cookies.values().filter(|value| value.len() >= 16);
        self.secrets.extend(values.cloned());
    }

    /// Everything a person meets: sign-in, a wrong code, another mail, the right code, pages, sign-out.
    async fn through_the_challenge(&mut self, installation: &Installation) {
        let fields = [("os_username", "jane"), ("os_password", PASSWORD)];
        assert_eq!(self.post("/login.jsp", &fields).await.status, StatusCode::FOUND);
        assert!(self.open("/browse/DEMO-1").await.is_challenge());
        let page = self.open("/.postern/challenge?return=%2Fbrowse%2FDEMO-1").await;
        let (token, return_to) = (page.field("token"), page.field("return"));
        let code = installation.newest_mail("jane@acme.com").expect("her mail").code();
        let fields = |code: &'static str| {
            [("token", token.clone()), ("return", return_to.clone()), ("code", code.into())]
        };
        let wrong = fields(if code == "31415926" { "27182818" } else { "31415926" });
        let wrong: Vec<(&str, &str)> = wrong.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(self.post("/.postern/verify", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(self.post("/.postern/resend", &wrong[..2]).await.status, StatusCode::OK);
        let right = [wrong[0], wrong[1], ("code", code.as_str())];
        assert_eq!(self.post("/.postern/verify", &right).await.status, StatusCode::SEE_OTHER);
        assert_eq!(self.open("/browse/DEMO-1").await.status, StatusCode::OK);
        self.secrets.extend([token.clone(), code]);
    }

    /// Requests that carry a secret where it does not belong, or in a way that is refused.
    async fn with_secrets_everywhere(&mut self) {
        let pair = BASE64.encode(format!("jane:{PASSWORD}").as_bytes());
        let basic = format!("Basic {pair}");
        let bearer = format!("Bearer {PAT}");
        self.secrets.push(pair);
        for authorization in [&basic, &bearer] {
            let headers = [("authorization", authorization.as_str())];
            let answer = self.send(Method::GET, "/rest/api/2/myself", &headers, "").await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        }
        let session = self.browser.cookies["JSESSIONID"].clone();
        let twice = format!("JSESSIONID={session}; JSESSIONID={PAT}");
        for (target, headers) in [
            (format!("/browse/DEMO-1?os_username=jane&os_password={PASSWORD}"), vec![]),
            (format!("/browse/DEMO-1;jsessionid={session}"), vec![]),
            (format!("/browse/DEMO-1%3Bjsessionid={session}"), vec![]),
            ("/browse/DEMO-1".to_owned(), vec![("cookie", twice.as_str())]),
            ("/browse/DEMO-1".to_owned(), vec![("host", "unknown.test")]),
        ] {
            let answer = self.send(Method::GET, &target, &headers, "").await;
            assert_ne!(answer.status, StatusCode::OK, "{target} {headers:?}");
        }
        assert!(self.open("/secure/Logout!default.jspa").await.status.as_u16() < 400);
    }
}

#[tokio::test]
async fn t104_t190_no_secret_is_logged_at_any_level_nor_a_code_stored() {
    let log = "[log]\nlevel = \"trace,hyper=trace,sqlx=trace,lettre=trace\"\n";
    let installation = Installation::with(people(), &format!("{log}{MORE}{WIDE_LIMITS}")).await;
    let running = installation.start().await;
    let mut walk = Walk::new(&running);
    walk.through_the_challenge(&installation).await;
    walk.with_secrets_everywhere().await;
    let keys = fs::read_to_string(installation.path("keys")).unwrap();
    walk.secrets.extend(keys.split_whitespace().filter(|word| word.len() > 16).map(str::to_owned));

    let metrics = running.ask("/metrics").await;
    let stored = stored(&installation);
    let ended = ended(running).await;
    assert!(ended.stderr.contains("\"serving\"") && !ended.stdout.is_empty(), "there is a log to search");
    for secret in &walk.secrets {
        for (place, text) in [("log", &ended.stderr), ("access log", &ended.stdout), ("metrics", &metrics)] {
            assert!(!text.contains(secret.as_str()), "{secret} is in the {place}");
        }
        // A session is known by its digest alone, and a code, token or proof only by its key.
        assert!(!contains(&stored, secret), "{secret} is in the store");
    }
    assert!(contains(&stored, "jane@acme.com"), "the store was really read");
}

#[tokio::test]
async fn each_request_has_one_access_line_with_the_receipt_that_its_refusal_showed() {
    let installation = Installation::with(people(), &format!("{MORE}{WIDE_LIMITS}")).await;
    let running = installation.start().await;
    let mut walk = Walk::new(&running);
    walk.through_the_challenge(&installation).await;
    walk.with_secrets_everywhere().await;
    let ended = ended(running).await;
    let lines = access_lines(&ended);
    assert_eq!(lines.len(), walk.requests, "{}", ended.stdout);
    assert!(walk.receipts.len() >= 5, "{:?}", walk.receipts);
    for receipt in &walk.receipts {
        let found = lines.iter().filter(|line| line["receipt"] == receipt.as_str()).count();
        assert_eq!(found, 1, "{receipt}");
    }
}

#[tokio::test]
async fn t138_no_request_can_forge_a_line_or_drive_a_terminal() {
    let installation = Installation::with(people(), "").await;
    let running = installation.start().await;
    let forged = r#"{"log":"access","path":"/forged"}"#;
    for (number, target) in [
        format!("/browse/a%0A{forged}"),
        "/browse/%1B[31m%0D%0A%9B2J".to_owned(),
        format!("/browse/a\n{forged}"),
        "/browse/\u{1b}[31m".to_owned(),
        "/browse/\u{9b}2J\u{202e}".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        let head = format!(
            "GET {target} HTTP/1.1\r\nhost: {JIRA}\r\nx-number: {number}\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A refused head may be answered by a reset.
        let _ = stream.read_to_end(&mut answer).await;
    }
    let mut last = running.browser();
    last.open("/the-last").await;
    let ended = ended(running).await;
    let lines = access_lines(&ended);
    assert!(lines.len() >= 2, "{}", ended.stdout);
    assert!(!lines.iter().any(|line| line["path"] == "/forged"), "{}", ended.stdout);
    for log in [&ended.stdout, &ended.stderr] {
        assert!(!log.replace('\n', "").contains(char::is_control), "{log:?}");
    }
    assert!(ended.stdout.is_ascii(), "{}", ended.stdout);
}

/// Jane has secrets that are found nowhere by accident.
fn people() -> Vec<Person> {
    let mut people = demo_people();
    for person in people.iter_mut().filter(|person| person.username == "jane") {
        PASSWORD.clone_into(&mut person.password);
        PAT.clone_into(&mut person.token);
    }
    people
}

async fn ended(running: Running) -> Finished {
    running.process.signal(Signal::SIGTERM);
    let ended = running.process.finish().await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended
}

/// Every line of standard output is one.
fn access_lines(ended: &Finished) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line:?}: {error}"));
    let lines: Vec<Value> = ended.stdout.lines().map(parse).collect();
    assert!(lines.iter().all(|line| line["log"] == "access"), "{}", ended.stdout);
    lines
}

/// The database and the files that SQLite keeps beside it while it runs.
fn stored(installation: &Installation) -> Vec<u8> {
    let file = |name| fs::read(installation.path(name));
    let wal = file("postern.db-wal").expect("a running gateway has a write-ahead log");
    [file("postern.db").expect("the database"), wal, file("postern.db-shm").unwrap_or_default()].concat()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}
