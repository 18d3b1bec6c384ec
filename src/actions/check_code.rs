//! Check a code: count the try, compare, and end the challenge, in one transaction.
//!
//! A code is tried at most as often as the rules allow and succeeds at most once, whatever is parallel: the store counts
//! before anything is compared and lets exactly one caller end a challenge. Nothing is answered before it is durable.

use jiff::Timestamp;
use serde_json::json;

use crate::domain::account::{DeviceId, Family};
use crate::domain::code::{Code, TypedCode};
use crate::domain::method::Method;
use crate::domain::policy::ChallengeRules;
use crate::domain::proof::{self, Binding, Proof};
use crate::store::{AuditAction, AuditEvent, Challenge, ChallengeOutcome, Change, StoreError};

use super::issue_code::Asker;
use super::sighted::keep_account;
use super::{Actions, Limited, Scope};

/// What came of a try.
#[derive(Debug)]
pub enum Checked {
    /// The right code: the browser's new id and its proof.
    Verified(Proven),
    /// Another code; so many tries are left for this one.
    Wrong {
        /// How many tries are left.
        tries_left: u32,
    },
    /// Not a code at all; it counts as a try all the same.
    Malformed {
        /// How many tries are left.
        tries_left: u32,
    },
    /// The last try was wrong, or there was none left: this code is over.
    Exhausted,
    /// The code lived too long ago.
    Expired,
    /// The code has done its work already.
    Used,
    /// Nothing is open for this person in this browser.
    NothingOpen,
    /// Too many tries, over all codes.
    TooOften(Limited),
}

/// A browser that passed a challenge.
#[derive(Debug)]
pub struct Proven {
    /// The browser's new id: one that was planted before the verification is worth nothing after it.
    pub device: DeviceId,
    /// The proof token for its cookie.
    pub token: String,
    /// When it was proven.
    pub verified_at: Timestamp,
    /// In which way.
    pub by: Method,
}

impl Actions {
    /// Tries a code for the live challenge of this person in this browser. `typed` is what the form carried, unread; `family` is
    /// what the proof then belongs to. Fails only when the store does; then nothing was decided.
    pub async fn check_code(
        &self,
        asker: &Asker<'_>,
        family: Family,
        typed: Option<&str>,
        rules: &ChallengeRules,
    ) -> Result<Checked, StoreError> {
        self.timed("check_code", self.check(asker, family, typed, rules)).await
    }

