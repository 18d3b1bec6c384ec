//! A connection between two requests: its stream, a tick of patience, and nothing of what speaks over it.
//!
//! hyper keeps 16 KiB of buffers and the room of a whole request for a connection that does nothing: 33 KB each, measured.
//! So after a tick without a request it is let go, and comes back with the first byte of the next one. No byte may be lost
//! or read twice on the way: the next request would begin somewhere else than its client says.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use hyper::body::Incoming;
use hyper::server::conn::http1::UpgradeableConnection;
use hyper::service::HttpService;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use super::answer::Answer;
use super::pace::Pace;
use super::unreadable::{Legible, Resting};

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
