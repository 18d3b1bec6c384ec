//! The API lane: whose token it is, where the site wants to know, and whether the answer is for that person.

use http::header::{AUTHORIZATION, HeaderValue};
use http::request::Parts;

use data_encoding::BASE64URL_NOPAD;
use percent_encoding::percent_decode;
use serde_json::Value;

use crate::clock::stopwatch;
use crate::config::settings::{ApiTokens, ExternalAccess, Site};
use crate::domain::account::Class;
use crate::domain::decide::{class, decide};
use crate::domain::decision::{Decision, Reason};
use crate::domain::email::EmailAddress;
use crate::domain::facts::{Facts, Person, ProofFact, Session};
use crate::domain::lane::Lane;
use crate::domain::recorded::Recorded;
use crate::identity::{SessionIdentity, TokenOwner};

use super::Gateway;
use super::decisions::About;
use super::exchange::{Exchange, Refused};
use super::judge::{Judged, session_fact};
use super::route::Served;
use super::watch::{named_user, names_user};

impl Gateway {
    /// The `Authorization` of a request on the API lane, where it matters whose it is: the site asks, or a policy of the
    /// organization refuses the tokens of some and there is a product to ask.
    pub(super) fn presented(&self, parts: &Parts, site: &Site) -> Option<HeaderValue> {
        let may_ask = || site.sessions.iter().any(|source| source.introspect().is_some());
        let may_block = || self.directory.snapshot().may_block_tokens(&site.organization.id);
        let asks = site.judges() && (site.api.introspect || (may_block() && may_ask()));
        asks.then(|| parts.headers.get(AUTHORIZATION).cloned()).flatten()
    }

    /// Judges a request on the API lane. Nobody is asked unless the site says so, so it can depend on nothing.
    pub(super) async fn judge_token(&self, exchange: &mut Exchange, served: &Served) -> Judged {
        let site = &served.site;
        let owner = match &exchange.authorization {
            Some(authorization) if site.judges() => {
                Some(self.identities.token_owner(site, &served.metrics, exchange.client, authorization).await)
            }
            _ => None,
        };
        let facts = Facts {
            organization: &site.organization.id,
            mode: site.mode,
            customers_exempt: false,
            lane: Lane::Api,
            session: self.owner_fact(owner.as_ref()),
            proof: ProofFact::Absent,
            revoked_at: None,
            enrolled_until: None,
            exempt_until: None,
            api_tokens: site.api.for_external,
            invited: self.invited(served, owner.as_ref().and_then(believed_email)),
        };
        let snapshot = self.directory.snapshot();
        let decision = decide(&snapshot, &facts, self.clock.now());
        exchange.record.owner = match class(&snapshot, facts.organization, facts.session) {
            known @ (Class::Managed | Class::External) if matches!(decision, Decision::Pass(_)) => {
                Some(known)
            }
            _ => None,
        };
        let who = owner.as_ref().and_then(TokenOwner::name);
        let about = About { who, whom: (who, exchange.client) };
        self.keep_decision(exchange, served, Lane::Api, &decision, about, || Recorded::of(&snapshot, &facts));
        self.metrics.decision_seconds.observe((stopwatch() - exchange.record.started).as_secs_f64());
        Judged { session: None, owner, proof: ProofFact::Absent, family: None, enrolment: None, decision }
    }

