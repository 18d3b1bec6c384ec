//! External user policies: what an organization asks of people from outside, and by which of its policies a person goes.
//!
//! The test policy is for a few by name, named policies are for mail domains, the default is for everybody else. Who cannot be
//! shown to belong to a policy goes by the strictest of all. How a policy acts on a request is `decide.rs`' alone.

mod settings;

use std::collections::HashMap;

use jiff::Timestamp;

use super::domain_name::DomainName;
use super::email::EmailAddress;
use super::method::Method;
use super::mistake::{Mistake, Mistakes, read_list, read_name};
use super::verification::ExternalUserPolicy;

pub use settings::{FREQUENCIES, PolicySettings};

/// How many people the test policy names (SAC/available-external-user-security-settings).
pub const MOST_TEST_PEOPLE: usize = 5;
/// How many mail domains a named policy has (SAC/create-new-external-user-security-policy).
pub const MOST_DOMAINS: usize = 20;
/// How many named policies an organization has. The product whose feature this is names no limit; without one, a program could
/// fill the memory of every gateway.
pub const MOST_POLICIES: usize = 1_000;
/// How many characters the name of a policy has at most.
const MOST_NAME_CHARACTERS: usize = 100;

/// Whom a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// Everybody whom no other policy is for. Each organization has it, and it cannot be deleted.
    Default,
    /// A few people by name, to try something out.
    Test,
    /// The people of some mail domains.
    Named,
}

/// A policy as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDraft {
    /// What it is called. The default and the test policy keep their names.
    pub name: String,
    /// What it asks. Without it the default policy asks what the configuration file does.
    pub settings: Option<PolicySettings>,
    /// Of a named policy: its mail domains.
    pub domains: Vec<String>,
    /// Of the test policy: its people, by address.
    pub people: Vec<String>,
}

/// A policy that was read and can be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalPolicy {
    /// Whom it is for.
    pub kind: PolicyKind,
    /// What it is called.
    pub name: String,
    /// What it asks; `None` in a default policy that asks what the configuration file does.
    pub settings: Option<PolicySettings>,
    /// Its mail domains, in order.
    pub domains: Vec<DomainName>,
    /// Its people, in order.
    pub people: Vec<EmailAddress>,
}

/// The policies of an organization as requests are judged by them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganizationPolicies {
    /// For everybody else; `None` where the configuration file's counts.
    default: Option<ExternalUserPolicy>,
    /// When everybody else was last reset, where the configuration file's counts.
    default_reset_at: Option<Timestamp>,
    /// The few people of the test policy.
    people: Vec<(EmailAddress, ExternalUserPolicy)>,
    /// By mail domain.
    domains: HashMap<DomainName, ExternalUserPolicy, foldhash::fast::RandomState>,
    /// The strictest of all but the default.
    strictest: Option<ExternalUserPolicy>,
}

impl PolicyKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Default, Self::Test, Self::Named];

    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Test => "test",
            Self::Named => "named",
        }
    }

    /// The kind of a label.
    pub fn of(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.label() == label)
    }

    /// What the only policy of this kind is called; `None` where people name it.
    pub const fn fixed_name(self) -> Option<&'static str> {
        match self {
            Self::Default => Some("External user policy"),
            Self::Test => Some("Test policy"),
            Self::Named => None,
        }
    }
}

