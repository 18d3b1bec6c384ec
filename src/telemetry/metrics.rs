//! What is measured while the gateway runs, and its exposition. Every metric is declared in [`families`].
//!
//! Recording never waits and never fails. What a single request touches is in [`site_metrics`](super::site_metrics).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus::{
    Histogram, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Registry, TextEncoder,
};

use super::families;
use super::labels::{
    CacheResult, ChallengeEvent, Counters, CutCause, EnrolmentEvent, KeySetResult, MailResult, ReloadResult,
    StreamEnd,
};
use super::site_metrics::{SiteFamilies, SiteMetrics};

/// The `site` of requests that named no site of ours. No host name can look like it.
pub const NO_SITE: &str = "-";

/// All that is measured. Each value has its own registry, so that tests can run many gateways in one process.
#[derive(Debug)]
pub struct Metrics {
    /// Where the exposition is gathered from.
    registry: Registry,
    /// The families that sites take their series from.
    of_sites: SiteFamilies,
    /// The sites met so far. Locked at start and reload only.
    sites: Mutex<HashMap<String, Arc<SiteMetrics>>>,
    /// What is counted for requests that belong to no site.
    pub unrouted: Arc<SiteMetrics>,
    /// From the end of a request's head to its decision, in seconds.
    pub decision_seconds: Histogram,
    /// Open client connections; see [`Held`].
    pub connections: IntGauge,
    /// Those between two requests; see [`Held`].
    pub connections_resting: IntGauge,
    /// Client connections that were closed without an answer.
    pub connections_cut: Counters<CutCause>,
    /// Requests that are not answered completely yet; see [`Held`].
    pub requests_in_flight: IntGauge,
    /// Open WebSockets; see [`Held`].
    pub websockets: IntGauge,
    /// Sockets and long answers that were ended here, by why.
    pub streams_ended: Counters<StreamEnd>,
    /// Look-ups in the identity cache.
    pub identity_cache: Counters<CacheResult>,
    /// Fetches of issuers' keys.
    pub key_sets: Counters<KeySetResult>,
    /// Steps of challenges.
    pub challenges: Counters<ChallengeEvent>,
    /// What became of the enrolments of mobile apps' sessions.
    pub mobile_enrolments: Counters<EnrolmentEvent>,
    /// Mails handed to the mail server, by result.
    pub mails: Counters<MailResult>,
    /// Mails that wait to be handed on.
    pub outbox_mails: IntGauge,
    /// Accounts in memory.
    pub directory_accounts: IntGauge,
    /// Verified domains in memory.
    pub directory_domains: IntGauge,
    /// People whom a product and the directory disagree about.
    pub directory_contradictions: IntGauge,
    /// Access-log lines that were given up because the log's reader is too slow or gone.
    pub access_log_dropped: IntCounter,
    /// Decisions that were given up because there are too many of somebody, or the store is too slow or gone.
    pub decisions_dropped: IntCounter,
    store_seconds: HistogramVec,
    store_errors: IntCounterVec,
    config_info: IntGaugeVec,
    config_reloads: Counters<ReloadResult>,
    config_last_reload_success: IntGauge,
}

