//! Who is in a group.

use serde_json::json;
use uuid::Uuid;

use super::{GroupError, Groups, account_of, event, name_of};
use crate::domain::actor::Actor;
use crate::domain::organization::OrganizationId;
use crate::store::AuditAction;

impl Groups {
    /// Makes an account a member. Who is one already stays one, and nothing is written down.
    pub async fn add_member(
        &self,
        organization: &OrganizationId,
        group: Uuid,
        account: Uuid,
        actor: &Actor,
    ) -> Result<(), GroupError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let name = name_of(&mut change, organization, group).await?;
        let account = account_of(&mut change, organization, account).await?;
        if !change.add_to_group(organization, group, account.id, now).await? {
            return Ok(());
        }
        let detail = json!({ "group": group, "name": name, "account": account.id });
        let event = event(actor, AuditAction::UserAddedToGroup, account.email.as_str(), organization, detail);
        Ok(change.commit(event, now).await?)
    }

    /// Ends a membership, if there is one.
    pub async fn remove_member(
        &self,
        organization: &OrganizationId,
        group: Uuid,
        account: Uuid,
        actor: &Actor,
    ) -> Result<(), GroupError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let name = name_of(&mut change, organization, group).await?;
        let account = account_of(&mut change, organization, account).await?;
        if !change.remove_from_group(organization, group, account.id, now).await? {
            return Ok(());
        }
        let detail = json!({ "group": group, "name": name, "account": account.id });
        let event =
            event(actor, AuditAction::UserRemovedFromGroup, account.email.as_str(), organization, detail);
        Ok(change.commit(event, now).await?)
    }
}
