//! Our own pages on every site: the challenge, its forms, what people set up for it, the hand-over between the hosts of an organization, the
//! signed-out page, their assets, and the assertion's keys.
//!
//! A challenge can be started, tried or used up only with the session it belongs to, so a stranger without the victim's
//! session gets nothing here. No GET ever tries or consumes a code.

use http::header::{self, HeaderValue};
use http::request::Parts;
use http::{Response, StatusCode};
use hyper::body::Incoming;

use crate::domain::account::DeviceId;
use crate::domain::decision::{Decision, Reason};
use crate::domain::lane::Lane;
use crate::identity::{Identity, SessionIdentity};
use crate::telemetry::labels::{ChallengeEvent, DecisionLabel};

use super::Gateway;
use super::authenticators::{Deed, methods_target};
use super::body::Body;
use super::challenge::Visit;
use super::cookies::{self, Cookies};
use super::exchange::{Exchange, Refused};
use super::form::{Form, is_page_load, is_same_site, parameter, return_parameter, says_same_site};
use super::handover::Here;
use super::held::Leave;
use super::homes::Place;
use super::languages::Languages;
use super::pages::{Aim, Frame, SignedOutPage, SiteName, assets, in_place};
use super::respond;
use super::route::Served;

/// A page of ours by name and the method it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page<'a> {
    Challenge,
    Verify,
    VerifyApp,
    AskPasskey,
    VerifyPasskey,
    Resend,
    Methods,
    Change(Deed),
    Arrived,
    Handover,
    Held,
    Browsers,
    EndBrowsers,
    SendHeld,
    DropHeld,
    SignedOut,
    Verified,
    Keys,
    Asset(&'a str),
}

impl Gateway {
    /// Serves one of our own pages.
    pub(super) async fn own(
        &self,
        exchange: &mut Exchange,
        served: &Served,
        cookies: Cookies,
        parts: &Parts,
        body: Incoming,
    ) -> Result<Response<Body>, Refused> {
        exchange.record.reason = Reason::OwnPage;
        exchange.record.decision = DecisionLabel::Pass;
        let (page, allowed) = page(parts, &served.site.prefix).ok_or(Reason::UnknownPage)?;
        if parts.method != allowed {
            let mut refusal = exchange.refuse(Reason::MethodNotAllowed.into());
            refusal.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
            return Ok(refusal);
        }
        let here = Here { served, cookies: &cookies, parts };
        let mut response = match page {
            Page::Asset(name) => return asset(exchange, served, parts, name),
            Page::Keys => return Ok(self.published_keys(exchange)),
            Page::SignedOut => signed_out(exchange, served),
            Page::Verified => self.verified(exchange, here).await?,
            Page::Challenge => self.open(exchange, here).await?,
            Page::Verify => self.submit(exchange, here, body, Submit::Verify).await?,
            Page::VerifyApp => self.submit(exchange, here, body, Submit::VerifyApp).await?,
            Page::AskPasskey => self.submit(exchange, here, body, Submit::AskPasskey).await?,
            Page::VerifyPasskey => self.submit(exchange, here, body, Submit::VerifyPasskey).await?,
            Page::Resend => self.submit(exchange, here, body, Submit::Resend).await?,
            Page::Methods => self.methods(exchange, here).await?,
            Page::Change(deed) => self.change_methods(exchange, here, body, deed).await?,
            Page::Arrived => self.arrived(exchange, here).await?,
            Page::Handover => self.handover(exchange, here).await?,
            Page::Browsers => self.browsers(exchange, here).await?,
            Page::EndBrowsers => self.end_browsers(exchange, here, body).await?,
            Page::Held => self.held(exchange, here).await?,
            Page::SendHeld => self.leave_held(exchange, here, body, Leave::Send).await?,
            Page::DropHeld => self.leave_held(exchange, here, body, Leave::Drop).await?,
        };
        let plan = &exchange.plan;
        respond::protect(response.headers_mut(), plan.scheme);
        if let Place::Away(home) = plan.homes.place(&served.site) {
            let origin = respond::origin_of(home, plan.scheme, &exchange.host);
            respond::allow_forms_to(response.headers_mut(), &origin);
        }
        respond::tell_scripts(&mut response);
        Ok(response)
    }