impl Metrics {
    /// Sets up every metric of the list. `sites` are the ids of the configured sites, which are exposed from the start.
    pub fn new(sites: &[&str]) -> Result<Arc<Self>, prometheus::Error> {
        let registry = Registry::new();
        #[cfg(target_os = "linux")]
        registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        let build = [env!("CARGO_PKG_VERSION"), option_env!("POSTERN_REVISION").unwrap_or("unknown")];
        families::BUILD_INFO.gauges(&registry)?.with_label_values(&build).set(1);
        let of_sites = SiteFamilies::new(&registry)?;
        let metrics = Self {
            unrouted: Arc::new(SiteMetrics::new(NO_SITE, &of_sites)),
            decision_seconds: families::DECISION_SECONDS.histogram(&registry, families::DECISION_BUCKETS)?,
            connections: families::CONNECTIONS.gauge(&registry)?,
            connections_resting: families::CONNECTIONS_RESTING.gauge(&registry)?,
            connections_cut: Counters::new(&families::CONNECTIONS_CUT.counters(&registry)?, &[]),
            requests_in_flight: families::REQUESTS_IN_FLIGHT.gauge(&registry)?,
            websockets: families::WEBSOCKETS.gauge(&registry)?,
            streams_ended: Counters::new(&families::STREAMS_ENDED.counters(&registry)?, &[]),
            identity_cache: Counters::new(&families::IDENTITY_CACHE.counters(&registry)?, &[]),
            key_sets: Counters::new(&families::KEY_SETS.counters(&registry)?, &[]),
            challenges: Counters::new(&families::CHALLENGES.counters(&registry)?, &[]),
            mobile_enrolments: Counters::new(&families::MOBILE_ENROLMENTS.counters(&registry)?, &[]),
            mails: Counters::new(&families::MAILS.counters(&registry)?, &[]),
            outbox_mails: families::OUTBOX_MAILS.gauge(&registry)?,
            directory_accounts: families::DIRECTORY_ACCOUNTS.gauge(&registry)?,
            directory_domains: families::DIRECTORY_DOMAINS.gauge(&registry)?,
            directory_contradictions: families::DIRECTORY_CONTRADICTIONS.gauge(&registry)?,
            access_log_dropped: families::ACCESS_LOG_DROPPED.counter(&registry)?,
            decisions_dropped: families::DECISIONS_DROPPED.counter(&registry)?,
            store_seconds: families::STORE_SECONDS.histograms(&registry, families::STORE_BUCKETS)?,
            store_errors: families::STORE_ERRORS.counters(&registry)?,
            config_info: families::CONFIG_INFO.gauges(&registry)?,
            config_reloads: Counters::new(&families::CONFIG_RELOADS.counters(&registry)?, &[]),
            config_last_reload_success: families::CONFIG_LAST_RELOAD_SUCCESS.gauge(&registry)?,
            sites: Mutex::default(),
            of_sites,
            registry,
        };
        // A process that runs has read its configuration.
        metrics.config_last_reload_success.set(1);
        for site in sites {
            metrics.site(site);
        }
        Ok(Arc::new(metrics))
    }

    /// The metrics of a configured site, made at first sight. For start and reload: it locks, and what it makes stays, so
    /// `id` must come from the configuration and never from a request.
    pub fn site(&self, id: &str) -> Arc<SiteMetrics> {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(SiteMetrics::new(id, &self.of_sites));
        Arc::clone(sites.entry(id.to_owned()).or_insert_with(new))
    }

    /// Records one call of the store. `operation` is a name from the source, hence `'static`: the series stay few.
    pub fn store_call(&self, operation: &'static str, took: Duration, succeeded: bool) {
        self.store_seconds.with_label_values(&[operation]).observe(took.as_secs_f64());
        self.store_errors.with_label_values(&[operation]).inc_by(u64::from(!succeeded));
    }

    /// Names the configuration in force, and forgets the one before.
    pub fn config_in_force(&self, fingerprint: &str) {
        self.config_info.reset();
        self.config_info.with_label_values(&[fingerprint]).set(1);
    }

    /// Records that a changed configuration was read.
    pub fn config_reloaded(&self, result: ReloadResult) {
        self.config_reloads.count(result);
        self.config_last_reload_success.set(i64::from(result == ReloadResult::Success));
    }

    /// Everything in the text format 0.0.4 of Prometheus.
    ///
    /// # Errors
    /// None with the metrics of this file: the encoder refuses only families without name or series, which cannot be
    /// declared and are not gathered.
    pub fn expose(&self) -> Result<String, prometheus::Error> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}

/// One more in a gauge for as long as this value lives, also when its task is cancelled or panics.
#[derive(Debug)]
pub struct Held(IntGauge);

