//! Tokens as a source of sessions: a signature is checked once per token, its rules and its key's standing at every question.
//!
//! What is remembered is only that a key signed a token, so neither a changed rule nor a removed key leaves a token valid.

use std::sync::Arc;
use std::time::Duration;

use foldhash::fast::RandomState;
use jsonwebtoken::{Validation, decode};
use quick_cache::UnitWeighter;
use quick_cache::sync::Cache;
use serde::de::IgnoredAny;
use sha2::{Digest, Sha256};

use crate::clock::Clock;
use crate::config::session::{Carrier, Jwt, KeySource};
use crate::domain::key_set::{KeySet, NoKey, VerificationKey};
use crate::telemetry::labels::TokenResult;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::site_metrics::SiteMetrics;

use super::answer::{Answer, Person, Presented, Reply};
use super::jwks::RemoteKeySets;
use super::token::{Token, TokenRefused};

/// How many signatures are remembered; 64 bytes each.
const CAPACITY: usize = 100_000;

/// How long an identity by a token is believed, where the token does not end before: the tables it was joined with change.
const LIFETIME: Duration = Duration::from_secs(30);

/// Verifies the tokens of all sites.
pub(super) struct Tokens {
    /// The digest of a token, and the thumbprint of the key that was found to have signed it.
    signed: Cache<[u8; 32], [u8; 32], UnitWeighter, RandomState>,
    remote: RemoteKeySets,
    clock: Clock,
}

/// Why there is no answer by a token.
enum Failure {
    /// It does not count.
    Refused(TokenRefused),
    /// There is nothing to verify it with.
    NoKeys,
}

impl Tokens {
    pub(super) fn new(clock: Clock, metrics: Arc<Metrics>) -> Self {
        Self {
            signed: Cache::with(
                CAPACITY,
                CAPACITY as u64,
                UnitWeighter,
                RandomState::default(),
                Default::default(),
            ),
            remote: RemoteKeySets::new(metrics),
            clock,
        }
    }

    pub(super) async fn ask(&self, rules: &Jwt, presented: Presented<'_>, counters: &SiteMetrics) -> Reply {
        let token = match &rules.carrier {
            Carrier::Cookie(name) => presented.cookie(name),
            Carrier::Header(name) => presented.header(name),
        };
        let verified = match token {
            Some(token) => self.verify(token, rules, counters).await,
            None => return Reply::of(Answer::Unknown, LIFETIME),
        };
        match verified {
            Ok((person, remaining)) => Reply::of(Answer::Person(person), remaining.min(LIFETIME)),
            Err(Failure::NoKeys) => Reply::of(Answer::Failed("the issuer's keys cannot be had"), LIFETIME),
            Err(Failure::Refused(why)) => {
                tracing::debug!(%why, "a token does not count");
                Reply::of(Answer::Unknown, LIFETIME)
            }
        }
    }

    /// The cheap rules come first, so that whoever floods us with junk pays more for it than we do.
    async fn verify(
        &self,
        text: &[u8],
        rules: &Jwt,
        counters: &SiteMetrics,
    ) -> Result<(Person, Duration), Failure> {
        let token = Token::read(text, rules, self.clock.now())?;
        let person = token.person(rules)?;
        let keys = self.keys(&token, rules).await?;
        let key = keys.find(token.key_id.as_deref(), token.algorithm).map_err(|_| TokenRefused::Key)?;
        let digest: [u8; 32] = Sha256::digest(text).into();
        if self.signed.get(&digest) != Some(key.thumbprint) {
            let result = check_signature(text, rules, key);
            counters.token_verifications.count(match result {
                Ok(()) => TokenResult::Valid,
                Err(_) => TokenResult::Invalid,
            });
            result?;
            self.signed.insert(digest, key.thumbprint);
        }
        Ok((person, token.remaining))
    }

    /// The keys to look in: current ones, and newer ones where a token names a key that is not among them.
    async fn keys(&self, token: &Token, rules: &Jwt) -> Result<Arc<KeySet>, Failure> {
        let url = match &rules.keys {
            KeySource::Fixed(keys) => return Ok(Arc::clone(keys)),
            KeySource::Url(url) => url,
        };
        let remote = self.remote.of(url);
        let keys = remote.current(self.clock.now()).await.ok_or(Failure::NoKeys)?;
        match keys.find(token.key_id.as_deref(), token.algorithm) {
            Err(NoKey::Unknown) => remote.newer(self.clock.now()).await.ok_or(Failure::NoKeys),
            Ok(_) | Err(NoKey::Unfit) => Ok(keys),
        }
    }
}

/// The library checks algorithm, signature, issuer and audience, and that there is an end. Time is the clock's business, so
/// the library's own look at it is off; [`Token::read`] is stricter in any case.
fn check_signature(text: &[u8], rules: &Jwt, key: &VerificationKey) -> Result<(), TokenRefused> {
    let mut validation = Validation::default();
    validation.algorithms = rules.algorithms.clone();
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    validation.set_issuer(&[&rules.issuer]);
    validation.set_audience(&rules.audiences);
    validation.validate_exp = false;
    decode::<IgnoredAny>(text, &key.key, &validation).map(drop).map_err(|_| TokenRefused::Signature)
}

impl Reply {
    fn of(answer: Answer, lifetime: Duration) -> Self {
        Self { answer, lifetime, set_cookies: Vec::new() }
    }
}

impl From<TokenRefused> for Failure {
    fn from(refused: TokenRefused) -> Self {
        Self::Refused(refused)
    }
}
