//! T171: products that answer badly. Whoever asked sees a failure; whoever asks next sees their own answer.

use std::sync::Arc;

use tokio::sync::Notify;

use super::{HOST, before_recorder, connect, head};
use crate::support::raw::ask;
use crate::support::recorder::{Recorder, Step};
use crate::support::world::World;

/// What must never be seen by whoever asks next.
const FOREIGN: &str = "somebody else's page";

fn foreign() -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{FOREIGN}", FOREIGN.len())
}

/// Several others ask, and get what is theirs.
async fn assert_others_unharmed(world: &World, what: &str) {
    for nonce in 0..3 {
        let answer = ask(world.address, head("GET", "/next", &format!("X-Nonce: n{nonce}\r\n"))).await;
        assert_eq!(answer.status, 200, "{what}: {answer:?}");
        assert!(answer.body.contains(&format!("\"n{nonce}\"")), "{what}: {answer:?}");
    }
}

#[tokio::test]
async fn t171_two_answers_to_one_request_are_one_answer() {
    let (world, recorder) = before_recorder("").await;
    for (index, first) in [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n",
    ]
    .into_iter()
    .enumerate()
    {
        recorder.answer("/two", format!("{first}{}", foreign()));
        let answer = ask(world.address, head("GET", "/two", "")).await;
        assert!([200, 204, 304].contains(&answer.status) && !answer.body.contains(FOREIGN), "{answer:?}");
        recorder.until(|recorder| recorder.connections().len() > index).await;
        assert_others_unharmed(&world, first).await;
    }
    // Each connection with too many bytes was given up.
    recorder.until(|recorder| recorder.connections().iter().filter(|one| one.ended).count() >= 4).await;
}

#[tokio::test]
async fn t171_bytes_on_an_idle_connection_end_it() {
    let (world, recorder) = before_recorder("").await;
    let late = Arc::new(Notify::new());
    let first = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    recorder.script("/late", [Step::send(first), Step::Wait(Arc::clone(&late)), Step::send(foreign())]);
    assert_eq!(ask(world.address, head("GET", "/late", "")).await.body, "ok");
    late.notify_one();
    recorder.until(|recorder| recorder.connections()[0].ended).await;
    assert_others_unharmed(&world, "late bytes").await;
}

#[tokio::test]
async fn t171_an_answer_that_is_shorter_than_its_word_never_looks_whole() {
    let (world, recorder) = before_recorder("").await;
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nz\r\n",
    ] {
        recorder.script("/short", [Step::send(answer), Step::Close]);
        let mut connection = connect(&world).await;
        connection.send(head("GET", "/short", "")).await;
        let seen = String::from_utf8(connection.rest().await).expect("text");
        assert!(seen.contains("half") && !seen.ends_with("0\r\n\r\n"), "{seen}");
        assert_others_unharmed(&world, answer).await;
    }
}

#[tokio::test]
async fn t171_an_answer_that_can_be_read_in_two_ways_is_refused() {
    let (world, recorder) = before_recorder("").await;
    for lines in [
        "Content-Length: 2\r\nTransfer-Encoding: chunked",
        "Content-Length: 2\r\nContent-Length: 3",
        "Content-Length: 2\r\nContent-Length: 2",
        "Content-Length: 2, 2",
        "Content-Length: -2",
        "Content-Length: 99999999999999999999",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "X: a\rSet-Cookie: x=y",
        "X: a\0b",
        "X : a",
        " X: folded",
        "no field",
    ] {
        let answer = format!("HTTP/1.1 200 OK\r\n{lines}\r\n\r\n2\r\nok\r\n0\r\n\r\n{}", foreign());
        recorder.answer("/odd", answer);
        let answer = ask(world.address, head("GET", "/odd", "")).await;
        assert_eq!(answer.status, 502, "{lines:?}: {answer:?}");
        assert!(answer.body.contains("upstream-unreachable"), "{lines:?}: {answer:?}");
        assert_others_unharmed(&world, lines).await;
    }
    for answer in ["", "\r\n\r\n", "HTTP/0.9 200 OK\r\n\r\n", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 99 -\r\n\r\n"]
    {
        recorder.script("/odd", [Step::send(answer), Step::Close]);
        assert_eq!(ask(world.address, head("GET", "/odd", "")).await.status, 502, "{answer:?}");
        assert_others_unharmed(&world, answer).await;
    }
}

#[tokio::test]
async fn t171_an_upgrade_that_nobody_asked_for_is_refused() {
    let (world, recorder) = before_recorder("").await;
    recorder.answer(
        "/odd",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    );
    assert_eq!(ask(world.address, head("GET", "/odd", "")).await.status, 502);
    assert_others_unharmed(&world, "101").await;
}

#[tokio::test]
async fn t171_a_flood_of_interim_answers_harms_nobody_else() {
    let (world, recorder) = before_recorder("").await;
    let hint = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";
    recorder.answer("/hints", hint.repeat(100) + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let answer = ask(world.address, head("GET", "/hints", "")).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "ok"), "{answer:?}");
    recorder.script("/flood", [Step::Flood(hint.repeat(100).into_bytes())]);
    let mut flooded = connect(&world).await;
    flooded.send(head("GET", "/flood", "")).await;
    recorder.until(|recorder| recorder.forwarded().iter().any(|one| one.target() == "/flood")).await;
    assert_others_unharmed(&world, "flood").await;
    drop(flooded);
    recorder.until(|recorder| recorder.connections().iter().any(|one| one.ended)).await;
}

#[tokio::test]
async fn t171_a_head_without_end_is_refused() {
    let (world, recorder) = before_recorder("").await;
    let head_without_end = format!("HTTP/1.1 200 OK\r\n{}", "X: y\r\n".repeat(100_000));
    recorder.script("/endless", [Step::send(head_without_end), Step::Flood(b"X: y\r\n".repeat(1000))]);
    assert_eq!(ask(world.address, head("GET", "/endless", "")).await.status, 502);
    assert_others_unharmed(&world, "a head without end").await;
}

#[tokio::test]
async fn an_old_product_is_served_to_new_clients() {
    let (world, recorder) = before_recorder("").await;
    recorder.script("/old", [Step::send("HTTP/1.0 200 OK\r\n\r\nold"), Step::Close]);
    let answer = ask(world.address, head("GET", "/old", "")).await;
    assert_eq!((answer.head[0].as_str(), answer.body.as_str()), ("HTTP/1.1 200 OK", "old"));
    assert_eq!(answer.header("transfer-encoding"), "chunked", "its end is said, not guessed");
}

#[tokio::test]
async fn a_product_that_does_not_answer_costs_its_own_request_alone() {
    let recorder = Recorder::start().await;
    let world = World::with(&recorder.site(HOST, "")).await;
    recorder.script("/silent", [Step::Wait(Arc::new(Notify::new()))]);
    let mut silent = connect(&world).await;
    silent.send(head("GET", "/silent", "")).await;
    recorder.until(|recorder| !recorder.forwarded().is_empty()).await;
    assert_others_unharmed(&world, "silence").await;
    drop(silent);
    recorder.until(|recorder| recorder.connections().iter().filter(|one| !one.ended).count() <= 2).await;
}
