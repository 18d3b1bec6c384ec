//! How the ownership of a domain is proved: a token that only its owner can publish, in a TXT record or in a file of the
//! domain's web site.
//!
//! A token is no secret, since it is published; it must never be worth anything for another organization, another domain or
//! an older attempt. What is published is only ever compared, never parsed. Which domains may be owned: `ownable.rs`.
//!
//! # The deeds
//!
//! `actions/domains/` calls these; what may follow from a look is in `owned_domain.rs`. Each organization keeps for each of its
//! domains a nonce, how it was proved, and when the token was last seen.
//!
//! - Add: [`ownable::read`](super::ownable::read) turns what was typed into a domain or a sentence. `Entropy::bytes` gives a
//!   fresh [`Nonce`] each time, also when the same domain is added once more; it is stored, the token is not. The admin is
//!   shown [`OwnershipToken::line`], which is the same text for both ways, and [`TokenPrefix::file`].
//! - Verify: the token is made anew from the stored nonce by [`OwnershipToken::new`] with `Keys::ownership`. By TXT:
//!   `dns::Resolver::texts`, and [`OwnershipToken::is_in_texts`] if something was found. By the file: `website::Website::fetch`,
//!   and [`OwnershipToken::is_in_page`].
//! - Re-check: the same every `recheck_every`. Only an answer without the token makes it missing; `dns::Answer::Unknown`, or
//!   an error for which `WebsiteError::is_unknown` holds, changes no status.
//!
//! A domain that is lost or removed leaves its accounts and their claims as they are: managed needs a verified domain *and* a
//! claim, so its people are external at once, and managed again at once when the domain is proved anew.

use std::fmt;

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha384;
use subtle::ConstantTimeEq as _;

use super::domain_name::DomainName;
use super::organization::OrganizationId;

/// What makes one attempt to prove a domain differ from every other.
pub type Nonce = [u8; 16];

/// More TXT records than this are not looked at.
pub const MAX_TEXTS: usize = 256;

/// What stands before the token, so that people know whose it is: a label of lower-case letters, digits and inner hyphens.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenPrefix(Box<str>);

/// A text is no prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a prefix: 1 to 63 lower-case letters, digits and inner hyphens were expected")]
pub struct TokenPrefixError;

impl TokenPrefix {
    /// Parses a prefix. It is part of a path and of a line that is compared, so it has one spelling everywhere.
    pub fn parse(text: &str) -> Result<Self, TokenPrefixError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let hyphen_outside = text.starts_with('-') || text.ends_with('-');
        if !(1..=63).contains(&text.len()) || hyphen_outside || !text.bytes().all(plain) {
            return Err(TokenPrefixError);
        }
        Ok(Self(text.into()))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the file in the root of the web site.
    pub fn file(&self) -> String {
        format!("{}.html", self.0)
    }
}

impl fmt::Debug for TokenPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an organization publishes to prove that a domain is its own: 48 bytes, 64 characters of base64.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnershipToken([u8; 48]);

impl OwnershipToken {
    /// The token of one attempt. It is recomputed, not stored, so a row that is copied to another organization or domain
    /// proves nothing there. Every part goes in with its length: no two lists of parts are one text.
    pub fn new(key: &[u8; 32], organization: &OrganizationId, domain: &DomainName, nonce: &Nonce) -> Self {
        let mut mac = Hmac::<Sha384>::new_from_slice(key).expect("HMAC takes a key of any length");
        for part in [organization.as_str().as_bytes(), domain.as_str().as_bytes(), nonce.as_slice()] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        Self(mac.finalize().into_bytes().into())
    }

    /// What is published, `prefix=token`: the value of the TXT record, and all that the file holds.
    pub fn line(&self, prefix: &TokenPrefix) -> String {
        format!("{}={}", prefix.as_str(), BASE64.encode(&self.0))
    }

    /// Whether one of a domain's TXT records is the line; each is given with its strings joined (RFC 7208 section 3.3 joins
    /// them so too). Other records, of which a zone may have many, are passed over.
    pub fn is_in_texts(&self, prefix: &TokenPrefix, texts: &[impl AsRef<[u8]>]) -> bool {
        let line = self.line(prefix);
        texts.iter().take(MAX_TEXTS).any(|text| is_same(line.as_bytes(), unquoted(text.as_ref())))
    }

    /// Whether a page is the line and nothing else: a site that shows what visitors wrote proves nothing by showing it.
    pub fn is_in_page(&self, prefix: &TokenPrefix, page: &[u8]) -> bool {
        is_same(self.line(prefix).as_bytes(), page.trim_ascii())
    }
}

/// Spaces around a value, and quotes that a DNS console took for a part of it, are forgiven: only who may write the record at
/// all can make that mistake.
fn unquoted(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii();
    match text {
        [b'"', inner @ .., b'"'] => inner.trim_ascii(),
        _ => text,
    }
}

