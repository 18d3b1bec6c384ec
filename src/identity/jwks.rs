//! The keys of issuers that publish them: fetched when they are first needed, kept current, and never replaced by anything odd.
//!
//! One fetch at a time, whoever waits for it; a key that its issuer removed is refused within [`BELIEVED`], unless the issuer
//! cannot be reached at all.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use jiff::Timestamp;

use crate::domain::key_set::{KeySet, KeySetError};
use crate::telemetry::labels::KeySetResult;
use crate::telemetry::metrics::Metrics;

use super::https;

/// From this age on a set is fetched again, while the old one still serves.
const REFRESH: Duration = Duration::from_secs(5 * 60);

/// From this age on a set serves only once it was fetched again, or if that fails.
const BELIEVED: Duration = Duration::from_secs(10 * 60);

/// How long a set serves while its issuer cannot be reached, or sends what is none.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// How far apart two fetches of a set are, so that made-up key ids do not become a flood at the issuer.
const APART: Duration = Duration::from_secs(30);

/// The same, as long as there is no set at all.
const FIRST_APART: Duration = Duration::from_secs(5);

/// How long a fetch may take.
const TIMEOUT: Duration = Duration::from_secs(5);

const MAX_BYTES: usize = 256 * 1024;

/// The sets of all issuers, by where they are published.
pub(super) struct RemoteKeySets {
    sets: Mutex<HashMap<Uri, Arc<RemoteKeySet>>>,
    metrics: Arc<Metrics>,
}

/// One issuer's set.
pub(super) struct RemoteKeySet {
    url: Uri,
    metrics: Arc<Metrics>,
    /// The newest good one.
    fetched: ArcSwapOption<Fetched>,
    /// Whether the newest attempt brought none.
    failed: AtomicBool,
    /// When the newest attempt began. Held during an attempt, which all who need its outcome wait for.
    attempt: tokio::sync::Mutex<Option<Timestamp>>,
}

struct Fetched {
    keys: Arc<KeySet>,
    at: Timestamp,
}

/// Why a fetch brought no set.
#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("it cannot be reached")]
    Unreachable,
    #[error("it did not answer in time")]
    Late,
    #[error("its answer has a status other than 200")]
    Status,
    #[error("its answer is not JSON")]
    NotJson,
    #[error("its answer is too large or broken off")]
    TooLarge,
    #[error("its answer {0}")]
    Set(#[from] KeySetError),
}

impl RemoteKeySets {
    pub(super) fn new(metrics: Arc<Metrics>) -> Self {
        Self { sets: Mutex::default(), metrics }
    }

    /// The set of a URL, which must come from the configuration: what is made here stays.
    pub(super) fn of(&self, url: &Uri) -> Arc<RemoteKeySet> {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(RemoteKeySet::new(url.clone(), Arc::clone(&self.metrics)));
        Arc::clone(sets.entry(url.clone()).or_insert_with(new))
    }
}

impl RemoteKeySet {
    fn new(url: Uri, metrics: Arc<Metrics>) -> Self {
        let (fetched, failed, attempt) = (ArcSwapOption::empty(), AtomicBool::new(false), Default::default());
        Self { url, metrics, fetched, failed, attempt }
    }

    /// The keys that count now; `None` where there are none, or none that are young enough.
    pub(super) async fn current(self: &Arc<Self>, now: Timestamp) -> Option<Arc<KeySet>> {
        match self.age(now) {
            Some(age) if age < REFRESH => {}
            Some(age) if age < BELIEVED || self.failed.load(Ordering::Relaxed) => {
                drop(tokio::spawn(Arc::clone(self).refresh(now)));
            }
            _ => self.wait_for_refresh(now).await,
        }
        self.kept(now)
    }

    /// The keys after a look for new ones, as a token names one that is not known.
    pub(super) async fn newer(self: &Arc<Self>, now: Timestamp) -> Option<Arc<KeySet>> {
        self.wait_for_refresh(now).await;
        self.kept(now)
    }

    fn age(&self, now: Timestamp) -> Option<Duration> {
        let at = self.fetched.load().as_ref()?.at;
        Some(now.duration_since(at).unsigned_abs())
    }

    fn kept(&self, now: Timestamp) -> Option<Arc<KeySet>> {
        if self.age(now)? >= KEPT {
            return None;
        }
        self.fetched.load().as_ref().map(|fetched| Arc::clone(&fetched.keys))
    }

    /// A task of its own, so that a client which goes away does not take the attempt of all with it.
    async fn wait_for_refresh(self: &Arc<Self>, now: Timestamp) {
        let _ = tokio::spawn(Arc::clone(self).refresh(now)).await;
    }

    /// Fetches the set, unless that was tried just now. What is refused leaves the set before it in place.
    async fn refresh(self: Arc<Self>, now: Timestamp) {
        let mut attempt = self.attempt.lock().await;
        let apart = if self.fetched.load().is_some() { APART } else { FIRST_APART };
        if attempt.is_some_and(|last| now.duration_since(last).unsigned_abs() < apart) {
            return;
        }
        *attempt = Some(now);
        let outcome = match tokio::time::timeout(TIMEOUT, fetch(&self.url)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(FetchError::Late),
        };
        self.metrics.key_sets.count(KeySetResult::from(&outcome));
        self.failed.store(outcome.is_err(), Ordering::Relaxed);
        match outcome {
            Ok(keys) => self.fetched.store(Some(Arc::new(Fetched { keys: Arc::new(keys), at: now }))),
            Err(error) => {
                tracing::warn!(issuer = self.url.host(), %error, "an issuer's keys could not be fetched; the ones before stay");
            }
        }
    }
}

async fn fetch(url: &Uri) -> Result<KeySet, FetchError> {
    let client = https::client().ok_or(FetchError::Unreachable)?;
    let request = Request::get(url.clone()).header(ACCEPT, "application/jwk-set+json, application/json");
    let request = request.body(Full::<Bytes>::default()).map_err(|_| FetchError::Unreachable)?;
    let (head, body) = client.request(request).await.map_err(|_| FetchError::Unreachable)?.into_parts();
    if head.status != StatusCode::OK {
        return Err(FetchError::Status);
    }
    if !is_json(&head.headers) {
        return Err(FetchError::NotJson);
    }
    let body = Limited::new(body, MAX_BYTES).collect().await.map_err(|_| FetchError::TooLarge)?;
    Ok(KeySet::parse(&body.to_bytes())?)
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(kind)) = headers.get(CONTENT_TYPE).map(HeaderValue::to_str) else { return false };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    ["application/json", "application/jwk-set+json"].iter().any(|json| kind.eq_ignore_ascii_case(json))
}

impl From<&Result<KeySet, FetchError>> for KeySetResult {
    fn from(outcome: &Result<KeySet, FetchError>) -> Self {
        match outcome {
            Ok(_) => Self::Fetched,
            Err(FetchError::Unreachable | FetchError::Late) => Self::Unreachable,
            Err(_) => Self::Refused,
        }
    }
}
