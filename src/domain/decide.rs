//! The decision: an ordered list of ifs over facts, whose last line challenges.
//!
//! It never does I/O, never reads a clock, never allocates. A new rule is a new line here, a new `Reason`, and a new row in
//! the table below.

use std::time::Duration;

use jiff::Timestamp;

use super::account::Class;
use super::decision::{Credentials, Decision, Permit, Reason};
use super::facts::{Facts, Person, ProofFact, Session};
use super::group::Invited;
use super::lane::Lane;
use super::lifecycle::{Claim, Standing};
use super::member::{AuthPolicy, SecondStep};
use super::method::{Method, Methods};
use super::mode::Mode;
use super::organization::OrganizationId;
use super::policy::{ApiTokens, ExternalUserPolicy, Snapshot, Verification};

/// How far clocks of several machines may differ before a proof counts as made in the future.
pub const CLOCK_SKEW: Duration = Duration::from_secs(60);

/// Decides what happens to a request.
pub fn decide(snapshot: &Snapshot, facts: &Facts<'_>, now: Timestamp) -> Decision {
    let decision = judge(snapshot, facts, now);
    if facts.mode != Mode::Report {
        return decision;
    }
    // What lanes forward has nothing to do with who asks, so a report leaves that as it is.
    decision.reported(match facts.lane {
        Lane::Api | Lane::TrustedApi | Lane::SignIn => Credentials::Authorization,
        Lane::Resource | Lane::Trusted => Credentials::None,
        _ => Credentials::Cookies,
    })
}

fn judge(snapshot: &Snapshot, facts: &Facts<'_>, now: Timestamp) -> Decision {
    // The API lane forwards the Authorization alone, so it gains nothing from whatever session lies beside it.
    if facts.lane == Lane::Api {
        return decide_token(snapshot, facts, now);
    }
    if facts.lane == Lane::TrustedApi {
        return Decision::Pass(Permit::new(Reason::TrustedSource, Credentials::Authorization));
    }
    // A sign-in by a password in the head. A session beside it would be a second credential, so it stays here.
    if facts.lane == Lane::SignIn {
        return Decision::Pass(Permit::new(Reason::LoginPage, Credentials::Authorization));
    }
    if facts.mode == Mode::Off {
        return Decision::Pass(Permit::new(Reason::EnforcementOff, Credentials::Cookies));
    }
    // Signing in and out must work without a code, or nobody could ever reach the challenge.
    if facts.lane == Lane::Public {
        return Decision::Pass(Permit::new(Reason::LoginPage, Credentials::Cookies));
    }
    // Without any credential it is a stranger's request, so neither a path nor an address opens anything by itself.
    if facts.lane == Lane::Resource {
        return Decision::Pass(Permit::new(Reason::PublicResource, Credentials::None));
    }
    if facts.lane == Lane::Trusted {
        return Decision::Pass(Permit::new(Reason::TrustedSource, Credentials::None));
    }
    match facts.session {
        Session::NotAsked if facts.lane == Lane::Anonymous => pass_anonymous(),
        // A session may become somebody's by a sign-in while the socket stays open, so it opens none.
        Session::Anonymous if facts.lane == Lane::Websocket => {
            Decision::Pass(Permit::new(Reason::Anonymous, Credentials::None))
        }
        Session::Anonymous => pass_anonymous(),
        // The product might accept what was not recognised here (a token just expired), so nothing of it goes on.
        Session::Unrecognised => Decision::Pass(Permit::new(Reason::Anonymous, Credentials::None)),
        Session::Person(person) => decide_person(snapshot, facts, person, now),
        // A session that nobody could or would resolve is never a pass.
        Session::NotAsked | Session::Unavailable => Decision::Unavailable(Reason::IdentityUnavailable),
    }
}

/// What somebody is to the organization, for labels.
pub fn class(snapshot: &Snapshot, organization: &OrganizationId, session: Session<'_>) -> Class {
    match session {
        Session::Person(person) if is_managed(snapshot, organization, person) => Class::Managed,
        Session::Person(_) => Class::External,
        Session::Anonymous => Class::Anonymous,
        Session::NotAsked | Session::Unrecognised | Session::Unavailable => Class::Unknown,
    }
}

