//! Issue a code: open a challenge, or send its code again, within the limits, and put the mail into the outbox.
//!
//! One transaction: the challenge, the mail, what the limits remember, and the audit event exist together or not at all.

use std::net::IpAddr;

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::domain::account::{DeviceId, Subject};
use crate::domain::actor::Actor;
use crate::domain::browser::Browser;
use crate::domain::email::EmailAddress;
use crate::domain::language::Language;
use crate::domain::organization::Organization;
use crate::domain::policy::ChallengeRules;
use crate::store::{AuditAction, AuditEvent, Challenge, Change, Letter, NewChallenge, NewMail, StoreError};

use super::{Actions, Limited, Scope};

/// Who asks for a code, and from where.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// The person at the site.
    pub subject: Subject,
    /// The browser.
    pub device: DeviceId,
    /// The pinned address, where the code goes.
    pub email: &'a EmailAddress,
    /// Whether the product's word contradicts what is known of the person: their proof then says nothing of the account.
    pub is_contradicted: bool,
    /// Whose site it is.
    pub organization: &'a Organization,
    /// The site's id.
    pub site: &'a str,
    /// Where the client is, for the audit log.
    pub address: IpAddr,
    /// The client's network, for limits.
    pub network: &'a str,
    /// The language that the browser asks for.
    pub language: Language,
    /// What their browser is called, and where their browsers are listed.
    pub browser: InBrowser<'a>,
}

/// The browser that somebody verifies in.
#[derive(Debug, Clone, Copy)]
pub struct InBrowser<'a> {
    /// What it is called.
    pub browser: Browser,
    /// The address of the page that lists their browsers.
    pub list: &'a str,
}

impl Asker<'_> {
    /// For whom limits by account count. Of two organizations that know an address, neither uses up the other's.
    pub(super) fn account(&self) -> String {
        format!("{} {}", self.organization.id, self.email)
    }

    /// Who does what they ask for.
    pub(super) fn actor(&self) -> Actor {
        Actor { address: Some(self.address), ..Actor::from(self.email.as_str()) }
    }
}

/// Why a code is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// The page was opened: a live challenge is enough.
    Opening,
    /// The person asked for another mail.
    Resend,
}

/// What came of it.
#[derive(Debug)]
pub struct Issued {
    /// The live challenge; `None` if there was none and a limit forbids a new one.
    pub challenge: Option<Challenge>,
    /// What happened to the mail.
    pub mail: MailRequest,
}

/// What happened to the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailRequest {
    /// In the outbox, for a new challenge.
    First,
    /// In the outbox, with the same code once more.
    Again,
    /// Not needed: it went out before.
    Earlier,
    /// Not sent: too often.
    Refused(Limited),
}

impl Actions {
    /// Opens a challenge and queues its mail, or finds the live one. Fails only when the store does.
    pub async fn issue_code(
        &self,
        asker: &Asker<'_>,
        occasion: Occasion,
        rules: &ChallengeRules,
    ) -> Result<Issued, StoreError> {
        self.timed("issue_code", self.issue(asker, occasion, rules)).await
    }

    async fn issue(
        &self,
        asker: &Asker<'_>,
        occasion: Occasion,
        rules: &ChallengeRules,
    ) -> Result<Issued, StoreError> {
        let now = self.clock.now();
        if occasion == Occasion::Opening
            && let Some(live) = self.store.live_challenge(asker.subject, asker.device, now).await?
        {
            return Ok(Issued { challenge: Some(live), mail: MailRequest::Earlier });
        }
        let mut change = self.store.write().await?;
        let live = change.live_challenge(asker.subject, asker.device, now).await?;
        if occasion == Occasion::Opening && live.is_some() {
            return Ok(Issued { challenge: live, mail: MailRequest::Earlier });
        }
        if let Err(limited) = spend_send(&mut change, asker, rules, now).await? {
            return Ok(Issued { challenge: live, mail: MailRequest::Refused(limited) });
        }
        let (challenge, mail) = match live {
            Some(live) => (live, MailRequest::Again),
            None => (self.open(&mut change, asker, rules, now).await?, MailRequest::First),
        };
        change.queue_mail(&self.mail(asker, &challenge, now)).await?;
        let detail =
            json!({ "site": asker.site, "challenge": challenge.id, "again": mail == MailRequest::Again });
        let event = AuditEvent::new(asker.actor(), AuditAction::ExternalUserChallenged, asker.email.as_str());
        change.commit(event.of(&asker.organization.id).with(detail), now).await?;
        self.outbox.wake();
        Ok(Issued { challenge: Some(challenge), mail })
    }

    async fn open(
        &self,
        change: &mut Change,
        asker: &Asker<'_>,
        rules: &ChallengeRules,
        now: Timestamp,
    ) -> Result<Challenge, StoreError> {
        let new = NewChallenge {
            // Random, not ordered by time: the id takes part in the derivation of the code.
            id: Uuid::from_bytes(self.entropy.bytes()),
            subject: asker.subject,
            device: asker.device,
            site: asker.site.to_owned(),
            email: asker.email.clone(),
            key_id: self.keys.current().0,
            created_at: now,
            expires_at: now.saturating_add(rules.code_lifetime).unwrap_or(Timestamp::MAX),
        };
        change.open_challenge(&new).await
    }

    fn mail(&self, asker: &Asker<'_>, challenge: &Challenge, now: Timestamp) -> NewMail {
        NewMail {
            id: self.entropy.row_id(now),
            letter: Letter::Code {
                challenge: challenge.id,
                key_id: challenge.key_id,
                site: challenge.site.clone(),
                language: asker.language,
            },
            to: challenge.email.clone(),
            organization: asker.organization.clone(),
            created_at: now,
            due_at: now,
            expires_at: challenge.expires_at,
        }
    }
}

/// All limits on sending, or none of them, are charged: a refusal rolls the transaction back.
async fn spend_send(
    change: &mut Change,
    asker: &Asker<'_>,
    rules: &ChallengeRules,
    now: Timestamp,
) -> Result<Result<(), Limited>, StoreError> {
    let (limits, account) = (&rules.limits, asker.account());
    let checks = [
        (Scope::Account, "send-account", account.as_str(), &limits.sends_per_account),
        (Scope::Network, "send-network", asker.network, &limits.sends_per_network),
        (Scope::Everybody, "send", "", &limits.sends),
    ];
    for (scope, kind, subject, quotas) in checks {
        if let Err(until) = change.spend(kind, subject.as_bytes(), quotas, now).await? {
            return Ok(Err(Limited { scope, until }));
        }
    }
    Ok(Ok(()))
}
