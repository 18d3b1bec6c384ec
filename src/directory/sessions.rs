//! Sessions of managed people: since when each lasts, when it was last used, and what was asked when it began.
//!
//! A session is known by digests of its cookies, or of what its token says of it. New cookies of a session that is known are the
//! same session: only a sign-in with none of its cookies begins another. The store hears of it beside the traffic, and is asked
//! for sessions that this process does not know; where it cannot be, they begin now, since managed people need no store. What
//! nobody came with for some minutes is known to the store alone.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use quick_cache::sync::Cache;
use tokio::sync::mpsc;

use crate::domain::account::CookieSet;
use crate::store::{Finding, Found, SessionRow};

use super::lasting::{KnownBy, Lasting, SignedIn};

/// How many are remembered; the least used are asked of the store again.
const CAPACITY: usize = 400_000;

/// A use is told to the store once in so many parts of the time that the session may idle.
const IDLE_PARTS: u32 = 15;

/// The cookies that a session had last.
const MOST_CREDENTIALS: usize = 16;

/// The sessions that were met lately.
pub struct Sessions {
    known: Cache<CookieSet, Arc<Lasting>>,
    /// Whether any was sent to sign in again. Most of the time none was, and sign-in pages cost nothing.
    any_over: AtomicBool,
    /// How often those that nobody used were let go.
    sweeps: AtomicU32,
    finding: mpsc::Sender<Finding>,
}

impl Sessions {
    pub(super) fn new(finding: mpsc::Sender<Finding>) -> Self {
        let (any_over, sweeps) = (AtomicBool::new(false), AtomicU32::new(0));
        Self { known: Cache::new(CAPACITY), any_over, sweeps, finding }
    }

    /// The session of this person that is known by any of these: the one that began first.
    pub fn find(&self, known_by: &[CookieSet], who: &SignedIn) -> Option<Arc<Lasting>> {
        let found = known_by.iter().filter_map(|credential| self.get(*credential));
        found.filter(|session| session.is_of(who)).min_by_key(|session| session.began_at)
    }

    /// The session that the store's rows tell of, or else one that begins `now`.
    pub fn begin(
        &self,
        known_by: &KnownBy,
        who: &SignedIn,
        rows: &[SessionRow],
        now: Timestamp,
    ) -> Arc<Lasting> {
        let session = Arc::new(Lasting::begin(who, rows, now, self.sweeps.load(Ordering::Relaxed)));
        self.link(&session, known_by);
        session
    }

    /// The session that the store's rows tell of, whoever's it is: of several the one that began first.
    pub fn recall(&self, rows: &[SessionRow], now: Timestamp) -> Option<Arc<Lasting>> {
        let first = rows.iter().min_by_key(|row| row.began_at)?;
        let (organization, email) = (first.organization.clone(), first.email.clone());
        let theirs = rows.iter().filter(|row| row.email == email && row.organization == organization);
        let known_by = theirs.map(|row| row.credential).collect();
        Some(self.begin(&known_by, &SignedIn { organization, email, at: None, asked: None }, rows, now))
    }

    /// Knows a session by these as well.
    pub fn link(&self, session: &Arc<Lasting>, known_by: &[CookieSet]) {
        let mut grown = false;
        let dropped: KnownBy = {
            let mut all = session.known_by.lock().unwrap_or_else(PoisonError::into_inner);
            for credential in known_by {
                if !all.contains(credential) {
                    all.push(*credential);
                    grown = true;
                }
            }
            // A product that sets another cookie at each answer must not fill the memory with them.
            let extra = all.len().saturating_sub(MOST_CREDENTIALS);
            all.drain(..extra).collect()
        };
        for credential in &dropped {
            self.known.remove(credential);
        }
        for credential in known_by {
            self.known.insert(*credential, Arc::clone(session));
        }
        if grown {
            self.tell(session);
        }
    }

    /// Notes that a person did something.
    pub fn note_use(&self, session: &Lasting, now: Timestamp) {
        let now = now.as_millisecond();
        session.active_at.fetch_max(now, Ordering::Relaxed);
        let idle = session.asked.as_ref().map_or(Duration::ZERO, |asked| asked.idle_session) / IDLE_PARTS;
        let told_at = session.told_at.load(Ordering::Relaxed);
        if now.saturating_sub(told_at) >= i64::try_from(idle.as_millis()).unwrap_or(i64::MAX) {
            self.tell(session);
        }
    }

