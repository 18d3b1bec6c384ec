//! Whose session is this: the product's own word, joined with the directory, remembered for a short time.
//!
//! An identity is only ever resolved from the credentials that will be forwarded. Whatever goes wrong here is
//! [`SessionIdentity::Unavailable`], never a pass.

pub mod assertion;
mod cache;
mod introspect;
mod proof;

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use http::HeaderValue;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use sha2::Sha256;

use crate::clock::Clock;
use crate::config::settings::Site;
use crate::directory::{Directory, Fingerprint, Sighting};
use crate::domain::account::Subject;
use crate::domain::email::EmailAddress;
use crate::keys::Keys;
use crate::telemetry::labels::CacheResult;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::site_metrics::SiteMetrics;

pub use cache::SessionKey;
use cache::{IdentityCache, Lookup};
use introspect::{Answer, Introspector};

/// The longest user key that an upstream is told, encoded; real ones have some 40 characters.
const MAX_ACCOUNT_BYTES: usize = 255;
/// What is written as it is: visible ASCII without what separates values or begins an escape.
const ACCOUNT_SET: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%').add(b',').add(b';');

/// A signed-in person, as far as a decision needs to know them.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The login name, expected in `X-AUSERNAME` on answers.
    pub username: Box<str>,
    /// The address they are judged by and written to.
    pub email: Option<EmailAddress>,
    /// The key of that address in the account table.
    pub account: Option<Fingerprint>,
    /// Whether the product's word contradicts what is known; such a person is never managed.
    pub address_changed: bool,
    /// What proofs and challenges are bound to.
    pub subject: Subject,
    /// What an upstream may be told of them.
    pub told: Told,
}

/// A person as headers to an upstream name them; made once, so that a warm request only counts a reference.
#[derive(Debug, Clone)]
pub struct Told {
    /// The product's own stable key of the user. Any byte but plain visible ASCII is percent-encoded, so that no key can be
    /// read as two. `None` where it is so long that it would use up the upstream's 8 KiB for a head.
    pub account: Option<HeaderValue>,
    /// The address they are judged by.
    pub email: Option<HeaderValue>,
}

/// Whose session it is.
#[derive(Debug, Clone)]
pub enum SessionIdentity {
    /// The product knows nobody by these cookies.
    Anonymous,
    /// A signed-in person.
    Person(Arc<Identity>),
    /// The product did not answer, or not sensibly.
    Unavailable,
}

/// The outcome of asking.
pub struct Resolved {
    /// Whose session it is.
    pub session: SessionIdentity,
    /// Cookies that the product set while it was asked (a remembered sign-in): they belong to the browser.
    pub set_cookies: Vec<HeaderValue>,
}

/// Resolves sessions, asking each product at most once for each set of cookies at a time.
pub struct Identities {
    cache: IdentityCache,
    introspector: Introspector,
    directory: Arc<Directory>,
    keys: Arc<Keys>,
    clock: Clock,
    metrics: Arc<Metrics>,
}

impl Identities {
    /// A resolver with an empty cache.
    pub fn new(directory: Arc<Directory>, keys: Arc<Keys>, clock: Clock, metrics: Arc<Metrics>) -> Self {
        Self {
            cache: IdentityCache::new(),
            introspector: Introspector::new(),
            directory,
            keys,
            clock,
            metrics,
        }
    }

    /// Whose session these cookies carry. `key` is the digest of `cookies` at this site; `cookies` is the complete
    /// credential set as it will be forwarded.
    pub async fn resolve(
        &self,
        site: &Site,
        counters: &SiteMetrics,
        key: &SessionKey,
        cookies: &HeaderValue,
    ) -> Resolved {
        let guard = match self.cache.lookup(key, self.clock.now()).await {
            Lookup::Known(session) => {
                self.metrics.identity_cache.count(CacheResult::Hit);
                return Resolved { session, set_cookies: Vec::new() };
            }
            Lookup::Joined(session) => {
                self.metrics.identity_cache.count(CacheResult::Joined);
                return Resolved { session, set_cookies: Vec::new() };
            }
            Lookup::Ask(guard) => guard,
        };
        self.metrics.identity_cache.count(CacheResult::Miss);
        let reply = self.introspector.ask(site, cookies, counters).await;
        let session = match reply.answer {
            Answer::Person(person) => SessionIdentity::Person(Arc::new(self.join(site, person))),
            Answer::Anonymous => SessionIdentity::Anonymous,
            Answer::Failed(why) => {
                tracing::warn!(site = %site.id, why, "the product could not be asked whose session it is");
                SessionIdentity::Unavailable
            }
        };
        guard.keep(&session, self.clock.now(), site.profile.introspect.cache);
        Resolved { session, set_cookies: reply.set_cookies }
    }

    /// Forgets what a session was, because an answer changed its cookies or named somebody else.
    pub fn forget(&self, key: &SessionKey) {
        self.cache.forget(key);
    }

    fn join(&self, site: &Site, person: introspect::Person) -> Identity {
        let known = self.directory.identify(&Sighting {
            site: &site.id,
            user_key: &person.key,
            username: &person.username,
            email: person.email.as_ref(),
        });
        // The reported address is part of the subject: a changed one voids open codes and proofs alike.
        let address = person.email.as_ref().or(known.email.as_ref()).map_or("", EmailAddress::as_str);
        Identity {
            subject: subject(self.keys.subject(), &site.id, &person.key, address),
            told: Told::of(&person.key, known.email.as_ref()),
            username: person.username.into_boxed_str(),
            email: known.email,
            account: known.account,
            address_changed: known.address_changed,
        }
    }
}

impl Told {
    fn of(user_key: &str, email: Option<&EmailAddress>) -> Self {
        let account = utf8_percent_encode(user_key, ACCOUNT_SET).to_string();
        let account = (account.len() <= MAX_ACCOUNT_BYTES).then_some(account);
        Self {
            account: account.and_then(|account| HeaderValue::try_from(account).ok()),
            email: email.and_then(|email| HeaderValue::from_str(email.as_str()).ok()),
        }
    }
}

fn subject(key: &[u8; 32], site: &str, user_key: &str, address: &str) -> Subject {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in [site, user_key, address] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    let tag = mac.finalize().into_bytes();
    Subject(tag[..16].try_into().expect("the tag has 32 bytes"))
}
