//! A managed person as a member of an authentication policy: what it asks of their session, and whether the session does that.
//!
//! Settings act from a member's next sign-in on, so a session is held to those of its beginning. What ends sessions now is a
//! reset. A token has no sign-in: it is held to the settings of now.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use foldhash::fast::RandomState;
use jiff::Timestamp;
use uuid::Uuid;

use super::auth_policy::{AuthPolicySettings, Method, SingleSignOn, TwoStep};
use super::decision::Reason;
use super::mode::Mode;
use super::organization::OrganizationId;
use super::verification::ApiTokens;

/// Where nobody made a policy, nothing is asked.
static NOTHING_ASKED: LazyLock<AuthPolicy> =
    LazyLock::new(|| AuthPolicy { settings: Some(Arc::new(AuthPolicySettings::default())), reset_at: None });

/// A policy as the gate knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthPolicy {
    /// What it asks; `None` where that cannot be read, and then nobody passes by it.
    pub settings: Option<Arc<AuthPolicySettings>>,
    /// Sessions of members that began before are over.
    pub reset_at: Option<Timestamp>,
}

/// The policies of all organizations.
#[derive(Debug, Clone, Default)]
pub struct AuthPolicies {
    by_id: HashMap<Uuid, AuthPolicy, RandomState>,
    defaults: HashMap<OrganizationId, Uuid, RandomState>,
    /// The organizations that have a policy which blocks API tokens, or may.
    blocking: HashSet<OrganizationId, RandomState>,
}

/// What is known of a member's session.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// What their policy asked when it began; `None` where that cannot be read.
    pub asked: Option<&'a AuthPolicySettings>,
    /// When they signed in, or were first seen with it.
    pub began_at: Timestamp,
    /// When they last did something with it themselves.
    pub active_at: Timestamp,
    /// When the person was last reset.
    pub reset_at: Option<Timestamp>,
    /// The signed token that it came with.
    pub token: Option<TokenWord<'a>>,
}

/// What a signed token says of the sign-in.
#[derive(Debug, Clone, Copy)]
pub struct TokenWord<'a> {
    /// Who signed it.
    pub issuer: &'a str,
    /// The names of its claims that say something: not null, false or empty.
    pub claims: &'a [Box<str>],
}

impl AuthPolicy {
    /// How much of it is carried out. What cannot be read is carried out in full.
    pub fn mode(&self) -> Mode {
        self.settings.as_ref().map_or(Mode::Enforce, |settings| settings.mode)
    }

    /// Whether members may use API tokens. Of what cannot be read nobody gains anything.
    pub fn api_tokens(&self) -> ApiTokens {
        self.settings.as_ref().map_or(ApiTokens::Block, |settings| settings.api_tokens)
    }
}

impl AuthPolicies {
    /// Takes in a policy.
    pub fn add(&mut self, id: Uuid, organization: OrganizationId, is_default: bool, policy: AuthPolicy) {
        if policy.api_tokens() == ApiTokens::Block {
            self.blocking.insert(organization.clone());
        }
        if is_default {
            self.defaults.insert(organization, id);
        }
        self.by_id.insert(id, policy);
    }

    /// The policy that an account goes by. Who has none, or one that is gone, goes by the default.
    pub fn of(&self, organization: &OrganizationId, policy: Option<Uuid>) -> &AuthPolicy {
        let find = |id: &Uuid| self.by_id.get(id);
        let named = policy.as_ref().and_then(find);
        named.or_else(|| self.defaults.get(organization).and_then(find)).unwrap_or(&NOTHING_ASKED)
    }

    /// Whether any policy of an organization refuses API tokens, so that it matters whose a token is.
    pub fn may_block_tokens(&self, organization: &OrganizationId) -> bool {
        !self.blocking.is_empty() && self.blocking.contains(organization)
    }
}

impl Member<'_> {
    /// Why the session is over or is none that the policy takes, so that the person has to sign in again.
    pub(super) fn ended(
        &self,
        settings: &AuthPolicySettings,
        policy_reset_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<Reason> {
        if self.reset_at.max(policy_reset_at).is_some_and(|reset_at| self.began_at <= reset_at) {
            return Some(Reason::SessionReset);
        }
        if !self.is_signed_on(&settings.single_sign_on) {
            return Some(Reason::SingleSignOn);
        }
        if self.ends_at(settings).is_some_and(|end| end <= now) {
            return Some(Reason::SessionExpired);
        }
        let idle_until = self.active_at.saturating_add(settings.idle_session).unwrap_or(Timestamp::MAX);
        (idle_until <= now).then_some(Reason::SessionIdle)
    }

    /// When it is over, used or not.
    pub(super) fn ends_at(&self, settings: &AuthPolicySettings) -> Option<Timestamp> {
        let length = settings.session_expiration?;
        Some(self.began_at.saturating_add(length).unwrap_or(Timestamp::MAX))
    }

    /// Whether it came from where the policy wants. Only a signed token says where it came from.
    fn is_signed_on(&self, wanted: &SingleSignOn) -> bool {
        match (wanted, self.token) {
            (SingleSignOn::NotEnforced, _) => true,
            (_, None) => false,
            (SingleSignOn::Issuer(issuer), Some(token)) => token.issuer == issuer,
            (SingleSignOn::Claim(claim), Some(token)) => token.claims.iter().any(|name| **name == **claim),
        }
    }

    /// How a second step is still to be done, if it is: a code, once in each session. `latest` is the latest time to believe.
    pub(super) fn lacks_second_step(
        &self,
        settings: &AuthPolicySettings,
        verified_at: Option<Timestamp>,
        revoked_at: Option<Timestamp>,
        latest: Timestamp,
    ) -> Option<SecondStep> {
        let TwoStep::Required(methods) = &settings.two_step else { return None };
        let counts = |at: Timestamp| {
            at >= self.began_at && at <= latest && revoked_at.is_none_or(|revoked_at| at > revoked_at)
        };
        match verified_at {
            Some(at) if counts(at) => None,
            _ if methods.has(Method::MailedCode) => Some(SecondStep::Code),
            _ => Some(SecondStep::Impossible),
        }
    }
}

/// How a second step can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecondStep {
    /// By a code that is mailed.
    Code,
    /// In none of the ways that the policy allows: nobody can set them up here.
    Impossible,
}
