//! How long something lasts, as people say it.

use std::time::Duration;

/// In the largest unit of which there are several: "24 hours" reads well after "every" and after "for".
pub fn in_words(length: Duration) -> String {
    let seconds = length.as_secs();
    let units = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    let unit = units.into_iter().find(|(length, _)| seconds.is_multiple_of(*length) && seconds / length > 1);
    let (length, unit) = unit.unwrap_or((1, "seconds"));
    format!("{} {unit}", seconds / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_said_in_its_largest_unit() {
        for (seconds, said) in
            [(604_800, "7 days"), (86_400, "24 hours"), (3_600, "60 minutes"), (90, "90 seconds")]
        {
            assert_eq!(in_words(Duration::from_secs(seconds)), said);
        }
    }
}
