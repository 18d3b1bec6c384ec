//! Remove authenticators: one by its owner; all of somebody's by an admin, when a phone is lost.

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::letters::{self, tell};
use super::said;
use crate::actions::Actions;
use crate::actions::accounts::{AccountError, Accounts};
use crate::actions::issue_code::Asker;
use crate::domain::actor::Actor;
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, Change, StoreError};

impl Actions {
    /// Removes one of a person's own, and tells them. Says whether there was one.
    pub async fn remove_authenticator(&self, asker: &Asker<'_>, id: Uuid) -> Result<bool, StoreError> {
        self.timed("remove_authenticator", self.remove(asker, id)).await
    }

    async fn remove(&self, asker: &Asker<'_>, id: Uuid) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let gone = change.remove_authenticators(&asker.organization.id, asker.email, Some(id), now).await?;
        let Some(row) = gone.first() else { return Ok(false) };
        let (what, name) = (letters::what(row.method), &asker.organization.name);
        let subject = format!("{what} was removed from your account at {name}");
        let happened = format!("{what} called \"{}\" was removed at {} at {now:.0}.", row.name, asker.site);
        change.queue_mail(&tell(row, asker.organization, (subject, &happened), &self.entropy, now)).await?;
        change.commit(said(asker, AuditAction::AuthenticatorRemoved, row), now).await?;
        self.outbox.wake();
        Ok(true)
    }
}

impl Accounts {
    /// Removes all that somebody set up, whoever manages them, and tells them; also where there was nothing. What they verified
    /// stays as it is: that is a reset.
    pub async fn remove_authenticators(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        actor: &Actor,
    ) -> Result<(), AccountError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let account = change.account(organization, id).await?.ok_or(AccountError::NotFound)?;
        let gone = change.remove_authenticators(organization, &account.email, None, now).await?;
        if let (Some(row), Some(office)) = (gone.first(), self.letterhead.office(organization)) {
            let (of, name) = (office.organization.as_ref(), &office.organization.name);
            let subject = format!("Your authenticators at {name} were removed");
            let happened = format!(
                "An administrator removed every authenticator app and passkey of your account at {name}, at {now:.0}. You can set \
                 up others when you sign in again."
            );
            change.queue_mail(&tell(row, of, (subject, &happened), &self.entropy, now)).await?;
        }
        let event = AuditEvent::new(actor.clone(), AuditAction::AuthenticatorRemoved, account.email.as_str());
        let detail = json!({ "account": account.id, "removed": gone.len() });
        Ok(change.commit(event.of(organization).with(detail), now).await?)
    }
}

/// Removes what was set up under an address that its owner leaves: whoever gets it next must not have it along.
pub(in crate::actions) async fn leave_behind(
    change: &mut Change,
    organization: &OrganizationId,
    email: &EmailAddress,
    now: Timestamp,
) -> Result<(), StoreError> {
    change.remove_authenticators(organization, email, None, now).await.map(|_| ())
}
