//! The data plane: each request goes through the phases below, in this order, and nothing reaches an upstream without a
//! `Permit` from `domain::decide`.
//!
//! limit → canonicalise → route → classify → identify → decide → respond, or forward → watch → outlive → record. A warm request asks
//! neither store nor product, holds no lock across an await, and checks no public-key signature.

mod authenticators;
mod body;
mod browsers;
mod challenge;
mod client;
pub mod cookies;
mod decisions;
mod exchange;
mod form;
mod forward;
mod frames;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod handover;
mod handshake;
mod headers;
mod held;
mod homes;
mod jar;
mod judge;
mod lane;
mod languages;
mod lasting;
mod loops;
mod mobile;
mod own;
mod pages;
mod pass;
mod plan;
mod query;
mod record;
pub mod rehearse;
mod relay;
mod respond;
mod route;
mod sign_ins;
mod stream;
mod target;
mod token;
mod told;
mod upload;
mod upstream;
mod verdict;
mod watch;
mod websocket;
pub mod wire;

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use arc_swap::ArcSwap;
use futures_util::FutureExt as _;
use http::header::{CONTENT_LENGTH, UPGRADE};
use http::request::Parts;
use http::{Request, Response, Version};
use hyper::body::{Body as _, Incoming};

use crate::actions::Actions;
use crate::actions::decisions::Decisions;
use crate::clock::{Clock, stopwatch};
use crate::config::settings::Settings;
use crate::directory::Directory;
use crate::domain::decision::{Decision, Reason};
use crate::domain::lane::Lane;
use crate::entropy::Entropy;
use crate::identity::Identities;
use crate::identity::assertion::Assertions;
use crate::telemetry::access_line::LoggedPath;
use crate::telemetry::access_log::AccessLog;
use crate::telemetry::labels::DecisionLabel;
use crate::telemetry::metrics::{Held, Metrics, NO_SITE};
use crate::telemetry::receipt::Receipt;

use body::Body;
use client::client_address;
use cookies::Cookies;
use exchange::{Exchange, Refused};
use plan::Plan;
use record::Record;
use route::{RouteError, Served};
use sign_ins::SignIns;
use stream::Sockets;
use upstream::Upstream;
use wire::{Connection, Crowd};

/// What the data plane works with.
pub struct Components {
    /// The tables.
    pub directory: Arc<Directory>,
    /// Who is it.
    pub identities: Identities,
    /// What is done through the store.
    pub actions: Arc<Actions>,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// One line per request.
    pub access_log: AccessLog,
    /// What signs for upstreams.
    pub assertions: Assertions,
    /// What takes in what was decided.
    pub decisions: Decisions,
}

/// The data plane. One per process, shared by all workers.
pub struct Gateway {
    plan: ArcSwap<Plan>,
    directory: Arc<Directory>,
    identities: Identities,
    actions: Arc<Actions>,
    clock: Clock,
    entropy: Entropy,
    metrics: Arc<Metrics>,
    access_log: AccessLog,
    /// Who is connected.
    crowd: Crowd,
    assertions: Assertions,
    decisions: Decisions,
    /// The WebSockets that are open.
    sockets: Sockets,
    /// Whose sessions began here and are nobody's yet.
    sign_ins: SignIns,
    /// The site of requests that name none of ours.
    nowhere: Arc<str>,
}

impl Gateway {
    /// A gateway that serves what `settings` say.
    pub fn new(settings: &Settings, components: Components) -> Self {
        let Components {
            directory,
            identities,
            actions,
            clock,
            entropy,
            metrics,
            access_log,
            assertions,
            decisions,
        } = components;
        Self {
            plan: ArcSwap::from_pointee(Plan::new(settings, &metrics)),
            directory,
            identities,
            actions,
            clock,
            entropy,
            metrics,
            access_log,
            crowd: Crowd::default(),
            assertions,
            decisions,
            sockets: Sockets::default(),
            sign_ins: SignIns::new(),
            nowhere: NO_SITE.into(),
        }
    }

    /// Serves requests that begin from now on by other settings.
    pub fn reload(&self, settings: &Settings) {
        self.plan.store(Arc::new(Plan::new(settings, &self.metrics)));
    }

    /// Lets go of what is remembered beyond its time.
    pub fn sweep(&self) {
        self.identities.sweep();
        self.assertions.sweep(self.clock.now());
    }

    /// Answers one request. Whatever goes wrong inside, it is answered and the process lives.
    async fn handle(
        self: &Arc<Self>,
        upstream: &Upstream,
        connection: &Connection,
        request: Request<Incoming>,
    ) -> Response<Body> {
        let (parts, body) = request.into_parts();
        // A stream of HTTP/2 ends alone: there an unread body is no reason to end the connection. What follows a refused
        // handshake was meant for a socket, and must not be read as a request.
        let may_go_on =
            parts.version < Version::HTTP_2 && (!body.is_end_stream() || parts.headers.contains_key(UPGRADE));
        let mut exchange = self.exchange(connection, &parts, may_go_on);
        let answer = self.answer(&mut exchange, connection, upstream, parts, body);
        let answer = AssertUnwindSafe(answer).catch_unwind().await;
        let response = match answer {
            Ok(Ok(response)) => response,
            Ok(Err(refused)) => {
                let response = exchange.refuse(refused);
                self.keep_refusal(&exchange);
                response
            }
            Err(_) => {
                tracing::error!(receipt = %exchange.record.receipt, "a request panicked; it was answered with 500");
                exchange.refuse(Reason::Internal.into())
            }
        };
        exchange.finish(response)
    }

