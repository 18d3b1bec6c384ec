//! Connections that are only there: idle ones, which ask once a minute, as they would be ended otherwise, and WebSockets.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::draw::Draw;
use super::line::Door;
use super::{address, name};
use crate::support::client::Protocol;
use crate::support::raw::Raw;
use crate::support::world::JIRA;

/// Less than the 75 s after which an idle connection is ended.
const MINUTE: Duration = Duration::from_secs(60);
/// How long an answer may take, when ten thousand ask at once.
const PATIENCE: Duration = Duration::from_secs(120);
/// How many do something at once.
const AT_ONCE: usize = 50;

const HANDSHAKE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// The connections.
pub struct Beside {
    idle: JoinSet<()>,
    sockets: JoinSet<()>,
    is_over: watch::Sender<bool>,
}

impl Beside {
    /// Opens so many of each. Panics where one is refused.
    pub async fn open(door: &Door, idle: usize, sockets: usize) -> Self {
        let mut beside =
            Self { idle: JoinSet::new(), sockets: JoinSet::new(), is_over: watch::Sender::new(false) };
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        let (opened, mut open) = watch::channel(0);
        for number in 0..sockets + idle {
            let (door, over) = (door.clone(), beside.is_over.subscribe());
            let (turns, opened) = (Arc::clone(&turns), opened.clone());
            if number < sockets {
                beside.sockets.spawn(socket(door, number, turns, opened, over));
            } else {
                beside.idle.spawn(rest(door, number, turns, opened, over));
            }
        }
        open.wait_for(|open| *open == idle + sockets).await.expect("they live");
        beside
    }

    /// Has each of them say something for the last time, and says how many did.
    pub async fn close(self) -> (usize, usize) {
        self.is_over.send_replace(true);
        (count(self.idle).await, count(self.sockets).await)
    }
}

async fn count(mut tasks: JoinSet<()>) -> usize {
    let mut alive = 0;
    while let Some(ended) = tasks.join_next().await {
        alive += usize::from(ended.is_ok());
    }
    alive
}

async fn connect(door: &Door, number: usize) -> Raw {
    let stream = door.stream(Protocol::Http1, JIRA, address(number)).await.expect("a connection");
    let mut raw = Raw::over(stream);
    raw.within(PATIENCE);
    raw
}

/// The session of somebody of the organization; there are few, so that it is the connections that are many.
fn session(number: usize) -> String {
    format!("{}.0", name(number % 20 * 5))
}

/// Keep-alive without requests, as far as that goes.
async fn rest(
    door: Door,
    number: usize,
    turns: Arc<Semaphore>,
    opened: watch::Sender<usize>,
    over: watch::Receiver<bool>,
) {
    let turn = turns.acquire().await.expect("it is never closed");
    let mut raw = connect(&door, number).await;
    ask(&mut raw, number).await;
    drop(turn);
    opened.send_modify(|opened| *opened += 1);
    let mut draw = Draw::new(number as u64);
    while minute(&mut draw, &over).await {
        ask(&mut raw, number).await;
    }
    let _turn = turns.acquire().await.expect("it is never closed");
    ask(&mut raw, number).await;
}

/// An answer, or word that the upstream is gone.
async fn ask(raw: &mut Raw, number: usize) {
    let session = session(number);
    raw.send(format!(
        "GET /browse/page HTTP/1.1\r\nHost: {JIRA}\r\nX-Nonce: idle-{number}\r\nCookie: JSESSIONID={session}\r\n\r\n"
    ))
    .await;
    let answer = raw.answer().await;
    let is_own = answer.status == 200 && answer.header("x-nonce") == format!("idle-{number}");
    assert!(is_own || matches!(answer.status, 502..=504), "idle connection {number}: {answer:?}");
}

async fn socket(
    door: Door,
    number: usize,
    turns: Arc<Semaphore>,
    opened: watch::Sender<usize>,
    over: watch::Receiver<bool>,
) {
    let turn = turns.acquire().await.expect("it is never closed");
    let mut raw = connect(&door, number).await;
    let session = session(number);
    raw.send(format!(
        "GET /socket HTTP/1.1\r\nHost: {JIRA}\r\nCookie: JSESSIONID={session}\r\n{HANDSHAKE}\r\n"
    ))
    .await;
    let answer = raw.answer().await;
    assert_eq!(answer.status, 101, "socket {number}: {answer:?}");
    drop(turn);
    opened.send_modify(|opened| *opened += 1);
    let (mut draw, mut said) = (Draw::new(number as u64), 0);
    while minute(&mut draw, &over).await {
        echo(&mut raw, number, said).await;
        said += 1;
    }
    let _turn = turns.acquire().await.expect("it is never closed");
    echo(&mut raw, number, said).await;
}

async fn echo(raw: &mut Raw, number: usize, said: u64) {
    let text = format!("socket {number} says {said}");
    let length = u8::try_from(text.len()).expect("a short text");
    raw.send([&[0x81, 0x80 | length, 0, 0, 0, 0], text.as_bytes()].concat()).await;
    let frame = raw.bytes(2 + text.len()).await;
    assert_eq!(frame, [&[0x81, length], text.as_bytes()].concat(), "socket {number}");
}

/// Waits for most of a minute, each for another part of it; false when it is over.
async fn minute(draw: &mut Draw, over: &watch::Receiver<bool>) -> bool {
    let wait = MINUTE - Duration::from_millis(draw.below(20_000));
    let mut over = over.clone();
    let ended = tokio::time::timeout(wait, over.wait_for(|over| *over)).await;
    ended.is_err()
}

/// Room for the descriptors of both ends; the gateway's process inherits it.
pub fn raise_limits() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("a limit");
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).expect("the limit can be raised");
    assert!(hard >= 16_000, "16,000 open files must be allowed: `ulimit -Hn` says {hard}");
}
