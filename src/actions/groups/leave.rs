//! Remove an external person from everything in one step: groups, roles, the test policy, and what they verified.

use serde_json::json;
use uuid::Uuid;

use super::{GroupError, Groups, account_of, event};
use crate::actions::authenticators::remove::leave_behind;
use crate::domain::actor::Actor;
use crate::domain::organization::OrganizationId;
use crate::store::AuditAction;

impl Groups {
    /// Leaves the account without anything that an admin gave it, and voids its verifications. It stays in the list of accounts,
    /// and is asked for a code again wherever people are let in without an invitation.
    pub async fn remove_external(
        &self,
        organization: &OrganizationId,
        account: Uuid,
        actor: &Actor,
    ) -> Result<(), GroupError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let account = account_of(&mut change, organization, account).await?;
        if account.managed {
            return Err(GroupError::Managed);
        }
        let left = change.leave_everything(organization, account.id, now).await?;
        let was_named = change.leave_external_policies(organization, &account.email, now).await?;
        change.reset_people(organization, std::slice::from_ref(&account.email), now, now).await?;
        leave_behind(&mut change, organization, &account.email, now).await?;
        let detail = json!({ "account": account.id, "roles_and_groups": left, "test_policy": was_named });
        let event =
            event(actor, AuditAction::ExternalUserRemoved, account.email.as_str(), organization, detail);
        Ok(change.commit(event, now).await?)
    }
}
