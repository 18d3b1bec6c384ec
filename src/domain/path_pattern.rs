//! Patterns of paths, for what a profile calls public: `/status`, `/download/batch/**`, `/s/**/_/download/batch/**`.
//!
//! A pattern matches plain paths only, in one way and without going back, so that no server finds another path in what
//! matched. It must never look at how a path ends: a file's extension says nothing of who may read it.

use super::hardening::is_inner_folder;

/// A pattern: literal segments, `*` for one segment, and `**` for one or more, at its end or before a literal one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern {
    /// What the path begins with, byte for byte; all of it where nothing follows.
    head: String,
    tail: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    /// `*`
    One,
    /// `**` and the literal segment after it.
    Until(String),
    /// `**` at the end.
    Rest,
}

/// Why a text is no pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// A segment that no path has that is read alike everywhere, or a `*` inside of one.
    #[error("is not a pattern of plain paths")]
    NotPlain,
    /// It begins with a wildcard.
    #[error("covers too much")]
    TooWide,
}

impl PathPattern {
    /// Parses a pattern.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let path = text.strip_prefix('/').ok_or(PatternError::NotPlain)?;
        if !path.contains('*') {
            let folder = path.strip_suffix('/').unwrap_or(path);
            let plain = folder.is_empty() && path.is_empty() || folder.split('/').all(is_plain_segment);
            let whole = Self { head: text.to_owned(), tail: Vec::new() };
            return if plain { Ok(whole) } else { Err(PatternError::NotPlain) };
        }
        let mut segments = path.split('/').peekable();
        let mut head = String::from("/");
        while let Some(segment) = segments.next_if(|segment| !segment.contains('*')) {
            head.push_str(literal(segment)?);
            head.push('/');
        }
        if head.len() == 1 {
            return Err(PatternError::TooWide);
        }
        let mut tail = Vec::new();
        while let Some(segment) = segments.next() {
            tail.push(match segment {
                "*" => Part::One,
                "**" => match segments.next() {
                    Some(end) => Part::Until(literal(end)?.to_owned()),
                    None => Part::Rest,
                },
                other => Part::Literal(literal(other)?.to_owned()),
            });
        }
        Ok(Self { head, tail })
    }

    /// Whether a path, as it came, is one of these.
    pub fn matches(&self, path: &str) -> bool {
        let Some(rest) = path.strip_prefix(self.head.as_str()) else { return false };
        if self.tail.is_empty() {
            return rest.is_empty();
        }
        let mut segments = rest.split('/');
        for part in &self.tail {
            let matches = match part {
                Part::Literal(name) => segments.next() == Some(name.as_str()),
                Part::One => segments.next().is_some_and(is_plain_segment),
                Part::Until(end) => skip_until(&mut segments, end),
                Part::Rest => segments.next().is_some_and(is_plain_segment) && segments.all(is_plain_segment),
            };
            if !matches {
                return false;
            }
        }
        segments.next().is_none()
    }
}

/// One or more segments, and then the only one of this name: of two, one server goes by the first and another by the last.
fn skip_until<'a>(segments: &mut (impl Iterator<Item = &'a str> + Clone), end: &str) -> bool {
    segments.next().is_some_and(|first| first != end && is_plain_segment(first))
        && segments.find(|&segment| segment == end || !is_plain_segment(segment)) == Some(end)
        && !segments.clone().any(|segment| segment == end)
}

fn literal(segment: &str) -> Result<&str, PatternError> {
    if is_plain_segment(segment) && !segment.contains('*') {
        Ok(segment)
    } else {
        Err(PatternError::NotPlain)
    }
}

