//! What is counted for one site, resolved once, so that counting a request is an array index and an atomic addition.
//!
//! Nothing here may lock or hash on the way of a warm request. The families are declared in [`families`].

use std::sync::OnceLock;

use prometheus::{Histogram, HistogramVec, IntCounter, IntCounterVec, Registry};

use crate::domain::account::Class;
use crate::domain::decision::Reason;
use crate::domain::lane::Lane;

use super::families;
use super::labels::{
    Counters, DecisionLabel, IntrospectionResult, Label, StatusClass, TokenResult, UpstreamResult,
};

/// The metrics of one site.
#[derive(Debug)]
pub struct SiteMetrics {
    /// The value of the `site` label.
    site: String,
    /// Where a request series comes from at its first use: most of the combinations never happen.
    requests: IntCounterVec,
    /// One cell per lane, decision and reason; see [`cell`].
    cells: Vec<OnceLock<IntCounter>>,
    /// API tokens that pass, where it is known whose they are: one cell per lane and class.
    owned_tokens: Vec<OnceLock<IntCounter>>,
    /// Requests to the upstream by result.
    pub upstream_requests: Counters<UpstreamResult>,
    /// Answers to clients by the first digit of their status.
    pub responses: Counters<StatusClass>,
    /// Questions to the product who a session belongs to, by result.
    pub introspections: Counters<IntrospectionResult>,
    /// How long those took, in seconds.
    pub introspection_seconds: Histogram,
    /// Signatures of tokens that were checked.
    pub token_verifications: Counters<TokenResult>,
}

impl SiteMetrics {
    pub(super) fn new(site: &str, from: &SiteFamilies) -> Self {
        let cells = Lane::ALL.len() * DecisionLabel::ALL.len() * Reason::ALL.len();
        Self {
            site: site.to_owned(),
            requests: from.requests.clone(),
            cells: (0..cells).map(|_| OnceLock::new()).collect(),
            owned_tokens: (0..Lane::ALL.len() * Class::ALL.len()).map(|_| OnceLock::new()).collect(),
            upstream_requests: Counters::new(&from.upstream_requests, &[site]),
            responses: Counters::new(&from.responses, &[site]),
            introspections: Counters::new(&from.introspections, &[site]),
            introspection_seconds: from.introspection_seconds.with_label_values(&[site]),
            token_verifications: Counters::new(&from.token_verifications, &[site]),
        }
    }

    /// Counts one answered request.
    pub fn count(&self, lane: Lane, decision: DecisionLabel, reason: Reason) {
        let cell = &self.cells[cell(lane, decision, reason)];
        cell.get_or_init(|| self.series(lane, reason.class(), decision, reason)).inc();
    }

    /// Counts one API token that passed, and whose it is.
    pub fn count_owned_token(&self, lane: Lane, class: Class) {
        let cell = &self.owned_tokens[lane as usize * Class::ALL.len() + class as usize];
        cell.get_or_init(|| self.series(lane, class, DecisionLabel::Pass, Reason::ApiToken)).inc();
    }

    fn series(&self, lane: Lane, class: Class, decision: DecisionLabel, reason: Reason) -> IntCounter {
        self.requests.with_label_values(&[
            &self.site,
            lane.label(),
            class.label(),
            decision.label(),
            reason.code(),
        ])
    }
}

/// The families that have a `site` label.
#[derive(Debug)]
pub(super) struct SiteFamilies {
    requests: IntCounterVec,
    upstream_requests: IntCounterVec,
    responses: IntCounterVec,
    introspections: IntCounterVec,
    introspection_seconds: HistogramVec,
    token_verifications: IntCounterVec,
}

impl SiteFamilies {
    pub(super) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let buckets = families::INTROSPECTION_BUCKETS;
        Ok(Self {
            requests: families::REQUESTS.counters(registry)?,
            upstream_requests: families::UPSTREAM_REQUESTS.counters(registry)?,
            responses: families::RESPONSES.counters(registry)?,
            introspections: families::INTROSPECTIONS.counters(registry)?,
            introspection_seconds: families::INTROSPECTION_SECONDS.histograms(registry, buckets)?,
            token_verifications: families::TOKEN_VERIFICATIONS.counters(registry)?,
        })
    }
}

/// The place of a combination: reasons next to each other, then decisions, then lanes.
fn cell(lane: Lane, decision: DecisionLabel, reason: Reason) -> usize {
    (lane as usize * DecisionLabel::ALL.len() + decision.index()) * Reason::ALL.len() + reason as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_token_is_counted_by_its_owner_where_that_is_known() {
        let registry = Registry::new();
        let site = SiteMetrics::new("jira.test", &SiteFamilies::new(&registry).unwrap());
        for (index, class) in Class::ALL.into_iter().enumerate() {
            assert_eq!(class as usize, index, "ALL lists the classes in declaration order");
            site.count_owned_token(Lane::Mobile, class);
        }
        site.count(Lane::Mobile, DecisionLabel::Pass, Reason::ApiToken);
        let counted =
            |class: Class| site.series(Lane::Mobile, class, DecisionLabel::Pass, Reason::ApiToken).get();
        assert_eq!(Class::ALL.map(counted), [1, 1, 1, 2, 1]);
    }

    #[test]
    fn every_combination_has_its_own_cell() {
        let mut cells = HashSet::new();
        for (index, lane) in Lane::ALL.into_iter().enumerate() {
            assert_eq!(lane as usize, index, "ALL lists the lanes in declaration order");
            for decision in DecisionLabel::ALL {
                for reason in Reason::ALL {
                    cells.insert(cell(lane, *decision, reason));
                }
            }
        }
        let expected = Lane::ALL.len() * DecisionLabel::ALL.len() * Reason::ALL.len();
        assert_eq!((cells.len(), cells.into_iter().max()), (expected, Some(expected - 1)));
    }
}
