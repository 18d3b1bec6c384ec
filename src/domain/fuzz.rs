//! What the fuzzers call for paths and hosts: each answer of a parser is held against a second opinion.
//!
//! Compiled for fuzzing and for tests alone. A second opinion is written to be obviously right, byte by byte and without the
//! parser's own parts; it must never call what it judges. The others are in `proxy/fuzz.rs` and `identity/fuzz.rs`.

use super::hardening::opens_inner_files;
use super::host::Authority;
use super::path::{PathError, PathReading, read_path};
use super::path_pattern::PathPattern;

/// Patterns of the profiles, one of each kind.
const PATTERNS: [&str; 6] =
    ["/status", "/", "/hooks/*", "/rest/applinks/*/manifest", "/images/**", "/s/**/_/download/batch/**"];

/// A path, and perhaps a pattern on a second line.
pub fn paths(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (path, pattern) = text.split_once('\n').unwrap_or((text, "/s/**"));
    hold_reading(path);
    hold_inner_files(path);
    for pattern in PATTERNS.into_iter().chain([pattern]) {
        hold_pattern(pattern, path);
    }
}

/// The text of a `Host`: what is taken for one is a name and a port in the plainest grammar there is.
pub fn hosts(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let parsed = Authority::parse(text);
    let plain = plain_host(text);
    // An `xn--` label is checked further than this grammar goes.
    if !text.to_ascii_lowercase().contains("xn--") {
        assert_eq!(parsed.is_ok(), plain.is_some(), "only `name` and `name:port` are hosts: {text:?}");
    }
    let Ok(authority) = parsed else { return };
    let written = (authority.host.as_str().to_owned(), authority.port);
    assert_eq!(Some(written), plain, "a host is what stands before the one colon: {text:?}");
    let port = authority.port.map_or_else(String::new, |port| format!(":{port}"));
    let again = Authority::parse(&format!("{}{port}", authority.host));
    assert_eq!(again, Ok(authority), "the canonical spelling is read as itself");
}

fn hold_reading(raw: &str) {
    let decoded = decode(raw.as_bytes());
    let lenient = lenient(&decoded);
    let session_id = contains_fold(&decoded, b";jsessionid");
    match read_path(raw) {
        Ok(PathReading::Plain(path)) => {
            assert_eq!(path, raw);
            assert_eq!(decoded, raw.as_bytes(), "a plain path has one spelling");
            let (with, without) = ([&lenient[..], b"/"].concat(), &lenient);
            assert!(
                *without == decoded || with == decoded,
                "a plain path is its own canonical form: {raw:?}"
            );
            for odd in ["//", "/.", ";", "%", "\\", "?", "#", " "] {
                assert!(!raw.contains(odd), "a plain path has no {odd:?}: {raw:?}");
            }
            assert!(!is_own(&lenient) && !session_id);
        }
        Ok(PathReading::Own(page)) => {
            assert!(raw.ends_with(&format!("/.postern/{page}")), "our prefix has one spelling: {raw:?}");
            let is_somebodys = contains_fold(&lenient, b"/.postern") && decoded == raw.as_bytes();
            assert!(is_somebodys, "our pages are nobody else's: {raw:?}");
        }
        Ok(PathReading::Odd) => {
            assert!(!is_own(&lenient), "no disguise of our prefix goes on: {raw:?}");
            assert!(is_whole(raw, &decoded), "what is broken is refused: {raw:?}");
            assert!(!session_id, "no session goes on in a path: {raw:?}");
        }
        Err(PathError::DisguisedOwn) => assert!(is_own(&lenient), "{raw:?}"),
        Err(PathError::SessionId) => assert!(session_id, "{raw:?}"),
        Err(PathError::Malformed) => assert!(!is_whole(raw, &decoded), "{raw:?}"),
    }
}

/// Whatever one, two or no decoding shows of a product's own folder is found; nothing else but a `::` is.
fn hold_inner_files(path: &str) {
    let once = decode(path.as_bytes());
    let readings = [path.as_bytes().to_vec(), once.clone(), decode(&once)];
    let inner = readings.iter().any(|reading| reading.split(|byte| b"/\\;:".contains(byte)).any(is_inner));
    let colons = readings.iter().any(|reading| reading.windows(2).any(|pair| pair == b"::"));
    let found = opens_inner_files(path);
    assert!(found || !inner, "a product's own folder is found in any spelling: {path:?}");
    assert!(!found || inner || colons, "an everyday path is none: {path:?}");
}