/// A segment that every server reads alike, and none as a step elsewhere: `::` is another `/` to some (CVE-2026-21589).
fn is_plain_segment(segment: &str) -> bool {
    // RFC 3986 section 3.3, without what is percent-encoded and without `;`.
    let is_plain = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'!' | b'$' | b'&'..=b'.' | b':' | b'=' | b'@' | b'_' | b'~')
    };
    let is_step = |pair: &[u8]| pair == b".." || pair == b"::";
    !segment.is_empty()
        && segment.bytes().all(is_plain)
        && !segment.starts_with('.')
        && !segment.as_bytes().windows(2).any(is_step)
        && !segment.split(':').any(is_inner_folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, path: &str) -> bool {
        PathPattern::parse(pattern).unwrap().matches(path)
    }

    #[test]
    fn a_pattern_matches_whole_plain_paths() {
        for (pattern, path) in [
            ("/status", "/status"),
            ("/", "/"),
            ("/health/", "/health/"),
            ("/hooks/*", "/hooks/a1-b2"),
            ("/rest/applinks/*/manifest", "/rest/applinks/1.0/manifest"),
            ("/allowed/**", "/allowed/x"),
            ("/allowed/**", "/allowed/x/y/z.css"),
            ("/s/**/_/download/batch/**", "/s/1f-CDN/820001/1x/2.4/_/download/batch/com.x:y/com.x:y.css"),
            ("/s/**/_/download/batch/**", "/s/a/_/download/batch/x"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn t002_to_t006_t018_t020_nothing_else_matches() {
        for (pattern, path) in [
            ("/status", "/status/"),
            ("/status", "/STATUS"),
            ("/status", "/status;x"),
            ("/hooks/*", "/hooks/"),
            ("/hooks/*", "/hooks"),
            ("/hooks/*", "/hooks/a/b"),
            ("/hooks/*", "/hooksx/a"),
            ("/allowed/**", "/allowed"),
            ("/allowed/**", "/allowed/"),
            ("/allowed/**", "/allowed/x/"),
            ("/allowed/**", "/ALLOWED/x"),
            ("/allowed/**", "/allowedX/x"),
            ("/allowed/**", "/allowed/../secret"),
            ("/allowed/**", "/allowed/..;/secret"),
            ("/allowed/**", "/allowed/%2e%2e/secret"),
            ("/allowed/**", "/allowed/%252e%252e/secret"),
            ("/allowed/**", "/allowed/..\\secret"),
            ("/allowed/**", "/allowed//secret"),
            ("/allowed/**", "/allowed/.git"),
            ("/allowed/**", "/allowed/a..b"),
            ("/allowed/**", "/allowed/x;.css"),
            ("/allowed/**", "/allowed/a::b"),
            ("/allowed/**", "/allowed/web-inf/x"),
            ("/allowed/**", "/allowed/x:META-INF"),
            ("/s/**/_/download/batch/**", "/s/_/download/batch/x"),
            ("/s/**/_/download/batch/**", "/s/a/_/download/attachments/1/x"),
            ("/s/**/_/download/batch/**", "/s/a/_/download/batch/x/_/secure/attachment/1"),
            ("/s/**/_/download/batch/**", "/s/a/_/secure/x/_/download/batch/x"),
            ("/s/**/_/download/batch/**", "/s/a/;/_/download/batch/x"),
            ("/s/**/_/download/batch/**", "/s/a//_/download/batch/x"),
            ("/s/**/_/download/**", "/s/a/_/download/x::y::z"),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn what_would_match_almost_everything_or_nothing_is_no_pattern() {
        for wide in ["/**", "/*", "/*/x", "/**/x"] {
            assert_eq!(PathPattern::parse(wide), Err(PatternError::TooWide), "{wide}");
        }
        for odd in [
            "",
            "allowed/**",
            "/a//b",
            "/a/../b",
            "/a;b",
            "/a?b",
            "/a%20b/*",
            "/a/*.css",
            "/a/***",
            "/a/**/*",
            "/a/**/**",
            "/a/*/",
            "/a::b",
            "/.postern/*",
            "/x/WEB-INF/**",
        ] {
            assert_eq!(PathPattern::parse(odd), Err(PatternError::NotPlain), "{odd}");
        }
    }

    proptest! {
        #[test]
        fn what_a_pattern_matches_has_one_reading(path in "/s(/[a-z._:;%*/-]{0,6}){1,6}") {
            for pattern in ["/s/**", "/s/*/x", "/s/**/_/**"] {
                if matches(pattern, &path) {
                    let reading = crate::domain::path::read_path(&path);
                    prop_assert_eq!(reading, Ok(crate::domain::path::PathReading::Plain(path.as_str())));
                    prop_assert!(!path.contains("::") && !path.contains(".."));
                }
            }
        }
    }
}
