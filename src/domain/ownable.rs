//! Which domains an organization may own at all. Proving that it does own one is another matter: `ownership.rs`.
//!
//! What many people share is nobody's: whoever owned `co.uk`, `github.io` or `gmail.com` here would manage the accounts of
//! strangers. The lists are compiled in, so that no download can change what was refused yesterday.

use std::net::IpAddr;
use std::sync::LazyLock;

use psl::{List, Psl as _};

use super::domain_name::{DomainName, DomainNameError};

/// Names that the public DNS never gives to anybody (IANA, Special-Use Domain Names; `internal`: ICANN resolution
/// 2024.07.29.06), and so with all below them.
const SPECIAL_USE: [&str; 12] = [
    "alt",
    "arpa",
    "example",
    "example.com",
    "example.net",
    "example.org",
    "internal",
    "invalid",
    "local",
    "localhost",
    "onion",
    "test",
];

static PUBLIC_MAIL: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("public_mail_domains.txt").lines();
    lines.filter(|line| !line.starts_with('#')).collect()
});

/// Whether names for special use, such as those below `test` and `internal`, may be owned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpecialUse {
    /// They may not: in another network the same name is somebody else's.
    Refused,
    /// They may, where the resolver in use is the only one that counts: an intranet, a test.
    Allowed,
}

/// Why nobody can own a domain here, as a sentence for who tried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unownable {
    /// It is no domain name.
    #[error("this {0}")]
    NoName(#[from] DomainNameError),
    /// It is an address of a machine, or would be taken for one.
    #[error("this is an IP address; a domain has a name, such as example.com")]
    IpAddress,
    /// A registry sells, or a service gives away, names below it.
    #[error("{0} is a public suffix: names below it belong to many people, so nobody can own all of it here")]
    PublicSuffix(DomainName),
    /// Anybody can have a mailbox there.
    #[error("{0} gives mail addresses to anybody, so nobody can own it here")]
    PublicMail(DomainName),
    /// It has a meaning of its own, or none, in public DNS.
    #[error(
        "{0} is a name for special use, which nobody owns in public DNS; a setting of the gateway allows such names"
    )]
    SpecialUse(DomainName),
}

/// Reads what somebody typed as a domain that can be owned. It may be in any spelling, and in any script that IDNA takes; it
/// is kept in one, with `xn--` labels.
pub fn read(text: &str, special_use: SpecialUse) -> Result<DomainName, Unownable> {
    if is_address_literal(text) {
        return Err(Unownable::IpAddress);
    }
    let name = DomainName::parse(text)?;
    if ends_in_a_number(&name) {
        return Err(Unownable::IpAddress);
    }
    if special_use == SpecialUse::Refused && is_special(&name) {
        return Err(Unownable::SpecialUse(name));
    }
    if is_public_suffix(&name) {
        return Err(Unownable::PublicSuffix(name));
    }
    if PUBLIC_MAIL.binary_search(&name.as_str()).is_ok() {
        return Err(Unownable::PublicMail(name));
    }
    Ok(name)
}

fn is_address_literal(text: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    inner.parse::<IpAddr>().is_ok()
}

