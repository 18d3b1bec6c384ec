//! WebSockets: decided before the 101, from this site's own pages only, and closed when the decision no longer holds.
//!
//! Each has an upstream connection of its own: an upgraded connection never goes back to a pool. What a client sends before
//! the 101 waits here, so nothing of it is ever read as a request. The bytes afterwards are carried by `relay.rs`.

use std::sync::Arc;
use std::time::Duration;

use http::header::{self, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use crate::config::settings::Upstream;
use crate::connect;
use crate::domain::decision::{Permit, Reason};
use crate::domain::lane::Lane;
use crate::telemetry::labels::StreamEnd;
use crate::telemetry::metrics::Held;

use super::Gateway;
use super::body::Body;
use super::cookies::Cookies;
use super::exchange::{Exchange, Refused};
use super::forward::upstream_request;
use super::headers::scrub_response;
use super::judge::Judged;
use super::pass::{Browser, passed_on};
use super::relay::relay;
use super::route::Served;
use super::stream::{Ending, Watched, take_proof};
use super::upstream::CONNECT;

/// How long a product may take to open the connection and to answer the handshake.
const HANDSHAKE: Duration = Duration::from_secs(60);

impl Gateway {
    /// Passes a handshake on, and after the upstream's 101 the bytes of both sides.
    #[expect(clippy::too_many_arguments, reason = "each is one thing the earlier phases found out")]
    pub(super) async fn tunnel(
        self: &Arc<Self>,
        exchange: &mut Exchange,
        served: &Served,
        permit: Permit,
        judged: Judged,
        mut cookies: Cookies,
        parts: Parts,
        body: Incoming,
    ) -> Result<Response<Body>, Refused> {
        check_origin(&parts, exchange)?;
        let browser = Browser::of(&cookies, &parts.headers, exchange.plan.names);
        let proof = take_proof(&mut cookies, &served.site);
        let mut client = Request::from_parts(parts, body);
        let client_side = hyper::upgrade::on(&mut client);
        let (parts, _) = client.into_parts();
        let (asker, scheme) = (exchange.client_value.clone(), exchange.plan.scheme);
        let mut request =
            upstream_request(parts, Body::empty(), &permit, &served.site, cookies, asker, scheme);
        name_upgrade(request.headers_mut());
        let receipt = exchange.record.receipt;
        self.tell(request.headers_mut(), &served.site, Lane::Websocket, &permit, &judged, receipt)?;
        let handshake = tokio::time::timeout(HANDSHAKE, shake_hands(&served.site.upstream, request));
        let mut answer = handshake.await.map_err(|_| Reason::UpstreamTimeout)??;
        let seen = self.watch(served, &judged, &browser, answer.headers())?;
        self.heed(exchange, served, &judged, &browser, seen).await;
        let watched = Watched::new(self, served, Lane::Websocket, judged.session, proof);
        if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Ok(plain_answer(answer, watched));
        }
        let upstream_side = hyper::upgrade::on(&mut answer);
        let (gateway, mask) = (Arc::clone(self), self.entropy.bytes());
        self.sockets.run(async move {
            let (Ok(client), Ok(upstream)) = tokio::join!(client_side, upstream_side) else { return };
            let _open = Held::new(&gateway.metrics.websockets);
            let ended = gateway.until_closed(watched);
            relay(TokioIo::new(client), TokioIo::new(upstream), ended, mask).await;
        });
        let (mut head, _) = answer.into_parts();
        scrub_response(&mut head.headers);
        name_upgrade(&mut head.headers);
        Ok(Response::from_parts(head, Body::empty()))
    }

    /// Ends when an open socket must: with the decision, or with the gateway.
    async fn until_closed(self: &Arc<Self>, watched: Watched) -> Ending {
        tokio::select! {
            ending = watched.until_ended(Duration::ZERO) => ending,
            () = self.sockets.stopping() => {
                self.metrics.streams_ended.count(StreamEnd::Stopped);
                Ending::Stopping
            }
        }
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

fn name_upgrade(headers: &mut HeaderMap) {
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
}

async fn shake_hands(upstream: &Upstream, request: Request<Body>) -> Result<Response<Incoming>, Reason> {
    let unreachable = |_| Reason::UpstreamUnreachable;
    let opened = connect::open(upstream, CONNECT).await;
    let stream = opened.map_err(|_| Reason::UpstreamUnreachable)?;
    let (mut sender, connection) = http1::handshake(stream).await.map_err(unreachable)?;
    tokio::spawn(connection.with_upgrades());
    sender.send_request(request).await.map_err(unreachable)
}

/// The upstream declined: its answer goes on like any other, and is the last on this connection, as what follows on it was
/// meant for a socket.
fn plain_answer(answer: Response<Incoming>, watched: Watched) -> Response<Body> {
    let (mut head, body) = answer.into_parts();
    scrub_response(&mut head.headers);
    head.headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    let body = passed_on(&head.headers, body.into(), Some(watched));
    Response::from_parts(head, body)
}
