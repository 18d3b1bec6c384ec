//! What the audit log is told of what happens at the gate: who signed in, and whose request was refused and why.
//!
//! It goes the way of all findings, through a bounded channel to `actions::keep_findings`, so no request waits for it. Context:
//! whoever has a session can be refused a thousand times a second. Choice: of one person at one site for one reason a refusal is
//! told once an hour, and of one person at most [`PER_PERSON`] sign-ins and as many refusals an hour; of those whom nobody
//! knows, [`OF_STRANGERS`] an hour for each organization together. The last one says that it is. Consequence: a gateway writes
//! no more than that, however much it is asked, and never more than half of what may wait, which is kept for pins.

use std::net::IpAddr;
use std::time::Duration;

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use foldhash::fast::RandomState;
use jiff::Timestamp;
use serde_json::json;
use tokio::sync::mpsc;

use crate::domain::actor::Actor;
use crate::domain::decision::Reason;
use crate::domain::lane::Lane;
use crate::domain::organization::OrganizationId;
use crate::store::{AuditAction, AuditEvent, Finding, Found};
use crate::telemetry::receipt::Receipt;

use super::fingerprint::{Fingerprint, FingerprintKey};

/// In which time all the numbers below count.
const HOUR: Duration = Duration::from_secs(3600);
/// How many sign-ins of a person are told, and how many refusals.
const PER_PERSON: u32 = 20;
/// How many refusals are told of those whom nobody knows, such as the owners of odd tokens.
const OF_STRANGERS: u32 = 100;
/// Of how many people and reasons it is known when they were told. Beyond it nothing new is told until an hour is over.
const REMEMBERED: usize = 200_000;

/// Somebody signed in.
#[derive(Debug, Clone, Copy)]
pub struct SignIn<'a> {
    /// At whose site.
    pub organization: &'a OrganizationId,
    /// At which.
    pub site: &'a str,
    /// Their address, or their login name where none is known.
    pub who: &'a str,
    /// From where.
    pub address: IpAddr,
}

/// A request was refused by a decision about its person.
#[derive(Debug, Clone, Copy)]
pub struct Refused<'a> {
    /// At whose site.
    pub organization: &'a OrganizationId,
    /// At which.
    pub site: &'a str,
    /// Their address, or their login name where none is known; `None` where nobody knows who it is.
    pub who: Option<&'a str>,
    /// From where.
    pub address: IpAddr,
    /// Why.
    pub reason: Reason,
    /// What kind of request it was.
    pub lane: Lane,
    /// By which the person finds it on their page.
    pub receipt: Receipt,
}

/// What was told lately.
pub(super) struct Notices {
    told: DashMap<Fingerprint, Told, RandomState>,
    finding: mpsc::Sender<Finding>,
}

/// How often something was told in the hour that began then.
#[derive(Debug, Clone, Copy)]
struct Told {
    since: Timestamp,
    times: u32,
}

impl Notices {
    pub(super) fn new(finding: mpsc::Sender<Finding>) -> Self {
        Self { told: DashMap::default(), finding }
    }

    pub(super) fn signed_in(&self, key: &FingerprintKey, sign_in: &SignIn<'_>, now: Timestamp) {
        let SignIn { organization, site, who, address } = *sign_in;
        let person = key.notice(&["sign-in", organization.as_str(), who]);
        let Some(times) = self.count(person, PER_PERSON, now) else { return };
        let actor = Actor { address: Some(address), ..Actor::from(who) };
        let detail = json!({ "site": site, "is_last_this_hour": times == PER_PERSON });
        self.tell(organization, AuditEvent::new(actor, AuditAction::UserLoggedIn, who).with(detail));
    }

    pub(super) fn refused(&self, key: &FingerprintKey, refused: &Refused<'_>, now: Timestamp) {
        let Refused { organization, site, who, address, reason, lane, receipt } = *refused;
        let (owner, whom) = (organization.as_str(), who.unwrap_or_default());
        let (person, limit) = match who {
            Some(who) => {
                if self.count(key.notice(&["again", owner, site, who, reason.code()]), 1, now).is_none() {
                    return;
                }
                (key.notice(&["refusal", owner, who]), PER_PERSON)
            }
            None => (key.notice(&["stranger", owner]), OF_STRANGERS),
        };
        let Some(times) = self.count(person, limit, now) else { return };
        let actor = Actor { address: Some(address), ..Actor::from(who.unwrap_or("unknown")) };
        let detail = json!({
            "site": site, "reason": reason.code(), "lane": lane.label(), "receipt": receipt.to_string(),
            "is_last_this_hour": times == limit,
        });
        self.tell(organization, AuditEvent::new(actor, AuditAction::ExternalUserBlocked, whom).with(detail));
    }

    /// Lets go of hours that are over.
    pub(super) fn sweep(&self, now: Timestamp) {
        self.told.retain(|_, told| !is_over(*told, now));
    }

