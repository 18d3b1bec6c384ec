//! A request's body on its way in: bounded in size, cut when it stops coming, and without trailers.
//!
//! A body that breaks a bound is never ended as if it were whole: its upstream request is aborted. What its framing may be
//! is checked before anything of it is read, see [`check`].

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::request::Parts;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::Sleep;

use crate::config::settings::Site;
use crate::domain::decision::Reason;
use crate::domain::lane::Lane;

/// How long a client may let us wait for the next piece of a body.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a sign-in page takes: passwords, and SAML answers of some 100 KiB. Strangers reach it, so no site takes more.
const MAX_SIGN_IN_BYTES: u64 = 1024 * 1024;

/// The largest body that goes on in this lane.
pub(super) fn max_bytes(site: &Site, lane: Lane) -> u64 {
    match lane {
        Lane::Public | Lane::SignIn => site.max_body_bytes.min(MAX_SIGN_IN_BYTES),
        _ => site.max_body_bytes,
    }
}

/// Refuses a body that is too large by its own word, or whose coding is more than its framing.
///
/// `Transfer-Encoding: gzip, chunked` is taken off by whoever reads the message, so the content would go on as something
/// that it is not. Of `Content-Length` beside `Transfer-Encoding` hyper shows only the latter; it reads the body as
/// chunked and closes the connection after the answer (RFC 9112 section 6.1).
pub(super) fn check(parts: &Parts, max_bytes: u64) -> Result<(), Reason> {
    let mut codings = parts.headers.get_all(TRANSFER_ENCODING).iter();
    if let Some(coding) = codings.next()
        && (codings.next().is_some() || !coding.as_bytes().eq_ignore_ascii_case(b"chunked"))
    {
        return Err(Reason::MalformedRequest);
    }
    let Some(length) = parts.headers.get(CONTENT_LENGTH) else { return Ok(()) };
    let length = length.to_str().ok().and_then(|length| length.parse::<u64>().ok());
    match length {
        Some(length) if length <= max_bytes => Ok(()),
        Some(_) => Err(Reason::BodyTooLarge),
        None => Err(Reason::MalformedRequest),
    }
}

/// The body of a request that is forwarded, or read here.
pub(super) struct Upload<B = Incoming> {
    /// `None` where there is nothing to read, or nothing more.
    body: Option<B>,
    left_bytes: u64,
    /// Made when the client first lets us wait, so that a request without a body has none.
    deadline: Option<Pin<Box<Sleep>>>,
    /// Whether the deadline counts: it begins anew with each piece.
    is_waiting: bool,
    patience: Duration,
    progress: Option<Progress>,
}

/// The body was not taken to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum UploadError<E> {
    /// The client went away, or broke the framing.
    #[error(transparent)]
    Broken(#[from] E),
    /// It is larger than the site takes.
    #[error("the body is too large")]
    TooLarge,
    /// The client stopped sending.
    #[error("the body stopped coming")]
    Stalled,
}

/// How many pieces of a body were taken so far; whoever waits for the answer looks at it from outside.
#[derive(Clone, Default)]
pub(super) struct Progress(Arc<AtomicU64>);

