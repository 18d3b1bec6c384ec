//! Passkeys: set one up, and take its answer. The library checks the answers; who may ask, how often, and that each ceremony ends
//! once, is seen to here.
//!
//! The state of a ceremony stays in the store, sealed, for minutes. A passkey belongs to one host, as browsers show it to no other,
//! and its user must show themselves to it: who only finds an unlocked machine has nothing.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use super::owner::owner;
use super::{SetUp, Shown, ceremony, event, has_room};
use crate::actions::Actions;
use crate::actions::check_code::spend_try;
use crate::actions::issue_code::Asker;
use crate::actions::seal::{open, seal};
use crate::domain::account::Family;
use crate::domain::authenticator::name;
use crate::domain::method::Method;
use crate::domain::policy::ChallengeRules;
use crate::domain::quota::Quota;
use crate::store::{AuditAction, AuthenticatorRow, CeremonyRow, Change, StoreError};

/// How long a browser may take over it.
const LIFETIME: Duration = Duration::from_secs(300);
/// How often somebody may begin: without a bound whoever has a session could fill the audit log.
const MOST_BEGUN: Quota = Quota::per_hour(60);
const SETUP: &str = "passkey-setup";
const SHOWING: &str = "passkey";

/// Whom a passkey is shown to.
#[derive(Debug, Clone, Copy)]
pub struct RelyingParty<'a> {
    /// The site's host, without a port.
    pub host: &'a str,
    /// As browsers reach it: scheme, host and port.
    pub origin: &'a str,
    /// The organization.
    pub name: &'a str,
}

/// What a browser brings back.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// Of which ceremony.
    pub id: Uuid,
    /// What it is to be called.
    pub name: &'a str,
    /// The answer, as JSON.
    pub answer: &'a str,
}

impl Actions {
    /// Begins to set a passkey up: what a browser is asked, with the ceremony's id. `None` if there are as many as there may be, or
    /// they began too often.
    pub async fn begin_passkey(
        &self,
        asker: &Asker<'_>,
        party: RelyingParty<'_>,
    ) -> Result<Option<Value>, StoreError> {
        self.timed("begin_passkey", self.begin_key(asker, party)).await
    }

    /// Takes a passkey in. `family` is what the proof then belongs to.
    pub async fn finish_passkey(
        &self,
        asker: &Asker<'_>,
        family: Family,
        answered: Answered<'_>,
        party: RelyingParty<'_>,
        rules: &ChallengeRules,
    ) -> Result<SetUp<()>, StoreError> {
        self.timed("finish_passkey", self.finish_key(asker, family, answered, party, rules)).await
    }

    /// Asks for a passkey of this person's at this host; `None` if they have none, or were asked too often.
    pub async fn ask_passkey(
        &self,
        asker: &Asker<'_>,
        party: RelyingParty<'_>,
    ) -> Result<Option<Value>, StoreError> {
        self.timed("ask_passkey", self.ask_key(asker, party)).await
    }

    /// Tries the answer of a passkey of this person's.
    pub async fn try_passkey(
        &self,
        asker: &Asker<'_>,
        family: Family,
        answered: Answered<'_>,
        party: RelyingParty<'_>,
        rules: &ChallengeRules,
    ) -> Result<Shown, StoreError> {
        self.timed("try_passkey", self.try_key(asker, family, answered, party, rules)).await
    }

