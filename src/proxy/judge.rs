//! Identify and decide: from cookies to facts, from facts to a decision. The only caller of `domain::decide` but
//! `token.rs`, which does the same for the API lane.

use http::header::HeaderValue;
use jiff::Timestamp;

use crate::clock::stopwatch;
use crate::config::settings::{ExternalAccess, PortalCustomers};
use crate::directory::AccountState;
use crate::domain::account::Family;
use crate::domain::decide::decide;
use crate::domain::decision::{Decision, Reason};
use crate::domain::email::EmailAddress;
use crate::domain::enrolment::Enrolment;
use crate::domain::facts::{Facts, Person, ProofFact, Session};
use crate::domain::group::Invited;
use crate::domain::lane::Lane;
use crate::domain::member::Member;
use crate::domain::policy::{ExternalUserPolicy, Snapshot};
use crate::domain::recorded::Recorded;
use crate::identity::{Identity, Presented, SessionIdentity, TokenOwner};

use super::Gateway;
use super::cookies::{Cookies, is_own};
use super::decisions::About;
use super::exchange::Exchange;
use super::headers::set_cookie_name;
use super::route::Served;

/// A judged request.
pub(super) struct Judged {
    /// Whose session it is, where anybody asked.
    pub session: Option<SessionIdentity>,
    /// Whose token it is, where anybody asked.
    pub owner: Option<TokenOwner>,
    /// As which mobile app's session it is enrolled.
    pub enrolment: Option<Enrolment>,
    /// What the proof cookie amounts to.
    pub proof: ProofFact,
    /// What a genuine proof belongs to.
    pub family: Option<Family>,
    /// What happens.
    pub decision: Decision,
}

/// What a request is judged by, and what else was learned on the way.
struct Gathered<'a> {
    facts: Facts<'a>,
    family: Option<Family>,
    enrolment: Option<Enrolment>,
}

impl Gateway {
    /// Identifies and decides. A warm request meets one cache look-up, one or two table look-ups and one HMAC.
    pub(super) async fn judge(
        &self,
        exchange: &mut Exchange,
        served: &Served,
        lane: Lane,
        cookies: &Cookies,
    ) -> Judged {
        if lane == Lane::Api {
            return self.judge_token(exchange, served).await;
        }
        let session = self.identify(exchange, served, lane, cookies).await;
        let mut judged = self.decide(served, lane, cookies, session);
        // At the first sight of a managed person, and before one is refused for having been away.
        while self.learn(served, cookies, &judged).await {
            judged = self.decide(served, lane, cookies, judged.session);
        }
        if judged.decision.reason() == Reason::MobileSession {
            exchange.record.lane = Lane::Mobile;
        }
        if let (Decision::Pass(_), Some(SessionIdentity::Person(person))) =
            (&judged.decision, &judged.session)
        {
            self.identities.note_active(&served.site, person, exchange.record.at);
        }
        if let Some(SessionIdentity::Person(person)) = &judged.session {
            let about = About { who: Some(person.name()), whom: person.subject };
            self.keep_decision(exchange, served, lane, &judged.decision, about, || {
                let snapshot = self.directory.snapshot();
                let gathered = self.gather(&snapshot, served, lane, cookies, judged.session.as_ref());
                Recorded::of(&snapshot, &gathered.facts)
            });
        }
        self.metrics.decision_seconds.observe((stopwatch() - exchange.record.started).as_secs_f64());
        judged
    }

    /// Decides again on what is known, for connections that outlive their request.
    pub(super) fn decide(
        &self,
        served: &Served,
        lane: Lane,
        cookies: &Cookies,
        session: Option<SessionIdentity>,
    ) -> Judged {
        let snapshot = self.directory.snapshot();
        let gathered = self.gather(&snapshot, served, lane, cookies, session.as_ref());
        let Gathered { facts, family, enrolment } = gathered;
        let (proof, decision) = (facts.proof, decide(&snapshot, &facts, self.clock.now()));
        Judged { session, owner: None, enrolment, proof, family, decision }
    }

