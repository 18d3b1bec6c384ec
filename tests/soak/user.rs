//! A user who asks one thing after another, in one of three ways, and does not always wait for the answer.

use std::net::Ipv4Addr;
use std::time::Duration;

use futures_util::future::join_all;
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use http_body_util::BodyExt as _;

use super::ask::{Ask, Asker, Came, Fate, Kind};
use super::draw::Draw;
use super::line::{Door, Line};
use crate::support::client::Protocol;
use crate::support::raw::{Raw, RawAnswer};

/// How long an answer may take; more than a busy machine needs.
const PATIENCE: Duration = Duration::from_secs(120);

/// How somebody speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// HTTP/1.1, one request after the other.
    Http1,
    /// HTTP/2, several at once.
    Http2,
    /// HTTP/1.1, several without waiting for the answers.
    Pipelined,
}

impl Tongue {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Http1, Self::Http2, Self::Pipelined];
}

/// What became of requests.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Answered as asked.
    pub answered: u64,
    /// Of those the gateway got no answer for, those that no page of the upstream explains.
    pub unlucky: u64,
    /// Those whose page ends badly.
    pub failed: u64,
    /// Those whose client left.
    pub left: u64,
}

/// Somebody.
pub struct User {
    /// Who, and how they must be seen.
    pub asker: Asker,
    /// How they speak.
    pub tongue: Tongue,
    /// Their place among the users, for the nonces.
    pub number: usize,
    /// Where all chance comes from.
    pub seed: u64,
    /// How they reach the gateway.
    pub door: Door,
    /// From which address.
    pub from: Ipv4Addr,
    draw: Draw,
    asked: u64,
    open: Option<Open>,
    /// What there was so far.
    pub tally: Tally,
}

enum Open {
    Line(Line),
    Raw(Raw),
}

/// How an answer is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Whole,
    /// With a pause after each piece.
    Slow,
    /// Away before the answer, at once or after a moment.
    LeaveBefore(u64),
    /// Away in the middle of it.
    LeaveWithin,
    /// Away in the middle of the request's body.
    BreakOff,
}

impl Tally {
    /// Both together.
    pub fn with(self, other: Self) -> Self {
        Self {
            answered: self.answered + other.answered,
            unlucky: self.unlucky + other.unlucky,
            failed: self.failed + other.failed,
            left: self.left + other.left,
        }
    }

    fn count(&mut self, kind: Kind, fate: Fate) {
        let is_bad = matches!(kind, Kind::HangUp | Kind::HalfHead | Kind::Reset | Kind::Cut);
        *match fate {
            Fate::Answered => &mut self.answered,
            Fate::Left => &mut self.left,
            Fate::Refused | Fate::Broken if is_bad => &mut self.failed,
            Fate::Refused | Fate::Broken => &mut self.unlucky,
        } += 1;
    }
}

impl User {
    /// Somebody who has not asked anything yet.
    pub fn new(door: &Door, asker: Asker, tongue: Tongue, number: usize, seed: u64) -> Self {
        let draw = Draw::new(seed.wrapping_mul(1_000_003) + number as u64);
        let (door, from) = (door.clone(), Ipv4Addr::LOCALHOST);
        Self { asker, tongue, number, seed, door, from, draw, asked: 0, open: None, tally: Tally::default() }
    }

    /// Asks once, or several times at once. Panics, with seed, user and request, when anything but their own comes back.
    pub async fn ask(&mut self) {
        let count = if self.tongue == Tongue::Http1 { 1 } else { 1 + self.draw.place(4) };
        let asks: Vec<Ask> = (0..count).map(|_| self.next()).collect();
        let open = match self.open.take() {
            Some(open) => open,
            None => match self.connect().await {
                Some(open) => open,
                None => return self.tally.unlucky += asks.len() as u64,
            },
        };
        self.open = match open {
            Open::Raw(raw) => self.pipeline(raw, asks).await,
            Open::Line(line) if line.is_http2() => self.at_once(line, asks).await,
            Open::Line(line) => self.one(line, &asks[0]).await,
        };
    }

    /// How many requests there were.
    pub fn asked(&self) -> u64 {
        self.asked
    }

    fn next(&mut self) -> Ask {
        self.asked += 1;
        let nonce = format!("seed-{}-user-{}-request-{}", self.seed, self.number, self.asked);
        loop {
            let ask = Ask::draw(&mut self.draw, nonce.clone());
            if self.tongue != Tongue::Pipelined || ask.is_orderly() {
                return ask;
            }
        }
    }

    async fn connect(&mut self) -> Option<Open> {
        let host = self.asker.host;
        match self.tongue {
            Tongue::Http1 => self.door.line(Protocol::Http1, host, self.from).await.ok().map(Open::Line),
            Tongue::Http2 => self.door.line(Protocol::Http2, host, self.from).await.ok().map(Open::Line),
            Tongue::Pipelined => {
                let stream = self.door.stream(Protocol::Http1, host, self.from).await.ok()?;
                let mut raw = Raw::over(stream);
                raw.within(PATIENCE);
                Some(Open::Raw(raw))
            }
        }
    }

