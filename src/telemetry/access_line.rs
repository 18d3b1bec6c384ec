//! What the access log says of one request, and how the line is formed.
//!
//! It carries no query, cookie, header or body, and nothing that a client sends can begin a second line or drive the
//! terminal that shows it (CWE-117).

use std::fmt;
use std::io::{self, Write};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::domain::account::Class;
use crate::domain::decision::Reason;
use crate::domain::lane::Lane;

use super::labels::{DecisionLabel, Label};
use super::receipt::Receipt;

/// How much of a path is shown.
const PATH_BYTES: usize = 512;

/// How much of a method is shown; the standard ones are shorter.
const METHOD_BYTES: usize = 32;

/// What one line says.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When the head of the request was there.
    pub at: Timestamp,
    /// The id that a refusal shows, and that the upstream is told.
    pub receipt: Receipt,
    /// The site's id, or [`NO_SITE`](super::metrics::NO_SITE).
    pub site: Arc<str>,
    /// As received.
    pub method: Method,
    /// As received, without what may hold a secret.
    pub path: LoggedPath,
    /// As answered.
    pub status: u16,
    /// By which credentials it was judged.
    pub lane: Lane,
    /// How it was answered.
    pub decision: DecisionLabel,
    /// Why.
    pub reason: Reason,
    /// Who it is to the organization.
    pub class: Class,
    /// From the head of the request to the end of the answer.
    pub duration: Duration,
    /// How much of that the upstream took to begin its answer; none if it was not asked.
    pub upstream: Option<Duration>,
    /// Who connected, or for whom a trusted proxy did.
    pub peer: IpAddr,
    /// Bytes of the request's body.
    pub request_bytes: u64,
    /// Bytes of the answer's body.
    pub response_bytes: u64,
}

/// A path fit for a log.
#[derive(Default, Debug, Clone, PartialEq, Eq)]
pub struct LoggedPath(Box<str>);

impl LoggedPath {
    /// Cuts a request target before its query, its fragment and its path parameters, which hold passwords
    /// (`?os_password=`), tokens and session ids (`;jsessionid=`, also spelled `%3b`), and after 512 bytes.
    #[expect(clippy::string_slice, reason = "cut at a border of characters, then at ASCII characters")]
    pub fn new(target: &str) -> Self {
        let path = &target[..target.floor_char_boundary(PATH_BYTES)];
        let semicolon = || path.as_bytes().windows(3).position(|bytes| bytes.eq_ignore_ascii_case(b"%3b"));
        let end = path.find(['?', '#', ';']).unwrap_or(path.len()).min(semicolon().unwrap_or(path.len()));
        Self(path[..end].into())
    }
}

/// The fields of a line, in their order.
#[derive(Serialize)]
struct Line<'a> {
    log: &'static str,
    #[serde(serialize_with = "display")]
    at: fmt::Arguments<'a>,
    #[serde(serialize_with = "display")]
    receipt: Receipt,
    site: &'a str,
    method: &'a str,
    path: &'a str,
    status: u16,
    lane: &'static str,
    class: &'static str,
    decision: &'static str,
    reason: &'static str,
    duration_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream_ms: Option<f64>,
    peer: IpAddr,
    request_bytes: u64,
    response_bytes: u64,
}

