//! The one list of all metrics: name, labels, what it says. Names are `postern_…` in base units.
//!
//! No label may hold a user, an address or a path: a client could then create series without end. What the values of labels
//! may be is in [`labels`](super::labels).

use prometheus::core::Collector;
use prometheus::{
    Error, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry,
};

/// A metric as declared.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// Its name.
    pub name: &'static str,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// What it says, in one sentence.
    pub help: &'static str,
}

macro_rules! families {
    ($($family:ident = $name:ident { $($label:ident),* } $help:literal;)+) => {
        $(pub(super) const $family: Family =
            Family { name: stringify!($name), labels: &[$(stringify!($label)),*], help: $help };)+

        /// Every metric of ours; the process's own (`process_…`) come on top.
        pub const LIST: &[Family] = &[$($family),+];
    };
}

families! {
    REQUESTS = postern_requests_total {site, lane, class, decision, reason} "Requests by how and why they were answered.";
    DECISION_SECONDS = postern_decision_seconds {} "Time from the end of a request's head to its decision.";
    CONNECTIONS = postern_connections {} "Open client connections.";
    CONNECTIONS_RESTING = postern_connections_resting {} "Client connections between two requests whose buffers were given back.";
    CONNECTIONS_CUT = postern_connections_cut_total {cause} "Client connections that were closed without an answer, by cause.";
    REQUESTS_IN_FLIGHT = postern_requests_in_flight {} "Requests not answered completely yet.";
    WEBSOCKETS = postern_websockets {} "Open WebSockets.";
    STREAMS_ENDED = postern_streams_ended_total {end} "WebSockets and long answers that were ended here, by why.";
    UPSTREAM_REQUESTS = postern_upstream_requests_total {site, result} "Requests to upstreams by result.";
    RESPONSES = postern_responses_total {site, status_class} "Answers to clients by the first digit of their status.";

    INTROSPECTIONS = postern_introspections_total {site, result} "Questions to a product who a session belongs to, by result.";
    INTROSPECTION_SECONDS = postern_introspection_seconds {site} "How long a product takes to say who a session belongs to.";
    TOKEN_VERIFICATIONS = postern_token_verifications_total {site, result} "Signatures of tokens that were checked, by result; a token's is checked once.";
    KEY_SETS = postern_key_set_fetches_total {result} "Fetches of issuers' keys, by result.";
    IDENTITY_CACHE = postern_identity_cache_total {result} "Look-ups in the identity cache by result.";

    CHALLENGES = postern_challenges_total {event} "Steps of challenges, from the page to the right code.";
    MOBILE_ENROLMENTS = postern_mobile_enrolments_total {event} "Sessions of mobile apps that pass without a code, by what became of them.";
    MAILS = postern_mails_total {result} "Mails handed to the mail server, by result.";
    OUTBOX_MAILS = postern_outbox_mails {} "Mails that wait to be handed to the mail server.";

    STORE_SECONDS = postern_store_seconds {operation} "How long the store takes, by operation.";
    STORE_ERRORS = postern_store_errors_total {operation} "Failures of the store, by operation.";
    DIRECTORY_ACCOUNTS = postern_directory_accounts {} "Accounts in memory.";
    DIRECTORY_DOMAINS = postern_directory_domains {} "Verified domains in memory.";
    DIRECTORY_CONTRADICTIONS = postern_directory_contradictions {} "People whom a product and the directory disagree about, and who are external for it; postern accept-address --list names them.";

    BUILD_INFO = postern_build_info {version, revision} "Always 1; the labels say what is running.";
    CONFIG_INFO = postern_config_info {fingerprint} "Always 1; the label names the configuration in force.";
    CONFIG_RELOADS = postern_config_reloads_total {result} "Readings of a changed configuration, by result.";
    CONFIG_LAST_RELOAD_SUCCESS = postern_config_last_reload_success {} "Whether the last reading of the configuration worked.";
    DECISIONS_DROPPED = postern_decisions_dropped_total {} "Decisions that cannot be explained by their receipt: too many of one person, or the store is too slow or gone.";
    ACCESS_LOG_DROPPED = postern_access_log_dropped_total {} "Access-log lines given up because their reader is too slow or gone.";
}

/// Microseconds when all is warm, milliseconds when the product is asked.
pub(super) const DECISION_BUCKETS: &[f64] = &[1e-6, 5e-6, 25e-6, 1e-4, 1e-3, 1e-2, 1e-1];
pub(super) const INTROSPECTION_BUCKETS: &[f64] = &[1e-3, 5e-3, 25e-3, 0.1, 0.5, 2.0, 10.0];
pub(super) const STORE_BUCKETS: &[f64] = &[1e-4, 5e-4, 25e-4, 1e-2, 5e-2, 0.25, 1.0, 5.0];

impl Family {
    pub(super) fn counter(self, registry: &Registry) -> Result<IntCounter, Error> {
        register(registry, IntCounter::with_opts(self.opts())?)
    }

    pub(super) fn counters(self, registry: &Registry) -> Result<IntCounterVec, Error> {
        register(registry, IntCounterVec::new(self.opts(), self.labels)?)
    }

    pub(super) fn gauge(self, registry: &Registry) -> Result<IntGauge, Error> {
        register(registry, IntGauge::with_opts(self.opts())?)
    }

    pub(super) fn gauges(self, registry: &Registry) -> Result<IntGaugeVec, Error> {
        register(registry, IntGaugeVec::new(self.opts(), self.labels)?)
    }

    pub(super) fn histogram(self, registry: &Registry, buckets: &[f64]) -> Result<Histogram, Error> {
        register(registry, Histogram::with_opts(HistogramOpts::from(self.opts()).buckets(buckets.to_vec()))?)
    }

    pub(super) fn histograms(self, registry: &Registry, buckets: &[f64]) -> Result<HistogramVec, Error> {
        let opts = HistogramOpts::from(self.opts()).buckets(buckets.to_vec());
        register(registry, HistogramVec::new(opts, self.labels)?)
    }

    fn opts(self) -> Opts {
        Opts::new(self.name, self.help)
    }
}

fn register<M: Collector + Clone + 'static>(registry: &Registry, metric: M) -> Result<M, Error> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}
