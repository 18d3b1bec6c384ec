//! Sends the rows and judges what came of them: by the answer, and by the bytes that the upstream wrote down.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use super::case::Outcome::{
    Challenged, ChallengedOrRefused, Forwarded, ForwardedAlone, ForwardedAsStranger, NotSmuggled, OfNobody,
    Refused,
};
use super::case::{HOST, Outcome, Row, Shot, Who};
use super::headers::FORGED;
use super::sending::{Answered, Http2, http1, http2};
use super::{framing, headers, lanes, routing, sessions};
use crate::support::client::{Browser, Protocol};
use crate::support::raw::{Raw, RawAnswer};
use crate::support::recorder::{Recorded, Recorder};
use crate::support::tls::{self, Client};
use crate::support::world::{JIRA, Setup, WIKI, World};

const STALE: &str = "stale-2d7c41f09b";
const FRESH: &str = "fresh-81b6e0d35a";
const MANAGED: &str = "managed-c94f7a1e62";
/// Stands in the place of an answer that did not come.
const LATE: &str = "no answer in time";
/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(9);

/// A gateway before a recorder, and who is signed in there.
struct Stage {
    world: World,
    recorder: Recorder,
    cookies: BTreeMap<Who, String>,
    tls: Arc<rustls::ClientConfig>,
}

/// What reached the upstream since one moment.
struct Seen {
    /// Requests, but the gateway's own questions.
    forwarded: Vec<Recorded>,
    /// Bytes that belong to no request that could be read, or that a body was framed by.
    strays: u64,
}

impl Stage {
    async fn set() -> Self {
        let recorder = Recorder::start().await;
        for (session, person) in [(STALE, "jane"), (FRESH, "jane"), (MANAGED, "liam")] {
            recorder.knows(session, person);
        }
        let site = recorder.site(HOST, "extra_public = [\"GET /allowed/**\"]");
        let certificates: &[(&str, &[&str])] = &[("all", &[HOST, JIRA, WIKI])];
        let world = World::set_up(Setup { more: &site, certificates, ..Setup::default() }).await;
        let mut jane = Browser::over_tls(Protocol::Http1, world.address, HOST, world.authority());
        jane.cookies.insert("JSESSIONID".to_owned(), FRESH.to_owned());
        let page = jane.challenge("/").await;
        jane.submit(&page, &world.newest_mail("jane@acme.com").code()).await;
        let cookies = BTreeMap::from([
            (Who::Stale, format!("JSESSIONID={STALE}")),
            (Who::Fresh, jane.cookie_header()),
            (Who::Managed, format!("JSESSIONID={MANAGED}")),
            (Who::Anonymous, String::new()),
        ]);
        let tls = Arc::new(Client::trusting(world.authority()).config());
        Self { world, recorder, cookies, tls }
    }

    /// Over HTTP/1.1, on a connection of its own.
    async fn over_http1(&self, row: &Row, shot: &Shot) -> Answered {
        let stream = tls::connect(&self.tls, self.world.address, HOST).await.expect("TLS");
        let mut connection = Raw::over(stream);
        let bytes = http1(shot, &self.cookies[&row.who]);
        let exchange = async {
            connection.send(bytes).await;
            let answer = match shot.method {
                "HEAD" => connection.head().await,
                _ => connection.answer().await,
            };
            if row.outcome == NotSmuggled && !is_last(&answer) {
                // Whatever the gateway still holds comes out before the answer to this.
                connection
                    .send(format!("GET /end HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n"))
                    .await;
                connection.rest().await;
            }
            answer
        };
        match tokio::time::timeout(PATIENCE, exchange).await {
            Ok(answer) => answered(&answer),
            Err(_) => Answered { body: LATE.to_owned(), ..Answered::default() },
        }
    }

    /// What reached the upstream after so many requests and bytes.
    fn seen(&self, (count, bytes): (usize, u64)) -> Seen {
        let mut forwarded = self.recorder.since(count);
        let read: u64 = forwarded.iter().map(|request| request.head.len() as u64 + request.body_bytes).sum();
        forwarded.retain(|request| !request.is_question());
        Seen { forwarded, strays: self.recorder.received_bytes() - bytes - read }
    }

