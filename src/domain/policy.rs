//! What is decided by besides the request: verified domains, the external user policy, the rules of challenges.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;

use super::code::CodeDigits;
use super::domain_name::DomainName;
use super::external_policy::OrganizationPolicies;
use super::facts::Person;
use super::organization::OrganizationId;
use super::quota::Quota;

/// Everything `decide` knows about the organizations; swapped as a whole, never changed in place.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The mail domains that somebody proved to own, each with the one organization that did.
    pub verified_domains: HashMap<DomainName, OrganizationId, foldhash::fast::RandomState>,
    /// What external people must do where their organization says nothing else.
    pub external: ExternalUserPolicy,
    /// What organizations say, for those that say anything.
    pub policies: HashMap<OrganizationId, OrganizationPolicies, foldhash::fast::RandomState>,
}

/// Settings for external users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExternalUserPolicy {
    /// Whether they are asked for a code at all.
    pub verification: Verification,
    /// How long a verification counts: fresh while `now - verified_at < frequency`.
    pub frequency: Duration,
    /// Whether they may use API tokens. Where their site says that they may not, they may not.
    pub api_tokens: ApiTokens,
    /// When an admin last reset everybody of the policy: what was verified before is void.
    pub reset_at: Option<Timestamp>,
}

/// Whether external people verify their mailbox, from the laxest to the strictest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verification {
    /// Nobody is asked.
    Off,
    /// Everybody is asked for a code.
    Required,
    /// What the store holds cannot be read: nobody passes until it can.
    Unreadable,
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

impl Snapshot {
    /// The policy that a person goes by. Of somebody whose address is unknown or not to be believed nobody can say which, so
    /// they gain nothing by the laxer ones. A hash look-up of the organization and one of the domain at most.
    pub fn external_policy(&self, organization: &OrganizationId, person: Person<'_>) -> ExternalUserPolicy {
        let Some(policies) = self.policies_of(organization) else { return self.external };
        match person.email.filter(|_| !person.address_changed) {
            Some(email) => policies.of(email, &self.external),
            None => policies.strictest(&self.external),
        }
    }

    /// Whether any policy of an organization refuses API tokens, so that it matters whose a token is.
    pub fn may_block_tokens(&self, organization: &OrganizationId) -> bool {
        let policies = self.policies_of(organization);
        policies.is_some_and(|policies| policies.strictest(&self.external).api_tokens == ApiTokens::Block)
    }

    fn policies_of(&self, organization: &OrganizationId) -> Option<&OrganizationPolicies> {
        // Most gateways have none, and hash nothing.
        if self.policies.is_empty() { None } else { self.policies.get(organization) }
    }
}

impl ExternalUserPolicy {
    /// A policy that nobody can read, which is none that opens anything.
    pub fn unreadable() -> Self {
        Self { verification: Verification::Unreadable, api_tokens: ApiTokens::Block, ..Self::default() }
    }

    /// The stricter of both in every point.
    pub(super) fn or_stricter(&self, other: &Self) -> Self {
        let blocks = [self.api_tokens, other.api_tokens].contains(&ApiTokens::Block);
        Self {
            verification: self.verification.max(other.verification),
            frequency: self.frequency.min(other.frequency),
            api_tokens: if blocks { ApiTokens::Block } else { ApiTokens::Allow },
            reset_at: self.reset_at.max(other.reset_at),
        }
    }
}

impl Default for ExternalUserPolicy {
    /// A code every seven days, as in the product whose feature this is.
    fn default() -> Self {
        Self {
            verification: Verification::Required,
            frequency: Duration::from_secs(7 * 86_400),
            api_tokens: ApiTokens::Allow,
            reset_at: None,
        }
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
