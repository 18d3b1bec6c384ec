//! What hyper cannot read it refuses by itself, with a bare status. Here that answer gets what every refusal has: the
//! reason, a receipt, a sentence, and a line in the access log.
//!
//! The bare answer is held back until the connection has ended. Only if hyper says then that the request could not be
//! parsed, ours goes out in its place; whatever merely looks like it goes out as it is.

use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::oneshot;

use crate::domain::decision::Reason;
use crate::telemetry::access_line::LoggedPath;

use super::super::Gateway;
use super::connection::Connection;
use super::pace::Pace;

/// hyper's own answer is shorter than any with a header of ours.
const MAX_BARE_BYTES: usize = 160;
/// How all of them begin.
const BEGINNING: &[u8] = b"HTTP/1.1 4";
const NO_BODY: &str = "content-length: 0\r\n";

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

/// A stream that hyper has left, and the bare answer that was not written to it.
pub struct Left<S> {
    /// The stream, still open.
    pub stream: S,
    /// The answer.
    pub bare: Vec<u8>,
}

/// A stream that holds a bare answer back. Everything else only has its first bytes looked at.
pub struct Legible<S> {
    /// Taken away at the end, where something was held.
    stream: Option<S>,
    pace: Arc<Pace>,
    /// What was read of a request before hyper was there to read it.
    begun: Bytes,
    /// What is held.
    bare: Vec<u8>,
    /// How much of it was written after all.
    written: usize,
    leave: Option<oneshot::Sender<Left<S>>>,
}

impl<S: AsyncWrite + Unpin> Legible<S> {
    /// Wraps a stream. Where a bare answer is held at the end, stream and answer come out of the receiver when this is
    /// dropped.
    pub fn new(rested: Resting<S>, pace: Arc<Pace>) -> (Self, oneshot::Receiver<Left<S>>) {
        let (leave, left) = oneshot::channel();
        let Resting { stream, begun } = rested;
        let legible =
            Self { stream: Some(stream), pace, begun, bare: Vec::new(), written: 0, leave: Some(leave) };
        (legible, left)
    }

    /// The stream, if nothing is held. `unread` is what hyper read ahead.
    pub fn into_resting(mut self, unread: Bytes) -> Option<Resting<S>> {
        let stream = self.stream.take_if(|_| self.bare.is_empty())?;
        Some(Resting { stream, begun: unread })
    }

    /// The stream, once nothing is held any more: the connection goes on, so what was held was a usual answer.
    fn poll_released(&mut self, context: &mut Context<'_>) -> Poll<Result<Pin<&mut S>>> {
        let stream = self.stream.as_mut().expect("the stream leaves only with its wrapper");
        while !self.bare.is_empty() {
            let rest = &self.bare[self.written..];
            let count = ready!(Pin::new(&mut *stream).poll_write(context, rest))?;
            if count == 0 {
                return Poll::Ready(Err(std::io::ErrorKind::WriteZero.into()));
            }
            self.written += count;
            if self.written == self.bare.len() {
                self.bare.clear();
                self.written = 0;
            }
        }
        Poll::Ready(Ok(Pin::new(stream)))
    }

    fn holds(&self) -> bool {
        !self.bare.is_empty() && self.written == 0
    }
}

