//! Change the address of an account: the admin of its new domain says that it is this person's, and the person proves it.
//!
//! Until they typed a code that was sent there, they are external to the organization, as a slip of the pen would make somebody
//! else of them. A directory of an identity provider vouches for what it says. Login name and user keys go along, and so does what was seen of the person under the old address, where it was them for
//! certain. All proofs are void: who had the old mailbox may not have the new one.

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{AccountError, Accounts, managed, unsynced};
use crate::actions::authenticators::remove::leave_behind;
use crate::domain::actor::Actor;
use crate::domain::email::{EmailAddress, EmailError};
use crate::domain::organization::OrganizationId;
use crate::domain::profile::Violation;
use crate::store::{Account, AccountsChanged, AuditAction, AuditEvent, Change, PinRow, StoreError, UserKey};

/// An account with the address that it is to have.
#[derive(Debug, Clone, Copy)]
pub(in crate::actions) struct Moved<'a> {
    /// The account.
    pub account: &'a Account,
    /// Its new address.
    pub email: &'a EmailAddress,
    /// Whether somebody vouches for it.
    pub is_proved: bool,
}

impl Accounts {
    /// Gives an account another address, of a domain that the organization owns and that nobody else has; and asks its owner by
    /// mail to verify it. One that an admin mistyped can be set once more.
    pub async fn set_email(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        text: &str,
        actor: &Actor,
    ) -> Result<(), AccountError> {
        let email = EmailAddress::parse(text).map_err(|error| AccountError::Email(violation(text, error)))?;
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let account = managed(&mut change, organization, id).await?;
        // Whoever was only seen with an address may be somebody else, and is not to be moved to a better one.
        if !account.email_verified && account.address_set_at.is_none() {
            return Err(AccountError::Unverified);
        }
        let account = unsynced(&mut change, organization, account, ["email"].into_iter()).await?;
        if account.email == email {
            return Ok(());
        }
        let moved = Moved { account: &account, email: &email, is_proved: false };
        let mut events = vec![self.move_address(&mut change, organization, moved, actor, now).await?];
        // A mailbox that was written to lately knows already.
        events.extend(self.ask_to_verify(&mut change, organization, id, &email, actor, now).await?.ok());
        Ok(change.commit_many(&events, now).await?)
    }

    /// Gives an account another address in a change that does more, and says so for the log.
    pub(in crate::actions) async fn move_address(
        &self,
        change: &mut Change,
        organization: &OrganizationId,
        Moved { account, email, is_proved }: Moved<'_>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<AuditEvent, AccountError> {
        if !change.owns_domain(organization, email.domain()).await? {
            return Err(AccountError::UnclaimedDomain(email.domain().to_owned()));
        }
        if change.account_of(organization, email).await?.is_some() {
            return Err(AccountError::Taken);
        }
        let user_keys = change.set_email(organization, account, email, is_proved, now).await?;
        let both = [account.email.clone(), email.clone()];
        change.reset_people(organization, &both, now, now).await?;
        leave_behind(change, organization, &account.email, now).await?;
        for pin in self.own_pins(change, organization, account, &user_keys).await? {
            let person = UserKey { site: pin.site, key: pin.user_key };
            change.move_pin(&person, &pin.username, email, now).await?;
        }
        let changed = AccountsChanged {
            usernames: account.username.iter().cloned().collect(),
            user_keys,
            ..AccountsChanged::at(organization, both.to_vec())
        };
        change.log_accounts(&changed, now).await?;
        let event = AuditEvent::new(actor.clone(), AuditAction::AccountEmailChanged, email.as_str());
        let detail = json!({ "account": account.id, "before": account.email.as_str() });
        Ok(event.of(organization).with(detail))
    }

    /// The sightings that were of this account's owner: at a site of the organization, first with this address, under the login
    /// name of the account where it has one. Where it has a user key at the site, that alone says who it is.
    async fn own_pins(
        &self,
        change: &mut Change,
        organization: &OrganizationId,
        account: &Account,
        user_keys: &[UserKey],
    ) -> Result<Vec<PinRow>, StoreError> {
        let sites = self.sites.get(organization).map_or(&[][..], Vec::as_slice);
        // The users of an issuer or of Crowd are named with it behind the site.
        let is_own = |site: &str| {
            let host = site.split(' ').next().unwrap_or_default();
            sites.iter().any(|own| **own == *host)
        };
        let is_theirs = |pin: &PinRow| {
            let is_named = |name: &String| *name == pin.username.trim().to_lowercase();
            !pin.disputed
                && is_own(&pin.site)
                && account.username.as_ref().is_none_or(is_named)
                && user_keys.iter().all(|key| key.site != pin.site)
        };
        let pins = change.pins_at(&account.email).await?;
        Ok(pins.into_iter().filter(is_theirs).collect())
    }
}

/// What is wrong with an address, in the words that clients know.
fn violation(text: &str, error: EmailError) -> Violation {
    let (local, domain) = text.split_once('@').unwrap_or((text, ""));
    let is_long =
        local.len() > 64 || domain.split('.').any(|label| label.len() > 63) || error == EmailError::TooLong;
    if is_long { Violation::PartMaxLength } else { Violation::ValidCharacters }
}
