//! Request bodies on their way to a product: streamed, bounded, asked for only once the request may go on.

use std::time::Duration;

use super::{HOST, before_recorder, connect, head};
use crate::support::process::Installation;
use crate::support::raw::{Raw, ask};
use crate::support::recorder::{Recorder, Step};

const MEBIBYTE: usize = 1024 * 1024;

fn code(body: &str) -> serde_json::Value {
    serde_json::from_str::<serde_json::Value>(body).map_or_else(|_| body.into(), |body| body["code"].clone())
}

#[tokio::test]
async fn a_body_that_announces_too_much_is_refused_unread() {
    let (world, recorder) = before_recorder("max_body = \"1KiB\"").await;
    for lines in ["Content-Length: 1025\r\n", "Content-Length: 1025\r\nExpect: 100-continue\r\n"] {
        let mut connection = connect(&world).await;
        connection.send(head("POST", "/upload", lines)).await;
        let answer = connection.answer().await;
        assert_eq!((answer.status, code(&answer.body)), (413, "body-too-large".into()), "{lines}");
        assert_eq!(answer.header("connection"), "close");
        connection.send("x".repeat(1025)).await;
        assert!(connection.is_closed().await, "what comes after is no request");
    }
    assert!(recorder.forwarded().is_empty());
    let request = head("POST", "/upload", "Content-Length: 1024\r\n") + &"x".repeat(1024);
    assert_eq!(ask(world.address, request).await.status, 200, "the bound itself passes");
}

