//! Accept an address: an operator says that a person at a site is who they now claim to be.
//!
//! It moves the pin and takes the address from whoever it was first seen for; running gateways follow by the change log.
//! What was imported is never overruled here: that is said by another import.

use jiff::Timestamp;
use serde_json::json;

use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, Store, StoreError, UserKey};

/// What was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The login name, as it was last seen.
    pub username: String,
    /// The address the person was judged by before.
    pub before: Option<EmailAddress>,
    /// The address that the product last reported, where it was another one than the accepted: the person stays external
    /// until the product reports the accepted one.
    pub reported: Option<EmailAddress>,
}

/// Why nothing was accepted.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// A mistyped key would pin a stranger-to-be.
    #[error("nobody with the user key {key:?} was seen at {site} yet")]
    Unknown {
        /// The site's id.
        site: String,
        /// The user key.
        key: String,
    },
    /// The directory knows another address for the key, or another key for the address.
    #[error(
        "the import ties this user key or this address to another at {site}: import the account again with its user_key"
    )]
    Imported {
        /// The site's id.
        site: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Pins `person`, at a site of this organization, to `email`, as one change with its audit event.
pub async fn accept_address(
    store: &Store,
    organization: &OrganizationId,
    person: &UserKey,
    email: &EmailAddress,
    now: Timestamp,
) -> Result<Accepted, AcceptError> {
    let mut change = store.write().await?;
    let imported = change.email_of_user_key(person).await?;
    if imported.is_some_and(|imported| imported != *email) || change.has_other_user_key(person, email).await?
    {
        return Err(AcceptError::Imported { site: person.site.clone() });
    }
    let (pin, contradiction) = (change.pin_of(person).await?, change.end_contradiction(person).await?);
    let seen = contradiction.as_ref().map(|row| &row.username).or(pin.as_ref().map(|pin| &pin.username));
    let Some(username) = seen.cloned() else {
        return Err(AcceptError::Unknown { site: person.site.clone(), key: person.key.clone() });
    };
    change.accept_address(person, &username, email, now).await?;
    let before = pin.and_then(|pin| pin.email);
    let detail = json!({
        "site": person.site, "user_key": person.key, "username": username,
        "before": before.as_ref().map(EmailAddress::as_str),
    });
    let event = AuditEvent::new("operator", AuditAction::AddressAccepted, email.as_str()).of(organization);
    change.commit(event.with(detail), now).await?;
    let reported = contradiction.and_then(|row| row.reported).filter(|reported| reported != email);
    Ok(Accepted { username, before, reported })
}
