//! The authority a client names in `Host` or in an absolute target: one host, perhaps a port, nothing else.

use super::domain_name::DomainName;

/// A parsed authority. An IP literal parses too, but no site is called by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// The canonical host.
    pub host: DomainName,
    /// The port, where one was given.
    pub port: Option<u16>,
}

/// The text is no `host[:port]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a host name with an optional port")]
pub struct AuthorityError;

impl Authority {
    /// Parses `host[:port]` (RFC 9110 section 7.2). Userinfo, paths, lists, spaces and empty ports are refused: what
    /// follows them is read differently by different servers.
    pub fn parse(text: &str) -> Result<Self, AuthorityError> {
        let (host, port) = match text.split_once(':') {
            Some((host, port)) => (host, Some(parse_port(port)?)),
            None => (text, None),
        };
        if !text.is_ascii() {
            return Err(AuthorityError);
        }
        let host = DomainName::parse_host(host).map_err(|_| AuthorityError)?;
        Ok(Self { host, port })
    }
}

fn parse_port(text: &str) -> Result<u16, AuthorityError> {
    if text.is_empty() || text.len() > 5 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AuthorityError);
    }
    text.parse().map_err(|_| AuthorityError)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_host_are_one_value() {
        for text in ["wiki.test", "WIKI.TEST.", "Wiki.Test:443", "wiki.test:1"] {
            assert_eq!(Authority::parse(text).unwrap().host.as_str(), "wiki.test");
        }
        assert_eq!(Authority::parse("wiki.test:8080").unwrap().port, Some(8080));
    }

    #[test]
    fn what_servers_read_differently_is_refused() {
        for text in [
            "",
            "wiki.test:443@evil.test",
            "wiki.test/",
            "wiki.test,evil.test",
            "wiki.test:",
            "wiki.test:+80",
            "wiki.test:080000",
            "a@wiki.test",
            " wiki.test",
            "wiki.test ",
            "wiki.test:65536",
            "[::1]",
            "wiki.test#",
            "wiki.test:80:80",
            "wiki_test",
        ] {
            assert!(Authority::parse(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "\\PC{0,60}") {
            let _ = Authority::parse(&text);
        }
    }
}
