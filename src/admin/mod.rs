//! The admin listener: what operators and their monitoring ask of a running gateway.
//!
//! It is never reachable through the data plane. Every request passes [`host`] first. Start with [`router`]; failures are
//! shaped in [`problem`], probes are in [`health`].

pub mod api;
pub mod health;
pub mod host;
pub mod problem;

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::State;
use axum::extract::connect_info::Connected;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::IncomingStream;
use axum::{Router, middleware};
use tokio::net::TcpListener;

use crate::telemetry::metrics::Metrics;

use health::Check;
use problem::Problem;

/// What the admin listener shows.
#[derive(Clone)]
pub struct AdminState {
    /// What `/metrics` exposes.
    pub metrics: Arc<Metrics>,
    /// What must hold before traffic is sent here, in the order in which `/readyz` lists it.
    pub checks: Arc<[Check]>,
}

/// All of the admin listener: its own pages, and the API. It answers to these names besides its own.
pub fn router(state: AdminState, api: Router, names: host::Names) -> Router {
    Router::new()
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics))
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "There is no such page here."))
        .method_not_allowed_fallback(async || {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "This page does not take this method.")
        })
        .with_state(state)
        .merge(api)
        .layer(middleware::from_fn_with_state(names, host::require_own))
}

/// Answers until `shutdown` is done, and then finishes what is open. The caller bounds how long that may take.
///
/// # Errors
/// None in practice: a failing `accept` is tried again.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let service = router.into_make_service_with_connect_info::<Ends>();
    axum::serve(listener, service).with_graceful_shutdown(shutdown).await
}

/// The two ends of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Ends {
    /// The address of ours that a client connected to; the listener itself may be bound to all of them.
    pub local: Option<IpAddr>,
    /// Who connected.
    pub peer: IpAddr,
}

impl Connected<IncomingStream<'_, TcpListener>> for Ends {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        let local = stream.io().local_addr().ok().map(|address| address.ip().to_canonical());
        Self { local, peer: stream.remote_addr().ip().to_canonical() }
    }
}

async fn metrics(State(state): State<AdminState>) -> Response {
    match state.metrics.expose() {
        Ok(text) => ([(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be exposed");
            Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The metrics cannot be exposed; the log says why.",
            )
            .into_response()
        }
    }
}
