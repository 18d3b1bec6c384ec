//! Record: one access-log line and one count for each request, when its answer has ended, however it ended.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use jiff::Timestamp;

use crate::domain::account::Class;
use crate::domain::decision::Reason;
use crate::domain::lane::Lane;
use crate::telemetry::access_line::{Entry, LoggedPath};
use crate::telemetry::access_log::AccessLog;
use crate::telemetry::labels::DecisionLabel;
use crate::telemetry::metrics::Held;
use crate::telemetry::receipt::Receipt;
use crate::telemetry::site_metrics::SiteMetrics;

/// The status of a request whose client went away before there was an answer.
const CLIENT_GONE: u16 = 499;

/// What is known of a request so far. Dropping it writes it down.
pub struct Record {
    /// Where the line goes.
    pub log: AccessLog,
    /// The counters of its site.
    pub metrics: Arc<SiteMetrics>,
    /// When its head was read.
    pub at: Timestamp,
    /// The same for measuring.
    pub started: Instant,
    /// By which it is found again.
    pub receipt: Receipt,
    /// The site's id.
    pub site: Arc<str>,
    /// Its method.
    pub method: Method,
    /// Its path without anything secret.
    pub path: LoggedPath,
    /// Its lane.
    pub lane: Lane,
    /// How it was answered.
    pub decision: DecisionLabel,
    /// Why.
    pub reason: Reason,
    /// Whose API token it is, where that is known; otherwise the class follows from the reason.
    pub owner: Option<Class>,
    /// The status of the answer, once there is one.
    pub status: Option<StatusCode>,
    /// How long the upstream took to begin its answer.
    pub upstream: Option<Duration>,
    /// Where it came from.
    pub client: IpAddr,
    /// The announced size of the request's body.
    pub request_bytes: u64,
    /// The size of the answer's body so far.
    pub response_bytes: u64,
    /// Keeps the request counted as in flight.
    pub _in_flight: Held,
}

impl Drop for Record {
    fn drop(&mut self) {
        if let Some(status) = self.status {
            self.metrics.responses.count(status.into());
        }
        let owner = self.owner.filter(|_| self.reason == Reason::ApiToken);
        match owner {
            Some(class) => self.metrics.count_owned_token(self.lane, class),
            None => self.metrics.count(self.lane, self.decision, self.reason),
        }
        if !self.log.is_enabled() {
            return;
        }
        self.log.log(Entry {
            at: self.at,
            receipt: self.receipt,
            site: Arc::clone(&self.site),
            method: std::mem::take(&mut self.method),
            path: std::mem::take(&mut self.path),
            status: self.status.map_or(CLIENT_GONE, |status| status.as_u16()),
            lane: self.lane,
            decision: self.decision,
            reason: self.reason,
            class: owner.unwrap_or(self.reason.class()),
            duration: self.started.elapsed(),
            upstream: self.upstream,
            peer: self.client,
            request_bytes: self.request_bytes,
            response_bytes: self.response_bytes,
        });
    }
}
