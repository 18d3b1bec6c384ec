//! `[site.introspect]`: how a product is asked whose session it is. A site's keys replace those of the product's profile.

use std::time::Duration;

use super::section::Section;
use super::session::Introspect;
use super::values::{Refusal, duration, plain_path};

/// The question as it is written, in a built-in file or in a site: any key may be absent.
pub(super) struct Written {
    path: Option<String>,
    key: Option<String>,
    username: Option<String>,
    email: Option<String>,
    anonymous: Option<(String, String)>,
    cache: Option<Duration>,
    timeout: Option<Duration>,
}

impl Written {
    /// Reads the keys of a section; the caller finishes it.
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            path: section.text("path", plain_path),
            key: section.text("key", json_pointer),
            username: section.text("username", json_pointer),
            email: section.text("email", json_pointer),
            anonymous: read_anonymous(section),
            cache: section.text("cache", duration("1s", "60s")),
            timeout: section.text("timeout", duration("100ms", "2s")),
        }
    }

    /// These keys in place of the built-in ones; what is missing from both is reported in `section`.
    pub(super) fn over(self, built_in: Self, section: &Section<'_>) -> Option<Introspect> {
        let path = self.path.or(built_in.path);
        let key = self.key.or(built_in.key);
        let username = self.username.or(built_in.username);
        for (name, value, example) in
            [("path", &path, "/whoami"), ("key", &key, "/id"), ("username", &username, "/login")]
        {
            if value.is_none() && !section.has(name) {
                let instead =
                    format!("`generic` has no profile: add `{name} = \"{example}\"` to [site.introspect]");
                section.reject_whole(&format!("lacks `{name}`"), instead);
            }
        }
        Some(Introspect {
            path: path?,
            key: key?,
            username: username?,
            email: self.email.or(built_in.email),
            anonymous: self.anonymous.or(built_in.anonymous),
            cache: self.cache.unwrap_or(Duration::from_secs(30)),
            timeout: self.timeout.unwrap_or(Duration::from_secs(2)),
        })
    }
}

/// The value and the pointer to it mean nothing alone.
fn read_anonymous(section: &mut Section<'_>) -> Option<(String, String)> {
    let pointer = section.text("anonymous_pointer", json_pointer);
    let value = section.text("anonymous_value", |text| Ok(text.to_owned()));
    for (one, other) in [("anonymous_pointer", "anonymous_value"), ("anonymous_value", "anonymous_pointer")] {
        if section.has(one) && !section.has(other) {
            section.reject(one, "stands alone", format!("add `{other}`"));
        }
    }
    pointer.zip(value)
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
