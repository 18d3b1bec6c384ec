//! `[site.introspect]`: how a product is asked whose session it is. A site's keys replace those of the product's profile.
//!
//! An answer is read by JSON pointers, or by patterns where a product says it in a page alone; never by both.

use std::time::Duration;

use super::section::Section;
use super::session::{AnswerForm, Expected, Introspect, Pattern, Patterns, Pointers};
use super::values::{Refusal, duration, plain_path};

/// The question as it is written, in a built-in file or in a site: any key may be absent.
pub(super) struct Written {
    path: Option<String>,
    pointers: WrittenPointers,
    patterns: WrittenPatterns,
    cache: Option<Duration>,
    timeout: Option<Duration>,
}

struct WrittenPointers {
    key: Option<String>,
    username: Option<String>,
    email: Option<String>,
    email_verified: Option<String>,
    anonymous: Option<Expected>,
    customer: Option<Expected>,
}

struct WrittenPatterns {
    key: Option<Pattern>,
    username: Option<Pattern>,
    email: Option<Pattern>,
    anonymous: Option<Pattern>,
}

const POINTER_KEYS: [&str; 8] = [
    "key",
    "username",
    "email",
    "email_verified",
    "anonymous_pointer",
    "anonymous_value",
    "customer_pointer",
    "customer_value",
];
const PATTERN_KEYS: [&str; 4] = ["key_pattern", "username_pattern", "email_pattern", "anonymous_pattern"];

impl Written {
    /// Reads the keys of a section; the caller finishes it.
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let [key, username, email, anonymous] = PATTERN_KEYS.map(|key| section.text(key, pattern));
        Self {
            path: section.text("path", path_and_query),
            pointers: WrittenPointers {
                key: section.text("key", json_pointer),
                username: section.text("username", json_pointer),
                email: section.text("email", json_pointer),
                email_verified: section.text("email_verified", json_pointer),
                anonymous: expected(section, "anonymous_pointer", "anonymous_value"),
                customer: expected(section, "customer_pointer", "customer_value"),
            },
            patterns: WrittenPatterns { key, username, email, anonymous },
            cache: section.text("cache", duration("1s", "60s")),
            timeout: section.text("timeout", duration("100ms", "2s")),
        }
    }

    /// These keys in place of the built-in ones; what is missing from both is reported in `section`.
    pub(super) fn over(self, built_in: Self, section: &Section<'_>) -> Option<Introspect> {
        let path = self.path.or(built_in.path);
        if path.is_none() && !section.has("path") {
            lacks(section, "path", "/whoami");
        }
        let form = match PATTERN_KEYS.iter().any(|key| section.has(key)) {
            true => self.patterns.complete(section).map(AnswerForm::Page),
            false => self.pointers.over(built_in.pointers, section).map(AnswerForm::Json),
        };
        Some(Introspect {
            path: path?,
            form: form?,
            cache: self.cache.unwrap_or(Duration::from_secs(30)),
            timeout: self.timeout.unwrap_or(Duration::from_secs(2)),
        })
    }
}

impl WrittenPointers {
    fn over(self, built_in: Self, section: &Section<'_>) -> Option<Pointers> {
        let (key, username) = (self.key.or(built_in.key), self.username.or(built_in.username));
        for (name, value, example) in [("key", &key, "/id"), ("username", &username, "/login")] {
            if value.is_none() && !section.has(name) {
                lacks(section, name, example);
            }
        }
        let email = self.email.or(built_in.email);
        let email_verified = self.email_verified.or(built_in.email_verified);
        if email_verified.is_some() && email.is_none() && !section.has("email") {
            section.reject("email_verified", "stands alone", "add `email`");
        }
        Some(Pointers {
            key: key?,
            username: username?,
            email,
            email_verified,
            anonymous: self.anonymous.or(built_in.anonymous),
            customer: self.customer.or(built_in.customer),
        })
    }
}

impl WrittenPatterns {
    /// A page is another one than the profile's answer, so nothing is taken over from there.
    fn complete(self, section: &Section<'_>) -> Option<Patterns> {
        for key in POINTER_KEYS.into_iter().filter(|key| section.has(key)) {
            section.reject(
                key,
                "is for an answer in JSON, and patterns are for a page",
                "remove one of the two",
            );
        }
        for key in ["path", "key_pattern", "username_pattern"].into_iter().filter(|key| !section.has(key)) {
            let instead =
                format!("a page is read by `path`, `key_pattern` and `username_pattern`: add `{key}`");
            section.reject_whole(&format!("lacks `{key}`"), instead);
        }
        Some(Patterns {
            key: self.key?,
            username: self.username?,
            email: self.email,
            anonymous: self.anonymous,
        })
    }
}

fn lacks(section: &Section<'_>, name: &str, example: &str) {
    let instead = format!("`generic` has no profile: add `{name} = \"{example}\"` to [site.introspect]");
    section.reject_whole(&format!("lacks `{name}`"), instead);
}

/// A value and the pointer to it, which mean nothing alone.
fn expected(
    section: &mut Section<'_>,
    pointer_key: &'static str,
    value_key: &'static str,
) -> Option<Expected> {
    let pointer = section.text(pointer_key, json_pointer);
    let value = section.text_or_integer(value_key);
    for (one, other) in [(pointer_key, value_key), (value_key, pointer_key)] {
        if section.has(one) && !section.has(other) {
            section.reject(one, "stands alone", format!("add `{other}`"));
        }
    }
    Some(Expected { pointer: pointer?, value: value? })
}

/// A plain path, and perhaps a query of visible ASCII.
fn path_and_query(text: &str) -> Result<String, Refusal> {
    let (path, query) = text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)));
    plain_path(path)?;
    let visible = |byte: u8| {
        byte.is_ascii_graphic()
            && !matches!(byte, b'#' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
    };
    if query.is_some_and(|query| !query.bytes().all(visible)) {
        return Err(Refusal::new(
            "has a query that cannot be sent",
            "expected a query such as `/api.php?action=query&format=json`, percent-encoded where needed",
        ));
    }
    Ok(text.to_owned())
}

/// A regular expression with the one group that finds the value. The engine is linear in time, whatever the expression and
/// the page are; a compiled expression is bounded as well.
fn pattern(text: &str) -> Result<Pattern, Refusal> {
    let expected = "expected a regular expression with one group, such as `logged in as ([^<]+)<`";
    let compiled = regex::RegexBuilder::new(text).size_limit(256 * 1024).build();
    let regex = compiled.map_err(|_| Refusal::new("is not a regular expression", expected))?;
    match regex.captures_len() {
        2 => Ok(Pattern(regex)),
        _ => Err(Refusal::new("does not have exactly one group", expected)),
    }
}

/// A JSON pointer to one value (RFC 6901 section 3); the empty one points at the whole answer.
fn json_pointer(text: &str) -> Result<String, Refusal> {
    let escaped = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    if !text.starts_with('/') || !escaped {
        return Err(Refusal::new(
            "is not a JSON pointer",
            "expected a pointer such as `/emailAddress` or `/user/id`",
        ));
    }
    Ok(text.to_owned())
}
