//! The outbox: mails to be sent, so that a slow or failing mail server loses nothing.
//!
//! A code is derived from its challenge when the mail is sent, and a link that opens an export from the export, so the outbox
//! never holds either. A notice has its text here.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row as _;
use uuid::Uuid;

use super::audit::AuditAction;
use super::audit_event::AuditEvent;
use super::database::Row;
use super::{Change, Store, StoreError, row};
use crate::domain::email::EmailAddress;
use crate::domain::language::Language;
use crate::domain::look::Look;
use crate::domain::mail_trouble::MailTrouble;
use crate::domain::organization::Organization;

/// How long it is tried to send a notice: a weekend, in which nobody mends a mail server.
const NOTICE_LIFETIME: Duration = Duration::from_secs(3 * 86_400);

/// What a mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Letter {
    /// The code of a challenge.
    Code {
        /// The challenge.
        challenge: Uuid,
        /// The key that the code is derived with.
        key_id: u8,
        /// The site that the text names.
        site: String,
        /// The language of whoever asked for it.
        language: Language,
    },
    /// Something that an admin or an invited person is told. Never a secret.
    Notice {
        /// The subject: one line.
        subject: String,
        /// Paragraphs, with an empty line between two.
        body: String,
        /// The export whose link is the last paragraph.
        export: Option<Uuid>,
        /// The language that it is written in.
        language: Language,
    },
}

impl Letter {
    /// The language that it is written in.
    pub fn language(&self) -> Language {
        match self {
            Self::Code { language, .. } | Self::Notice { language, .. } => *language,
        }
    }
}

/// A mail to be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// A new row id.
    pub id: Uuid,
    /// What it says.
    pub letter: Letter,
    /// To whom.
    pub to: EmailAddress,
    /// The organization that the text names.
    pub organization: Organization,
    /// Now.
    pub created_at: Timestamp,
    /// Not before.
    pub due_at: Timestamp,
    /// From when on it is useless.
    pub expires_at: Timestamp,
}

impl NewMail {
    /// A notice to be sent now, and tried for three days.
    pub fn notice(
        id: Uuid,
        to: EmailAddress,
        organization: Organization,
        subject: impl Into<String>,
        body: impl Into<String>,
        now: Timestamp,
    ) -> Self {
        let letter = Letter::Notice {
            subject: subject.into(),
            body: body.into(),
            export: None,
            language: Language::English,
        };
        let expires_at = now.saturating_add(NOTICE_LIFETIME).unwrap_or(Timestamp::MAX);
        Self { id, letter, to, organization, created_at: now, due_at: now, expires_at }
    }

    /// The same notice, which is written in this language.
    #[must_use]
    pub fn in_language(mut self, written: Language) -> Self {
        if let Letter::Notice { language, .. } = &mut self.letter {
            *language = written;
        }
        self
    }

    /// The same notice with the link of an export at its end.
    #[must_use]
    pub fn with_link(mut self, task: Uuid) -> Self {
        if let Letter::Notice { export, .. } = &mut self.letter {
            *export = Some(task);
        }
        self
    }
}

/// A mail whose turn has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxMail {
    /// Its id.
    pub id: Uuid,
    /// What it says.
    pub letter: Letter,
    /// To whom.
    pub to: EmailAddress,
    /// The organization that the text names.
    pub organization: Organization,
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
        /// Why, for whom it was meant.
        trouble: MailTrouble,
    },
    /// Its time was over before it could be sent.
    Expired,
}

/// How delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailState {
    /// Waiting for its turn, or being sent.
    Queued {
        /// How many times it was taken.
        tries: u32,
        /// Whether one of these times is over, and failed.
        has_failed: bool,
    },
    /// The mail server took it.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// It could not be sent.
    Failed {
        /// Why.
        trouble: MailTrouble,
    },
    /// The code expired before it could be sent.
    Expired,
}