impl<S> Drop for Legible<S> {
    fn drop(&mut self) {
        if let (Some(leave), Some(stream)) = (self.leave.take(), self.stream.take())
            && !self.bare.is_empty()
            && self.written == 0
        {
            // Nobody waits for it where the whole connection is given up.
            let _ = leave.send(Left { stream, bare: std::mem::take(&mut self.bare) });
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Legible<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let legible = self.get_mut();
        if !legible.begun.is_empty() {
            let count = legible.begun.len().min(buffer.remaining());
            buffer.put_slice(&legible.begun.split_to(count));
            return Poll::Ready(Ok(()));
        }
        ready!(legible.poll_released(context))?.poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Legible<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let legible = self.get_mut();
        let stream = ready!(legible.poll_released(context))?;
        if is_bare(bytes) {
            legible.bare.extend_from_slice(bytes);
            return Poll::Ready(Ok(bytes.len()));
        }
        stream.poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let legible = self.get_mut();
        let stream = ready!(legible.poll_released(context))?;
        if let Some(bare) = slices.first().filter(|first| is_bare(first)) {
            legible.bare.extend_from_slice(bare);
            return Poll::Ready(Ok(bare.len()));
        }
        stream.poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.as_ref().is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let legible = self.get_mut();
        if legible.holds() {
            return Poll::Ready(Ok(()));
        }
        ready!(legible.poll_released(context))?.poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let legible = self.get_mut();
        if legible.holds() {
            return Poll::Ready(Ok(()));
        }
        let is_to_rest = legible.pace.is_to_rest();
        let stream = ready!(legible.poll_released(context))?;
        if is_to_rest { Poll::Ready(Ok(())) } else { stream.poll_shutdown(context) }
    }
}

/// Whether these bytes are a whole answer with an error of the client's, without a body and without a header of ours.
fn is_bare(bytes: &[u8]) -> bool {
    bytes.starts_with(BEGINNING)
        && bytes.len() <= MAX_BARE_BYTES
        && bytes.ends_with(b"\r\n\r\n")
        && std::str::from_utf8(bytes).is_ok_and(|text| text.contains(NO_BODY))
}

impl Gateway {
    /// The refusal of a request that could not be read, in place of hyper's bare answer to it. It is written down here.
    pub(super) async fn explain(&self, connection: &Connection, bare: &[u8]) -> Vec<u8> {
        let bare = String::from_utf8_lossy(bare);
        let status = bare.split(' ').nth(1).and_then(|status| status.parse::<StatusCode>().ok());
        let reason = match status {
            Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE) => Reason::HeadTooLarge,
            Some(StatusCode::URI_TOO_LONG) => Reason::TargetTooLong,
            _ => Reason::MalformedRequest,
        };
        let (mut parts, ()) = Request::new(()).into_parts();
        // Neither was read. No method is called like this, but it may be one.
        parts.method = Method::from_bytes(b"-").unwrap_or_default();
        let mut exchange = self.exchange(connection, &parts, false);
        exchange.record.path = LoggedPath::default();
        let refusal = exchange.refuse(reason.into());
        let (head, body) = exchange.finish(refusal).into_parts();
        // Our own body is at hand and cannot fail.
        let body = body.collect().await.map_or_else(|_| Bytes::new(), |body| body.to_bytes());
        [with_headers(&bare, &head.headers, body.len()).as_bytes(), &body].concat()
    }
}

/// hyper's head, with our headers and the length of our body.
fn with_headers(bare: &str, headers: &HeaderMap, length: usize) -> String {
    let mut ours = format!("content-length: {length}\r\n");
    for (name, value) in headers {
        if let Ok(value) = value.to_str() {
            ours.extend([name.as_str(), ": ", value, "\r\n"]);
        }
    }
    bare.replacen(NO_BODY, &ours, 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    fn legible<S: AsyncWrite + Unpin>(stream: S) -> (Legible<S>, oneshot::Receiver<Left<S>>) {
        Legible::new(Resting::new(stream), Arc::default())
    }

    const BARE: &[u8] = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n";

    #[tokio::test]
    async fn a_bare_answer_is_held_and_anything_after_it_lets_it_go() {
        let (ours, mut theirs) = tokio::io::duplex(1024);
        let (mut legible, mut left) = legible(ours);
        legible.write_all(BARE).await.unwrap();
        legible.flush().await.unwrap();
        legible.write_all(b"more").await.unwrap();
        drop(legible);
        let mut text = Vec::new();
        theirs.read_to_end(&mut text).await.unwrap();
        assert_eq!(text, [BARE, b"more"].concat());
        assert!(left.try_recv().is_err());
    }

    #[tokio::test]
    async fn what_is_held_at_the_end_comes_out_with_its_stream() {
        let (ours, mut theirs) = tokio::io::duplex(1024);
        let (mut legible, mut left) = legible(ours);
        legible.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        legible.write_all(BARE).await.unwrap();
        legible.shutdown().await.unwrap();
        drop(legible);
        let Left { mut stream, bare } = left.try_recv().unwrap();
        assert_eq!(bare, BARE);
        stream.write_all(b"instead").await.unwrap();
        drop(stream);
        let mut text = String::new();
        theirs.read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "HTTP/1.1 200 OK\r\n\r\ninstead");
    }

    #[test]
    fn only_a_whole_answer_without_body_is_bare() {
        assert!(is_bare(BARE));
        assert!(!is_bare(&BARE[..BARE.len() - 1]));
        for other in ["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "x"]
        {
            assert!(!is_bare(other.as_bytes()), "{other}");
        }
    }
}
