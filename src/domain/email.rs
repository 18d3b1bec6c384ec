//! An e-mail address as it is judged and written to: strict, and in one spelling.
//!
//! What mail systems call valid is wider (quotes, comments, literals); those forms exist here only as ways to look like
//! somebody else, so they are refused.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::domain_name::{DomainName, DomainNameError};

/// A canonical address: lower case, `local@domain`, at most 254 bytes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct EmailAddress {
    text: Box<str>,
    at: u8,
}

/// Why a text is no address that Postern accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// Not exactly one `@`.
    #[error("is not an e-mail address: exactly one @ was expected")]
    At,
    /// The part before the `@`.
    #[error(
        "has a part before the @ that is empty, too long, or has characters other than letters, digits and .!#$%&'*+/=?^_`{{|}}~-"
    )]
    Local,
    /// The part after the `@`.
    #[error("has a mail domain that {0}")]
    Domain(#[from] DomainNameError),
    /// Longer than mail can carry (RFC 5321 section 4.5.3.1).
    #[error("is longer than 254 characters")]
    TooLong,
}

impl EmailAddress {
    /// Parses an address: a dot-atom of ASCII (RFC 5322 section 3.2.3), `@`, a domain without a trailing dot.
    /// Letters are folded to lower case on both sides, so one mailbox cannot have two counters.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let (local, domain) = text.split_once('@').ok_or(EmailError::At)?;
        if domain.contains('@') {
            return Err(EmailError::At);
        }
        if local.len() > 64 || !local.split('.').all(is_atom) {
            return Err(EmailError::Local);
        }
        if domain.ends_with('.') {
            return Err(EmailError::Domain(DomainNameError::Shape));
        }
        let domain = DomainName::parse(domain)?;
        let text = format!("{}@{domain}", local.to_ascii_lowercase());
        if text.len() > 254 {
            return Err(EmailError::TooLong);
        }
        let at = u8::try_from(local.len()).map_err(|_| EmailError::Local)?;
        Ok(Self { text: text.into_boxed_str(), at })
    }

    /// An address that already has its one spelling, such as one that was stored; `None` for anything else. It refuses and
    /// keeps what [`parse`](Self::parse) does, in a third of the time: tables of millions are loaded with it.
    pub fn from_canonical(text: &str) -> Option<Self> {
        let (local, domain) = text.split_once('@')?;
        let is_folded = !local.bytes().any(|byte| byte.is_ascii_uppercase());
        let is_local = local.len() <= 64 && is_folded && local.split('.').all(is_atom);
        if !is_local || text.len() > 254 || !DomainName::is_canonical(domain) {
            return None;
        }
        Some(Self { text: text.into(), at: u8::try_from(local.len()).ok()? })
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part before the `@`.
    #[expect(clippy::string_slice, reason = "an address is ASCII throughout")]
    pub fn local(&self) -> &str {
        &self.text[..usize::from(self.at)]
    }

    /// The mail domain, canonical as in [`DomainName`].
    #[expect(clippy::string_slice, reason = "an address is ASCII throughout")]
    pub fn domain(&self) -> &str {
        &self.text[usize::from(self.at) + 1..]
    }

    /// For a page that a stolen session could open: `j••e@acme.com` says which mailbox without giving it away.
    #[expect(
        clippy::string_slice,
        reason = "an address is ASCII throughout, and its local part is not empty"
    )]
    pub fn masked(&self) -> String {
        let local = self.local();
        let first = &local[..1];
        let last = if local.len() > 3 { &local[local.len() - 1..] } else { "" };
        format!("{first}•••{last}@{}", self.domain())
    }
}

fn is_atom(atom: &str) -> bool {
    let atext = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte);
    !atom.is_empty() && atom.bytes().all(atext)
}

impl From<EmailAddress> for String {
    fn from(email: EmailAddress) -> Self {
        email.text.into()
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, EmailError> {
        Self::parse(&text)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_mailbox_has_one_spelling() {
        for spelling in ["Jane@ACME.com", "jane@acme.com", "JANE@Acme.Com"] {
            assert_eq!(EmailAddress::parse(spelling).unwrap().as_str(), "jane@acme.com");
        }
        assert_eq!(EmailAddress::parse("a+b@managed.test").unwrap().domain(), "managed.test");
    }

    #[test]
    fn addresses_that_pretend_are_refused() {
        for text in [
            "\"a@evil.test\"@managed.test",
            "a@ext.test(@managed.test)",
            "=?utf-8?q?a=40x?=@managed.test ",
            "a@[127.0.0.1]",
            "a@managed.test\0@ext.test",
            "a@@managed.test",
            "a@managed.test@evil.test",
            "a@managed.test.",
            "a\u{ff20}managed.test",
            "\u{17f}am@managed.test",
            "l\u{131}am@managed.test",
            "a\u{200b}@managed.test",
            "a@managed.test\r\nBcc: x@evil.test",
            "a b@managed.test",
            ".a@managed.test",
            "a..b@managed.test",
            "@managed.test",
            "a@localhost",
            "",
        ] {
            assert!(EmailAddress::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(EmailAddress::parse("a%managed.test@ext.test").unwrap().domain(), "ext.test");
    }

    #[test]
    fn a_masked_address_keeps_the_mailbox_to_itself() {
        assert_eq!(EmailAddress::parse("jane.doe@acme.com").unwrap().masked(), "j•••e@acme.com");
        assert_eq!(EmailAddress::parse("al@acme.com").unwrap().masked(), "a•••@acme.com");
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_is_stable(text in "\\PC{0,80}") {
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert_eq!(EmailAddress::parse(address.as_str()).unwrap(), address.clone());
                prop_assert_eq!(address.as_str().matches('@').count(), 1);
                prop_assert!(address.as_str().is_ascii());
                let _ = address.masked();
            }
        }

        #[test]
        fn what_is_canonical_is_what_parsing_leaves_as_it_is(
            text in "(\\PC{0,12}|[a-zA-Z0-9.!_-]{0,70})@(\\PC{0,12}|([a-zA-Z0-9-]{0,64}\\.){0,5}[a-z]{0,4}|xn--[a-z0-9-]{1,8}\\.test)",
        ) {
            let parsed = EmailAddress::parse(&text);
            prop_assert_eq!(EmailAddress::from_canonical(&text), parsed.clone().ok().filter(|it| it.as_str() == text));
            if let Ok(address) = parsed {
                prop_assert_eq!(EmailAddress::from_canonical(address.as_str()), Some(address));
            }
        }

        #[test]
        fn well_formed_addresses_parse(local in "[a-z0-9+_-]{1,20}", domain in "[a-z0-9]{1,10}\\.[a-z]{2,5}") {
            let address = EmailAddress::parse(&format!("{local}@{domain}")).unwrap();
            prop_assert_eq!(address.domain(), domain);
        }
    }
}