    /// `GET challenge`: opens the challenge and sends the first mail, if a person at a browser asks.
    async fn open(&self, exchange: &mut Exchange, here: Here<'_>) -> Result<Response<Body>, Refused> {
        let Here { served, cookies, parts } = here;
        let (return_to, aim) = (return_parameter(parts), Aim::of(parameter(parts, "for").as_deref()));
        let Some((person, reason)) = self.who(exchange, served, cookies, aim).await? else {
            return self.back(exchange, here, return_to).await;
        };
        // An image, a frame, a script or a prefetch that points here must not make mail.
        exchange.expect_page_load()?;
        let device = cookies.device.unwrap_or_else(|| DeviceId(self.entropy.bytes()));
        if aim == Aim::Page {
            if reason == Reason::SecondStepSetup {
                return Ok(respond::see_other(&methods_target(served, &return_to)));
            }
            if let Some(elsewhere) = self.around(exchange, here, &person, device, &return_to).await? {
                return Ok(elsewhere);
            }
        }
        let visit = Visit::new(exchange, served, &person, (reason, aim), device, return_to)?;
        if cookies.device.is_none() {
            let plan = &exchange.plan;
            exchange.set_cookies.push(cookies::keep_device(device, plan.names, plan.scheme));
        }
        self.show_challenge(&visit).await
    }

    /// `POST verify` and `POST resend`: only from our own form, in this browser, with this session.
    async fn submit(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
        body: Incoming,
        submit: Submit,
    ) -> Result<Response<Body>, Refused> {
        let Here { served, cookies, parts } = here;
        if !is_same_site(&parts.headers, exchange.plan.scheme, &exchange.host) {
            return Err(self.cross_site());
        }
        let form = Form::take(&parts.headers, body).await?;
        let Some((person, reason)) = self.who(exchange, served, cookies, form.aim).await? else {
            return Ok(respond::see_other(form.return_to.as_str()));
        };
        if cookies.device.is_none() && says_same_site(&parts.headers, exchange.plan.scheme, &exchange.host) {
            exchange.again = Some(form.return_to);
            return Err(Reason::CookiesNotKept.into());
        }
        let device = cookies.device.filter(|&device| {
            self.identities.is_form_token(&form.token, &served.site.id, person.subject, device)
        });
        let device = device.ok_or_else(|| self.cross_site())?;
        let visit =
            Visit::new(exchange, served, &person, (reason, form.aim), device, form.return_to.clone())?;
        // Who goes on to what they set up stays at this host.
        let is_page = is_page_load(&parts.headers, &form) && form.aim == Aim::Page;
        let kin = |exchange: &Exchange| self.kin(exchange, here, &person, is_page);
        match submit {
            Submit::Verify => {
                let kin = kin(exchange);
                self.verify(exchange, &visit, &form, kin).await
            }
            Submit::VerifyApp => {
                let kin = kin(exchange);
                self.verify_app(exchange, &visit, &form, kin).await
            }
            Submit::VerifyPasskey => {
                let kin = kin(exchange);
                self.verify_passkey(exchange, &visit, &form, kin).await
            }
            Submit::AskPasskey => self.ask_passkey(exchange, &visit).await,
            Submit::Resend => self.resend(&visit).await,
        }
    }