    async fn one(&mut self, mut line: Line, ask: &Ask) -> Option<Open> {
        let manner = manner(&mut self.draw, ask);
        let taken = take(&mut line, &self.asker, ask, manner).await;
        let fate = self.judge(ask, &taken);
        let goes_on = matches!(&taken, Taken::Came(came) if came.is_whole && !closes(&came.headers));
        (goes_on && fate != Fate::Left).then_some(Open::Line(line))
    }

    async fn at_once(&mut self, line: Line, asks: Vec<Ask>) -> Option<Open> {
        let asker = self.asker.clone();
        let manners: Vec<Manner> = asks.iter().map(|ask| manner(&mut self.draw, ask)).collect();
        let taken = join_all(asks.iter().zip(manners).map(|(ask, manner)| {
            let (mut line, asker) = (line.clone(), &asker);
            async move { take(&mut line, asker, ask, manner).await }
        }))
        .await;
        for (ask, taken) in asks.iter().zip(&taken) {
            self.judge(ask, taken);
        }
        // Now and then everything is left at once, and a connection that ended is not used again.
        let is_over = taken.iter().any(|taken| matches!(taken, Taken::Nothing));
        (!is_over && self.draw.below(64) > 0).then_some(Open::Line(line))
    }

    async fn pipeline(&mut self, mut raw: Raw, asks: Vec<Ask>) -> Option<Open> {
        let bytes: Vec<u8> = asks.iter().flat_map(|ask| ask.bytes(&self.asker)).collect();
        raw.send(bytes).await;
        if self.draw.below(32) == 0 {
            self.tally.left += asks.len() as u64;
            return None;
        }
        for (at, ask) in asks.iter().enumerate() {
            let answer = match ask.kind {
                Kind::Head => Some(raw.head().await).filter(|answer| answer.status > 0),
                _ => raw.try_answer().await,
            };
            let Some(answer) = answer else {
                self.tally.unlucky += (asks.len() - at) as u64;
                return None;
            };
            let came = came(answer);
            let closes = closes(&came.headers);
            self.judge(ask, &Taken::Came(came));
            if closes {
                self.tally.unlucky += (asks.len() - at - 1) as u64;
                return None;
            }
        }
        Some(Open::Raw(raw))
    }

    fn judge(&mut self, ask: &Ask, taken: &Taken) -> Fate {
        let fate = match taken {
            Taken::Left => Fate::Left,
            Taken::Nothing => Fate::Refused,
            Taken::Came(came) => ask.check(&self.asker, came).unwrap_or_else(|why| {
                let (seed, user, asked) = (self.seed, self.number, self.asked);
                panic!("seed {seed}, user {user}, about request {asked}: {why}\n{ask}\n{came}")
            }),
        };
        self.tally.count(ask.kind, fate);
        fate
    }
}

enum Taken {
    Left,
    /// The connection ended without an answer.
    Nothing,
    Came(Came),
}

/// One in sixteen leaves somehow, and one in sixteen is slow.
fn manner(draw: &mut Draw, ask: &Ask) -> Manner {
    let has_body = matches!(ask.kind, Kind::Post | Kind::PostChunked | Kind::Upload);
    match draw.below(48) {
        0 => Manner::LeaveBefore(draw.below(4)),
        1 => Manner::LeaveWithin,
        2 if has_body => Manner::BreakOff,
        3..6 => Manner::Slow,
        _ => Manner::Whole,
    }
}

async fn take(line: &mut Line, asker: &Asker, ask: &Ask, manner: Manner) -> Taken {
    let request = ask.request(asker, line.is_http2(), manner == Manner::BreakOff);
    let sent = line.send(request);
    if let Manner::LeaveBefore(wait) = manner {
        let _ = tokio::time::timeout(Duration::from_millis(wait), sent).await;
        return Taken::Left;
    }
    let answered = tokio::time::timeout(PATIENCE, sent).await;
    let answer = answered.unwrap_or_else(|_| panic!("no answer in {PATIENCE:?} to {}", ask.nonce));
    if manner == Manner::BreakOff {
        return Taken::Left;
    }
    let Ok(answer) = answer else { return Taken::Nothing };
    let (head, mut body) = answer.into_parts();
    let mut came =
        Came { status: head.status.as_u16(), headers: head.headers, body: Vec::new(), is_whole: true };
    let reading = async {
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else {
                came.is_whole = false;
                break;
            };
            came.body.extend_from_slice(frame.data_ref().expect("no trailers come through"));
            match manner {
                Manner::LeaveWithin => return false,
                Manner::Slow => tokio::time::sleep(Duration::from_millis(3)).await,
                _ => {}
            }
        }
        true
    };
    let read = tokio::time::timeout(PATIENCE, reading).await;
    match read.unwrap_or_else(|_| panic!("no end of the answer to {}", ask.nonce)) {
        true => Taken::Came(came),
        false => Taken::Left,
    }
}

fn came(answer: RawAnswer) -> Came {
    let mut headers = HeaderMap::new();
    for line in &answer.head[1..] {
        let (name, value) = line.split_once(": ").expect("a field");
        let name = HeaderName::try_from(name).expect("a name");
        headers.append(name, HeaderValue::try_from(value).expect("a value"));
    }
    Came { status: answer.status, headers, body: answer.body.into_bytes(), is_whole: true }
}

fn closes(headers: &HeaderMap) -> bool {
    headers.get("connection").is_some_and(|value| value == "close")
}
