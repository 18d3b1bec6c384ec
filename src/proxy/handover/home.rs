//! The hand-over at the home host: the record that it keeps in a browser, and what it tells the others.

use std::sync::Arc;

use http::Response;
use jiff::Timestamp;

use crate::domain::account::{AccountKey, DeviceId, Family};
use crate::domain::decision::{Decision, Reason};
use crate::domain::email::EmailAddress;
use crate::domain::facts::ProofFact;
use crate::domain::handover::{Record, Ticket, Word};
use crate::domain::lane::Lane;
use crate::domain::method::Method;
use crate::domain::proof::Proof;
use crate::domain::return_target::ReturnTarget;
use crate::identity::SessionIdentity;
use crate::telemetry::labels::ChallengeEvent;

use super::super::Gateway;
use super::super::body::Body;
use super::super::cookies::{self, LONGEST_AGE};
use super::super::exchange::{Exchange, Refused};
use super::super::respond;
use super::super::route::Served;
use super::Here;

impl Gateway {
    /// Answers a request, at the home host.
    pub(super) async fn answer_request(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
        text: &[u8],
        return_to: &ReturnTarget,
    ) -> Result<Response<Body>, Refused> {
        let (plan, own) = (Arc::clone(&exchange.plan), &here.served.site);
        let request = self.identities.open_request(text).ok_or(Reason::MalformedRequest)?;
        let asking = plan.routes.site(&request.site).map(|served| &served.site);
        let asking =
            asking.filter(|site| site.organization.id == own.organization.id && site.host != own.host);
        let asking = asking.filter(|_| request.organization == own.organization.id);
        let asking = asking.ok_or(Reason::MalformedRequest)?;
        // A tab that was opened again, or a slow line. There, whoever is still to be asked comes here anew.
        if !request.is_current(self.clock.now()) {
            return Ok(self.send_back(exchange, &asking.host, return_to));
        }
        let known = self.known(exchange, here, request.account).await;
        let record = self.record_for(here, plan.names.home, request.account);
        self.keep_record(exchange, here.served, &record);
        let ticket = Ticket {
            id: request.id,
            organization: request.organization,
            from: own.id.to_string(),
            to: request.site,
            account: request.account,
            family: known
                .map_or_else(|| self.identities.family(&record, request.account), |proof| proof.family),
            word: match known {
                Some(proof) => Word::Verified(request.mark, proof.verified_at, proof.by),
                None => Word::Nothing(request.mark),
            },
            issued_at: self.clock.now(),
        };
        Ok(self.send_ticket(exchange, asking, &ticket, return_to))
    }

    /// The verification of an account that passes here, in this browser, beside a session of the same account.
    async fn known(&self, exchange: &mut Exchange, here: Here<'_>, account: AccountKey) -> Option<Proof> {
        here.cookies.session?;
        let judged = self.judge(exchange, here.served, Lane::Own, here.cookies).await;
        let Some(SessionIdentity::Person(person)) = &judged.session else { return None };
        if self.shared(here, person) != Some(account) {
            return None;
        }
        match (&judged.decision, judged.proof, judged.family) {
            (Decision::Pass(permit), ProofFact::VerifiedAt(verified_at, by), Some(family))
                if permit.reason() == Reason::FreshProof =>
            {
                Some(Proof { verified_at, by, family })
            }
            _ => {
                let proof = self.recorded(here, exchange.plan.names.home, account)?;
                let device = DeviceId(self.entropy.bytes());
                self.tried(here, person, device, &proof).map(|_| proof)
            }
        }
    }

    /// Keeps what another host verified, at the home host. Again and again it comes to the same: the browser of the record is the
    /// only one that a family fits, and a sign-out since then makes it void.
    pub(super) fn take_left(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
        ticket: &Ticket,
        (verified_at, by): (Timestamp, Method),
        return_to: &ReturnTarget,
    ) -> Response<Body> {
        let record = self.brought(here, exchange.plan.names.home);
        let fits = |record: &Record| self.identities.family(record, ticket.account) == ticket.family;
        match record.filter(fits) {
            Some(record) if ticket.is_current(self.clock.now()) => {
                let verified = Some((ticket.account, verified_at, by));
                self.keep_record(exchange, here.served, &Record { verified, ..record });
            }
            _ => self.metrics.challenges.count(ChallengeEvent::RefusedTicket),
        }
        let plan = Arc::clone(&exchange.plan);
        let from = plan.routes.site(&ticket.from).map(|served| &served.site);
        match from.filter(|site| site.organization.id == ticket.organization) {
            Some(site) => {
                let origin = respond::origin_of(&site.host, plan.scheme, &exchange.host);
                respond::see_other(&format!("{origin}{}", self.arrival(site, return_to)))
            }
            None => respond::see_other("/"),
        }
    }

    /// What a home host's record vouches for at other hosts, where its person signs out here.
    pub(in crate::proxy) fn vouched(
        &self,
        served: &Served,
        email: &EmailAddress,
        record: &[u8],
    ) -> Option<Family> {
        let organization = &served.site.organization.id;
        let record = self.identities.open_record(organization, record)?;
        Some(self.identities.family(&record, self.identities.account_key(organization, email)))
    }

    /// The record that this browser brings.
    fn brought(&self, here: Here<'_>, name: &str) -> Option<Record> {
        let text = cookies::own(&here.parts.headers, name)?;
        self.identities.open_record(&here.served.site.organization.id, text)
    }

    /// The same, or a new one. A family that signed out is left behind: proofs are dated to the second, so one made in the
    /// second of the sign-out would be void.
    pub(super) fn record_for(&self, here: Here<'_>, name: &str, account: AccountKey) -> Record {
        let is_ended =
            |record: &Record| self.directory.revoked_at(self.identities.family(record, account)).is_some();
        let new = || Record { browser: self.entropy.bytes(), verified: None };
        self.brought(here, name).filter(|record| !is_ended(record)).unwrap_or_else(new)
    }

    /// What this browser's record says of an account.
    pub(super) fn recorded(&self, here: Here<'_>, name: &str, account: AccountKey) -> Option<Proof> {
        let record = self.brought(here, name)?;
        let (_, verified_at, by) = record.verified.filter(|(whose, ..)| *whose == account)?;
        Some(Proof { verified_at, by, family: self.identities.family(&record, account) })
    }

    pub(super) fn keep_record(&self, exchange: &mut Exchange, served: &Served, record: &Record) {
        let text = self.identities.seal_record(&served.site.organization.id, record);
        let plan = &exchange.plan;
        exchange.set_cookies.push(cookies::keep(plan.names.home, &text, plan.scheme, LONGEST_AGE));
    }
}
