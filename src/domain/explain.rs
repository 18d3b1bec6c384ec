//! Why a person is decided about as they are: the questions that `decide` asks of somebody signed in, in its order, each with its
//! answer, up to the one that settles it.
//!
//! It decides nothing. What it says is held against `decide` by a test over all that can be asked.

mod remedy;

use jiff::Timestamp;

use super::decide::{decide, is_managed, is_to_prove, kept_out, staleness, verified};
use super::decision::{Decision, Reason};
use super::facts::{Facts, Person, ProofFact, Session};
use super::group::Invited;
use super::in_words::in_words;
use super::lifecycle::{Claim, Standing};
use super::member::{AuthPolicy, Member, SecondStep};
use super::method::{Method, Methods};
use super::mode::Mode;
use super::policy::{ExternalUserPolicy, Snapshot, Verification};

pub use remedy::remedy;

/// A question that a decision asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Question {
    /// Does the site ask anything of anybody?
    Site,
    /// May the account come in at all?
    Account,
    /// Is it managed?
    Managed,
    /// Is it a session that their authentication policy takes, and is it not over?
    Session,
    /// Did they do the second step, where it asks for one?
    SecondStep,
    /// Is the end of their access still to come?
    EndDate,
    /// Were they invited, where that is wanted?
    Invitation,
    /// May they use the customer portal alone, and do such people pass?
    Portal,
    /// What does the external user policy ask?
    Policy,
    /// Did they verify, and does it still count?
    Verification,
    /// Is it the session of a mobile app that was enrolled?
    App,
    /// Is a group of theirs exempt?
    Exemption,
    /// Is there a mailbox for a code?
    Mailbox,
}

/// A question with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The question.
    pub question: Question,
    /// The answer, as a sentence for an admin.
    pub answer: String,
    /// Why it settles the decision, if it does.
    pub settles: Option<Reason>,
}

/// A decision with all that led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What `decide` says.
    pub decision: Decision,
    /// What was asked, in order; the last one settles it.
    pub checks: Vec<Check>,
}

impl Question {
    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Account => "account",
            Self::Managed => "managed",
            Self::Session => "session",
            Self::SecondStep => "second-step",
            Self::EndDate => "end-date",
            Self::Invitation => "invitation",
            Self::Portal => "portal",
            Self::Policy => "policy",
            Self::Verification => "verification",
            Self::App => "app",
            Self::Exemption => "exemption",
            Self::Mailbox => "mailbox",
        }
    }
}

/// Decides as `decide` does about a person who asks for a page, and says what was asked on the way. `None` without a person.
pub fn explain(snapshot: &Snapshot, facts: &Facts<'_>, now: Timestamp) -> Option<Explanation> {
    let Session::Person(person) = facts.session else { return None };
    let policy = snapshot.external_policy(facts.organization, person.believed_email());
    let asked = Asked { snapshot, facts, person, policy, now };
    let mut checks = Vec::new();
    for question in [
        Asked::site,
        Asked::account,
        Asked::managed,
        Asked::session,
        Asked::second_step,
        Asked::end_date,
        Asked::invitation,
        Asked::portal,
        Asked::policy,
        Asked::verification,
        Asked::app,
        Asked::exemption,
        Asked::mailbox,
    ] {
        checks.extend(question(&asked));
        if checks.last().is_some_and(|check: &Check| check.settles.is_some()) {
            break;
        }
    }
    Some(Explanation { decision: decide(snapshot, facts, now), checks })
}

const REPORTED: &str = "The site only reports what follows, and lets everybody pass.";

struct Asked<'a> {
    snapshot: &'a Snapshot,
    facts: &'a Facts<'a>,
    person: Person<'a>,
    policy: ExternalUserPolicy,
    now: Timestamp,
}

