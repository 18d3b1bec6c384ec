//! A DNS name as it is compared: lower case, ASCII (`xn--` for the rest), no trailing dot.
//!
//! Two spellings that DNS treats as one name become one value here; two names that only look alike never do.

use std::borrow::Borrow;
use std::fmt;

/// A canonical domain name of at least two labels, at most 253 bytes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DomainName(Box<str>);

/// Why a text is no domain name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DomainNameError {
    /// Empty, too long, or with an empty or overlong label.
    #[error("is not a domain name: a name has labels of 1 to 63 characters and 253 characters at most")]
    Shape,
    /// A character outside letters, digits and hyphens, or an invalid internationalised label.
    #[error("is not a domain name: a label has letters, digits and inner hyphens only")]
    Character,
    /// Only one label, such as `localhost`: no mail domain.
    #[error("has only one label; a domain such as example.com was expected")]
    SingleLabel,
}

impl DomainName {
    /// Parses a name in any spelling: case, one trailing dot, and Unicode are folded.
    pub fn parse(text: &str) -> Result<Self, DomainNameError> {
        let name = Self::parse_host(text)?;
        if !name.0.contains('.') {
            return Err(DomainNameError::SingleLabel);
        }
        Ok(name)
    }

    /// As [`parse`](Self::parse), but a single label (`localhost`) is a name too: hosts may be so called.
    pub fn parse_host(text: &str) -> Result<Self, DomainNameError> {
        let text = text.strip_suffix('.').unwrap_or(text);
        let ascii = if text.is_ascii() { text.to_ascii_lowercase() } else { ascii_form(text)? };
        if ascii.is_empty() || ascii.len() > 253 {
            return Err(DomainNameError::Shape);
        }
        for label in ascii.split('.') {
            check_label(label)?;
        }
        Ok(Self(ascii.into_boxed_str()))
    }

    /// Whether a text is what [`parse`](Self::parse) makes of it.
    pub(super) fn is_canonical(text: &str) -> bool {
        text.len() <= 253 && text.contains('.') && text.split('.').all(|label| check_label(label).is_ok())
    }

    /// The canonical spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Unicode becomes `xn--`, but only where nothing was *mapped* on the way: a full-width or ligature spelling of
/// another name is refused, not turned into that name.
fn ascii_form(text: &str) -> Result<String, DomainNameError> {
    let ascii = idna::domain_to_ascii_strict(text).map_err(|_| DomainNameError::Character)?;
    let (unicode, result) = idna::domain_to_unicode(&ascii);
    if result.is_err() || unicode != text.to_lowercase() {
        return Err(DomainNameError::Character);
    }
    Ok(ascii)
}

fn check_label(label: &str) -> Result<(), DomainNameError> {
    if label.is_empty() || label.len() > 63 {
        return Err(DomainNameError::Shape);
    }
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if label.starts_with('-') || label.ends_with('-') || !label.bytes().all(inner) {
        return Err(DomainNameError::Character);
    }
    // An `xn--` label must decode, and to something that is not plain ASCII (CVE-2024-12224).
    if let Some(encoded) = label.strip_prefix("xn--") {
        let decoded = idna::punycode::decode_to_string(encoded).ok_or(DomainNameError::Character)?;
        if decoded.is_ascii() || idna::domain_to_ascii_strict(&decoded).ok().as_deref() != Some(label) {
            return Err(DomainNameError::Character);
        }
    }
    Ok(())
}

impl Borrow<str> for DomainName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_one_value() {
        for spelling in ["corp.test", "Corp.TEST", "corp.test.", "CORP.test."] {
            assert_eq!(DomainName::parse(spelling).unwrap().as_str(), "corp.test");
        }
        assert_eq!(DomainName::parse("bücher.test").unwrap().as_str(), "xn--bcher-kva.test");
        assert_eq!(DomainName::parse("XN--BCHER-KVA.test").unwrap().as_str(), "xn--bcher-kva.test");
    }

    #[test]
    fn a_lookalike_is_another_name_or_refused() {
        assert_ne!(DomainName::parse("\u{430}pple.test").unwrap(), DomainName::parse("apple.test").unwrap());
        for mapped in ["ｃｏｒｐ.test", "corp\u{3002}test", "of\u{fb01}ce.test", "corp\u{200b}.test"] {
            assert!(DomainName::parse(mapped).is_err(), "{mapped:?} must not become another name");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in [
            "",
            ".",
            "a..test",
            "-a.test",
            "a-.test",
            "a_b.test",
            "a b.test",
            "xn--example-.test",
            "corp.test.xn--",
            "corp.test..",
            "[127.0.0.1]",
            "a@b.test",
            "a.test\0",
        ] {
            assert!(DomainName::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(DomainName::parse("localhost"), Err(DomainNameError::SingleLabel));
        assert!(DomainName::parse_host("localhost").is_ok());
        assert_eq!(DomainName::parse(&format!("{}.test", "a".repeat(64))), Err(DomainNameError::Shape));
    }
}