impl PolicyDraft {
    /// Reads a draft; every mistake is told.
    pub fn read(&self, kind: PolicyKind) -> Result<ExternalPolicy, Mistakes> {
        let mut mistakes = Vec::new();
        let name = match kind.fixed_name() {
            Some(name) => name.to_owned(),
            None => read_name("name", &self.name, MOST_NAME_CHARACTERS, &mut mistakes),
        };
        let is_fixed = |kind: &PolicyKind| kind.fixed_name().is_some_and(|fixed| fixed == name);
        if kind == PolicyKind::Named && PolicyKind::ALL.iter().any(is_fixed) {
            mistakes.push(Mistake::new("name", "is what another policy is always called"));
        }
        match self.settings {
            None if kind != PolicyKind::Default => {
                mistakes.push(Mistake::new("settings", "are missing: only the default policy has a default"));
            }
            Some(settings) if !FREQUENCIES.contains(&settings.frequency) => {
                mistakes.push(Mistake::new("frequency", "is not from 15 minutes to 30 days"));
            }
            Some(settings) if !settings.methods.has(Method::MailedCode) => {
                let said = "must have mailed-code: without one nobody could set up another method";
                mistakes.push(Mistake::new("methods", said));
            }
            _ => {}
        }
        let domains = read_list("domains", &self.domains, DomainName::parse, &mut mistakes);
        let people = read_list("people", &self.people, EmailAddress::parse, &mut mistakes);
        let (most_domains, most_people) = match kind {
            PolicyKind::Default => (0, 0),
            PolicyKind::Test => (0, MOST_TEST_PEOPLE),
            PolicyKind::Named => (MOST_DOMAINS, 0),
        };
        if domains.len() > most_domains {
            mistakes.push(Mistake::new("domains", format!("has more than the {most_domains} that it may")));
        }
        if people.len() > most_people {
            mistakes.push(Mistake::new("people", format!("has more than the {most_people} that it may")));
        }
        Mistakes::or(mistakes, ExternalPolicy { kind, name, settings: self.settings, domains, people })
    }
}

impl OrganizationPolicies {
    /// Takes in a policy, with the domains and people that it is for.
    pub fn add(
        &mut self,
        kind: PolicyKind,
        policy: ExternalUserPolicy,
        domains: Vec<DomainName>,
        people: Vec<EmailAddress>,
    ) {
        if kind == PolicyKind::Default {
            self.default = Some(policy);
            return;
        }
        self.strictest = Some(self.strictest.map_or(policy, |other| other.or_stricter(&policy)));
        self.domains.extend(domains.into_iter().map(|domain| (domain, policy)));
        self.people.extend(people.into_iter().map(|email| (email, policy)));
    }

    /// Takes in when everybody else was reset, where the default asks what the configuration file does.
    pub fn reset_default(&mut self, at: Option<Timestamp>) {
        self.default_reset_at = at;
    }

    /// The policy of whoever is known to have this address; `fallback` is the default's default.
    pub(super) fn of(&self, email: &EmailAddress, fallback: &ExternalUserPolicy) -> ExternalUserPolicy {
        // So few that comparing them is cheaper than a hash.
        if let Some((_, policy)) = self.people.iter().find(|(known, _)| known == email) {
            return *policy;
        }
        self.domains.get(email.domain()).copied().unwrap_or_else(|| self.for_the_rest(fallback))
    }

    /// The strictest of all.
    pub(super) fn strictest(&self, fallback: &ExternalUserPolicy) -> ExternalUserPolicy {
        let default = self.for_the_rest(fallback);
        self.strictest.map_or(default, |strictest| strictest.or_stricter(&default))
    }

