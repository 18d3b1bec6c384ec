//! T173: HTTP/2 as RFC 9113 has it, a row for each thing that a client may do wrong, or oddly and right.
//!
//! A row is what is sent after the preface and what becomes of it. Where the standard makes an error of the stream, one of
//! the connection will do (section 5.4.1 leaves the choice); never the silence of neither. What a head itself may hold is
//! in `conformance_heads.rs`.

use std::time::Duration;

use crate::support::frames::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, Frames, GOAWAY, HEADERS, Outcome, PING, RST_STREAM,
    SETTINGS, WINDOW_UPDATE, block, frame,
};
use crate::support::world::{JIRA, World};

pub const PROTOCOL_ERROR: u32 = 1;
const FLOW_CONTROL_ERROR: u32 = 3;
pub const STREAM_CLOSED: u32 = 5;
const FRAME_SIZE_ERROR: u32 = 6;
const CANCEL: u32 = 8;
const COMPRESSION_ERROR: u32 = 9;

const PRIORITY: u8 = 2;
const PUSH_PROMISE: u8 = 5;
const UNKNOWN: u8 = 0x16;
const ACK: u8 = 1;
const PADDED: u8 = 8;
const WITH_PRIORITY: u8 = 0x20;

/// The largest frame that a client may send without being told of more.
const FRAME_BYTES: usize = 16_384;
const LARGEST_WINDOW: u32 = (1 << 31) - 1;
const FIRST_WINDOW: u32 = 65_535;
/// How long an error may take.
const PATIENCE: Duration = Duration::from_secs(5);
const STILL_THERE: &[u8; 8] = b"conforms";

/// Where the standard names one of these, `h2` ends the connection by `PROTOCOL_ERROR`. We leave it so: nothing of such a
/// connection is served after that, and the code is only for whoever mends the client.
const SIZE: &[u32] = &[FRAME_SIZE_ERROR, PROTOCOL_ERROR];
const WINDOW: &[u32] = &[FLOW_CONTROL_ERROR, PROTOCOL_ERROR];
const CLOSED: &[u32] = &[STREAM_CLOSED, PROTOCOL_ERROR];
pub const COMPRESSION: &[u32] = &[COMPRESSION_ERROR, PROTOCOL_ERROR];

