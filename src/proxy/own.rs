//! Our own pages on every site: the challenge, its two forms, the hand-over between the hosts of an organization, the
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
use super::body::Body;
use super::challenge::Visit;
use super::cookies::{self, Cookies};
use super::exchange::{Exchange, Refused};
use super::form::{Form, FormError, is_page_load, is_same_site, return_parameter};
use super::handover::Here;
use super::homes::Place;
use super::pages::{Frame, SignedOutPage, SiteName, assets};
use super::respond;
use super::route::Served;

/// A page of ours by name and the method it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page<'a> {
    Challenge,
    Verify,
    Resend,
    Handover,
    SignedOut,
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
            Page::Asset(name) => return asset(exchange, served, name),
            Page::Keys => return Ok(self.published_keys(exchange)),
            Page::SignedOut => signed_out(exchange, served),
            Page::Challenge => self.open(exchange, here).await?,
            Page::Verify => self.submit(exchange, here, body, Submit::Verify).await?,
            Page::Resend => self.submit(exchange, here, body, Submit::Resend).await?,
            Page::Handover => self.handover(exchange, here).await?,
        };
        let plan = &exchange.plan;
        respond::protect(response.headers_mut(), plan.scheme);
        if let Place::Away(home) = plan.homes.place(&served.site) {
            let origin = respond::origin_of(home, plan.scheme, &exchange.host);
            respond::allow_forms_to(response.headers_mut(), &origin);
        }
        Ok(response)
    }

    /// `GET challenge`: opens the challenge and sends the first mail, if a person at a browser asks.
    async fn open(&self, exchange: &mut Exchange, here: Here<'_>) -> Result<Response<Body>, Refused> {
        let Here { served, cookies, parts } = here;
        let return_to = return_parameter(parts);
        let Some((person, reason)) = self.who(exchange, served, cookies).await? else {
            return Ok(respond::see_other(return_to.as_str()));
        };
        // An image, a frame, a script or a prefetch that points here must not make mail.
        if !exchange.navigation {
            return Err(Refused { reason: Reason::NoProof, decision: DecisionLabel::Challenge });
        }
        let device = cookies.device.unwrap_or_else(|| DeviceId(self.entropy.bytes()));
        if let Some(elsewhere) = self.around(exchange, here, &person, device, &return_to).await? {
            return Ok(elsewhere);
        }
        let visit = Visit::new(exchange, served, &person, reason, device, return_to)?;
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
        let form = Form::read(&parts.headers, body).await.map_err(|error| match error {
            FormError::TooLarge => Refused::from(Reason::BodyTooLarge),
            FormError::Malformed => Refused::from(Reason::MalformedRequest),
        })?;
        let Some((person, reason)) = self.who(exchange, served, cookies).await? else {
            return Ok(respond::see_other(form.return_to.as_str()));
        };
        let device = cookies.device.filter(|&device| {
            self.identities.is_form_token(&form.token, &served.site.id, person.subject, device)
        });
        let device = device.ok_or_else(|| self.cross_site())?;
        let visit = Visit::new(exchange, served, &person, reason, device, form.return_to.clone())?;
        match submit {
            Submit::Verify => {
                let kin = self.kin(exchange, here, &person, is_page_load(&parts.headers, &form));
                self.verify(exchange, &visit, &form, kin).await
            }
            Submit::Resend => self.resend(&visit).await,
        }
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

    fn cross_site(&self) -> Refused {
        self.metrics.challenges.count(ChallengeEvent::RefusedCrossSite);
        Reason::CrossSite.into()
    }

    /// The person who must be challenged, and why; `None` when there is nothing to verify and they may go on.
    pub(super) async fn who(
        &self,
        exchange: &mut Exchange,
        served: &Served,
        cookies: &Cookies,
    ) -> Result<Option<(std::sync::Arc<Identity>, Reason)>, Refused> {
        if cookies.session.is_none() || !served.site.judges() {
            return Ok(None);
        }
        let judged = self.judge(exchange, served, Lane::Own, cookies).await;
        self.turn_away(exchange, served, cookies, &judged);
        match (judged.decision, judged.session) {
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
        "resend" => (Page::Resend, "POST"),
        "handover" => (Page::Handover, "GET"),
        "signed-out" => (Page::SignedOut, "GET"),
        "jwks.json" => (Page::Keys, "GET"),
        _ => (Page::Asset(name.strip_prefix("assets/")?), "GET"),
    })
}

fn asset(exchange: &Exchange, served: &Served, name: &str) -> Result<Response<Body>, Refused> {
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

fn signed_out(exchange: &Exchange, served: &Served) -> Response<Body> {
    let (language, site) = (exchange.language(), &served.site);
    let frame = Frame::new(language, Some(&site.organization));
    let page = SignedOutPage { frame, site: SiteName::of(site) };
    respond::html(StatusCode::OK, page.html(), language)
}
