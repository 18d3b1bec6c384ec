//! Keep an account out and let it in again, whoever manages it; and end its sessions without either.

use serde_json::json;
use uuid::Uuid;

use super::{AccountError, Accounts, reread, shut};
use crate::domain::actor::Actor;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent};

impl Accounts {
    /// Keeps an account out from now on; `removes` says in the log that it was meant for good.
    pub async fn suspend(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        removes: bool,
        actor: &Actor,
    ) -> Result<(), AccountError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let account = change.account(organization, id).await?.ok_or(AccountError::NotFound)?;
        if account.suspended_at.is_some() {
            return Ok(());
        }
        change.set_suspended(id, Some(now), now).await?;
        shut(&mut change, organization, &account, now).await?;
        let action = if removes { AuditAction::AccountRemoved } else { AuditAction::AccountSuspended };
        let event = AuditEvent::new(actor.clone(), action, account.email.as_str()).of(organization);
        Ok(change.commit(event.with(json!({ "account": id })), now).await?)
    }

    /// Lets an account in again, as far as it lives.
    pub async fn restore(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        actor: &Actor,
    ) -> Result<(), AccountError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let account = change.account(organization, id).await?.ok_or(AccountError::NotFound)?;
        if account.suspended_at.is_none() {
            return Ok(());
        }
        change.set_suspended(id, None, now).await?;
        reread(&mut change, organization, &account, now).await?;
        let event = AuditEvent::new(actor.clone(), AuditAction::AccountRestored, account.email.as_str());
        Ok(change.commit(event.of(organization).with(json!({ "account": id })), now).await?)
    }

    /// Voids the proofs and enrolments of an account, in every browser and app: a code is asked for at the next request.
    pub async fn reset(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        actor: &Actor,
    ) -> Result<(), AccountError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let account = change.account(organization, id).await?.ok_or(AccountError::NotFound)?;
        shut(&mut change, organization, &account, now).await?;
        let event = AuditEvent::new(actor.clone(), AuditAction::AccountSessionsReset, account.email.as_str());
        Ok(change.commit(event.of(organization).with(json!({ "account": id })), now).await?)
    }
}
