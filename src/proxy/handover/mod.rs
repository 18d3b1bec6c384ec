//! The hand-over by HTTP: whoever verified at one host of an organization is not asked again at another.
//!
//! A host that would ask for a code sends the browser to the home host instead, with a request; that answers with a ticket, in
//! which it vouches only for whom it sees itself: a session of the same account, with a verification that passes there. A host
//! lets nobody in by a ticket whom `decide` would not let in with the proof that it makes. Each GET here is a page load of a
//! person: a prefetch, a frame or a script learns nothing and uses nothing up.
//!
//! Who verifies at another host than home passes by the home host afterwards, so that it knows. Why this way round: the home
//! host alone keeps a record, in its own cookie, so nothing in the store says in which browser somebody verified, and a browser
//! that was prepared before the code was typed has gained nothing by it. What a family is for stands in `domain/proof.rs`.

pub(super) mod kin;

mod away;
mod home;

use std::sync::Arc;
use std::time::Duration;

use http::Response;
use http::request::Parts;
use jiff::Timestamp;

use crate::actions::hand_over::{HandedOver, Outcome};
use crate::config::settings::Site;
use crate::domain::account::{AccountKey, Class, DeviceId};
use crate::domain::decide::class;
use crate::domain::decision::{Decision, Reason};
use crate::domain::domain_name::DomainName;
use crate::domain::handover::{Ticket, Word};
use crate::domain::lane::Lane;
use crate::domain::proof::Proof;
use crate::domain::return_target::ReturnTarget;
use crate::identity::{Identity, SessionIdentity};
use crate::telemetry::labels::ChallengeEvent;

use super::Gateway;
use super::body::Body;
use super::cookies::{self, Cookies, ProofCookie};
use super::exchange::{Exchange, Refused};
use super::form::{parameter, return_parameter};
use super::homes::Place;
use super::judge::session_fact;
use super::respond;
use super::route::Served;

/// Where requests and tickets are taken, below the prefix of a site.
const PATH: &str = "/.postern/handover";

/// A request to our own pages: the site that serves it, and what the browser sent.
#[derive(Clone, Copy)]
pub(in crate::proxy) struct Here<'a> {
    pub served: &'a Served,
    pub cookies: &'a Cookies,
    pub parts: &'a Parts,
}

/// A verification that is to count here.
struct Vouched<'a> {
    proof: Proof,
    /// The site that vouches for it.
    from: &'a str,
    ticket: Option<[u8; 16]>,
}

impl Gateway {
    /// Where somebody goes instead of being asked for a code: to the home host, or straight on where that is here and knows
    /// them. `None`: they are asked.
    pub(in crate::proxy) async fn around(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
        person: &Arc<Identity>,
        device: DeviceId,
        return_to: &ReturnTarget,
    ) -> Result<Option<Response<Body>>, Refused> {
        let plan = Arc::clone(&exchange.plan);
        let (site, place) = (&here.served.site, plan.homes.place(&here.served.site));
        if place == Place::Alone {
            return Ok(None);
        }
        let Some(account) = self.shared(here, person) else { return Ok(None) };
        match place {
            Place::Away(home) if !self.was_asked(exchange, here, person, account).await? => {
                Ok(Some(self.ask(exchange, here, home, account, device, return_to)))
            }
            Place::Home => {
                let Some(proof) = self.recorded(here, exchange.plan.names.home, account) else {
                    return Ok(None);
                };
                let vouched = Vouched { proof, from: &site.id, ticket: None };
                let is_in = self.let_in(exchange, here, person, &vouched).await?;
                Ok(is_in.then(|| respond::see_other(&self.arrival(site, return_to))))
            }
            Place::Alone | Place::Away(_) => Ok(None),
        }
    }

    /// `GET handover`: a request at the home host, or a ticket.
    pub(in crate::proxy) async fn handover(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
    ) -> Result<Response<Body>, Refused> {
        let plan = Arc::clone(&exchange.plan);
        let place = plan.homes.place(&here.served.site);
        if place == Place::Alone {
            return Err(Reason::UnknownPage.into());
        }
        exchange.expect_page_load()?;
        let return_to = return_parameter(here.parts);
        match (parameter(here.parts, "request"), parameter(here.parts, "ticket")) {
            (Some(request), None) if place == Place::Home => {
                self.answer_request(exchange, here, request.as_bytes(), &return_to).await
            }
            (None, Some(ticket)) => self.take_ticket(exchange, here, place, &ticket, &return_to).await,
            _ => Err(Reason::MalformedRequest.into()),
        }
    }

    /// What a person's account is called between the hosts; `None` for whoever is verified at one host alone. A managed person's
    /// second step belongs to one sign-in, so no other host can vouch for it.
    fn shared(&self, here: Here<'_>, person: &Arc<Identity>) -> Option<AccountKey> {
        let organization = &here.served.site.organization.id;
        let session = Some(SessionIdentity::Person(Arc::clone(person)));
        let fact = session_fact(session.as_ref(), self.state(session.as_ref()), None);
        let is_managed = class(&self.directory.snapshot(), organization, fact) == Class::Managed;
        if is_managed { None } else { self.identities.shared_account(organization, person) }
    }

