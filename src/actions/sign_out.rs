//! Sign out: the product ended the session, so the proof of this person in this browser ends too.

use serde_json::json;

use crate::store::{AuditAction, AuditEvent, StoreError};

use super::Actions;
use super::issue_code::Asker;

impl Actions {
    /// Ends the proofs of this person in this browser, on all nodes and across restarts.
    pub async fn sign_out(&self, asker: &Asker<'_>) -> Result<(), StoreError> {
        self.timed("sign_out", self.revoke(asker)).await
    }

    async fn revoke(&self, asker: &Asker<'_>) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        change.revoke(asker.subject, asker.device, now).await?;
        let event =
            AuditEvent::new(asker.email.as_str(), AuditAction::ExternalUserSignedOut, asker.email.as_str());
        change.commit(event.with(json!({ "site": asker.site })), now).await
    }
}
