//! A managed person's session: since when it lasts, when it was last used, and what was asked when it began.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::domain::account::CookieSet;
use crate::domain::auth_policy::AuthPolicySettings;
use crate::domain::email::EmailAddress;
use crate::domain::organization::OrganizationId;
use crate::store::SessionRow;

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
    pub(super) organization: OrganizationId,
    pub(super) email: EmailAddress,
    /// When it began.
    pub began_at: Timestamp,
    /// What was asked then; `None` where that cannot be read.
    pub asked: Option<Arc<AuthPolicySettings>>,
    /// When it was last used, in milliseconds since 1970.
    pub(super) active_at: AtomicI64,
    /// Up to when the store knows that.
    pub(super) told_at: AtomicI64,
    /// Whether its person was sent to sign in again.
    pub(super) over: AtomicBool,
    /// After which sweep somebody came with it last.
    pub(super) met_after: AtomicU32,
    pub(super) known_by: Mutex<KnownBy>,
}

impl Lasting {
    /// The session that the store's rows tell of, or else one that begins `now`.
    pub(super) fn begin(who: &SignedIn, rows: &[SessionRow], now: Timestamp, sweep: u32) -> Self {
        let theirs = |row: &&SessionRow| row.email == who.email && row.organization == who.organization;
        let first = rows.iter().filter(theirs).min_by_key(|row| row.began_at);
        let active_at = rows.iter().filter(theirs).map(|row| row.active_at).max().unwrap_or(now);
        let asked = match first {
            None => who.asked.clone(),
            Some(row) => read(&row.settings, who.asked.as_ref()),
        };
        Self {
            organization: who.organization.clone(),
            email: who.email.clone(),
            began_at: first.map(|row| row.began_at).into_iter().chain(who.at).min().unwrap_or(now),
            asked,
            active_at: AtomicI64::new(active_at.as_millisecond()),
            told_at: AtomicI64::new(if first.is_some() { active_at.as_millisecond() } else { i64::MIN }),
            over: AtomicBool::new(false),
            met_after: AtomicU32::new(sweep),
            known_by: Mutex::new(rows.iter().filter(theirs).map(|row| row.credential).collect()),
        }
    }

    /// When it was last used.
    pub fn active_at(&self) -> Timestamp {
        Timestamp::from_millisecond(self.active_at.load(Ordering::Relaxed)).unwrap_or(self.began_at)
    }

    /// Whether its person was sent to sign in again.
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    pub(super) fn is_of(&self, who: &SignedIn) -> bool {
        self.email == who.email && self.organization == who.organization
    }

    pub(super) fn rows(&self) -> Vec<SessionRow> {
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

/// The settings of a row; those of now are shared where they are the same.
fn read(text: &str, now: Option<&Arc<AuthPolicySettings>>) -> Option<Arc<AuthPolicySettings>> {
    let read: AuthPolicySettings = serde_json::from_str(text).ok()?;
    Some(now.filter(|now| ***now == read).map_or_else(|| Arc::new(read), Arc::clone))
}
