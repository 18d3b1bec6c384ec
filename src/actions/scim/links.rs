//! What an admin does to the links between accounts and users of directories, where one went wrong.

use serde_json::json;
use uuid::Uuid;

use super::{Scim, ScimError};
use crate::domain::actor::Actor;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, DirectoryRow, ScimUserRow};

impl Scim {
    /// Cuts the link of a user to its account, which stays as it is and is an admin's to change from then on. The next change of
    /// the user by its identity provider links it anew.
    pub async fn unlink(&self, directory: &DirectoryRow, id: Uuid, actor: &Actor) -> Result<(), ScimError> {
        let accounts = self.accounts.load_full();
        let now = accounts.clock.now();
        let mut change = accounts.store.write().await?;
        let row = change.scim_user(directory, id).await?.ok_or(ScimError::NotFound)?;
        if row.account.is_none() {
            return Ok(());
        }
        let unlinked = ScimUserRow { account: None, updated_at: now, ..row.clone() };
        change.update_scim_user(&unlinked).await?;
        Ok(change.commit(told(AuditAction::UserUnlinked, &row, actor), now).await?)
    }

    /// Forgets the user that an account follows; the account stays as it is.
    pub async fn forget_user(
        &self,
        organization: &OrganizationId,
        account: Uuid,
        actor: &Actor,
    ) -> Result<(), ScimError> {
        let accounts = self.accounts.load_full();
        let now = accounts.clock.now();
        let mut change = accounts.store.write().await?;
        let row = change.scim_user_of_account(organization, account).await?.ok_or(ScimError::NotFound)?;
        change.delete_scim_user(organization, row.directory, row.id).await?;
        Ok(change.commit(told(AuditAction::UserDeleted, &row, actor), now).await?)
    }
}

fn told(action: AuditAction, row: &ScimUserRow, actor: &Actor) -> AuditEvent {
    let detail = json!({ "id": row.id, "directory": row.directory, "account": row.account });
    AuditEvent::new(actor.clone(), action, &row.user_name).of(&row.organization).with(detail)
}
