//! `[decisions]`: what is kept of what the gate decided, to be explained and tried on other policies.

use std::time::Duration;

use super::section::Section;
use super::values::{choice, duration};

/// Long enough to see what a week looks like, and the one before.
const KEEP_FOR: Duration = Duration::from_secs(14 * 86_400);

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decisions {
    /// Of which requests.
    pub keep: Kept,
    /// For how long; up to an hour longer.
    pub keep_for: Duration,
    /// How many at most. Beyond it the oldest go.
    pub most: u64,
}

/// Of which requests something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kept {
    /// Of none.
    Off,
    /// Of those that were refused, or would have been.
    Refusals,
    /// Of these, and now and then of one that passed.
    All,
}

/// Reads the section.
pub(super) fn read(root: &mut Section<'_>) -> Decisions {
    let mut section = root.section("decisions");
    let words = [("all", Kept::All), ("refusals", Kept::Refusals), ("off", Kept::Off)];
    let keep = section.text("keep", choice(&words)).unwrap_or(Kept::All);
    let keep_for = section.text("keep_for", duration("1d", "90d")).unwrap_or(KEEP_FOR);
    let most = section.integer("most", 1_000..=50_000_000).unwrap_or(500_000);
    section.finish();
    Decisions { keep, keep_for, most: most.into() }
}