impl Held {
    /// Adds one to the gauge until dropped.
    pub fn new(gauge: &IntGauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::process::{Command, Stdio};

    use crate::domain::decision::Reason;
    use crate::domain::lane::Lane;
    use crate::telemetry::labels::{DecisionLabel, IntrospectionResult, Label, UpstreamResult};

    const SITE: &str = "wiki.acme.test/wiki";

    fn touched() -> Arc<Metrics> {
        let metrics = Metrics::new(&[SITE]).unwrap();
        let site = metrics.site(SITE);
        site.count(Lane::Browser, DecisionLabel::Pass, Reason::Managed);
        site.upstream_requests.count(UpstreamResult::Timeout);
        site.responses.count(http::StatusCode::OK.into());
        site.introspections.count(IntrospectionResult::Person);
        site.introspection_seconds.observe(0.1);
        metrics.decision_seconds.observe(1e-6);
        metrics.store_call("issue_code", Duration::from_millis(2), false);
        metrics.config_in_force("0123456789ab");
        metrics.config_reloaded(ReloadResult::Failure);
        metrics
    }

    #[test]
    fn promtool_finds_nothing_to_complain_about() {
        let promtool = Command::new("promtool")
            .args(["check", "metrics"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut promtool = match promtool {
            Ok(promtool) => promtool,
            Err(error) if std::env::var_os("CI").is_none() => {
                println!("skipped: promtool is not installed ({error})");
                return;
            }
            Err(error) => panic!("promtool: {error}"),
        };
        let exposition = touched().expose().unwrap();
        promtool.stdin.take().unwrap().write_all(exposition.as_bytes()).unwrap();
        let output = promtool.wait_with_output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success() && said.is_empty(), "{}", String::from_utf8_lossy(&said));
    }

    #[test]
    fn all_of_the_list_and_nothing_of_another_name_is_exposed() {
        let exposition = touched().expose().unwrap();
        for family in families::LIST {
            assert!(
                exposition.contains(&format!("# HELP {} {}\n", family.name, family.help)),
                "{}",
                family.name
            );
        }
        for line in exposition.lines().filter(|line| line.starts_with("# TYPE")) {
            assert!(line.starts_with("# TYPE postern_") || line.starts_with("# TYPE process_"), "{line}");
        }
    }

    #[test]
    fn as_many_requests_are_exposed_as_were_counted_on_all_threads() {
        let metrics = Metrics::new(&[SITE]).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let site = metrics.site(SITE);
                    for _ in 0..250 {
                        site.count(Lane::Browser, DecisionLabel::Challenge, Reason::NoProof);
                    }
                });
            }
        });
        metrics.unrouted.count(Lane::Anonymous, DecisionLabel::Deny, Reason::UnknownHost);
        let exposition = metrics.expose().unwrap();
        let series = exposition.lines().filter(|line| line.starts_with("postern_requests_total{"));
        assert_eq!(
            series.collect::<Vec<_>>(),
            [
                r#"postern_requests_total{class="external",decision="challenge",lane="browser",reason="no-proof",site="wiki.acme.test/wiki"} 1000"#,
                r#"postern_requests_total{class="unknown",decision="deny",lane="anonymous",reason="unknown-host",site="-"} 1"#,
            ]
        );
    }

    #[test]
    fn every_step_of_a_challenge_is_exposed_before_it_first_happens() {
        let exposition = Metrics::new(&[]).unwrap().expose().unwrap();
        for event in ChallengeEvent::ALL {
            let line = format!("postern_challenges_total{{event=\"{}\"}} 0\n", event.label());
            assert!(exposition.contains(&line), "{line}");
        }
    }

    #[test]
    fn a_reload_names_the_new_configuration_only() {
        let metrics = touched();
        metrics.config_in_force("ba9876543210");
        metrics.config_reloaded(ReloadResult::Success);
        let exposition = metrics.expose().unwrap();
        assert_eq!(exposition.matches("postern_config_info{").count(), 1);
        assert!(exposition.contains("postern_config_info{fingerprint=\"ba9876543210\"} 1\n"));
        assert!(exposition.contains("postern_config_last_reload_success 1\n"));
        assert!(exposition.contains("postern_config_reloads_total{result=\"failure\"} 1\n"));
    }

    #[test]
    fn what_is_held_is_let_go_when_its_task_ends() {
        let metrics = Metrics::new(&[]).unwrap();
        let held = Held::new(&metrics.connections);
        assert_eq!(metrics.connections.get(), 1);
        drop(held);
        assert_eq!(metrics.connections.get(), 0);
    }
}
