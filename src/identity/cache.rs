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

    /// The key of an `Authorization`. It begins as no key of cookies can: a cookie with the very bytes of a token would
    /// otherwise be remembered for the token.
    pub fn of_token(site: &str, authorization: &[u8]) -> Self {
        let mut digest = Sha256::new();
        digest.update(u64::MAX.to_be_bytes());
        for part in [site.as_bytes(), authorization] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
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

    /// Lets go of what is no longer believed. Without it sessions that ended stay until [`CAPACITY`] is reached: some 150 MB.
    pub(super) fn sweep(&self, now: Timestamp) {
        self.sessions.retain(|_, remembered| now < remembered.until);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_no_longer_believed_takes_no_room() {
        let (cache, now) = (IdentityCache::new(), Timestamp::UNIX_EPOCH);
        for (name, seconds) in [(b"long", 30), (b"late", 10)] {
            let key = SessionKey::of("jira.test", [name.as_slice()].into_iter());
            let Lookup::Ask(ask) = cache.lookup(&key, now).await else { panic!("nobody asked yet") };
            ask.keep(&SessionIdentity::Anonymous, now, Duration::from_secs(seconds));
        }
        for (seconds, left) in [(9, 2), (10, 1), (30, 0)] {
            cache.sweep(now + Duration::from_secs(seconds));
            assert_eq!(cache.sessions.len(), left, "after {seconds} s");
        }
    }

    #[test]
    fn a_token_and_a_cookie_of_the_same_bytes_are_remembered_apart() {
        let cookie = SessionKey::of("jira.test", [b"Bearer x".as_slice()].into_iter());
        assert_ne!(cookie, SessionKey::of_token("jira.test", b"Bearer x"));
        assert_ne!(SessionKey::of_token("a", b"Bearer x"), SessionKey::of_token("b", b"Bearer x"));
    }
}
