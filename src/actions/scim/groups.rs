//! Add, change and remove a group of a directory. Its members are users of the same directory, and its name stays.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Scim, ScimError};
use crate::domain::actor::Actor;
use crate::domain::scim::patch::Patch;
use crate::domain::scim::person::folded;
use crate::domain::scim::schema::{DISPLAY_NAME, EXTERNAL_ID, GROUPS, MEMBERS, VALUE};
use crate::domain::scim::{Mistake, MistakeKind, Object, resource};
use crate::store::{AuditAction, AuditEvent, Change, DirectoryRow, ScimGroupRow, ScimMember};

impl Scim {
    /// Adds a group.
    pub async fn create_group(
        &self,
        directory: &DirectoryRow,
        sent: Value,
        actor: &Actor,
    ) -> Result<(ScimGroupRow, Vec<ScimMember>), ScimError> {
        let resource = resource::read(&GROUPS, sent)?;
        let accounts = self.accounts.load_full();
        let now = accounts.clock.now();
        let mut change = accounts.store.write().await?;
        let display_name = text(&resource, DISPLAY_NAME).unwrap_or_default();
        let name = folded(&display_name);
        if change.has_scim_group_named(directory, &name).await? {
            return Err(ScimError::GroupTaken);
        }
        let row = ScimGroupRow {
            id: self.entropy.row_id(now),
            organization: directory.organization.clone(),
            directory: directory.id,
            external_id: text(&resource, EXTERNAL_ID),
            display_name,
            name,
            created_at: now,
            updated_at: now,
        };
        change.insert_scim_group(&row).await?;
        let mut events = vec![told(AuditAction::GroupCreated, &row, None, actor)];
        let members = members(&resource, row.id)?;
        set_members(&mut change, directory, &row, &[], &members, actor, &mut events).await?;
        change.commit_many(&events, now).await?;
        Ok((row, members))
    }

    /// Puts another group in the place of one. Members that are not named any more leave it.
    pub async fn replace_group(
        &self,
        directory: &DirectoryRow,
        id: Uuid,
        sent: Value,
        actor: &Actor,
    ) -> Result<(ScimGroupRow, Vec<ScimMember>), ScimError> {
        let resource = resource::read(&GROUPS, sent)?;
        self.change_group(directory, id, None, actor, |before| {
            if resource.get(DISPLAY_NAME) == before.get(DISPLAY_NAME) {
                return Ok(resource);
            }
            Err(MistakeKind::Mutability.because("displayName cannot be changed."))
        })
        .await
    }

    /// Changes some of a group. Where members are named, those alone are read and written: one more of a million costs as much
    /// as one more of ten.
    pub async fn patch_group(
        &self,
        directory: &DirectoryRow,
        id: Uuid,
        sent: Value,
        actor: &Actor,
    ) -> Result<ScimGroupRow, ScimError> {
        let patch = Patch::read(sent)?;
        let named = patch.named_members(&GROUPS);
        let edit = |before: &Object| patch.apply(&GROUPS, before);
        Ok(self.change_group(directory, id, named.as_deref(), actor, edit).await?.0)
    }

    /// Removes a group. Its members stay in the directory.
    pub async fn remove_group(
        &self,
        directory: &DirectoryRow,
        id: Uuid,
        actor: &Actor,
    ) -> Result<(), ScimError> {
        let accounts = self.accounts.load_full();
        let now = accounts.clock.now();
        let mut change = accounts.store.write().await?;
        let row = change.scim_group(directory, id).await?.ok_or(ScimError::NotFound)?;
        change.delete_scim_group(directory, id).await?;
        Ok(change.commit(told(AuditAction::GroupDeleted, &row, None, actor), now).await?)
    }

    /// Changes a group as it is with these of its members, or with all of them; gives it with those that it has then.
    async fn change_group(
        &self,
        directory: &DirectoryRow,
        id: Uuid,
        named: Option<&[String]>,
        actor: &Actor,
        edit: impl FnOnce(&Object) -> Result<Object, Mistake>,
    ) -> Result<(ScimGroupRow, Vec<ScimMember>), ScimError> {
        let accounts = self.accounts.load_full();
        let now: Timestamp = accounts.clock.now();
        let mut change = accounts.store.write().await?;
        let before = change.scim_group(directory, id).await?.ok_or(ScimError::NotFound)?;
        let present = match named {
            Some(named) => {
                // What is no id is nobody's, and nobody is read for it.
                let users: BTreeSet<Uuid> = named.iter().filter_map(|id| Uuid::try_parse(id).ok()).collect();
                change.scim_members_among(id, &Vec::from_iter(users)).await?
            }
            None => change.scim_members(id).await?,
        };
        let resource = edit(&as_resource(&before, &present))?;
        let (external_id, members) = (text(&resource, EXTERNAL_ID), members(&resource, id)?);
        let row = ScimGroupRow { external_id, updated_at: now, ..before.clone() };
        let mut events = Vec::new();
        if row.external_id != before.external_id {
            events.push(told(AuditAction::GroupUpdated, &row, None, actor));
        }
        set_members(&mut change, directory, &row, &present, &members, actor, &mut events).await?;
        if events.is_empty() {
            return Ok((before, present));
        }
        change.update_scim_group(&row).await?;
        change.commit_many(&events, now).await?;
        Ok((row, members))
    }
}

