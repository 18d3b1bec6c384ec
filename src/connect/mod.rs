//! The way to a product server: TCP, and TLS where the site asks for it, always verified against one name. Nothing else
//! opens a connection to a product.
//!
//! There is no switch that turns verification off, and a connection opened under one trust never serves another (`pool.rs`).
//! What is sent, and for how long an answer is awaited, is the caller's business.

mod pool;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use hyper_rustls::MaybeHttpsStream;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use crate::config::settings::Upstream;

pub use pool::{AskError, Pools, Reply};

/// A connection to a product.
pub type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

/// Opens a connection.
pub struct Connector {
    tcp: HttpConnector,
    address: Uri,
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
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        // Whether a connection is protected is decided by `tls` alone, never by an address.
        tcp.enforce_http(false);
        let tls = upstream
            .tls
            .as_deref()
            .map(|tls| (TlsConnector::from(Arc::clone(&tls.client)), tls.name.clone()));
        let address = Uri::builder().scheme(upstream.scheme()).authority(upstream.authority.clone());
        let address = address.path_and_query("/").build().expect("scheme, authority and path make a URI");
        Self { tcp, address, tls, patience }
    }

    /// Opens it. A failure is logged here, with the reason TLS gives.
    pub async fn open(mut self) -> Result<Stream, ConnectError> {
        let opened = tokio::time::timeout(self.patience, self.open_patiently()).await;
        let opened = opened.unwrap_or(Err(ConnectError::TooSlow(self.patience)));
        opened.inspect_err(|error| {
            let upstream = self.address.authority().map(tracing::field::display);
            tracing::warn!(upstream, why = %error, "no connection to an upstream could be opened");
        })
    }

    async fn open_patiently(&mut self) -> Result<Stream, ConnectError> {
        let tcp =
            self.tcp.call(self.address.clone()).await.map_err(|error| ConnectError::Tcp(error.into()))?;
        let Some((connector, name)) = &self.tls else { return Ok(Stream::Http(tcp)) };
        let tls = connector.connect(name.clone(), TokioIo::new(tcp)).await.map_err(ConnectError::Tls)?;
        Ok(Stream::Https(TokioIo::new(tls)))
    }
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
