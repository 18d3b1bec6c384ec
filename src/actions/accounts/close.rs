//! Close accounts whose grace period is over: they are gone for good. It runs beside the traffic.
//!
//! What was said of the person goes. The address stays, and is refused: it would be a stranger's at the next sight.

use serde_json::json;
use uuid::Uuid;

use super::{Accounts, shut};
use crate::actions::authenticators::remove::leave_behind;
use crate::domain::lifecycle::Status;
use crate::domain::organization::OrganizationId;
use crate::store::{AccountsChanged, AuditAction, AuditEvent, StoreError};

impl Accounts {
    /// Closes what is due, and says how many accounts that were.
    pub async fn close_due(&self) -> Result<u64, StoreError> {
        let mut closed = 0;
        for (organization, id) in self.store.accounts_to_close(self.clock.now()).await? {
            closed += u64::from(self.close(&organization, id).await?);
        }
        Ok(closed)
    }

    async fn close(&self, organization: &OrganizationId, id: Uuid) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let Some(account) = change.account(organization, id).await? else { return Ok(false) };
        // Somebody may have had it back since it was found.
        let is_due = account.status == Status::ForDeletion && account.deletion_at.is_some_and(|at| at <= now);
        if !is_due {
            return Ok(false);
        }
        change.close_account(id, now).await?;
        shut(&mut change, organization, &account, now).await?;
        leave_behind(&mut change, organization, &account.email, now).await?;
        if let Some(username) = &account.username {
            let freed = AccountsChanged {
                usernames: vec![username.clone()],
                ..AccountsChanged::at(organization, Vec::new())
            };
            change.log_accounts(&freed, now).await?;
        }
        let event = AuditEvent::new("postern", AuditAction::AccountDeleted, account.email.as_str());
        change.commit(event.of(organization).with(json!({ "account": id })), now).await?;
        Ok(true)
    }
}
