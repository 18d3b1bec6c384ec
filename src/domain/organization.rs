//! The organization: who owns mail domains, accounts and policies. One gateway may serve several, and nothing of one is
//! ever read or judged by another.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::domain_name::DomainName;
use super::email::EmailAddress;
use super::look::Look;

/// The longest id.
const MAX_CHARACTERS: usize = 64;

/// An organization as the configuration names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// What it is known by in the store, in proofs and in the paths of the API. It never changes.
    pub id: OrganizationId,
    /// What it is called on pages and in mails.
    pub name: Arc<str>,
    /// Whom a person can ask who is refused, as its pages say it.
    pub contact: Option<Arc<str>>,
    /// How its pages look.
    pub look: Look,
}

/// An organization with what the configuration says of how it is run.
#[derive(Debug, Clone)]
pub struct Office {
    /// The organization.
    pub organization: Arc<Organization>,
    /// Who is told what concerns all of it, such as the loss of a domain.
    pub admins: Vec<EmailAddress>,
    /// Who opens the links to exports.
    pub export_links: ExportLinks,
    /// Which of its hosts keeps who verified.
    pub home: Home,
}

/// Which host of an organization keeps who verified, and tells the others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Home {
    /// That of its first site where anybody is judged.
    #[default]
    First,
    /// This one.
    At(DomainName),
    /// None: each host asks for itself.
    None,
}

/// Who opens the links to exports that are mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExportLinks {
    /// Who asked for the export, and shows it.
    #[default]
    SignIn,
    /// Whoever has the link.
    Bearer,
}

/// The stable id of an organization: lower-case letters, digits and hyphens.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct OrganizationId(Arc<str>);

/// The text is no id of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "is not an id of 1 to 64 lower-case letters, digits and hyphens, with a letter or digit at both ends"
)]
pub struct OrganizationIdError;

impl OrganizationId {
    /// Parses an id.
    pub fn parse(text: &str) -> Result<Self, OrganizationIdError> {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let ends = [text.as_bytes().first(), text.as_bytes().last()];
        let is_id = text.len() <= MAX_CHARACTERS
            && ends.iter().all(|end| end.is_some_and(|&byte| is_plain(byte)))
            && text.bytes().all(|byte| is_plain(byte) || byte == b'-');
        if is_id { Ok(Self(text.into())) } else { Err(OrganizationIdError) }
    }

    /// The id of an organization that is alone and was given none.
    pub fn only() -> Self {
        Self("default".into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<OrganizationId> for String {
    fn from(id: OrganizationId) -> Self {
        id.as_str().to_owned()
    }
}

impl TryFrom<String> for OrganizationId {
    type Error = OrganizationIdError;

    fn try_from(text: String) -> Result<Self, OrganizationIdError> {
        Self::parse(&text)
    }
}

impl fmt::Display for OrganizationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for OrganizationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling_and_nothing_that_a_path_or_a_query_would_read() {
        for id in ["a", "7", "acme", "acme-2", &"a".repeat(64), "5cfc0ab3-6b5f-4f0f-8b3e-1d3f9d5c1a20"] {
            assert_eq!(OrganizationId::parse(id).unwrap().as_str(), id);
        }
        for text in ["", "-a", "a-", "Acme", "acme.com", "a/b", "a b", "a_b", "é", "..", &"a".repeat(65)] {
            assert_eq!(OrganizationId::parse(text), Err(OrganizationIdError), "{text:?}");
        }
        assert_eq!(OrganizationId::parse("default").unwrap(), OrganizationId::only());
    }
}
