//! Mobile apps: a session that begins in an app's web view is enrolled, where the site says so, and passes without a code.
//!
//! What counts is the session's cookies, as the product set them in answer to a sign-in. The User-Agent only says at which
//! sign-ins to look; it is never looked at again.

use std::sync::Arc;
use std::time::Duration;

use http::header::{self, HeaderMap, HeaderValue};
use http::request::Parts;

use crate::actions::StoreError;
use crate::actions::enroll_mobile::AppSession;
use crate::config::settings::{Site, WebSessions};
use crate::domain::account::{Class, CookieSet};
use crate::domain::decide::class;
use crate::domain::enrolment::Enrolment;
use crate::identity::{Identity, Presented, SessionIdentity, SessionKey};
use crate::telemetry::labels::EnrolmentEvent;

use super::Gateway;
use super::cookies::{self, Cookies};
use super::exchange::Exchange;
use super::headers::set_cookie_name;
use super::jar::Jar;
use super::judge::{Judged, session_fact};
use super::lane::is_login;
use super::route::Served;
use super::watch::{named_user, names_user, sets_credentials};

/// How long the old cookies of a session pass when the product has set new ones: requests with them are under way.
const LINGER: Duration = Duration::from_secs(60);

/// What is still needed of a request at a site that enrolls apps, when it is on its way upstream.
pub(super) struct App {
    /// What was forwarded.
    cookies: Option<HeaderValue>,
    /// The credentials among that.
    set: Option<CookieSet>,
    /// Whether a session that the answer begins is to be enrolled.
    signs_in: bool,
}

/// Whether a request is a sign-in that a session of an app may begin with.
pub(super) fn is_sign_in(parts: &Parts, site: &Site, exchange: &Exchange) -> bool {
    let mobile = &site.mobile;
    let agent = parts.headers.get(header::USER_AGENT).map_or(&b""[..], HeaderValue::as_bytes);
    mobile.web_sessions == WebSessions::Pass
        && site.judges()
        && !parts.method.is_safe()
        && is_login(parts, site)
        && memchr::memmem::find(agent, mobile.user_agent.as_bytes()).is_some()
        && (mobile.networks.is_empty()
            || mobile.networks.iter().any(|network| network.contains(&exchange.client)))
        && (!mobile.client_certificate || exchange.client_certificate)
}

impl Gateway {
    /// As which app's session a person's cookies are enrolled. Cookies that carry another person than the one who signed in
    /// are of no app's session any more.
    pub(super) fn enrolment(
        &self,
        served: &Served,
        cookies: &Cookies,
        person: &Identity,
    ) -> Option<Enrolment> {
        if served.site.mobile.web_sessions == WebSessions::Challenge || !self.directory.has_enrolments() {
            return None;
        }
        let set = self.cookie_set(served, cookies)?;
        let enrolment =
            self.directory.enrolment(set).filter(|enrolment| enrolment.ends_at > self.clock.now())?;
        if enrolment.subject != person.subject {
            self.end_here(&enrolment, EnrolmentEvent::WrongUser);
            let (actions, owner) = (Arc::clone(&self.actions), served.site.organization.id.clone());
            tokio::spawn(async move { actions.end_mobile(owner, enrolment, "wrong_user").await });
            return None;
        }
        Some(enrolment)
    }

    /// What to remember of a request; `None` at a site that enrolls nobody.
    pub(super) fn app(
        &self,
        exchange: &Exchange,
        served: &Served,
        judged: &Judged,
        cookies: &Cookies,
    ) -> Option<App> {
        if served.site.mobile.web_sessions == WebSessions::Challenge || !served.site.judges() {
            return None;
        }
        // Who was signed in before, by whichever cookie, may have given a wrong password now.
        let was_nobody =
            cookies.session.is_none() || matches!(judged.session, Some(SessionIdentity::Anonymous));
        Some(App {
            cookies: cookies.forward.clone(),
            set: self.cookie_set(served, cookies),
            signs_in: exchange.app_sign_in && was_nobody,
        })
    }

    /// Acts on what an answer does to an app's session: it begins, gets other cookies, or ends.
    pub(super) async fn attend_app(
        &self,
        exchange: &mut Exchange,
        served: &Served,
        judged: &Judged,
        app: App,
        headers: &HeaderMap,
        signed_out: bool,
    ) {
        let enrolment = app.set.and_then(|set| self.directory.enrolment(set));
        if signed_out {
            if let Some(enrolment) = enrolment.filter(|enrolment| enrolment.ends_at > self.clock.now()) {
                self.end_here(&enrolment, EnrolmentEvent::SignedOut);
                let owner = served.site.organization.id.clone();
                self.actions.end_mobile(owner, enrolment, "signed_out").await;
            }
            return;
        }
        let questions = std::mem::take(&mut exchange.set_cookies);
        if sets_credentials(headers, &served.site) || !questions.is_empty() {
            let mut jar = Jar::of(app.cookies.as_ref(), &served.site.profile, self.clock.now());
            // In the order in which the browser will see them.
            headers.get_all(header::SET_COOKIE).iter().chain(&questions).for_each(|line| jar.hear(line));
            match (&judged.session, judged.enrolment) {
                // An answer for nobody begins a visitor's session, which is none of the app's.
                (Some(SessionIdentity::Person(_)), Some(_)) if is_for_nobody(headers) => {}
                (Some(SessionIdentity::Person(person)), Some(old)) => {
                    self.renew(served, person, &old, &jar).await;
                }
                _ if app.signs_in => self.enroll(exchange, served, jar).await,
                _ => {}
            }
        }
        exchange.set_cookies.splice(0..0, questions);
    }

