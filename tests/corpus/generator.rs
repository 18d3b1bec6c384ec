//! Requests by the ten thousand, drawn from the vocabulary and judged by one oracle. Seeded, so a failure comes again:
//! it names its series, the place in it, and the request in bytes.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use http::Request;
use http_body_util::Full;
use postern::clock::stopwatch;

use super::case::Shot;
use super::oracle::{Outcome, judge};
use super::sending::{Answered, Http2, http1, http2};
use super::vocabulary::{Draw, MANAGED, SECRET, draw_shot};
use crate::support::raw::Raw;
use crate::support::recorder::Recorder;
use crate::support::world::{JIRA, Setup, WIKI, World};

/// One site for each series, with an upstream of its own, so that what arrives there came of it alone.
const OVER_HTTP1: [&str; 4] = ["g0.test", "g1.test", "g2.test", "g3.test"];
const OVER_HTTP2: [&str; 2] = ["g4.test", "g5.test"];
/// Of so many requests one is sent over HTTP/2.
const HTTP2_SHARE: usize = 4;
/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often each status was answered, how often that was a challenge, and how many requests were forwarded.
#[derive(Debug, Default)]
struct Tally {
    statuses: BTreeMap<u16, usize>,
    challenged: usize,
    forwarded: usize,
}

/// The requests of one seed to one site.
struct Series<'a> {
    world: &'a World,
    host: &'static str,
    recorder: &'a Recorder,
    seed: u64,
    tally: Tally,
}

/// How requests get there.
enum Way<'a> {
    /// In the clear, over a connection that is kept as long as it lasts.
    Http1(Option<Raw>),
    Http2(Http2<'a>),
}

/// A request that can be sent on this way.
enum Written {
    Http1(Vec<u8>),
    Http2(Box<Request<Full<Bytes>>>),
}

impl Way<'_> {
    fn write(&self, shot: &Shot) -> Option<Written> {
        match self {
            Self::Http1(_) => Some(Written::Http1(http1(shot, ""))),
            Self::Http2(_) => http2(shot, "").map(|request| Written::Http2(Box::new(request))),
        }
    }
}

impl<'a> Series<'a> {
    async fn run(mut self, mut way: Way<'a>, requests: usize) -> Tally {
        let mut draw = Draw::new(self.seed);
        let mut sent = 0;
        for place in 0.. {
            if sent == requests {
                break;
            }
            let shot = draw_shot(&mut draw, self.host);
            let Some(written) = way.write(&shot) else { continue };
            sent += 1;
            if let Err(why) = self.try_one(&mut way, &shot, written).await {
                let bytes = http1(&shot, "");
                panic!(
                    "{why}\nseries {}, place {place}, to {}:\n{}",
                    self.seed,
                    self.host,
                    bytes.escape_ascii()
                );
            }
        }
        self.tally
    }

    async fn try_one(&mut self, way: &mut Way<'a>, shot: &Shot, written: Written) -> Result<(), String> {
        let (count, bytes) = (self.recorder.count(), self.recorder.received_bytes());
        let asked = match (way, written) {
            (Way::Http2(connection), Written::Http2(request)) => {
                let asked = tokio::time::timeout(PATIENCE, connection.ask(*request));
                AssertUnwindSafe(asked).catch_unwind().await
            }
            (Way::Http1(connection), Written::Http1(bytes)) => {
                let asked = tokio::time::timeout(PATIENCE, self.ask(connection, shot, &bytes, count));
                AssertUnwindSafe(asked).catch_unwind().await
            }
            _ => unreachable!("a request is written for its way"),
        };
        let answer = asked.map_err(|_| "an answer that cannot be read")?.map_err(|_| "no answer in time")?;
        let reached = self.recorder.since(count);
        let bytes = self.recorder.received_bytes() - bytes;
        self.tally.count(&answer, reached.iter().any(|request| !request.is_question()));
        judge(shot, &Outcome { answer: &answer, reached: &reached, bytes })
    }

