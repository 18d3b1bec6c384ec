//! T173: the heads of HTTP/2, compressed as RFC 7541 has it and read as RFC 9113 section 8 does. `conformance.rs` has the
//! frames around them.

use super::conformance::{COMPRESSION, FIELDS, PROTOCOL_ERROR, Row, STREAM_CLOSED, Then, open, try_all};
use crate::support::frames::{DATA, END_HEADERS, END_STREAM, HEADERS, block, frame};

use Then::{Answered, Error, Lives, Refused};

fn head(block: &[u8]) -> Vec<u8> {
    frame(HEADERS, END_STREAM | END_HEADERS, 1, block)
}

/// Our usual head, then these bytes of the compressed form.
fn and(rest: &[u8]) -> Vec<u8> {
    head(&[&block(&FIELDS), rest].concat())
}

/// Our usual head with other fields: those of the same name take their places, and the others come last.
fn with(fields: &[(&'static str, &'static str)]) -> Vec<u8> {
    let named = |name: &str| fields.iter().find(|(other, _)| *other == name);
    let usual = FIELDS.iter().map(|field| *named(field.0).unwrap_or(field));
    let more = fields.iter().filter(|(name, _)| !FIELDS.iter().any(|field| field.0 == *name));
    head(&block(&usual.chain(more.copied()).collect::<Vec<_>>()))
}

fn without(name: &str) -> Vec<u8> {
    head(&block(&FIELDS.into_iter().filter(|field| field.0 != name).collect::<Vec<_>>()))
}

#[tokio::test]
async fn t173_a_head_is_unpacked_in_one_way_or_not_at_all() {
    let bad = Error(COMPRESSION);
    let rows: Vec<Row> = vec![
        ("7541 2.3.3 index 0", and(&[0x80]), bad),
        ("7541 2.3.3 an index beyond the tables", and(&[0xff, 0x80, 0x01]), bad),
        ("7541 2.3.3 a name beyond the tables", and(&[0x7f, 0x80, 0x01, 1, b'x']), bad),
        ("7541 4.2 a new size after a field", and(&[0x20]), bad),
        ("7541 4.2 a new size before all", head(&[&[0x20][..], &block(&FIELDS)].concat()), Answered),
        ("7541 6.3 a size beyond the limit", head(&[&[0x3f, 0xe2, 0x7f][..], &block(&FIELDS)].concat()), bad),
        ("7541 5.1 a number without an end", and(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), bad),
        ("7541 5.2 a text longer than the head", and(&[0, 1, b'x', 9, b'y']), bad),
        ("7541 5.2 padding of eight bits", and(&[0, 1, b'x', 0x82, 0x1f, 0xff]), bad),
        ("7541 5.2 padding with zeros", and(&[0, 1, b'x', 0x81, 0x18]), bad),
        ("7541 5.2 the end of all texts within one", and(&[0, 1, b'x', 0x84, 0xff, 0xff, 0xff, 0xff]), bad),
        ("7541 5.2 a text in Huffman's code", and(&[0, 1, b'x', 0x81, 0x1f]), Answered),
        ("7541 6.2.2 half a field", and(&[0]), bad),
    ];
    try_all(rows).await;
}

#[tokio::test]
async fn t173_a_head_that_is_no_request_is_not_served() {
    let trailers = |fields: &[(&str, &str)], flags| {
        [open(1), frame(HEADERS, END_HEADERS | flags, 1, &block(fields))].concat()
    };
    let body = |length: &'static str, data: &[u8]| {
        let fields = [&[(":method", "POST")], &FIELDS[1..], &[("content-length", length)]].concat();
        [frame(HEADERS, END_HEADERS, 1, &block(&fields)), frame(DATA, END_STREAM, 1, data)].concat()
    };
    let rows: Vec<Row> = vec![
        ("8.1 trailers that do not end", trailers(&[("x", "y")], 0), Error(&[PROTOCOL_ERROR])),
        // An error by the standard. `h2` drops the path; the request keeps its own, and no trailer leaves here anyway.
        ("8.1 trailers with a path", trailers(&[(":path", "/")], END_STREAM), Lives),
        ("8.1.1 more than announced", body("1", b"xy"), Error(&[PROTOCOL_ERROR, STREAM_CLOSED])),
        ("8.1.1 less than announced", body("3", b"xy"), Error(&[PROTOCOL_ERROR])),
        ("8.2.1 a capital letter", with(&[("X-Test", "y")]), Refused),
        ("8.2.1 a space in a name", with(&[("x test", "y")]), Refused),
        ("8.2.1 a colon in a name", with(&[("x:test", "y")]), Refused),
        ("8.2.1 a line break in a value", with(&[("x-test", "a\r\nb: c")]), Refused),
        ("8.2.1 a zero in a value", with(&[("x-test", "a\0b")]), Refused),
        ("8.2.1 no name", with(&[("", "y")]), Refused),
        ("8.2.2 connection", with(&[("connection", "keep-alive")]), Refused),
        ("8.2.2 transfer-encoding", with(&[("transfer-encoding", "chunked")]), Refused),
        ("8.2.2 upgrade", with(&[("upgrade", "websocket")]), Refused),
        ("8.2.2 te", with(&[("te", "gzip")]), Refused),
        ("8.2.2 te: trailers", with(&[("te", "trailers")]), Answered),
        ("8.3 unknown", with(&[(":test", "y")]), Refused),
        ("8.3 of an answer", with(&[(":status", "200")]), Refused),
        ("8.3 after the others", head(&block(&[&[("x-test", "y")], &FIELDS[..]].concat())), Refused),
        ("8.3 twice", head(&block(&[&FIELDS[..], &[(":method", "GET")]].concat())), Refused),
        ("8.3.1 no method", without(":method"), Refused),
        ("8.3.1 no scheme", without(":scheme"), Refused),
        ("8.3.1 no path", without(":path"), Refused),
        ("8.3.1 an empty path", with(&[(":path", "")]), Refused),
        ("8.3.1 no authority and no host", without(":authority"), Refused),
        ("8.5 CONNECT with a path", with(&[(":method", "CONNECT")]), Refused),
    ];
    try_all(rows).await;
}