fn decide_token(snapshot: &Snapshot, facts: &Facts<'_>, now: Timestamp) -> Decision {
    let pass = Decision::Pass(Permit::new(Reason::ApiToken, Credentials::Authorization));
    if facts.mode == Mode::Off {
        return pass;
    }
    // Whoever is kept out has tokens that were made before.
    if let Session::Person(person) = facts.session
        && let Some(reason) = kept_out(snapshot, facts.organization, person, now)
    {
        return Decision::Deny(reason);
    }
    let site_allows = facts.api_tokens == ApiTokens::Allow;
    let is_for_all = facts.invited == Invited::NotNeeded;
    if site_allows && is_for_all && !snapshot.may_block_tokens(facts.organization) {
        return pass;
    }
    match facts.session {
        Session::Person(person) if is_managed(snapshot, facts.organization, person) => {
            let policy = snapshot.auth.of(facts.organization, person.policy);
            by_mode(policy.mode(), blocked(policy.api_tokens()), pass)
        }
        Session::Person(person) if !facts.invited.lets_in(person.is_customer) => {
            Decision::Deny(Reason::NotInvited)
        }
        Session::Person(person) if site_allows => {
            let policy = external_policy(snapshot, facts, person);
            by_mode(policy.mode, blocked(policy.api_tokens), pass)
        }
        // A token that the product does not know: it says so itself, and better.
        Session::Anonymous => pass,
        Session::Unavailable => Decision::Unavailable(Reason::IdentityUnavailable),
        // Whoever cannot be shown to be managed is external, and whoever cannot be shown to be invited is not.
        Session::NotAsked | Session::Unrecognised if !is_for_all => Decision::Deny(Reason::NotInvited),
        Session::Person(_) | Session::NotAsked | Session::Unrecognised => {
            Decision::Deny(Reason::TokenBlocked)
        }
    }
}

fn blocked(api_tokens: ApiTokens) -> Option<Decision> {
    (api_tokens == ApiTokens::Block).then_some(Decision::Deny(Reason::TokenBlocked))
}

/// What a policy does to a token: as its mode says.
fn by_mode(mode: Mode, refusal: Option<Decision>, pass: Decision) -> Decision {
    match (refusal, mode) {
        (None, _) | (_, Mode::Off) => pass,
        (Some(refusal), Mode::Report) => refusal.reported(Credentials::Authorization),
        (Some(refusal), Mode::Enforce) => refusal,
    }
}

fn external_policy(snapshot: &Snapshot, facts: &Facts<'_>, person: Person<'_>) -> ExternalUserPolicy {
    snapshot.external_policy(facts.organization, person.believed_email())
}

fn pass_anonymous() -> Decision {
    Decision::Pass(Permit::new(Reason::Anonymous, Credentials::Cookies))
}

fn decide_person(snapshot: &Snapshot, facts: &Facts<'_>, person: Person<'_>, now: Timestamp) -> Decision {
    let organization = facts.organization;
    // Before everything that lets somebody pass: no claim, proof or app outlives the account.
    if let Some(reason) = kept_out(snapshot, organization, person, now) {
        return Decision::Deny(reason);
    }
    if is_managed(snapshot, organization, person) {
        let policy = snapshot.auth.of(organization, person.policy);
        return match policy.mode() {
            Mode::Enforce => decide_member(policy, facts, person, now),
            Mode::Report => decide_member(policy, facts, person, now).reported(Credentials::Cookies),
            Mode::Off => Decision::Pass(Permit::new(Reason::Managed, Credentials::Cookies)),
        };
    }
    // Before whatever asks for less: who was not invited has nothing to verify, but for an address that makes them managed.
    if !facts.invited.lets_in(person.is_customer) {
        let is_to_prove = is_to_prove(snapshot, organization, person);
        let policy = external_policy(snapshot, facts, person);
        return match policy.verification {
            _ if !is_to_prove => Decision::Deny(Reason::NotInvited),
            Verification::Unreadable => Decision::Unavailable(Reason::PolicyUnreadable),
            // Only a code that was mailed shows that the mailbox is theirs.
            Verification::Required | Verification::Off => {
                decide_proof(&ExternalUserPolicy { methods: Methods::MAILED_CODE, ..policy }, facts, now)
            }
        };
    }
    // By what the account may do, never by path: a customer of the portal reaches nothing else with any of them.
    if person.is_customer && facts.customers_exempt {
        return Decision::Pass(Permit::new(Reason::PortalCustomer, Credentials::Cookies));
    }
    let policy = external_policy(snapshot, facts, person);
    match policy.verification {
        Verification::Required if policy.mode != Mode::Off => {}
        Verification::Required | Verification::Off => {
            return Decision::Pass(Permit::new(Reason::VerificationOff, Credentials::Cookies));
        }
        // Whatever it says, it may say less than is believed of it.
        Verification::Unreadable => return Decision::Unavailable(Reason::PolicyUnreadable),
    }
    let decision = decide_code(&policy, facts, person, now);
    if policy.mode == Mode::Report { decision.reported(Credentials::Cookies) } else { decision }
}

/// Whoever must verify does so by a code, but for an app that signed in, an exempt group, and whoever has no mailbox.
fn decide_code(
    policy: &ExternalUserPolicy,
    facts: &Facts<'_>,
    person: Person<'_>,
    now: Timestamp,
) -> Decision {
    let decision = decide_proof(policy, facts, now);
    let Decision::Challenge(_) = decision else { return decision };
    // An app that signed in there keeps its session, as in the product whose feature this is.
    if let Some(end) = facts.enrolled_until.filter(|&end| now < end) {
        return Decision::Pass(Permit::new(Reason::MobileSession, Credentials::Cookies).until(end));
    }
    if let Some(end) = facts.exempt_until.filter(|&end| now < end) {
        return Decision::Pass(Permit::new(Reason::GroupExempt, Credentials::Cookies).until(end));
    }
    // Without a mailbox a code page would be a dead end.
    if person.email.is_none() {
        return Decision::Deny(Reason::AddressUnknown);
    }
    decision
}

