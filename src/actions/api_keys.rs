//! Keys to the API: make one, ask what one opens, end one. The store is asked each time a key is used, so one that was ended
//! opens nothing from then on, at any gateway.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::clock::Clock;
use crate::domain::actor::Actor;
use crate::domain::api_key::{KeyText, LONGEST_LIFETIME, LONGEST_NAME, Scopes};
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;
use crate::entropy::Entropy;
use crate::store::{ApiKeyRow, AuditAction, AuditEvent, Store, StoreError};

/// How exactly it is known when a key was used last. A write for each request would cost more than most requests.
const USED_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// What the deeds about keys work with.
#[derive(Debug, Clone)]
pub struct ApiKeys {
    /// Where state lasts.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
}

/// A key to be made.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// What it opens something of.
    pub organization: OrganizationId,
    /// What people call it.
    pub name: String,
    /// Who is written to about what was done with it.
    pub owner: Option<EmailAddress>,
    /// What it opens.
    pub scopes: Scopes,
    /// The directory it fills, if it is an identity provider's.
    pub directory: Option<Uuid>,
    /// How long it lives.
    pub lifetime: Duration,
}

/// Why no key was made or ended.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A name that nobody could read.
    #[error("the name of a key has 1 to {LONGEST_NAME} characters, none of them a control character")]
    Name,
    /// No time, or more than a year.
    #[error("a key lives for a minute at least and 365 days at most")]
    Lifetime,
    /// The organization has no such key.
    #[error("there is no such key")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ApiKeys {
    /// Makes a key. Its text is given back, this once.
    pub async fn create(&self, new: NewKey, actor: &Actor) -> Result<(KeyText, ApiKeyRow), KeyError> {
        let length = new.name.chars().count();
        if length == 0 || length > LONGEST_NAME || new.name.contains(char::is_control) {
            return Err(KeyError::Name);
        }
        if new.lifetime < Duration::from_secs(60) || new.lifetime > LONGEST_LIFETIME {
            return Err(KeyError::Lifetime);
        }
        let now = self.clock.now();
        let text = KeyText::new(&self.entropy.bytes());
        let row = ApiKeyRow {
            id: self.entropy.row_id(now),
            organization: new.organization,
            name: new.name,
            owner: new.owner,
            scopes: new.scopes,
            directory: new.directory,
            hint: text.hint(),
            created_at: now,
            expires_at: now.saturating_add(new.lifetime).unwrap_or(Timestamp::MAX),
            revoked_at: None,
            last_used_at: None,
        };
        let mut change = self.store.write().await?;
        change.insert_api_key(&row, &text.hash()).await?;
        let event = AuditEvent::new(actor.clone(), AuditAction::ApiKeyCreated, &row.name)
            .of(&row.organization)
            .with(serde_json::json!({
                "id": row.id,
                "scopes": row.scopes.to_text(),
                "expires_at": row.expires_at,
            }));
        change.commit(event, now).await?;
        Ok((text, row))
    }

    /// The live key that a text is; `None` for any other text, and nobody is told why.
    pub async fn open(&self, text: &str) -> Result<Option<ApiKeyRow>, StoreError> {
        let Some(text) = KeyText::read(text) else { return Ok(None) };
        let now = self.clock.now();
        let Some(key) = self.store.api_key_of(&text.hash()).await?.filter(|key| key.is_live(now)) else {
            return Ok(None);
        };
        if key.last_used_at.is_none_or(|at| now.duration_since(at) >= USED_WITHIN) {
            // What the key is asked for does not depend on it.
            if let Err(error) = self.store.note_key_used(key.id, now).await {
                tracing::warn!(%error, "when a key was used could not be noted");
            }
        }
        Ok(Some(key))
    }

    /// Ends a key of an organization. Doing it twice is no mistake.
    pub async fn revoke(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        actor: &Actor,
    ) -> Result<ApiKeyRow, KeyError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let Some(key) = change.api_key(organization, id).await? else { return Err(KeyError::Unknown) };
        if key.revoked_at.is_some() {
            return Ok(key);
        }
        change.revoke_api_key(id, now).await?;
        let event = AuditEvent::new(actor.clone(), AuditAction::ApiKeyRevoked, &key.name)
            .of(organization)
            .with(serde_json::json!({ "id": id }));
        change.commit(event, now).await?;
        Ok(ApiKeyRow { revoked_at: Some(now), ..key })
    }
}
