//! Forward and watch: what a permitted request becomes on its way to the product, and its answer, held against the decision.

use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_TYPE, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, Response, response};
use hyper::body::{Body as _, Incoming};

use crate::actions::sign_out::Leaver;
use crate::connect::AnswerBody;
use crate::domain::account::Family;
use crate::domain::decision::{Credentials, Permit, Reason};
use crate::domain::lane::Lane;
use crate::domain::mode::Mode;
use crate::identity::{SessionIdentity, SessionKey};
use crate::telemetry::labels::{ChallengeEvent, UpstreamResult};

use super::Gateway;
use super::body::Body;
use super::cookies::{self, Cookies, OwnNames};
use super::exchange::{Exchange, Refused};
use super::forward::upstream_request;
use super::headers::{retain_set_cookies, scrub_response};
use super::judge::Judged;
use super::lane::is_logout;
use super::mobile::App;
use super::route::Served;
use super::sign_ins::Entrance;
use super::stream::{LAST_BYTES, Watched, take_proof};
use super::upload::{self, Upload};
use super::watch::{Seen, says_signed_out, watch};

impl Gateway {
    /// Makes the request that the permit allows, and keeps what its answer is read by.
    #[expect(clippy::too_many_arguments, reason = "each is one thing the earlier phases found out")]
    pub(super) fn prepare(
        &self,
        exchange: &Exchange,
        served: &Served,
        permit: &Permit,
        judged: &Judged,
        mut cookies: Cookies,
        parts: Parts,
        body: Incoming,
    ) -> Result<(Request<Upload>, Asked), Refused> {
        let lane = exchange.record.lane;
        let may_sign_in = !parts.method.is_safe();
        let asked = Asked {
            lane,
            credentials: permit.forward(),
            may_sign_in,
            signs_out: lane == Lane::Public && is_logout(&parts, &served.site),
            browser: Browser::of(&cookies, &parts.headers, exchange.plan.names),
            app: self.app(exchange, served, judged, &cookies),
            left: if lane == Lane::Public { cookies.forward.clone() } else { None },
            entrance: self.entrance(served, lane, may_sign_in, judged, &cookies),
            proof: take_proof(&mut cookies, &served.site),
        };
        let mut request = upstream_request(
            parts,
            Upload::new(body, upload::max_bytes(&served.site, lane)),
            permit,
            &served.site,
            cookies,
            exchange.client_value.clone(),
            exchange.plan.scheme,
        );
        self.tell(request.headers_mut(), &served.site, lane, permit, judged, exchange.record.receipt)?;
        Ok((request, asked))
    }

    /// Hands an answer on, unless it is for somebody else.
    pub(super) async fn hand_on(
        self: &Arc<Self>,
        exchange: &mut Exchange,
        served: &Served,
        judged: Judged,
        asked: Asked,
        answer: Result<Response<AnswerBody<Upload>>, Reason>,
    ) -> Result<Response<Body>, Refused> {
        if let Some(result) = result_label(&answer) {
            served.metrics.upstream_requests.count(result);
        }
        let (mut head, body) = answer?.into_parts();
        scrub_response(&mut head.headers);
        let seen = self.seen(served, &judged, &asked, &mut head)?;
        let person = match &judged.session {
            Some(SessionIdentity::Person(person)) => Some(person),
            _ => None,
        };
        if seen.forget || seen.signed_out {
            Box::pin(self.follow_session(served, person, asked.left.as_ref(), &head.headers)).await;
        }
        if let Some(entrance) = asked.entrance {
            self.sign_ins.begin(&self.identities, served, entrance, &head.headers, self.clock.now());
        }
        if let Some(app) = asked.app {
            Box::pin(self.attend_app(exchange, served, &judged, app, &head.headers, seen.signed_out)).await;
        }
        self.heed(exchange, served, &judged, &asked.browser, seen).await;
        let may_end =
            asked.lane != Lane::Public && matches!(judged.session, Some(SessionIdentity::Person(_)));
        // What is here in whole is on its way already.
        let is_open = may_end && !body.is_whole();
        let watched = is_open.then(|| Watched::new(self, served, asked.lane, judged.session, asked.proof));
        let body = passed_on(&head.headers, body, watched);
        Ok(Response::from_parts(head, body))
    }

    /// Holds an answer against what was asked, and takes from it what may not come back on that lane.
    fn seen(
        &self,
        served: &Served,
        judged: &Judged,
        asked: &Asked,
        answer: &mut response::Parts,
    ) -> Result<Seen, Refused> {
        let (headers, browser) = (&mut answer.headers, &asked.browser);
        // A visitor whose credentials nobody recognised is answered like one who brought none.
        let is_visitor = matches!(judged.session, Some(SessionIdentity::Unrecognised));
        let mut seen = match (asked.credentials, asked.lane) {
            (Credentials::None, _) if is_visitor => self.watch(served, judged, browser, headers)?,
            // The session that it begins is judged at its next request, like any other. That of the cookies stayed here, so
            // nothing that the answer says is about its end.
            (_, Lane::SignIn) => Seen { forget: true, signed_out: false },
            (Credentials::Authorization, _) => {
                self.watch_token(served, judged.owner.as_ref(), headers)?;
                // A session born from a token must not live on without it.
                retain_set_cookies(headers, |name| {
                    std::str::from_utf8(name).is_ok_and(|name| served.site.profile.is_harmless(name))
                });
                Seen::default()
            }
            (Credentials::None, _) => {
                // A stranger's form token, or a balancer's choice, would take the place of the person's own.
                headers.remove(SET_COOKIE);
                // A hook may say in whose name it acted; a page that nobody signed in for is nobody's.
                if !asked.may_sign_in {
                    watch(headers, &served.site, &SessionIdentity::Anonymous)?;
                }
                Seen::default()
            }
            (_, Lane::Public) => {
                let failed = answer.status.is_server_error() || answer.status.is_client_error();
                Seen { forget: true, signed_out: (asked.signs_out && !failed) || says_signed_out(headers) }
            }
            _ => self.watch(served, judged, browser, headers)?,
        };
        // Products take a sign-in at more pages than a profile lists, and not all of them change the cookie by it: nobody
        // is not remembered beyond a request that may have made somebody of them.
        seen.forget |= asked.may_sign_in && matches!(judged.session, Some(SessionIdentity::Anonymous));
        Ok(seen)
    }

