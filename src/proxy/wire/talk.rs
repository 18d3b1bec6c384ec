//! HTTP over an opened connection, by hyper: what it may ask for at once, and how it ends.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::rt::bounds::Http2ServerConnExec;
use hyper::server::conn::{http1, http2};
use hyper::service::{HttpService, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{Notify, watch};

use crate::telemetry::labels::CutCause;
use crate::telemetry::metrics::Held;

use super::super::Gateway;
use super::super::upstream::Upstream;
use super::answer::{Answer, own_values};
use super::connection::Connection;
use super::pace::{Ending, Pace, Patience, Tempo};
use super::rest::{LetGo, let_go};
use super::stopping;
use super::unreadable::{Left, Legible, Resting};

/// More than the largest head that is served, so that one too large can be told so.
const READ_BUFFER_BYTES: usize = 64 * 1024;
/// The same for HTTP/2, which counts 32 bytes more for each field.
const HEADER_LIST_BYTES: u32 = 48 * 1024;
/// Requests at once over one connection; browsers never use more.
const STREAMS: u32 = 100;
/// Streams that a client may open and reset before we have looked at them (CVE-2023-44487).
const EARLY_RESETS: usize = 20;
/// Streams that we may have to reset for a client's mistakes (CVE-2025-8671).
const OWN_RESETS: usize = 100;
/// What one upload may send ahead of its reader, and all of them together.
const STREAM_WINDOW_BYTES: u32 = 256 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;
/// What is kept of one answer for a client that does not take it yet.
const SEND_BUFFER_BYTES: usize = 64 * 1024;
/// A client that is gone without a word shows by this.
const PING: Duration = Duration::from_secs(20);
/// How much of what a refused client still sends is read, so that the refusal is not lost with a reset connection.
const LINGER_BYTES: u64 = 256 * 1024;

/// One connection, ready to be served.
pub struct Talk {
    gateway: Arc<Gateway>,
    upstream: Arc<Upstream>,
    connection: Connection,
    pace: Arc<Pace>,
    tempo: Tempo,
    /// Says that the one answer of a crowded connection is given.
    told: Notify,
}

/// How far a connection came.
enum Outcome {
    /// It ended, or was given up (`None`).
    Over(Option<hyper::Result<()>>),
    /// It has nothing to do.
    Rest,
}

/// A connection of hyper, told to end after what is open.
trait Wind {
    fn wind_up(self: Pin<&mut Self>);
}

impl<S, V> Wind for http1::UpgradeableConnection<TokioIo<S>, V>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    V: HttpService<Incoming, ResBody = Answer>,
    V::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn wind_up(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl<S, V> Wind for http2::Connection<TokioIo<S>, V, TokioExecutor>
where
    S: AsyncRead + AsyncWrite + Unpin,
    V: HttpService<Incoming, ResBody = Answer>,
    V::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    TokioExecutor: Http2ServerConnExec<V::Future, Answer>,
{
    fn wind_up(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl Talk {
    /// What is needed to serve a connection.
    pub fn new(
        gateway: Arc<Gateway>,
        upstream: Arc<Upstream>,
        connection: Connection,
        pace: Arc<Pace>,
        tempo: Tempo,
    ) -> Arc<Self> {
        Arc::new(Self { gateway, upstream, connection, pace, tempo, told: Notify::new() })
    }

    /// Speaks HTTP/1.1 to the end.
    pub async fn http1<S>(self: &Arc<Self>, stream: S, stop: &mut watch::Receiver<bool>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (mut next, mut patience) = (Some(Resting::new(stream)), Patience::with_one());
        while let Some(rested) = next {
            // In a box of its own, which is gone while the connection rests.
            next = match Box::pin(self.converse(rested, &mut patience, stop)).await {
                Some(resting) => self.rest(resting, &mut patience, stop).await,
                None => None,
            };
        }
    }

    /// Lets hyper speak over a stream until the connection ends, or rests: then its stream comes back.
    async fn converse<S>(
        self: &Arc<Self>,
        rested: Resting<S>,
        patience: &mut Patience,
        stop: &mut watch::Receiver<bool>,
    ) -> Option<Resting<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (legible, mut left) = Legible::new(rested, Arc::clone(&self.pace));
        let service = service_fn(|request| {
            let (talk, open) = (Arc::clone(self), self.pace.begin());
            async move {
                let response = talk.gateway.handle(&talk.upstream, &talk.connection, request).await;
                Ok::<_, Infallible>(response.map(|body| Answer::whole(body, open)))
            }
        });
        let ended = {
            let mut connection = http1::Builder::new()
                .max_buf_size(READ_BUFFER_BYTES)
                .keep_alive(!self.connection.is_crowded)
                .serve_connection(TokioIo::new(legible), service)
                .with_upgrades();
            loop {
                match self.watch(Pin::new(&mut connection), patience, stop).await {
                    Outcome::Over(ended) => break ended,
                    Outcome::Rest => match let_go(connection, &self.pace).await {
                        LetGo::Resting(resting) => return Some(resting),
                        LetGo::Busy(busy) => connection = busy,
                        LetGo::Over(ended) => break Some(ended),
                    },
                }
            }
        };
        let is_unreadable = self.is_unreadable(ended);
        if let Ok(left) = left.try_recv() {
            self.take_leave(left, is_unreadable).await;
        }
        None
    }

    /// Waits for the next request. `None` where the connection is to end instead, and has.
    async fn rest<S>(
        &self,
        resting: Resting<S>,
        patience: &mut Patience,
        stop: &mut watch::Receiver<bool>,
    ) -> Option<Resting<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let Resting { mut stream, begun } = resting;
        if !begun.is_empty() {
            // It came along with the request before it, while that was open.
            self.pace.hear();
            return Some(Resting { stream, begun });
        }
        // Empty as it is, it holds the whole buffer that hyper read into.
        drop(begun);
        self.connection.cookies.forget();
        let _resting = Held::new(&self.gateway.metrics.connections_resting);
        let mut first = [0];
        tokio::select! {
            biased;
            read = stream.read(&mut first) => if let Ok(1..) = read {
                return Some(Resting { stream, begun: Bytes::copy_from_slice(&first) });
            },
            () = stopping(stop) => (),
            ending = patience.run_out(&self.pace, self.tempo) => if ending != Ending::Idle {
                self.cut(ending);
                return None;
            },
        }
        // Nobody is left to hear of a failure.
        let _ = tokio::time::timeout(self.tempo.opening(), stream.shutdown()).await;
        None
    }

    /// Speaks HTTP/2 to the end.
    pub async fn http2<S>(self: &Arc<Self>, stream: S, stop: &mut watch::Receiver<bool>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = service_fn(|request| {
            let (talk, open) = (Arc::clone(self), self.pace.begin());
            async move {
                let mut response = talk.gateway.handle(&talk.upstream, &talk.connection, request).await;
                own_values(response.headers_mut());
                if talk.connection.is_crowded {
                    talk.told.notify_one();
                }
                Ok::<_, Infallible>(response.map(|body| Answer::piecewise(body, open)))
            }
        });
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(HEADER_LIST_BYTES)
            .max_pending_accept_reset_streams(EARLY_RESETS)
            .max_local_error_reset_streams(OWN_RESETS)
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .adaptive_window(false)
            .max_send_buf_size(SEND_BUFFER_BYTES)
            .keep_alive_interval(PING)
            .keep_alive_timeout(PING)
            .serve_connection(TokioIo::new(stream), service);
        let mut patience = Patience::with_many();
        if let Outcome::Over(ended) = self.watch(pin!(connection), &mut patience, stop).await {
            self.is_unreadable(ended);
        }
    }

    /// Lets a connection run until it ends, by itself, with the process, or because it keeps us waiting; or until it rests.
    async fn watch<C>(
        &self,
        mut connection: Pin<&mut C>,
        patience: &mut Patience,
        stop: &mut watch::Receiver<bool>,
    ) -> Outcome
    where
        C: Future<Output = hyper::Result<()>> + Wind,
    {
        Outcome::Over(tokio::select! {
            ended = connection.as_mut() => Some(ended),
            () = stopping(stop) => self.wind_up(connection).await,
            () = self.told.notified() => self.wind_up(connection).await,
            ending = patience.run_out(&self.pace, self.tempo) => match ending {
                Ending::Rest => return Outcome::Rest,
                Ending::Idle => self.wind_up(connection).await,
                ending => self.cut(ending),
            },
        })
    }

    /// Says goodbye, lets open requests finish, and waits a little for the other side to go.
    async fn wind_up<C>(&self, mut connection: Pin<&mut C>) -> Option<hyper::Result<()>>
    where
        C: Future<Output = hyper::Result<()>> + Wind,
    {
        connection.as_mut().wind_up();
        let silence = async {
            tokio::time::sleep(self.tempo.opening()).await;
            while self.pace.is_busy() {
                tokio::time::sleep(self.tempo.tick).await;
            }
        };
        // Heads are not waited for any longer than that, so patience is with answers alone.
        let mut patience = Patience::with_many();
        tokio::select! {
            ended = connection => Some(ended),
            () = silence => None,
            ending = patience.run_out(&self.pace, self.tempo) => self.cut(ending),
        }
    }

    /// Whether a connection ended with a request that could not be read.
    fn is_unreadable(&self, ended: Option<hyper::Result<()>>) -> bool {
        let Some(Err(error)) = ended else { return false };
        tracing::debug!(%error, "a connection ended early");
        if self.pace.has_stalled() {
            self.cut(Ending::Stalled);
        }
        error.is_parse()
    }

    /// Gives a connection up.
    fn cut(&self, ending: Ending) -> Option<hyper::Result<()>> {
        let cause = match ending {
            Ending::Rest | Ending::Idle => return None,
            Ending::SlowHead => CutCause::SlowHead,
            Ending::Stalled => CutCause::Stalled,
        };
        self.gateway.metrics.connections_cut.count(cause);
        None
    }

    /// Writes the answer that was held back, or what stands in its place, and reads on for a little: a connection closed
    /// with bytes unread is reset, and the answer may be lost with it.
    async fn take_leave<S>(&self, left: Left<S>, is_unreadable: bool)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let Left { mut stream, bare } = left;
        let answer = if is_unreadable { self.gateway.explain(&self.connection, &bare).await } else { bare };
        let leave = async {
            stream.write_all(&answer).await?;
            stream.shutdown().await?;
            tokio::io::copy(&mut (&mut stream).take(LINGER_BYTES), &mut tokio::io::sink()).await
        };
        // Nobody is left to hear of a failure.
        let _ = tokio::time::timeout(self.tempo.opening(), leave).await;
    }
}
