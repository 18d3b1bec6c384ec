//! Whose session is this: the word of a site's sources, joined with the directory, remembered for a short time.
//!
//! The sources are asked in the order of the configuration, and the first that knows wins. An identity is only ever
//! resolved from the credentials that will be forwarded. Whatever goes wrong here is [`SessionIdentity::Unavailable`], never
//! a pass.

mod answer;
mod api_token;
mod arrival;
pub mod assertion;
mod cache;
mod crowd;
mod enrolment;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod handover;
mod https;
mod introspect;
mod jwks;
mod jwt;
mod lasting;
mod proof;
mod reading;
mod token;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use http::HeaderValue;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use sha2::Sha256;

use crate::clock::Clock;
use crate::config::session::SessionSource;
use crate::config::settings::Site;
use crate::directory::{Directory, Fingerprint, Known, Lasting, Sighting};
use crate::domain::account::Subject;
use crate::domain::email::EmailAddress;
use crate::keys::Keys;
use crate::telemetry::labels::CacheResult;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::site_metrics::SiteMetrics;

pub use answer::Presented;
use answer::{Address, Answer, Person, Reply};
pub use api_token::TokenOwner;
pub use cache::SessionKey;
use cache::{IdentityCache, Lookup};
use crowd::CrowdClient;
use introspect::Introspector;
use jwt::Tokens;

/// How long it is remembered that nobody recognises a session. Shorter than an identity: a source may learn of it.
const UNRECOGNISED: Duration = Duration::from_secs(10);

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
    /// Whether the product counts them as a customer of its portal, without access to the product itself.
    pub is_customer: bool,
    /// What proofs and challenges are bound to.
    pub subject: Subject,
    /// The day on which they were last noted as active, shared by all requests of the session.
    active_on: Arc<AtomicI64>,
    /// Since when the session lasts, once somebody asked; shared like the day.
    lasting: Arc<OnceLock<Arc<Lasting>>>,
    /// The age of the tables that the product's word was joined with.
    epoch: u64,
    /// The product's word, to join it again when the tables change.
    said: Person,
    /// What an upstream may be told of them.
    pub told: Told,
}

impl Identity {
    /// The address, unless they may have made it up.
    pub fn believed_email(&self) -> Option<&EmailAddress> {
        self.email.as_ref().filter(|_| !self.address_changed)
    }

    /// As logs know them: by their address, and by their login name where none is known.
    pub fn name(&self) -> &str {
        self.email.as_ref().map_or(&self.username, |email| email.as_str())
    }
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
    /// The product itself says that nobody is signed in.
    Anonymous,
    /// A signed-in person.
    Person(Arc<Identity>),
    /// No source knows these credentials, and the product was not asked: whoever it is, they must not go on.
    Unrecognised,
    /// A source did not answer, or not sensibly, and no other one knew.
    Unavailable,
}

/// The outcome of asking.
pub struct Resolved {
    /// Whose session it is.
    pub session: SessionIdentity,
    /// Whether the sources were asked by this request, so that the answer is news.
    pub is_news: bool,
    /// Cookies that the product set while it was asked (a remembered sign-in): they belong to the browser.
    pub set_cookies: Vec<HeaderValue>,
}

