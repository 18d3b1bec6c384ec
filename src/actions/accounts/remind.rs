//! Tell sponsors that the time of somebody from outside ends: 14 and 3 days before, each once. It runs beside the traffic.
//!
//! The mail and the note that it was written are one transaction, and writers take turns: of several gateways on one store one
//! writes it, and a restart writes none again.

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::Accounts;
use super::terms::is_there;
use crate::domain::external_terms::next_reminder;
use crate::domain::lifecycle::Standing;
use crate::domain::organization::Office;
use crate::store::{Account, AuditAction, AuditEvent, Change, NewMail, StoreError};

const DAY_S: i64 = 86_400;

impl Accounts {
    /// Tells of every end whose time for that has come, and says how many there were.
    pub async fn remind_due(&self) -> Result<u64, StoreError> {
        let mut told = 0;
        for office in &self.letterhead.offices {
            let organization = &office.organization.id;
            for id in self.store.externals_to_remind(organization, self.clock.now()).await? {
                told += u64::from(self.remind(office, id).await?);
            }
        }
        Ok(told)
    }

    async fn remind(&self, office: &Office, id: Uuid) -> Result<bool, StoreError> {
        let (now, organization) = (self.clock.now(), &office.organization.id);
        let mut change = self.store.write().await?;
        let Some(account) = change.account(organization, id).await? else { return Ok(false) };
        // Another gateway may have told of it since it was found, or an admin changed it.
        let is_due = account.remind_at.is_some_and(|at| at <= now) && !account.managed;
        let may_come = account.status.standing(account.suspended_at) == Standing::Active;
        let Some(end) = account.ends_at.filter(|end| is_due && may_come && *end > now) else {
            return Ok(false);
        };
        change.set_reminder(id, next_reminder(end, now)).await?;
        let to = self.write_reminder(&mut change, office, &account, end, now).await?;
        let event = AuditEvent::new("postern", AuditAction::ExternalUserEndReminded, account.email.as_str());
        let detail = json!({ "account": id, "ends_at": end.to_string(), "told": to });
        change.commit(event.of(organization).with(detail), now).await?;
        Ok(true)
    }

    /// To the sponsor, or to the admins where nobody answers for the person any more. Says to whom.
    async fn write_reminder(
        &self,
        change: &mut Change,
        office: &Office,
        account: &Account,
        end: Timestamp,
        now: Timestamp,
    ) -> Result<&'static str, StoreError> {
        let organization = &office.organization;
        let sponsor = match account.sponsor {
            Some(id) => change.account(&organization.id, id).await?.filter(is_there),
            None => None,
        };
        let (subject, body) = letter(&organization.name, account, end, now);
        if let Some(sponsor) = sponsor {
            let body = format!("{body}\n\nYou are told because you answer for them.");
            let (id, sender) = (self.entropy.row_id(now), organization.as_ref().clone());
            change.queue_mail(&NewMail::notice(id, sponsor.email, sender, subject, body, now)).await?;
            return Ok("sponsor");
        }
        let body = format!("{body}\n\nYou are told because nobody answers for them, or who did is gone.");
        let letter = (subject.as_str(), body.as_str());
        let admins =
            self.letterhead.tell_admins(change, &organization.id, letter, &self.entropy, now).await?;
        Ok(if admins == 0 { "nobody" } else { "admins" })
    }
}

fn letter(name: &str, account: &Account, end: Timestamp, now: Timestamp) -> (String, String) {
    let seconds = end.duration_since(now).as_secs();
    let days = match seconds.div_euclid(DAY_S) + i64::from(seconds % DAY_S != 0) {
        1 => "one day".to_owned(),
        days => format!("{days} days"),
    };
    let (who, when) = (&account.email, end.strftime("%-d %B %Y, %H:%M UTC"));
    let subject = format!("The access of {who} to {name} ends in {days}");
    let body = format!(
        "{who}, who is not of {name}, can come in until {when}, which is in {days}. Then their access ends by itself.\n\n\
         If they are still needed, ask an admin of {name} to give them another end."
    );
    (subject, body)
}
