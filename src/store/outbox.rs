//! The outbox: mails to be sent, so that a slow or failing mail server loses nothing.
//!
//! A row has no body: the code is derived from the challenge when the mail is sent, so the outbox never holds one.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row as _;
use uuid::Uuid;

use super::audit::{AuditAction, AuditEvent};
use super::database::Row;
use super::{Change, Store, StoreError, row};
use crate::domain::email::EmailAddress;
use crate::domain::organization::Organization;

/// A mail to be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// A new row id.
    pub id: Uuid,
    /// The challenge it is about.
    pub challenge: Uuid,
    /// The key that the code is derived with.
    pub key_id: u8,
    /// To whom.
    pub to: EmailAddress,
    /// Which text: `code`.
    pub kind: &'static str,
    /// The organization that the text names.
    pub organization: Organization,
    /// The site that the text names.
    pub site: String,
    /// Now.
    pub created_at: Timestamp,
    /// Not before.
    pub due_at: Timestamp,
    /// From when on it is useless.
    pub expires_at: Timestamp,
}

/// A mail whose turn has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxMail {
    /// Its id.
    pub id: Uuid,
    /// The challenge it is about.
    pub challenge: Uuid,
    /// The key that the code is derived with.
    pub key_id: u8,
    /// To whom.
    pub to: EmailAddress,
    /// Which text: `code`.
    pub kind: String,
    /// The organization that the text names.
    pub organization: Organization,
    /// The site that the text names.
    pub site: String,
    /// When it was queued.
    pub created_at: Timestamp,
    /// From when on it is useless.
    pub expires_at: Timestamp,
    /// How many times it was taken, this time included.
    pub tries: u32,
}

/// How an attempt to send ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailOutcome {
    /// The mail server took it.
    Sent,
    /// Not now; again at that time.
    Retry {
        /// When.
        at: Timestamp,
        /// Why, for the operator. Never the code.
        reason: String,
    },
    /// Never.
    Failed {
        /// Why, for the operator. Never the code.
        reason: String,
    },
    /// The code expired before it could be sent.
    Expired,
}

/// How delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailState {
    /// Waiting for its turn, or being sent.
    Queued {
        /// How many times it was taken.
        tries: u32,
    },
    /// The mail server took it.
    Sent,
    /// It could not be sent.
    Failed,
    /// The code expired before it could be sent.
    Expired,
}

impl Store {
    /// How the newest mail of a challenge stands; `None` if there is none.
    pub async fn mail_state(&self, challenge: Uuid) -> Result<Option<MailState>, StoreError> {
        sqlx::query(
            "SELECT state, tries FROM outbox WHERE challenge = $1 ORDER BY created_at DESC, id DESC LIMIT 1",
        )
        .bind(challenge.as_bytes().as_slice())
        .try_map(|row: Row| mail_state(&row))
        .fetch_optional(self.readers())
        .await
        .map_err(self.fault())
    }

