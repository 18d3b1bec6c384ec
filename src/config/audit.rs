//! `[audit]`: how long the audit log is kept.

use std::time::Duration;

use super::section::Section;
use super::values::duration;

/// As long as in the product whose log this is like.
const KEEP_FOR: Duration = Duration::from_secs(180 * 86_400);

/// The audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audit {
    /// How long an event stays; up to a day longer.
    pub keep_for: Duration,
}

/// Reads the section.
pub(super) fn read(root: &mut Section<'_>) -> Audit {
    let mut section = root.section("audit");
    let keep_for = section.text("keep_for", duration("30d", "3650d")).unwrap_or(KEEP_FOR);
    section.finish();
    Audit { keep_for }
}
