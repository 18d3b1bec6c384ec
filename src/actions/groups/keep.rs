//! Make, change and delete groups and companies.

use serde_json::json;
use uuid::Uuid;

use super::{GroupError, Groups, event, name_of};
use crate::domain::actor::Actor;
use crate::domain::group::{Group, GroupDraft};
use crate::domain::mistake::{Mistake, Mistakes};
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, Change, GroupRow};

impl Groups {
    /// Makes a group.
    pub async fn create(
        &self,
        organization: &OrganizationId,
        draft: &GroupDraft,
        actor: &Actor,
    ) -> Result<GroupRow, GroupError> {
        let new = draft.read()?;
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        check_conflicts(&mut change, organization, &new, None).await?;
        let id = self.entropy.row_id(now);
        change.insert_group(id, organization, &new, now).await?;
        let event = event(actor, AuditAction::GroupCreated, &new.name, organization, said(id, &new));
        change.commit(event, now).await?;
        Ok(GroupRow { id, group: new, version: 1, created_at: now, updated_at: now })
    }

    /// Changes a group as a whole, if it still has this version. It stays of the kind that it is.
    pub async fn update(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        draft: &GroupDraft,
        version: Option<i64>,
        actor: &Actor,
    ) -> Result<GroupRow, GroupError> {
        let before = self.store.group(organization, id).await?.ok_or(GroupError::NoGroup)?;
        let after = GroupDraft { kind: before.group.kind, ..draft.clone() }.read()?;
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        check_conflicts(&mut change, organization, &after, Some(id)).await?;
        let version = version.unwrap_or(before.version);
        if !change.update_group(id, version, organization, &after, now).await? {
            return Err(GroupError::Changed);
        }
        let event = event(actor, AuditAction::GroupUpdated, &after.name, organization, said(id, &after));
        change.commit(event, now).await?;
        Ok(GroupRow { group: after, version: version + 1, updated_at: now, ..before })
    }

    /// Deletes a group; its people lose the roles that they had by it.
    pub async fn delete(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        actor: &Actor,
    ) -> Result<(), GroupError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let name = name_of(&mut change, organization, id).await?;
        change.delete_group(organization, id, now).await?;
        let event = event(actor, AuditAction::GroupDeleted, &name, organization, json!({ "group": id }));
        Ok(change.commit(event, now).await?)
    }
}

/// A name belongs to one group, and a mail domain to one company.
async fn check_conflicts(
    change: &mut Change,
    organization: &OrganizationId,
    group: &Group,
    id: Option<Uuid>,
) -> Result<(), GroupError> {
    let mut mistakes = Vec::new();
    if change.is_group_name_taken(organization, &group.name, id).await? {
        mistakes.push(Mistake::new("name", "is what another group is called"));
    }
    for domain in &group.domains {
        if let Some(other) = change.company_of_domain(organization, domain, id).await? {
            mistakes.push(Mistake::new("domains", format!("has {domain}, which is {other}'s")));
        }
    }
    Ok(Mistakes::or(mistakes, ())?)
}

fn said(id: Uuid, group: &Group) -> serde_json::Value {
    let domains: Vec<&str> = group.domains.iter().map(|domain| domain.as_str()).collect();
    json!({ "group": id, "kind": group.kind.label(), "domains": domains })
}
