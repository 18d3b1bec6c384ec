//! The browsers in which somebody verified: noted with each verification, told of by mail when one is new, and ended by
//! whoever they belong to.
//!
//! To end one is to revoke its family, as a sign-out does: on all nodes within a second, at every host of the organization.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::json;
use sha2::Sha256;
use uuid::Uuid;

use crate::domain::account::{DeviceId, Family};
use crate::domain::actor::Actor;
use crate::domain::browser::approximate;
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;
use crate::mail::new_browser::{NewBrowser, new_browser};
use crate::store::{AuditAction, AuditEvent, BrowserRow, Change, NewMail, StoreError};

use super::Actions;
use super::issue_code::Asker;

/// How many browsers of an account are known. The one that verified longest ago gives way, and is ended: none must count that
/// its person cannot see.
const MOST: usize = 20;

/// Who ends browsers of theirs.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// The account.
    pub organization: &'a OrganizationId,
    /// Likewise.
    pub email: &'a EmailAddress,
    /// Where they do it from, for the audit log.
    pub actor_address: std::net::IpAddr,
}

/// Which browsers are to be ended.
#[derive(Debug, Clone, Copy)]
pub enum Ending {
    /// This one.
    One(Uuid),
    /// All but the one whose proofs are of this family.
    AllBut(Option<Family>),
}

impl Actions {
    /// The browsers of an account, the one that verified last first.
    pub async fn browsers(
        &self,
        organization: &OrganizationId,
        email: &EmailAddress,
    ) -> Result<Vec<BrowserRow>, StoreError> {
        self.timed("browsers", self.store.browsers(organization, email)).await
    }

    /// Ends browsers of an account, and says which families are void from now on.
    pub async fn end_browsers(
        &self,
        owner: &Owner<'_>,
        ending: Ending,
    ) -> Result<(Vec<Family>, Timestamp), StoreError> {
        self.timed("end_browsers", self.end(owner, ending)).await
    }

    async fn end(&self, owner: &Owner<'_>, ending: Ending) -> Result<(Vec<Family>, Timestamp), StoreError> {
        let (now, mut change) = (self.clock.now(), self.store.write().await?);
        let (mut families, mut events) = (Vec::new(), Vec::new());
        for row in change.browsers(owner.organization, owner.email).await? {
            let is_meant = match ending {
                Ending::One(id) => row.id == id,
                Ending::AllBut(family) => Some(row.family) != family,
            };
            if !is_meant || !change.forget_browser(owner.organization, owner.email, row.id).await? {
                continue;
            }
            change.revoke(row.family, now).await?;
            families.push(row.family);
            let who = owner.email.as_str();
            let actor = Actor { address: Some(owner.actor_address), ..Actor::from(who) };
            let event = AuditEvent::new(actor, AuditAction::ExternalUserBrowserEnded, who);
            let detail = json!({
                "site": row.site, "browser": row.browser.program, "system": row.browser.system,
                "verified_at": row.last_verified_at.to_string(),
            });
            events.push(event.of(owner.organization).with(detail));
        }
        if !events.is_empty() {
            change.commit_many(&events, now).await?;
        }
        Ok((families, now))
    }

    /// Notes that somebody verified in a browser, which has another id and may have another family from now on. Whoever has
    /// verified in others before is told of a new one.
    pub(super) async fn note_browser(
        &self,
        change: &mut Change,
        asker: &Asker<'_>,
        device: DeviceId,
        family: Family,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (organization, email) = (&asker.organization.id, asker.email);
        let (before, after) = (self.digest(asker.device), self.digest(device));
        let rows = change.browsers(organization, email).await?;
        let known = rows.iter().find(|row| row.family == family || row.device == before);
        // What was copied from this browser before must not outlive what its person can see and end.
        if let Some(row) = known.filter(|row| row.family != family) {
            change.revoke(row.family, now).await?;
        }
        if known.is_none() {
            for row in rows.iter().skip(MOST - 1) {
                change.forget_browser(organization, email, row.id).await?;
                change.revoke(row.family, now).await?;
            }
        }
        let row = BrowserRow {
            id: known.map_or_else(|| Uuid::from_bytes(self.entropy.bytes()), |row| row.id),
            organization: organization.clone(),
            email: email.clone(),
            device: after,
            family,
            site: asker.site.to_owned(),
            browser: asker.browser.browser,
            network: approximate(asker.address),
            first_verified_at: known.map_or(now, |row| row.first_verified_at),
            last_verified_at: now,
        };
        change.keep_browser(&row).await?;
        if known.is_none() && !rows.is_empty() {
            change.queue_mail(&self.tell_of(asker, &row, now)).await?;
        }
        Ok(())
    }

    fn tell_of(&self, asker: &Asker<'_>, row: &BrowserRow, now: Timestamp) -> NewMail {
        let (subject, body) = new_browser(&NewBrowser {
            language: asker.language,
            own: &asker.organization.look.words,
            organization: &asker.organization.name,
            host: asker.site.split('/').next().unwrap_or_default(),
            browser: row.browser,
            network: &row.network,
            at: now,
            list: asker.browser.list,
        });
        let (id, sender) = (self.entropy.row_id(now), asker.organization.clone());
        NewMail::notice(id, asker.email.clone(), sender, subject, body, now).in_language(asker.language)
    }

    /// The id of a browser is half of what its proof needs, so it is not stored.
    fn digest(&self, device: DeviceId) -> [u8; 16] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.keys.browsers()).expect("HMAC takes a key of any length");
        mac.update(b"verified");
        mac.update(&device.0);
        let tag = mac.finalize().into_bytes();
        tag[..16].try_into().expect("the tag has 32 bytes")
    }
}