impl Progress {
    pub(super) fn pieces(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl<B: Body> Upload<B> {
    /// A body of at most so many bytes.
    pub(super) fn new(body: B, max_bytes: u64) -> Self {
        Self::patient(body, max_bytes, PATIENCE)
    }

    fn patient(body: B, max_bytes: u64, patience: Duration) -> Self {
        let is_empty = body.is_end_stream();
        Self {
            body: (!is_empty).then_some(body),
            left_bytes: max_bytes,
            deadline: None,
            is_waiting: false,
            patience,
            progress: (!is_empty).then(Progress::default),
        }
    }

    /// By which its progress can be seen; `None` where there is no body.
    pub(super) fn progress(&self) -> Option<Progress> {
        self.progress.clone()
    }

    /// Pending until the client has let us wait for too long.
    fn poll_patience<E>(&mut self, context: &mut Context<'_>) -> Poll<UploadError<E>> {
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(tokio::time::sleep(self.patience)));
        if !self.is_waiting {
            deadline.as_mut().set(tokio::time::sleep(self.patience));
            self.is_waiting = true;
        }
        ready!(deadline.as_mut().poll(context));
        Poll::Ready(UploadError::Stalled)
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Upload<B> {
    type Data = Bytes;
    type Error = UploadError<B::Error>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let upload = &mut *self;
        let Some(body) = &mut upload.body else { return Poll::Ready(None) };
        let Poll::Ready(polled) = Pin::new(body).poll_frame(context) else {
            return upload.poll_patience(context).map(|error| Some(Err(error)));
        };
        upload.is_waiting = false;
        // Trailers end the body and stay here: no product asks for any, and a name in one would come past `scrub_request`.
        let frame = match polled {
            Some(frame) => frame?,
            None => Frame::trailers(http::HeaderMap::new()),
        };
        let Ok(data) = frame.into_data() else {
            upload.body = None;
            return Poll::Ready(None);
        };
        let Some(left_bytes) = upload.left_bytes.checked_sub(data.len() as u64) else {
            return Poll::Ready(Some(Err(UploadError::TooLarge)));
        };
        upload.left_bytes = left_bytes;
        if let Some(progress) = &upload.progress {
            progress.count();
        }
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or(SizeHint::with_exact(0), Body::size_hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;
    use std::convert::Infallible;

    use http::{HeaderMap, HeaderValue, Request};
    use http_body_util::BodyExt as _;

    /// Frames that come at once, and then nothing, with or without an end.
    struct Frames(VecDeque<Frame<Bytes>>, bool);

    impl Body for Frames {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            match self.0.pop_front() {
                Some(frame) => Poll::Ready(Some(Ok(frame))),
                None if self.1 => Poll::Ready(None),
                None => Poll::Pending,
            }
        }
    }

    fn data(texts: &[&'static str], ends: bool) -> Frames {
        Frames(texts.iter().map(|text| Frame::data(Bytes::from_static(text.as_bytes()))).collect(), ends)
    }

    fn checked(lines: &[(&str, &str)], max_bytes: u64) -> Result<(), Reason> {
        let mut request = Request::post("/");
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        check(&request.body(()).unwrap().into_parts().0, max_bytes)
    }

    #[tokio::test]
    async fn a_body_within_its_bound_passes_whole_and_one_byte_more_does_not() {
        let whole = Upload::new(data(&["hello ", "world"], true), 11).collect().await.unwrap();
        assert_eq!(whole.to_bytes(), "hello world");
        let mut larger = Upload::new(data(&["hello ", "worlds"], true), 11);
        assert_eq!(larger.frame().await.unwrap().unwrap().into_data().unwrap(), "hello ");
        assert!(matches!(larger.frame().await, Some(Err(UploadError::TooLarge))));
    }

    #[tokio::test]
    async fn t177_a_body_that_stops_coming_is_cut() {
        let patience = Duration::from_millis(1);
        let mut stalled = Upload::patient(data(&["hello"], false), 100, patience);
        assert!(stalled.frame().await.unwrap().is_ok());
        assert!(matches!(stalled.frame().await, Some(Err(UploadError::Stalled))));
    }

    #[tokio::test]
    async fn t174_trailers_end_a_body_and_stay_here() {
        let mut frames = data(&["hello"], true);
        let trailers = HeaderMap::from_iter([(http::header::AUTHORIZATION, HeaderValue::from_static("x"))]);
        frames.0.push_back(Frame::trailers(trailers));
        let body = Upload::new(frames, 100).collect().await.unwrap();
        assert!(body.trailers().is_none());
        assert_eq!(body.to_bytes(), "hello");
    }

    #[test]
    fn a_request_without_a_body_has_neither_deadline_nor_progress() {
        let none = Upload::new(http_body_util::Empty::<Bytes>::new(), 100);
        assert!(none.is_end_stream() && none.progress().is_none() && none.deadline.is_none());
        assert_eq!(none.size_hint().exact(), Some(0));
    }

    #[test]
    fn t162_only_plain_chunked_goes_on_and_only_up_to_the_bound() {
        for coding in ["chunked", "Chunked"] {
            assert_eq!(checked(&[("transfer-encoding", coding)], 5), Ok(()), "{coding}");
        }
        for coding in ["gzip, chunked", "identity, chunked", "chunked, chunked", "gzip,chunked", ""] {
            let refused = Err(Reason::MalformedRequest);
            assert_eq!(checked(&[("transfer-encoding", coding)], 5), refused, "{coding}");
        }
        let twice = [("transfer-encoding", "gzip"), ("transfer-encoding", "chunked")];
        assert_eq!(checked(&twice, 5), Err(Reason::MalformedRequest));
        assert_eq!(checked(&[("content-length", "5")], 5), Ok(()));
        assert_eq!(checked(&[("content-length", "6")], 5), Err(Reason::BodyTooLarge));
        assert_eq!(checked(&[("content-length", "x")], 5), Err(Reason::MalformedRequest));
        assert_eq!(checked(&[], 5), Ok(()));
    }
}
