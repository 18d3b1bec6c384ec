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
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use crate::config::settings::Upstream;

pub use pool::{AnswerBody, AskError, Pools};

/// A connection to a product.
pub type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

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

/// Opens a connection; TCP and TLS may take `patience` together. A failure is logged here, with the reason TLS gives.
pub async fn open(upstream: &Upstream, patience: Duration) -> Result<Stream, ConnectError> {
    let opened = tokio::time::timeout(patience, open_patiently(upstream)).await;
    opened.unwrap_or(Err(ConnectError::TooSlow(patience))).inspect_err(|error| {
        tracing::warn!(upstream = %upstream.authority, why = %error, "no connection to an upstream could be opened");
    })
}

async fn open_patiently(upstream: &Upstream) -> Result<Stream, ConnectError> {
    let address = Uri::builder().scheme(upstream.scheme()).authority(upstream.authority.clone());
    let address = address.path_and_query("/").build().expect("scheme, authority and path make a URI");
    let mut tcp = HttpConnector::new();
    tcp.set_nodelay(true);
    // Whether a connection is protected is decided by `tls` alone, never by an address.
    tcp.enforce_http(false);
    let tcp = tcp.call(address).await.map_err(|error| ConnectError::Tcp(error.into()))?;
    let Some(tls) = &upstream.tls else { return Ok(Stream::Http(tcp)) };
    let connector = TlsConnector::from(Arc::clone(&tls.client));
    let tls = connector.connect(tls.name.clone(), TokioIo::new(tcp)).await.map_err(ConnectError::Tls)?;
    Ok(Stream::Https(TokioIo::new(tls)))
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
