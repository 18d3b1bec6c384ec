//! Sessions of managed people: since when each lasts, when it was last used, and what was asked when it began.
//!
//! A session is known by digests of its cookies, or of what its token says of it. New cookies of a session that is known are the
//! same session: only a sign-in with none of its cookies begins another. The store hears of it beside the traffic, and is asked
//! for sessions that this process does not know; where it cannot be, they begin now, since managed people need no store.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use quick_cache::sync::Cache;
use tokio::sync::mpsc;

use crate::domain::account::CookieSet;
use crate::domain::auth_policy::AuthPolicySettings;
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;
use crate::store::{Finding, Found, SessionRow};

/// How many are remembered; the least used are asked of the store again.
const CAPACITY: usize = 400_000;

/// A use is told to the store once in so many parts of the time that the session may idle.
const IDLE_PARTS: u32 = 15;

/// The sessions that were met lately.
pub struct Sessions {
    known: Cache<CookieSet, Arc<Lasting>>,
    /// Whether any was sent to sign in again. Most of the time none was, and sign-in pages cost nothing.
    any_over: AtomicBool,
    finding: mpsc::Sender<Finding>,
}

/// What a session is known by.
pub type KnownBy = Vec<CookieSet>;

/// Whose session it is, and how it begins if nobody knows it.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Whose site it is a session of.
    pub organization: OrganizationId,
    /// Whose it is.
    pub email: EmailAddress,
    /// When they signed in, where a token says so.
    pub at: Option<Timestamp>,
    /// What is asked of those who sign in now; `None` where that cannot be read.
    pub asked: Option<Arc<AuthPolicySettings>>,
}

/// A session.
#[derive(Debug)]
pub struct Lasting {
    organization: OrganizationId,
    email: EmailAddress,
    /// When it began.
    pub began_at: Timestamp,
    /// What was asked then; `None` where that cannot be read.
    pub asked: Option<Arc<AuthPolicySettings>>,
    /// When it was last used, in milliseconds since 1970.
    active_at: AtomicI64,
    /// Up to when the store knows that.
    told_at: AtomicI64,
    /// Whether its person was sent to sign in again.
    over: AtomicBool,
    known_by: Mutex<KnownBy>,
}

impl Lasting {
    /// When it was last used.
    pub fn active_at(&self) -> Timestamp {
        Timestamp::from_millisecond(self.active_at.load(Ordering::Relaxed)).unwrap_or(self.began_at)
    }

    /// Whether its person was sent to sign in again.
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    fn is_of(&self, who: &SignedIn) -> bool {
        self.email == who.email && self.organization == who.organization
    }

    fn rows(&self) -> Vec<SessionRow> {
        let settings =
            self.asked.as_ref().map_or_else(|| "null".to_owned(), |asked| asked.to_json().to_string());
        let known_by = self.known_by.lock().unwrap_or_else(PoisonError::into_inner);
        let row = |credential: &CookieSet| SessionRow {
            credential: *credential,
            organization: self.organization.clone(),
            email: self.email.clone(),
            began_at: self.began_at,
            active_at: self.active_at(),
            settings: settings.clone(),
        };
        known_by.iter().map(row).collect()
    }
}

impl Sessions {
    pub(super) fn new(finding: mpsc::Sender<Finding>) -> Self {
        Self { known: Cache::new(CAPACITY), any_over: AtomicBool::new(false), finding }
    }

    /// The session of this person that is known by any of these: the one that began first.
    pub fn find(&self, known_by: &[CookieSet], who: &SignedIn) -> Option<Arc<Lasting>> {
        let found = known_by.iter().filter_map(|credential| self.known.get(credential));
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
        let theirs = |row: &&SessionRow| row.email == who.email && row.organization == who.organization;
        let first = rows.iter().filter(theirs).min_by_key(|row| row.began_at);
        let active_at = rows.iter().filter(theirs).map(|row| row.active_at).max().unwrap_or(now);
        let asked = match first {
            None => who.asked.clone(),
            Some(row) => read(&row.settings, who.asked.as_ref()),
        };
        let session = Arc::new(Lasting {
            organization: who.organization.clone(),
            email: who.email.clone(),
            began_at: first.map(|row| row.began_at).into_iter().chain(who.at).min().unwrap_or(now),
            asked,
            active_at: AtomicI64::new(active_at.as_millisecond()),
            told_at: AtomicI64::new(if first.is_some() { active_at.as_millisecond() } else { i64::MIN }),
            over: AtomicBool::new(false),
            known_by: Mutex::new(Vec::new()),
        });
        self.link(&session, known_by);
        session
    }

    /// Knows a session by these as well.
    pub fn link(&self, session: &Arc<Lasting>, known_by: &[CookieSet]) {
        let mut grown = false;
        {
            let mut all = session.known_by.lock().unwrap_or_else(PoisonError::into_inner);
            for credential in known_by {
                if !all.contains(credential) {
                    all.push(*credential);
                    grown = true;
                }
            }
            // A product that sets another cookie at each answer must not fill the memory with them.
            let extra = all.len().saturating_sub(MOST_CREDENTIALS);
            all.drain(..extra);
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
        self.known.get(&credential)
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

/// The cookies that a session had last.
const MOST_CREDENTIALS: usize = 16;

/// The settings of a row; those of now are shared where they are the same.
fn read(text: &str, now: Option<&Arc<AuthPolicySettings>>) -> Option<Arc<AuthPolicySettings>> {
    let read: AuthPolicySettings = serde_json::from_str(text).ok()?;
    Some(now.filter(|now| ***now == read).map_or_else(|| Arc::new(read), Arc::clone))
}

#[cfg(test)]
mod tests {
    use super::*;

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
