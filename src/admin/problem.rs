//! How the admin listener says no: a problem document (RFC 9457).
//!
//! It must never repeat what the client sent or what a library said.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    /// One plain sentence for whoever sent the request.
    detail: &'static str,
}

#[derive(Serialize)]
struct Document {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'static str,
}

impl Problem {
    /// A refusal with its status, and one sentence.
    pub fn new(status: StatusCode, detail: &'static str) -> Self {
        Self { status, detail }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { status, detail } = self;
        // `about:blank` says that the status alone is the kind of the problem; its title is then the status's phrase.
        let title = status.canonical_reason().unwrap_or("Problem");
        let document = Document { r#type: "about:blank", title, status: status.as_u16(), detail };
        let mut response = (status, Json(document)).into_response();
        let content_type = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        response
    }
}
