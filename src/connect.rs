//! The way to a product server: TCP, and TLS where the site asks for it, always verified against one name. Nothing else
//! opens a connection to a product.
//!
//! There is no switch that turns verification off, and a connection opened under one trust never serves another: each TLS
//! configuration has a pool of its own. What is sent, and for how long an answer is awaited, is the caller's business.

use std::error::Error;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Uri};
use http_body::Body;
use hyper_rustls::MaybeHttpsStream;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use crate::config::settings::{Upstream, UpstreamTls};

/// A connection to a product.
pub type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

/// Opens connections of one trust: all plain, or all by one TLS configuration.
#[derive(Clone)]
pub struct Connector {
    tcp: HttpConnector,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    /// How long TCP and TLS may take together.
    patience: Duration,
}

/// A connection could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody answers at the address, or the name has none.
    #[error("{}", reasons(.0.as_ref()))]
    Tcp(Box<dyn Error + Send + Sync>),
    /// The handshake failed; a certificate that is not trusted, above all.
    #[error("TLS: {0}")]
    Tls(io::Error),
    /// The server took too long.
    #[error("it took longer than {} s", .0.as_secs())]
    TooSlow(Duration),
}

impl Connector {
    /// A connector to this upstream.
    pub fn to(upstream: &Upstream, patience: Duration) -> Self {
        Self::new(upstream.tls.as_deref(), patience)
    }

    fn new(tls: Option<&UpstreamTls>, patience: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        // Whether a connection is protected is decided by `tls` alone, never by an address.
        tcp.enforce_http(false);
        let tls = tls.map(|tls| (TlsConnector::from(Arc::clone(&tls.client)), tls.name.clone()));
        Self { tcp, tls, patience }
    }

    /// Opens a connection to the host and port of `uri`. A failure is logged here, with the reason TLS gives.
    pub async fn open(mut self, uri: Uri) -> Result<Stream, ConnectError> {
        let address = uri.authority().cloned();
        let opened = tokio::time::timeout(self.patience, self.open_patiently(uri)).await;
        let opened = opened.unwrap_or(Err(ConnectError::TooSlow(self.patience)));
        opened.inspect_err(|error| {
            let upstream = address.map(tracing::field::display);
            tracing::warn!(upstream, why = %error, "no connection to an upstream could be opened");
        })
    }

    async fn open_patiently(&mut self, uri: Uri) -> Result<Stream, ConnectError> {
        let tcp = self.tcp.call(uri).await.map_err(|error| ConnectError::Tcp(error.into()))?;
        let Some((connector, name)) = &self.tls else { return Ok(Stream::Http(tcp)) };
        let tls = connector.connect(name.clone(), TokioIo::new(tcp)).await.map_err(ConnectError::Tls)?;
        Ok(Stream::Https(TokioIo::new(tls)))
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, ConnectError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        // The TCP connector is always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(self.clone().open(uri))
    }
}

/// Connections that are used again. A plain and a protected one, or two of different trust, are never mixed up, even
/// where they lead to one address.
pub struct Pools<B> {
    patience: Duration,
    idle: Duration,
    plain: Client<Connector, B>,
    /// One for each TLS configuration that was met, by its place in memory.
    protected: Mutex<Vec<Protected<B>>>,
}

struct Protected<B> {
    tls: Arc<UpstreamTls>,
    client: Client<Connector, B>,
}

impl<B> Pools<B>
where
    B: Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    /// Empty pools: a connection may take `patience` to open, and is kept for `idle` when nobody needs it.
    pub fn new(patience: Duration, idle: Duration) -> Self {
        Self { patience, idle, plain: client(None, patience, idle), protected: Mutex::default() }
    }

    /// Sends a request over an idle connection or a new one. It is repeated only where no byte of it was sent.
    pub fn request(&self, upstream: &Upstream, request: Request<B>) -> ResponseFuture {
        match &upstream.tls {
            None => self.plain.request(request),
            Some(tls) => self.protected(tls).request(request),
        }
    }

    fn protected(&self, tls: &Arc<UpstreamTls>) -> Client<Connector, B> {
        let mut pools = self.protected.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = pools.iter().find(|pool| Arc::ptr_eq(&pool.tls, tls)) {
            return known.client.clone();
        }
        // A configuration that was replaced has no other owner, and nobody asks by it again.
        pools.retain(|pool| Arc::strong_count(&pool.tls) > 1);
        let client = client(Some(tls), self.patience, self.idle);
        pools.push(Protected { tls: Arc::clone(tls), client: client.clone() });
        client
    }
}

fn client<B>(tls: Option<&UpstreamTls>, patience: Duration, idle: Duration) -> Client<Connector, B>
where
    B: Body + Send,
    B::Data: Send,
{
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(idle)
        .set_host(false)
        .build(Connector::new(tls, patience))
}

/// An error and what caused it, in one line.
fn reasons(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