/// Libraries read such a name as an IPv4 address in one of its old spellings (WHATWG URL, "ends in a number").
fn ends_in_a_number(name: &DomainName) -> bool {
    let last = name.as_str().rsplit('.').next().unwrap_or_default();
    let is_hex = last.strip_prefix("0x").is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
    is_hex || last.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_special(name: &DomainName) -> bool {
    let name = name.as_str();
    SPECIAL_USE
        .iter()
        .any(|zone| name.strip_suffix(zone).is_some_and(|before| before.is_empty() || before.ends_with('.')))
}

/// By the list of publicsuffix.org, what registries run and what services do. A name below no known suffix is none itself:
/// an intranet may have any.
fn is_public_suffix(name: &DomainName) -> bool {
    let suffix = List.suffix(name.as_str().as_bytes());
    suffix.is_some_and(|suffix| suffix.is_known() && suffix.as_bytes() == name.as_str().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Unownable {
        read(text, SpecialUse::Refused).expect_err(text)
    }

    fn accepted(text: &str) -> String {
        read(text, SpecialUse::Refused).unwrap_or_else(|error| panic!("{text}: {error}")).to_string()
    }

    #[test]
    fn t146_what_many_people_share_is_refused() {
        for text in [
            "co.uk",
            "CO.UK.",
            "github.io",
            "com.au",
            "any.kawasaki.jp",
            "xn--55qx5d.cn",
            "公司.cn",
            "blogspot.com",
        ] {
            assert!(matches!(refusal(text), Unownable::PublicSuffix(_)), "{text}: {:?}", refusal(text));
        }
        for text in ["gmail.com", "GMAIL.com.", "outlook.com", "yahoo.co.jp", "qq.com", "web.de"] {
            assert!(matches!(refusal(text), Unownable::PublicMail(_)), "{text}: {:?}", refusal(text));
        }
        assert_eq!(
            refusal("Gmail.com").to_string(),
            "gmail.com gives mail addresses to anybody, so nobody can own it here"
        );
    }

    #[test]
    fn t146_what_is_no_domain_is_refused() {
        for text in ["192.0.2.1", "[::1]", "::1", "127.1", "0x7f.1", "10.0.0.0x1", "corp.123", "1.2.3.4."] {
            assert_eq!(refusal(text), Unownable::IpAddress, "{text}");
        }
        assert_eq!(refusal("localhost"), Unownable::NoName(DomainNameError::SingleLabel));
        assert_eq!(refusal("com"), Unownable::NoName(DomainNameError::SingleLabel));
        for text in
            ["", "*.corp.com", "a@corp.com", "https://corp.com", "corp.com/x", "_dmarc.corp.com", " corp.com"]
        {
            assert!(matches!(refusal(text), Unownable::NoName(_)), "{text}");
        }
        assert_eq!(
            refusal("com").to_string(),
            "this has only one label; a domain such as example.com was expected"
        );
    }

    #[test]
    fn names_for_special_use_need_the_setting() {
        for text in [
            "corp.test",
            "jira.local",
            "a.localhost",
            "example.com",
            "www.example.org",
            "corp.internal",
            "x.onion",
            "a.home.arpa",
        ] {
            assert!(matches!(refusal(text), Unownable::SpecialUse(_)), "{text}");
            assert_eq!(read(text, SpecialUse::Allowed).unwrap().as_str(), text);
        }
        assert_eq!(accepted("contest.com"), "contest.com", "a name only ends like one of them");
        assert_eq!(accepted("notexample.com"), "notexample.com");
        for text in ["co.uk", "gmail.com", "192.0.2.1", "test"] {
            assert!(read(text, SpecialUse::Allowed).is_err(), "the setting opens nothing else: {text}");
        }
    }

    #[test]
    fn what_somebody_registered_can_be_owned() {
        for text in
            ["acme.com", "acme.co.uk", "acme.github.io", "mail.acme.com", "city.kawasaki.jp", "acme.lan"]
        {
            assert_eq!(accepted(text), text);
        }
    }

    #[test]
    fn t153_t155_a_domain_is_kept_in_one_spelling() {
        for (text, kept) in [
            ("Acme.COM.", "acme.com"),
            ("bücher.de", "xn--bcher-kva.de"),
            ("BÜCHER.de", "xn--bcher-kva.de"),
            ("XN--BCHER-KVA.DE", "xn--bcher-kva.de"),
            ("\u{430}pple.com", "xn--pple-43d.com"),
            ("例え.jp", "xn--r8jz45g.jp"),
        ] {
            assert_eq!(accepted(text), kept);
        }
    }

    #[test]
    fn t154_a_label_that_is_read_in_two_ways_is_refused() {
        for text in [
            "xn--example-.com",
            "corp.com.xn--",
            "xn--a.com",
            "\u{202e}acme.com",
            "a\u{5d0}.com",
            "acme\u{200d}.com",
            "ａｃｍｅ.com",
            "acme\u{3002}com",
        ] {
            assert!(matches!(refusal(text), Unownable::NoName(DomainNameError::Character)), "{text}");
        }
    }

    #[test]
    fn the_longest_name_is_taken_and_no_longer_one() {
        let label = "a".repeat(63);
        let longest = format!("{label}.{label}.{label}.{}.com", "a".repeat(57));
        assert_eq!(longest.len(), 253);
        assert_eq!(accepted(&longest), longest);
        assert_eq!(refusal(&format!("a{longest}")), Unownable::NoName(DomainNameError::Shape));
        assert_eq!(refusal(&format!("{label}a.com")), Unownable::NoName(DomainNameError::Shape));
    }

    #[test]
    fn the_list_of_public_mail_is_canonical_and_in_order() {
        assert!(PUBLIC_MAIL.len() > 300 && PUBLIC_MAIL.is_sorted_by(|one, next| one < next));
        for name in PUBLIC_MAIL.iter() {
            let parsed = DomainName::parse(name).unwrap_or_else(|error| panic!("{name} {error}"));
            assert_eq!(parsed.as_str(), *name);
            assert!(!is_public_suffix(&parsed) && !is_special(&parsed), "{name} is refused anyway");
        }
    }
}
