//! Whose API token it is: a bearer token by the product's own word, a password by the name beside it.
//!
//! A password is never tried: each wrong one counts against its account's lock-out, so asking would let anybody lock out
//! everybody. What is found here decides only whether a token is taken; the product still checks it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use data_encoding::BASE64_NOPAD;
use http::HeaderValue;
use http::header::AUTHORIZATION;

use crate::config::session::SessionSource;
use crate::config::settings::Site;
use crate::directory::NamedAccount;
use crate::telemetry::labels::CacheResult;
use crate::telemetry::site_metrics::SiteMetrics;

use super::answer::{Answer, Presented};
use super::cache::{Lookup, SessionKey};
use super::{Identities, SessionIdentity};

/// How long it is believed that the product knows nobody by a token: it may just have been made.
const UNKNOWN: Duration = Duration::from_secs(2);

/// Whose token a request carries.
#[derive(Debug)]
pub enum TokenOwner {
    /// Of a bearer token: whom the product names.
    Asked {
        /// By which the answer is remembered.
        key: SessionKey,
        /// The answer.
        session: SessionIdentity,
    },
    /// Of a password: whose name stands beside it. The product checks that it is theirs.
    Named(NamedAccount),
    /// Nobody known here, or a signature for one request alone, which cannot be asked about with another.
    Unknown,
}

impl TokenOwner {
    /// As logs know the owner, where it is known.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Asked { session: SessionIdentity::Person(person), .. } => Some(person.name()),
            Self::Named(named) => Some(named.email.as_str()),
            Self::Asked { .. } | Self::Unknown => None,
        }
    }
}

impl Identities {
    /// Whose a well-formed `Authorization` is.
    pub async fn token_owner(
        &self,
        site: &Site,
        counters: &SiteMetrics,
        client: IpAddr,
        authorization: &HeaderValue,
    ) -> TokenOwner {
        let Ok(text) = authorization.to_str() else { return TokenOwner::Unknown };
        if let Some(credentials) = text.strip_prefix("Basic ") {
            let account = user_name(credentials)
                .and_then(|name| self.directory.account_of(&site.organization.id, &name));
            return account.map_or(TokenOwner::Unknown, TokenOwner::Named);
        }
        if !text.starts_with("Bearer ") {
            return TokenOwner::Unknown;
        }
        let key = SessionKey::of_token(&site.id, authorization.as_bytes());
        let session = self.ask_about_token(site, counters, &key, client, authorization).await;
        TokenOwner::Asked { key, session: self.refresh(site, session) }
    }

    async fn ask_about_token(
        &self,
        site: &Site,
        counters: &SiteMetrics,
        key: &SessionKey,
        client: IpAddr,
        authorization: &HeaderValue,
    ) -> SessionIdentity {
        let guard = match self.cache.lookup(key, self.clock.now()).await {
            Lookup::Known(session) => {
                self.metrics.identity_cache.count(CacheResult::Hit);
                return session;
            }
            Lookup::Joined(session) => {
                self.metrics.identity_cache.count(CacheResult::Joined);
                return session;
            }
            Lookup::Ask(guard) => guard,
        };
        self.metrics.identity_cache.count(CacheResult::Miss);
        // Boxed, because a warm request does not come here and should not carry the room for it.
        let (session, lifetime) = Box::pin(self.ask_product(site, counters, client, authorization)).await;
        guard.keep(&session, self.clock.now(), lifetime);
        session
    }

    async fn ask_product(
        &self,
        site: &Site,
        counters: &SiteMetrics,
        client: IpAddr,
        authorization: &HeaderValue,
    ) -> (SessionIdentity, Duration) {
        let sources = site.sessions.iter();
        let Some(introspect) = sources.filter_map(SessionSource::introspect).next() else {
            return (SessionIdentity::Unavailable, UNKNOWN);
        };
        let headers = [(AUTHORIZATION, authorization.clone())];
        let presented = Presented { cookies: None, headers: &headers, client };
        // Cookies that come with the answer are of a session born from a token, and stay here.
        let reply = self.introspector.ask(site, introspect, presented, counters).await;
        match reply.answer {
            Answer::Person(person) => {
                (SessionIdentity::Person(Arc::new(self.join(site, person))), reply.lifetime)
            }
            Answer::Anonymous => (SessionIdentity::Anonymous, UNKNOWN),
            Answer::Unknown => (SessionIdentity::Unavailable, UNKNOWN),
            Answer::Failed(why) => {
                tracing::warn!(site = %site.id, why, "the product could not be asked whose token it is");
                (SessionIdentity::Unavailable, UNKNOWN)
            }
        }
    }
}

/// The user name of RFC 7617: UTF-8, up to the first colon. What does not read so is nobody's.
pub(super) fn user_name(credentials: &str) -> Option<String> {
    let bytes = BASE64_NOPAD.decode(credentials.trim_end_matches('=').as_bytes()).ok()?;
    let colon = memchr::memchr(b':', &bytes)?;
    String::from_utf8(bytes[..colon].to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_ends_at_the_first_colon() {
        let name = |text: &str| user_name(&data_encoding::BASE64.encode(text.as_bytes()));
        assert_eq!(name("liam:pass:word").as_deref(), Some("liam"));
        assert_eq!(name("liam@acme.com:x").as_deref(), Some("liam@acme.com"));
        assert_eq!(name(":x").as_deref(), Some(""));
        assert_eq!(name("liam"), None);
        for odd in ["", "====", "bGlhbTp4=x", "bGlhb-p4", "/zp4"] {
            assert_eq!(user_name(odd), None, "{odd}");
        }
        assert_eq!(user_name("bGlhbTp4").as_deref(), Some("liam"));
        assert_eq!(user_name("bGlhbTp4eA").as_deref(), Some("liam"), "padding may be missing");
    }
}
