//! Loops, found and explained: a browser that keeps no proof, a sign-in that our pages do not see, a proof that never counts.
//!
//! Whoever verified passes by `arrived` on the way back, which looks whether the proof came along; that needs neither a cookie
//! nor the store. Whoever is sent back to a page because there is nothing to verify, and is here again at once, is not sent
//! there a third time. What is shown is a refusal with a link on: nothing here lets anybody in, and nothing of it lasts.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use http::Response;
use sha2::{Digest, Sha256};

use crate::config::settings::Site;
use crate::domain::decision::{Decision, Reason};
use crate::domain::facts::ProofFact;
use crate::domain::lane::Lane;
use crate::domain::return_target::ReturnTarget;
use crate::identity::SessionIdentity;

use super::Gateway;
use super::body::Body;
use super::cookies;
use super::exchange::{Exchange, Refused};
use super::form::{parameter, return_parameter};
use super::handover::Here;
use super::respond;

/// How soon after being sent back somebody is here again who goes round by themselves. Who presses a button is slower.
const ROUND: Duration = Duration::from_secs(10);

impl Gateway {
    /// The way back to a page after a verification, by which it is found whether the proof is kept.
    pub(super) fn arrival(&self, site: &Site, return_to: &ReturnTarget) -> String {
        let mark = self.identities.seal_arrival(&site.id, self.clock.now());
        respond::with_return(&format!("{}/.postern/arrived?mark={mark}&", site.prefix), return_to)
    }

    /// `GET arrived`: on to the page, unless the browser was let in a moment ago and would be asked again.
    pub(super) async fn arrived(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
    ) -> Result<Response<Body>, Refused> {
        let (site, return_to) = (&here.served.site, return_parameter(here.parts));
        let mark = parameter(here.parts, "mark").unwrap_or_default();
        let is_news = self.identities.is_arrival(mark.as_bytes(), &site.id, self.clock.now());
        if !is_news || here.cookies.session.is_none() || !site.judges() {
            return Ok(respond::see_other(return_to.as_str()));
        }
        let judged = self.judge(exchange, here.served, Lane::Own, here.cookies).await;
        self.turn_away(exchange, here.served, here.cookies, &judged);
        match judged.decision {
            Decision::Challenge(_) => {
                exchange.again = Some(return_to);
                Err(why_not(judged.proof).into())
            }
            // Who is refused for another reason is told so by the page.
            _ => Ok(respond::see_other(return_to.as_str())),
        }
    }

    /// Back to the page that was asked for, as there is nobody here who has to verify; unless there is nobody at all, and that
    /// page has just sent them here.
    pub(super) async fn back(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
        return_to: ReturnTarget,
    ) -> Result<Response<Body>, Refused> {
        let (name, scheme) = (exchange.plan.names.round, exchange.plan.scheme);
        let round = BASE64URL_NOPAD.encode(&Sha256::digest(return_to.as_str())[..9]);
        // Whoever comes the first time is answered like everybody else: it says nothing of a session that it is nobody's.
        let is_again = cookies::own(&here.parts.headers, name) == Some(round.as_bytes());
        if is_again && self.is_nobody(exchange, here).await {
            exchange.set_cookies.push(cookies::clear(name, scheme));
            exchange.again = Some(return_to);
            return Err(Reason::SignInOutOfReach.into());
        }
        exchange.set_cookies.push(cookies::keep(name, &round, scheme, ROUND));
        Ok(respond::see_other(return_to.as_str()))
    }

    async fn is_nobody(&self, exchange: &mut Exchange, here: Here<'_>) -> bool {
        if here.cookies.session.is_none() {
            return true;
        }
        let judged = self.judge(exchange, here.served, Lane::Own, here.cookies).await;
        !matches!(judged.session, Some(SessionIdentity::Person(_)))
    }
}

/// What became of a proof that the browser was given a moment ago.
fn why_not(proof: ProofFact) -> Reason {
    match proof {
        // Another browser id beside it, or an old one, comes to the same: what was set is not kept.
        ProofFact::Absent | ProofFact::Invalid => Reason::CookiesNotKept,
        ProofFact::VerifiedAt(..) => Reason::ProofNotCounted,
    }
}
