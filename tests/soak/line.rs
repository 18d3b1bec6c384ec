//! A client's connection to the gateway over TLS, by hyper's low-level client, so that it can be left at any moment.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::client::Protocol;
use crate::support::tls::{Authority, Client};

/// The way to the gateway.
#[derive(Clone)]
pub struct Door {
    /// Where it listens.
    pub address: SocketAddr,
    http1: Arc<ClientConfig>,
    http2: Arc<ClientConfig>,
}

/// A connection. Dropped, it ends at once, whatever is under way.
#[derive(Clone)]
pub struct Line {
    sender: Sender,
    _run: Arc<Run>,
}

enum Sender {
    Http1(Option<http1::SendRequest<Outgoing>>),
    Http2(http2::SendRequest<Outgoing>),
}

impl Clone for Sender {
    /// Over HTTP/1.1 there is one request at a time, so a second handle has nothing to send by.
    fn clone(&self) -> Self {
        match self {
            Self::Http1(_) => Self::Http1(None),
            Self::Http2(sender) => Self::Http2(sender.clone()),
        }
    }
}

struct Run(JoinHandle<()>);

impl Drop for Run {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Door {
    /// To the gateway at this address, trusting this authority.
    pub fn new(address: SocketAddr, authority: &Authority) -> Self {
        let config = |protocols| Arc::new(Client::trusting(authority).speaking(protocols).config());
        Self { address, http1: config(&[b"http/1.1"]), http2: config(&[b"h2"]) }
    }

    /// Opens TCP and TLS from an address of this machine.
    pub async fn stream(
        &self,
        protocol: Protocol,
        host: &str,
        from: Ipv4Addr,
    ) -> io::Result<TlsStream<TcpStream>> {
        let stream = self.tcp(from).await?;
        let config = self.config(protocol);
        let host = ServerName::try_from(host.to_owned()).expect("a host");
        TlsConnector::from(Arc::clone(config)).connect(host, stream).await
    }

    /// The TLS of a client that speaks this.
    pub fn config(&self, protocol: Protocol) -> &Arc<ClientConfig> {
        if protocol == Protocol::Http2 { &self.http2 } else { &self.http1 }
    }

    /// Opens TCP alone.
    pub async fn tcp(&self, from: Ipv4Addr) -> io::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        socket.set_nodelay(true)?;
        socket.bind((from, 0).into())?;
        socket.connect(self.address).await
    }

    /// Opens a connection for requests.
    pub async fn line(&self, protocol: Protocol, host: &str, from: Ipv4Addr) -> io::Result<Line> {
        let stream = TokioIo::new(self.stream(protocol, host, from).await?);
        let (sender, run) = match protocol {
            Protocol::Http1 => {
                let (sender, run) = http1::handshake(stream).await.map_err(io::Error::other)?;
                (Sender::Http1(Some(sender)), tokio::spawn(async move { drop(run.await) }))
            }
            Protocol::Http2 => {
                let shaken = http2::handshake(TokioExecutor::new(), stream).await;
                let (sender, run) = shaken.map_err(io::Error::other)?;
                (Sender::Http2(sender), tokio::spawn(async move { drop(run.await) }))
            }
        };
        Ok(Line { sender, _run: Arc::new(Run(run)) })
    }
}

impl Line {
    /// Whether it can have several requests under way.
    pub fn is_http2(&self) -> bool {
        matches!(self.sender, Sender::Http2(_))
    }

    /// Sends a request when the one before it is answered.
    pub async fn send(&mut self, request: Request<Outgoing>) -> hyper::Result<Response<Incoming>> {
        match &mut self.sender {
            Sender::Http1(sender) => {
                let sender = sender.as_mut().expect("the first handle of a connection");
                sender.ready().await?;
                sender.send_request(request).await
            }
            Sender::Http2(sender) => {
                sender.ready().await?;
                sender.send_request(request).await
            }
        }
    }
}

/// A body that goes out in pieces, perhaps not to its end.
pub struct Outgoing {
    rest: Bytes,
    /// What is announced, if anything.
    length: Option<u64>,
    breaks_off: bool,
}

impl Outgoing {
    /// These bytes; with `breaks_off` only half of them, and an error.
    pub fn new(bytes: &[u8], announced: bool, breaks_off: bool) -> Self {
        let length = announced.then_some(bytes.len() as u64);
        let sent = if breaks_off { &bytes[..bytes.len() / 2] } else { bytes };
        Self { rest: Bytes::copy_from_slice(sent), length, breaks_off }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.rest.is_empty() {
            let end = self.breaks_off.then(|| Err(io::ErrorKind::ConnectionAborted.into()));
            return Poll::Ready(end);
        }
        let piece = self.rest.len().min(10_000);
        let piece = self.rest.split_to(piece);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && !self.breaks_off
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
