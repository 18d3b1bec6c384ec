//! What is counted for one site, resolved once, so that counting a request is an array index and an atomic addition.
//!
//! Nothing here may lock or hash on the way of a warm request. The families are declared in [`families`].

use std::sync::OnceLock;

use prometheus::{Histogram, HistogramVec, IntCounter, IntCounterVec, Registry};

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
            upstream_requests: Counters::new(&from.upstream_requests, &[site]),
            responses: Counters::new(&from.responses, &[site]),
            introspections: Counters::new(&from.introspections, &[site]),
            introspection_seconds: from.introspection_seconds.with_label_values(&[site]),
            token_verifications: Counters::new(&from.token_verifications, &[site]),
        }
    }

    /// Counts one answered request.
    pub fn count(&self, lane: Lane, decision: DecisionLabel, reason: Reason) {
        self.cells[cell(lane, decision, reason)]
            .get_or_init(|| {
                let class = reason.class().label();
                self.requests.with_label_values(&[
                    &self.site,
                    lane.label(),
                    class,
                    decision.label(),
                    reason.code(),
                ])
            })
            .inc();
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
