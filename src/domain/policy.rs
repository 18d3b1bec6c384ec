//! What is decided by besides the request: verified domains, policies, the rules of challenges.

use std::collections::HashMap;
use std::time::Duration;

use super::code::CodeDigits;
use super::domain_name::DomainName;
use super::email::EmailAddress;
use super::external_policy::OrganizationPolicies;
use super::member::AuthPolicies;
use super::organization::OrganizationId;
use super::quota::Quota;
pub use super::verification::{ApiTokens, ExternalUserPolicy, PolicyVersion, Verification};

/// Everything `decide` knows about the organizations; swapped as a whole, never changed in place.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The mail domains that somebody proved to own, each with the one organization that did.
    pub verified_domains: HashMap<DomainName, OrganizationId, foldhash::fast::RandomState>,
    /// What external people must do where their organization says nothing else.
    pub external: ExternalUserPolicy,
    /// What organizations say, for those that say anything.
    pub policies: HashMap<OrganizationId, OrganizationPolicies, foldhash::fast::RandomState>,
    /// What managed people must do.
    pub auth: AuthPolicies,
}

impl Snapshot {
    /// The policy that whoever has this address goes by. Of somebody whose address is unknown, or not to be believed, nobody can
    /// say which: with `None` they gain nothing by the laxer ones. A hash look-up of the organization and one of the domain at
    /// most.
    pub fn external_policy(
        &self,
        organization: &OrganizationId,
        believed: Option<&EmailAddress>,
    ) -> ExternalUserPolicy {
        let Some(policies) = self.policies_of(organization) else { return self.external };
        match believed {
            Some(email) => policies.of(email, &self.external),
            None => policies.strictest(&self.external),
        }
    }

    /// Whether any policy of an organization refuses API tokens, so that it matters whose a token is.
    pub fn may_block_tokens(&self, organization: &OrganizationId) -> bool {
        if self.auth.may_block_tokens(organization) {
            return true;
        }
        let policies = self.policies_of(organization);
        policies.is_some_and(|policies| policies.strictest(&self.external).api_tokens == ApiTokens::Block)
    }

    fn policies_of(&self, organization: &OrganizationId) -> Option<&OrganizationPolicies> {
        // Most gateways have none, and hash nothing.
        if self.policies.is_empty() { None } else { self.policies.get(organization) }
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
