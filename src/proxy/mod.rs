//! The data plane: each request goes through the phases below, in this order, and nothing reaches an upstream without a
//! `Permit` from `domain::decide`.
//!
//! limit → canonicalise → route → classify → identify → decide → respond, or forward → watch → record. A warm request asks
//! neither store nor product, holds no lock across an await, and checks no public-key signature.

mod body;
mod cookies;
mod facts;
mod form;
mod forward;
mod headers;
mod lane;
mod own;
pub mod pages;
mod record;
mod respond;
mod route;
pub mod server;
mod target;
mod upstream;
mod watch;

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use arc_swap::ArcSwap;
use futures_util::FutureExt as _;
use http::header::{self, HeaderValue};
use http::request::Parts;
use http::{Method, Request, Response};
use hyper::body::{Body as _, Incoming};

use crate::actions::Actions;
use crate::clock::{Clock, stopwatch};
use crate::config::settings::{Scheme, Settings};
use crate::directory::Directory;
use crate::domain::decide::decide;
use crate::domain::decision::{Decision, Permit, Reason};
use crate::domain::lane::Lane;
use crate::domain::policy::ChallengeRules;
use crate::domain::return_target::ReturnTarget;
use crate::entropy::Entropy;
use crate::identity::{Identities, SessionIdentity};
use crate::telemetry::access_log::{AccessLog, LoggedPath};
use crate::telemetry::labels::{ChallengeEvent, DecisionLabel, UpstreamResult};
use crate::telemetry::metrics::{Held, Metrics, NO_SITE};
use crate::telemetry::receipt::Receipt;

pub use body::Body;
use cookies::{Cookies, OwnNames};
use facts::Judged;
use record::Record;
use respond::Refusal;
use route::{RouteError, Routes, Served};
use target::PathKind;
pub use upstream::Upstream;

/// Everything the data plane works with. One per process, shared by all workers.
pub struct Gateway {
    plan: ArcSwap<Plan>,
    directory: Arc<Directory>,
    identities: Identities,
    actions: Actions,
    clock: Clock,
    entropy: Entropy,
    metrics: Arc<Metrics>,
    access_log: AccessLog,
}

/// The parts a gateway is made of.
pub struct Parts_ {
    /// The tables.
    pub directory: Arc<Directory>,
    /// Who is it.
    pub identities: Identities,
    /// What is done through the store.
    pub actions: Actions,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// One line per request.
    pub access_log: AccessLog,
}

/// What the configuration decides, replaced as a whole when it is read again.
struct Plan {
    organization: Arc<str>,
    sender: String,
    scheme: Scheme,
    names: OwnNames,
    routes: Routes,
    rules: ChallengeRules,
    frequency: std::time::Duration,
}

/// Why a request is not forwarded.
#[derive(Debug, Clone, Copy)]
struct Refused {
    reason: Reason,
    decision: DecisionLabel,
}

impl From<Reason> for Refused {
    fn from(reason: Reason) -> Self {
        let decision = match reason {
            Reason::IdentityUnavailable
            | Reason::IdentityMismatch
            | Reason::StoreUnavailable
            | Reason::UpstreamUnreachable
            | Reason::UpstreamTimeout
            | Reason::Internal => DecisionLabel::Unavailable,
            _ => DecisionLabel::Deny,
        };
        Self { reason, decision }
    }
}
