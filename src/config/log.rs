//! `[log]`: what is logged, and how lines look. No setting makes a secret, a code or a cookie appear.

use tracing_subscriber::EnvFilter;

use super::section::Section;
use super::settings::{Log, LogFormat};
use super::values::nearest;
use super::values::{Refusal, choice};

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Reads the section.
pub(super) fn read(root: &mut Section<'_>) -> Log {
    let mut section = root.section("log");
    let level = section.text("level", level).unwrap_or_else(|| "info".to_owned());
    let format = section.text("format", choice(&[("json", LogFormat::Json), ("text", LogFormat::Text)]));
    let access = section.switch("access", true);
    section.finish();
    Log { level, format: format.unwrap_or(LogFormat::Json), access }
}

/// A filter that says what it means: `tracing` reads a mistyped level (`inof`) as a module's name and logs next to nothing.
fn level(text: &str) -> Result<String, Refusal> {
    let expected =
        || "expected a level such as `info`, or a filter such as `info,postern::mail=debug`".to_owned();
    for word in text.split(',').map(str::trim).filter(|part| !part.contains(['=', '[', ']', '{', '}'])) {
        if !LEVELS.contains(&word.to_ascii_lowercase().as_str()) {
            let help =
                nearest(word, &LEVELS).map_or_else(expected, |level| format!("did you mean `{level}`?"));
            return Err(Refusal::new("is not a log filter", help));
        }
    }
    match EnvFilter::builder().parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err(Refusal::new("is not a log filter", expected())),
    }
}