    fn owner_fact<'a>(&self, owner: Option<&'a TokenOwner>) -> Session<'a> {
        match owner {
            Some(TokenOwner::Asked { session, .. }) => {
                session_fact(Some(session), self.state(Some(session)), None)
            }
            Some(TokenOwner::Named(named)) => {
                let state = self.directory.account(named.account);
                Session::Person(Person {
                    email: Some(&named.email),
                    claim: state.claim,
                    standing: state.standing,
                    ends_at: state.ends_at,
                    is_customer: false,
                    policy: state.policy,
                    member: None,
                    address_changed: false,
                })
            }
            Some(TokenOwner::Unknown) | None => Session::NotAsked,
        }
    }

    /// Holds the answer to a token against whose it was taken for. Some products take a token as a password too, beside
    /// anybody's name, and then serve the token's owner.
    pub(super) fn watch_token(
        &self,
        served: &Served,
        owner: Option<&TokenOwner>,
        headers: &http::HeaderMap,
    ) -> Result<(), Refused> {
        let Some(owner) = owner else { return Ok(()) };
        let is_theirs = match named_user(headers) {
            Ok(None) => true,
            Ok(Some(name)) => self.may_be_shown(served, owner, name),
            Err(_) => false,
        };
        if is_theirs {
            return Ok(());
        }
        if let TokenOwner::Asked { key, .. } = owner {
            self.identities.forget(key);
        }
        let owner = &served.site.organization.id;
        let may_block = served.site.api.for_external == ApiTokens::Block
            || served.site.external_access == ExternalAccess::Invited
            || self.directory.snapshot().may_block_tokens(owner);
        // Where everybody's token is taken, the answer is theirs whoever they are.
        if may_block { Err(Reason::IdentityMismatch.into()) } else { Ok(()) }
    }

    /// Whether an answer that names this user is for the owner, or for nobody.
    fn may_be_shown(&self, served: &Served, owner: &TokenOwner, name: &HeaderValue) -> bool {
        names_user(name, "anonymous")
            || match owner {
                TokenOwner::Asked { session: SessionIdentity::Person(person), .. } => {
                    names_user(name, &person.username)
                }
                TokenOwner::Asked {
                    session: SessionIdentity::Anonymous | SessionIdentity::Unrecognised,
                    ..
                } => false,
                TokenOwner::Asked { session: SessionIdentity::Unavailable, .. } | TokenOwner::Unknown => true,
                TokenOwner::Named(named) => {
                    let name = percent_decode(name.as_bytes()).decode_utf8_lossy();
                    self.directory.is_login_of(&served.site.organization.id, &name, &named.email)
                }
            }
    }
}

/// The address of a token's owner, unless they may have made it up.
fn believed_email(owner: &TokenOwner) -> Option<&EmailAddress> {
    match owner {
        TokenOwner::Asked { session: SessionIdentity::Person(person), .. } => person.believed_email(),
        TokenOwner::Named(named) => Some(&named.email),
        TokenOwner::Asked { .. } | TokenOwner::Unknown => None,
    }
}

/// The lane as metrics and logs show it: `mobile` for a bearer token made for one of the site's apps.
///
/// The client id is the token's own word and checked by nobody here, so it chooses nothing: such a request is judged as any
/// other on the API lane.
pub(super) fn shown_lane(parts: &Parts, site: &Site, lane: Lane) -> Lane {
    if lane != Lane::Api || site.mobile.clients.is_empty() {
        return lane;
    }
    let token = parts.headers.get(AUTHORIZATION).and_then(|line| line.to_str().ok()?.strip_prefix("Bearer "));
    let client = token.and_then(client);
    if client.is_some_and(|client| site.mobile.clients.contains(&client)) { Lane::Mobile } else { lane }
}

/// The client that a token in the form of a JWT (RFC 7519) says it was made for.
pub(super) fn client(token: &str) -> Option<String> {
    let mut parts = token.split('.');
    let (Some(_), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let claims: Value = serde_json::from_slice(&BASE64URL_NOPAD.decode(payload.as_bytes()).ok()?).ok()?;
    ["client_id", "azp"].iter().find_map(|claim| Some(claims.get(claim)?.as_str()?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_of_a_token_is_read_where_it_has_one() {
        let token = |claims: &str| format!("e30.{}.c2ln", BASE64URL_NOPAD.encode(claims.as_bytes()));
        assert_eq!(client(&token(r#"{"client_id":"app"}"#)).as_deref(), Some("app"));
        assert_eq!(client(&token(r#"{"azp":"app"}"#)).as_deref(), Some("app"));
        for odd in ["demo-pat-liam", "a.b.c", "a.b", "...", &token("[]"), &token(r#"{"client_id":7}"#)] {
            assert_eq!(client(odd), None, "{odd}");
        }
        assert_eq!(
            client(&format!("{}.x", token(r#"{"azp":"app"}"#))),
            None,
            "five parts are no signed token"
        );
    }
}