    /// Asks on the connection that is there, and once more where it had ended before the request came to it.
    async fn ask(&self, connection: &mut Option<Raw>, shot: &Shot, bytes: &[u8], count: usize) -> Answered {
        let is_kept = connection.is_some();
        let answer = self.ask_once(connection, shot, bytes).await;
        if answer.status == 0 && is_kept && self.recorder.count() == count {
            return self.ask_once(connection, shot, bytes).await;
        }
        answer
    }

    async fn ask_once(&self, connection: &mut Option<Raw>, shot: &Shot, bytes: &[u8]) -> Answered {
        let mut raw = match connection.take() {
            Some(raw) => raw,
            None => Raw::connect(self.world.address).await,
        };
        raw.within(PATIENCE);
        raw.send(bytes).await;
        let answer = if shot.method == "HEAD" { raw.head().await } else { raw.answer().await };
        let is_last = answer.status < 200 || answer.header("connection").eq_ignore_ascii_case("close");
        if !is_last && shot.version == "HTTP/1.1" {
            *connection = Some(raw);
        }
        let location = answer.header("location").to_owned();
        Answered { status: answer.status, location, body: answer.body }
    }
}

impl Tally {
    fn count(&mut self, answer: &Answered, is_forwarded: bool) {
        *self.statuses.entry(answer.status).or_default() += 1;
        self.challenged += usize::from(answer.is_challenge("GET"));
        self.forwarded += usize::from(is_forwarded);
    }

    fn add(&mut self, other: Self) {
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.challenged += other.challenged;
        self.forwarded += other.forwarded;
    }
}

/// An upstream that takes a session for Jane's by its secret anywhere among its cookies.
async fn lenient_upstream() -> Recorder {
    let recorder = Recorder::start().await;
    recorder.knows(MANAGED, "liam");
    recorder.knows_within(SECRET, "jane");
    recorder
}

async fn world(hosts: &[&'static str], recorders: &[Recorder], certificates: &[(&str, &[&str])]) -> World {
    let public = "extra_public = [\"GET /allowed/**\"]";
    let sites = hosts.iter().zip(recorders).map(|(host, recorder)| recorder.site(host, public));
    let more: String = sites.collect();
    World::set_up(Setup { more: &more, certificates, ..Setup::default() }).await
}

/// Sends so many requests, other ones for each round.
async fn storm(round: u64, requests: usize) {
    let started = stopwatch();
    let recorders = join_all((0..OVER_HTTP1.len() + OVER_HTTP2.len()).map(|_| lenient_upstream())).await;
    let (of_http1, of_http2) = recorders.split_at(OVER_HTTP1.len());
    let names: &[&str] = &[JIRA, WIKI, OVER_HTTP2[0], OVER_HTTP2[1]];
    let plain = world(&OVER_HTTP1, of_http1, &[]).await;
    let tls = world(&OVER_HTTP2, of_http2, &[("all", names)]).await;
    let first_seed = round * recorders.len() as u64;
    let mut series = Vec::new();
    for ((seed, host), recorder) in (first_seed..).zip(OVER_HTTP1.iter().chain(&OVER_HTTP2)).zip(&recorders) {
        let over_http2 = OVER_HTTP2.contains(host);
        let (world, way, share) = match over_http2 {
            true => (
                &tls,
                Way::Http2(Http2::connect(&tls, host).await),
                requests / HTTP2_SHARE / OVER_HTTP2.len(),
            ),
            false => (&plain, Way::Http1(None), (requests - requests / HTTP2_SHARE) / OVER_HTTP1.len()),
        };
        let tally = Tally::default();
        series.push(Series { world, host, recorder, seed, tally }.run(way, share));
    }
    let mut tally = Tally::default();
    for one in join_all(series).await {
        tally.add(one);
    }
    println!("round {round}: {requests} requests in {:?}: {tally:?}", started.elapsed());
    assert!(tally.challenged > requests / 5, "too few of them were challenges: {tally:?}");
    assert!(tally.forwarded > requests / 20, "too few of them passed: {tally:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_byte_of_a_stale_session_reaches_the_upstream_in_twenty_thousand_requests() {
    storm(0, 20_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a million requests; ./dev long runs it"]
async fn no_byte_of_a_stale_session_reaches_the_upstream_in_a_million_requests() {
    for round in 1..=10 {
        storm(round, 100_000).await;
    }
}