impl Asked<'_> {
    fn site(&self) -> Option<Check> {
        match self.facts.mode {
            Mode::Enforce => None,
            Mode::Report => Some(check(Question::Site, REPORTED, None)),
            Mode::Off => {
                Some(check(Question::Site, "Nothing is enforced at this site.", Some(Reason::EnforcementOff)))
            }
        }
    }

    fn account(&self) -> Option<Check> {
        let (answer, settles) = match self.person.standing {
            Standing::Active => ("The account may come in.", None),
            Standing::Suspended => {
                ("The access of the account is suspended.", Some(Reason::AccountSuspended))
            }
            Standing::Deactivated => ("The account is deactivated.", Some(Reason::AccountDeactivated)),
            Standing::Closed => ("The account was deleted.", Some(Reason::AccountClosed)),
        };
        Some(check(Question::Account, answer, settles))
    }

    /// Managed people have no end date, so whether one is over is asked only of others.
    fn managed(&self) -> Option<Check> {
        let owner = self.person.email.and_then(|email| self.snapshot.verified_domains.get(email.domain()));
        let is_ours = owner.is_some_and(|owner| owner == self.facts.organization);
        let is_managed = is_managed(self.snapshot, self.facts.organization, self.person);
        let answer = match (self.person.email, is_ours, self.person.claim) {
            (None, ..) => "External: no address of theirs is known.".to_owned(),
            (Some(email), false, _) => {
                format!("External: {} is no verified domain of the organization.", email.domain())
            }
            (Some(email), true, Claim::None) => {
                format!("External: {} is verified, but the account is not claimed.", email.domain())
            }
            (Some(email), true, Claim::Unproved) => format!(
                "External: {} is verified and the account is claimed, but nobody proved yet that its address is theirs.",
                email.domain()
            ),
            (Some(_), true, Claim::InForce) if !is_managed => {
                "External: the product reports another address for this person than is known.".to_owned()
            }
            (Some(email), true, Claim::InForce) => {
                format!("Managed: {} is verified, and the account is claimed.", email.domain())
            }
        };
        Some(check(Question::Managed, answer, None))
    }

    /// What their authentication policy says of the session, for managed people alone.
    fn session(&self) -> Option<Check> {
        let (policy, member) = self.member()?;
        if policy.mode() == Mode::Off {
            let answer = "Their authentication policy is switched off.";
            return Some(check(Question::Session, answer, Some(Reason::Managed)));
        }
        let Some(settings) = policy.asks(&member) else {
            let answer = "Their authentication policy cannot be read by this version.";
            return Some(check(Question::Session, answer, Some(Reason::PolicyUnreadable)));
        };
        let ended = member.ended(settings, policy.reset_at, self.now);
        let answer = match ended {
            None => format!(
                "Their authentication policy takes the session, which began at {:.0}.",
                member.began_at
            ),
            Some(Reason::SessionReset) => {
                format!("The session began at {:.0}, and all such were ended since.", member.began_at)
            }
            Some(Reason::SingleSignOn) => {
                "Their authentication policy wants single sign-on, and the session came in another way."
                    .to_owned()
            }
            Some(Reason::SessionIdle) => {
                let idle = in_words(settings.idle_session);
                format!(
                    "They were last active at {:.0}, and a session may idle for {idle}.",
                    member.active_at
                )
            }
            Some(_) => format!("The session began at {:.0}, which is too long ago.", member.began_at),
        };
        Some(check(Question::Session, answer, ended))
    }

    fn second_step(&self) -> Option<Check> {
        let (policy, member) = self.member()?;
        let settings = policy.asks(&member)?;
        let lacks = member.lacks_second_step(settings, verified(self.facts, self.now), self.facts.revoked_at);
        let (answer, settles) = match lacks {
            None => ("No second step is asked for, or they did it in this session.", Reason::Managed),
            Some(SecondStep::Ask) => {
                ("They are asked for a second step, once in each session.", Reason::SecondStep)
            }
            Some(SecondStep::SetUp) => (
                "Their authentication policy asks for a second step in a way that they have not set up here yet.",
                Reason::SecondStepSetup,
            ),
            Some(SecondStep::Impossible) => (
                "Their authentication policy asks for a second step in ways that nobody can set up here.",
                Reason::SecondStepImpossible,
            ),
        };
        Some(check(Question::SecondStep, answer, Some(settles)))
    }

    fn member(&self) -> Option<(&AuthPolicy, Member<'_>)> {
        if !is_managed(self.snapshot, self.facts.organization, self.person) {
            return None;
        }
        let policy = self.snapshot.auth.of(self.facts.organization, self.person.policy);
        Some((policy, self.person.member.unwrap_or_else(|| policy.begins(self.now))))
    }

    fn end_date(&self) -> Option<Check> {
        let end = self.person.ends_at?;
        let settles = kept_out(self.snapshot, self.facts.organization, self.person, self.now);
        let answer = match settles {
            None => format!("Their access ends at {end:.0}."),
            Some(_) => format!("Their access ended at {end:.0}."),
        };
        Some(check(Question::EndDate, answer, settles))
    }

    fn invitation(&self) -> Option<Check> {
        let lets_in = self.facts.invited.lets_in(self.person.is_customer);
        let answer = match self.facts.invited {
            Invited::NotNeeded => return None,
            _ if self.is_to_prove() => {
                "They were not invited, but would be managed: they are asked for a code, which proves it."
            }
            Invited::No => "The site is for invited people, and nobody invited them.",
            Invited::Portal if lets_in => "They were invited to the customer portal.",
            Invited::Portal => "They were invited to the customer portal, and not to the product.",
            Invited::Product => "They were invited to the product.",
        };
        let is_refused = !lets_in && !self.is_to_prove();
        Some(check(Question::Invitation, answer, is_refused.then_some(Reason::NotInvited)))
    }

    /// Whether they are here to prove their address, and nothing less than a code will do.
    fn is_to_prove(&self) -> bool {
        !self.facts.invited.lets_in(self.person.is_customer)
            && is_to_prove(self.snapshot, self.facts.organization, self.person)
    }

    fn portal(&self) -> Option<Check> {
        let settles = self.facts.customers_exempt.then_some(Reason::PortalCustomer);
        let answer = match settles {
            Some(_) => "They may use the customer portal alone, and the site asks no code of such people.",
            None => "They may use the customer portal alone, and the site asks the same of such people.",
        };
        let is_asked = self.person.is_customer && !self.is_to_prove();
        is_asked.then(|| check(Question::Portal, answer, settles))
    }

    fn policy(&self) -> Option<Check> {
        Some(match self.policy.verification {
            Verification::Required | Verification::Off
                if self.policy.mode == Mode::Off && !self.is_to_prove() =>
            {
                check(Question::Policy, "Their policy is switched off.", Some(Reason::VerificationOff))
            }
            Verification::Required => {
                let every = in_words(self.policy.frequency);
                check(Question::Policy, format!("Their policy asks for a code every {every}."), None)
            }
            Verification::Off if self.is_to_prove() => check(
                Question::Policy,
                "Their policy asks for no code, but an address is proved by one.",
                None,
            ),
            Verification::Off => {
                check(Question::Policy, "Their policy asks for no code.", Some(Reason::VerificationOff))
            }
            Verification::Unreadable => check(
                Question::Policy,
                "Their policy cannot be read by this version.",
                Some(Reason::PolicyUnreadable),
            ),
        })
    }

    fn verification(&self) -> Option<Check> {
        let answer = match self.facts.proof {
            ProofFact::Absent => "They did not verify in this browser.".to_owned(),
            ProofFact::Invalid => "The verification that the browser shows is not theirs.".to_owned(),
            ProofFact::VerifiedAt(at, by) => match self.staleness(at, by) {
                None => {
                    let end = at.saturating_add(self.policy.frequency).unwrap_or(Timestamp::MAX);
                    format!("They verified at {at:.0}, which counts until {end:.0}.")
                }
                Some(Reason::ProofRevoked) => {
                    format!("They verified at {at:.0}, and signed out or were reset since.")
                }
                Some(Reason::ProofMethod) => {
                    format!("They verified at {at:.0} by {}, which does not count here.", by.label())
                }
                Some(Reason::ProofFromFuture) => format!("They verified at {at:.0}, which is still to come."),
                Some(_) => format!("They verified at {at:.0}, which is too long ago."),
            },
        };
        let settles = self.stale().is_none().then_some(Reason::FreshProof);
        Some(check(Question::Verification, answer, settles))
    }

    fn app(&self) -> Option<Check> {
        let end = self.facts.enrolled_until.filter(|&end| self.now < end && !self.is_to_prove())?;
        let answer = format!("It is the session of a mobile app, which passes until {end:.0}.");
        Some(check(Question::App, answer, Some(Reason::MobileSession)))
    }

    fn exemption(&self) -> Option<Check> {
        let end = self.facts.exempt_until.filter(|_| !self.is_to_prove())?;
        let (said, settles) = if self.now < end {
            ("is exempt from codes until", Some(Reason::GroupExempt))
        } else {
            ("was exempt from codes until", None)
        };
        Some(check(Question::Exemption, format!("A group of theirs {said} {end:.0}."), settles))
    }

    fn mailbox(&self) -> Option<Check> {
        let (answer, settles) = match self.person.email {
            None => ("No mailbox is known to send a code to.", Some(Reason::AddressUnknown)),
            Some(_) => ("A code is sent to their mailbox.", self.stale()),
        };
        Some(check(Question::Mailbox, answer, settles))
    }

    /// Why what they verified does not count.
    fn stale(&self) -> Option<Reason> {
        match self.facts.proof {
            ProofFact::Absent => Some(Reason::NoProof),
            ProofFact::Invalid => Some(Reason::ProofInvalid),
            ProofFact::VerifiedAt(at, by) => self.staleness(at, by),
        }
    }

    fn staleness(&self, at: Timestamp, by: Method) -> Option<Reason> {
        let methods = if self.is_to_prove() { Methods::MAILED_CODE } else { self.policy.methods };
        let policy = ExternalUserPolicy { methods, ..self.policy };
        staleness(&policy, self.facts, (at, by), self.now)
    }
}

fn check(question: Question, answer: impl Into<String>, settles: Option<Reason>) -> Check {
    Check { question, answer: answer.into(), settles }
}

#[cfg(test)]
mod tests;