    fn now(&self) -> (usize, u64) {
        (self.recorder.count(), self.recorder.received_bytes())
    }

    /// Says what is wrong, if anything is.
    fn judge(&self, row: &Row, answer: &Answered, seen: &Seen, may_reset: bool) -> Result<(), String> {
        let status = answer.status;
        let is_challenge = answer.is_challenge(row.shot.method);
        let is_refused = |statuses: &[u16]| statuses.contains(&status) || may_reset && status == 0;
        let expect = |is_right: bool| if is_right { Ok(()) } else { Err("another answer".to_owned()) };
        let stayed_here = match row.outcome {
            Challenged | Refused(_) | ChallengedOrRefused(_) => true,
            OfNobody => is_challenge || is_refused(&[400]),
            _ => false,
        };
        if stayed_here && (!seen.forwarded.is_empty() || seen.strays > 0) {
            return Err(format!("{} bytes and requests reached the upstream", seen.strays));
        }
        match row.outcome {
            Challenged => expect(is_challenge),
            Refused(statuses) => expect(is_refused(statuses)),
            ChallengedOrRefused(statuses) => expect(is_challenge || is_refused(statuses)),
            OfNobody if stayed_here => Ok(()),
            Forwarded | ForwardedAlone | ForwardedAsStranger | OfNobody => {
                self.judge_forwarded(row, answer, seen)
            }
            NotSmuggled => judge_framed(answer, seen),
        }
    }

    fn judge_forwarded(&self, row: &Row, answer: &Answered, seen: &Seen) -> Result<(), String> {
        let [request] = seen.forwarded.as_slice() else {
            return Err(format!("{} requests were forwarded", seen.forwarded.len()));
        };
        let session = match (row.outcome, row.who) {
            (Forwarded, Who::Fresh) => Some(FRESH),
            (Forwarded, Who::Managed) => Some(MANAGED),
            _ => None,
        };
        let sent_token: Vec<&[u8]> = row
            .shot
            .lines
            .iter()
            .filter(|(name, _)| *name == "authorization")
            .map(|(_, value)| &value[..])
            .collect();
        let token: Vec<&[u8]> = request.header("authorization").into_iter().map(str::as_bytes).collect();
        let target = String::from_utf8_lossy(&row.shot.target).into_owned();
        let target = target.strip_prefix(&format!("http://{HOST}")).unwrap_or(&target);
        let head = request.head.to_lowercase();
        let problems = [
            (answer.status != 200, "the upstream's answer is not given"),
            (seen.strays > 0, "more than this request reached the upstream"),
            (request.target() != target, "another target"),
            (request.header("host").len() != 1, "not exactly one host"),
            (head.contains(FORGED), "a value of the client's under a name of ours"),
            (head.contains("postern-proof") || head.contains("postern-device"), "a cookie of ours"),
            (head.contains("os_username") || head.contains("os_password"), "a sign-in"),
            (row.outcome == Forwarded && request.session() != session, "another session"),
            (self.recorder.person(request).is_some() != session.is_some(), "somebody else's session"),
            (row.outcome == ForwardedAlone && token != sent_token, "another token"),
            (row.outcome != ForwardedAlone && !token.is_empty(), "a token"),
            (is_cookieless(row.outcome) && !request.header("cookie").is_empty(), "a cookie"),
        ];
        problems.iter().find(|(is_so, _)| *is_so).map_or(Ok(()), |(_, why)| Err((*why).to_owned()))
    }

