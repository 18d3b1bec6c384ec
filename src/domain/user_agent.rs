//! The family of a program, by its own word: enough to tell an admin what asked, and never to judge by.

use super::browser::{Browser, PROGRAMS};

/// The longest name of a family that a program may choose for itself.
const LONGEST: usize = 32;

/// A browser that is in no list.
const UNNAMED: &str = "A browser";

/// Whether a person can sit in front of it, as far as it says.
fn is_browser(agent: &str) -> bool {
    agent.starts_with("Mozilla/")
}

/// Whether a name is that of a browser, as `family` gives it.
pub fn names_browser(family: &str) -> bool {
    let named = |name: &str| {
        family.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(" on "))
    };
    PROGRAMS.iter().any(|(_, name)| named(name)) || named(UNNAMED)
}

/// The name of a browser with what it runs on, such as `Firefox on Windows`, or of another program, such as `curl`.
pub fn family(agent: &str) -> String {
    if !is_browser(agent) {
        let name = agent.split(['/', ' ', '(']).next().unwrap_or_default();
        let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
        return match name.get(..name.len().min(LONGEST)) {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => "unknown".to_owned(),
        };
    }
    let Browser { program, system } = Browser::of(agent);
    let program = program.unwrap_or(UNNAMED);
    match system {
        Some(system) => format!("{program} on {system}"),
        None => program.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_what_it_says_first_and_a_browser_what_no_other_says() {
        let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";
        for (agent, expected) in [
            (windows, "Chrome on Windows"),
            (&format!("{windows} Edg/130.0.0.0"), "Edge on Windows"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iOS",
            ),
            ("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36", "Chrome on Android"),
            ("Mozilla/5.0", "A browser"),
            ("curl/8.5.0", "curl"),
            ("python-requests/2.32", "python-requests"),
            ("Apache-HttpClient (Java 17)", "Apache-HttpClient"),
            ("", "unknown"),
            ("\u{1b}[31m/1", "31m"),
            ("ünï", "n"),
            ("(x)", "unknown"),
        ] {
            assert_eq!(family(agent), expected, "{agent}");
            assert_eq!(names_browser(expected), is_browser(agent), "{agent}");
        }
        assert_eq!(family(&"a".repeat(100)).len(), LONGEST);
    }
}
