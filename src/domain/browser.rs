//! What a browser is called where its person reads of it, by its own word. Nothing is ever decided by it.

use std::net::IpAddr;

/// A kind of browser on a kind of system, each by the name that people know, which is the same in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Browser {
    /// `None` for one that is not in the list.
    pub program: Option<&'static str>,
    /// Likewise.
    pub system: Option<&'static str>,
}

/// What is in the header, and what it means. The first that is found counts, as most browsers name those before them too.
pub(super) const PROGRAMS: [(&str, &str); 14] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

impl Browser {
    /// What a `User-Agent` says. Of what stands there no byte is kept.
    pub fn of(user_agent: &str) -> Self {
        let find = |table: &[(&str, &'static str)]| {
            table.iter().find(|(part, _)| user_agent.contains(part)).map(|(_, name)| *name)
        };
        Self { program: find(&PROGRAMS), system: find(&SYSTEMS) }
    }

    /// The same by the names, as they are stored.
    pub fn named(program: &str, system: &str) -> Self {
        let find = |table: &[(&str, &'static str)], wanted: &str| {
            table.iter().find(|(_, name)| *name == wanted).map(|(_, name)| *name)
        };
        Self { program: find(&PROGRAMS, program), system: find(&SYSTEMS, system) }
    }
}

/// Roughly where an address is, for people: `192.0.2.x`, `2001:db8:1:x`.
pub fn approximate(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.x")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:x")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_called_what_people_call_them() {
        for (text, program, system) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
                "Edge",
                "Windows",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox", "Linux"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0 Mobile/15E148 Safari/604.1",
                "Chrome",
                "iOS",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
                "Safari",
                "macOS",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
                "Samsung Internet",
                "Android",
            ),
        ] {
            let browser = Browser::of(text);
            assert_eq!(browser, Browser { program: Some(program), system: Some(system) }, "{text}");
            assert_eq!(Browser::named(program, system), browser);
        }
        assert_eq!(Browser::of("curl/8.0 <b>"), Browser { program: None, system: None });
        assert_eq!(Browser::named("<b>", ""), Browser { program: None, system: None });
    }

    #[test]
    fn an_address_is_told_roughly() {
        for (address, told) in [
            ("192.0.2.7", "192.0.2.x"),
            ("::ffff:192.0.2.7", "192.0.2.x"),
            ("2001:db8:1:2::3", "2001:db8:1:x"),
        ] {
            assert_eq!(approximate(address.parse().unwrap()), told);
        }
    }
}