    /// Holds an answer against the decision; where it is for somebody else, what was known of the session is forgotten.
    pub(super) fn watch(
        &self,
        served: &Served,
        judged: &Judged,
        browser: &Browser,
        headers: &HeaderMap,
    ) -> Result<Seen, Refused> {
        if !served.site.judges() {
            return Ok(Seen::default());
        }
        let session = judged.session.as_ref().unwrap_or(&SessionIdentity::Anonymous);
        let seen = watch(headers, &served.site, session).inspect_err(|_| self.forget(browser));
        // Where decisions are only reported, an answer for somebody else goes on, and whose session it is is asked anew.
        if served.site.mode == Mode::Report { Ok(seen.unwrap_or_default()) } else { Ok(seen?) }
    }

    /// Acts on what an answer said of the session.
    pub(super) async fn heed(
        &self,
        exchange: &mut Exchange,
        served: &Served,
        judged: &Judged,
        browser: &Browser,
        seen: Seen,
    ) {
        if seen.forget || seen.signed_out {
            self.forget(browser);
        }
        if !seen.signed_out {
            return;
        }
        let (names, scheme) = (exchange.plan.names, exchange.plan.scheme);
        let kept = [(browser.has_proof, names.proof), (browser.home.is_some(), names.home)];
        exchange.set_cookies.extend(
            kept.iter().filter(|(is_kept, _)| *is_kept).map(|(_, name)| cookies::clear(name, scheme)),
        );
        let Some(SessionIdentity::Person(person)) = &judged.session else { return };
        let Some(email) = person.email.clone() else { return };
        // What was verified here, and what the home host's record of this browser vouches for elsewhere.
        let vouched = browser.home.as_ref().and_then(|record| self.vouched(served, &email, record));
        let mut families: Vec<Family> = judged.family.into_iter().chain(vouched).collect();
        families.dedup();
        if families.is_empty() {
            return;
        }
        // Here and now first: whatever the store does, these proofs have ended in this process.
        families.iter().for_each(|family| self.directory.revoke(*family, self.clock.now()));
        self.metrics.challenges.count(ChallengeEvent::SignedOut);
        let (organization, site) = (served.site.organization.id.clone(), Arc::clone(&served.site.id));
        let address = exchange.client;
        self.actions.sign_out(Leaver { families, email, organization, site, address }).await;
    }

    fn forget(&self, browser: &Browser) {
        if let Some(key) = &browser.session {
            self.identities.forget(key);
        }
    }
}

/// An answer's body as it goes on. One whose end is announced may come to it after a lapse; a stream of events, or whatever
/// else could go on for ever, may not.
pub(super) fn passed_on(headers: &HeaderMap, body: AnswerBody<Upload>, watched: Option<Watched>) -> Body {
    let Some(watched) = watched else { return Body::passing(body) };
    let is_events = headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().to_ascii_lowercase().starts_with(b"text/event-stream"));
    let ends = !is_events && body.size_hint().exact().is_some();
    Body::passing(body).watched(watched, if ends { LAST_BYTES } else { Duration::ZERO })
}

/// What of a request its answer is read by.
pub(super) struct Asked {
    lane: Lane,
    /// What went upstream.
    credentials: Credentials,
    /// Whether its method may make somebody of nobody.
    may_sign_in: bool,
    /// Whether it went to a sign-out page.
    signs_out: bool,
    browser: Browser,
    /// The mobile app that may be asking.
    app: Option<App>,
    /// The cookies of a session that the answer may end or follow.
    left: Option<HeaderValue>,
    /// How a session may begin by it.
    entrance: Option<Entrance>,
    /// What proves who it is, for as long as the answer lasts.
    proof: Cookies,
}

/// What is still needed of the cookies when they are on their way upstream.
pub(super) struct Browser {
    session: Option<SessionKey>,
    has_proof: bool,
    /// A home host's record, unchecked.
    home: Option<Box<[u8]>>,
}

impl Browser {
    pub(super) fn of(cookies: &Cookies, headers: &HeaderMap, names: OwnNames) -> Self {
        // An answer may call itself a sign-out at any page, and by then the request is gone.
        let home = if cookies.has_home { cookies::own(headers, names.home).map(Box::from) } else { None };
        Self { session: cookies.session, has_proof: cookies.proof.is_some(), home }
    }
}

/// What came of asking; `None` where the client's body was cut, which says nothing about the product.
fn result_label(answer: &Result<Response<AnswerBody<Upload>>, Reason>) -> Option<UpstreamResult> {
    match answer {
        Ok(_) => Some(UpstreamResult::Ok),
        Err(Reason::UpstreamTimeout) => Some(UpstreamResult::Timeout),
        Err(Reason::UpstreamUnreachable) => Some(UpstreamResult::Unreachable),
        Err(_) => None,
    }
}
