//! What the decision reads besides the request: verified domains and the external user policy.

use std::collections::HashSet;
use std::time::Duration;

use super::domain_name::DomainName;

/// Everything `decide` knows about the organization; swapped as a whole, never changed in place.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The mail domains that the organization proved it owns.
    pub verified_domains: HashSet<DomainName, foldhash::fast::RandomState>,
    /// What external people must do.
    pub external: ExternalUserPolicy,
}

/// Settings for external users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExternalUserPolicy {
    /// How long a verification counts: fresh while `now - verified_at < frequency`.
    pub frequency: Duration,
}

impl Default for ExternalUserPolicy {
    /// Seven days, as in the product whose feature this is.
    fn default() -> Self {
        Self { frequency: Duration::from_secs(7 * 86_400) }
    }
}
