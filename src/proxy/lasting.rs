//! Since when a managed person's session lasts, what keeps it alive, and how they are sent to sign in again.
//!
//! A warm request reads what was found out at the first one. Only that one looks for the session, in memory and then in the
//! store, and so does one that would be refused, since the session may be in use at another node.

use std::sync::Arc;

use http::header::{HeaderMap, HeaderValue, SET_COOKIE};
use http::request::Parts;
use percent_encoding::utf8_percent_encode;

use crate::actions::SessionRow;
use crate::config::profile::Product;
use crate::directory::{AccountState, KnownBy, Lasting, SignedIn};
use crate::domain::account::{Class, CookieSet};
use crate::domain::auth_policy::TwoStep;
use crate::domain::authenticator::Authenticators;
use crate::domain::decision::{Decision, Reason};
use crate::domain::lane::Lane;
use crate::domain::member::Member;
use crate::domain::return_target::ReturnTarget;
use crate::identity::{Identity, SessionIdentity};

use super::Gateway;
use super::cookies::{self, Cookies};
use super::exchange::Exchange;
use super::jar::pair_of;
use super::judge::Judged;
use super::respond::RETURN_SET;
use super::route::Served;
use super::watch::says_signed_out;

impl Gateway {
    /// What is known of a person's session, for the decision.
    pub(super) fn member<'a>(&self, served: &Served, person: &'a Identity) -> Option<Member<'a>> {
        let session = person.lasting()?;
        let asks_none = session.asked.as_ref().is_some_and(|asked| asked.two_step == TwoStep::Off);
        Some(Member {
            asked: session.asked.as_deref(),
            began_at: session.began_at,
            active_at: session.active_at(),
            reset_at: person.account.and_then(|account| self.directory.reset_at(account)),
            token: person.token(),
            authenticators: match person.account.filter(|_| !asks_none) {
                Some(account) => self.directory.authenticators(account, &served.site),
                None => Authenticators::default(),
            },
        })
    }

    /// Finds out more of a managed person's session where the decision may depend on it; true if it is to be taken again.
    pub(super) async fn learn(&self, served: &Served, cookies: &Cookies, judged: &Judged) -> bool {
        let Some(SessionIdentity::Person(person)) = &judged.session else { return false };
        let reason = judged.decision.reason();
        if reason.class() != Class::Managed
            || matches!(reason, Reason::AccountDeactivated | Reason::AccountClosed)
        {
            return false;
        }
        match person.lasting() {
            None => Box::pin(self.find_session(served, cookies, person)).await,
            Some(session) if reason == Reason::SessionIdle && !session.is_over() => {
                let known_by = self.directory.sessions().known_by(session);
                let rows = Box::pin(self.rows(&known_by)).await;
                self.directory.sessions().hear(session, &rows)
            }
            Some(_) => false,
        }
    }

    async fn find_session(&self, served: &Served, cookies: &Cookies, person: &Identity) -> bool {
        let Some(who) = self.signed_in(served, person) else { return false };
        let known_by = self.known_by(served, cookies, person);
        let sessions = self.directory.sessions();
        let session = match sessions.find(&known_by, &who) {
            Some(session) => session,
            None => {
                let rows = self.rows(&known_by).await;
                // Another request may have been here meanwhile.
                let found = sessions.find(&known_by, &who);
                found.unwrap_or_else(|| sessions.begin(&known_by, &who, &rows, self.clock.now()))
            }
        };
        sessions.link(&session, &known_by);
        person.lasts(session);
        true
    }

    /// Managed people need no store: where it cannot be asked, nothing is known.
    async fn rows(&self, known_by: &KnownBy) -> Vec<SessionRow> {
        self.actions.sessions(known_by).await.unwrap_or_else(|error| {
            tracing::error!(%error, "the store cannot say since when a session lasts; it counts from now on");
            Vec::new()
        })
    }

    fn signed_in(&self, served: &Served, person: &Identity) -> Option<SignedIn> {
        let organization = &served.site.organization.id;
        let AccountState { policy, .. } = self.directory.account(person.account?);
        let snapshot = self.directory.snapshot();
        let policy = snapshot.auth.of(organization, policy);
        Some(SignedIn {
            organization: organization.clone(),
            email: person.email.clone()?,
            at: person.signed_in_at(),
            asked: policy.settings.clone(),
        })
    }

    fn known_by(&self, served: &Served, cookies: &Cookies, person: &Identity) -> KnownBy {
        let line = cookies.forward.as_ref();
        let pairs: Vec<&[u8]> = line.map_or_else(Vec::new, |line| lasting_cookies(line, served));
        let headers = cookies.headers.iter().map(|(_, value)| value.as_bytes());
        self.identities.known_by(&served.site.id, person, pairs.into_iter().chain(headers))
    }

    /// Notes that a managed person did something: loaded a page or changed something, and not a page that polls.
    pub(super) fn note_use(&self, exchange: &Exchange, served: &Served, parts: &Parts, judged: &Judged) {
        let (Reason::Managed, Some(SessionIdentity::Person(person))) =
            (judged.decision.reason(), &judged.session)
        else {
            return;
        };
        let Some(session) = person.lasting() else { return };
        let writes = || {
            let path = parts.uri.path().strip_prefix(served.site.prefix.as_str()).unwrap_or_default();
            !parts.method.is_safe() && !served.site.profile.is_polling(&parts.method, path)
        };
        if exchange.record.lane != Lane::Websocket && (exchange.navigation || writes()) {
            self.directory.sessions().note_use(session, exchange.record.at);
        }
    }

    /// Acts on what an answer does to a managed person's session: other cookies are the same one, and a sign-out ends it. At
    /// sign-in pages nobody asked whose session it is, so `left` is the cookies that went there: whoever still has a session and
    /// signs in once more stays in it, or a remembered sign-in would begin a new one at each of them.
    pub(super) async fn follow_session(
        &self,
        served: &Served,
        person: Option<&Arc<Identity>>,
        left: Option<&HeaderValue>,
        answer: &HeaderMap,
    ) {
        let sessions = self.directory.sessions();
        let mut session = person.and_then(|person| person.lasting().cloned());
        if let (None, Some(left)) = (&session, left) {
            session = self.session_of(&self.known_as(served, left)).await;
        }
        let Some(session) = session else { return };
        if says_signed_out(answer) {
            sessions.end(&session);
            return;
        }
        let lines = answer.get_all(SET_COOKIE).iter().filter_map(pair_of);
        let new: Vec<CookieSet> = lines.flat_map(|line| self.known_as(served, &line)).collect();
        if !new.is_empty() {
            sessions.link(&session, &new);
        }
    }

    /// The session with one of these credentials, whoever's it is.
    async fn session_of(&self, known_by: &KnownBy) -> Option<Arc<Lasting>> {
        let sessions = self.directory.sessions();
        let met = known_by.iter().find_map(|credential| sessions.get(*credential));
        if met.is_some() {
            return met;
        }
        sessions.recall(&self.rows(known_by).await, self.clock.now())
    }

    fn known_as(&self, served: &Served, line: &HeaderValue) -> KnownBy {
        self.identities.known_as(&served.site.id, lasting_cookies(line, served).into_iter())
    }

    /// Sends somebody to sign in again: what their browser keeps of the session is taken back, and the product's own page is
    /// where the way leads.
    pub(super) fn turn_away(
        &self,
        exchange: &mut Exchange,
        served: &Served,
        cookies: &Cookies,
        judged: &Judged,
    ) {
        let (Decision::SignIn(_), Some(SessionIdentity::Person(person))) = (judged.decision, &judged.session)
        else {
            return;
        };
        if let Some(session) = person.lasting() {
            self.directory.sessions().turn_away(session);
        }
        exchange.sign_in = Some(sign_in_page(served, &exchange.return_to()));
        let Some(line) = &cookies.forward else { return };
        let names = lasting_cookies(line, served).into_iter().filter_map(|pair| {
            let name = pair.split(|&byte| byte == b'=').next().unwrap_or_default();
            std::str::from_utf8(name.trim_ascii()).ok()
        });
        for name in names {
            exchange.set_cookies.extend(cookies::take_back(name, &served.site));
        }
    }

    /// The cookies as they go on to a sign-in page: without those of sessions that are over, or the product would take their
    /// people for signed in and send them back to us.
    pub(super) fn without_ended(&self, served: &Served, cookies: &mut Cookies) {
        let sessions = self.directory.sessions();
        if !sessions.has_over() {
            return;
        }
        let Some(line) = &cookies.forward else { return };
        let is_ended = |pair: &[u8]| {
            let known_by = self.identities.known_as(&served.site.id, std::iter::once(pair));
            known_by.into_iter().any(|credential| sessions.is_over(credential))
        };
        cookies.forward = cookies::retain(line, |pair| !is_ended(pair));
    }
}