/// What becomes of a row.
#[derive(Debug, Clone, Copy)]
pub enum Then {
    /// One of these errors, of the stream or of the connection.
    Error(&'static [u32]),
    /// Nothing: the connection answers a ping.
    Lives,
    /// The request on stream 1 is answered with 200.
    Answered,
    /// The request on stream 1 is not served.
    Refused,
}

use Then::{Answered, Error, Lives, Refused};

/// The section, what is sent, and what becomes of it.
pub type Row = (&'static str, Vec<u8>, Then);

/// The head of a request for one of our own pages, which nobody else is asked for.
pub const FIELDS: [(&str, &str); 4] =
    [(":method", "GET"), (":scheme", "https"), (":authority", JIRA), (":path", "/.postern/signed-out")];

/// A whole request.
fn request(stream: u32) -> Vec<u8> {
    frame(HEADERS, END_STREAM | END_HEADERS, stream, &block(&FIELDS))
}

/// A request whose body has not come.
pub fn open(stream: u32) -> Vec<u8> {
    let fields = [&[(":method", "POST")], &FIELDS[1..]].concat();
    frame(HEADERS, END_HEADERS, stream, &block(&fields))
}

fn settings(id: u16, value: u32) -> Vec<u8> {
    frame(SETTINGS, 0, 0, &[&id.to_be_bytes()[..], &value.to_be_bytes()].concat())
}

fn window(stream: u32, more: u32) -> Vec<u8> {
    frame(WINDOW_UPDATE, 0, stream, &more.to_be_bytes())
}

fn reset(stream: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes())
}

/// A head in two frames, of which `between` comes after the first.
fn split(between: &[u8], rest_on: u32) -> Vec<u8> {
    let whole = block(&FIELDS);
    let (first, rest) = whole.split_at(10);
    let first = frame(HEADERS, END_STREAM, 1, first);
    [&first, between, &frame(CONTINUATION, END_HEADERS, rest_on, rest)].concat()
}

fn then(frames: &[Vec<u8>]) -> Vec<u8> {
    frames.concat()
}

/// Tries each row on a connection of its own.
pub async fn try_all(rows: Vec<Row>) {
    let world = World::over_tls().await;
    let mut wrong = Vec::new();
    for (index, (section, sent, expected)) in rows.into_iter().enumerate() {
        let mut frames = Frames::connect(&world, JIRA, &[]).await;
        frames.write(&sent).await;
        let told = match expected {
            Answered | Refused => format!("{:?}", frames.outcome(1).await),
            Error(_) => {
                let error = tokio::time::timeout(PATIENCE, error(&mut frames)).await.ok().flatten();
                error.map_or("silence".to_owned(), |code| format!("error {code}"))
            }
            Lives => {
                frames.send(PING, 0, 0, STILL_THERE).await;
                lives(&mut frames).await
            }
        };
        let holds = match expected {
            Answered => told == format!("{:?}", Outcome::Answered(200)),
            Refused => told == "Reset" || told == "Ended" || told.starts_with("Answered(4"),
            Error(codes) => codes.iter().any(|code| told == format!("error {code}")),
            Lives => told == "it lives",
        };
        if !holds {
            wrong.push(format!("row {index}, section {section}: {told} instead of {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(world.jira.received().is_empty());
}

/// The code that a stream or the connection ends with. That a stream needs no more of its request is none.
async fn error(frames: &mut Frames) -> Option<u32> {
    while let Some(next) = frames.next().await {
        let code = match next.kind {
            GOAWAY => &next.payload[4..8],
            RST_STREAM => &next.payload[..4],
            _ => continue,
        };
        match u32::from_be_bytes(code.try_into().expect("four bytes")) {
            0 => {}
            code => return Some(code),
        }
    }
    None
}

async fn lives(frames: &mut Frames) -> String {
    while let Some(next) = frames.next().await {
        match next.kind {
            PING if next.flags & ACK != 0 && next.payload == STILL_THERE => return "it lives".to_owned(),
            GOAWAY => return format!("{next:?}"),
            _ => {}
        }
    }
    "an end".to_owned()
}

#[tokio::test]
async fn t173_frames_are_of_the_right_size_and_kind() {
    let large = vec![0; FRAME_BYTES + 1];
    try_all(vec![
        ("4.1 unknown kinds", frame(UNKNOWN, 0xff, 0, b"whatever"), Lives),
        ("4.1 unknown kinds on a stream", then(&[frame(UNKNOWN, 0, 1, b""), request(1)]), Answered),
        ("4.1 unknown flags", frame(PING, 0x16, 0, b"01234567"), Lives),
        ("4.1 the reserved bit", frame(PING, 0, 1 << 31, b"01234567"), Lives),
        ("4.2 the largest", then(&[open(1), frame(DATA, 0, 1, &large[1..])]), Lives),
        ("4.2 DATA too large", then(&[open(1), frame(DATA, 0, 1, &large)]), Error(&[FRAME_SIZE_ERROR])),
        ("4.2 HEADERS too large", frame(HEADERS, END_HEADERS, 1, &large), Error(&[FRAME_SIZE_ERROR])),
        ("4.2 SETTINGS too large", frame(SETTINGS, 0, 0, &large[..].repeat(6)), Error(&[FRAME_SIZE_ERROR])),
        ("4.2 unknown and too large", frame(UNKNOWN, 0, 0, &large), Error(&[FRAME_SIZE_ERROR])),
        ("6.1 DATA of nobody", frame(DATA, 0, 0, b"x"), Error(&[PROTOCOL_ERROR])),
        (
            "6.1 padding of all",
            then(&[open(1), frame(DATA, PADDED, 1, b"\x05....")]),
            Error(&[PROTOCOL_ERROR]),
        ),
        ("6.1 padding alone", then(&[open(1), frame(DATA, PADDED, 1, b"\x04....")]), Lives),
        (
            "6.1 no pad length",
            then(&[open(1), frame(DATA, PADDED, 1, b"")]),
            Error(&[PROTOCOL_ERROR, FRAME_SIZE_ERROR]),
        ),
        ("6.2 HEADERS of nobody", frame(HEADERS, END_HEADERS, 0, &block(&FIELDS)), Error(&[PROTOCOL_ERROR])),
        (
            "6.2 padding of all",
            frame(HEADERS, END_HEADERS | PADDED, 1, b"\x08\x82"),
            Error(&[PROTOCOL_ERROR]),
        ),
        ("6.3 PRIORITY of nobody", frame(PRIORITY, 0, 0, &[0, 0, 0, 3, 9]), Error(&[PROTOCOL_ERROR])),
        ("6.4 RST_STREAM of nobody", reset(0), Error(&[PROTOCOL_ERROR])),
        ("6.4 RST_STREAM of three bytes", then(&[open(1), frame(RST_STREAM, 0, 1, b"123")]), Error(SIZE)),
        ("6.6 PUSH_PROMISE", frame(PUSH_PROMISE, END_HEADERS, 1, &[0, 0, 0, 2]), Error(&[PROTOCOL_ERROR])),
        ("6.7 PING of a stream", frame(PING, 0, 1, b"01234567"), Error(&[PROTOCOL_ERROR])),
        ("6.7 PING of six bytes", frame(PING, 0, 0, b"012345"), Error(SIZE)),
        ("6.7 a PING's answer unasked", frame(PING, ACK, 0, b"01234567"), Lives),
        ("6.8 GOAWAY of a stream", frame(GOAWAY, 0, 1, &[0; 8]), Error(&[PROTOCOL_ERROR])),
        ("6.8 GOAWAY, and what was asked", then(&[request(1), frame(GOAWAY, 0, 0, &[0; 8])]), Answered),
        ("6.9 WINDOW_UPDATE of three bytes", frame(WINDOW_UPDATE, 0, 0, b"123"), Error(SIZE)),
    ])
    .await;
}

#[tokio::test]
async fn t173_settings_are_held_to_their_ranges() {
    try_all(vec![
        ("6.5 an answer with content", frame(SETTINGS, ACK, 0, &[0; 6]), Error(SIZE)),
        ("6.5 of a stream", frame(SETTINGS, 0, 1, &[]), Error(&[PROTOCOL_ERROR])),
        ("6.5 of five bytes", frame(SETTINGS, 0, 0, &[0; 5]), Error(SIZE)),
        ("6.5.2 push neither on nor off", settings(2, 2), Error(&[PROTOCOL_ERROR])),
        ("6.5.2 a window too large", settings(4, LARGEST_WINDOW + 1), Error(WINDOW)),
        ("6.5.2 frames too small", settings(5, 16_383), Error(&[PROTOCOL_ERROR])),
        ("6.5.2 frames too large", settings(5, 1 << 24), Error(&[PROTOCOL_ERROR])),
        ("6.5.2 unknown", settings(0xff, 7), Lives),
        ("6.5.3 twice the same", then(&[settings(3, 100), settings(3, 1), request(1)]), Answered),
        ("6.9 no more window", window(0, 0), Error(&[PROTOCOL_ERROR])),
        ("6.9 no more window of a stream", then(&[open(1), window(1, 0)]), Error(&[PROTOCOL_ERROR])),
        (
            "6.9.1 too much window",
            then(&[window(0, LARGEST_WINDOW), window(0, 1)]),
            Error(&[FLOW_CONTROL_ERROR]),
        ),
        ("6.9.1 of a stream", then(&[open(1), window(1, LARGEST_WINDOW)]), Error(&[FLOW_CONTROL_ERROR])),
        (
            "6.9.2 by a setting",
            then(&[open(1), window(1, LARGEST_WINDOW - FIRST_WINDOW), settings(4, FIRST_WINDOW + 1)]),
            Error(&[FLOW_CONTROL_ERROR]),
        ),
        (
            "6.9.2 a window of nothing, then of some",
            then(&[settings(4, 0), request(1), settings(4, 9)]),
            Answered,
        ),
    ])
    .await;
}

#[tokio::test]
async fn t173_a_stream_has_its_states_and_its_number() {
    let data = |stream| frame(DATA, END_STREAM, stream, b"x");
    let priority = |stream, on: u32| frame(PRIORITY, 0, stream, &[&on.to_be_bytes()[..], &[9]].concat());
    try_all(vec![
        ("5.1 idle: DATA", data(1), Error(&[PROTOCOL_ERROR])),
        ("5.1 idle: RST_STREAM", reset(1), Error(&[PROTOCOL_ERROR])),
        ("5.1 idle: WINDOW_UPDATE", window(1, 100), Error(&[PROTOCOL_ERROR])),
        (
            "5.1 idle: CONTINUATION",
            frame(CONTINUATION, END_HEADERS, 1, &block(&FIELDS)),
            Error(&[PROTOCOL_ERROR]),
        ),
        ("5.1 idle: PRIORITY", then(&[priority(1, 0), request(1)]), Answered),
        ("5.1 half-closed: DATA", then(&[request(1), data(1)]), Error(CLOSED)),
        ("5.1 half-closed: HEADERS", then(&[request(1), request(1)]), Error(CLOSED)),
        (
            "5.1 half-closed: CONTINUATION",
            then(&[request(1), frame(CONTINUATION, END_HEADERS, 1, &block(&FIELDS))]),
            Error(CLOSED),
        ),
        ("5.1 half-closed: WINDOW_UPDATE", then(&[request(1), window(1, 100)]), Answered),
        ("5.1 half-closed: PRIORITY", then(&[request(1), priority(1, 0)]), Answered),
        ("5.1 closed: DATA", then(&[open(1), reset(1), data(1)]), Error(CLOSED)),
        ("5.1 closed: HEADERS", then(&[open(1), reset(1), request(1)]), Error(CLOSED)),
        ("5.1 closed: PRIORITY", then(&[open(1), reset(1), priority(1, 0)]), Lives),
        ("5.1 closed: WINDOW_UPDATE", then(&[open(1), reset(1), window(1, 100)]), Lives),
        ("5.1 closed: RST_STREAM", then(&[open(1), reset(1), reset(1)]), Lives),
        ("5.1.1 an even number", request(2), Error(&[PROTOCOL_ERROR])),
        ("5.1.1 a lower number", then(&[open(5), request(3)]), Error(CLOSED)),
        ("5.3 PRIORITY on itself", then(&[open(1), priority(1, 1)]), Error(&[PROTOCOL_ERROR])),
        (
            "5.3 HEADERS on itself",
            frame(HEADERS, END_HEADERS | WITH_PRIORITY, 1, &[&[0, 0, 0, 1, 9][..], &block(&FIELDS)].concat()),
            Error(&[PROTOCOL_ERROR]),
        ),
        (
            "5.3 HEADERS on another",
            frame(
                HEADERS,
                END_STREAM | END_HEADERS | WITH_PRIORITY,
                1,
                &[&[0, 0, 0, 9, 9][..], &block(&FIELDS)].concat(),
            ),
            Answered,
        ),
        ("6.2 a head in pieces", split(&[], 1), Answered),
        ("6.2 a PING in between", split(&frame(PING, 0, 0, b"01234567"), 1), Error(&[PROTOCOL_ERROR])),
        ("6.2 DATA in between", split(&data(1), 1), Error(&[PROTOCOL_ERROR])),
        ("6.2 another stream in between", split(&request(3), 1), Error(&[PROTOCOL_ERROR])),
        ("5.5 an unknown kind in between", split(&frame(UNKNOWN, 0, 1, b"x"), 1), Error(&[PROTOCOL_ERROR])),
        ("6.10 CONTINUATION of another stream", split(&[], 3), Error(&[PROTOCOL_ERROR])),
        ("6.10 CONTINUATION of nobody", split(&[], 0), Error(&[PROTOCOL_ERROR])),
    ])
    .await;
}
