//! An answer on its way to the client: what keeps the request open, and shows whether the client takes it.
//!
//! Trailers end here: nobody has judged them, and a header of ours or a cookie may be among them.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue};
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::super::body::{Body, BodyError};
use super::pace::OpenRequest;

/// Over HTTP/2 an answer goes out in pieces of this size at most: whoever takes one a minute is slow, not stuck.
const PIECE_BYTES: usize = 16 * 1024;

/// The body of an answer.
pub struct Answer {
    body: Body,
    request: OpenRequest,
    /// Whether it waits for the client between two pieces: HTTP/2 asks for one when there is room for it. HTTP/1.1 has the
    /// socket for that.
    is_piecewise: bool,
    /// What is left of the last frame.
    rest: Bytes,
}

impl Answer {
    /// An answer that is written as it comes.
    pub fn whole(body: Body, request: OpenRequest) -> Self {
        Self { body, request, is_piecewise: false, rest: Bytes::new() }
    }

    /// An answer in pieces, each of which its client must take before it is asked for the next.
    pub fn piecewise(body: Body, mut request: OpenRequest) -> Self {
        if !body.is_end_stream() {
            request.wait();
        }
        Self { body, request, is_piecewise: true, rest: Bytes::new() }
    }

    fn piece(&mut self) -> Frame<Bytes> {
        let length = self.rest.len().min(PIECE_BYTES);
        self.request.wait();
        Frame::data(self.rest.split_to(length))
    }
}

/// Moves the values of a head into memory of their own.
///
/// HTTP/2 keeps values for later heads (HPACK), some fifty for as long as the connection lasts, and a value that came from a
/// product is a slice of the 8 KiB that it was read into: hundreds of KiB would stay for 4 KiB of text.
pub fn own_values(headers: &mut HeaderMap) {
    let mut block = BytesMut::with_capacity(headers.values().map(HeaderValue::len).sum());
    for value in headers.values_mut() {
        block.extend_from_slice(value.as_bytes());
        if let Ok(mut own) = HeaderValue::from_maybe_shared(block.split().freeze()) {
            own.set_sensitive(value.is_sensitive());
            *value = own;
        }
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let answer = self.get_mut();
        answer.request.go_on();
        if !answer.rest.is_empty() {
            return Poll::Ready(Some(Ok(answer.piece())));
        }
        let frame = match ready!(Pin::new(&mut answer.body).poll_frame(context)) {
            Some(Ok(frame)) => frame,
            end => return Poll::Ready(end),
        };
        let Ok(data) = frame.into_data() else { return Poll::Ready(None) };
        if !answer.is_piecewise {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        answer.rest = data;
        Poll::Ready(Some(Ok(answer.piece())))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (hint, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut whole = SizeHint::new();
        whole.set_lower(hint.lower() + rest);
        if let Some(upper) = hint.upper() {
            whole.set_upper(upper + rest);
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_kept_hold_no_buffer_of_a_product() {
        let buffer = Bytes::from(vec![b'x'; 8192]);
        let mut headers = HeaderMap::new();
        let value = |range| HeaderValue::from_maybe_shared(buffer.slice(range)).unwrap();
        headers.insert("etag", value(0..4));
        headers.append("set-cookie", value(4..10));
        headers.append("set-cookie", value(10..12));
        headers.insert("x-empty", value(12..12));
        headers.get_mut("etag").unwrap().set_sensitive(true);
        let before = headers.clone();
        own_values(&mut headers);
        assert_eq!(headers, before);
        assert!(headers["etag"].is_sensitive() && !headers["x-empty"].is_sensitive());
        drop(before);
        assert!(buffer.is_unique());
    }
}
