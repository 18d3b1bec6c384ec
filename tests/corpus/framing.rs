//! Group H, as far as one request goes: what its body holds, and what follows it, is never read as a request of its own.

use super::case::Outcome::{Challenged, ChallengedOrRefused, NotSmuggled, Refused};
use super::case::Who::{Anonymous, Fresh, Managed, Stale};
use super::case::{Row, Shot, get, send};

/// A request that must never be seen when it is sent inside of another one.
pub const CANARY: &str = "GET /canary HTTP/1.1\r\nHost: corpus.test\r\n\r\n";

/// The rows of T161 to T169, and T174.
pub fn rows() -> Vec<Row> {
    [framed_twice(), codings(), lengths(), chunks(), bodies(), trailers()].concat()
}

fn post() -> Shot {
    send("POST", "/rest/api/2/issue")
}

/// What follows is the end of a body without any, and a request.
fn then_canary(shot: Shot) -> Shot {
    shot.body(format!("0\r\n\r\n{CANARY}"))
}

/// The same inside of a chunk, for codings that may well be read as chunks.
fn with_canary(shot: Shot) -> Shot {
    shot.body(format!("{:x}\r\n{CANARY}\r\n0\r\n\r\n", CANARY.len()))
}

fn framed_twice() -> Vec<Row> {
    let mut rows = Vec::new();
    for length in ["0", "5", "51", "1000"] {
        let either = [
            post().line("Content-Length", length).line("Transfer-Encoding", "chunked"),
            post().line("Transfer-Encoding", "chunked").line("Content-Length", length),
            get("/secret").line("Transfer-Encoding", "chunked").line("content-length", length),
        ];
        for shot in either {
            rows.push(then_canary(shot.clone()).is("T161", Managed, NotSmuggled));
            rows.push(then_canary(shot).is("T161", Stale, ChallengedOrRefused(&[400])));
        }
    }
    rows
}

fn codings() -> Vec<Row> {
    let mut rows = Vec::new();
    for value in [
        "chunked, identity",
        "xchunked",
        "chunked;a",
        "\x0bchunked",
        "identity",
        "gzip",
        "chunked, gzip",
        "",
        "chunk",
        "\"chunked\"",
        "chunked\x00",
    ] {
        for who in [Managed, Stale, Anonymous] {
            rows.push(then_canary(post().line("Transfer-Encoding", value)).is("T162", who, Refused(&[400])));
        }
    }
    for value in ["identity, chunked", "Chunked", "chunked, chunked", "gzip, chunked", "chunked "] {
        rows.push(with_canary(post().line("Transfer-Encoding", value)).is("T162", Managed, NotSmuggled));
    }
    for (one, other) in [("chunked", "identity"), ("identity", "chunked"), ("chunked", "chunked")] {
        let shot = post().line("Transfer-Encoding", one).line("Transfer-Encoding", other);
        rows.push(with_canary(shot).is("T162", Managed, NotSmuggled));
    }
    let old = then_canary(post().version("HTTP/1.0").line("Transfer-Encoding", "chunked"));
    rows.push(old.is("T162", Managed, Refused(&[400])));
    for name in ["Transfer-Encoding ", "Transfer_Encoding", " Transfer-Encoding", "X-Transfer-Encoding"] {
        let shot = post().line(name, "chunked").line("Content-Length", "54");
        rows.push(with_canary(shot).is("T162", Managed, NotSmuggled));
    }
    rows
}

fn lengths() -> Vec<Row> {
    let mut rows = Vec::new();
    for value in
        ["5,5", "5, 6", "+5", "0x5", "-1", "18446744073709551616", "5 x", "", "5\t5", "5.0", "٥", "1e1"]
    {
        for who in [Managed, Stale, Anonymous] {
            let shot = post().line("Content-Length", value).body(format!("hello{CANARY}"));
            rows.push(shot.is("T163", who, Refused(&[400])));
        }
    }
    for (one, other) in [("5", "6"), ("0", "5"), ("5", "0")] {
        let shot = post().line("Content-Length", one).line("content-length", other);
        rows.push(shot.body(format!("hello{CANARY}")).is("T163", Managed, Refused(&[400])));
    }
    rows
}

fn chunks() -> Vec<Row> {
    let mut rows = Vec::new();
    for body in [
        "0x5\r\nhello\r\n0\r\n\r\n",
        "11111111111111111\r\nhello",
        "5\r\nhelloX0\r\n\r\n",
        "z\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "5;a\nb\r\nhello\r\n0\r\n\r\n",
        "5\nhello\n0\n\n",
        "5\r\nhello\r\n0\r\n\n",
        "5\r\rhello\r\n0\r\n\r\n",
    ] {
        let shot = post().line("Transfer-Encoding", "chunked").body(format!("{body}{CANARY}"));
        rows.push(shot.is("T164", Managed, NotSmuggled));
    }
    // An extension is read over, so this one holds the canary in its second chunk.
    let second = format!("5 ;a\r\nhello\r\n{:x};b=c\r\n{CANARY}\r\n0\r\n\r\n", CANARY.len());
    rows.push(post().line("Transfer-Encoding", "chunked").body(second).is("T164", Managed, NotSmuggled));
    rows
}

fn bodies() -> Vec<Row> {
    let mut rows = Vec::new();
    for method in ["GET", "HEAD", "DELETE", "OPTIONS"] {
        let shot = send(method, "/secret").body(CANARY);
        for who in [Managed, Fresh, Anonymous] {
            rows.push(shot.clone().is("T165", who, NotSmuggled));
        }
        rows.push(shot.is("T165", Stale, Challenged));
    }
    let large = CANARY.repeat(1024 * 1024 / CANARY.len());
    rows.push(post().body(&large).is("T166", Stale, Challenged));
    rows.push(post().line("Expect", "100-continue").body(CANARY).is("T167", Stale, Challenged));
    rows.push(post().line("Upgrade", "websocket").line("Connection", "Upgrade").body(CANARY).is(
        "T168",
        Managed,
        Refused(&[400, 403]),
    ));
    rows
}

fn trailers() -> Vec<Row> {
    let body =
        format!("5\r\nhello\r\n0\r\nX-Postern-User: {}\r\nCookie: a=b\r\n\r\n", super::headers::FORGED);
    let shot = post().line("Transfer-Encoding", "chunked").line("Trailer", "X-Postern-User").body(body);
    vec![shot.clone().is("T174", Managed, NotSmuggled), shot.is("T174", Stale, Challenged)]
}
