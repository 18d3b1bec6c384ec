//! The forms of `/.postern/methods`: begin and finish an authenticator app, remove what is there.

use http::header::{self, HeaderValue};
use http::{Response, StatusCode};
use hyper::body::Incoming;

use crate::actions::authenticators::SetUp;
use crate::actions::authenticators::app::{AppSetup, TypedSetup};
use crate::actions::check_code::Proven;
use crate::actions::{AuthenticatorsRow, Limited};
use crate::domain::account::Family;
use crate::domain::method::Method;
use crate::telemetry::labels::ChallengeEvent;

use super::super::Gateway;
use super::super::body::Body;
use super::super::cookies;
use super::super::exchange::{Exchange, Refused};
use super::super::form::{Form, is_same_site};
use super::super::handover::Here;
use super::super::pages::methods::MethodsNotice;
use super::super::verdict::{seconds_until, too_often};
use super::{Owner, Visitor, asked, origin, party, to_confirm, ways_left};

/// What a form of the page asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::proxy) enum Deed {
    /// A secret for an app.
    BeginApp,
    /// The app with that secret, by its code.
    FinishApp,
    /// What to ask the browser for a new passkey.
    BeginPasskey,
    /// The passkey, by its answer.
    FinishPasskey,
    /// One of theirs to be gone.
    Remove,
}

/// What the page shows after it.
struct Outcome {
    status: StatusCode,
    notice: Option<MethodsNotice>,
    setup: Option<AppSetup>,
}

