//! T172: many people at once, by every way and with every kind of credential, over shared connections to an upstream that
//! fails, many of them leaving early. Every answer is its sender's.

use std::sync::atomic::Ordering::Relaxed;

use super::user::{Tally, Tongue, User};
use super::{Stage, name};
use crate::support::client::Protocol;

const USERS: usize = 50;
/// Print this with what went wrong, and it can be had again; another one is tried by `POSTERN_SOAK_SEED`.
const SEED: u64 = 172;

async fn nobody_gets_another_ones_answer(requests: u64) {
    let seed = std::env::var("POSTERN_SOAK_SEED").map_or(SEED, |seed| seed.parse().expect("a number"));
    let stage = Stage::start().await;
    let mut users = tokio::task::JoinSet::new();
    for number in 0..USERS {
        let proof = match number % 5 {
            1 => proof(&stage, number).await,
            _ => String::new(),
        };
        // Each sort of person speaks each tongue.
        let tongue = Tongue::ALL[number / 5 % Tongue::ALL.len()];
        let mut user = User::new(&stage.door, Stage::asker(number, 0, &proof), tongue, number, seed);
        users.spawn(async move {
            while user.asked() < requests {
                user.ask().await;
            }
            user.tally
        });
    }
    let mut tally = Tally::default();
    while let Some(user) = users.join_next().await {
        match user {
            Ok(user) => tally = tally.with(user),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
    let seen = &stage.echo.seen;
    let (connections, forwarded) =
        (seen.connections.load(Relaxed), seen.requests.load(Relaxed) - seen.questions.load(Relaxed));
    println!("seed {seed}: {tally:?}; {forwarded} were forwarded over {connections} connections");
    let all = requests * USERS as u64;
    assert!(tally.answered > all * 3 / 4, "{tally:?}");
    assert!(
        tally.unlucky < all / 50,
        "the upstream closes connections now and then, and that is rare: {tally:?}"
    );
    assert!(tally.left > all / 100 && tally.failed > all / 100, "{tally:?}");
    assert!(connections * 2 < forwarded, "connections were shared: {connections} for {forwarded} requests");
    assert_eq!(seen.broken.load(Relaxed), 0, "only bodies are ever left unfinished");
}

/// The cookies of a proof.
async fn proof(stage: &Stage, number: usize) -> String {
    let mut browser = stage.verified(&name(number), Protocol::Http1).await;
    browser.cookies.remove("JSESSIONID");
    browser.cookie_header()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t172_every_answer_is_its_senders() {
    nobody_gets_another_ones_answer(20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "half a million requests, some minutes"]
async fn t172_every_answer_of_half_a_million_is_its_senders() {
    nobody_gets_another_ones_answer(10_000).await;
}