fn is_same(line: &[u8], found: &[u8]) -> bool {
    line.ct_eq(found).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: [u8; 32] = [7; 32];
    const NONCE: Nonce = [1; 16];

    fn domain(text: &str) -> DomainName {
        DomainName::parse(text).unwrap()
    }

    fn acme() -> OrganizationId {
        OrganizationId::parse("acme").unwrap()
    }

    fn prefix() -> TokenPrefix {
        TokenPrefix::parse("postern-domain-verification").unwrap()
    }

    fn token(organization: &str, name: &str, nonce: Nonce) -> OwnershipToken {
        OwnershipToken::new(&KEY, &OrganizationId::parse(organization).unwrap(), &domain(name), &nonce)
    }

    fn is_in(texts: &[&str]) -> bool {
        token("acme", "corp.test", NONCE).is_in_texts(&prefix(), texts)
    }

    #[test]
    fn a_token_is_64_characters_behind_the_prefix() {
        let line = token("acme", "corp.test", NONCE).line(&prefix());
        let (before, token) = line.split_once('=').unwrap();
        assert_eq!((before, token.len()), ("postern-domain-verification", 64));
        assert_eq!(BASE64.decode(token.as_bytes()).unwrap().len(), 48);
        assert_eq!(prefix().file(), "postern-domain-verification.html");
    }

    #[test]
    fn t143_a_copied_token_is_worth_nothing_for_anybody_else() {
        for other in [
            token("evil", "corp.test", NONCE),
            token("acme", "evil.test", NONCE),
            token("acme", "sub.corp.test", NONCE),
            token("acme", "corp.test", [2; 16]),
            OwnershipToken::new(&[8; 32], &acme(), &domain("corp.test"), &NONCE),
        ] {
            assert!(!is_in(&[&other.line(&prefix())]));
            assert!(
                !token("acme", "corp.test", NONCE).is_in_page(&prefix(), other.line(&prefix()).as_bytes())
            );
        }
        let (one, other) = (token("acme", "corp.test", NONCE), token("acmeco", "rp.test", NONCE));
        assert_ne!(one.line(&prefix()), other.line(&prefix()), "a part never runs into the next");
        assert!(
            is_in(&[&token("acme", "Corp.TEST.", NONCE).line(&prefix())]),
            "spellings of one domain are one"
        );
    }

    #[test]
    fn a_record_counts_among_others_and_only_as_a_whole() {
        let line = token("acme", "corp.test", NONCE).line(&prefix());
        let token = line.split_once('=').unwrap().1;
        assert!(is_in(&["v=spf1 -all", "atlassian-domain-verification=abc", &line]));
        for forgiven in [format!(" {line}\t"), format!("\"{line}\""), format!("\" {line} \" ")] {
            assert!(is_in(&[&forgiven]), "{forgiven}");
        }
        for refused in [
            token.to_owned(),
            format!("atlassian-domain-verification={token}"),
            line.to_uppercase(),
            format!("{line};"),
            format!("x {line}"),
            format!("\"{line}"),
            format!("\"\"{line}\"\""),
            line.replace('=', " = "),
            line.split_at(line.len() - 1).0.to_owned(),
        ] {
            assert!(!is_in(&[&refused]), "{refused}");
        }
        let (one, two) = line.split_at(40);
        assert!(!is_in(&[one, two]), "two records are not one");
        assert!(!is_in(&[]));
    }

    #[test]
    fn t160_records_beyond_the_bound_are_not_looked_at() {
        let line = token("acme", "corp.test", NONCE).line(&prefix());
        let mut texts = vec!["v=spf1 -all"; MAX_TEXTS];
        texts[MAX_TEXTS - 1] = &line;
        assert!(is_in(&texts));
        texts.insert(0, "");
        assert!(!is_in(&texts));
    }

    #[test]
    fn t152_a_page_is_the_line_and_nothing_else() {
        let token = token("acme", "corp.test", NONCE);
        let line = token.line(&prefix());
        let is_in = |page: String| token.is_in_page(&prefix(), page.as_bytes());
        assert!(is_in(line.clone()) && is_in(format!("\r\n{line}\n")));
        for refused in [
            format!("<html><body>{line}</body></html>"),
            format!("404: /x?q={line} was not found"),
            format!("{line}\n{line}"),
            format!("\"{line}\""),
            String::new(),
        ] {
            assert!(!is_in(refused.clone()), "{refused}");
        }
    }

    #[test]
    fn a_prefix_is_one_plain_label() {
        assert!(TokenPrefix::parse(&"a".repeat(63)).is_ok());
        for text in ["", "A", "a b", "a=b", "-a", "a-", "a.b", "../a", "a/b", "ü", &"a".repeat(64)] {
            assert_eq!(TokenPrefix::parse(text), Err(TokenPrefixError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_strangers_publish_proves_nothing(text in proptest::collection::vec(any::<u8>(), 0..200)) {
            let token = token("acme", "corp.test", NONCE);
            prop_assert!(!token.is_in_texts(&prefix(), &[&text]));
            prop_assert!(!token.is_in_page(&prefix(), &text));
        }
    }
}