    /// Sends all rows over both versions, and fails with all that went wrong. So many must be sent over each.
    async fn run(&self, rows: Vec<Row>, least: (usize, usize)) {
        let mut second = Http2::connect(&self.world, HOST).await;
        let (mut over_http1, mut over_http2, mut wrong) = (0, 0, String::new());
        for row in rows {
            let shot = filled_in(&row.shot);
            let before = self.now();
            let answer = self.over_http1(&row, &shot).await;
            over_http1 += 1;
            if let Err(why) = self.judge(&row, &answer, &self.seen(before), false) {
                report(&mut wrong, "HTTP/1.1", &row, &why, &answer);
            }
            let Some(request) = http2(&shot, &self.cookies[&row.who]).filter(|_| row.outcome != NotSmuggled)
            else {
                continue;
            };
            let before = self.now();
            let answer = tokio::time::timeout(PATIENCE, second.ask(request)).await.unwrap_or_default();
            over_http2 += 1;
            if let Err(why) = self.judge(&row, &answer, &self.seen(before), true) {
                report(&mut wrong, "HTTP/2", &row, &why, &answer);
            }
        }
        println!("{over_http1} rows over HTTP/1.1, {over_http2} of them over HTTP/2");
        assert!(wrong.is_empty(), "{wrong}");
        assert!(over_http1 >= least.0 && over_http2 >= least.1, "the corpus has shrunk");
        assert_eq!(self.world.mails().len(), 1, "t054: only who asked for a code got one");
    }
}

fn is_cookieless(outcome: Outcome) -> bool {
    matches!(outcome, ForwardedAlone | ForwardedAsStranger)
}

/// With the values of the sessions in its lines.
fn filled_in(shot: &Shot) -> Shot {
    let mut shot = shot.clone();
    for (_, value) in &mut shot.lines {
        if let Ok(text) = std::str::from_utf8(value) {
            *value = text.replace("{stale}", STALE).replace("{managed}", MANAGED).into_bytes();
        }
    }
    shot
}

fn answered(answer: &RawAnswer) -> Answered {
    let location = answer.header("location").to_owned();
    Answered { status: answer.status, location, body: answer.body.clone() }
}

fn is_last(answer: &RawAnswer) -> bool {
    answer.status == 0 || answer.header("connection").eq_ignore_ascii_case("close")
}

/// A request that was read in one way: itself, the one after it, and nothing that was inside. What the client breaks off
/// may break off before the upstream, too.
fn judge_framed(answer: &Answered, seen: &Seen) -> Result<(), String> {
    let own = seen.forwarded.iter().filter(|request| request.target() != "/end").count();
    let canary = seen.forwarded.iter().any(|request| request.target() == "/canary");
    let forged = seen.forwarded.iter().any(|request| request.head.contains(FORGED));
    match (own, answer.status) {
        _ if canary => Err("the canary was taken for a request".to_owned()),
        _ if forged => Err("a trailer became a header".to_owned()),
        _ if answer.body == LATE => Err("the request is still waited for".to_owned()),
        (0 | 1, 0 | 200 | 400 | 502) => Ok(()),
        _ => Err(format!("{own} requests were forwarded")),
    }
}

fn report(wrong: &mut String, version: &str, row: &Row, why: &str, answer: &Answered) {
    let mut bytes = http1(&filled_in(&row.shot), &format!("({:?})", row.who));
    bytes.truncate(600);
    let body: String = answer.body.chars().take(200).collect();
    let _ = writeln!(
        wrong,
        "{} over {version}: {why}\n  {}\n  expected {:?}, got {} {} {body}",
        row.id,
        bytes.escape_ascii(),
        row.outcome,
        answer.status,
        answer.location,
    );
}

#[tokio::test]
async fn t001_to_t026_no_spelling_of_path_host_or_method_gets_past() {
    Stage::set().await.run(routing::rows(), (210, 176)).await;
}

#[tokio::test]
async fn t027_to_t038_no_name_of_ours_is_spoken_by_a_client() {
    Stage::set().await.run(headers::rows(), (342, 304)).await;
}

#[tokio::test]
async fn t042_to_t055_a_lane_is_chosen_by_what_goes_on_and_by_no_claim() {
    Stage::set().await.run(lanes::rows(), (205, 184)).await;
}

#[tokio::test]
async fn t067_to_t069_what_is_judged_is_what_the_upstream_reads() {
    Stage::set().await.run(sessions::rows(), (29, 28)).await;
}

#[tokio::test]
async fn t161_to_t174_one_request_is_one_request() {
    Stage::set().await.run(framing::rows(), (140, 6)).await;
}
