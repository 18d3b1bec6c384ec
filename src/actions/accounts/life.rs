//! Deactivate, reactivate, delete and have back a managed account. The rules are in `domain/lifecycle.rs`.

use serde_json::json;
use uuid::Uuid;

use super::{AccountError, Accounts, managed, shut};
use crate::domain::actor::Actor;
use crate::domain::lifecycle::{GRACE, Status, Step};
use crate::domain::organization::OrganizationId;
use crate::store::{Account, AuditAction, AuditEvent};

impl Accounts {
    /// Takes a step in the life of a managed account, and gives it as it is then. A step that changes nothing is none. `said` is
    /// what the admin had to say, for the audit log.
    pub async fn take_step(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        step: Step,
        said: Option<&str>,
        actor: &Actor,
    ) -> Result<Account, AccountError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let account = managed(&mut change, organization, id).await?;
        let status = account.status.after(step)?;
        if status == account.status {
            return Ok(account);
        }
        let deletion_at = (status == Status::ForDeletion).then(|| now.saturating_add(GRACE).unwrap_or(now));
        change.set_status(id, status, deletion_at, now).await?;
        shut(&mut change, organization, &account, now).await?;
        let action = match step {
            Step::Deactivate => AuditAction::AccountDeactivated,
            Step::Reactivate => AuditAction::AccountReactivated,
            Step::Delete => AuditAction::AccountDeletionScheduled,
            Step::CancelDeletion => AuditAction::AccountDeletionCanceled,
        };
        let event = AuditEvent::new(actor.clone(), action, account.email.as_str()).of(organization);
        let detail =
            json!({ "account": id, "said": said, "deletion_at": deletion_at.map(|at| at.to_string()) });
        change.commit(event.with(detail), now).await?;
        let deactivated_at = (status != Status::Active).then(|| account.deactivated_at.unwrap_or(now));
        Ok(Account { status, deletion_at, deactivated_at, updated_at: now, ..account })
    }
}
