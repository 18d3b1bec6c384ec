//! Claim all accounts of a verified domain that are not claimed yet.
//!
//! Each account is a claim of its own, so a domain of a million is claimed in parts, between which others write. Whoever is cut
//! off claims the rest by doing it again.

use super::{ClaimError, Claims, owned, set_claimed};
use crate::domain::actor::Actor;
use crate::domain::domain_name::DomainName;
use crate::domain::organization::OrganizationId;
use crate::store::AccountsChanged;

/// Accounts per transaction: some tenths of a second.
const PART: u32 = 2_000;

impl Claims {
    /// Claims all accounts of a domain, and says how many it were.
    pub async fn claim_all(
        &self,
        organization: &OrganizationId,
        domain: &DomainName,
        actor: &Actor,
    ) -> Result<u64, ClaimError> {
        let (mut after, mut claimed) = (None, 0);
        loop {
            let now = self.clock.now();
            let mut change = self.store.write().await?;
            owned(&mut change, organization, domain).await?;
            let emails = change.unclaimed(organization, domain, after.as_ref(), PART).await?;
            let (Some(first), Some(last)) = (emails.first(), emails.last()) else { return Ok(claimed) };
            // They lie side by side, so their ends say it all.
            let changed = AccountsChanged::between(organization, first.clone(), last.clone());
            let events = set_claimed(&mut change, &changed, &emails, true, actor, now).await?;
            change.commit_many(&events, now).await?;
            claimed += events.len() as u64;
            if emails.len() < PART as usize {
                return Ok(claimed);
            }
            after = emails.into_iter().next_back();
            self.store.give_way().await;
        }
    }
}