    /// What a request with a session, or without one, is judged by.
    fn gather<'a>(
        &'a self,
        snapshot: &Snapshot,
        served: &'a Served,
        lane: Lane,
        cookies: &Cookies,
        session: Option<&'a SessionIdentity>,
    ) -> Gathered<'a> {
        let person = match session {
            Some(SessionIdentity::Person(person)) => Some(person.as_ref()),
            _ => None,
        };
        let (proof, family) =
            person.map_or((ProofFact::Absent, None), |person| self.proof(served, cookies, person));
        let state = self.state(session);
        let enrolment = person.and_then(|person| self.enrolment(served, cookies, person));
        let facts = Facts {
            organization: &served.site.organization.id,
            mode: served.site.mode,
            customers_exempt: served.site.portal_customers == PortalCustomers::Exempt,
            lane,
            session: session_fact(session, state, person.and_then(|person| self.member(served, person))),
            proof,
            revoked_at: self.revoked_at(person, family),
            enrolled_until: enrolment
                .and_then(|enrolment| self.enrolled_until(snapshot, served, person, &enrolment)),
            exempt_until: person.and_then(|person| {
                self.directory.exempt_until(&served.site.organization.id, person.believed_email())
            }),
            api_tokens: served.site.api.for_external,
            invited: self.invited(served, person.and_then(Identity::believed_email)),
        };
        Gathered { facts, family, enrolment }
    }

    /// Whose session it is, where the decision or a sign-out depends on it.
    async fn identify(
        &self,
        exchange: &mut Exchange,
        served: &Served,
        lane: Lane,
        cookies: &Cookies,
    ) -> Option<SessionIdentity> {
        let needed = match lane {
            Lane::Browser | Lane::Background | Lane::Websocket | Lane::Mobile | Lane::Own => true,
            // A sign-out ends the proof of whoever signs out; an app enrolls only who was not signed in before.
            Lane::Public => cookies.proof.is_some() || cookies.has_home || exchange.app_sign_in,
            Lane::Api
            | Lane::TrustedApi
            | Lane::SignIn
            | Lane::Resource
            | Lane::Anonymous
            | Lane::Trusted => false,
        };
        let (true, true, Some(key)) = (needed, served.site.judges(), cookies.session.as_ref()) else {
            return None;
        };
        let presented = Presented {
            cookies: cookies.forward.as_ref(),
            headers: &cookies.headers,
            client: exchange.client,
        };
        let resolved = self.identities.resolve(&served.site, &served.metrics, key, presented).await;
        if let (true, SessionIdentity::Person(person)) = (resolved.is_news, &resolved.session) {
            self.note_sign_in(exchange.client, served, cookies, person);
        }
        // No upstream sets our cookies, in this answer as in any other.
        let theirs = |line: &HeaderValue| !is_own(set_cookie_name(line));
        exchange.set_cookies.extend(resolved.set_cookies.into_iter().filter(theirs));
        Some(resolved.session)
    }

    fn proof(&self, served: &Served, cookies: &Cookies, person: &Identity) -> (ProofFact, Option<Family>) {
        let Some(cookie) = &cookies.proof else { return (ProofFact::Absent, None) };
        let (site, subject) = (&served.site, person.subject);
        let verify = |device| {
            cookie
                .verified(site, subject, device, |token| self.identities.proof(site, subject, device, token))
        };
        match cookies.device.and_then(verify) {
            None => (ProofFact::Invalid, None),
            Some(proof) => (ProofFact::VerifiedAt(proof.verified_at, proof.by), Some(proof.family)),
        }
    }

    /// What is known of the account behind a session.
    pub(super) fn state(&self, session: Option<&SessionIdentity>) -> AccountState {
        match session {
            Some(SessionIdentity::Person(person)) => {
                person.account.map_or_else(AccountState::default, |account| self.directory.account(account))
            }
            _ => AccountState::default(),
        }
    }

    /// Whether somebody was invited to a site. Only a site that wants it costs a look.
    pub(super) fn invited(&self, served: &Served, believed: Option<&EmailAddress>) -> Invited {
        match served.site.external_access {
            ExternalAccess::Any => Invited::NotNeeded,
            ExternalAccess::Invited => {
                self.directory.invited(&served.site.organization.id, &served.site.id, believed)
            }
        }
    }

    /// The external user policy that a person goes by at a site.
    pub(super) fn external_policy(&self, served: &Served, person: &Identity) -> ExternalUserPolicy {
        self.directory.snapshot().external_policy(&served.site.organization.id, person.believed_email())
    }

    /// Only a genuine proof, which has a family, can have been revoked, so only then is it looked up.
    pub(super) fn revoked_at(&self, person: Option<&Identity>, family: Option<Family>) -> Option<Timestamp> {
        let (person, family) = (person?, family?);
        let reset_at = person.account.and_then(|account| self.directory.reset_at(account));
        self.directory.revoked_at(family).max(reset_at)
    }

    /// Until when an app's session passes: not beyond a reset of its person or of the policy that they go by.
    fn enrolled_until(
        &self,
        snapshot: &Snapshot,
        served: &Served,
        person: Option<&Identity>,
        enrolment: &Enrolment,
    ) -> Option<Timestamp> {
        let person = person?;
        let policy = snapshot.external_policy(&served.site.organization.id, person.believed_email());
        let reset_at = person.account.and_then(|account| self.directory.reset_at(account));
        if reset_at.max(policy.reset_at).is_some_and(|reset_at| enrolment.signed_in_at <= reset_at) {
            return None;
        }
        Some(enrolment.until(policy.frequency))
    }
}

pub(super) fn session_fact<'a>(
    session: Option<&'a SessionIdentity>,
    state: AccountState,
    member: Option<Member<'a>>,
) -> Session<'a> {
    match session {
        None => Session::NotAsked,
        Some(SessionIdentity::Anonymous) => Session::Anonymous,
        Some(SessionIdentity::Unrecognised) => Session::Unrecognised,
        Some(SessionIdentity::Unavailable) => Session::Unavailable,
        Some(SessionIdentity::Person(person)) => Session::Person(Person {
            email: person.email.as_ref(),
            claim: state.claim,
            standing: state.standing,
            ends_at: state.ends_at,
            is_customer: person.is_customer,
            policy: state.policy,
            member,
            address_changed: person.address_changed,
        }),
    }
}
