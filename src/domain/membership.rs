//! Whom a text names, and who may be a member of an authentication policy: managed accounts and nobody else.

use uuid::Uuid;

use super::email::EmailAddress;
use super::task::RowReason;

/// How many members can be added by hand at once, as in the product whose feature this is. A file takes more.
pub const MOST_AT_ONCE: usize = 20;
/// How many letters a search for members has at least.
pub const SHORTEST_SEARCH: usize = 3;
/// Longer texts name nobody: no address and no username is so long.
const LONGEST_TEXT: usize = 255;

/// Whom a text names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AccountKey {
    /// By address.
    Email(EmailAddress),
    /// By the id of the account.
    Id(Uuid),
    /// By the username at the products, folded to lower case.
    Username(String),
}

impl AccountKey {
    /// Reads an address, an id or a username. What looks like an id is no username.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > LONGEST_TEXT || text.chars().any(char::is_control) {
            return None;
        }
        if text.contains('@') {
            return EmailAddress::parse(text).ok().map(Self::Email);
        }
        // Hyphenated only: of the other spellings some are plain usernames.
        let id = (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten();
        Some(id.map_or_else(|| Self::Username(text.to_lowercase()), Self::Id))
    }
}

/// What decides whether an account may be a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether the organization claimed the account.
    pub claimed: bool,
    /// Whether it owns the domain of the address.
    pub domain_verified: bool,
}

impl Standing {
    /// Why the account cannot be a member; `None` if it can. Both facts are needed, as at the gate.
    pub const fn refusal(self) -> Option<RowReason> {
        match self {
            Self { claimed: false, .. } => Some(RowReason::NotClaimed),
            Self { domain_verified: false, .. } => Some(RowReason::DomainNotVerified),
            Self { claimed: true, domain_verified: true } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_names_an_address_an_id_or_a_username_and_never_two_of_them() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(AccountKey::read(id), Some(AccountKey::Id(id.parse().unwrap())));
        assert_eq!(AccountKey::read(&id.to_uppercase()), AccountKey::read(id));
        assert_eq!(AccountKey::read(" JDoe "), Some(AccountKey::Username("jdoe".to_owned())));
        let simple = id.replace('-', "");
        assert_eq!(AccountKey::read(&simple), Some(AccountKey::Username(simple.clone())));
        let jane = EmailAddress::parse("jane@acme.test").unwrap();
        assert_eq!(AccountKey::read("Jane@ACME.test"), Some(AccountKey::Email(jane)));
        for text in ["", " ", "a@b@c.test", "jane@", "a\u{7}", &"a".repeat(256)] {
            assert_eq!(AccountKey::read(text), None, "{text:?}");
        }
    }

    #[test]
    fn only_both_facts_make_a_member() {
        let refusal = |claimed, domain_verified| Standing { claimed, domain_verified }.refusal();
        assert_eq!(refusal(true, true), None);
        assert_eq!(refusal(true, false), Some(RowReason::DomainNotVerified));
        assert_eq!(refusal(false, true), Some(RowReason::NotClaimed));
        assert_eq!(refusal(false, false), Some(RowReason::NotClaimed));
    }
}