fn display<S: Serializer>(value: &impl fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// Appends one line.
#[expect(clippy::string_slice, reason = "cut at a border of characters")]
pub(super) fn format_line(buffer: &mut Vec<u8>, entry: &Entry) -> io::Result<()> {
    let method = entry.method.as_str();
    let line = Line {
        log: "access",
        at: format_args!("{:.3}", entry.at),
        receipt: entry.receipt,
        site: &entry.site,
        method: &method[..method.floor_char_boundary(METHOD_BYTES)],
        path: &entry.path.0,
        status: entry.status,
        lane: entry.lane.label(),
        class: entry.class.label(),
        decision: entry.decision.label(),
        reason: entry.reason.code(),
        duration_ms: milliseconds(entry.duration),
        upstream_ms: entry.upstream.map(milliseconds),
        peer: entry.peer,
        request_bytes: entry.request_bytes,
        response_bytes: entry.response_bytes,
    };
    line.serialize(&mut serde_json::Serializer::with_formatter(&mut *buffer, Ascii))?;
    buffer.push(b'\n');
    Ok(())
}

/// To the microsecond.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// JSON in printable ASCII alone. JSON itself lets DEL, C1 controls (one of which begins a terminal's escape sequence)
/// and bidirectional overrides pass; here they are escaped like everything that is not ASCII.
struct Ascii;

impl serde_json::ser::Formatter for Ascii {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        // Almost always.
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return writer.write_all(fragment.as_bytes());
        }
        for character in fragment.chars() {
            if matches!(character, ' '..='~') {
                writer.write_all(&[character as u8])?;
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A request for tests.
    pub fn entry(target: &str) -> Entry {
        Entry {
            at: Timestamp::from_millisecond(1_767_225_600_007).unwrap(),
            receipt: Receipt::new(u64::MAX),
            site: "wiki.acme.test".into(),
            method: Method::GET,
            path: LoggedPath::new(target),
            status: 303,
            lane: Lane::Browser,
            decision: DecisionLabel::Challenge,
            reason: Reason::NoProof,
            class: Class::External,
            duration: Duration::from_micros(1_234),
            upstream: None,
            peer: IpAddr::from([192, 0, 2, 1]),
            request_bytes: 0,
            response_bytes: 17,
        }
    }

    fn line(entry: &Entry) -> String {
        let mut line = Vec::new();
        format_line(&mut line, entry).unwrap();
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn a_line_says_what_happened_and_why() {
        let upstream = Some(Duration::from_millis(1));
        assert_eq!(
            line(&Entry { upstream, ..entry("/spaces") }),
            concat!(
                r#"{"log":"access","at":"2026-01-01T00:00:00.007Z","receipt":"ZZZZZZZZZZZZ","site":"wiki.acme.test","#,
                r#""method":"GET","path":"/spaces","status":303,"lane":"browser","class":"external","#,
                r#""decision":"challenge","reason":"no-proof","duration_ms":1.234,"upstream_ms":1.0,"#,
                r#""peer":"192.0.2.1","request_bytes":0,"response_bytes":17}"#,
                "\n"
            )
        );
    }

    #[test]
    fn t138_a_path_cannot_forge_a_line_or_drive_a_terminal() {
        let path = "/a\"\n{\"log\":\"access\"}\r\u{1b}[31m\u{9b}2J\u{7f}\u{2028}\u{202e}é🚪\\";
        let log = line(&entry(path));
        assert_eq!(log.matches('\n').count(), 1);
        assert!(log.trim_end().bytes().all(|byte| matches!(byte, b' '..=b'~')), "{log:?}");
        let line: serde_json::Value = serde_json::from_str(&log).unwrap();
        assert_eq!(line["path"], path);
    }

    #[test]
    fn what_may_hold_a_secret_is_cut_off_the_path() {
        for target in
            ["/a?os_password=x", "/a;jsessionid=x", "/a%3Bjsessionid=x?y", "/a%3bx", "/a#x", "/a?x;y#z"]
        {
            assert_eq!(LoggedPath::new(target), LoggedPath::new("/a"), "{target}");
        }
        assert_eq!(LoggedPath::new("/a%3").0.as_ref(), "/a%3");
    }

    #[test]
    fn a_long_path_and_a_long_method_are_cut() {
        let path = format!("/{}", "é".repeat(PATH_BYTES));
        assert_eq!(LoggedPath::new(&path).0.len(), PATH_BYTES - 1, "between two characters");
        let method = Method::from_bytes("M".repeat(4000).as_bytes()).unwrap();
        assert!(line(&Entry { method, ..entry("/") }).len() < 500);
    }
}
