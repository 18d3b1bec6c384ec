//! Make, change and delete groups and companies.

use serde_json::json;
use uuid::Uuid;

use super::{GroupError, Groups, event, name_of};
use crate::domain::actor::Actor;
use crate::domain::group::{Group, GroupDraft};
use crate::domain::mistake::{Mistake, Mistakes};
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, Change, GroupRow};

/// What to change of a group, as somebody typed it. What is not named stays as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct GroupEdit<'a> {
    /// Another name.
    pub name: Option<&'a str>,
    /// Another description.
    pub description: Option<&'a str>,
    /// Other mail domains, of a company.
    pub domains: Option<&'a [String]>,
    /// The version that was seen; without one it is changed as it is.
    pub seen: Option<i64>,
}

impl GroupEdit<'_> {
    fn of(&self, before: &Group) -> GroupDraft {
        let text = |new: Option<&str>, old: &String| new.map_or_else(|| old.clone(), str::to_owned);
        GroupDraft {
            name: text(self.name, &before.name),
            description: text(self.description, &before.description),
            kind: before.kind,
            domains: match self.domains {
                Some(domains) => domains.to_vec(),
                None => before.domains.iter().map(ToString::to_string).collect(),
            },
        }
    }
}

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
        Ok(GroupRow { id, group: new, exempt_until: None, version: 1, created_at: now, updated_at: now })
    }

    /// Changes a group, if it still has the version that was seen. It stays of the kind that it is.
    pub async fn update(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        edit: GroupEdit<'_>,
        actor: &Actor,
    ) -> Result<GroupRow, GroupError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        name_of(&mut change, organization, id).await?;
        let before = change.group(organization, id).await?.ok_or(GroupError::NoGroup)?;
        if edit.seen.is_some_and(|seen| seen != before.version) {
            return Err(GroupError::Changed);
        }
        let after = edit.of(&before.group).read()?;
        if after == before.group {
            return Ok(before);
        }
        check_conflicts(&mut change, organization, &after, Some(id)).await?;
        if !change.update_group(id, before.version, organization, &after, now).await? {
            return Err(GroupError::Changed);
        }
        let event = event(actor, AuditAction::GroupUpdated, &after.name, organization, said(id, &after));
        change.commit(event, now).await?;
        Ok(GroupRow { group: after, version: before.version + 1, updated_at: now, ..before })
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
