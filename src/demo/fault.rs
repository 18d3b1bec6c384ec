//! Ways in which a product fails to say who a session belongs to, for the tests of failing closed.
//!
//! A fault touches the introspection resource alone (`ProductKind::introspection_path`); everything else goes on.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use http_body::Frame;

/// What the introspection resource answers instead of the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 500 with a short text.
    ServerError,
    /// 302 to the sign-in page, as a product behind single sign-on answers.
    Redirect,
    /// 200 with an HTML page, as a misplaced maintenance page answers.
    HtmlPage,
    /// 200 with JSON that breaks off.
    BrokenJson,
    /// No answer, for as long as the client waits.
    Hang,
    /// 200 and a body of JSON white space that never ends.
    EndlessBody,
}

impl Fault {
    /// The faulty answer; for [`Fault::Hang`] this never returns.
    pub async fn answer(self) -> Response {
        let json = [(header::CONTENT_TYPE, "application/json")];
        match self {
            Fault::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "injected fault").into_response(),
            Fault::Redirect => (StatusCode::FOUND, [(header::LOCATION, "/login.jsp")]).into_response(),
            Fault::HtmlPage => Html("<!doctype html><title>Maintenance</title><p>Back soon.").into_response(),
            Fault::BrokenJson => (json, "{\"name\":\"li").into_response(),
            Fault::Hang => std::future::pending().await,
            Fault::EndlessBody => (json, Body::new(Endless)).into_response(),
        }
    }
}

/// A body that always has another 16 KiB.
struct Endless;

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        static BLANK: [u8; 16 * 1024] = [b' '; 16 * 1024];
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&BLANK)))))
    }
}