    /// `GET verified`: whether a script may go on. It makes no mail, and says no more than the refusal of any other request.
    async fn verified(&self, exchange: &mut Exchange, here: Here<'_>) -> Result<Response<Body>, Refused> {
        if let Some((_, reason)) = self.who(exchange, here.served, here.cookies, Aim::default()).await? {
            return Err(Refused { reason, decision: DecisionLabel::Challenge });
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(response)
    }

    /// `GET jwks.json`: the public keys of assertions, for anybody.
    fn published_keys(&self, exchange: &Exchange) -> Response<Body> {
        let mut response = Response::new(Body::from(self.assertions.published()));
        let headers = response.headers_mut();
        respond::protect(headers, exchange.plan.scheme);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/jwk-set+json"));
        // Shorter than any rotation: a new key signs as soon as the process that has it starts.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
        response
    }

    pub(super) fn cross_site(&self) -> Refused {
        self.metrics.challenges.count(ChallengeEvent::RefusedCrossSite);
        Reason::CrossSite.into()
    }

    /// The person who must be challenged, and why; `None` when there is nothing to verify and they may go on. Who wants to change
    /// what they set up verifies although they pass.
    pub(super) async fn who(
        &self,
        exchange: &mut Exchange,
        served: &Served,
        cookies: &Cookies,
        aim: Aim,
    ) -> Result<Option<(std::sync::Arc<Identity>, Reason)>, Refused> {
        if cookies.session.is_none() || !served.site.judges() {
            return Ok(None);
        }
        let judged = self.judge(exchange, served, Lane::Own, cookies).await;
        self.turn_away(exchange, served, cookies, &judged);
        match (judged.decision, judged.session) {
            (Decision::Pass(permit), Some(SessionIdentity::Person(person))) if aim == Aim::Methods => {
                Ok(Some((person, permit.reason())))
            }
            (Decision::Pass(_), _) => Ok(None),
            (Decision::Challenge(reason), Some(SessionIdentity::Person(person))) => {
                Ok(Some((person, reason)))
            }
            (decision, _) => Err(Refused::by(&decision)),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Submit {
    Verify,
    VerifyApp,
    AskPasskey,
    VerifyPasskey,
    Resend,
}

/// The page of a path, and the one method it takes. They stand below the site's prefix, as a product's cookies may come nowhere
/// else, and at the host.
fn page<'a>(parts: &'a Parts, prefix: &str) -> Option<(Page<'a>, &'static str)> {
    let path = parts.uri.path();
    let name = path.strip_prefix(prefix).and_then(|path| path.strip_prefix("/.postern/"));
    let name = name.or_else(|| path.strip_prefix("/.postern/"))?;
    Some(match name {
        "challenge" => (Page::Challenge, "GET"),
        "verify" => (Page::Verify, "POST"),
        "verify-app" => (Page::VerifyApp, "POST"),
        "passkey-ask" => (Page::AskPasskey, "POST"),
        "verify-passkey" => (Page::VerifyPasskey, "POST"),
        "resend" => (Page::Resend, "POST"),
        "methods" => (Page::Methods, "GET"),
        "methods-begin" => (Page::Change(Deed::BeginApp), "POST"),
        "methods-finish" => (Page::Change(Deed::FinishApp), "POST"),
        "methods-passkey-begin" => (Page::Change(Deed::BeginPasskey), "POST"),
        "methods-passkey" => (Page::Change(Deed::FinishPasskey), "POST"),
        "methods-remove" => (Page::Change(Deed::Remove), "POST"),
        "arrived" => (Page::Arrived, "GET"),
        "handover" => (Page::Handover, "GET"),
        "browsers" => (Page::Browsers, "GET"),
        "browsers/end" => (Page::EndBrowsers, "POST"),
        "held" => (Page::Held, "GET"),
        "held/send" => (Page::SendHeld, "POST"),
        "held/drop" => (Page::DropHeld, "POST"),
        "signed-out" => (Page::SignedOut, "GET"),
        "verified" => (Page::Verified, "GET"),
        "jwks.json" => (Page::Keys, "GET"),
        _ => (Page::Asset(name.strip_prefix("assets/")?), "GET"),
    })
}

fn asset(exchange: &Exchange, served: &Served, parts: &Parts, name: &str) -> Result<Response<Body>, Refused> {
    if name == in_place::NAME {
        return Ok(script(exchange, served, parts));
    }
    let asset = assets::asset(name, &served.site.organization.look).ok_or(Reason::UnknownPage)?;
    let mut response = Response::new(Body::from(asset.body.into_owned()));
    let headers = response.headers_mut();
    respond::protect(headers, exchange.plan.scheme);
    if asset.is_logo {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(assets::LOGO_POLICY));
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    Ok(response)
}

/// The script speaks the languages of whoever's page loads it.
fn script(exchange: &Exchange, served: &Served, parts: &Parts) -> Response<Body> {
    let language = Languages::of(&parts.headers).language();
    let frame = Frame::new(language, Some(&served.site.organization));
    let mut response = Response::new(Body::from(in_place::script(&frame)));
    let headers = response.headers_mut();
    respond::protect(headers, exchange.plan.scheme);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Language"));
    response
}

fn signed_out(exchange: &Exchange, served: &Served) -> Response<Body> {
    let (language, site) = (exchange.language(), &served.site);
    let frame = Frame::new(language, Some(&site.organization));
    let page = SignedOutPage { frame, site: SiteName::of(site) };
    respond::html(StatusCode::OK, page.html(), language)
}
