//! What policies would have done to what happened: recorded requests are decided again in the order of time, as if whoever was asked
//! for a code had typed it, and whoever was to sign in had done so.
//!
//! It is a forecast and no promise: of requests that passed only one an hour is recorded, and nobody knows what people would have
//! done next.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::decide::{decide, is_managed};
use super::decision::{Decision, Instead, Reason};
use super::facts::{Facts, ProofFact, Session};
use super::lane::Lane;
use super::method::Method;
use super::policy::Snapshot;
use super::recorded::Recorded;
use super::user_agent::names_browser;

/// A request that was recorded.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// When.
    pub at: Timestamp,
    /// Where a verification counts: the site, or nothing where it counts at all of them.
    pub place: &'a str,
    /// Their address, or their login name; `None` where nobody knows whose token it was.
    pub who: Option<&'a str>,
    /// The family of the program that asked.
    pub client: &'a str,
    /// What it was judged by.
    pub recorded: &'a Recorded,
}

/// What would have become of people and programs.
#[derive(Debug, Clone, Default)]
pub struct Forecast {
    /// How many requests were decided again.
    pub requests: u64,
    /// Everybody who asked, by their address or login name.
    pub people: BTreeMap<String, Burden>,
    /// The programs that would have been turned away and cannot answer a page, by their family.
    pub programs: BTreeMap<String, Broken>,
    browsers: HashMap<(String, String, String), Browser>,
}

/// What a person would have met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Burden {
    /// How often they would have been asked for a code.
    pub codes: u32,
    /// How often they would have had to sign in again.
    pub sign_ins: u32,
    /// How many recorded requests would have been refused for good, by the code of the reason.
    pub refused: BTreeMap<&'static str, u32>,
}

/// What a program would have met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Broken {
    /// How many recorded requests would have been turned away, by the code of the reason.
    pub requests: BTreeMap<&'static str, u32>,
    /// For how many people it asked. Of tokens nobody may know whose they are.
    pub people: std::collections::BTreeSet<String>,
}

/// What one person would have done in one browser by now.
#[derive(Debug, Clone, Copy, Default)]
struct Browser {
    first_at: Option<Timestamp>,
    last_at: Option<Timestamp>,
    verified_at: Option<Timestamp>,
    signed_in_at: Option<Timestamp>,
}

/// What would have become of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passes,
    Code,
    SignIn,
    Refused,
}

/// How another policy would have changed what a person met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Change {
    /// They are turned away and were not.
    NewlyRefused,
    /// They are asked for a code or to sign in, and were not.
    NewlyAsked,
    /// More often than before.
    MoreOften,
    /// Less often than before.
    LessOften,
    /// They are asked for nothing any more.
    Freed,
    /// They are not turned away any more.
    NoLongerRefused,
}

impl Change {
    /// Every change, the heaviest first.
    pub const ALL: [Self; 6] = [
        Self::NewlyRefused,
        Self::NewlyAsked,
        Self::MoreOften,
        Self::LessOften,
        Self::Freed,
        Self::NoLongerRefused,
    ];

    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NewlyRefused => "newly-refused",
            Self::NewlyAsked => "newly-asked",
            Self::MoreOften => "more-often",
            Self::LessOften => "less-often",
            Self::Freed => "freed",
            Self::NoLongerRefused => "no-longer-refused",
        }
    }

    /// Of whoever met this before and would meet that after; `None` where it is the same for them.
    pub fn of(before: &Burden, after: &Burden) -> Option<Self> {
        let asked = |burden: &Burden| burden.codes + burden.sign_ins;
        match (before.refused.is_empty(), after.refused.is_empty()) {
            (true, false) => return Some(Self::NewlyRefused),
            (false, true) => return Some(Self::NoLongerRefused),
            _ => {}
        }
        match (asked(before), asked(after)) {
            (same, again) if same == again => None,
            (0, _) => Some(Self::NewlyAsked),
            (_, 0) => Some(Self::Freed),
            (less, more) if less < more => Some(Self::MoreOften),
            _ => Some(Self::LessOften),
        }
    }
}