/// The cookies (`NAME=value`) that a session is known by: those that the profile names, or all that may authenticate.
fn lasting_cookies<'a>(line: &'a HeaderValue, served: &'a Served) -> Vec<&'a [u8]> {
    let profile = &served.site.profile;
    let all: Vec<&[u8]> = cookies::credentials(line, profile).collect();
    let is_named = |pair: &&[u8]| {
        let name = pair.split(|&byte| byte == b'=').next().unwrap_or_default().trim_ascii();
        profile.credential_cookies.iter().any(|known| known.as_bytes() == name)
    };
    let named: Vec<&[u8]> = all.iter().copied().filter(is_named).collect();
    if named.is_empty() { all } else { named }
}

/// The product's sign-in page, with the way back; where the profile names none, the page itself, which leads there.
fn sign_in_page(served: &Served, return_to: &ReturnTarget) -> ReturnTarget {
    let site = &served.site;
    let page = site.profile.login.iter().find(|page| page.method == http::Method::GET);
    let Some(page) = page else { return return_to.clone() };
    if site.product == Product::Generic {
        return ReturnTarget::parse(&format!("{}{}", site.prefix, page.path));
    }
    // The product adds its own prefix to it.
    let target = return_to.as_str().strip_prefix(site.prefix.as_str()).unwrap_or("/");
    let target = utf8_percent_encode(target, RETURN_SET);
    ReturnTarget::parse(&format!("{}{}?os_destination={target}", site.prefix, page.path))
}
