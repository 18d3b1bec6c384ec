//! Make a directory, and a key for the identity provider that fills it.

use std::time::Duration;

use serde_json::json;

use crate::actions::api_keys::{ApiKeys, KeyError, NewKey};
use crate::domain::actor::Actor;
use crate::domain::api_key::{KeyText, LONGEST_NAME, Scope, Scopes};
use crate::domain::organization::OrganizationId;
use crate::store::{ApiKeyRow, AuditAction, AuditEvent, DirectoryRow, StoreError};

/// Makes a directory, unless there is one of this name, and a key that opens it and nothing else. The key's text is given back,
/// this once; who lost it makes another.
pub async fn create_directory(
    keys: &ApiKeys,
    organization: &OrganizationId,
    name: &str,
    lifetime: Duration,
    actor: &Actor,
) -> Result<(DirectoryRow, KeyText, ApiKeyRow), KeyError> {
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME || name.contains(char::is_control) {
        return Err(KeyError::Name);
    }
    let directory = directory_named(keys, organization, name, actor).await?;
    let new = NewKey {
        organization: organization.clone(),
        name: name.to_owned(),
        owner: None,
        scopes: Scopes::These([Scope::ReadDirectories, Scope::WriteDirectories].into()),
        directory: Some(directory.id),
        lifetime,
    };
    let (text, key) = keys.create(new, actor).await?;
    Ok((directory, text, key))
}

/// The directory of a name, made if there is none.
async fn directory_named(
    keys: &ApiKeys,
    organization: &OrganizationId,
    name: &str,
    actor: &Actor,
) -> Result<DirectoryRow, StoreError> {
    let now = keys.clock.now();
    let mut change = keys.store.write().await?;
    if let Some(known) = change.directory_named(organization, name).await? {
        return Ok(known);
    }
    let new = DirectoryRow {
        id: keys.entropy.row_id(now),
        organization: organization.clone(),
        name: name.to_owned(),
        created_at: now,
    };
    change.insert_directory(&new).await?;
    let event = AuditEvent::new(actor.clone(), AuditAction::DirectoryCreated, name).of(organization);
    change.commit(event.with(json!({ "id": new.id })), now).await?;
    Ok(new)
}
