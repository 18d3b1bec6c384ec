//! Text that is HTML already: what a message became when its values were made harmless. Templates do not escape it again.
//!
//! Only this room makes it, out of its own messages; nothing that a client, a file or a row said becomes markup by it.

use std::fmt::{self, Write as _};

/// Escaped HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    pub(super) fn trusted(html: String) -> Self {
        Self(html)
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Html {}

impl askama::FastWritable for Html {
    fn write_into(
        &self,
        destination: &mut dyn fmt::Write,
        _: &dyn askama::Values,
    ) -> Result<(), askama::Error> {
        Ok(destination.write_str(&self.0)?)
    }
}

/// A name keeps its own direction, and no translation program touches it.
pub(super) fn name(text: &str) -> String {
    format!("<bdi translate=\"no\">{}</bdi>", escape(text))
}

pub(super) fn strong(text: &str) -> String {
    format!("<strong>{}</strong>", name(text))
}

pub(super) fn mark(text: &str) -> String {
    format!("<bdi class=\"mark\" translate=\"no\">{}</bdi>", escape(text))
}

/// As the templates escape.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '"' | '&' | '\'' | '<' | '>' => {
                // Writing into a string does not fail.
                let _ = write!(escaped, "&#{};", u32::from(char));
            }
            _ => escaped.push(char),
        }
    }
    escaped
}
