//! Authenticator apps: set one up, and take its codes.
//!
//! A code is tried as often as the limits of mailed codes allow, over all apps and codes of the account, and succeeds once: the
//! store counts before anything is compared, and lets exactly one caller take a step.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::owner::owner;
use super::{SetUp, Shown, ceremony, event, has_room};
use crate::actions::Actions;
use crate::actions::check_code::spend_try;
use crate::actions::issue_code::Asker;
use crate::actions::seal::{open, seal};
use crate::domain::account::Family;
use crate::domain::authenticator::{APP_DIGITS, AppSecret, name};
use crate::domain::code::TypedCode;
use crate::domain::method::Method;
use crate::domain::policy::ChallengeRules;
use crate::domain::quota::Quota;
use crate::store::{AuditAction, AuthenticatorRow, CeremonyRow, StoreError};

/// How long the page with the secret is good for.
const SETUP_LIFETIME: Duration = Duration::from_secs(600);
/// How often somebody may begin: without a bound whoever has verified could fill the audit log.
const MOST_SETUPS: Quota = Quota::per_hour(30);
const KIND: &str = "app-setup";

/// An app that is being set up: its secret is shown to its owner, and to nobody again once it is.
#[derive(Clone)]
pub struct AppSetup {
    /// By which the form brings it back.
    pub id: Uuid,
    /// What the app is to know.
    pub secret: AppSecret,
}

/// What somebody typed to set an app up.
#[derive(Debug, Clone, Copy)]
pub struct TypedSetup<'a> {
    /// Which one.
    pub id: Uuid,
    /// What it is to be called.
    pub name: &'a str,
    /// The code that the app shows, unread.
    pub code: Option<&'a str>,
}

impl Actions {
    /// Draws a secret for an app, in place of an earlier one that was never finished in this browser. `None` if there are as many
    /// as there may be, or they began too often.
    pub async fn begin_app(&self, asker: &Asker<'_>) -> Result<Option<AppSetup>, StoreError> {
        self.timed("begin_app", self.begin(asker)).await
    }

    /// Takes an app in whose code is right. `family` is what the proof then belongs to.
    pub async fn finish_app(
        &self,
        asker: &Asker<'_>,
        family: Family,
        typed: TypedSetup<'_>,
        rules: &ChallengeRules,
    ) -> Result<SetUp<AppSetup>, StoreError> {
        self.timed("finish_app", self.finish(asker, family, typed, rules)).await
    }

    /// Tries the code of an app of this person's.
    pub async fn try_app(
        &self,
        asker: &Asker<'_>,
        family: Family,
        typed: Option<&str>,
        rules: &ChallengeRules,
    ) -> Result<Shown, StoreError> {
        self.timed("try_app", self.try_code(asker, family, typed, rules)).await
    }

    async fn begin(&self, asker: &Asker<'_>) -> Result<Option<AppSetup>, StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        let account = asker.account();
        if !has_room(&mut change, asker).await?
            || change.spend("authenticator-setup", account.as_bytes(), &[MOST_SETUPS], now).await?.is_err()
        {
            return Ok(None);
        }
        let setup = AppSetup {
            id: Uuid::from_bytes(self.entropy.bytes()),
            secret: AppSecret::new(self.entropy.bytes()),
        };
        change
            .begin_ceremony(&CeremonyRow {
                state: self.sealed(asker, setup.id, setup.secret.bytes()),
                expires_at: now.saturating_add(SETUP_LIFETIME).unwrap_or(Timestamp::MAX),
                ..ceremony(asker, setup.id, KIND)
            })
            .await?;
        change.commit(event(asker, AuditAction::AuthenticatorBegun, Method::AuthenticatorApp), now).await?;
        Ok(Some(setup))
    }

