//! Re-check domains: whether the tokens that proved them are still published. It runs beside the traffic, never in its way.
//!
//! What an operator vouched for is never looked at. One domain that fails, or a server that is silent, keeps no other waiting
//! for more than its place among those that are asked at once.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use jiff::Timestamp;
use serde_json::json;

use super::{Domains, Look};
use crate::domain::owned_domain::{Method, Proof, Sight, Status, Way, after_check};
use crate::store::{AuditAction, AuditEvent, ChangeKind, DomainRow, StoreError};

/// How many domains are looked at at once.
const AT_ONCE: usize = 8;

impl Domains {
    /// Looks at every domain whose time it is. Says whether all that was found could be kept; what could not is found again
    /// the next time.
    pub async fn recheck(&self) -> bool {
        let now = self.clock.now();
        let (checked, seen) = (before(now, self.rules.recheck_every), before(now, self.rules.grace_period));
        let due = match self.store.domains_to_check(checked, seen).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "which domains are to be checked again cannot be read");
                return false;
            }
        };
        let checks = stream::iter(due).map(|row| async move { self.recheck_one(&row).await });
        checks.buffer_unordered(AT_ONCE).fold(true, |all, kept| async move { all && kept }).await
    }

    async fn recheck_one(&self, row: &DomainRow) -> bool {
        let Some(Method::Published(way)) = row.method else { return true };
        let look = self.look(row, way).await;
        match self.keep(row, way, &look).await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, domain = %row.name, "what the check of a domain found could not be kept");
                false
            }
        }
    }

    async fn keep(&self, row: &DomainRow, way: Way, look: &Look) -> Result<(), StoreError> {
        let now = self.clock.now();
        let seen_at = (look.sight == Sight::Seen).then_some(now);
        let proof = Proof { status: row.status, seen_at: row.seen_at.unwrap_or(Timestamp::MIN) };
        let status = after_check(proof, look.sight, now, self.rules.grace_period);
        if status == row.status {
            return self.store.note_check(row, now, seen_at).await;
        }
        let mut change = self.store.write().await?;
        // Somebody verified, added or removed it while it was looked at: then this look is of the past.
        if change.domain(&row.organization, &row.name).await?.as_ref() != Some(row) {
            return Ok(());
        }
        let after =
            DomainRow { status, checked_at: Some(now), seen_at: seen_at.or(row.seen_at), ..row.clone() };
        change.update_domain(row, &after).await?;
        if !status.is_owned() {
            change.end_disputes(&row.name).await?;
            change.log_change(ChangeKind::Domains, &json!({ "domain": row.name.as_str() }), now).await?;
        }
        self.tell_admins(&mut change, row, status, now).await?;
        let action = match status {
            Status::Verified => AuditAction::DomainVerified,
            Status::MissingToken => AuditAction::DomainVerificationFailed,
            Status::Unverified | Status::Superseded => AuditAction::DomainVerificationLost,
        };
        let detail = json!({
            "by": way.label(), "status": status.label(), "seen_at": after.seen_at.map(|at| at.to_string()),
        });
        let event = AuditEvent::new("postern", action, row.name.as_str()).of(&row.organization);
        change.commit(event.with(detail), now).await?;
        tell(row, status, look);
        Ok(())
    }
}

/// For who reads the log.
fn tell(row: &DomainRow, status: Status, look: &Look) {
    let (domain, organization) = (row.name.as_str(), row.organization.as_str());
    match status {
        Status::Verified => tracing::info!(domain, organization, "the token of a domain is published again"),
        Status::MissingToken => {
            tracing::warn!(domain, organization, said = look.said, "the token of a domain is gone");
        }
        Status::Unverified | Status::Superseded => tracing::warn!(
            domain,
            organization,
            "the token of a domain was not seen for the grace period: its people are external from now on"
        ),
    }
}

fn before(now: Timestamp, age: Duration) -> Timestamp {
    now.saturating_sub(age).unwrap_or(Timestamp::MIN)
}