    fn for_the_rest(&self, fallback: &ExternalUserPolicy) -> ExternalUserPolicy {
        self.default.unwrap_or(ExternalUserPolicy { reset_at: self.default_reset_at, ..*fallback })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::method::Methods;
    use super::super::mode::Mode;
    use super::super::verification::{ApiTokens, Verification};
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn settings() -> PolicySettings {
        PolicySettings {
            verifies: true,
            frequency: HOUR,
            methods: Methods::ALL,
            api_tokens: ApiTokens::Allow,
            mode: Mode::Enforce,
        }
    }

    fn draft(domains: usize, people: usize) -> PolicyDraft {
        PolicyDraft {
            name: "Partners".to_owned(),
            settings: Some(settings()),
            domains: (0..domains).map(|n| format!("d{n}.test")).collect(),
            people: (0..people).map(|n| format!("p{n}@ext.test")).collect(),
        }
    }

    fn fields(draft: &PolicyDraft, kind: PolicyKind) -> Vec<String> {
        draft
            .read(kind)
            .map_or_else(|Mistakes(all)| all.into_iter().map(|one| one.field).collect(), |_| vec![])
    }

    fn email(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    #[test]
    fn a_policy_has_so_many_domains_or_people_and_no_more() {
        assert_eq!(fields(&draft(20, 0), PolicyKind::Named), [""; 0]);
        assert_eq!(fields(&draft(21, 0), PolicyKind::Named), ["domains"]);
        assert_eq!(fields(&draft(0, 1), PolicyKind::Named), ["people"]);
        assert_eq!(fields(&draft(0, 5), PolicyKind::Test), [""; 0]);
        assert_eq!(fields(&draft(1, 6), PolicyKind::Test), ["domains", "people"]);
        assert_eq!(fields(&draft(1, 1), PolicyKind::Default), ["domains", "people"]);
        let mut twice = draft(20, 0);
        twice.domains.push("D0.Test.".to_owned());
        assert_eq!(twice.read(PolicyKind::Named).unwrap().domains.len(), 20, "a domain has one spelling");
    }

    #[test]
    fn a_frequency_is_from_fifteen_minutes_to_thirty_days() {
        for (seconds, mistakes) in [(899, 1), (900, 0), (30 * 86_400, 0), (30 * 86_400 + 1, 1)] {
            let frequency = Duration::from_secs(seconds);
            let settings = Some(PolicySettings { frequency, ..settings() });
            let draft = PolicyDraft { settings, ..draft(0, 0) };
            assert_eq!(fields(&draft, PolicyKind::Default).len(), mistakes, "{seconds} s");
        }
    }

    #[test]
    fn only_the_default_policy_may_ask_what_the_file_does() {
        let draft = PolicyDraft { settings: None, ..draft(0, 0) };
        assert_eq!(fields(&draft, PolicyKind::Default), [""; 0]);
        assert_eq!(fields(&draft, PolicyKind::Named), ["settings"]);
        assert_eq!(fields(&draft, PolicyKind::Test), ["settings"]);
    }

    #[test]
    fn every_mistake_of_a_draft_is_told_at_once() {
        let mut wrong = draft(1, 0);
        wrong.name = "Test policy".to_owned();
        wrong.settings = Some(PolicySettings { frequency: Duration::ZERO, ..settings() });
        wrong.domains = vec!["ok.test".to_owned(), "no domain".to_owned()];
        assert_eq!(fields(&wrong, PolicyKind::Named), ["name", "frequency", "domains[1]"]);
    }

    #[test]
    fn a_person_goes_by_name_then_by_domain_then_by_the_default() {
        let every = |hours| ExternalUserPolicy { frequency: HOUR * hours, ..ExternalUserPolicy::default() };
        let mut policies = OrganizationPolicies::default();
        let file = every(9);
        assert_eq!(policies.of(&email("a@x.test"), &file), file);
        policies.add(PolicyKind::Named, every(2), vec![DomainName::parse("x.test").unwrap()], vec![]);
        policies.add(PolicyKind::Test, every(3), vec![], vec![email("a@x.test")]);
        let hours = |policies: &OrganizationPolicies, text| policies.of(&email(text), &file).frequency;
        assert_eq!(hours(&policies, "a@x.test"), HOUR * 3);
        assert_eq!(hours(&policies, "b@x.test"), HOUR * 2);
        assert_eq!(hours(&policies, "b@sub.x.test"), HOUR * 9, "a subdomain is another domain");
        policies.add(PolicyKind::Default, every(1), vec![], vec![]);
        assert_eq!(hours(&policies, "b@y.test"), HOUR);
        assert_eq!(policies.strictest(&file).frequency, HOUR);
    }

    #[test]
    fn the_strictest_policy_has_the_strictest_of_everything() {
        let mut policies = OrganizationPolicies::default();
        let off = PolicySettings { verifies: false, api_tokens: ApiTokens::Block, ..settings() };
        policies.add(PolicyKind::Named, off.policy(Some(Timestamp::UNIX_EPOCH)), vec![], vec![]);
        let strictest = policies.strictest(&ExternalUserPolicy::default());
        assert_eq!((strictest.verification, strictest.frequency), (Verification::Required, HOUR));
        assert_eq!(strictest.api_tokens, ApiTokens::Block);
        assert_eq!(strictest.reset_at, Some(Timestamp::UNIX_EPOCH));
        policies.add(PolicyKind::Test, ExternalUserPolicy::unreadable(), vec![], vec![]);
        let strictest = policies.strictest(&ExternalUserPolicy::default());
        assert_eq!(strictest.verification, Verification::Unreadable);
    }
}