/// Resolves sessions, asking each source at most once for each set of credentials at a time.
pub struct Identities {
    cache: IdentityCache,
    introspector: Introspector,
    crowd: CrowdClient,
    tokens: Tokens,
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
            crowd: CrowdClient::new(),
            tokens: Tokens::new(clock.clone(), Arc::clone(&metrics)),
            directory,
            keys,
            clock,
            metrics,
        }
    }

    /// Whose session these credentials carry. `key` is their digest at this site; `presented` is the complete set as it will
    /// be forwarded.
    pub async fn resolve(
        &self,
        site: &Site,
        counters: &SiteMetrics,
        key: &SessionKey,
        presented: Presented<'_>,
    ) -> Resolved {
        let guard = match self.cache.lookup(key, self.clock.now()).await {
            Lookup::Known(session) => {
                self.metrics.identity_cache.count(CacheResult::Hit);
                return Resolved {
                    session: self.refresh(site, session),
                    is_news: false,
                    set_cookies: Vec::new(),
                };
            }
            Lookup::Joined(session) => {
                self.metrics.identity_cache.count(CacheResult::Joined);
                return Resolved {
                    session: self.refresh(site, session),
                    is_news: false,
                    set_cookies: Vec::new(),
                };
            }
            Lookup::Ask(guard) => guard,
        };
        self.metrics.identity_cache.count(CacheResult::Miss);
        // Boxed like all that a warm request does not come to: it would carry the room for it from place to place.
        let (resolved, lifetime) = Box::pin(self.ask_all(site, counters, presented)).await;
        guard.keep(&resolved.session, self.clock.now(), lifetime);
        resolved
    }

    /// Asks one source after the other, and says how long the outcome may be believed.
    ///
    /// Where nobody knows the session, a source that failed might have: then it is a stranger's by no word but silence, and
    /// that is no pass. The product's own word that nobody is signed in is one, whatever the credentials are.
    async fn ask_all(
        &self,
        site: &Site,
        counters: &SiteMetrics,
        presented: Presented<'_>,
    ) -> (Resolved, Duration) {
        let mut set_cookies = Vec::new();
        let (mut failed, mut anonymous, mut vouched) = (false, None, None);
        for source in &site.sessions {
            let reply = self.ask(source, site, counters, presented).await;
            set_cookies.extend(reply.set_cookies);
            let is_whole = || source.introspect().is_some() || presented.is_all_of(source, &site.profile);
            match reply.answer {
                // What goes on besides a token may be somebody else's session, whom the product would serve: nobody but the
                // product can say, and where it is a source, it is asked.
                Answer::Person(person) if !is_whole() => {
                    vouched = vouched.or((!failed).then_some((person, reply.lifetime)));
                }
                Answer::Person(person) => match &vouched {
                    Some((token, _)) if !is_same_login(token, &person) => {
                        tracing::warn!(site = %site.id, "a token and the session beside it are of different people");
                        failed = true;
                    }
                    Some(_) => {}
                    None => {
                        let session = SessionIdentity::Person(Arc::new(self.join(site, person)));
                        return (Resolved { session, is_news: true, set_cookies }, reply.lifetime);
                    }
                },
                Answer::Anonymous => anonymous = Some(reply.lifetime),
                Answer::Unknown => {}
                Answer::Failed(why) => {
                    tracing::warn!(site = %site.id, source = source.name(), why, "a source could not be asked whose session it is");
                    failed = true;
                }
            }
        }
        let (session, lifetime) = match (failed, vouched, anonymous) {
            (true, ..) => (SessionIdentity::Unavailable, Duration::ZERO),
            (false, Some((person, lifetime)), _) => {
                (SessionIdentity::Person(Arc::new(self.join(site, person))), lifetime)
            }
            (false, None, Some(lifetime)) => (SessionIdentity::Anonymous, lifetime),
            (false, None, None) => (SessionIdentity::Unrecognised, UNRECOGNISED),
        };
        (Resolved { session, is_news: true, set_cookies }, lifetime)
    }

    async fn ask(
        &self,
        source: &SessionSource,
        site: &Site,
        counters: &SiteMetrics,
        presented: Presented<'_>,
    ) -> Reply {
        match source {
            SessionSource::Introspect(introspect) => {
                self.introspector.ask(site, introspect, presented, counters).await
            }
            SessionSource::Crowd(crowd) => self.crowd.ask(crowd, presented, counters).await,
            SessionSource::Jwt(rules) => self.tokens.ask(rules, presented, counters).await,
        }
    }

    /// Forgets what a session was, because an answer changed its cookies or named somebody else.
    pub fn forget(&self, key: &SessionKey) {
        self.cache.forget(key);
    }

    /// Lets go of sessions that are asked about anew anyway.
    pub fn sweep(&self) {
        self.cache.sweep(self.clock.now());
    }

    /// What is remembered of a person, joined again where the tables have changed since: nobody asks the product for that.
    pub fn refresh(&self, site: &Site, session: SessionIdentity) -> SessionIdentity {
        match session {
            SessionIdentity::Person(person) if person.epoch != self.directory.epoch() => {
                let mut joined = self.join(site, person.said.clone());
                if joined.account == person.account {
                    joined.lasting = Arc::clone(&person.lasting);
                }
                SessionIdentity::Person(Arc::new(joined))
            }
            session => session,
        }
    }

    /// Notes that somebody passed, once a day for each session; the directory tells the store once for each account.
    pub fn note_active(&self, site: &Site, person: &Identity, now: Timestamp) {
        let today = now.as_second().div_euclid(86_400);
        if person.active_on.load(Ordering::Relaxed) == today {
            return;
        }
        person.active_on.store(today, Ordering::Relaxed);
        if let (Some(account), Some(email)) = (person.account, &person.email) {
            self.directory.note_active(&site.organization.id, account, email, now);
        }
    }

    fn join(&self, site: &Site, said: Person) -> Identity {
        // Read first: what changes while the person is joined makes them be joined again.
        let epoch = self.directory.epoch();
        // The users of an issuer are a people of their own: the same key elsewhere is somebody else.
        let realm = match &said.realm {
            None => Arc::clone(&site.id),
            // Neither of the two has a space in it.
            Some(realm) => format!("{} {realm}", site.id).into(),
        };
        let (reported, is_unchecked) = match &said.address {
            Address::Reported(email) => (Some(email), false),
            Address::Unchecked(email) => (email.as_ref(), true),
            Address::Unreported | Address::Unusable => (None, false),
        };
        let known = match said.address {
            Address::Unusable => Known { email: None, account: None, address_changed: true },
            _ => {
                let (user_key, username) = (said.key.as_str(), said.username.as_str());
                let organization = &site.organization.id;
                let site = &realm;
                let sighting = Sighting {
                    organization,
                    site,
                    user_key,
                    username,
                    email: reported,
                    is_unchecked,
                    is_vouched: said.is_vouched,
                };
                self.directory.identify(&sighting, self.clock.now())
            }
        };
        // The reported address is part of the subject: a changed one voids open codes and proofs alike.
        let address = reported.or(known.email.as_ref()).map_or("", EmailAddress::as_str);
        let parts = [&*realm, said.key.as_str(), address].into_iter().chain(said.session.as_deref());
        Identity {
            subject: subject(self.keys.subject(), parts),
            told: Told::of(&said.key, known.email.as_ref()),
            username: said.username.clone().into_boxed_str(),
            email: known.email,
            account: known.account,
            address_changed: known.address_changed,
            is_customer: said.is_customer,
            active_on: Arc::default(),
            lasting: Arc::default(),
            epoch,
            said,
        }
    }
}

/// Products fold the case of login names.
fn is_same_login(one: &Person, other: &Person) -> bool {
    one.username.to_lowercase() == other.username.to_lowercase()
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

fn subject<'a>(key: &[u8; 32], parts: impl Iterator<Item = &'a str>) -> Subject {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    let tag = mac.finalize().into_bytes();
    Subject(tag[..16].try_into().expect("the tag has 32 bytes"))
}
