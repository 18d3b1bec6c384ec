//! The connections to product servers: pooled per worker, one pool for requests and none for upgrades.

use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use crate::domain::decision::Reason;

use super::body::Body;

/// How long a connection may take to open.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a product may take to begin its answer once it has the whole request: as long as the vendor's own front end
/// allows for a read is 60 s; large uploads need more, so this bounds a hang, not a slow page.
const ANSWER: Duration = Duration::from_secs(300);
/// How long an idle connection is kept: less than the 20 s after which Tomcat closes it.
const IDLE: Duration = Duration::from_secs(15);

/// One worker's upstream connections.
pub struct Upstream {
    client: Client<HttpConnector, Body>,
}

impl Upstream {
    /// An empty pool.
    pub fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .set_host(false)
            .build(connector);
        Self { client }
    }

    /// Sends a request and waits for the head of its answer. A request is repeated only where no byte of it was sent.
    pub async fn send(&self, request: Request<Body>) -> Result<Response<Incoming>, Reason> {
        match tokio::time::timeout(ANSWER, self.client.request(request)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => {
                tracing::debug!(%error, "an upstream request failed");
                Err(Reason::UpstreamUnreachable)
            }
            Err(_) => Err(Reason::UpstreamTimeout),
        }
    }
}

impl Default for Upstream {
    fn default() -> Self {
        Self::new()
    }
}