    /// Takes a ticket. One that is not good leads to the challenge, as if there had been none.
    async fn take_ticket(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
        place: Place<'_>,
        text: &str,
        return_to: &ReturnTarget,
    ) -> Result<Response<Body>, Refused> {
        let site = &here.served.site;
        let ticket = self.identities.open_ticket(text.as_bytes());
        let ticket =
            ticket.filter(|ticket| ticket.organization == site.organization.id && ticket.to == *site.id);
        match ticket.as_ref().map(|ticket| (ticket, ticket.word)) {
            Some((ticket, Word::Left(at, by))) if place == Place::Home => {
                Ok(self.take_left(exchange, here, ticket, (at, by), return_to))
            }
            Some((ticket, Word::Verified(mark, at, by))) => {
                self.redeem(exchange, here, ticket, mark, (at, by), return_to).await
            }
            Some((ticket, Word::Nothing(mark))) if self.is_for(here, ticket, mark) => {
                Ok(self.take_nothing(exchange, here, text, return_to))
            }
            _ => Ok(self.not_taken(here, return_to)),
        }
    }

    /// Gives the browser a proof for this site and a new id, if it passes with them and the ticket was not used before. It is
    /// used up last, so whatever else is refused costs nobody their ticket.
    async fn let_in(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
        person: &Arc<Identity>,
        vouched: &Vouched<'_>,
    ) -> Result<bool, Refused> {
        let (site, device) = (&here.served.site, DeviceId(self.entropy.bytes()));
        let Some((token, until)) = self.tried(here, person, device, &vouched.proof) else { return Ok(false) };
        let Some(email) = &person.email else { return Ok(false) };
        let handed = HandedOver {
            ticket: vouched.ticket,
            email,
            organization: &site.organization,
            site: &site.id,
            from: vouched.from,
            verified_at: vouched.proof.verified_at,
            address: exchange.client,
        };
        if self.actions.hand_over(&handed).await.map_err(Refused::by_store)? != Outcome::HandedOver {
            return Ok(false);
        }
        let plan = Arc::clone(&exchange.plan);
        let left = Duration::try_from(until.duration_since(self.clock.now())).unwrap_or_default();
        exchange.set_cookies.push(cookies::keep_device(device, plan.names, plan.scheme));
        exchange.set_cookies.push(cookies::keep(plan.names.proof, &token, plan.scheme, left));
        self.metrics.challenges.count(ChallengeEvent::HandedOver);
        Ok(true)
    }

    /// A proof of that verification for this site, and until when it passes; `None` where the person would be asked all the same:
    /// it is too old here, was reset, or its family signed out.
    fn tried(
        &self,
        here: Here<'_>,
        person: &Arc<Identity>,
        device: DeviceId,
        proof: &Proof,
    ) -> Option<(String, Timestamp)> {
        let token = self.identities.prove(&here.served.site, person.subject, device, proof);
        let with_it = Cookies {
            device: Some(device),
            proof: Some(ProofCookie::new(token.as_bytes())),
            ..here.cookies.clone()
        };
        let session = Some(SessionIdentity::Person(Arc::clone(person)));
        match self.decide(here.served, Lane::Own, &with_it, session).decision {
            Decision::Pass(permit) if permit.reason() == Reason::FreshProof => {
                Some((token, permit.ends_at()?))
            }
            _ => None,
        }
    }

    fn send_ticket(
        &self,
        exchange: &Exchange,
        to: &Site,
        ticket: &Ticket,
        return_to: &ReturnTarget,
    ) -> Response<Body> {
        let origin = respond::origin_of(&to.host, exchange.plan.scheme, &exchange.host);
        let (ticket, prefix) = (self.identities.seal_ticket(ticket), &to.prefix);
        respond::see_other(&respond::with_return(
            &format!("{origin}{prefix}{PATH}?ticket={ticket}&"),
            return_to,
        ))
    }

    fn send_back(&self, exchange: &Exchange, host: &DomainName, return_to: &ReturnTarget) -> Response<Body> {
        let origin = respond::origin_of(host, exchange.plan.scheme, &exchange.host);
        respond::see_other(&format!("{origin}{}", return_to.as_str()))
    }

    fn not_taken(&self, here: Here<'_>, return_to: &ReturnTarget) -> Response<Body> {
        self.metrics.challenges.count(ChallengeEvent::RefusedTicket);
        to_challenge(here, return_to)
    }
}

/// The challenge of this host, with no further detour.
fn to_challenge(here: Here<'_>, return_to: &ReturnTarget) -> Response<Body> {
    let page = format!("{}{}?asked=1&", here.served.site.prefix, respond::CHALLENGE_PATH);
    respond::see_other(&respond::with_return(&page, return_to))
}
