//! The figures that may not grow: what was counted, beside what `bench/counts.toml` says.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs};

/// Figures by what they are of: a case, then a kind of figure.
pub type Figures = BTreeMap<String, BTreeMap<String, u64>>;

const HEADER: &str = "\
# What a warm request and its dearest steps may cost; bench/README.md, \"What CI counts\", says how it is counted.
# Written by `./dev counts --accept`.
";

/// A figure that may differ a little is right within one part in this many.
const TOLERANCE: u64 = 20;

/// Compares figures with what is written down, or writes them down where the environment says so. The answer names each
/// figure that is not as it should be.
pub fn hold(counted: &Figures, exact: &[&str]) -> Result<(), String> {
    let written = read();
    if env::var("POSTERN_COUNTS").is_ok_and(|wish| wish == "accept") {
        return accept(written, counted);
    }
    let complaints: Vec<_> = counted
        .iter()
        .flat_map(|(case, figures)| figures.iter().map(move |(kind, count)| (case, kind, *count)))
        .filter_map(|(case, kind, count)| {
            let expected = written.get(case).and_then(|figures| figures.get(kind)).copied();
            let complaint = complaint(expected, count, exact.contains(&kind.as_str()))?;
            Some(format!("{case}: {kind}: {complaint}"))
        })
        .collect();
    if complaints.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{}\nWhere a new figure is right, `./dev counts --accept` writes all of them into bench/counts.toml.",
        complaints.join("\n")
    ))
}

/// What is wrong with a figure. One that shrank is wrong too: written down, the gain is held.
fn complaint(expected: Option<u64>, count: u64, exact: bool) -> Option<String> {
    let Some(expected) = expected else { return Some(format!("{count}, and nothing is written of it")) };
    let margin = if exact { 0 } else { expected / TOLERANCE };
    if count > expected + margin {
        return Some(format!("grew from {expected} to {count}{}", percent(expected, count)));
    }
    if count + margin < expected {
        return Some(format!("shrank from {expected} to {count}{}: hold the gain", percent(expected, count)));
    }
    None
}

fn percent(expected: u64, count: u64) -> String {
    if expected == 0 {
        return String::new();
    }
    let change = 100.0 * (count as f64 - expected as f64) / expected as f64;
    format!(" ({change:+.1} %)")
}

/// Kinds that are counted elsewhere stay as they are.
fn accept(mut written: Figures, counted: &Figures) -> Result<(), String> {
    for (case, figures) in counted {
        written.entry(case.clone()).or_default().extend(figures.clone());
    }
    let text = toml::to_string(&written).map_err(|error| error.to_string())?;
    fs::write(path(), format!("{HEADER}\n{text}")).map_err(|error| error.to_string())
}

fn read() -> Figures {
    let Ok(text) = fs::read_to_string(path()) else { return Figures::new() };
    toml::from_str(&text).expect("bench/counts.toml holds cases and figures")
}

fn path() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "bench", "counts.toml"].iter().collect()
}