impl Gateway {
    /// `POST methods-…`: only from our own form, in this browser, with this session, and by somebody who has just verified.
    pub(in crate::proxy) async fn change_methods(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
        body: Incoming,
        deed: Deed,
    ) -> Result<Response<Body>, Refused> {
        if !is_same_site(&here.parts.headers, exchange.plan.scheme, &exchange.host) {
            return Err(self.cross_site());
        }
        let form = Form::take(&here.parts.headers, body).await?;
        let mut owner = match self.visitor(exchange, here, form.return_to.clone()).await? {
            Visitor::Sent(elsewhere) => return Ok(*elsewhere),
            Visitor::Owner(owner) => owner,
        };
        let (site, subject) = (&here.served.site, owner.person.subject);
        let is_ours = |device| self.identities.is_form_token(&form.token, &site.id, subject, device);
        if !here.cookies.device.is_some_and(is_ours) {
            return Err(self.cross_site());
        }
        if !owner.is_fresh {
            return Ok(to_confirm(here.served, &owner.return_to));
        }
        let outcome = match deed {
            Deed::BeginPasskey => return self.begin_passkey(exchange, here, &owner).await,
            Deed::FinishPasskey => self.finish_passkey(exchange, here, &mut owner, &form).await?,
            Deed::BeginApp => self.begin_app(exchange, here, &owner).await?,
            Deed::FinishApp => self.finish_app(exchange, here, &mut owner, &form).await?,
            Deed::Remove => self.remove(exchange, here, &owner, &form).await?,
        };
        let rows = self.actions.authenticators(&site.organization.id, &owner.email).await;
        owner.rows = rows.map_err(Refused::by_store)?;
        // Here and now; the store tells the other nodes.
        let known = AuthenticatorsRow::of(&site.organization.id, &owner.email, &owner.rows);
        self.directory.hear_authenticators(&known);
        let Outcome { status, notice, setup } = outcome;
        let mut response = self.methods_page(exchange, here, &owner, status, notice, setup.as_ref());
        if let Some(
            MethodsNotice::TooOften { wait_minutes } | MethodsNotice::NetworkTooOften { wait_minutes },
        ) = notice
        {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_minutes * 60));
        }
        Ok(response)
    }

    async fn begin_app(
        &self,
        exchange: &Exchange,
        here: Here<'_>,
        owner: &Owner,
    ) -> Result<Outcome, Refused> {
        if !ways_left(owner).has(Method::AuthenticatorApp) {
            return Ok(Outcome::of(StatusCode::CONFLICT, MethodsNotice::Full));
        }
        let begun = self.actions.begin_app(&owner.asker(exchange, here.served)).await;
        Ok(match begun.map_err(Refused::by_store)? {
            Some(setup) => Outcome { status: StatusCode::OK, notice: None, setup: Some(setup) },
            None => Outcome::of(StatusCode::CONFLICT, MethodsNotice::Full),
        })
    }

    async fn finish_app(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
        owner: &mut Owner,
        form: &Form,
    ) -> Result<Outcome, Refused> {
        if !ways_left(owner).has(Method::AuthenticatorApp) {
            return Ok(Outcome::of(StatusCode::CONFLICT, MethodsNotice::Full));
        }
        let Some(id) = form.id else { return Ok(Outcome::of(StatusCode::GONE, MethodsNotice::Over)) };
        let typed =
            TypedSetup { id, name: form.name.as_deref().unwrap_or_default(), code: form.code.as_deref() };
        let (family, plan) = (self.family_of(owner), std::sync::Arc::clone(&exchange.plan));
        let asker = owner.asker(exchange, here.served);
        let finished = self.actions.finish_app(&asker, family, typed, &plan.rules).await;
        let finished = finished.map_err(Refused::by_store)?;
        Ok(self.set_up(exchange, here, owner, finished, |setup| (MethodsNotice::WrongCode, Some(setup))))
    }

    async fn begin_passkey(
        &self,
        exchange: &Exchange,
        here: Here<'_>,
        owner: &Owner,
    ) -> Result<Response<Body>, Refused> {
        if !ways_left(owner).has(Method::Passkey) || !here.served.site.takes_passkeys {
            return Ok(asked(None));
        }
        let (asker, origin) = (owner.asker(exchange, here.served), origin(exchange));
        let begun = self.actions.begin_passkey(&asker, party(here.served, &origin)).await;
        Ok(asked(begun.map_err(Refused::by_store)?))
    }

    async fn finish_passkey(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
        owner: &mut Owner,
        form: &Form,
    ) -> Result<Outcome, Refused> {
        if !ways_left(owner).has(Method::Passkey) || !here.served.site.takes_passkeys {
            return Ok(Outcome::of(StatusCode::CONFLICT, MethodsNotice::Full));
        }
        let Some(answered) = form.answered() else {
            return Ok(Outcome::of(StatusCode::GONE, MethodsNotice::Over));
        };
        let (family, plan) = (self.family_of(owner), std::sync::Arc::clone(&exchange.plan));
        let (asker, origin) = (owner.asker(exchange, here.served), origin(exchange));
        let party = party(here.served, &origin);
        let finished = self.actions.finish_passkey(&asker, family, answered, party, &plan.rules).await;
        let finished = finished.map_err(Refused::by_store)?;
        Ok(self.set_up(exchange, here, owner, finished, |()| (MethodsNotice::WrongPasskey, None)))
    }

    /// What came of setting one up; who did proved by that that they have it.
    fn set_up<T>(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
        owner: &mut Owner,
        finished: SetUp<T>,
        wrong: impl FnOnce(T) -> (MethodsNotice, Option<AppSetup>),
    ) -> Outcome {
        match finished {
            SetUp::Done(proven) => {
                self.metrics.challenges.count(ChallengeEvent::Verified);
                self.keep_proof(exchange, here, owner, &proven);
                Outcome::of(StatusCode::OK, MethodsNotice::Added)
            }
            SetUp::Wrong(setup) => {
                self.metrics.challenges.count(ChallengeEvent::WrongCode);
                let (notice, setup) = wrong(setup);
                Outcome { status: StatusCode::UNPROCESSABLE_ENTITY, notice: Some(notice), setup }
            }
            SetUp::Over => Outcome::of(StatusCode::GONE, MethodsNotice::Over),
            SetUp::TooMany => Outcome::of(StatusCode::CONFLICT, MethodsNotice::Full),
            SetUp::TooOften(limited) => self.wait(limited),
        }
    }

    fn keep_proof(&self, exchange: &mut Exchange, here: Here<'_>, owner: &mut Owner, proven: &Proven) {
        let plan = &exchange.plan;
        let frequency = self.external_policy(here.served, &owner.person).frequency;
        let proof = cookies::keep(plan.names.proof, &proven.token, plan.scheme, frequency);
        let device = cookies::keep_device(proven.device, plan.names, plan.scheme);
        exchange.set_cookies.extend([device, proof]);
        owner.device = proven.device;
    }

    fn family_of(&self, owner: &Owner) -> Family {
        owner.family.unwrap_or_else(|| Family(self.entropy.bytes()))
    }

    async fn remove(
        &self,
        exchange: &Exchange,
        here: Here<'_>,
        owner: &Owner,
        form: &Form,
    ) -> Result<Outcome, Refused> {
        let asker = owner.asker(exchange, here.served);
        let is_gone = match form.id {
            Some(id) => self.actions.remove_authenticator(&asker, id).await.map_err(Refused::by_store)?,
            None => false,
        };
        // What was removed in another tab is gone all the same.
        let notice = is_gone.then_some(MethodsNotice::Removed);
        Ok(Outcome { status: StatusCode::OK, notice, setup: None })
    }

    fn wait(&self, limited: Limited) -> Outcome {
        self.metrics.challenges.count(ChallengeEvent::Limited);
        let wait_minutes = seconds_until(limited.until, self.clock.now()).div_ceil(60);
        let notice = too_often(
            limited.scope,
            MethodsNotice::TooOften { wait_minutes },
            MethodsNotice::NetworkTooOften { wait_minutes },
        );
        Outcome::of(StatusCode::TOO_MANY_REQUESTS, notice)
    }
}

impl Outcome {
    fn of(status: StatusCode, notice: MethodsNotice) -> Self {
        Self { status, notice: Some(notice), setup: None }
    }
}
