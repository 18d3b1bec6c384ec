//! Reset sessions: what external people verified until now is void, and they are asked for a code at their next request.
//!
//! It acts on every gateway within a second, on open connections too, and on the enrolled sessions of mobile apps. Who is managed
//! notices nothing.

use serde_json::json;
use uuid::Uuid;

use super::{ExternalPolicies, Which};
use crate::domain::actor::Actor;
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, StoreError};

/// Why nobody was reset.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// The organization has no such policy.
    #[error("there is no such policy")]
    Unknown,
    /// The organization has no such group.
    #[error("there is no such group")]
    NoGroup,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ExternalPolicies {
    /// Resets everybody who goes by a policy.
    pub async fn reset_policy(
        &self,
        organization: &OrganizationId,
        which: Which,
        actor: &Actor,
    ) -> Result<(), ResetError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let all = change.external_policies(organization).await?;
        let name = match (which.of(&all), which) {
            (Some(policy), _) => policy.name.clone(),
            (None, Which::Default) => "External user policy".to_owned(),
            (None, _) => return Err(ResetError::Unknown),
        };
        match which.of(&all).filter(|_| which != Which::Default) {
            Some(policy) => change.reset_external_policy(policy, now, now).await?,
            None => self.reset_default(&mut change, organization, &all, now, now).await?,
        }
        let event = AuditEvent::new(actor.clone(), AuditAction::ExternalSessionsReset, name.as_str());
        let detail = json!({ "policy": name });
        Ok(change.commit(event.of(organization).with(detail), now).await?)
    }

    /// Resets the members of a group, and for a company everybody who is known of its mail domains, with one event.
    pub async fn reset_group(
        &self,
        organization: &OrganizationId,
        group: Uuid,
        actor: &Actor,
    ) -> Result<(), ResetError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let name = change.group_name(organization, group).await?.ok_or(ResetError::NoGroup)?;
        let people = change.people_of_group(organization, group).await?;
        change.reset_people(organization, &people, now, now).await?;
        let event = AuditEvent::new(actor.clone(), AuditAction::ExternalSessionsReset, name.as_str());
        let detail = json!({ "group": group, "people": people.len() });
        Ok(change.commit(event.of(organization).with(detail), now).await?)
    }

    /// Resets people, whoever they are to the organization by then, each with an event of their own. Also somebody who was never
    /// seen: a reset of a mistyped address is seen in the log, and does no harm.
    pub async fn reset_people(
        &self,
        organization: &OrganizationId,
        people: &[EmailAddress],
        actor: &Actor,
    ) -> Result<(), ResetError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        change.reset_people(organization, people, now, now).await?;
        let event = |email: &EmailAddress| {
            AuditEvent::new(actor.clone(), AuditAction::ExternalSessionsReset, email.as_str())
                .of(organization)
        };
        let events: Vec<AuditEvent> = people.iter().map(event).collect();
        Ok(change.commit_many(&events, now).await?)
    }
}