    /// Enrolls a session that an answer begins. The product is asked by the answer's own cookies alone: they must carry a
    /// person without what the browser had before, or a wrong password beside a stolen session would enroll that.
    async fn enroll(&self, exchange: &mut Exchange, served: &Served, mut jar: Jar<'_>) {
        let site = &served.site;
        let (true, Some(line)) = (jar.has_new_credentials(), jar.line_of_new()) else { return };
        let mut key = SessionKey::of(&site.id, cookies::credentials(&line, &site.profile));
        if site.reads_address() {
            key = key.at(exchange.client);
        }
        let presented = Presented { cookies: Some(&line), headers: &[], client: exchange.client };
        let resolved = self.identities.resolve(site, &served.metrics, &key, presented).await;
        for line in resolved.set_cookies.into_iter().filter(|line| !cookies::is_own(set_cookie_name(line))) {
            jar.hear(&line);
            exchange.set_cookies.push(line);
        }
        let SessionIdentity::Person(person) = &resolved.session else { return };
        let frequency = self.external_policy(served, person).frequency;
        let class = {
            let session = session_fact(Some(&resolved.session), self.state(Some(&resolved.session)), None);
            class(&self.directory.snapshot(), &site.organization.id, session)
        };
        let Some(cookies) = self.identities.cookie_set(&site.id, jar.credentials()) else { return };
        self.note_sign_in_with(exchange.client, served, cookies, person);
        // Managed people pass anyway.
        if class == Class::Managed {
            return;
        }
        let now = self.clock.now();
        let ends_at = now.saturating_add(frequency).unwrap_or(now);
        let enrolment =
            Enrolment { cookies, subject: person.subject, signed_in_at: now, ends_at, changed_at: now };
        let session = self.app_session(served, person, enrolment, &jar);
        let kept = self.actions.enroll_mobile(session.clone()).await;
        self.enrolled(kept, &session, EnrolmentEvent::Enrolled);
    }

    /// Enrolls the cookies that an enrolled session has now, until the end that it had.
    async fn renew(&self, served: &Served, person: &Identity, old: &Enrolment, jar: &Jar<'_>) {
        let Some(cookies) = self.identities.cookie_set(&served.site.id, jar.credentials()) else { return };
        if cookies == old.cookies {
            return;
        }
        let now = self.clock.now();
        let frequency = self.external_policy(served, person).frequency;
        // Not from the old state, which another answer may have let linger only.
        let ends_at = old.signed_in_at.saturating_add(frequency).unwrap_or(now);
        let new = Enrolment { cookies, ends_at, changed_at: now, ..*old };
        // Cookies that only came on top leave what an app has when it is started anew.
        let lingers_until = now.saturating_add(LINGER).unwrap_or(now).min(old.ends_at);
        let replaced = jar.has_lost_credentials.then_some((old.cookies, lingers_until));
        let session = self.app_session(served, person, new, jar);
        let kept = self.actions.renew_mobile(session.clone(), replaced).await;
        if kept.is_ok() && replaced.is_some() {
            self.directory.hear_enrolment(&Enrolment { ends_at: lingers_until, changed_at: now, ..*old });
        }
        self.enrolled(kept, &session, EnrolmentEvent::Renewed);
    }

    fn enrolled(&self, kept: Result<(), StoreError>, session: &AppSession, event: EnrolmentEvent) {
        match kept {
            Ok(()) => {
                self.directory.hear_enrolment(&session.enrolment);
                if let Some(cookies) = session.lasting {
                    self.directory.hear_enrolment(&Enrolment { cookies, ..session.enrolment });
                }
                self.metrics.mobile_enrolments.count(event);
            }
            Err(error) => {
                self.metrics.mobile_enrolments.count(EnrolmentEvent::Failed);
                tracing::error!(%error, "an app's session could not be kept, so it is not enrolled");
            }
        }
    }

    fn app_session(
        &self,
        served: &Served,
        person: &Identity,
        enrolment: Enrolment,
        jar: &Jar<'_>,
    ) -> AppSession {
        let site = Arc::clone(&served.site.id);
        let lasting = self.identities.cookie_set(&site, jar.lasting_credentials());
        let email = person.email.as_ref().map(|email| email.as_str());
        let person = email.unwrap_or(&person.username).to_owned();
        let lasting = lasting.filter(|&set| set != enrolment.cookies);
        let organization = served.site.organization.id.clone();
        AppSession { enrolment, lasting, organization, site, person }
    }

    /// Here and now first: whatever the store does, it has ended in this process.
    fn end_here(&self, enrolment: &Enrolment, why: EnrolmentEvent) {
        let now = self.clock.now();
        self.directory.end_sign_in(enrolment.subject, enrolment.signed_in_at, now);
        self.metrics.mobile_enrolments.count(why);
    }

    /// An app's session is its cookies alone: one in a header beside them is nobody's that was enrolled.
    fn cookie_set(&self, served: &Served, cookies: &Cookies) -> Option<CookieSet> {
        let (site, true) = (&served.site, cookies.headers.is_empty()) else { return None };
        let credentials = cookies::credentials(cookies.forward.as_ref()?, &site.profile);
        self.identities.cookie_set(&site.id, credentials)
    }
}

fn is_for_nobody(headers: &HeaderMap) -> bool {
    named_user(headers).is_ok_and(|name| name.is_some_and(|name| names_user(name, "anonymous")))
}