    /// The how-manieth time of this hour it is; `None` once the limit was reached.
    fn count(&self, what: Fingerprint, limit: u32, now: Timestamp) -> Option<u32> {
        // Counted before a lock of the map is held, which it would wait for.
        let is_full = !self.told.contains_key(&what) && self.told.len() >= REMEMBERED;
        if is_full {
            return None;
        }
        match self.told.entry(what) {
            Entry::Occupied(mut known) if is_over(*known.get(), now) => {
                known.insert(Told { since: now, times: 1 });
                Some(1)
            }
            Entry::Occupied(mut known) => {
                let told = known.get_mut();
                if told.times >= limit {
                    return None;
                }
                told.times += 1;
                Some(told.times)
            }
            Entry::Vacant(vacant) => {
                vacant.insert(Told { since: now, times: 1 });
                Some(1)
            }
        }
    }

    fn tell(&self, organization: &OrganizationId, event: AuditEvent) {
        if self.finding.capacity() < self.finding.max_capacity() / 2 {
            tracing::warn!("the store is behind: an event at the gate is missing from the audit log");
            return;
        }
        let found = Found::Happened(Box::new(event));
        // Full or closed since: the same as above, and said there the next time.
        let _ = self.finding.try_send(Finding { organization: organization.clone(), found });
    }
}

/// A clock that was set back ends the hour too, or nothing would be told until it is where it was.
fn is_over(told: Told, now: Timestamp) -> bool {
    now < told.since || told.since.saturating_add(HOUR).is_ok_and(|end| end <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    struct Gate {
        notices: Notices,
        key: FingerprintKey,
        found: mpsc::Receiver<Finding>,
        organization: OrganizationId,
    }

    impl Gate {
        fn new(room: usize) -> Self {
            let (finding, found) = mpsc::channel(room);
            let (key, organization) = (FingerprintKey::new([1; 16]), OrganizationId::only());
            Self { notices: Notices::new(finding), key, found, organization }
        }

        fn refuse(&self, who: Option<&str>, reason: Reason, now: Timestamp) {
            let refused = Refused {
                organization: &self.organization,
                site: "jira.test",
                who,
                address: "192.0.2.1".parse().unwrap(),
                reason,
                lane: Lane::Browser,
                receipt: Receipt::new(1),
            };
            self.notices.refused(&self.key, &refused, now);
        }

        fn sign_in(&self, who: &str, now: Timestamp) {
            let address = "192.0.2.1".parse().unwrap();
            let sign_in = SignIn { organization: &self.organization, site: "jira.test", who, address };
            self.notices.signed_in(&self.key, &sign_in, now);
        }

        fn told(&mut self) -> Vec<AuditEvent> {
            let mut events = Vec::new();
            while let Ok(finding) = self.found.try_recv() {
                match finding.found {
                    Found::Happened(event) => events.push(*event),
                    other => panic!("{other:?}"),
                }
            }
            events
        }
    }

    #[test]
    fn the_same_refusal_of_the_same_person_is_told_once_an_hour() {
        let mut gate = Gate::new(1_000);
        for second in 0..3_600 {
            gate.refuse(Some("jane@ext.test"), Reason::NoProof, START + Duration::from_secs(second));
        }
        gate.refuse(Some("jane@ext.test"), Reason::ProofExpired, START);
        gate.refuse(Some("john@ext.test"), Reason::NoProof, START);
        assert_eq!(gate.told().len(), 3);
        gate.refuse(Some("jane@ext.test"), Reason::NoProof, START + HOUR);
        let told = gate.told();
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].subject.as_str(), told[0].actor.address.is_some()), ("jane@ext.test", true));
        assert_eq!(told[0].detail["reason"], "no-proof");
    }

    #[test]
    fn a_flood_fills_no_more_of_the_log_than_it_may() {
        let mut gate = Gate::new(1_000_000);
        for _ in 0..10_000 {
            gate.sign_in("jane@ext.test", START);
            gate.refuse(None, Reason::TokenBlocked, START);
        }
        let told = gate.told();
        let (sign_ins, refusals): (Vec<_>, Vec<_>) =
            told.iter().partition(|event| event.action == AuditAction::UserLoggedIn);
        assert_eq!((sign_ins.len(), refusals.len()), (20, 100));
        assert_eq!(sign_ins.iter().filter(|event| event.detail["is_last_this_hour"] == true).count(), 1);
        assert_eq!(sign_ins[19].detail["is_last_this_hour"], true);
        gate.notices.sweep(START + HOUR);
        assert_eq!(gate.notices.told.len(), 0);
        gate.sign_in("jane@ext.test", START + HOUR);
        assert_eq!(gate.told().len(), 1);
    }

    #[test]
    fn what_waits_leaves_room_for_pins() {
        let mut gate = Gate::new(10);
        for number in 0..100 {
            gate.sign_in(&format!("p{number}@ext.test"), START);
        }
        assert_eq!(gate.told().len(), 6, "half of it, and one more");
    }
}
