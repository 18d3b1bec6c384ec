//! Ask the owner of an address to verify it: a mail that says how. The code itself is sent when they sign in at a site.
//!
//! The mail holds neither a code nor a link, so whoever reads it gains nothing; and it goes rarely, or who may ask for it could
//! flood somebody's mailbox.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{AccountError, Accounts, managed};
use crate::domain::actor::Actor;
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;
use crate::domain::quota::Quota;
use crate::store::{AuditAction, AuditEvent, Change, NewMail, StoreError};

/// How often one mailbox is written to, whoever asks.
const QUOTAS: [Quota; 2] = [Quota::one_per(Duration::from_secs(600)), Quota::per_day(5)];
/// How many sites the mail names.
const MOST_SITES: usize = 5;

impl Accounts {
    /// Sends the mail again to a managed account whose address nobody proved.
    pub async fn resend_verification(
        &self,
        organization: &OrganizationId,
        id: Uuid,
        actor: &Actor,
    ) -> Result<(), AccountError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let account = managed(&mut change, organization, id).await?;
        if account.email_verified {
            return Err(AccountError::Verified);
        }
        let asked = self.ask_to_verify(&mut change, organization, id, &account.email, actor, now).await?;
        let wait = |until: Timestamp| Duration::try_from(until.duration_since(now)).unwrap_or_default();
        let event = asked.map_err(|until| AccountError::TooOften(wait(until).max(Duration::from_secs(1))))?;
        Ok(change.commit(event, now).await?)
    }

    /// Queues the mail, if the mailbox was not written to too often; and gives the event of it, or when it may be written to.
    pub(super) async fn ask_to_verify(
        &self,
        change: &mut Change,
        organization: &OrganizationId,
        id: Uuid,
        email: &EmailAddress,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Result<AuditEvent, Timestamp>, StoreError> {
        let mailbox = format!("{organization} {email}");
        if let Err(until) = change.spend("verify-mail", mailbox.as_bytes(), &QUOTAS, now).await? {
            return Ok(Err(until));
        }
        if let Some(office) = self.letterhead.office(organization) {
            let (subject, body) = self.letter(organization, &office.organization.name);
            let (mail, sender) = (self.entropy.row_id(now), office.organization.as_ref().clone());
            change.queue_mail(&NewMail::notice(mail, email.clone(), sender, subject, body, now)).await?;
        }
        let event = AuditEvent::new(actor.clone(), AuditAction::AccountVerificationSent, email.as_str());
        Ok(Ok(event.of(organization).with(json!({ "account": id }))))
    }

    fn letter(&self, organization: &OrganizationId, name: &str) -> (String, String) {
        let own = self.sites.get(organization).map_or(&[][..], Vec::as_slice);
        let sites: Vec<&str> = own.iter().take(MOST_SITES).map(AsRef::as_ref).collect();
        let body = format!(
            "This is now the address of your account at {name}. Please show that the mailbox is yours: sign in at one of these \
             sites as you always do. A code is sent here then, which you type there.\n\n{}\n\nUntil then you are asked for a \
             code like somebody from outside. If you expected nothing of this, ignore this message.",
            sites.join("\n")
        );
        (format!("Verify your address at {name}"), body)
    }
}
