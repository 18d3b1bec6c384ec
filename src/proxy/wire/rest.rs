//! A connection between two requests: its stream, a tick of patience, and nothing of what speaks over it.
//!
//! hyper keeps 16 KiB of buffers and the room of a whole request for a connection that does nothing: 33 KB each, measured.
//! So after a tick without a request it is let go, and comes back with the first byte of the next one. No byte may be lost
//! or read twice on the way: the next request would begin somewhere else than its client says.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::server::conn::http1::UpgradeableConnection;
use hyper::service::HttpService;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::watch;

use super::answer::Answer;
use super::pace::{Ending, Pace, Patience};
use super::stopping;
use super::talk::Talk;
use super::unreadable::Legible;
use crate::telemetry::metrics::Held;

/// A stream over which nobody speaks.
pub struct Resting<S> {
    /// The stream.
    pub stream: S,
    /// What was read of the next request already.
    pub begun: Bytes,
}

impl<S> Resting<S> {
    /// A stream of which nothing was read.
    pub fn new(stream: S) -> Self {
        Self { stream, begun: Bytes::new() }
    }
}

/// Lets hyper go, if its connection is idle; otherwise gives it back.
///
/// hyper says so itself: told to wind up, it ends an idle connection at once and one in the middle of anything after that,
/// be it an upload whose answer is complete already. It ends when all is written and flushed, and hands out what it read
/// ahead. The stream is not shut down, which [`Legible`] sees to for as long as the pace says so.
pub async fn let_go<S, V>(
    mut connection: UpgradeableConnection<TokioIo<Legible<S>>, V>,
    pace: &Pace,
) -> LetGo<S, V>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    V: HttpService<Incoming, ResBody = Answer>,
    V::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    pace.set_to_rest(true);
    Pin::new(&mut connection).graceful_shutdown();
    let polled = poll_fn(|context| Poll::Ready(Pin::new(&mut connection).poll(context))).await;
    pace.set_to_rest(false);
    match polled {
        Poll::Pending => LetGo::Busy(connection),
        Poll::Ready(Err(error)) => LetGo::Over(Err(error)),
        Poll::Ready(Ok(())) => {
            // An upgrade takes the stream along.
            let parts = connection.into_parts();
            let resting = parts.and_then(|parts| parts.io.into_inner().into_resting(parts.read_buf));
            resting.map_or(LetGo::Over(Ok(())), LetGo::Resting)
        }
    }
}

/// What came of letting hyper go.
#[expect(clippy::large_enum_variant, reason = "it is taken apart where it is made")]
pub enum LetGo<S, V>
where
    V: HttpService<Incoming>,
{
    /// It was idle.
    Resting(Resting<S>),
    /// It was not, and ends after what is open.
    Busy(UpgradeableConnection<TokioIo<Legible<S>>, V>),
    /// It was at its end.
    Over(hyper::Result<()>),
}

impl Talk {
    /// Waits for the next request. `None` where the connection is to end instead, and has.
    pub(super) async fn rest<S>(
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
}
