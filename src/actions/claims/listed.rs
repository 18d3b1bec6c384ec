//! Claim accounts of a list, or let go of them: one transaction, with an outcome for each address.
//!
//! What is wrong with one address keeps no other back, and is told.

use std::collections::HashMap;

use super::{ClaimError, Claims, owned, set_claimed};
use crate::domain::actor::Actor;
use crate::domain::domain_name::DomainName;
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;

/// What became of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClaimOutcome {
    /// It was done.
    Done,
    /// It was so already.
    Unchanged,
    /// The address is of another domain than the one that was named.
    OtherDomain,
    /// The organization knows no such account.
    Unknown,
    /// The account is deleted for good.
    Closed,
}

impl Claims {
    /// Claims, or lets go of, accounts of a domain. Each address may come once; the outcomes are in their order.
    pub async fn set_listed(
        &self,
        organization: &OrganizationId,
        domain: &DomainName,
        emails: &[EmailAddress],
        claimed: bool,
        actor: &Actor,
    ) -> Result<Vec<ClaimOutcome>, ClaimError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        owned(&mut change, organization, domain).await?;
        let known = change.claims_of(organization, emails).await?;
        let known: HashMap<&EmailAddress, (bool, bool)> =
            known.iter().map(|(email, claimed, closed)| (email, (*claimed, *closed))).collect();
        let outcome = |email: &EmailAddress| match known.get(email) {
            _ if email.domain() != domain.as_str() => ClaimOutcome::OtherDomain,
            None => ClaimOutcome::Unknown,
            Some((_, true)) => ClaimOutcome::Closed,
            Some((is_claimed, _)) if *is_claimed == claimed => ClaimOutcome::Unchanged,
            Some(_) => ClaimOutcome::Done,
        };
        let outcomes: Vec<ClaimOutcome> = emails.iter().map(outcome).collect();
        let doable = emails.iter().zip(&outcomes).filter(|(_, outcome)| **outcome == ClaimOutcome::Done);
        let doable: Vec<EmailAddress> = doable.map(|(email, _)| email.clone()).collect();
        let events = set_claimed(&mut change, organization, &doable, claimed, actor, now).await?;
        if !events.is_empty() {
            change.commit_many(&events, now).await?;
        }
        Ok(outcomes)
    }
}
