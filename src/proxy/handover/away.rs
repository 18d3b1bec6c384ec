//! The hand-over at a host that is not home: asking the home host, and letting somebody in by its word.

use std::sync::Arc;
use std::time::Duration;

use http::Response;
use jiff::Timestamp;

use crate::domain::account::{AccountKey, DeviceId, Family};
use crate::domain::domain_name::DomainName;
use crate::domain::handover::{LIFETIME, Mark, Request, Ticket, Word};
use crate::domain::method::Method;
use crate::domain::proof::Proof;
use crate::domain::return_target::ReturnTarget;
use crate::identity::Identity;
use crate::telemetry::labels::ChallengeEvent;

use super::super::Gateway;
use super::super::body::Body;
use super::super::cookies;
use super::super::exchange::{Exchange, Refused};
use super::super::form::parameter;
use super::super::pages::Aim;
use super::super::respond;
use super::{Here, PATH, Vouched, to_challenge};

/// How long somebody whom the home host did not know goes without another detour, unless they verify meanwhile.
const MEMORY: Duration = Duration::from_secs(10 * 60);
/// How long its word is kept: whoever types a code within it is made known there.
const WORD_AGE: Duration = Duration::from_secs(3600);

/// What is remembered of asking the home host.
pub(super) struct Asked {
    at: Timestamp,
    /// By its word, if there was one.
    pub(super) family: Option<Family>,
}

impl Asked {
    fn is_older(&self, age: Duration, now: Timestamp) -> bool {
        self.at.saturating_add(age).is_ok_and(|end| end <= now)
    }
}

impl Gateway {
    /// Whether the home host was asked lately. It is asked again when somebody verified meanwhile, as that may be known there.
    pub(super) async fn was_asked(
        &self,
        exchange: &Exchange,
        here: Here<'_>,
        person: &Identity,
        account: AccountKey,
    ) -> Result<bool, Refused> {
        // Back from there a moment ago. A browser that keeps no cookie would else be sent there for ever.
        if parameter(here.parts, "asked").is_some() {
            return Ok(true);
        }
        let asked = self.asked(here, exchange.plan.names.asked, account);
        let (Some(asked), Some(email)) = (asked, &person.email) else { return Ok(false) };
        // Of several tabs that are opened at once each goes there; an answer that has not come by now will not come.
        let is_under_way = asked.family.is_none() && !asked.is_older(LIFETIME, self.clock.now());
        if is_under_way || asked.is_older(MEMORY, self.clock.now()) {
            return Ok(false);
        }
        let organization = &here.served.site.organization;
        let verified = self.actions.has_verified_since(organization, email, asked.at).await;
        Ok(!verified.map_err(Refused::by_store)?)
    }

    /// What this browser brings of having asked the home host for this account.
    pub(super) fn asked(&self, here: Here<'_>, name: &str, account: AccountKey) -> Option<Asked> {
        let (text, device) = (cookies::own(&here.parts.headers, name)?, here.cookies.device?);
        let site = &here.served.site;
        let is_ours = |organization: &_, of: &str, whose, mark, id| {
            *organization == site.organization.id
                && *of == *site.id
                && whose == account
                && self.identities.is_mark(mark, id, device)
        };
        let (is_ours, asked) = if let Some(request) = self.identities.open_request(text) {
            let Request { id, organization, site, account, mark, issued_at } = request;
            (is_ours(&organization, &site, account, mark, id), Asked { at: issued_at, family: None })
        } else {
            let Ticket { id, organization, to, account, family, issued_at, word, .. } =
                self.identities.open_ticket(text)?;
            let Word::Nothing(mark) = word else { return None };
            (is_ours(&organization, &to, account, mark, id), Asked { at: issued_at, family: Some(family) })
        };
        (is_ours && !asked.is_older(WORD_AGE, self.clock.now())).then_some(asked)
    }

    /// Sends the browser to the home host. What it was sent with stays here as well, so that a home host that never answers is
    /// not asked for long.
    pub(super) fn ask(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
        home: &DomainName,
        account: AccountKey,
        device: DeviceId,
        return_to: &ReturnTarget,
    ) -> Response<Body> {
        let (plan, site) = (Arc::clone(&exchange.plan), &here.served.site);
        let id = self.entropy.bytes();
        let request = self.identities.seal_request(&Request {
            id,
            organization: site.organization.id.clone(),
            site: site.id.to_string(),
            account,
            mark: self.identities.mark(id, device),
            issued_at: self.clock.now(),
        });
        if here.cookies.device.is_none() {
            exchange.set_cookies.push(cookies::keep_device(device, plan.names, plan.scheme));
        }
        exchange.set_cookies.push(cookies::keep(plan.names.asked, &request, plan.scheme, WORD_AGE));
        let origin = respond::origin_of(home, plan.scheme, &exchange.host);
        let prefix = plan.routes.own(home).map_or("", |served| served.site.prefix.as_str());
        let page = format!("{origin}{prefix}{PATH}?request={request}&");
        respond::see_other(&respond::with_return(&page, return_to))
    }

    /// Lets somebody in by the home host's word: in the browser that asked, beside a session of the same account, in time, once.
    pub(super) async fn redeem(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
        ticket: &Ticket,
        mark: Mark,
        (verified_at, by): (Timestamp, Method),
        return_to: &ReturnTarget,
    ) -> Result<Response<Body>, Refused> {
        // Whoever passes already, as by the back button, just goes on.
        let Some((person, _)) = self.who(exchange, here.served, here.cookies, Aim::Page).await? else {
            return Ok(respond::see_other(return_to.as_str()));
        };
        let is_theirs = self.shared(here, &person) == Some(ticket.account);
        if !is_theirs || !self.is_for(here, ticket, mark) {
            return Ok(self.not_taken(here, return_to));
        }
        let proof = Proof { verified_at, by, family: ticket.family };
        let vouched = Vouched { proof, from: &ticket.from, ticket: Some(ticket.id) };
        if !self.let_in(exchange, here, &person, &vouched).await? {
            return Ok(self.not_taken(here, return_to));
        }
        exchange.set_cookies.push(cookies::clear(exchange.plan.names.asked, exchange.plan.scheme));
        Ok(respond::see_other(&self.arrival(&here.served.site, return_to)))
    }

    /// Keeps the home host's word that it knows of nothing: what is verified here then belongs to the family that it names.
    pub(super) fn take_nothing(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
        text: &str,
        return_to: &ReturnTarget,
    ) -> Response<Body> {
        let (name, scheme) = (exchange.plan.names.asked, exchange.plan.scheme);
        exchange.set_cookies.push(cookies::keep(name, text, scheme, WORD_AGE));
        self.metrics.challenges.count(ChallengeEvent::NotHandedOver);
        to_challenge(here, return_to)
    }

    /// Whether an answer is for this browser, now.
    pub(super) fn is_for(&self, here: Here<'_>, ticket: &Ticket, mark: Mark) -> bool {
        let is_mark = |device| self.identities.is_mark(mark, ticket.id, device);
        here.cookies.device.is_some_and(is_mark) && ticket.is_current(self.clock.now())
    }
}
