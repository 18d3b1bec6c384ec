//! Exempt the people of a group from codes for a while.

use serde_json::json;
use uuid::Uuid;

use super::{GroupError, Groups, event, name_of};
use crate::domain::actor::Actor;
use crate::domain::group::read_exemption;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, GroupRow};

impl Groups {
    /// Says until when people from outside in a group are asked for no code; `None` asks them again from now on. Gives the group as
    /// it is then.
    pub async fn exempt(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        until: Option<&str>,
        actor: &Actor,
    ) -> Result<GroupRow, GroupError> {
        let now = self.clock.now();
        let until = until.map(|text| read_exemption(text, now)).transpose()?;
        let mut change = self.store.write().await?;
        let name = name_of(&mut change, organization, id).await?;
        let before = change.group(organization, id).await?.ok_or(GroupError::NoGroup)?;
        if before.exempt_until == until {
            return Ok(before);
        }
        change.exempt_group(organization, id, until, now).await?;
        let action = match until {
            Some(_) => AuditAction::GroupExempted,
            None => AuditAction::GroupExemptionEnded,
        };
        let detail = json!({ "group": id, "until": until, "before": before.exempt_until });
        change.commit(event(actor, action, &name, organization, detail), now).await?;
        Ok(GroupRow { exempt_until: until, version: before.version + 1, updated_at: now, ..before })
    }
}