    async fn finish(
        &self,
        asker: &Asker<'_>,
        family: Family,
        typed: TypedSetup<'_>,
        rules: &ChallengeRules,
    ) -> Result<SetUp<AppSetup>, StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        if let Err(limited) = spend_try(&mut change, asker, rules, now).await? {
            return Ok(SetUp::TooOften(limited));
        }
        let begun = ceremony(asker, typed.id, KIND);
        let state = change.ceremony_state(&begun, now).await?;
        let Some(secret) = state.and_then(|state| self.opened(asker, typed.id, &state)) else {
            return Ok(SetUp::Over);
        };
        if !has_room(&mut change, asker).await? {
            return Ok(SetUp::TooMany);
        }
        let code = typed.code.and_then(|code| TypedCode::parse(code, APP_DIGITS).ok());
        let Some(step) = code.and_then(|code| secret.step_of(&code, None, now)) else {
            let failed = event(asker, AuditAction::ExternalUserVerificationFailed, Method::AuthenticatorApp);
            change.commit(failed, now).await?;
            return Ok(SetUp::Wrong(AppSetup { id: typed.id, secret }));
        };
        if !change.take_ceremony(typed.id).await? {
            return Ok(SetUp::Over);
        }
        let id = self.entropy.row_id(now);
        let new = AuthenticatorRow {
            id,
            organization: asker.organization.id.clone(),
            email: asker.email.clone(),
            method: Method::AuthenticatorApp,
            name: name(typed.name, "App"),
            host: None,
            secret: self.sealed(asker, id, secret.bytes()),
            // The code that proved it is used up.
            last_step: Some(step),
            created_at: now,
            used_at: None,
        };
        let added = self.keep_new(&mut change, asker, &new, now).await?;
        let (proven, verified) =
            self.keep_shown(&mut change, asker, (family, Method::AuthenticatorApp), now).await?;
        change.commit_many(&[added, verified], now).await?;
        self.outbox.wake();
        Ok(SetUp::Done(proven))
    }

    async fn try_code(
        &self,
        asker: &Asker<'_>,
        family: Family,
        typed: Option<&str>,
        rules: &ChallengeRules,
    ) -> Result<Shown, StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        if let Err(limited) = spend_try(&mut change, asker, rules, now).await? {
            return Ok(Shown::TooOften(limited));
        }
        let typed = typed.and_then(|code| TypedCode::parse(code, APP_DIGITS).ok());
        let rows = change.authenticators(&asker.organization.id, asker.email).await?;
        let apps = rows.iter().filter(|row| row.method == Method::AuthenticatorApp);
        let right = apps.filter_map(|row| {
            let secret = self.opened(asker, row.id, &row.secret)?;
            Some((row.id, secret.step_of(typed.as_ref()?, row.last_step, now)?))
        });
        // Every app is asked, so the time that it takes does not say which one it was.
        let taken = match right.collect::<Vec<_>>().first() {
            Some(&(id, step)) => change.take_step(id, step, now).await?,
            None => false,
        };
        if !taken {
            let failed = event(asker, AuditAction::ExternalUserVerificationFailed, Method::AuthenticatorApp);
            change.commit(failed, now).await?;
            return Ok(Shown::Wrong);
        }
        let (proven, verified) =
            self.keep_shown(&mut change, asker, (family, Method::AuthenticatorApp), now).await?;
        change.commit(verified, now).await?;
        self.outbox.wake();
        Ok(Shown::Verified(proven))
    }

    fn sealed(&self, asker: &Asker<'_>, id: Uuid, secret: &[u8]) -> Vec<u8> {
        seal(
            self.keys.authenticators(),
            self.entropy.bytes(),
            &owner(&asker.organization.id, asker.email, id),
            secret,
        )
    }

    /// A secret; `None` where it cannot be opened, as with another key file: its codes are then wrong.
    fn opened(&self, asker: &Asker<'_>, id: Uuid, sealed: &[u8]) -> Option<AppSecret> {
        let plain =
            open(self.keys.authenticators(), &owner(&asker.organization.id, asker.email, id), sealed)?;
        plain.as_slice().try_into().ok().map(AppSecret::new)
    }
}
