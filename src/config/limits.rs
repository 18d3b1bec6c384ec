//! `[limits]`: how often codes may be sent and tried. A limit can be widened, never switched off.

use crate::domain::quota::Quota;

use super::section::Section;
use super::settings::Limits;
use super::values::quota;

/// Reads the section.
pub(super) fn read(root: &mut Section<'_>) -> Limits {
    let mut section = root.section("limits");
    let limits = Limits {
        sends_per_account: list(&mut section, "sends_per_account", &["1/60s", "5/1h", "10/1d"]),
        sends_per_network: list(&mut section, "sends_per_network", &["100/1h"]),
        sends: list(&mut section, "sends", &["3000/1h"]),
        tries_per_account: list(&mut section, "tries_per_account", &["15/1h", "30/1d"]),
        tries_per_network: list(&mut section, "tries_per_network", &["300/1h"]),
    };
    section.finish();
    limits
}

fn list(section: &mut Section<'_>, key: &'static str, default: &[&str]) -> Vec<Quota> {
    let written = section.texts(key, quota);
    if written.as_ref().is_some_and(Vec::is_empty) {
        let instead =
            format!("expected at least one, such as `{}`; a limit cannot be switched off", default[0]);
        section.reject(key, "is empty", instead);
    }
    let parse = |text: &&str| quota(text).expect("the defaults are limits");
    written.unwrap_or_else(|| default.iter().map(parse).collect())
}