    async fn check(
        &self,
        asker: &Asker<'_>,
        family: Family,
        typed: Option<&str>,
        rules: &ChallengeRules,
    ) -> Result<Checked, StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let Some(challenge) = change.live_challenge(asker.subject, asker.device, now).await? else {
            return self.say_why_nothing_is_open(change, asker, now).await;
        };
        if let Err(limited) = spend_try(&mut change, asker, rules, now).await? {
            return Ok(Checked::TooOften(limited));
        }
        let Some(tries) = change.count_try(challenge.id, rules.code_tries, now).await? else {
            return Ok(Checked::Exhausted);
        };
        let tries_left = rules.code_tries.saturating_sub(tries);
        let typed = typed.map(|text| TypedCode::parse(text, rules.code_digits));
        let checked = match typed {
            Some(Ok(typed)) if self.is_right(&challenge, &typed, rules) => {
                if !change.end_challenge(challenge.id, ChallengeOutcome::Verified, now).await? {
                    return Ok(Checked::Used);
                }
                Checked::Verified(self.prove(asker, family, Method::MailedCode, now))
            }
            _ if tries_left == 0 => {
                change.end_challenge(challenge.id, ChallengeOutcome::Exhausted, now).await?;
                Checked::Exhausted
            }
            Some(Ok(_)) => Checked::Wrong { tries_left },
            Some(Err(_)) | None => Checked::Malformed { tries_left },
        };
        let mut events = vec![event(asker, &challenge, &checked)];
        if let Checked::Verified(proven) = &checked {
            events.extend(keep_proof(&mut change, asker, now).await?);
            // Whose address is not believed would be listed with its owner's browsers.
            if !asker.is_contradicted {
                self.note_browser(&mut change, asker, proven.device, family, now).await?;
            }
        }
        change.commit_many(&events, now).await?;
        if let Checked::Verified(_) = checked {
            self.outbox.wake();
        }
        Ok(checked)
    }

    fn is_right(&self, challenge: &Challenge, typed: &TypedCode, rules: &ChallengeRules) -> bool {
        let Some(keys) = self.keys.of(challenge.key_id) else { return false };
        Code::derive(&keys.code, challenge.id, rules.code_digits).matches(typed)
    }

    pub(super) fn prove(&self, asker: &Asker<'_>, family: Family, by: Method, now: Timestamp) -> Proven {
        let device = DeviceId(self.entropy.bytes());
        let (key_id, keys) = self.keys.current();
        let organization = &asker.organization.id;
        let binding = Binding { organization, site: asker.site, subject: asker.subject, device };
        let proof = Proof { verified_at: now, by, family };
        let token = proof::mint(key_id, &keys.proof, &binding, &proof);
        Proven { device, token, verified_at: now, by }
    }

    async fn say_why_nothing_is_open(
        &self,
        mut change: Change,
        asker: &Asker<'_>,
        now: Timestamp,
    ) -> Result<Checked, StoreError> {
        let last = change.last_challenge(asker.subject, asker.device).await?;
        Ok(match last.map(|(challenge, outcome)| (challenge.expires_at <= now, outcome)) {
            None => Checked::NothingOpen,
            Some((_, Some(ChallengeOutcome::Exhausted))) => Checked::Exhausted,
            Some((_, Some(ChallengeOutcome::Verified))) => Checked::Used,
            Some((true, _) | (_, Some(ChallengeOutcome::Expired))) => Checked::Expired,
            Some(_) => Checked::NothingOpen,
        })
    }
}

/// Who read the mail owns the address; but who contradicts what is known of them may have come second with it.
async fn keep_proof(
    change: &mut Change,
    asker: &Asker<'_>,
    now: Timestamp,
) -> Result<Vec<AuditEvent>, StoreError> {
    let (organization, verified) = (&asker.organization.id, !asker.is_contradicted);
    let events = keep_account(change, organization, asker.email, verified, now).await?;
    change.note_verified(organization, asker.email, now).await?;
    Ok(events)
}

/// Counts a try, by whatever it is made, before anything is compared.
pub(super) async fn spend_try(
    change: &mut Change,
    asker: &Asker<'_>,
    rules: &ChallengeRules,
    now: Timestamp,
) -> Result<Result<(), Limited>, StoreError> {
    let account = asker.account();
    let checks = [
        (Scope::Account, "try-account", account.as_str(), &rules.limits.tries_per_account),
        (Scope::Network, "try-network", asker.network, &rules.limits.tries_per_network),
    ];
    for (scope, kind, subject, quotas) in checks {
        if let Err(until) = change.spend(kind, subject.as_bytes(), quotas, now).await? {
            return Ok(Err(Limited { scope, until }));
        }
    }
    Ok(Ok(()))
}

fn event(asker: &Asker<'_>, challenge: &Challenge, checked: &Checked) -> AuditEvent {
    let action = match checked {
        Checked::Verified(_) => AuditAction::ExternalUserVerified,
        _ => AuditAction::ExternalUserVerificationFailed,
    };
    let tries_left = match checked {
        Checked::Wrong { tries_left } | Checked::Malformed { tries_left } => Some(*tries_left),
        _ => None,
    };
    let detail = json!({ "site": asker.site, "challenge": challenge.id, "tries_left": tries_left });
    AuditEvent::new(asker.actor(), action, asker.email.as_str()).of(&asker.organization.id).with(detail)
}
