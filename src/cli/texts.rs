//! `postern texts`: what pages and mails say in a language, as Fluent messages. It reads no configuration.

use std::io::Write as _;

use crate::domain::language::Language;
use crate::texts::source;

/// Prints the messages of the language of a tag. Whoever reads only the first of them may hang up.
pub fn run(tag: &str) -> anyhow::Result<()> {
    let language = Language::of_tag(tag).unwrap_or_default();
    match std::io::stdout().write_all(source(language).as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
