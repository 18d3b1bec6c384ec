//! Hand a verification over: a ticket is taken for the first and last time, and the audit log says where somebody passes by a
//! verification at another host.

use std::net::IpAddr;

use jiff::Timestamp;
use serde_json::json;

use crate::domain::actor::Actor;
use crate::domain::email::EmailAddress;
use crate::domain::organization::Organization;
use crate::domain::quota::Quota;
use crate::store::{AuditAction, AuditEvent, StoreError};

use super::Actions;

/// How often an account may be handed over. Nobody meets it who has a dozen hosts and several browsers; without it whoever has
/// verified could fill the audit log.
const MOST: Quota = Quota::per_hour(60);

/// A verification that is to count at another host.
#[derive(Debug, Clone, Copy)]
pub struct HandedOver<'a> {
    /// The ticket, where one brought it; the home host needs none for what it keeps itself.
    pub ticket: Option<[u8; 16]>,
    /// Whose verification it is.
    pub email: &'a EmailAddress,
    /// Whose hosts these are.
    pub organization: &'a Organization,
    /// The id of the site where it counts from now on.
    pub site: &'a str,
    /// The id of the site that vouches for it.
    pub from: &'a str,
    /// When they verified.
    pub verified_at: Timestamp,
    /// Where the client is, for the audit log.
    pub address: IpAddr,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It counts.
    HandedOver,
    /// The ticket was taken before.
    Used,
    /// Too often.
    Limited,
}

impl Actions {
    /// Hands a verification over, once for each ticket. Fails only when the store does; then nothing was.
    pub async fn hand_over(&self, handed: &HandedOver<'_>) -> Result<Outcome, StoreError> {
        self.timed("hand_over", self.take(handed)).await
    }

    async fn take(&self, handed: &HandedOver<'_>) -> Result<Outcome, StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        if let Some(ticket) = handed.ticket
            && !change.take_ticket(ticket, now).await?
        {
            return Ok(Outcome::Used);
        }
        let account = format!("{} {}", handed.organization.id, handed.email);
        if change.spend("hand-over", account.as_bytes(), &[MOST], now).await?.is_err() {
            return Ok(Outcome::Limited);
        }
        let who = handed.email.as_str();
        let actor = Actor { address: Some(handed.address), ..Actor::from(who) };
        let event = AuditEvent::new(actor, AuditAction::ExternalUserHandedOver, who);
        let detail = json!({ "site": handed.site, "from": handed.from, "verified_at": handed.verified_at });
        change.commit(event.of(&handed.organization.id).with(detail), now).await?;
        Ok(Outcome::HandedOver)
    }

    /// Whether somebody verified anywhere in the organization after a time, in whatever browser.
    pub async fn has_verified_since(
        &self,
        organization: &Organization,
        email: &EmailAddress,
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        let last = self.timed("last_verified", self.store.last_verified(&organization.id, email)).await?;
        Ok(last.is_some_and(|last| last > since))
    }
}