    async fn answer(
        self: &Arc<Self>,
        exchange: &mut Exchange,
        connection: &Connection,
        upstream: &Upstream,
        mut parts: Parts,
        body: Incoming,
    ) -> Result<Response<Body>, Refused> {
        if connection.is_crowded {
            return Err(Reason::TooManyConnections.into());
        }
        let plan = Arc::clone(&exchange.plan);
        let Admitted { served, mut cookies, lane } = admit(&plan, exchange, connection, &parts)?;
        if lane == Lane::Api {
            exchange.authorization = self.presented(&parts, &served.site);
        }
        target::name_host(&mut parts);
        if lane == Lane::Own {
            return Box::pin(self.own(exchange, served, cookies, &parts, body)).await;
        }
        if lane == Lane::Public && lane::is_login(&parts, &served.site) {
            self.without_ended(served, &mut cookies);
        }
        let judged = self.judge(exchange, served, lane, &cookies).await;
        exchange.decided(&judged.decision);
        if let Decision::Pass(_) = judged.decision {
            self.note_use(exchange, served, &parts, &judged);
            target::check_forwarded(&parts, &served.site, lane)?;
        }
        match judged.decision {
            Decision::Pass(permit) if lane == Lane::Websocket => {
                Box::pin(self.tunnel(exchange, served, permit, judged, cookies, parts, body)).await
            }
            Decision::Pass(permit) => {
                let (request, asked) =
                    self.prepare(exchange, served, &permit, &judged, cookies, parts, body)?;
                let begun = stopwatch();
                let answer = upstream.send(&served.site.upstream, request).await;
                exchange.record.upstream = Some(begun.elapsed());
                self.hand_on(exchange, served, judged, asked, answer).await
            }
            decision => {
                self.note_refusal(exchange, served, &judged);
                self.turn_away(exchange, served, &cookies, &judged);
                if matches!(decision, Decision::Challenge(_)) && lane::is_form_post(&parts) {
                    return Ok(Box::pin(self.interrupt(
                        exchange,
                        served,
                        &cookies,
                        &judged.session,
                        &parts,
                        body,
                    ))
                    .await);
                }
                Err(Refused::by(&decision))
            }
        }
    }

    fn exchange(&self, connection: &Connection, parts: &Parts, has_body: bool) -> Exchange {
        let plan = self.plan.load_full();
        let trusted = if connection.may_forward { plan.trusted_proxies.as_slice() } else { &[] };
        let client = client_address(connection.peer, &parts.headers, trusted);
        let record = self.record(parts, client);
        Exchange::new(plan, connection, record, parts, has_body)
    }

    fn record(&self, parts: &Parts, client: IpAddr) -> Record {
        let length = parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        let logged = self.access_log.is_enabled();
        Record {
            log: self.access_log.clone(),
            metrics: Arc::clone(&self.metrics.unrouted),
            at: self.clock.now(),
            started: stopwatch(),
            receipt: Receipt::new(u64::from_be_bytes(self.entropy.bytes())),
            site: Arc::clone(&self.nowhere),
            method: parts.method.clone(),
            path: if logged { LoggedPath::new(parts.uri.path()) } else { LoggedPath::default() },
            lane: Lane::Anonymous,
            decision: DecisionLabel::Deny,
            reason: Reason::MalformedRequest,
            owner: None,
            status: None,
            upstream: None,
            client,
            request_bytes: length.and_then(|length| length.parse().ok()).unwrap_or(0),
            response_bytes: 0,
            _in_flight: Held::new(&self.metrics.requests_in_flight),
        }
    }
}

/// A request that some site of ours would serve, as far as its head says.
struct Admitted<'a> {
    served: &'a Served,
    cookies: Cookies,
    lane: Lane,
}

/// The phases that read the head alone: limit, canonicalise, route, classify.
fn admit<'a>(
    plan: &'a Plan,
    exchange: &mut Exchange,
    connection: &Connection,
    parts: &Parts,
) -> Result<Admitted<'a>, Reason> {
    target::check_head(parts)?;
    let path = target::path(parts)?;
    let host = target::host(parts)?;
    let served = plan.routes.find(host, parts.uri.path()).map_err(|error| match error {
        RouteError::Malformed => Reason::AmbiguousHost,
        RouteError::Unknown => Reason::UnknownHost,
    })?;
    exchange.served_by(served, host);
    // Browsers reuse a connection for every name of its certificate; what TLS found out holds for one of them.
    if !connection.is_for(served.site.host.as_str()) {
        return Err(Reason::HostMismatch);
    }
    let mut cookies = connection.cookies.read(&parts.headers, &served.site, plan.scheme)?;
    if served.site.reads_address() {
        cookies.session = cookies.session.map(|key| key.at(exchange.client));
    }
    let lane = lane::classify(parts, &served.site, exchange.peer, path, &cookies, exchange.navigation)?;
    upload::check(parts, upload::max_bytes(&served.site, lane))?;
    exchange.record.lane = token::shown_lane(parts, &served.site, lane);
    exchange.app_sign_in = lane == Lane::Public && mobile::is_sign_in(parts, &served.site, exchange);
    Ok(Admitted { served, cookies, lane })
}