#[tokio::test]
async fn a_body_that_grows_too_large_is_cut_and_never_looks_whole() {
    let (world, recorder) = before_recorder("max_body = \"1KiB\"").await;
    let mut connection = connect(&world).await;
    let chunk = format!("200\r\n{}\r\n", "x".repeat(0x200));
    connection.send(head("POST", "/upload", "Transfer-Encoding: chunked\r\n") + &chunk.repeat(2)).await;
    recorder.until(|recorder| recorder.forwarded().iter().any(|request| request.body_bytes == 1024)).await;
    connection.send("1\r\nx\r\n0\r\n\r\n").await;
    let answer = connection.answer().await;
    assert_eq!((answer.status, code(&answer.body)), (413, "body-too-large".into()), "{answer:?}");
    assert!(connection.is_closed().await);
    let cut = recorder.forwarded().remove(0);
    recorder.until(|recorder| recorder.connections()[cut.connection].ended).await;
    assert!(!recorder.forwarded()[0].is_whole());
    assert_eq!(recorder.connections()[cut.connection].broken.as_deref(), Some("half a body"));
    let request = head("POST", "/upload", "Transfer-Encoding: chunked\r\n") + &chunk.repeat(2) + "0\r\n\r\n";
    assert_eq!(ask(world.address, request).await.status, 200, "the bound itself passes");
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_of_a_body_leaves_half_a_request() {
    let (world, recorder) = before_recorder("").await;
    for lines in ["Content-Length: 100\r\n", "Transfer-Encoding: chunked\r\n"] {
        let mut connection = connect(&world).await;
        connection.send(head("POST", "/upload", lines) + "5\r\nhello\r\n").await;
        let before = recorder.connections().len();
        recorder.until(|recorder| recorder.forwarded().last().is_some_and(|last| last.body_bytes > 0)).await;
        drop(connection);
        recorder.until(|recorder| recorder.connections().iter().all(|connection| connection.ended)).await;
        assert!(recorder.connections().len() <= before + 1);
        assert!(!recorder.forwarded().last().expect("a request").is_whole(), "{lines}");
    }
}

#[tokio::test]
async fn a_body_is_asked_for_only_when_its_request_goes_on() {
    let (world, recorder) = before_recorder("").await;
    let mut connection = connect(&world).await;
    connection.send(head("POST", "/upload", "Content-Length: 5\r\nExpect: 100-continue\r\n")).await;
    assert_eq!(connection.answer().await.status, 100);
    connection.send("hello").await;
    assert_eq!(connection.answer().await.status, 200);
    let reached = &recorder.forwarded()[0];
    assert_eq!(reached.body_bytes, 5);
    assert!(reached.header("expect").is_empty(), "the promise is ours alone");
}

#[tokio::test]
async fn twenty_mebibytes_pass_in_both_directions_and_in_both_framings() {
    let (world, recorder) = before_recorder("").await;
    let size = 20 * MEBIBYTE;
    let piece = vec![b'x'; MEBIBYTE];
    recorder.script(
        "/download",
        [
            Step::send(format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n")),
            Step::Repeat(piece.clone(), 20),
        ],
    );
    let mut connection = connect(&world).await;
    for chunked in [false, true] {
        upload(&mut connection, &piece, 20, chunked).await;
        let answer = connection.answer().await;
        let seen: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!((answer.status, &seen["body_bytes"]), (200, &size.into()), "chunked: {chunked}");
    }
    connection.send(head("GET", "/download", "")).await;
    assert_eq!(connection.answer().await.body.len(), size);
}

#[tokio::test]
#[ignore = "moves half a gigabyte"]
async fn a_quarter_of_a_gigabyte_passes_both_ways_without_growth() {
    let recorder = Recorder::start().await;
    let installation = Installation::before(recorder.address, &recorder.site(HOST, ""));
    assert_eq!(installation.command(&["init"]).await.code, Some(0));
    let gateway = installation.start().await;
    let size = 250 * MEBIBYTE;
    let piece = vec![b'x'; MEBIBYTE];
    let download = format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n");
    recorder.script("/download", [Step::send(download), Step::Repeat(piece.clone(), 250)]);
    let mut connection = Raw::connect(gateway.address).await;
    connection.send(head("GET", "/small", "")).await;
    assert_eq!(connection.answer().await.status, 200);
    let before = resident_kibibytes(gateway.process.id());
    upload(&mut connection, &piece, 250, false).await;
    connection.within(Duration::from_secs(120));
    let answer = connection.answer().await;
    let seen: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!((answer.status, &seen["body_bytes"]), (200, &size.into()));
    connection.send(head("GET", "/download", "")).await;
    assert_eq!(connection.answer().await.body.len(), size);
    // The most it ever held, not what it holds now.
    let grown = resident_kibibytes(gateway.process.id()).saturating_sub(before);
    assert!(grown < 32 * 1024, "it grew by {grown} KiB");
}

#[tokio::test]
#[ignore = "waits for the minute that a silent client has"]
async fn t177_a_silent_body_is_cut_within_its_minute() {
    let (world, recorder) = before_recorder("").await;
    let mut connection = connect(&world).await;
    connection.within(Duration::from_secs(75));
    connection.send(head("POST", "/upload", "Content-Length: 100\r\n") + "hello").await;
    let answer = connection.answer().await;
    assert_eq!((answer.status, code(&answer.body)), (408, "body-stalled".into()), "{answer:?}");
    assert!(connection.is_closed().await);
    recorder.until(|recorder| recorder.connections()[0].ended).await;
    assert!(!recorder.forwarded()[0].is_whole());
}

async fn upload(connection: &mut Raw, piece: &[u8], times: usize, chunked: bool) {
    let length = piece.len() * times;
    let framing = match chunked {
        true => "Transfer-Encoding: chunked\r\n".to_owned(),
        false => format!("Content-Length: {length}\r\n"),
    };
    connection.send(head("POST", "/upload", &framing)).await;
    for _ in 0..times {
        if chunked {
            connection.send(format!("{:x}\r\n", piece.len())).await;
        }
        connection.send(piece).await;
        if chunked {
            connection.send("\r\n").await;
        }
    }
    if chunked {
        connection.send("0\r\n\r\n").await;
    }
}

/// The most memory that a process ever held (`proc_pid_status(5)`).
fn resident_kibibytes(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a line");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
}