impl Forecast {
    /// For whom another one is not the same, the heaviest changes first.
    pub fn changes<'a>(&'a self, then: &'a Self) -> Vec<(Change, &'a str, &'a Burden, &'a Burden)> {
        let changed = self.people.iter().filter_map(|(who, before)| {
            let after = then.people.get(who)?;
            Change::of(before, after).map(|change| (change, who.as_str(), before, after))
        });
        let mut changed: Vec<_> = changed.collect();
        changed.sort_by_key(|(change, ..)| *change);
        changed
    }

    /// Takes in the next request in the order of time, and decides it by `snapshot`. What a policy would only report counts as done.
    pub fn take(&mut self, past: &Past<'_>, snapshot: &Snapshot) {
        self.requests += 1;
        let who = past.who.unwrap_or_default();
        let browser = (who.to_owned(), past.client.to_owned(), past.place.to_owned());
        let browser = self.browsers.entry(browser).or_default();
        browser.first_at.get_or_insert(past.at);
        let (outcome, reason) = browser.meet(past, snapshot);
        browser.last_at = Some(past.at);
        // Who loads a page sees one, whatever the program calls itself.
        let is_program = past.recorded.lane() != Lane::Browser && !names_browser(past.client);
        if is_program && outcome != Outcome::Passes {
            let broken = self.programs.entry(past.client.to_owned()).or_default();
            *broken.requests.entry(reason.code()).or_default() += 1;
            broken.people.extend(past.who.map(str::to_owned));
        } else {
            browser.answer(outcome, past.at);
        }
        if past.who.is_none() {
            return;
        }
        let burden = self.people.entry(who.to_owned()).or_default();
        match outcome {
            Outcome::Passes => {}
            // A program that cannot answer is turned away each time, which is no code that anybody types.
            Outcome::Refused => *burden.refused.entry(reason.code()).or_default() += 1,
            Outcome::Code | Outcome::SignIn if is_program => {}
            Outcome::Code => burden.codes += 1,
            Outcome::SignIn => burden.sign_ins += 1,
        }
    }
}

impl Browser {
    fn meet(&self, past: &Past<'_>, snapshot: &Snapshot) -> (Outcome, Reason) {
        let mut facts = past.recorded.facts();
        if let Some(verified_at) = self.verified_at
            && !matches!(facts.proof, ProofFact::VerifiedAt(at, _) if at > verified_at)
        {
            facts.proof = ProofFact::VerifiedAt(verified_at, way_of(&facts, snapshot));
        }
        if let Session::Person(person) = &mut facts.session {
            let policy = snapshot.auth.of(facts.organization, person.policy);
            let mut member = person.member.unwrap_or_else(|| policy.begins(past.at));
            if person.member.is_none() {
                member.began_at = self.first_at.unwrap_or(past.at);
                member.active_at = self.last_at.unwrap_or(past.at);
            }
            // As if it had been so when they signed in.
            member.asked = policy.settings.as_deref();
            if let Some(signed_in_at) = self.signed_in_at {
                member.began_at = member.began_at.max(signed_in_at);
                member.active_at = member.active_at.max(signed_in_at);
            }
            person.member = Some(member);
        }
        let decision = decide(snapshot, &facts, past.at);
        let reason = decision.reason();
        let is_about_session = matches!(
            reason,
            Reason::SingleSignOn | Reason::SessionReset | Reason::SessionExpired | Reason::SessionIdle
        );
        let outcome = match decision {
            Decision::Pass(permit) if permit.instead().is_none() => Outcome::Passes,
            // Whoever signed in once in the way that is wanted goes on so.
            _ if reason == Reason::SingleSignOn && self.signed_in_at.is_some() => Outcome::Passes,
            _ if is_about_session => Outcome::SignIn,
            Decision::Challenge(_) => Outcome::Code,
            Decision::Pass(permit) if permit.instead() == Some(Instead::Challenge) => Outcome::Code,
            _ => Outcome::Refused,
        };
        (outcome, reason)
    }

    fn answer(&mut self, outcome: Outcome, at: Timestamp) {
        match outcome {
            Outcome::Code => self.verified_at = Some(at),
            Outcome::SignIn => self.signed_in_at = Some(at),
            Outcome::Passes | Outcome::Refused => {}
        }
    }
}

/// The first way in which somebody who is asked can confirm that it is them: they would have set it up.
fn way_of(facts: &Facts<'_>, snapshot: &Snapshot) -> Method {
    match facts.session {
        Session::Person(person) if is_managed(snapshot, facts.organization, person) => {
            let asked = snapshot.auth.of(facts.organization, person.policy).settings.as_ref();
            let first = asked.and_then(|asked| asked.two_step.methods().iter().next());
            first.unwrap_or(Method::MailedCode)
        }
        _ => Method::MailedCode,
    }
}

#[cfg(test)]
mod tests;
