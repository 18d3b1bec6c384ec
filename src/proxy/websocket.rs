//! WebSockets: decided before the 101, from this site's own pages only, and closed when the decision no longer holds.
//!
//! Each has an upstream connection of its own: an upgraded connection never goes back to a pool.

use std::sync::Arc;
use std::time::Duration;

use http::header::{self, HeaderValue};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use crate::config::settings::Upstream;
use crate::connect::Connector;
use crate::domain::decision::{Decision, Permit, Reason};
use crate::domain::lane::Lane;

use super::Gateway;
use super::body::Body;
use super::cookies::Cookies;
use super::exchange::{Exchange, Refused};
use super::forward::upstream_request;
use super::headers::{remove_hop_by_hop, scrub_response};
use super::judge::Judged;
use super::pass::Browser;
use super::route::Served;
use super::upstream::CONNECT;

/// How long a product may take to open the connection and to answer the handshake.
const HANDSHAKE: Duration = Duration::from_secs(60);

/// How often an open socket is judged again: the bound on how long it outlives a revocation.
const REJUDGE: Duration = Duration::from_secs(5);

impl Gateway {
    /// Passes a handshake on, and after the upstream's 101 the bytes of both sides.
    #[expect(clippy::too_many_arguments, reason = "each is one thing the earlier phases found out")]
    pub(super) async fn tunnel(
        self: &Arc<Self>,
        exchange: &mut Exchange,
        served: &Served,
        permit: Permit,
        judged: Judged,
        cookies: Cookies,
        parts: Parts,
        body: Incoming,
    ) -> Result<Response<Body>, Refused> {
        check_origin(&parts, exchange)?;
        let browser = Browser::of(&cookies);
        let watched = Watched::new(self, exchange, served, judged, &cookies);
        let mut client = Request::from_parts(parts, body);
        let client_side = hyper::upgrade::on(&mut client);
        let (parts, _) = client.into_parts();
        let (client_address, scheme) = (exchange.client, exchange.plan.scheme);
        let mut request =
            upstream_request(parts, Body::empty(), &permit, &served.site, cookies, client_address, scheme)?;
        name_upgrade(request.headers_mut());
        let handshake = tokio::time::timeout(HANDSHAKE, shake_hands(&served.site.upstream, request));
        let mut answer = handshake.await.map_err(|_| Reason::UpstreamTimeout)??;
        let seen = self.watch(served, &watched.judged, &browser, answer.headers())?;
        self.heed(exchange, served, &watched.judged, &browser, seen).await;
        if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Ok(plain_answer(answer));
        }
        let upstream_side = hyper::upgrade::on(&mut answer);
        tokio::spawn(async move {
            let (Ok(client), Ok(upstream)) = tokio::join!(client_side, upstream_side) else { return };
            let (mut client, mut upstream) = (TokioIo::new(client), TokioIo::new(upstream));
            tokio::select! {
                // Either side going away ends it; there is nobody left to tell.
                _ = tokio::io::copy_bidirectional(&mut client, &mut upstream) => {}
                () = watched.until_stale() => {}
            }
        });
        let (mut head, _) = answer.into_parts();
        remove_hop_by_hop(&mut head.headers);
        scrub_response(&mut head.headers);
        name_upgrade(&mut head.headers);
        Ok(Response::from_parts(head, Body::empty()))
    }
}

/// A browser says where a socket was opened from; another site must not speak with this one's cookies.
fn check_origin(parts: &Parts, exchange: &Exchange) -> Result<(), Refused> {
    let own = format!("{}://{}", exchange.plan.scheme.as_str(), exchange.host);
    match parts.headers.get(header::ORIGIN) {
        Some(origin) if !origin.as_bytes().eq_ignore_ascii_case(own.as_bytes()) => {
            Err(Reason::CrossSite.into())
        }
        _ => Ok(()),
    }
}

fn name_upgrade(headers: &mut http::HeaderMap) {
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
}

async fn shake_hands(upstream: &Upstream, mut request: Request<Body>) -> Result<Response<Incoming>, Reason> {
    let unreachable = |_| Reason::UpstreamUnreachable;
    let opened = Connector::to(upstream, CONNECT).open(request.uri().clone()).await;
    let stream = opened.map_err(|_| Reason::UpstreamUnreachable)?;
    let (mut sender, connection) = http1::handshake(stream).await.map_err(unreachable)?;
    tokio::spawn(connection.with_upgrades());
    // On a connection of its own the request names the path alone.
    let target = request.uri().path_and_query().cloned();
    *request.uri_mut() = target.map(http::Uri::from).ok_or(Reason::MalformedRequest)?;
    sender.send_request(request).await.map_err(unreachable)
}

/// The upstream declined: its answer goes on like any other.
fn plain_answer(answer: Response<Incoming>) -> Response<Body> {
    let (mut head, body) = answer.into_parts();
    remove_hop_by_hop(&mut head.headers);
    scrub_response(&mut head.headers);
    Response::from_parts(head, Body::passing(body))
}

/// What an open socket was permitted by, to be judged again.
struct Watched {
    gateway: Arc<Gateway>,
    served: Served,
    judged: Judged,
    cookies: Cookies,
    plan: Arc<super::plan::Plan>,
}

impl Watched {
    fn new(
        gateway: &Arc<Gateway>,
        exchange: &Exchange,
        served: &Served,
        judged: Judged,
        cookies: &Cookies,
    ) -> Self {
        Self {
            gateway: Arc::clone(gateway),
            served: served.clone(),
            judged,
            cookies: cookies.clone(),
            plan: Arc::clone(&exchange.plan),
        }
    }

    /// Ends when the decision that opened the socket is no longer a pass: the proof lapsed, or was revoked.
    async fn until_stale(self) {
        loop {
            tokio::time::sleep(REJUDGE).await;
            let session = self.judged.session.clone();
            let again =
                self.gateway.decide(&self.plan, &self.served, Lane::Websocket, &self.cookies, session);
            if !matches!(again.decision, Decision::Pass(_)) {
                return;
            }
        }
    }
}
