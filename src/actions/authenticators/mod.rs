//! What people set up to prove themselves with, and how they show it: apps in `app.rs`, passkeys in `passkey.rs`.
//!
//! One transaction each, with its audit event. A try is counted before anything is compared, by the same limits as mailed codes,
//! and its owner is told by mail of whatever is added or removed. Whether somebody may do it is asked in `proxy/authenticators/`.

pub mod app;
mod letters;
mod owner;
pub mod passkey;
pub mod remove;

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::domain::account::Family;
use crate::domain::authenticator::MOST;
use crate::domain::email::EmailAddress;
use crate::domain::method::Method;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, AuthenticatorRow, CeremonyRow, Change, StoreError};

use super::check_code::Proven;
use super::issue_code::Asker;
use super::{Actions, Limited};

pub use letters::tell;

/// What came of showing an authenticator.
#[derive(Debug)]
pub enum Shown {
    /// It is theirs, and the code or the answer counts.
    Verified(Proven),
    /// Another code, one that was taken, or the answer of another passkey.
    Wrong,
    /// Too many tries, over all codes.
    TooOften(Limited),
}

/// What came of setting one up.
#[derive(Debug)]
pub enum SetUp<T> {
    /// It is set up, and shown by that.
    Done(Proven),
    /// The code or the answer is another one; it goes on with this.
    Wrong(T),
    /// It was finished before, or begun too long ago, or in another browser.
    Over,
    /// They have as many as they may.
    TooMany,
    /// Too many tries, over all codes.
    TooOften(Limited),
}

impl Actions {
    /// What somebody has set up, the oldest first.
    pub async fn authenticators(
        &self,
        organization: &OrganizationId,
        email: &EmailAddress,
    ) -> Result<Vec<AuthenticatorRow>, StoreError> {
        self.timed("authenticators", self.store.authenticators(organization, email)).await
    }

    /// Says that somebody verified, in a change that does what that took.
    async fn keep_shown(
        &self,
        change: &mut Change,
        asker: &Asker<'_>,
        (family, method): (Family, Method),
        now: Timestamp,
    ) -> Result<(Proven, AuditEvent), StoreError> {
        // It says nothing of the mailbox, so the account's address is no more proved than before.
        change.note_verified(&asker.organization.id, asker.email, now).await?;
        let event = event(asker, AuditAction::ExternalUserVerified, method);
        let proven = self.prove(asker, family, method, now);
        if !asker.is_contradicted {
            self.note_browser(change, asker, proven.device, family, now).await?;
        }
        Ok((proven, event))
    }

    /// Keeps a new one, tells its owner, and says so for the log.
    async fn keep_new(
        &self,
        change: &mut Change,
        asker: &Asker<'_>,
        new: &AuthenticatorRow,
        now: Timestamp,
    ) -> Result<AuditEvent, StoreError> {
        change.add_authenticator(new, now).await?;
        let mail = letters::added(new, asker.organization, asker.site, &self.entropy, now);
        change.queue_mail(&mail).await?;
        Ok(said(asker, AuditAction::AuthenticatorAdded, new))
    }
}

/// Whether there is room for another.
async fn has_room(change: &mut Change, asker: &Asker<'_>) -> Result<bool, StoreError> {
    Ok(change.authenticators(&asker.organization.id, asker.email).await?.len() < MOST)
}

/// The ceremony of an id, as whoever is asked here may have begun it.
fn ceremony(asker: &Asker<'_>, id: Uuid, kind: &'static str) -> CeremonyRow {
    CeremonyRow {
        id,
        organization: asker.organization.id.clone(),
        email: asker.email.clone(),
        device: asker.device,
        kind,
        state: Vec::new(),
        expires_at: Timestamp::MIN,
    }
}

fn event(asker: &Asker<'_>, action: AuditAction, method: Method) -> AuditEvent {
    let detail = json!({ "site": asker.site, "method": method.label() });
    AuditEvent::new(asker.actor(), action, asker.email.as_str()).of(&asker.organization.id).with(detail)
}

fn said(asker: &Asker<'_>, action: AuditAction, row: &AuthenticatorRow) -> AuditEvent {
    let detail = json!({
        "site": asker.site, "method": row.method.label(), "authenticator": row.id, "name": row.name,
    });
    event(asker, action, row.method).with(detail)
}
