//! T172: many people at once over shared connections, many of them leaving early. Every answer is its sender's.

use std::sync::Arc;

use super::{HOST, before_recorder};
use crate::support::raw::Raw;
use crate::support::recorder::{Recorder, Step};
use crate::support::world::World;

const USERS: usize = 50;

/// Numbers that are the same in every run (a linear congruential generator).
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// One user, whose every request names the user and itself; some have bodies, and some are left before their answer.
async fn user(world: Arc<World>, number: usize, requests: usize) -> usize {
    let mut draw = Draw(number as u64);
    let mut connection = Raw::connect(world.address).await;
    let mut answered = 0;
    for request in 0..requests {
        let nonce = format!("user-{number}-request-{request}");
        connection.send(text(number, &nonce, &mut draw)).await;
        match draw.below(8) {
            // Away before the answer, at once or after a moment, with whatever of it was on its way.
            0 => connection = Raw::connect(world.address).await,
            1 => {
                tokio::task::yield_now().await;
                connection = Raw::connect(world.address).await;
            }
            _ => {
                let answer = connection.answer().await;
                if answer.status == 0 || answer.status == 502 {
                    // The upstream hung up on it, see below.
                    connection = Raw::connect(world.address).await;
                    continue;
                }
                let seen: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
                assert_eq!(seen["nonce"], serde_json::json!([nonce]), "{answer:?}");
                assert_eq!(seen["person"].as_str(), number.is_multiple_of(2).then_some("liam"), "{answer:?}");
                answered += 1;
            }
        }
    }
    answered
}

fn text(number: usize, nonce: &str, draw: &mut Draw) -> String {
    let credential = match number % 2 {
        0 => format!("Cookie: JSESSIONID=liam-{number}\r\n"),
        _ => format!("Authorization: Bearer user-{number}\r\n"),
    };
    let lines = format!("Host: {HOST}\r\n{credential}X-Nonce: {nonce}\r\n");
    match draw.below(16) {
        kind @ 0..4 => {
            // One in four is too long for a single read on either side.
            let most = if kind == 0 { 20_000 } else { 200 };
            let body = "x".repeat(usize::try_from(draw.below(most)).expect("a small number"));
            format!("POST /x HTTP/1.1\r\n{lines}Content-Length: {}\r\n\r\n{body}", body.len())
        }
        4 => format!("GET /hang-up HTTP/1.1\r\n{lines}\r\n"),
        5 => {
            format!("POST /half HTTP/1.1\r\n{lines}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
        }
        _ => format!("GET /x HTTP/1.1\r\n{lines}\r\n"),
    }
}

async fn nobody_gets_another_ones_answer(requests: usize) {
    let (world, recorder) = before_recorder("").await;
    let world = Arc::new(world);
    for number in (0..USERS).step_by(2) {
        recorder.knows(&format!("liam-{number}"), "liam");
    }
    break_some(&recorder);
    let users = (0..USERS).map(|number| tokio::spawn(user(Arc::clone(&world), number, requests)));
    let answered: usize = futures_util::future::join_all(users)
        .await
        .into_iter()
        .map(|answered| answered.expect("no answer was another one's"))
        .sum();
    assert!(answered > USERS * requests / 2, "{answered} were answered");
    let (connections, asked) = (recorder.connections(), recorder.forwarded().len());
    let opened = connections.len();
    assert!(opened * 2 < asked, "connections were shared: {opened} for {asked} requests");
    let broken = |why: &str| connections.iter().any(|one| one.broken.as_deref() == Some(why));
    assert!(!broken("half a head") && !broken("an unclear framing"), "only bodies are ever left unfinished");
}

/// Some pages end their connection instead of an answer, or in the middle of one.
fn break_some(recorder: &Recorder) {
    recorder.script("/hang-up", [Step::Close]);
    recorder.script("/half", [Step::send("HTTP/1.1 200 OK\r\nContent-Le"), Step::Close]);
}

#[tokio::test]
async fn t172_every_answer_is_its_senders() {
    nobody_gets_another_ones_answer(20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "half a million requests"]
async fn t172_every_answer_is_its_senders_for_long() {
    nobody_gets_another_ones_answer(10_000).await;
}
