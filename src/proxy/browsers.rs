//! The page on which a person sees the browsers that they verified in, and ends them. To look changes nothing: the mail about a
//! new browser leads here, and scanners follow its link.
//!
//! Only who passes sees anything: whoever must verify does so first, as a stolen session must not end its owner's browsers.

use std::sync::Arc;

use http::request::Parts;
use http::{Response, StatusCode};
use hyper::body::Incoming;
use uuid::Uuid;

use crate::actions::browsers::{Ending, Owner};
use crate::domain::account::Family;
use crate::domain::decision::{Decision, Reason};
use crate::domain::lane::Lane;
use crate::domain::return_target::ReturnTarget;
use crate::identity::{Identity, SessionIdentity};

use super::Gateway;
use super::body::Body;
use super::exchange::{Exchange, Refused};
use super::form::{Form, is_same_site, parameter};
use super::handover::Here;
use super::pages::browsers::{BrowsersPage, ListedBrowser};
use super::pages::{Frame, SiteName};
use super::respond;
use super::route::Served;

/// Where the page is, below the prefix of a site.
const PATH: &str = "/.postern/browsers";

/// The address of the page, for mails: the configured name of the site, and the port that was asked for.
pub(super) fn browsers_page(exchange: &Exchange, served: &Served) -> String {
    let origin = respond::origin_of(&served.site.host, exchange.plan.scheme, &exchange.host);
    format!("{origin}{}{PATH}", served.site.prefix)
}

/// Who is at the page.
enum Visitor {
    /// Somebody who passes, and the family of their proof, if it is by one that they do.
    Person(Arc<Identity>, Option<Family>),
    /// Somebody who must verify first.
    Challenged,
    /// Nobody who is signed in.
    Nobody,
}

impl Gateway {
    /// `GET browsers`.
    pub(super) async fn browsers(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
    ) -> Result<Response<Body>, Refused> {
        exchange.expect_page_load()?;
        let (person, family) = match self.at_browsers(exchange, here).await? {
            Visitor::Person(person, family) => (person, family),
            Visitor::Challenged => return Ok(to_challenge(here.served)),
            Visitor::Nobody => return Ok(respond::see_other(&front_page(here.served))),
        };
        let site = &here.served.site;
        let rows = match person.believed_email() {
            Some(email) => self.actions.browsers(&site.organization.id, email).await,
            None => Ok(Vec::new()),
        };
        // What signed out since counts no more.
        let counts = |family, at| self.directory.revoked_at(family).is_none_or(|ended| ended < at);
        let rows = rows.map_err(Refused::by_store)?.into_iter();
        let rows = rows.filter(|row| counts(row.family, row.last_verified_at));
        let list = rows.map(|row| ListedBrowser { is_here: Some(row.family) == family, row }).collect();
        let language = exchange.language();
        let page = BrowsersPage {
            frame: Frame::new(language, Some(&site.organization)),
            site: SiteName::of(site),
            list,
            form_token: here
                .cookies
                .device
                .map(|device| self.identities.form_token(&site.id, person.subject, device))
                .unwrap_or_default(),
        };
        Ok(respond::html(StatusCode::OK, page.html(), language))
    }

    /// `POST browsers/end`: one, or all others.
    pub(super) async fn end_browsers(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
        body: Incoming,
    ) -> Result<Response<Body>, Refused> {
        let Here { served, cookies, parts } = here;
        if !is_same_site(&parts.headers, exchange.plan.scheme, &exchange.host) {
            return Err(self.cross_site());
        }
        let form = Form::read(&parts.headers, body).await.map_err(|_| Reason::MalformedRequest)?;
        let (person, family) = match self.at_browsers(exchange, here).await? {
            Visitor::Person(person, family) => (person, family),
            Visitor::Challenged => return Ok(to_challenge(served)),
            Visitor::Nobody => return Ok(respond::see_other(&front_page(served))),
        };
        let is_ours =
            |device| self.identities.is_form_token(&form.token, &served.site.id, person.subject, device);
        if !cookies.device.is_some_and(is_ours) {
            return Err(self.cross_site());
        }
        if let Some(email) = person.believed_email() {
            let organization = &served.site.organization.id;
            let owner = Owner { organization, email, actor_address: exchange.client };
            let ended = self.actions.end_browsers(&owner, ending(parts, family)?).await;
            let (families, at) = ended.map_err(Refused::by_store)?;
            families.into_iter().for_each(|family| self.directory.revoke(family, at));
        }
        Ok(respond::see_other(&format!("{}{PATH}", served.site.prefix)))
    }

    async fn at_browsers(&self, exchange: &mut Exchange, here: Here<'_>) -> Result<Visitor, Refused> {
        if here.cookies.session.is_none() {
            return Ok(Visitor::Nobody);
        }
        let judged = self.judge(exchange, here.served, Lane::Own, here.cookies).await;
        self.turn_away(exchange, here.served, here.cookies, &judged);
        match (judged.decision, judged.session) {
            (Decision::Challenge(_), _) => Ok(Visitor::Challenged),
            // Where nothing is carried out everybody passes, and a proof is asked for here all the same.
            (Decision::Pass(permit), Some(SessionIdentity::Person(person))) => Ok(match permit.reason() {
                Reason::Managed | Reason::FreshProof => Visitor::Person(person, judged.family),
                _ => Visitor::Nobody,
            }),
            (Decision::Pass(_), _) => Ok(Visitor::Nobody),
            (decision, _) => Err(Refused::by(&decision)),
        }
    }
}

fn ending(parts: &Parts, here: Option<Family>) -> Result<Ending, Reason> {
    match parameter(parts, "browser") {
        Some(id) => Uuid::try_parse(&id).map(Ending::One).map_err(|_| Reason::MalformedRequest),
        None => Ok(Ending::AllBut(here)),
    }
}

fn front_page(served: &Served) -> String {
    format!("{}/", served.site.prefix)
}

/// The challenge, and back to the list.
fn to_challenge(served: &Served) -> Response<Body> {
    let prefix = &served.site.prefix;
    respond::see_other(&respond::challenge_target(prefix, &ReturnTarget::browsers(prefix)))
}
