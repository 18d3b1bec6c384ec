//! Asking a product: one worker's pooled connections, how long an answer may take, and what counts as one.
//!
//! An answer whose end is open to interpretation is refused: what one reads as its tail, another reads as the next answer.

use std::error::Error;
use std::pin::{Pin, pin};
use std::time::Duration;

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::response::Parts;
use http::{Request, Response, StatusCode, Version};

use crate::config::settings;
use crate::connect::{AnswerBody, AskError, Pools};
use crate::domain::decision::Reason;

use super::upload::{Progress, Upload, UploadError};

/// How long a connection may take to open, TLS included.
pub(super) const CONNECT: Duration = Duration::from_secs(5);
/// How long a product may take to begin its answer once nothing moves any more: as long as the vendor's own front end
/// allows for a read is 60 s; large uploads need more, so this bounds a hang, not a slow page.
const ANSWER: Duration = Duration::from_secs(300);
/// How long an idle connection is kept: less than the 20 s after which Tomcat closes it.
const IDLE: Duration = Duration::from_secs(15);

/// One worker's upstream connections.
pub struct Upstream {
    pools: Pools<Upload>,
}

impl Upstream {
    /// Empty pools.
    pub fn new() -> Self {
        Self { pools: Pools::new(CONNECT, IDLE) }
    }

    /// Sends a request and waits for the head of its answer. A request is repeated only where no byte of it was sent.
    /// No `async fn`, which would hold the request twice.
    pub(super) fn send(
        &self,
        upstream: &settings::Upstream,
        request: Request<Upload>,
    ) -> impl Future<Output = Result<Response<AnswerBody<Upload>>, Reason>> {
        let progress = request.body().progress();
        async move {
            let asked = pin!(self.pools.request(upstream, request));
            let answer = wait(asked, progress, ANSWER).await.ok_or(Reason::UpstreamTimeout)?;
            let (mut head, body) = answer.map_err(|error| reason(&error))?.into_parts();
            if let Err(why) = check(&head) {
                // Dropping the body ends the connection, unless all of it is here and nothing after it.
                tracing::warn!(upstream = %upstream.authority, why, "an upstream's answer was refused");
                return Err(Reason::UpstreamUnreachable);
            }
            // The product's version says how far it speaks, ours how far we do.
            head.version = Version::HTTP_11;
            Ok(Response::from_parts(head, body))
        }
    }
}

impl Default for Upstream {
    fn default() -> Self {
        Self::new()
    }
}

/// Waits for as long as the request's body moves, and then for `patience` at least and twice that at most; `None` after
/// that.
async fn wait<F: Future>(
    mut asked: Pin<&mut F>,
    progress: Option<Progress>,
    patience: Duration,
) -> Option<F::Output> {
    let mut pieces = 0;
    loop {
        if let Ok(answer) = tokio::time::timeout(patience, asked.as_mut()).await {
            return Some(answer);
        }
        let now = progress.as_ref().map_or(0, Progress::pieces);
        if now == pieces {
            return None;
        }
        pieces = now;
    }
}

/// Why there is no answer. A body that broke its bounds is the client's doing, not the product's.
fn reason(error: &AskError) -> Reason {
    let AskError::Http(error) = error else { return Reason::UpstreamUnreachable };
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        match error.downcast_ref::<UploadError<hyper::Error>>() {
            Some(UploadError::TooLarge) => return Reason::BodyTooLarge,
            Some(UploadError::Stalled) => return Reason::BodyStalled,
            Some(UploadError::Broken(_)) => return Reason::MalformedRequest,
            None => cause = error.source(),
        }
    }
    tracing::debug!(%error, "an upstream request failed");
    Reason::UpstreamUnreachable
}

/// Whether the head of an answer says in one way alone where the answer ends (RFC 9112 section 6.3).
fn check(head: &Parts) -> Result<(), &'static str> {
    if head.status == StatusCode::SWITCHING_PROTOCOLS {
        return Err("it switches to a protocol that nobody asked for");
    }
    let mut codings = head.headers.get_all(TRANSFER_ENCODING).iter();
    let mut lengths = head.headers.get_all(CONTENT_LENGTH).iter();
    match (codings.next(), lengths.next()) {
        (None, None) => return Ok(()),
        (Some(_), Some(_)) => return Err("it has a length and a transfer coding"),
        // We ask for none, and taken off on the way the content would lose its label.
        (Some(coding), None) if !coding.as_bytes().eq_ignore_ascii_case(b"chunked") => {
            return Err("it has a transfer coding besides chunked");
        }
        (None, Some(length)) if !length.as_bytes().iter().all(u8::is_ascii_digit) => {
            return Err("its length is no number");
        }
        _ => {}
    }
    if codings.next().is_some() || lengths.next().is_some() {
        return Err("it says twice where it ends");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(status: u16, lines: &[(&str, &str)]) -> Result<(), &'static str> {
        let mut response = Response::builder().status(status);
        for (name, value) in lines {
            response = response.header(*name, *value);
        }
        check(&response.body(()).unwrap().into_parts().0)
    }

    #[tokio::test]
    async fn a_large_upload_may_take_longer_than_an_answer() {
        let patience = Duration::from_millis(1);
        let progress = Progress::default();
        let mut looks = 0;
        // Something moves whenever somebody looks, and at the fourth look there is an answer.
        let asked = std::future::poll_fn(|_| {
            progress.count();
            looks += 1;
            if looks < 4 { std::task::Poll::Pending } else { std::task::Poll::Ready("answer") }
        });
        assert_eq!(wait(pin!(asked), Some(progress.clone()), patience).await, Some("answer"));
        let silence = std::future::pending::<()>();
        assert_eq!(
            wait(pin!(silence), Some(progress), patience).await,
            None,
            "it moved once, and never again"
        );
        assert_eq!(wait(pin!(std::future::pending::<()>()), None, patience).await, None);
    }

    #[test]
    fn t171_an_answer_says_once_where_it_ends() {
        for lines in [vec![], vec![("content-length", "5")], vec![("transfer-encoding", "chunked")]] {
            assert_eq!(checked(200, &lines), Ok(()), "{lines:?}");
        }
        let (length, chunked) = (("content-length", "5"), ("transfer-encoding", "chunked"));
        for lines in [
            vec![length, chunked],
            vec![length, length],
            vec![chunked, chunked],
            vec![("content-length", "5, 5")],
            vec![("content-length", "+5")],
            vec![("transfer-encoding", "gzip, chunked")],
            vec![("transfer-encoding", "identity")],
        ] {
            assert!(checked(200, &lines).is_err(), "{lines:?}");
        }
        assert!(checked(101, &[]).is_err(), "nobody asked for another protocol");
    }
}
