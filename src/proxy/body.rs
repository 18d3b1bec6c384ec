//! The bodies that pass through: somebody else's bytes as they come, or a few of our own.
//!
//! An answer that stays open is judged again while it does (`stream.rs`). A cut one ends with an error, which the client sees
//! as a broken connection: it must never look complete.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::connect::AnswerBody;

use super::record::Record;
use super::stream::{Ending, Watched};
use super::upload::Upload;

/// After so many frames without a pause an answer counts as long: a slow reader never has to wait for the upstream, and
/// could otherwise stretch a download for as long as it likes.
const LONG_FRAMES: u8 = 16;

/// A request or response body. An enum instead of a box: the hot path allocates nothing for it.
pub struct Body {
    content: Content,
    /// What an answer was permitted by.
    watch: Watch,
    /// Written down when the body is dropped, sent or not.
    record: Option<Record>,
}

/// Why a body breaks off.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// The side that sends it went away.
    #[error("the sender broke off")]
    Broken(#[from] hyper::Error),
    /// The decision that let it begin no longer holds.
    #[error("the answer is no longer permitted")]
    Ended,
}

enum Content {
    /// Passed on frame by frame, with the back pressure of the other side.
    Passing(AnswerBody<Upload>),
    /// Ours, whole; `None` once it is sent or where there is none.
    Own(Option<Bytes>),
}

/// How an answer is watched. Most are over before anything is set up for it.
enum Watch {
    /// Nothing that permitted it can end.
    Nothing,
    /// It has not been long enough yet.
    Short { watched: Watched, grace: Duration, frames: u8 },
    /// It is judged again from time to time.
    Long(Pin<Box<dyn Future<Output = Ending> + Send>>),
}

impl Body {
    /// No bytes at all.
    pub fn empty() -> Self {
        Self::of(Content::Own(None))
    }

    /// Somebody else's bytes.
    pub(super) fn passing(body: AnswerBody<Upload>) -> Self {
        Self::of(Content::Passing(body))
    }

    /// The same, cut when what permitted it ends, or that long after a mere lapse.
    pub(super) fn watched(self, watched: Watched, grace: Duration) -> Self {
        Self { watch: Watch::Short { watched, grace, frames: 0 }, ..self }
    }

    /// The same, with what is written down when it ends.
    pub(super) fn recorded(self, record: Record) -> Self {
        Self { record: Some(record), ..self }
    }

    fn of(content: Content) -> Self {
        Self { content, watch: Watch::Nothing, record: None }
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        let bytes = bytes.into();
        Self::of(Content::Own((!bytes.is_empty()).then_some(bytes)))
    }
}

impl Watch {
    /// Whether it must end now.
    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        match self {
            Self::Nothing | Self::Short { .. } => false,
            Self::Long(ended) => ended.as_mut().poll(context).is_ready(),
        }
    }

    /// Notes that the answer went on, or waits, and whether it must end now.
    fn note(&mut self, waits: bool, context: &mut Context<'_>) -> bool {
        match self {
            Self::Short { frames, .. } if !waits && *frames < LONG_FRAMES => {
                *frames += 1;
                return false;
            }
            Self::Nothing | Self::Long(_) => return false,
            Self::Short { .. } => {}
        }
        if let Self::Short { watched, grace, .. } = std::mem::replace(self, Self::Nothing) {
            *self = Self::Long(Box::pin(watched.until_ended(grace)));
        }
        // Asked once, so that it wakes this body when its time has come.
        self.is_over(context)
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let body = self.get_mut();
        if body.watch.is_over(context) {
            return Poll::Ready(Some(Err(BodyError::Ended)));
        }
        let polled = match &mut body.content {
            Content::Passing(passing) => Pin::new(passing).poll_frame(context),
            Content::Own(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
        };
        // Trailers end a body and stay here: a name in one would come past `scrub_response`.
        if matches!(&polled, Poll::Ready(Some(Ok(frame))) if frame.is_trailers()) {
            body.content = Content::Own(None);
            return Poll::Ready(None);
        }
        if body.watch.note(polled.is_pending(), context) {
            return Poll::Ready(Some(Err(BodyError::Ended)));
        }
        if let (Poll::Ready(Some(Ok(frame))), Some(record)) = (&polled, &mut body.record) {
            record.response_bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
        }
        polled.map_err(BodyError::from)
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
