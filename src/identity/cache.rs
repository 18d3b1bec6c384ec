//! Remembering whose session it is: bounded, short-lived, and asked once however many requests arrive at once.

use std::net::IpAddr;
use std::time::Duration;

use foldhash::fast::RandomState;
use jiff::Timestamp;
use quick_cache::UnitWeighter;
use quick_cache::sync::{Cache, DefaultLifecycle, PlaceholderGuard};
use sha2::{Digest, Sha256};

use super::SessionIdentity;

/// How many sessions are remembered. The least used give way; a flood of junk cookies costs look-ups, not memory.
const CAPACITY: usize = 200_000;

/// How long a failure is remembered: long enough that the requests which waited for it do not each ask again.
const FAILURE: Duration = Duration::from_secs(1);

/// The digest of a site and a complete set of credentials. Collision resistant, so a hit needs no comparison of the
/// credentials themselves, and the cache holds no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionKey([u8; 32]);

impl SessionKey {
    /// The key of the parts, byte for byte and in the order in which they will be forwarded: cookies (`NAME=value`), then for
    /// each header an empty part, its name and its value.
    pub fn of<'a>(site: &str, parts: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut digest = Sha256::new();
        let mut part = |bytes: &[u8]| {
            digest.update((bytes.len() as u64).to_be_bytes());
            digest.update(bytes);
        };
        part(site.as_bytes());
        for credential in parts {
            part(credential);
        }
        Self(digest.finalize().into())
    }
}

impl SessionKey {
    /// The key of the same credentials at one client's address, for sites with a source that ties a session to it.
    #[must_use]
    pub fn at(self, client: IpAddr) -> Self {
        Self(Sha256::new().chain_update(self.0).chain_update(client.to_string()).finalize().into())
    }
}

#[derive(Debug, Clone)]
struct Remembered {
    session: SessionIdentity,
    until: Timestamp,
}

/// The cache of all sites.
pub(super) struct IdentityCache {
    sessions: Sessions,
}

type Sessions = Cache<SessionKey, Remembered, UnitWeighter, RandomState>;

/// What the cache says.
pub(super) enum Lookup<'a> {
    Known(SessionIdentity),
    /// The answer to a question that another request had already asked.
    Joined(SessionIdentity),
    /// This request asks; the others with the same key wait for it.
    Ask(Ask<'a>),
}

/// The right to ask and to keep the answer. Dropping it lets the next waiting request ask.
pub(super) struct Ask<'a>(Guard<'a>);

type Guard<'a> = PlaceholderGuard<
    'a,
    SessionKey,
    Remembered,
    UnitWeighter,
    RandomState,
    DefaultLifecycle<SessionKey, Remembered>,
>;

impl IdentityCache {
    pub(super) fn new() -> Self {
        Self {
            sessions: Cache::with(
                CAPACITY,
                CAPACITY as u64,
                UnitWeighter,
                RandomState::default(),
                Default::default(),
            ),
        }
    }

    pub(super) async fn lookup(&self, key: &SessionKey, now: Timestamp) -> Lookup<'_> {
        if let Some(remembered) = self.sessions.get(key)
            && now < remembered.until
        {
            return Lookup::Known(remembered.session);
        }
        loop {
            match self.sessions.get_value_or_guard_async(key).await {
                Ok(remembered) if now < remembered.until => return Lookup::Joined(remembered.session),
                Ok(_) => drop(self.sessions.remove_if(key, |remembered| remembered.until <= now)),
                Err(guard) => return Lookup::Ask(Ask(guard)),
            }
        }
    }

    pub(super) fn forget(&self, key: &SessionKey) {
        self.sessions.remove(key);
    }
}

impl Ask<'_> {
    pub(super) fn keep(self, session: &SessionIdentity, now: Timestamp, lifetime: Duration) {
        let lifetime = if matches!(session, SessionIdentity::Unavailable) { FAILURE } else { lifetime };
        let until = now.saturating_add(lifetime).unwrap_or(now);
        // Refused only when the entry was forgotten meanwhile; then the next request asks again, as it should.
        let _ = self.0.insert(Remembered { session: session.clone(), until });
    }
}
