//! Joining what a product says of a person with what is known: which account they are, and whether the two agree.
//!
//! What the organization imported outranks what an operator accepted, and that outranks what was seen. A user key outranks
//! a login name, which can be given to somebody else. Whatever disagrees makes a contradiction; none is ever resolved here.

use crate::domain::account::Contradiction;
use crate::domain::email::EmailAddress;

use super::current::Current;
use super::fingerprint::Fingerprint;
use super::{Directory, Sighting};

/// Who somebody is to the organization.
pub(super) struct Joined {
    /// The address they are judged by and written to.
    pub(super) email: Option<EmailAddress>,
    /// In what the product's word disagrees with it.
    pub(super) contradiction: Option<Contradiction>,
}

/// The person at hand, as the tables name them.
struct User {
    key: Fingerprint,
    name: Fingerprint,
}

impl Directory {
    pub(super) fn join(&self, sighting: &Sighting<'_>) -> Joined {
        let accounts = self.accounts.load();
        let user = User {
            key: self.key.user(sighting.site, sighting.user_key),
            name: self.key.username(sighting.organization, sighting.username),
        };
        if let Some(imported) = accounts.email_of_user_key(user.key) {
            return by_import(&accounts, &user, imported, sighting.email);
        }
        // What the product did not check may be anybody's address, unless an operator accepted that very one.
        let believed = |reported: &&EmailAddress| {
            !sighting.is_unchecked || self.pins.accepted(user.key).as_ref() == Some(*reported)
        };
        match sighting.email.filter(believed) {
            Some(reported) => self.by_sight(&accounts, &user, sighting, reported),
            None => self.by_name(&accounts, &user, sighting),
        }
    }

    /// The product reveals the address: it is the one of first sight, and nobody else's by any table, or it contradicts.
    fn by_sight(
        &self,
        accounts: &Current,
        user: &User,
        sighting: &Sighting<'_>,
        reported: &EmailAddress,
    ) -> Joined {
        let pinned = self.pins.pin(&self.key, sighting, reported);
        let another_name = || {
            accounts.has_username(self.key.email(sighting.organization, reported))
                && accounts.email_of_username(user.name).as_ref() != Some(reported)
        };
        let contradiction = if self.has_another_key(accounts, sighting, reported) {
            Some(Contradiction::AnotherKey)
        } else if pinned.email != *reported {
            Some(Contradiction::AnotherAddress)
        } else if pinned.is_disputed {
            Some(Contradiction::AnotherUser)
        } else if !pinned.is_accepted && another_name() {
            Some(Contradiction::AnotherName)
        } else {
            None
        };
        Joined { email: Some(pinned.email), contradiction }
    }

    /// No address to believe: it is the accepted one, or that of the login name. Where the product would have checked one, the
    /// name says at most whom to write to; and where the name is unknown, the address of first sight does.
    fn by_name(&self, accounts: &Current, user: &User, sighting: &Sighting<'_>) -> Joined {
        let accepted = self.pins.accepted(user.key);
        let is_accepted = accepted.is_some();
        let first_seen = || self.pins.first_seen(user.key).filter(|_| sighting.is_unchecked);
        let known = accepted.or_else(|| accounts.email_of_username(user.name)).or_else(first_seen);
        let Some(email) = known else { return Joined { email: None, contradiction: None } };
        let contradiction = if self.has_another_key(accounts, sighting, &email) {
            Some(Contradiction::AnotherKey)
        } else if sighting.email.is_some_and(|reported| *reported != email)
            || (sighting.is_unchecked && !is_accepted)
        {
            Some(Contradiction::AnotherAddress)
        } else {
            None
        };
        Joined { email: Some(email), contradiction }
    }

    /// Whether the address was imported with a user key of the site. It is another one: who has it is joined by it, and never
    /// by sight or by name.
    fn has_another_key(&self, accounts: &Current, sighting: &Sighting<'_>, email: &EmailAddress) -> bool {
        accounts.has_user_key(self.key.address_at(sighting.site, email))
    }
}

/// The user key was imported: its account it is, whatever the person is called by now. A name that belongs to another
/// account, or another address, is a contradiction all the same.
fn by_import(
    accounts: &Current,
    user: &User,
    imported: EmailAddress,
    reported: Option<&EmailAddress>,
) -> Joined {
    let contradiction = if reported.is_some_and(|reported| *reported != imported) {
        Some(Contradiction::AnotherAddress)
    } else if accounts.email_of_username(user.name).is_some_and(|named| named != imported) {
        Some(Contradiction::AnotherName)
    } else {
        None
    };
    Joined { email: Some(imported), contradiction }
}
