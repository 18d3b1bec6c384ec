//! Values that several sections share: durations, sizes, quotas, plain paths, one word of a few.
//!
//! Every refusal says what was expected; none repeats the value.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use jiff::SpanRelativeTo;
use jiff::fmt::friendly::SpanParser;

use crate::domain::path::{PathReading, read_path};
use crate::domain::quota::Quota;

/// Why a value is refused, read after its key (`is not …`), and what to write instead.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) reason: String,
    pub(super) instead: String,
}

impl Refusal {
    pub(super) fn new(reason: impl Into<String>, instead: impl Into<String>) -> Self {
        Self { reason: reason.into(), instead: instead.into() }
    }
}

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(86_400);

/// A duration within bounds, which are written as in the file.
pub(super) fn duration(
    least: &'static str,
    most: &'static str,
) -> impl Fn(&str) -> Result<Duration, Refusal> {
    let bound = |text| any_duration(text).expect("bounds are literals of this room");
    let range = bound(least)..=bound(most);
    move |text| {
        let reason = match any_duration(text) {
            Some(duration) if range.contains(&duration) => return Ok(duration),
            Some(_) => "is out of range",
            None => "is not a duration",
        };
        let expected = format!("expected a duration from {least} to {most}, such as `90s`, `2h 30m` or `7d`");
        Err(Refusal::new(reason, expected))
    }
}

/// A size within bounds, which are written as in the file.
pub(super) fn bytes(least: &'static str, most: &'static str) -> impl Fn(&str) -> Result<u64, Refusal> {
    let bound = |text| any_size(text).expect("bounds are literals of this room");
    let range = bound(least)..=bound(most);
    move |text| {
        let reason = match any_size(text) {
            Some(bytes) if range.contains(&bytes) => return Ok(bytes),
            Some(_) => "is out of range",
            None => "is not a size",
        };
        let expected = format!("expected a size from {least} to {most}, such as `64KiB`, `250MiB` or `1GiB`");
        Err(Refusal::new(reason, expected))
    }
}

/// How often something may happen: `5/1h`.
pub(super) fn quota(text: &str) -> Result<Quota, Refusal> {
    let refusal = || {
        Refusal::new(
            "is not a limit",
            "expected how many, a slash and in how long, such as `5/1h`: 1 to 100000 in 1s to 1d",
        )
    };
    let (limit, window) = text.split_once('/').ok_or_else(refusal)?;
    let limit =
        limit.trim().parse().ok().filter(|limit| (1..=100_000).contains(limit)).ok_or_else(refusal)?;
    let window = any_duration(window).filter(|window| (SECOND..=DAY).contains(window)).ok_or_else(refusal)?;
    Ok(Quota { limit, window })
}

/// A name or a sentence: up to so many characters on one line, without the blanks around it.
pub(super) fn line(text: &str, most: usize) -> Option<Arc<str>> {
    let text = text.trim();
    let is_line = (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    is_line.then(|| Arc::from(text))
}

/// One word of a few, each with its meaning.
pub(super) fn choice<T: Copy>(words: &[(&'static str, T)]) -> impl Fn(&str) -> Result<T, Refusal> {
    move |text| {
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
            return Ok(*meaning);
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let help = match nearest(text, &known) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("expected one of: {}", known.join(", ")),
        };
        Err(Refusal::new("is none of the known words", help))
    }
}

/// An address or a network that is trusted. To trust everybody is to let every client say where it is, or to judge nobody.
pub(super) fn network(text: &str) -> Result<IpNet, Refusal> {
    let expected = "expected an address or a network, such as `127.0.0.1` or `10.1.0.0/16`";
    let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    match network {
        Ok(network) if network.prefix_len() == 0 => {
            Err(Refusal::new("would trust every client", "name the machines alone, such as `10.1.0.0/16`"))
        }
        Ok(network) => Ok(network.trunc()),
        Err(_) => Err(Refusal::new("is not a network", expected)),
    }
}

/// A path that every server reads in one way, as only such paths are ever compared with a request's.
pub(super) fn plain_path(text: &str) -> Result<String, Refusal> {
    match read_path(text) {
        Ok(PathReading::Plain(path)) => Ok(path.to_owned()),
        Ok(PathReading::Own(_)) => {
            Err(Refusal::new("is one of the gateway's own pages", "expected a path of the product"))
        }
        _ => Err(Refusal::new(
            "is not a plain path",
            "expected a path such as `/rest/api/2/myself`: no query, `%`, `;`, `//`, or segment that starts with a dot",
        )),
    }
}

/// Days are 24 hours and weeks 7 days: a verification counts by elapsed time, not by the calendar.
fn any_duration(text: &str) -> Option<Duration> {
    let span = SpanParser::new().parse_span(text.trim()).ok()?;
    Duration::try_from(span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?).ok()
}

/// A whole number of KiB, MiB or GiB. What `MB` means depends on whom one asks, so it is not taken.
fn any_size(text: &str) -> Option<u64> {
    let units = [("KiB", 1024), ("MiB", 1024 * 1024), ("GiB", 1024 * 1024 * 1024)];
    let text = text.trim();
    let (number, unit) = units.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, unit)))?;
    let number = number.trim_end();
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    number.parse::<u64>().ok()?.checked_mul(*unit)
}

/// The known word that a mistyped one most likely stands for: a third of its letters may be wrong, swapped or missing.
pub(super) fn nearest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    let distance = |word: &str| strsim::damerau_levenshtein(&written.to_ascii_lowercase(), word);
    let near = |word: &str| distance(word) <= (word.len().max(written.len()) / 3).max(1);
    known.iter().copied().filter(|word| near(word)).min_by_key(|word| distance(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("90s", 90),
            ("15m", 900),
            ("7d", 604_800),
            ("2h 30m", 9000),
            ("1w", 604_800),
            ("1 hour, 5 mins", 3900),
        ] {
            assert_eq!(any_duration(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in
            ["", "90", "-90s", "90s ago", "1 month", "1y", "PT1H", "ten minutes", "1h30", "99999999999999d"]
        {
            assert_eq!(any_duration(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_are_whole_numbers_of_binary_units() {
        let mebibyte = 1024 * 1024;
        for (text, size) in [("250MiB", 250 * mebibyte), ("64 KiB", 65_536), (" 1GiB ", 1024 * mebibyte)] {
            assert_eq!(any_size(text), Some(size), "{text}");
        }
        for text in
            ["", "250", "250MB", "250M", "-1KiB", "+1KiB", "1.5GiB", "MiB", "unlimited", "99999999999999GiB"]
        {
            assert_eq!(any_size(text), None, "{text}");
        }
        assert!(bytes("1KiB", "10GiB")("10GiB").is_ok() && bytes("1KiB", "10GiB")("11GiB").is_err());
    }

    #[test]
    fn limits_are_counts_in_windows() {
        assert_eq!(quota("5/1h").unwrap(), Quota::per_hour(5));
        assert_eq!(quota("10 / 1d").unwrap(), Quota::per_day(10));
        for text in ["", "5", "5/", "/1h", "0/1h", "-1/1h", "100001/1h", "5/0s", "5/2d", "5/1h/2", "5 per 1h"]
        {
            assert!(quota(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reading_values_never_panics(text in "\\PC{0,40}") {
            let _ = (any_duration(&text), any_size(&text), quota(&text).is_ok(), plain_path(&text).is_ok());
        }
    }
}
