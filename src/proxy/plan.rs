//! What the configuration decides about requests: one value, replaced as a whole when the file is read again.

use std::sync::Arc;

use ipnet::IpNet;
use rustls::ServerConfig;

use crate::config::decisions::Kept;
use crate::config::settings::{Scheme, Settings};
use crate::domain::policy::ChallengeRules;
use crate::telemetry::metrics::Metrics;

use super::cookies::OwnNames;
use super::homes::Homes;
use super::route::{Routes, Served};

/// The plan that requests are served by.
pub(super) struct Plan {
    /// The address that mails come from, for people who look in their spam.
    pub sender: String,
    /// The scheme browsers see.
    pub scheme: Scheme,
    /// The proxies in front of us whose word about the client counts.
    pub trusted_proxies: Vec<IpNet>,
    /// What new connections are accepted with; `None` is plain HTTP.
    pub tls: Option<Arc<ServerConfig>>,
    /// Whether new connections begin with a PROXY header.
    pub proxy_protocol: bool,
    /// How many connections an address may have.
    pub connections_per_address: u32,
    /// What our cookies are called under that scheme.
    pub names: OwnNames,
    /// The sites.
    pub routes: Routes,
    /// Where organizations of several hosts keep who verified.
    pub homes: Homes,
    /// The largest form that is held while somebody verifies; 0 for none.
    pub hold_forms_bytes: u64,
    /// The rules of challenges.
    pub rules: ChallengeRules,
    /// Of which requests what was decided is kept.
    pub decisions: Kept,
}

impl Plan {
    pub(super) fn new(settings: &Settings, metrics: &Metrics) -> Self {
        let verification = &settings.verification;
        let served = settings
            .sites
            .iter()
            .map(|site| Served { site: Arc::clone(site), metrics: metrics.site(&site.id) });
        Self {
            sender: settings.mail.from.email.to_string(),
            scheme: settings.listen.scheme,
            trusted_proxies: settings.listen.trusted_proxies.clone(),
            tls: settings.listen.tls.as_ref().map(|tls| Arc::clone(&tls.server)),
            proxy_protocol: settings.listen.proxy_protocol,
            connections_per_address: settings.listen.max_connections_per_address,
            names: OwnNames::of(settings.listen.scheme),
            routes: Routes::new(served),
            homes: Homes::of(settings),
            hold_forms_bytes: verification.hold_forms_bytes,
            rules: ChallengeRules {
                code_digits: verification.code_digits,
                code_lifetime: verification.code_lifetime,
                code_tries: verification.code_tries,
                limits: settings.limits.clone(),
            },
            decisions: settings.decisions.keep,
        }
    }
}
