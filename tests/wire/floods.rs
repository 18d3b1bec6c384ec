//! Floods of frames: the connection ends, and others are served as before.

use http::StatusCode;

use super::{assert_nothing_forwarded, liam};
use crate::support::client::Protocol;
use crate::support::frames::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, Frames, HEADERS, RST_STREAM, WINDOW_UPDATE, block, frame,
};
use crate::support::world::{JIRA, World};

const USUAL: [(&str, &str); 4] =
    [(":method", "GET"), (":scheme", "https"), (":authority", JIRA), (":path", "/browse/DEMO-1")];

/// Sends until the gateway takes no more, for so many rounds at most; says whether it ended the connection.
async fn flood(frames: &mut Frames, rounds: u32, round: impl Fn(u32) -> Vec<u8>) -> bool {
    for number in 0..rounds {
        if !frames.write(&round(number)).await {
            return true;
        }
    }
    frames.is_closed().await
}

#[tokio::test]
async fn t180_streams_that_are_reset_at_once_end_the_connection() {
    let world = World::over_tls().await;
    let mut liam = liam(&world, Protocol::Http2).await;
    let mut frames = Frames::connect(&world, JIRA, &[]).await;
    let head = block(&USUAL);
    let closed = flood(&mut frames, 2000, |round| {
        let streams = (0..50).map(|number| 2 * (50 * round + number) + 1);
        let both = |stream| {
            let mut bytes = frame(HEADERS, END_HEADERS | END_STREAM, stream, &head);
            bytes.extend(frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes()));
            bytes
        };
        streams.flat_map(both).collect()
    });
    assert!(closed.await);
    assert_eq!(liam.open("/browse/DEMO-1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn t181_a_head_that_never_ends_is_cut() {
    let world = World::over_tls().await;
    let mut frames = Frames::connect(&world, JIRA, &[]).await;
    frames.send(HEADERS, END_STREAM, 1, &block(&USUAL)).await;
    let part = block(&[("x", &"a".repeat(1000))]);
    assert!(flood(&mut frames, 10_000, |_| frame(CONTINUATION, 0, 1, &part)).await);
    let mut frames = Frames::connect(&world, JIRA, &[]).await;
    frames.send(HEADERS, END_STREAM, 1, &block(&USUAL)).await;
    assert!(flood(&mut frames, 10_000, |_| frame(CONTINUATION, 0, 1, &[])).await, "empty ones too");
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t182_a_small_block_that_unpacks_to_much_is_refused() {
    let world = World::over_tls().await;
    let mut frames = Frames::connect(&world, JIRA, &[]).await;
    // One field goes into the table, and is then named ten thousand times by a byte each.
    let mut bomb = block(&USUAL);
    bomb.push(0x40);
    let mut field = block(&[("x", &"a".repeat(3000))]);
    field.remove(0);
    bomb.extend(field);
    bomb.extend(vec![0xbe; 10_000]);
    frames.send(HEADERS, END_HEADERS | END_STREAM, 1, &bomb).await;
    let outcome = frames.outcome(1).await;
    assert!(outcome.is_refusal(), "{outcome:?}");
    assert_nothing_forwarded(&world);
}

#[tokio::test]
async fn t183_making_us_reset_streams_ends_the_connection() {
    let world = World::over_tls().await;
    let mut liam = liam(&world, Protocol::Http2).await;
    let mut frames = Frames::connect(&world, JIRA, &[]).await;
    let head = block(&USUAL);
    // More window than there can be is an error of the stream, which we have to reset (CVE-2025-8671).
    let closed = flood(&mut frames, 2000, |round| {
        let streams = (0..50).map(|number| 2 * (50 * round + number) + 1);
        let both = |stream| {
            let mut bytes = frame(HEADERS, END_HEADERS, stream, &head);
            bytes.extend(frame(WINDOW_UPDATE, 0, stream, &[0x7f, 0xff, 0xff, 0xff]));
            bytes
        };
        streams.flat_map(both).collect()
    });
    assert!(closed.await);
    assert_eq!(liam.open("/browse/DEMO-1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn t183_empty_frames_without_end_do_not_keep_others_from_being_served() {
    let world = World::over_tls().await;
    let mut liam = liam(&world, Protocol::Http2).await;
    let mut frames = Frames::connect(&world, JIRA, &[]).await;
    let post = [(":method", "POST"), (":scheme", "https"), (":authority", JIRA), (":path", "/login.jsp")];
    frames.ask(1, 0, &post).await;
    let many: Vec<u8> = (0..1000).flat_map(|_| frame(DATA, 0, 1, &[])).collect();
    for _ in 0..50 {
        if !frames.write(&many).await {
            break;
        }
    }
    assert_eq!(liam.open("/browse/DEMO-1").await.status, StatusCode::OK);
}
