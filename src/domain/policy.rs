//! What is decided by besides the request: verified domains, the external user policy, the rules of challenges.

use std::collections::HashMap;
use std::time::Duration;

use super::code::CodeDigits;
use super::domain_name::DomainName;
use super::organization::OrganizationId;
use super::quota::Quota;

/// Everything `decide` knows about the organizations; swapped as a whole, never changed in place.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The mail domains that somebody proved to own, each with the one organization that did.
    pub verified_domains: HashMap<DomainName, OrganizationId, foldhash::fast::RandomState>,
    /// What external people must do.
    pub external: ExternalUserPolicy,
}

/// Settings for external users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExternalUserPolicy {
    /// How long a verification counts: fresh while `now - verified_at < frequency`.
    pub frequency: Duration,
}

/// Whether external people may use API tokens at a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ApiTokens {
    /// They may, as in the product whose feature this is.
    #[default]
    Allow,
    /// They may not, and neither may a token of which nobody can say whose it is.
    Block,
}

impl Default for ExternalUserPolicy {
    /// Seven days, as in the product whose feature this is.
    fn default() -> Self {
        Self { frequency: Duration::from_secs(7 * 86_400) }
    }
}

/// The rules of challenges.
#[derive(Debug, Clone)]
pub struct ChallengeRules {
    /// How long a code is.
    pub code_digits: CodeDigits,
    /// How long a code lives, 10 minutes at most.
    pub code_lifetime: Duration,
    /// How many tries a code has, five at most.
    pub code_tries: u32,
    /// How often codes may be sent and tried.
    pub limits: Limits,
}

/// How often codes may be sent and tried. Every list holds all the time, not one instead of another.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Mails per account.
    pub sends_per_account: Vec<Quota>,
    /// Mails per client network (IPv4 /24, IPv6 /56).
    pub sends_per_network: Vec<Quota>,
    /// Mails altogether.
    pub sends: Vec<Quota>,
    /// Tries per account, whatever the challenge.
    pub tries_per_account: Vec<Quota>,
    /// Tries per client network.
    pub tries_per_network: Vec<Quota>,
}