    /// Takes in that the session was used at another node, and says whether that is news.
    pub fn hear(&self, session: &Lasting, rows: &[SessionRow]) -> bool {
        let theirs = rows.iter().filter(|row| row.email == session.email);
        let Some(active_at) = theirs.map(|row| row.active_at.as_millisecond()).max() else { return false };
        session.active_at.fetch_max(active_at, Ordering::Relaxed) < active_at
    }

    /// What the session is known by.
    pub fn known_by(&self, session: &Lasting) -> KnownBy {
        session.known_by.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes that its person was sent to sign in again.
    pub fn turn_away(&self, session: &Lasting) {
        session.over.store(true, Ordering::Release);
        self.any_over.store(true, Ordering::Release);
    }

    /// Whether any session was sent to sign in again.
    pub fn has_over(&self) -> bool {
        self.any_over.load(Ordering::Acquire)
    }

    /// Whether this is of a session that was sent to sign in again.
    pub fn is_over(&self, credential: CookieSet) -> bool {
        self.known.get(&credential).is_some_and(|session| session.is_over())
    }

    /// The session of a credential.
    pub fn get(&self, credential: CookieSet) -> Option<Arc<Lasting>> {
        let session = self.known.get(&credential)?;
        session.met_after.store(self.sweeps.load(Ordering::Relaxed), Ordering::Relaxed);
        Some(session)
    }

    /// By how many credentials sessions are known to this process.
    pub fn count(&self) -> usize {
        self.known.len()
    }

    /// Lets go of the sessions that nobody came with since the sweep before the last and whose identity is remembered no
    /// longer. The store knows them: whom it was not told of yet it is told of now, and they stay until the next sweep. Without
    /// it sessions that ended stay until [`CAPACITY`] is reached: some 140 MB.
    pub fn sweep(&self) {
        let sweep = self.sweeps.fetch_add(1, Ordering::Relaxed) + 1;
        let untold = RefCell::new(Vec::new());
        self.known.retain(|_, session| {
            let known_by = session.known_by.lock().unwrap_or_else(PoisonError::into_inner).len();
            if session.met_after.load(Ordering::Relaxed) + 1 >= sweep || Arc::strong_count(session) > known_by
            {
                return true;
            }
            let told_at = session.told_at.load(Ordering::Relaxed);
            let is_behind = told_at < session.active_at.load(Ordering::Relaxed);
            if is_behind {
                untold.borrow_mut().push(Arc::clone(session));
            }
            is_behind
        });
        untold.take().iter().for_each(|session| self.tell(session));
    }

    /// Forgets a session whose person signed out: what comes with its cookies from now on is another.
    pub fn end(&self, session: &Lasting) {
        let known_by = self.known_by(session);
        for credential in &known_by {
            self.known.remove(credential);
        }
        let found = Found::SignedOut(known_by);
        let _ = self.finding.try_send(Finding { organization: session.organization.clone(), found });
    }

    /// Where the store is behind, it is told at the next use.
    fn tell(&self, session: &Lasting) {
        let told = session.active_at.load(Ordering::Relaxed);
        for row in session.rows() {
            let found = Found::Session(Box::new(row));
            let finding = Finding { organization: session.organization.clone(), found };
            if self.finding.try_send(finding).is_err() {
                return;
            }
        }
        session.told_at.store(told, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::auth_policy::AuthPolicySettings;
    use crate::domain::email::EmailAddress;
    use crate::domain::organization::OrganizationId;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    fn who(email: &str) -> SignedIn {
        SignedIn {
            organization: OrganizationId::only(),
            email: EmailAddress::parse(email).unwrap(),
            at: None,
            asked: Some(Arc::new(AuthPolicySettings::default())),
        }
    }

    fn cookies<const N: usize>(numbers: [u8; N]) -> KnownBy {
        numbers.map(|number| CookieSet([number; 16])).to_vec()
    }

    fn row(email: &str, began: i64, active: i64) -> SessionRow {
        SessionRow {
            credential: CookieSet([1; 16]),
            organization: OrganizationId::only(),
            email: EmailAddress::parse(email).unwrap(),
            began_at: at(began),
            active_at: at(active),
            settings: AuthPolicySettings::default().to_json().to_string(),
        }
    }

    fn sessions() -> (Sessions, mpsc::Receiver<Finding>) {
        let (finding, findings) = mpsc::channel(100);
        (Sessions::new(finding), findings)
    }

    #[test]
    fn a_session_is_known_by_each_of_its_cookies_and_to_its_person_alone() {
        let (sessions, _findings) = sessions();
        let liam = who("liam@acme.com");
        let old = sessions.begin(&cookies([1, 2]), &liam, &[], at(1));
        sessions.link(&old, &cookies([3]));
        let new = sessions.begin(&cookies([4]), &liam, &[], at(9));
        let began = |numbers: &[CookieSet]| sessions.find(numbers, &liam).map(|session| session.began_at);
        assert_eq!(began(&cookies([3])), Some(at(1)));
        assert_eq!(
            began(&cookies([4, 2])),
            Some(at(1)),
            "with an old cookie beside it, it is the old session"
        );
        assert_eq!((began(&cookies([4])), began(&cookies([5]))), (Some(new.began_at), None));
        assert!(sessions.find(&cookies([1]), &who("mia@acme.com")).is_none());
        sessions.end(&old);
        assert_eq!(began(&cookies([1, 2, 3])), None, "they signed out");
    }

    #[test]
    fn a_session_that_nobody_came_with_for_a_while_is_known_to_the_store_alone() {
        let (sessions, mut findings) = sessions();
        let mut told = || std::iter::from_fn(|| findings.try_recv().ok()).count();
        let (liam, mia) = (who("liam@acme.com"), who("mia@acme.com"));
        drop(sessions.begin(&cookies([1, 2]), &liam, &[], at(1)));
        let held = sessions.begin(&cookies([3]), &mia, &[], at(1));
        sessions.note_use(&sessions.get(CookieSet([1; 16])).unwrap(), at(2));
        assert_eq!(told(), 3);
        sessions.sweep();
        assert!(sessions.find(&cookies([2]), &liam).is_some(), "somebody comes now and then");
        sessions.sweep();
        sessions.sweep();
        assert_eq!((sessions.count(), told()), (3, 2), "the store hears of the last use before");
        sessions.sweep();
        assert_eq!((sessions.count(), told()), (1, 0));
        assert!(sessions.find(&cookies([3]), &mia).is_some_and(|session| Arc::ptr_eq(&session, &held)));

        let rows = [row("mia@acme.com", 6, 8), row("liam@acme.com", 5, 7)];
        let recalled = sessions.recall(&rows, at(9)).unwrap();
        assert_eq!((recalled.email.as_str(), recalled.began_at), ("liam@acme.com", at(5)));
        assert_eq!(told(), 0, "it said so itself");
        assert!(sessions.find(&cookies([1]), &liam).is_some() && sessions.recall(&[], at(9)).is_none());
    }

    #[test]
    fn the_cookies_of_a_session_are_bounded_in_memory_too() {
        let (sessions, _findings) = sessions();
        let session = sessions.begin(&cookies([0]), &who("liam@acme.com"), &[], at(1));
        (1..100).for_each(|number| sessions.link(&session, &cookies([number])));
        assert_eq!(sessions.count(), MOST_CREDENTIALS);
    }

    #[test]
    fn what_the_store_knows_counts_and_a_use_at_another_node_too() {
        let (sessions, _findings) = sessions();
        let (liam, rows) = (who("liam@acme.com"), [row("liam@acme.com", 5, 7), row("mia@acme.com", 1, 9)]);
        let session = sessions.begin(&cookies([1]), &liam, &rows, at(10));
        assert_eq!((session.began_at, session.active_at()), (at(5), at(7)));
        assert!(!sessions.hear(&session, &[row("liam@acme.com", 5, 7), row("mia@acme.com", 1, 9)]));
        assert!(sessions.hear(&session, &[row("liam@acme.com", 5, 8)]));
        assert_eq!(session.active_at(), at(8));
        let token = SignedIn { at: Some(at(2)), ..liam };
        assert_eq!(sessions.begin(&cookies([2]), &token, &[], at(10)).began_at, at(2), "as its token says");
    }

    #[test]
    fn the_store_is_told_of_each_cookie_and_of_a_use_now_and_then() {
        let (sessions, mut findings) = sessions();
        let mut told = || std::iter::from_fn(|| findings.try_recv().ok()).count();
        let liam = who("liam@acme.com");
        let session = sessions.begin(&cookies([1, 2]), &liam, &[], at(0));
        assert_eq!(told(), 2);
        let two_days = 2 * 24 * 60;
        sessions.note_use(&session, at(two_days - 1));
        assert_eq!((told(), session.active_at()), (0, at(two_days - 1)), "a fifteenth of thirty days");
        sessions.note_use(&session, at(two_days));
        sessions.note_use(&session, at(two_days + 1));
        assert_eq!(told(), 2);
    }
}