    /// Takes up to `limit` mails whose turn has come, and makes them due again after `lease`. Writers take turns, so two
    /// senders never take one mail; what a crashed sender took comes back.
    pub async fn due_mail(
        &self,
        now: Timestamp,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<OutboxMail>, StoreError> {
        let mut transaction = self.connections.begin_write().await.map_err(self.fault())?;
        let mails = sqlx::query(
            "UPDATE outbox SET due_at = $2, tries = tries + 1 WHERE id IN \
             (SELECT id FROM outbox WHERE state = 'queued' AND due_at <= $1 ORDER BY due_at LIMIT $3) RETURNING *",
        )
        .bind(row::millis(now))
        .bind(row::millis(now.saturating_add(lease).unwrap_or(Timestamp::MAX)))
        .bind(i64::from(limit))
        .try_map(|row: Row| outbox_mail(&row))
        .fetch_all(self.connections.ask(&mut transaction))
        .await
        .map_err(self.fault())?;
        self.connections.commit(transaction).await.map_err(self.fault())?;
        Ok(mails)
    }

    /// When the next mail is due; `None` if none waits.
    pub async fn next_mail_due(&self) -> Result<Option<Timestamp>, StoreError> {
        sqlx::query("SELECT min(due_at) AS due_at FROM outbox WHERE state = 'queued'")
            .try_map(|row: Row| row::optional_time(&row, "due_at"))
            .fetch_one(self.readers())
            .await
            .map_err(self.fault())
    }

    /// How many mails wait or are being sent.
    pub async fn outbox_depth(&self) -> Result<u64, StoreError> {
        let depth: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox WHERE state = 'queued'")
            .fetch_one(self.readers())
            .await
            .map_err(self.fault())?;
        Ok(depth.unsigned_abs())
    }

    /// Notes how an attempt ended, with its audit event in one transaction (a retry has none). A mail that is finished
    /// stays as it is: a sender that outlived its lease changes nothing.
    pub async fn finish_mail(
        &self,
        id: Uuid,
        outcome: MailOutcome,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (state, action, reason) = match outcome {
            MailOutcome::Retry { at, reason } => return self.postpone_mail(id, at, &reason).await,
            MailOutcome::Sent => ("sent", AuditAction::ExternalUserCodeSent, None),
            MailOutcome::Failed { reason } => ("failed", AuditAction::ExternalUserCodeFailed, Some(reason)),
            MailOutcome::Expired => {
                ("expired", AuditAction::ExternalUserCodeFailed, Some("the code expired first".to_owned()))
            }
        };
        let mut change = self.write().await?;
        let finished = sqlx::query(
            "UPDATE outbox SET state = $2, finished_at = $3, reason = $4 WHERE id = $1 AND state = 'queued' RETURNING *",
        )
        .bind(id.as_bytes().as_slice())
        .bind(state)
        .bind(row::millis(now))
        .bind(reason.as_deref())
        .try_map(|row: Row| outbox_mail(&row))
        .fetch_optional(change.connection())
        .await
        .map_err(self.fault())?;
        let Some(mail) = finished else { return Ok(()) };
        let detail = json!({
            "challenge": mail.challenge.to_string(), "site": mail.site, "tries": mail.tries, "reason": reason,
        });
        let event =
            AuditEvent::new("postern", action, mail.to.as_str()).of(&mail.organization.id).with(detail);
        change.commit(event, now).await
    }

    async fn postpone_mail(&self, id: Uuid, at: Timestamp, reason: &str) -> Result<(), StoreError> {
        let mut transaction = self.connections.begin_write().await.map_err(self.fault())?;
        sqlx::query("UPDATE outbox SET due_at = $2, reason = $3 WHERE id = $1 AND state = 'queued'")
            .bind(id.as_bytes().as_slice())
            .bind(row::millis(at))
            .bind(reason)
            .execute(self.connections.ask(&mut transaction))
            .await
            .map_err(self.fault())?;
        self.connections.commit(transaction).await.map_err(self.fault())
    }
}

impl Change {
    /// Queues a mail; it is sent only if this change is committed.
    pub async fn queue_mail(&mut self, mail: &NewMail) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO outbox (id, challenge, key_id, recipient, kind, organization, organization_name, site, created_at, due_at, \
             expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(mail.id.as_bytes().as_slice())
        .bind(mail.challenge.as_bytes().as_slice())
        .bind(i64::from(mail.key_id))
        .bind(mail.to.as_str())
        .bind(mail.kind)
        .bind(mail.organization.id.as_str())
        .bind(&*mail.organization.name)
        .bind(&mail.site)
        .bind(row::millis(mail.created_at))
        .bind(row::millis(mail.due_at))
        .bind(row::millis(mail.expires_at))
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(())
    }
}

fn mail_state(row: &Row) -> Result<MailState, sqlx::Error> {
    match row.try_get("state")? {
        "queued" => Ok(MailState::Queued { tries: row::count(row, "tries")? }),
        "sent" => Ok(MailState::Sent),
        "failed" => Ok(MailState::Failed),
        "expired" => Ok(MailState::Expired),
        _ => Err(row::bad("state", "a state of a mail")),
    }
}

fn outbox_mail(row: &Row) -> Result<OutboxMail, sqlx::Error> {
    Ok(OutboxMail {
        id: row::id(row, "id")?,
        challenge: row::id(row, "challenge")?,
        key_id: row::key_id(row, "key_id")?,
        to: row::email(row, "recipient")?,
        kind: row::text(row, "kind")?,
        organization: Organization {
            id: row::organization(row, "organization")?,
            name: row::text(row, "organization_name")?.into(),
        },
        site: row::text(row, "site")?,
        created_at: row::time(row, "created_at")?,
        expires_at: row::time(row, "expires_at")?,
        tries: row::count(row, "tries")?,
    })
}
