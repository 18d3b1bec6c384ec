//! How an account follows a user of a directory: it is made or found, claimed, let in or kept out, and has the profile that the
//! directory says.
//!
//! An account that was only seen at a product stays unverified: whoever signed up there with somebody's address must not become
//! that person because the real one was hired. A code to the mailbox settles it.

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::ScimError;
use crate::actions::accounts::email::Moved;
use crate::actions::accounts::profile::place;
use crate::actions::accounts::{Accounts, shut};
use crate::actions::claims::set_claimed;
use crate::domain::actor::Actor;
use crate::domain::lifecycle::Status;
use crate::domain::scim::person::Person;
use crate::store::{Account, AccountsChanged, AuditAction, AuditEvent, Change, DirectoryRow};

/// One change of a directory, with what was done in it so far.
pub(super) struct Following<'a> {
    pub(super) accounts: &'a Accounts,
    pub(super) directory: &'a DirectoryRow,
    pub(super) actor: &'a Actor,
    pub(super) now: Timestamp,
    pub(super) events: Vec<AuditEvent>,
}

impl Following<'_> {
    /// The account of a person who has none by this directory yet: made, or found and claimed.
    pub(super) async fn link(&mut self, change: &mut Change, person: &Person) -> Result<Account, ScimError> {
        let (organization, now) = (&self.directory.organization, self.now);
        if !change.owns_domain(organization, person.email.domain()).await? {
            return Err(ScimError::UnverifiedDomain(person.email.domain().to_owned()));
        }
        let changed = AccountsChanged::at(organization, vec![person.email.clone()]);
        if change.see_account(organization, &person.email, true, now).await? {
            change.log_accounts(&changed, now).await?;
        }
        let account = change.account_of(organization, &person.email).await?.ok_or(ScimError::NotFound)?;
        if matches!(account.status, Status::ForDeletion | Status::Closed) {
            return Err(ScimError::Deleted);
        }
        if change.scim_user_of_account(organization, account.id).await?.is_some() {
            return Err(ScimError::AddressTaken);
        }
        let claims = set_claimed(change, &changed, &changed.emails, true, self.actor, now);
        self.events.extend(claims.await?);
        self.set_active(change, &account, person.active).await?;
        self.set_profile(change, &account, None, person).await?;
        Ok(account)
    }

    /// Has an account follow from what was said of a person to what is said now, and gives the one that follows from then on.
    pub(super) async fn follow(
        &mut self,
        change: &mut Change,
        account: Account,
        before: &Person,
        person: &Person,
    ) -> Result<Uuid, ScimError> {
        let organization = &self.directory.organization;
        if person.email != before.email && person.email != account.email {
            if matches!(account.status, Status::ForDeletion | Status::Closed) {
                return Err(ScimError::Deleted);
            }
            // Whoever was seen with the old address may be somebody else, and must not be vouched for with the new one.
            if !account.email_verified {
                return Ok(self.link(change, person).await?.id);
            }
            let moved = Moved { account: &account, email: &person.email, is_proved: true };
            let event = self.accounts.move_address(change, organization, moved, self.actor, self.now);
            self.events.push(event.await?);
        }
        // Only what the directory changes is done: an admin may have kept out who it lets in.
        let account = change.account(organization, account.id).await?.ok_or(ScimError::NotFound)?;
        if person.active != before.active {
            self.set_active(change, &account, person.active).await?;
        }
        self.set_profile(change, &account, Some(before), person).await?;
        Ok(account.id)
    }

    /// Lets an account in or keeps it out, from the next request on. One that is for deletion stays kept out.
    pub(super) async fn set_active(
        &mut self,
        change: &mut Change,
        account: &Account,
        active: bool,
    ) -> Result<(), ScimError> {
        let (status, action) = match (account.status, active) {
            (Status::Active, false) => (Status::Deactivated, AuditAction::AccountDeactivated),
            (Status::Deactivated, true) => (Status::Active, AuditAction::AccountReactivated),
            _ => return Ok(()),
        };
        let organization = &self.directory.organization;
        change.set_status(account.id, status, None, self.now).await?;
        shut(change, organization, account, self.now).await?;
        self.tell(action, account);
        Ok(())
    }

    async fn set_profile(
        &mut self,
        change: &mut Change,
        account: &Account,
        before: Option<&Person>,
        person: &Person,
    ) -> Result<(), ScimError> {
        if account.status == Status::Closed {
            return Ok(());
        }
        let mut profile = account.profile.clone();
        for (number, (field, value)) in person.profile.iter().enumerate() {
            // What the directory never said of somebody stays as it is.
            let said =
                before.and_then(|before| before.profile.get(number)).and_then(|(_, value)| value.as_ref());
            if value.as_ref() != said {
                place(&mut profile, *field).clone_from(value);
            }
        }
        if profile == account.profile {
            return Ok(());
        }
        change.set_profile(account.id, &profile, self.now).await?;
        self.tell(AuditAction::AccountProfileUpdated, account);
        Ok(())
    }

    fn tell(&mut self, action: AuditAction, account: &Account) {
        let event = AuditEvent::new(self.actor.clone(), action, account.email.as_str());
        let detail = json!({ "account": account.id, "directory": self.directory.id });
        self.events.push(event.of(&self.directory.organization).with(detail));
    }
}
