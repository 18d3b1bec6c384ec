//! Add, change and remove a user of a directory, and what follows for the account.

use serde_json::{Value, json};
use uuid::Uuid;

use super::follow::Following;
use super::{Scim, ScimError};
use crate::domain::actor::Actor;
use crate::domain::scim::patch::Patch;
use crate::domain::scim::person::Person;
use crate::domain::scim::resource;
use crate::domain::scim::schema::{ACTIVE, USERS};
use crate::domain::scim::{Mistake, Object};
use crate::store::{AuditAction, AuditEvent, DirectoryRow, ScimUserRow};

impl Scim {
    /// Adds a user: the account of the address is made, or found and claimed, and is let in or kept out as the user says.
    pub async fn create_user(
        &self,
        directory: &DirectoryRow,
        sent: Value,
        actor: &Actor,
    ) -> Result<ScimUserRow, ScimError> {
        let resource = resource::read(&USERS, sent)?;
        let person = Person::of(&resource)?;
        let accounts = self.accounts.load_full();
        let now = accounts.clock.now();
        let mut change = accounts.store.write().await?;
        if change.has_scim_user_named(directory, &person.user_name).await? {
            return Err(ScimError::UserNameTaken);
        }
        let mut following = Following { accounts: &accounts, directory, actor, now, events: Vec::new() };
        let account = following.link(&mut change, &person).await?;
        let row = ScimUserRow {
            id: self.entropy.row_id(now),
            organization: directory.organization.clone(),
            directory: directory.id,
            account: Some(account.id),
            external_id: person.external_id,
            user_name: person.user_name,
            resource,
            active: person.active,
            created_at: now,
            updated_at: now,
        };
        change.insert_scim_user(&row).await?;
        let mut events = following.events;
        events.push(told(AuditAction::UserCreated, &row, person.email.as_str(), actor));
        change.commit_many(&events, now).await?;
        Ok(row)
    }

    /// Puts another user in the place of one.
    pub async fn replace_user(
        &self,
        directory: &DirectoryRow,
        id: Uuid,
        sent: Value,
        actor: &Actor,
    ) -> Result<ScimUserRow, ScimError> {
        let resource = resource::read(&USERS, sent)?;
        self.change_user(directory, id, actor, |_| Ok(resource)).await
    }

    /// Changes some of a user.
    pub async fn patch_user(
        &self,
        directory: &DirectoryRow,
        id: Uuid,
        sent: Value,
        actor: &Actor,
    ) -> Result<ScimUserRow, ScimError> {
        let patch = Patch::read(sent)?;
        self.change_user(directory, id, actor, |before| patch.apply(&USERS, before)).await
    }

    /// Removes a user. The account stays, deactivated.
    pub async fn remove_user(
        &self,
        directory: &DirectoryRow,
        id: Uuid,
        actor: &Actor,
    ) -> Result<(), ScimError> {
        let accounts = self.accounts.load_full();
        let now = accounts.clock.now();
        let mut change = accounts.store.write().await?;
        let row = change.scim_user(directory, id).await?.ok_or(ScimError::NotFound)?;
        let mut following = Following { accounts: &accounts, directory, actor, now, events: Vec::new() };
        let mut subject = row.user_name.clone();
        if let Some(account) = row.account
            && let Some(account) = change.account(&directory.organization, account).await?
        {
            following.set_active(&mut change, &account, false).await?;
            subject = account.email.to_string();
        }
        change.delete_scim_user(&directory.organization, directory.id, id).await?;
        let mut events = following.events;
        events.push(told(AuditAction::UserDeleted, &row, &subject, actor));
        Ok(change.commit_many(&events, now).await?)
    }

    async fn change_user(
        &self,
        directory: &DirectoryRow,
        id: Uuid,
        actor: &Actor,
        edit: impl FnOnce(&Object) -> Result<Object, Mistake>,
    ) -> Result<ScimUserRow, ScimError> {
        let accounts = self.accounts.load_full();
        let now = accounts.clock.now();
        let mut change = accounts.store.write().await?;
        let before = change.scim_user(directory, id).await?.ok_or(ScimError::NotFound)?;
        let resource = edit(&before.resource)?;
        if resource == before.resource && before.account.is_some() {
            return Ok(before);
        }
        let (mut person, mut said) = (Person::of(&resource)?, Person::of(&before.resource)?);
        said.active = before.active;
        // A switch that is taken away lets nobody in.
        if !resource.contains_key(ACTIVE) {
            person.active = before.active;
        }
        let is_renamed = person.user_name != before.user_name;
        if is_renamed && change.has_scim_user_named(directory, &person.user_name).await? {
            return Err(ScimError::UserNameTaken);
        }
        let mut following = Following { accounts: &accounts, directory, actor, now, events: Vec::new() };
        let known = match before.account {
            Some(account) => change.account(&directory.organization, account).await?,
            None => None,
        };
        let account = match known {
            Some(account) => following.follow(&mut change, account, &said, &person).await?,
            // An admin cut the link. What the directory says now counts again.
            None => following.link(&mut change, &person).await?.id,
        };
        let row = ScimUserRow {
            account: Some(account),
            external_id: person.external_id,
            user_name: person.user_name,
            active: person.active,
            resource,
            updated_at: now,
            ..before
        };
        change.update_scim_user(&row).await?;
        let mut events = following.events;
        events.push(told(AuditAction::UserUpdated, &row, person.email.as_str(), actor));
        change.commit_many(&events, now).await?;
        Ok(row)
    }
}

fn told(action: AuditAction, row: &ScimUserRow, subject: &str, actor: &Actor) -> AuditEvent {
    let detail = json!({ "id": row.id, "directory": row.directory, "account": row.account });
    AuditEvent::new(actor.clone(), action, subject).of(&row.organization).with(detail)
}