fn is_inner(name: &[u8]) -> bool {
    let end = name.iter().rposition(|byte| !b". ".contains(byte)).map_or(0, |last| last + 1);
    name[..end].eq_ignore_ascii_case(b"web-inf") || name[..end].eq_ignore_ascii_case(b"meta-inf")
}

fn hold_pattern(text: &str, path: &str) {
    let Ok(pattern) = PathPattern::parse(text) else { return };
    if !pattern.matches(path) {
        assert!(text != path || text.contains('*'), "a pattern without a wildcard matches itself: {text:?}");
        return;
    }
    assert_eq!(read_path(path), Ok(PathReading::Plain(path)), "{text:?} matches an odd path");
    assert!(!path.contains("::") && !path.contains("/.."), "{text:?} matches {path:?}");
    assert!(!opens_inner_files(path), "{text:?} matches a product's own file: {path:?}");
    assert!(globs(text, path), "{text:?} matches {path:?}");
}

/// The loosest sense of a pattern, by a table of which of its parts may end where: more than this may never match.
fn globs(pattern: &str, path: &str) -> bool {
    let (parts, segments): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    let mut ends = vec![false; segments.len() + 1];
    ends[0] = true;
    for part in parts {
        let mut next = vec![false; segments.len() + 1];
        for end in 1..=segments.len() {
            next[end] = match part {
                "*" => ends[end - 1],
                "**" => ends[..end].contains(&true),
                name => ends[end - 1] && segments[end - 1] == name,
            };
        }
        ends = next;
    }
    ends[segments.len()]
}

/// Each `%XX` once; what is no escape stays.
pub fn decode(bytes: &[u8]) -> Vec<u8> {
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%').then(|| digit(at + 1).zip(digit(at + 2))).flatten();
        match escape {
            Some((high, low)) => decoded.push(u8::try_from(high * 16 + low).unwrap_or_default()),
            None => decoded.push(bytes[at]),
        }
        at += if escape.is_some() { 3 } else { 1 };
    }
    decoded
}

/// As the most careless server finds its way: `\` is a step, a parameter is nothing, dots are resolved.
fn lenient(decoded: &[u8]) -> Vec<u8> {
    let mut steps: Vec<&[u8]> = Vec::new();
    for segment in decoded.split(|byte| b"/\\".contains(byte)) {
        let name = segment.split(|&byte| byte == b';').next().unwrap_or_default();
        if name == b".." {
            steps.pop();
        } else if !name.is_empty() && name != b"." {
            steps.push(name);
        }
    }
    steps.iter().flat_map(|step| [b"/", *step].concat()).collect()
}

fn is_own(lenient: &[u8]) -> bool {
    lenient.to_ascii_lowercase().starts_with(b"/.postern")
}

/// Whether a path begins with a slash, its escapes are whole, and nothing invisible is in it before or after decoding.
fn is_whole(raw: &str, decoded: &[u8]) -> bool {
    let escapes = raw.bytes().filter(|&byte| byte == b'%').count();
    let graphic = raw.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
    let text = std::str::from_utf8(decoded).is_ok_and(|text| !text.chars().any(char::is_control));
    raw.starts_with('/') && graphic && raw.len() - decoded.len() == 2 * escapes && text
}

fn contains_fold(bytes: &[u8], lower: &[u8]) -> bool {
    bytes.to_ascii_lowercase().windows(lower.len()).any(|window| window == lower)
}

/// Letters, digits, inner hyphens and dots, one dot at the end, and after one colon a number that is a port.
fn plain_host(text: &str) -> Option<(String, Option<u16>)> {
    let mut halves = text.split(':');
    let (name, port, None) = (halves.next()?, halves.next(), halves.next()) else { return None };
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let is_label = |label: &str| {
        let inner = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        inner && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    if name.len() > 253 || !name.split('.').all(is_label) {
        return None;
    }
    let Some(port) = port else { return Some((name, None)) };
    if !(1..=5).contains(&port.len()) || !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = port.bytes().fold(0_u32, |number, byte| number * 10 + u32::from(byte - b'0'));
    Some((name, Some(u16::try_from(number).ok()?)))
}
