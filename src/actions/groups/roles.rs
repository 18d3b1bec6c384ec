//! What groups and people may do at a site.

use serde_json::json;

use super::{GroupError, Groups, account_of, event, name_of};
use crate::domain::actor::Actor;
use crate::domain::group::Role;
use crate::domain::mistake::Mistakes;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, Change, Holder};

/// A role at a site, as somebody typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleAt<'a> {
    /// The id of a role, such as `atlassian/guest`.
    pub role: &'a str,
    /// A site's id, or a resource identifier that ends in one.
    pub resource: &'a str,
}

impl Groups {
    /// Gives a role at a site. Who has it already keeps it.
    pub async fn assign(
        &self,
        organization: &OrganizationId,
        holder: Holder,
        role: RoleAt<'_>,
        actor: &Actor,
    ) -> Result<(), GroupError> {
        let (role, site) = self.read_role(organization, role)?;
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let name = name_of_holder(&mut change, organization, holder).await?;
        if !change.assign_role(organization, holder, role, &site, now).await? {
            return Ok(());
        }
        let action = match holder {
            Holder::Group(_) => AuditAction::GroupGrantedRole,
            Holder::Account(_) => AuditAction::UserGrantedRole,
        };
        let event = event(actor, action, &name, organization, json!({ "role": role.id(), "site": site }));
        Ok(change.commit(event, now).await?)
    }

    /// Takes a role at a site back, if it was given.
    pub async fn revoke(
        &self,
        organization: &OrganizationId,
        holder: Holder,
        role: RoleAt<'_>,
        actor: &Actor,
    ) -> Result<(), GroupError> {
        let (role, site) = self.read_role(organization, role)?;
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let name = name_of_holder(&mut change, organization, holder).await?;
        if !change.revoke_role(organization, holder, role, &site, now).await? {
            return Ok(());
        }
        let action = match holder {
            Holder::Group(_) => AuditAction::GroupRevokedRole,
            Holder::Account(_) => AuditAction::UserRevokedRole,
        };
        let event = event(actor, action, &name, organization, json!({ "role": role.id(), "site": site }));
        Ok(change.commit(event, now).await?)
    }

    pub(super) fn read_role(
        &self,
        organization: &OrganizationId,
        RoleAt { role, resource }: RoleAt<'_>,
    ) -> Result<(Role, String), Mistakes> {
        let known =
            Role::of(role).ok_or_else(|| Mistakes::one("role", "is no role such as atlassian/guest"))?;
        Ok((known, self.site(organization, resource)?))
    }
}

async fn name_of_holder(
    change: &mut Change,
    organization: &OrganizationId,
    holder: Holder,
) -> Result<String, GroupError> {
    match holder {
        Holder::Group(id) => name_of(change, organization, id).await,
        Holder::Account(id) => Ok(account_of(change, organization, id).await?.email.to_string()),
    }
}
