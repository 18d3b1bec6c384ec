//! Group B: no name that only we or a proxy may speak reaches the upstream, whatever its spelling.

use super::case::Outcome::{Challenged, ChallengedOrRefused, Forwarded, Refused};
use super::case::Who::{Anonymous, Fresh, Managed, Stale};
use super::case::{Row, get, send};

/// Names that the upstream must never see with a value of the client's. `run.rs` looks for the value in what was recorded.
pub const RESERVED: [&str; 40] = [
    "X-Postern-User",
    "X-Postern-Account",
    "X-Postern-Email",
    "X-Postern-Class",
    "X-Postern-Receipt",
    "X-Postern-Assertion",
    "X_Postern_User",
    "X-Postern_User",
    "x_postern_user",
    "X_POSTERN_ACCOUNT",
    "X-AUSERNAME",
    "X_AUSERNAME",
    "X-Forwarded-For",
    "X_Forwarded_For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "X-Forwarded-Uri",
    "X-Forwarded-Prefix",
    "X-Forwarded-User",
    "X-Forwarded-Server",
    "X_Forwarded_User",
    "X-Forwarded",
    "Forwarded",
    "X-Real-IP",
    "X_Real_IP",
    "True-Client-IP",
    "True_Client_IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "X-Original-URL",
    "X_Original_URL",
    "X-Original-Host",
    "X-Rewrite-URL",
    "X_Rewrite_URL",
    "X-Seraph-Trusted-App-ID",
    "X-Seraph-Trusted-App-Cert",
    "X_Seraph_Trusted_App_Id",
    "Proxy-Authorization",
    "Proxy-Connection",
];

/// What a forged header says, so that it is found wherever it went.
pub const FORGED: &str = "forged-by-the-client";

/// The rows of T027 to T035, T038 and T040.
pub fn rows() -> Vec<Row> {
    [forged(), nominated(), shapes(), addresses(), cookies()].concat()
}

fn forged() -> Vec<Row> {
    let mut rows = Vec::new();
    for name in RESERVED {
        for who in [Anonymous, Fresh, Managed] {
            rows.push(get("/secret").line(name, FORGED).is("T027", who, Forwarded));
            rows.push(get("/secret").line(name, FORGED).line(name, FORGED).is("T029", who, Forwarded));
        }
        rows.push(get("/secret").line(name, "/allowed/page").is("T033", Stale, Challenged));
    }
    rows
}

fn nominated() -> Vec<Row> {
    let mut rows = Vec::new();
    for value in [
        "X-Postern-User, close",
        "x-postern-account",
        "X-Postern-Receipt",
        "x-real-ip, x-forwarded-for",
        "cookie",
        "close, cookie",
        "authorization",
        "host",
        "content-length",
    ] {
        rows.push(get("/secret").line("connection", value).is("T030", Fresh, Refused(&[400])));
        rows.push(get("/secret").line("connection", value).is("T031", Stale, ChallengedOrRefused(&[400])));
    }
    rows
}

fn shapes() -> Vec<Row> {
    let mut rows = vec![
        get("/secret").line("X-Postern-User ", "a").is("T038", Managed, Refused(&[400])),
        get("/secret").line("", "a").is("T038", Managed, Refused(&[400])),
        get("/secret").line("x", "a\r\n folded").is("T038", Managed, Refused(&[400])),
        get("/secret").line(" x", "a").is("T038", Managed, Refused(&[400])),
        get("/secret").line("x\u{e9}", "a").is("T038", Managed, Refused(&[400])),
    ];
    for value in [b"a\0b".as_slice(), b"a\rb", b"\x01", b"a\x7fb"] {
        rows.push(get("/secret").line("x", value).is("T038", Managed, Refused(&[400])));
        rows.push(get("/secret").line("x", value).is("T038", Stale, Refused(&[400])));
    }
    rows
}

fn addresses() -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, value) in [
        ("x-forwarded-for", "127.0.0.1"),
        ("true-client-ip", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-host", "evil.test"),
    ] {
        rows.push(get("/secret").line(name, value).is("T032", Stale, Challenged));
        rows.push(send("POST", "/secret").line(name, value).body("x").is("T035", Stale, Challenged));
    }
    rows
}

/// In a second line, beside the session's own.
fn cookies() -> Vec<Row> {
    let mut rows = Vec::new();
    for name in [
        "__Host-postern-proof",
        "__Host-postern-device",
        "postern-proof",
        "postern-device",
        "__HOST-Postern-Proof",
        "__host-POSTERN-x",
        "Postern-Anything",
    ] {
        for who in [Managed, Anonymous] {
            let shot = get("/secret").line("cookie", format!("_ga=1; {name}={FORGED}; theme=dark"));
            rows.push(shot.is("T040", who, Forwarded));
        }
        let proof = get("/secret").line("cookie", format!("{name}={FORGED}"));
        rows.push(proof.is("T040", Stale, Challenged));
    }
    rows
}