/// What the policy of a managed person asked when their session began, and no code else.
fn decide_member(policy: &AuthPolicy, facts: &Facts<'_>, person: Person<'_>, now: Timestamp) -> Decision {
    let member = person.member.unwrap_or_else(|| policy.begins(now));
    let Some(settings) = policy.asks(&member) else {
        return Decision::Unavailable(Reason::PolicyUnreadable);
    };
    if let Some(reason) = member.ended(settings, policy.reset_at, now) {
        return Decision::SignIn(reason);
    }
    match member.lacks_second_step(settings, verified(facts, now), facts.revoked_at) {
        Some(SecondStep::Ask) => return Decision::Challenge(Reason::SecondStep),
        Some(SecondStep::SetUp) => return Decision::Challenge(Reason::SecondStepSetup),
        Some(SecondStep::Impossible) => return Decision::Deny(Reason::SecondStepImpossible),
        None => {}
    }
    let permit = Permit::new(Reason::Managed, Credentials::Cookies);
    Decision::Pass(member.ends_at(settings).map_or(permit, |end| permit.until(end)))
}

/// When and in which way the person verified, unless that is still to come.
pub(super) fn verified(facts: &Facts<'_>, now: Timestamp) -> Option<(Timestamp, Method)> {
    let ProofFact::VerifiedAt(at, by) = facts.proof else { return None };
    (!is_from_future(at, now)).then_some((at, by))
}

/// A fresh proof passes, and whoever has none is asked for one.
fn decide_proof(policy: &ExternalUserPolicy, facts: &Facts<'_>, now: Timestamp) -> Decision {
    Decision::Challenge(match facts.proof {
        ProofFact::VerifiedAt(at, by) => match staleness(policy, facts, (at, by), now) {
            None => {
                let end = at.saturating_add(policy.frequency).unwrap_or(Timestamp::MAX);
                return Decision::Pass(Permit::new(Reason::FreshProof, Credentials::Cookies).until(end));
            }
            Some(reason) => reason,
        },
        ProofFact::Invalid => Reason::ProofInvalid,
        ProofFact::Absent => Reason::NoProof,
    })
}

/// Why the account may not come in, whoever uses it. An end date is for external people alone.
pub(super) fn kept_out(
    snapshot: &Snapshot,
    organization: &OrganizationId,
    person: Person<'_>,
    now: Timestamp,
) -> Option<Reason> {
    match person.standing {
        Standing::Active => {}
        Standing::Suspended => return Some(Reason::AccountSuspended),
        Standing::Deactivated => return Some(Reason::AccountDeactivated),
        Standing::Closed => return Some(Reason::AccountClosed),
    }
    let is_over = person.ends_at.is_some_and(|end| end <= now);
    (is_over && !is_managed(snapshot, organization, person)).then_some(Reason::AccessEnded)
}

/// Managed needs two facts, and an address that its owner can edit is neither.
pub(super) fn is_managed(snapshot: &Snapshot, organization: &OrganizationId, person: Person<'_>) -> bool {
    person.claim.is_in_force() && is_of(snapshot, organization, person)
}

/// Whether somebody would be managed as soon as they proved their address, invited or not.
pub(super) fn is_to_prove(snapshot: &Snapshot, organization: &OrganizationId, person: Person<'_>) -> bool {
    person.claim == Claim::Unproved && is_of(snapshot, organization, person)
}

/// Whether the address is of a domain that the organization owns, and is believed.
fn is_of(snapshot: &Snapshot, organization: &OrganizationId, person: Person<'_>) -> bool {
    let Some(email) = person.email else { return false };
    !person.address_changed
        && snapshot.verified_domains.get(email.domain()).is_some_and(|owner| owner == organization)
}

pub(super) fn staleness(
    policy: &ExternalUserPolicy,
    facts: &Facts<'_>,
    (verified_at, by): (Timestamp, Method),
    now: Timestamp,
) -> Option<Reason> {
    if facts.revoked_at.max(policy.reset_at).is_some_and(|revoked| verified_at <= revoked) {
        return Some(Reason::ProofRevoked);
    }
    if is_from_future(verified_at, now) {
        return Some(Reason::ProofFromFuture);
    }
    if !policy.methods.has(by) {
        return Some(Reason::ProofMethod);
    }
    let age = now.as_nanosecond() - verified_at.as_nanosecond();
    let frequency = i128::try_from(policy.frequency.as_nanos()).unwrap_or(0);
    (age >= frequency).then_some(Reason::ProofExpired)
}

fn is_from_future(at: Timestamp, now: Timestamp) -> bool {
    let skew = i128::try_from(CLOCK_SKEW.as_nanos()).unwrap_or(0);
    at.as_nanosecond() - now.as_nanosecond() > skew
}

#[cfg(test)]
mod tests;
