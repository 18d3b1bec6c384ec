//! Verify a domain: look for its token, and if it is published make the domain the organization's own.
//!
//! A domain has one owner. Who owns it keeps it as long as its own token is published, or an operator vouched for it; only
//! when its token is gone, a newcomer who publishes one takes over. Who cannot prove the domain learns nothing of its owner.

use jiff::Timestamp;
use serde_json::json;

use super::{Domains, Look};
use crate::domain::actor::Actor;
use crate::domain::domain_name::DomainName;
use crate::domain::organization::OrganizationId;
use crate::domain::ownable::{self, Unownable};
use crate::domain::owned_domain::{Method, Sight, Status, Way, is_outdated};
use crate::store::{AuditAction, AuditEvent, ChangeKind, DomainRow, StoreError};

/// A domain that is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The domain.
    pub domain: DomainName,
    /// Whether it was another organization's until now.
    pub superseded: bool,
}

/// Why a domain was not verified. None says whose it is.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Nobody can own it.
    #[error(transparent)]
    Unownable(#[from] Unownable),
    /// The organization has no token for it.
    #[error("{0} was not added: adding it shows what to publish")]
    NotAdded(DomainName),
    /// An operator vouched for it.
    #[error("{0} is verified by an import, so there is nothing to prove")]
    Imported(DomainName),
    /// The token is too old.
    #[error(
        "the line for {0} was made 30 days ago or earlier, and proves nothing any more: add the domain again and publish the new line"
    )]
    Outdated(DomainName),
    /// The token is not there, or nobody can say.
    #[error("{domain} is not verified: {said}")]
    NotFound {
        /// The domain.
        domain: DomainName,
        /// What was found instead.
        said: String,
    },
    /// Two organizations publish their tokens, and one was first.
    #[error(
        "{0} belongs to another organization of this gateway, whose line is still published: that line must go first"
    )]
    Taken(DomainName),
    /// Another organization published its token, and nobody can say whether it still does.
    #[error(
        "{0} belongs to another organization of this gateway, and whether its line is still published cannot be found out now: \
         try again later"
    )]
    TakenPerhaps(DomainName),
    /// An operator vouched for another organization.
    #[error(
        "{0} belongs to another organization of this gateway by an import, which no line outdoes: only its operator can change that"
    )]
    TakenByImport(DomainName),
    /// It was added again or removed, or has another owner, since the look began.
    #[error("{0} was changed meanwhile: try again")]
    Changed(DomainName),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Domains {
    /// Looks for the token of a domain that was added, and makes the domain the organization's own. For one that is so
    /// already it is a check at once, and the way by which it is checked from then on.
    pub async fn verify(
        &self,
        organization: &OrganizationId,
        text: &str,
        way: Way,
        actor: &Actor,
    ) -> Result<Verified, VerifyError> {
        let name = ownable::read(text, self.rules.special_use)?;
        let asked_at = self.clock.now();
        let Some(row) = self.store.domain(organization, &name).await? else {
            return Err(VerifyError::NotAdded(name));
        };
        if row.status.is_owned() && row.method == Some(Method::Import) {
            return Err(VerifyError::Imported(name));
        }
        if !row.status.is_owned() && is_outdated(row.created_at, asked_at) {
            return Err(VerifyError::Outdated(name));
        }
        let look = self.look(&row, way).await;
        if look.sight != Sight::Seen {
            self.note_failure(&row, way, &look, actor).await?;
            return Err(VerifyError::NotFound { domain: name, said: look.said });
        }
        let owner = self.store.owned_domain(&name).await?.filter(|owner| owner.organization != *organization);
        if let Some(owner) = &owner
            && let Some(refusal) = self.refusal_for(owner).await
        {
            self.note_dispute(&row, owner, way, actor).await?;
            return Err(refusal);
        }
        self.take(row, owner, way, asked_at, actor).await
    }

    /// Why a domain stays with its owner; `None` if the token that it was proved by is gone.
    async fn refusal_for(&self, owner: &DomainRow) -> Option<VerifyError> {
        let name = owner.name.clone();
        // By the way that the owner chose: what is in its file is no less a proof because a newcomer asks DNS.
        let Some(Method::Published(way)) = owner.method else {
            return Some(VerifyError::TakenByImport(name));
        };
        match self.look(owner, way).await.sight {
            Sight::Seen => Some(VerifyError::Taken(name)),
            // The newcomer may be who keeps the server silent. It waits for the end of the owner's grace period.
            Sight::Unknown => Some(VerifyError::TakenPerhaps(name)),
            Sight::Absent => None,
        }
    }

    /// All of it is still as it was when the tokens were looked for, or nothing changes.
    async fn take(
        &self,
        row: DomainRow,
        owner: Option<DomainRow>,
        way: Way,
        seen_at: Timestamp,
        actor: &Actor,
    ) -> Result<Verified, VerifyError> {
        let (name, now) = (row.name.clone(), self.clock.now());
        let mut change = self.store.write().await?;
        let owner_now = change.owned_domain(&name).await?;
        if owner_now.filter(|owner| owner.organization != row.organization) != owner {
            return Err(VerifyError::Changed(name));
        }
        let mut events = Vec::new();
        if let Some(owner) = &owner {
            let after = DomainRow { status: Status::Superseded, checked_at: Some(now), ..owner.clone() };
            if !change.update_domain(owner, &after).await? {
                return Err(VerifyError::Changed(name));
            }
            self.tell_admins(&mut change, owner, after.status, now).await?;
            let lost = AuditEvent::new("postern", AuditAction::DomainVerificationLost, name.as_str());
            events.push(lost.of(&owner.organization).with(json!({ "status": after.status.label() })));
        }
        let since = row.verified_at.filter(|_| row.status.is_owned()).unwrap_or(now);
        let after = DomainRow {
            status: Status::Verified,
            method: Some(Method::Published(way)),
            verified_at: Some(since),
            checked_at: Some(now),
            seen_at: Some(seen_at),
            ..row.clone()
        };
        if !change.update_domain(&row, &after).await? {
            return Err(VerifyError::Changed(name));
        }
        change.end_disputes(&name).await?;
        if !row.status.is_owned() {
            change.log_change(ChangeKind::Domains, &json!({ "domain": name.as_str() }), now).await?;
        }
        let event =
            AuditEvent::new(actor.clone(), AuditAction::DomainVerified, name.as_str()).of(&row.organization);
        events.push(event.with(json!({ "by": way.label(), "superseded": owner.is_some() })));
        change.commit_many(&events, now).await?;
        Ok(Verified { domain: name, superseded: owner.is_some() })
    }

    async fn note_failure(
        &self,
        row: &DomainRow,
        way: Way,
        look: &Look,
        actor: &Actor,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        // An owned domain has its own rhythm, by its own way, which nobody delays by trying another.
        if !row.status.is_owned() {
            change.update_domain(row, &DomainRow { checked_at: Some(now), ..row.clone() }).await?;
        }
        let answered = look.sight == Sight::Absent;
        let event = AuditEvent::new(actor.clone(), AuditAction::DomainVerificationFailed, row.name.as_str());
        let detail = json!({ "by": way.label(), "answered": answered });
        change.commit(event.of(&row.organization).with(detail), now).await
    }

    /// Both sides see that there is a dispute, and neither with whom (T156).
    async fn note_dispute(
        &self,
        row: &DomainRow,
        owner: &DomainRow,
        way: Way,
        actor: &Actor,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let mine = DomainRow { checked_at: Some(now), disputed_at: Some(now), ..row.clone() };
        change.update_domain(row, &mine).await?;
        change.update_domain(owner, &DomainRow { disputed_at: Some(now), ..owner.clone() }).await?;
        let failed = |actor: Actor| {
            AuditEvent::new(actor, AuditAction::DomainVerificationFailed, row.name.as_str())
                .with(json!({ "by": way.label(), "disputed": true }))
        };
        let events =
            [failed(actor.clone()).of(&row.organization), failed("postern".into()).of(&owner.organization)];
        change.commit_many(&events, now).await
    }
}