    async fn begin_key(
        &self,
        asker: &Asker<'_>,
        party: RelyingParty<'_>,
    ) -> Result<Option<Value>, StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        if !has_room(&mut change, asker).await? || !may_begin(&mut change, asker, now).await? {
            return Ok(None);
        }
        let known = self.passkeys(&mut change, asker, party.host).await?;
        let known = known.iter().map(|(_, key)| key.cred_id().clone()).collect();
        let user = Uuid::from_bytes(asker.subject.0);
        let address = asker.email.as_str();
        let begun = webauthn(party)
            .and_then(|ours| ours.start_passkey_registration(user, address, address, Some(known)).ok());
        let Some((options, state)) = begun else { return Ok(None) };
        let id = self.keep(&mut change, asker, SETUP, &state, now).await?;
        change.commit(event(asker, AuditAction::AuthenticatorBegun, Method::Passkey), now).await?;
        Ok(Some(json!({ "id": id, "create": options })))
    }

    async fn finish_key(
        &self,
        asker: &Asker<'_>,
        family: Family,
        answered: Answered<'_>,
        party: RelyingParty<'_>,
        rules: &ChallengeRules,
    ) -> Result<SetUp<()>, StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        if let Err(limited) = spend_try(&mut change, asker, rules, now).await? {
            return Ok(SetUp::TooOften(limited));
        }
        let state: Option<PasskeyRegistration> =
            self.take_state(&mut change, asker, (answered.id, SETUP), now).await?;
        let Some(state) = state else { return Ok(SetUp::Over) };
        if !has_room(&mut change, asker).await? {
            return Ok(SetUp::TooMany);
        }
        let answer = serde_json::from_str::<RegisterPublicKeyCredential>(answered.answer).ok();
        let key = answer.zip(webauthn(party));
        let key = key.and_then(|(answer, ours)| ours.finish_passkey_registration(&answer, &state).ok());
        let Some(key) = key else {
            let failed = event(asker, AuditAction::ExternalUserVerificationFailed, Method::Passkey);
            change.commit(failed, now).await?;
            return Ok(SetUp::Wrong(()));
        };
        let id = self.entropy.row_id(now);
        let new = AuthenticatorRow {
            id,
            organization: asker.organization.id.clone(),
            email: asker.email.clone(),
            method: Method::Passkey,
            name: name(answered.name, "Passkey"),
            host: Some(party.host.to_owned()),
            secret: self.sealed_json(asker, id, &key),
            last_step: None,
            created_at: now,
            used_at: None,
        };
        let added = self.keep_new(&mut change, asker, &new, now).await?;
        let (proven, verified) = self.keep_shown(&mut change, asker, (family, Method::Passkey), now).await?;
        change.commit_many(&[added, verified], now).await?;
        self.outbox.wake();
        Ok(SetUp::Done(proven))
    }

    async fn ask_key(&self, asker: &Asker<'_>, party: RelyingParty<'_>) -> Result<Option<Value>, StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        if !may_begin(&mut change, asker, now).await? {
            return Ok(None);
        }
        let keys = self.passkeys(&mut change, asker, party.host).await?;
        let keys: Vec<Passkey> = keys.into_iter().map(|(_, key)| key).collect();
        if keys.is_empty() {
            return Ok(None);
        }
        let asked = webauthn(party).and_then(|ours| ours.start_passkey_authentication(&keys).ok());
        let Some((options, state)) = asked else { return Ok(None) };
        let id = self.keep(&mut change, asker, SHOWING, &state, now).await?;
        change.commit(event(asker, AuditAction::ExternalUserChallenged, Method::Passkey), now).await?;
        Ok(Some(json!({ "id": id, "get": options })))
    }

    async fn try_key(
        &self,
        asker: &Asker<'_>,
        family: Family,
        answered: Answered<'_>,
        party: RelyingParty<'_>,
        rules: &ChallengeRules,
    ) -> Result<Shown, StoreError> {
        let now = self.clock.now();
        let mut change = self.store.write().await?;
        if let Err(limited) = spend_try(&mut change, asker, rules, now).await? {
            return Ok(Shown::TooOften(limited));
        }
        let state: Option<PasskeyAuthentication> =
            self.take_state(&mut change, asker, (answered.id, SHOWING), now).await?;
        let answer = serde_json::from_str::<PublicKeyCredential>(answered.answer).ok();
        let shown = state
            .zip(answer)
            .zip(webauthn(party))
            .and_then(|((state, answer), ours)| ours.finish_passkey_authentication(&answer, &state).ok());
        // One that was removed meanwhile is nobody's any more.
        let keys = self.passkeys(&mut change, asker, party.host).await?;
        let mut known = keys.into_iter();
        let Some((shown, (id, mut key))) = shown
            .and_then(|shown| Some((known.find(|(_, key)| key.cred_id() == shown.cred_id())?, shown)))
            .map(|(known, shown)| (shown, known))
        else {
            let failed = event(asker, AuditAction::ExternalUserVerificationFailed, Method::Passkey);
            change.commit(failed, now).await?;
            return Ok(Shown::Wrong);
        };
        // Its counter goes on: the library refuses an answer with an old one, as a copy of the key gives.
        key.update_credential(&shown);
        change.renew_authenticator(id, &self.sealed_json(asker, id, &key), now).await?;
        let (proven, verified) = self.keep_shown(&mut change, asker, (family, Method::Passkey), now).await?;
        change.commit(verified, now).await?;
        self.outbox.wake();
        Ok(Shown::Verified(proven))
    }

    /// Keeps the state of a ceremony that begins, and gives its id.
    async fn keep(
        &self,
        change: &mut Change,
        asker: &Asker<'_>,
        kind: &'static str,
        state: &impl Serialize,
        now: Timestamp,
    ) -> Result<Uuid, StoreError> {
        let id = Uuid::from_bytes(self.entropy.bytes());
        let begun = CeremonyRow {
            state: self.sealed_json(asker, id, state),
            expires_at: now.saturating_add(LIFETIME).unwrap_or(Timestamp::MAX),
            ..ceremony(asker, id, kind)
        };
        change.begin_ceremony(&begun).await?;
        Ok(id)
    }

    /// The state of a ceremony, which ends by that, whatever comes of it.
    async fn take_state<T: DeserializeOwned>(
        &self,
        change: &mut Change,
        asker: &Asker<'_>,
        (id, kind): (Uuid, &'static str),
        now: Timestamp,
    ) -> Result<Option<T>, StoreError> {
        let Some(state) = change.ceremony_state(&ceremony(asker, id, kind), now).await? else {
            return Ok(None);
        };
        if !change.take_ceremony(id).await? {
            return Ok(None);
        }
        Ok(self.opened_json(asker, id, &state))
    }

    /// The passkeys of a person at a host.
    async fn passkeys(
        &self,
        change: &mut Change,
        asker: &Asker<'_>,
        host: &str,
    ) -> Result<Vec<(Uuid, Passkey)>, StoreError> {
        let rows = change.authenticators(&asker.organization.id, asker.email).await?;
        let here =
            rows.iter().filter(|row| row.method == Method::Passkey && row.host.as_deref() == Some(host));
        Ok(here.filter_map(|row| Some((row.id, self.opened_json(asker, row.id, &row.secret)?))).collect())
    }

    fn sealed_json(&self, asker: &Asker<'_>, id: Uuid, value: &impl Serialize) -> Vec<u8> {
        let plain = serde_json::to_vec(value).expect("what the library keeps is made to be kept");
        seal(
            self.keys.authenticators(),
            self.entropy.bytes(),
            &owner(&asker.organization.id, asker.email, id),
            &plain,
        )
    }

    fn opened_json<T: DeserializeOwned>(&self, asker: &Asker<'_>, id: Uuid, sealed: &[u8]) -> Option<T> {
        let plain =
            open(self.keys.authenticators(), &owner(&asker.organization.id, asker.email, id), sealed)?;
        serde_json::from_slice(&plain).ok()
    }
}

async fn may_begin(change: &mut Change, asker: &Asker<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let account = asker.account();
    Ok(change.spend("passkey", account.as_bytes(), &[MOST_BEGUN], now).await?.is_ok())
}

/// What answers are checked against; `None`, with a line in the log, for a host that can have no passkeys.
fn webauthn(party: RelyingParty<'_>) -> Option<Webauthn> {
    let origin = Url::parse(party.origin).ok()?;
    let ours = WebauthnBuilder::new(party.host, &origin).and_then(|ours| ours.rp_name(party.name).build());
    ours.inspect_err(|error| tracing::error!(%error, host = party.host, "this host can have no passkeys"))
        .ok()
}
