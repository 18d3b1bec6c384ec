//! The bodies that pass through: somebody else's bytes as they come, or a few of our own.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;

use super::record::Record;

/// A request or response body. An enum instead of a box: the hot path allocates nothing for it.
pub struct Body {
    content: Content,
    /// Written down when the body is dropped, sent or not.
    record: Option<Record>,
}

enum Content {
    /// Passed on frame by frame, with the back pressure of the other side.
    Passing(Incoming),
    /// Ours, whole; `None` once it is sent or where there is none.
    Own(Option<Bytes>),
}

impl Body {
    /// No bytes at all.
    pub fn empty() -> Self {
        Self { content: Content::Own(None), record: None }
    }

    /// Somebody else's bytes.
    pub fn passing(body: Incoming) -> Self {
        Self { content: Content::Passing(body), record: None }
    }

    /// The same, with what is written down when it ends.
    pub(super) fn recorded(self, record: Record) -> Self {
        Self { record: Some(record), ..self }
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        let bytes = bytes.into();
        Self { content: Content::Own((!bytes.is_empty()).then_some(bytes)), record: None }
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let body = self.get_mut();
        let polled = match &mut body.content {
            Content::Passing(passing) => Pin::new(passing).poll_frame(context),
            Content::Own(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
        };
        // Trailers end a body and stay here: a name in one would come past `scrub_response`.
        if matches!(&polled, Poll::Ready(Some(Ok(frame))) if frame.is_trailers()) {
            body.content = Content::Own(None);
            return Poll::Ready(None);
        }
        if let (Poll::Ready(Some(Ok(frame))), Some(record)) = (&polled, &mut body.record) {
            record.response_bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Passing(body) => body.is_end_stream(),
            Content::Own(bytes) => bytes.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Passing(body) => body.size_hint(),
            Content::Own(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
        }
    }
}