impl Store {
    /// How the newest mail of a challenge stands; `None` if there is none.
    pub async fn mail_state(&self, challenge: Uuid) -> Result<Option<MailState>, StoreError> {
        sqlx::query(
            "SELECT state, tries, reason, finished_at, trouble FROM outbox WHERE challenge = $1 ORDER BY created_at DESC, id DESC LIMIT 1",
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
        let (state, reason, trouble) = match outcome {
            MailOutcome::Retry { at, reason } => return self.postpone_mail(id, at, &reason).await,
            MailOutcome::Sent => ("sent", None, None),
            MailOutcome::Failed { reason, trouble } => ("failed", Some(reason), Some(trouble)),
            MailOutcome::Expired => ("expired", Some("its time was over first".to_owned()), None),
        };
        let was_sent = state == "sent";
        let mut change = self.write().await?;
        let finished = sqlx::query(
            "UPDATE outbox SET state = $2, finished_at = $3, reason = $4, trouble = $5 \
             WHERE id = $1 AND state = 'queued' RETURNING *",
        )
        .bind(id.as_bytes().as_slice())
        .bind(state)
        .bind(row::millis(now))
        .bind(reason.as_deref())
        .bind(trouble.map(MailTrouble::code))
        .try_map(|row: Row| outbox_mail(&row))
        .fetch_optional(change.connection())
        .await
        .map_err(self.fault())?;
        let Some(mail) = finished else { return Ok(()) };
        let (action, detail) = match &mail.letter {
            Letter::Code { challenge, site, .. } => (
                if was_sent {
                    AuditAction::ExternalUserCodeSent
                } else {
                    AuditAction::ExternalUserCodeFailed
                },
                json!({ "challenge": challenge, "site": site, "tries": mail.tries, "reason": reason }),
            ),
            Letter::Notice { subject, .. } => (
                if was_sent { AuditAction::NoticeSent } else { AuditAction::NoticeFailed },
                json!({ "subject": subject, "tries": mail.tries, "reason": reason }),
            ),
        };
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
        let (code, notice) = match &mail.letter {
            Letter::Code { challenge, key_id, site, .. } => {
                (Some((challenge.into_bytes().to_vec(), i64::from(*key_id), site)), None)
            }
            Letter::Notice { subject, body, export, .. } => (None, Some((subject, body, export))),
        };
        sqlx::query(
            "INSERT INTO outbox (id, challenge, key_id, site, subject, body, recipient, organization, organization_name, \
             created_at, due_at, expires_at, export, language) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        )
        .bind(mail.id.as_bytes().as_slice())
        .bind(code.as_ref().map(|(challenge, _, _)| challenge.as_slice()))
        .bind(code.as_ref().map(|(_, key_id, _)| *key_id))
        .bind(code.as_ref().map(|(_, _, site)| site.as_str()))
        .bind(notice.map(|(subject, ..)| subject))
        .bind(notice.map(|(_, body, _)| body))
        .bind(mail.to.as_str())
        .bind(mail.organization.id.as_str())
        .bind(&*mail.organization.name)
        .bind(row::millis(mail.created_at))
        .bind(row::millis(mail.due_at))
        .bind(row::millis(mail.expires_at))
        .bind(notice.and_then(|(.., export)| *export).map(|task| task.into_bytes().to_vec()))
        .bind(mail.letter.language().tag())
        .execute(self.connection())
        .await
        .map_err(self.fault())?;
        Ok(())
    }
}

fn mail_state(row: &Row) -> Result<MailState, sqlx::Error> {
    match row.try_get("state")? {
        "queued" => Ok(MailState::Queued {
            tries: row::count(row, "tries")?,
            has_failed: row::optional_text(row, "reason")?.is_some(),
        }),
        "sent" => Ok(MailState::Sent { at: row::time(row, "finished_at")? }),
        // One that was refused before the reason was kept has none.
        "failed" => {
            let trouble = row::optional_text(row, "trouble")?;
            let trouble = trouble.as_deref().and_then(MailTrouble::of_code).unwrap_or(MailTrouble::Other);
            Ok(MailState::Failed { trouble })
        }
        "expired" => Ok(MailState::Expired),
        _ => Err(row::bad("state", "a state of a mail")),
    }
}

fn outbox_mail(row: &Row) -> Result<OutboxMail, sqlx::Error> {
    // A row of a newer program may name one that this one does not speak.
    let language = Language::of_tag(&row::text(row, "language")?).unwrap_or_default();
    let letter = match row::optional_id(row, "challenge")? {
        Some(challenge) => Letter::Code {
            challenge,
            key_id: row::key_id(row, "key_id")?,
            site: row::text(row, "site")?,
            language,
        },
        None => Letter::Notice {
            subject: row::text(row, "subject")?,
            body: row::text(row, "body")?,
            export: row::optional_id(row, "export")?,
            language,
        },
    };
    Ok(OutboxMail {
        id: row::id(row, "id")?,
        letter,
        to: row::email(row, "recipient")?,
        organization: Organization {
            id: row::organization(row, "organization")?,
            name: row::text(row, "organization_name")?.into(),
            // No mail shows them.
            contact: None,
            look: Look::default(),
        },
        created_at: row::time(row, "created_at")?,
        expires_at: row::time(row, "expires_at")?,
        tries: row::count(row, "tries")?,
    })
}
