//! What the gate tells the audit log: sign-ins that it sees, and requests that a decision about their person refused.
//!
//! A sign-in is two things: an answer of the product that may have begun a session, and the first answer to whose it is. The
//! first is remembered by its cookies alone; the second is only looked at where the product was asked anew, so a warm request
//! never comes here.

use std::net::IpAddr;
use std::sync::Arc;

use http::header::{self, HeaderMap, HeaderValue};
use jiff::Timestamp;
use quick_cache::sync::Cache;

use crate::directory::{Refused, SignIn};
use crate::domain::account::{Class, CookieSet};
use crate::domain::decision::Decision;
use crate::domain::lane::Lane;
use crate::identity::{Identities, Identity, SessionIdentity, TokenOwner};

use super::Gateway;
use super::cookies::{self, Cookies};
use super::exchange::Exchange;
use super::jar::Jar;
use super::judge::Judged;
use super::route::Served;
use super::watch::sets_credentials;

/// How many sessions that began are remembered until somebody knows whose they are. The least used give way: a flood of wrong
/// passwords costs the log a line, and nobody anything else.
const BEGUN: usize = 50_000;

/// Sessions that began here and are nobody's yet.
pub(super) struct SignIns(Cache<CookieSet, ()>);

/// A request that may sign somebody in: what it was sent with.
pub(super) struct Entrance {
    cookies: Option<HeaderValue>,
    /// Whether it is one whatever the answer sets: a product may make a visitor's session somebody's without another cookie.
    by_method: bool,
}

impl SignIns {
    pub(super) fn new() -> Self {
        Self(Cache::new(BEGUN))
    }

    /// Remembers the session that a browser has after an answer.
    pub(super) fn begin(
        &self,
        identities: &Identities,
        served: &Served,
        entrance: Entrance,
        answer: &HeaderMap,
        now: Timestamp,
    ) {
        if !entrance.by_method && !sets_credentials(answer, &served.site) {
            return;
        }
        let mut jar = Jar::of(entrance.cookies.as_ref(), &served.site.profile, now);
        answer.get_all(header::SET_COOKIE).iter().for_each(|line| jar.hear(line));
        if let Some(set) = identities.cookie_set(&served.site.id, jar.credentials()) {
            self.0.insert(set, ());
        }
    }

    fn take(&self, set: CookieSet) -> bool {
        self.0.remove(&set).is_some()
    }
}

impl Gateway {
    /// What to remember of a request that may sign somebody in; `None` for any other.
    pub(super) fn entrance(
        &self,
        served: &Served,
        lane: Lane,
        may_sign_in: bool,
        judged: &Judged,
        cookies: &Cookies,
    ) -> Option<Entrance> {
        let is_page = matches!(lane, Lane::Public | Lane::SignIn);
        let is_nobody = matches!(judged.session, Some(SessionIdentity::Anonymous)) || lane == Lane::Anonymous;
        if !served.site.judges() || !(is_page || (may_sign_in && is_nobody)) {
            return None;
        }
        Some(Entrance { cookies: cookies.forward.clone(), by_method: may_sign_in })
    }

    /// Has the log say who signed in, if the session is one that began here.
    pub(super) fn note_sign_in(
        &self,
        client: IpAddr,
        served: &Served,
        cookies: &Cookies,
        person: &Arc<Identity>,
    ) {
        if self.sign_ins.0.is_empty() {
            return;
        }
        let Some(line) = cookies.forward.as_ref() else { return };
        let credentials = cookies::credentials(line, &served.site.profile);
        if let Some(set) = self.identities.cookie_set(&served.site.id, credentials) {
            self.note_sign_in_with(client, served, set, person);
        }
    }

    /// As above, where the digest of the cookies is known.
    pub(super) fn note_sign_in_with(
        &self,
        client: IpAddr,
        served: &Served,
        set: CookieSet,
        person: &Identity,
    ) {
        if !self.sign_ins.take(set) {
            return;
        }
        let sign_in = SignIn {
            organization: &served.site.organization.id,
            site: &served.site.id,
            who: person.name(),
            address: client,
        };
        self.directory.note_sign_in(&sign_in, self.clock.now());
    }

    /// Has the log say who was refused and why, where it was a decision about people from outside.
    pub(super) fn note_refusal(&self, exchange: &Exchange, served: &Served, judged: &Judged) {
        let reason = judged.decision.reason();
        let is_about_people = matches!(reason.class(), Class::External | Class::Managed);
        if matches!(judged.decision, Decision::Pass(_)) || !is_about_people {
            return;
        }
        let who = match &judged.session {
            Some(SessionIdentity::Person(person)) => Some(person.name()),
            _ => judged.owner.as_ref().and_then(TokenOwner::name),
        };
        let refused = Refused {
            organization: &served.site.organization.id,
            site: &served.site.id,
            who,
            address: exchange.client,
            reason,
            lane: exchange.record.lane,
            receipt: exchange.record.receipt,
        };
        self.directory.note_refusal(&refused, self.clock.now());
    }
}
