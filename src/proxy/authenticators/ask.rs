//! At the challenge: what somebody can confirm with besides a mailed code, and the code of their app.

use http::header::{self, HeaderValue};
use http::{Response, StatusCode};

use crate::actions::authenticators::Shown;
use crate::domain::method::{Method, Methods};
use crate::telemetry::labels::ChallengeEvent;

use super::super::Gateway;
use super::super::body::Body;
use super::super::challenge::Visit;
use super::super::exchange::{Exchange, Refused};
use super::super::form::Form;
use super::super::handover::kin::Kin;
use super::super::pages::confirm::{ConfirmNotice, ConfirmPage};
use super::super::pages::{Frame, SiteName};
use super::super::respond;
use super::super::verdict::{not_accepted, seconds_until, too_often};
use super::{asked, origin, party, usable};

/// How somebody can confirm here that it is them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::proxy) struct Offer {
    /// What they set up and their policy takes.
    pub authenticators: Methods,
    /// Whether a code is mailed where they ask for one. To a managed person only where the policy takes it, or they have nothing else.
    pub mail: bool,
}

impl Gateway {
    /// What to offer somebody at the challenge.
    pub(in crate::proxy) async fn offer(&self, visit: &Visit) -> Result<Offer, Refused> {
        let ways = self.ways(&visit.served, &visit.person);
        let wanted = ways.methods.authenticators();
        if wanted.is_empty() {
            return Ok(Offer { authenticators: wanted, mail: true });
        }
        let rows = self.actions.authenticators(&visit.served.site.organization.id, &visit.email).await;
        let authenticators = usable(&rows.map_err(Refused::by_store)?, &visit.served, wanted);
        let mail = !ways.is_managed || ways.methods.has(Method::MailedCode) || authenticators.is_empty();
        Ok(Offer { authenticators, mail })
    }

    /// The page that asks for what somebody set up. No mail goes out for it.
    pub(in crate::proxy) fn confirm_page(
        &self,
        visit: &Visit,
        offer: Offer,
        status: StatusCode,
        notice: Option<ConfirmNotice>,
    ) -> Response<Body> {
        let site = &visit.served.site;
        let page = ConfirmPage {
            frame: Frame::new(visit.language, Some(&site.organization)),
            site: SiteName::of(site),
            takes_app: offer.authenticators.has(Method::AuthenticatorApp),
            takes_passkey: offer.authenticators.has(Method::Passkey),
            masked_email: offer.mail.then(|| visit.email.masked()),
            why: visit.why(),
            frequency: self.external_policy(&visit.served, &visit.person).frequency,
            notice,
            form_token: self.identities.form_token(&site.id, visit.person.subject, visit.device),
            aim: visit.aim,
            return_to: visit.return_to.clone(),
            sign_out: visit.sign_out(),
        };
        let mut response = respond::html(status, page.html(), visit.language);
        if offer.authenticators.has(Method::Passkey) {
            respond::allow_own_scripts(&mut response);
        }
        response
    }

    /// `POST passkey-ask`: what the page's script asks the browser.
    pub(in crate::proxy) async fn ask_passkey(
        &self,
        exchange: &Exchange,
        visit: &Visit,
    ) -> Result<Response<Body>, Refused> {
        if !self.offer(visit).await?.authenticators.has(Method::Passkey) {
            return Ok(asked(None));
        }
        let origin = origin(exchange);
        let begun = self.actions.ask_passkey(&visit.asker(), party(&visit.served, &origin)).await;
        Ok(asked(begun.map_err(Refused::by_store)?))
    }

    /// `POST verify-passkey`: the answer of one of theirs leads back to the page that was asked for.
    pub(in crate::proxy) async fn verify_passkey(
        &self,
        exchange: &mut Exchange,
        visit: &Visit,
        form: &Form,
        kin: Kin,
    ) -> Result<Response<Body>, Refused> {
        let offer = self.offer(visit).await?;
        let answered = form.answered().filter(|_| offer.authenticators.has(Method::Passkey));
        let Some(answered) = answered else { return self.show_challenge(visit).await };
        let origin = origin(exchange);
        let (asker, party) = (visit.asker(), party(&visit.served, &origin));
        let shown = self.actions.try_passkey(&asker, kin.family, answered, party, &visit.plan.rules).await;
        let shown = shown.map_err(Refused::by_store)?;
        self.after(exchange, visit, form, kin, (offer, ConfirmNotice::WrongPasskey), shown)
    }

    /// `POST verify-app`: the right code leads back to the page that was asked for.
    pub(in crate::proxy) async fn verify_app(
        &self,
        exchange: &mut Exchange,
        visit: &Visit,
        form: &Form,
        kin: Kin,
    ) -> Result<Response<Body>, Refused> {
        let offer = self.offer(visit).await?;
        if !offer.authenticators.has(Method::AuthenticatorApp) {
            return self.show_challenge(visit).await;
        }
        let typed = form.code.as_deref();
        let shown = self.actions.try_app(&visit.asker(), kin.family, typed, &visit.plan.rules).await;
        self.after(
            exchange,
            visit,
            form,
            kin,
            (offer, ConfirmNotice::Wrong),
            shown.map_err(Refused::by_store)?,
        )
    }

    /// What came of showing an authenticator.
    fn after(
        &self,
        exchange: &mut Exchange,
        visit: &Visit,
        form: &Form,
        kin: Kin,
        (offer, wrong): (Offer, ConfirmNotice),
        shown: Shown,
    ) -> Result<Response<Body>, Refused> {
        let limited = match shown {
            Shown::Verified(proven) => {
                self.metrics.challenges.count(ChallengeEvent::Verified);
                return Ok(self.let_on(exchange, visit, kin, &proven));
            }
            Shown::Wrong => {
                self.metrics.challenges.count(ChallengeEvent::WrongCode);
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                if form.is_json {
                    return Ok(not_accepted(status, "wrong-code", None));
                }
                return Ok(self.confirm_page(visit, offer, status, Some(wrong)));
            }
            Shown::TooOften(limited) => limited,
        };
        self.metrics.challenges.count(ChallengeEvent::Limited);
        let (status, wait_s) =
            (StatusCode::TOO_MANY_REQUESTS, seconds_until(limited.until, self.clock.now()));
        let wait_minutes = wait_s.div_ceil(60);
        let notice = too_often(
            limited.scope,
            ConfirmNotice::TooOften { wait_minutes },
            ConfirmNotice::NetworkTooOften { wait_minutes },
        );
        let mut response = match form.is_json {
            true => not_accepted(status, "too-often", None),
            false => self.confirm_page(visit, offer, status, Some(notice)),
        };
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
        Ok(response)
    }
}
