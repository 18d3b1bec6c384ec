//! The record of what reached a look-alike: how a test proves that no byte of a refused request arrived.
//!
//! Every request is recorded when its head arrives, before anything is decided about it; nothing is left out.

use std::collections::VecDeque;

use axum::{body::Body, http::Request};

/// How many requests are remembered; the oldest is forgotten first.
const CAPACITY: usize = 10_000;

/// The head of one request as the look-alike's server saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// As it was sent, in upper case.
    pub method: String,
    /// The path with its query, byte for byte.
    pub target: String,
    /// Name (lower case) and value of every header line in order; lines of one name stand together. Bytes that are
    /// not UTF-8 are replaced.
    pub headers: Vec<(String, String)>,
}

impl Received {
    /// The path without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The values of every line of that name (lower case).
    pub fn header(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }
}

impl From<&Request<Body>> for Received {
    fn from(request: &Request<Body>) -> Self {
        let lines = request.headers().iter();
        Received {
            method: request.method().to_string(),
            target: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
            headers: lines
                .map(|(name, value)| {
                    (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
                })
                .collect(),
        }
    }
}

/// The newest requests, oldest first.
#[derive(Debug, Default)]
pub struct Record {
    requests: VecDeque<Received>,
}

impl Record {
    pub fn push(&mut self, request: Received) {
        if self.requests.len() == CAPACITY {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
    }

    pub fn all(&self) -> Vec<Received> {
        self.requests.iter().cloned().collect()
    }

    pub fn clear(&mut self) {
        self.requests.clear();
    }
}
