//! One byte range of a file that is in memory (RFC 9110, sections 13 and 14).
//!
//! Several ranges in one request are answered with the whole file, which the RFC allows.

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// What of a file is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    /// First and last byte, both within the file.
    Part(usize, usize),
    Unsatisfiable,
}

/// Answers 200, 206, 304 or 416 for `content`, whose strong entity tag is `etag` with its quotes.
pub fn answer(request: &HeaderMap, content: Bytes, etag: &str) -> Response {
    let text = |name| request.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if text(header::IF_NONE_MATCH).is_some_and(|known| known.split(',').any(|tag| tag.trim() == etag)) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    // A part of another version would be joined to the wrong rest.
    let same_version = text(header::IF_RANGE).is_none_or(|version| version == etag);
    let wanted = match text(header::RANGE) {
        Some(range) if same_version => parse(range, content.len()),
        _ => Wanted::Whole,
    };
    let total = content.len();
    let common = [(header::ETAG, etag), (header::ACCEPT_RANGES, "bytes")];
    match wanted {
        Wanted::Whole => (common, content).into_response(),
        Wanted::Part(first, last) => {
            let range = [(header::CONTENT_RANGE, format!("bytes {first}-{last}/{total}"))];
            (StatusCode::PARTIAL_CONTENT, common, range, content.slice(first..=last)).into_response()
        }
        Wanted::Unsatisfiable => {
            let range = [(header::CONTENT_RANGE, format!("bytes */{total}"))];
            (StatusCode::RANGE_NOT_SATISFIABLE, common, range).into_response()
        }
    }
}

/// A header that cannot be understood is passed over, as the RFC asks.
fn parse(range: &str, total: usize) -> Wanted {
    let Some(spec) = range.strip_prefix("bytes=") else { return Wanted::Whole };
    let Some((first, last)) = spec.trim().split_once('-') else { return Wanted::Whole };
    match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first > last => Wanted::Whole,
        (Ok(first), _) if first >= total => Wanted::Unsatisfiable,
        (Ok(first), Ok(last)) => Wanted::Part(first, last.min(total - 1)),
        (Ok(first), Err(_)) if last.is_empty() => Wanted::Part(first, total - 1),
        (Err(_), Ok(0)) if first.is_empty() => Wanted::Unsatisfiable,
        (Err(_), Ok(suffix)) if first.is_empty() && total > 0 => {
            Wanted::Part(total.saturating_sub(suffix), total - 1)
        }
        _ => Wanted::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_of_a_range_names_the_right_bytes() {
        for (range, wanted) in [
            ("bytes=0-0", Wanted::Part(0, 0)),
            ("bytes=2-5", Wanted::Part(2, 5)),
            ("bytes=8-", Wanted::Part(8, 9)),
            ("bytes=8-99", Wanted::Part(8, 9)),
            ("bytes=-3", Wanted::Part(7, 9)),
            ("bytes=-99", Wanted::Part(0, 9)),
            ("bytes=-0", Wanted::Unsatisfiable),
            ("bytes=10-", Wanted::Unsatisfiable),
            ("bytes=5-2", Wanted::Whole),
            ("bytes=0-1,4-5", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("lines=1-2", Wanted::Whole),
        ] {
            assert_eq!(parse(range, 10), wanted, "{range}");
        }
        assert_eq!(parse("bytes=-1", 0), Wanted::Whole);
        assert_eq!(parse("bytes=0-", 0), Wanted::Unsatisfiable);
    }
}