fn text(resource: &Object, name: &str) -> Option<String> {
    resource.get(name)?.as_str().map(ToOwned::to_owned)
}

/// A group as a client could have said it.
fn as_resource(row: &ScimGroupRow, members: &[ScimMember]) -> Object {
    let member = |member: &ScimMember| match &member.display {
        Some(display) => json!({ VALUE: member.user, "display": display }),
        None => json!({ VALUE: member.user }),
    };
    let mut resource = Object::new();
    resource.insert(DISPLAY_NAME.to_owned(), row.display_name.clone().into());
    if let Some(external_id) = &row.external_id {
        resource.insert(EXTERNAL_ID.to_owned(), external_id.clone().into());
    }
    if !members.is_empty() {
        resource.insert(MEMBERS.to_owned(), members.iter().map(member).collect());
    }
    resource
}

/// The members of a resource, each once. The last word about somebody counts.
fn members(resource: &Object, group: Uuid) -> Result<Vec<ScimMember>, Mistake> {
    let listed = resource.get(MEMBERS).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let (mut members, mut places) = (Vec::<ScimMember>::with_capacity(listed.len()), HashMap::new());
    for item in listed {
        let id = item.get(VALUE).and_then(Value::as_str).and_then(|id| Uuid::try_parse(id).ok());
        let user = id.ok_or_else(unknown_member)?;
        let display = item.get("display").and_then(Value::as_str).map(ToOwned::to_owned);
        let place = *places.entry(user).or_insert(members.len());
        match members.get_mut(place) {
            Some(known) => known.display = display,
            None => members.push(ScimMember { group, user, display }),
        }
    }
    // As the store gives them.
    members.sort_by_key(|member| member.user);
    Ok(members)
}

fn unknown_member() -> Mistake {
    MistakeKind::InvalidValue.because("members: each value is the id of a user of this directory.")
}

/// Has just these be in a group, and tells who came and who went.
async fn set_members(
    change: &mut Change,
    directory: &DirectoryRow,
    group: &ScimGroupRow,
    before: &[ScimMember],
    after: &[ScimMember],
    actor: &Actor,
    events: &mut Vec<AuditEvent>,
) -> Result<(), ScimError> {
    let old: HashMap<Uuid, &ScimMember> = before.iter().map(|member| (member.user, member)).collect();
    let new: HashMap<Uuid, &ScimMember> = after.iter().map(|member| (member.user, member)).collect();
    let written: Vec<ScimMember> =
        after.iter().filter(|member| old.get(&member.user) != Some(member)).cloned().collect();
    let come: Vec<Uuid> =
        written.iter().map(|member| member.user).filter(|user| !old.contains_key(user)).collect();
    let gone: Vec<Uuid> =
        before.iter().map(|member| member.user).filter(|user| !new.contains_key(user)).collect();
    if change.known_scim_users(directory, &come).await?.len() != come.len() {
        return Err(unknown_member().into());
    }
    change.upsert_scim_members(&written).await?;
    change.delete_scim_members(group.id, &gone).await?;
    events.extend(come.iter().map(|user| told(AuditAction::UserAddedToGroup, group, Some(*user), actor)));
    events.extend(gone.iter().map(|user| told(AuditAction::UserRemovedFromGroup, group, Some(*user), actor)));
    // Somebody is only called something else.
    if written.len() > come.len() {
        events.push(told(AuditAction::GroupUpdated, group, None, actor));
    }
    Ok(())
}

fn told(action: AuditAction, row: &ScimGroupRow, user: Option<Uuid>, actor: &Actor) -> AuditEvent {
    let detail = json!({ "id": row.id, "directory": row.directory, "user": user });
    AuditEvent::new(actor.clone(), action, row.display_name.as_str()).of(&row.organization).with(detail)
}
