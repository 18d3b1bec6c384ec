//! The socket itself, below TLS: it says when bytes come, and fails when the client takes none for too long.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use super::pace::Pace;

/// A socket that does not wait for ever. It guards upgraded connections too, which nobody else watches.
pub struct Line<S> {
    socket: S,
    pace: Arc<Pace>,
    /// How long the client may take nothing.
    patience: Duration,
    /// Runs while the client takes nothing; almost never there.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<S> Line<S> {
    /// The line over a socket.
    pub fn new(socket: S, pace: Arc<Pace>, patience: Duration) -> Self {
        Self { socket, pace, patience, stalled: None }
    }

    /// Passes a write's outcome on, or ends the wait for it.
    fn judge<T>(&mut self, context: &mut Context<'_>, polled: Poll<Result<T>>) -> Poll<Result<T>> {
        if polled.is_ready() {
            self.stalled = None;
            return polled;
        }
        let patience = self.patience;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        if stalled.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.pace.stall();
        Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client takes nothing")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Line<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let line = self.get_mut();
        let before = buffer.filled().len();
        let polled = Pin::new(&mut line.socket).poll_read(context, buffer);
        if buffer.filled().len() > before {
            line.pace.hear();
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Line<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let line = self.get_mut();
        let polled = Pin::new(&mut line.socket).poll_write(context, bytes);
        line.judge(context, polled)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let line = self.get_mut();
        let polled = Pin::new(&mut line.socket).poll_write_vectored(context, slices);
        line.judge(context, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let line = self.get_mut();
        let polled = Pin::new(&mut line.socket).poll_flush(context);
        line.judge(context, polled)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.get_mut().socket).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    #[tokio::test]
    async fn t178_a_client_that_takes_nothing_is_cut_and_a_slow_one_is_not() {
        let (ours, mut theirs) = tokio::io::duplex(16);
        let pace = Arc::new(Pace::default());
        let mut line = Line::new(ours, Arc::clone(&pace), Duration::from_millis(200));
        let slow = async {
            let mut bytes = [0; 8];
            for _ in 0..8 {
                tokio::time::sleep(Duration::from_millis(50)).await;
                theirs.read_exact(&mut bytes).await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(line.write_all(&[1; 64]), slow);
        written.unwrap();
        assert!(!pace.has_stalled());
        let error = line.write_all(&[1; 64]).await.unwrap_err();
        assert_eq!((error.kind(), pace.has_stalled()), (ErrorKind::TimedOut, true));
    }
}
