//! Why a request was passed, challenged or refused: one reason, one name, one stable code, one plain sentence.

use super::account::Class;

/// Why a request was passed, challenged, denied or held. One reason, one name, one stable code, everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    missing_docs,
    reason = "`Reason::meaning` documents each one, and the table below keeps them together"
)]
pub enum Reason {
    Managed,
    FreshProof,
    ApiToken,
    LoginPage,
    Anonymous,
    EnforcementOff,
    PublicResource,
    TrustedSource,
    MobileSession,
    PortalCustomer,
    VerificationOff,
    GroupExempt,
    OwnPage,
    NoProof,
    ProofInvalid,
    ProofExpired,
    ProofFromFuture,
    ProofRevoked,
    ProofMethod,
    AddressUnknown,
    TokenBlocked,
    NotInvited,
    PolicyUnreadable,
    AccountSuspended,
    AccountDeactivated,
    AccountClosed,
    AccessEnded,
    SecondStep,
    SecondStepSetup,
    SecondStepImpossible,
    SingleSignOn,
    SessionReset,
    SessionExpired,
    SessionIdle,
    IdentityUnavailable,
    IdentityMismatch,
    StoreUnavailable,
    UpstreamUnreachable,
    UpstreamTimeout,
    MalformedRequest,
    AmbiguousHost,
    HostMismatch,
    UnknownHost,
    MalformedPath,
    SessionIdInPath,
    UnknownPage,
    HardenedPath,
    DuplicateCookie,
    DuplicateAuthorization,
    QueryCredentials,
    MethodNotAllowed,
    UpgradeRefused,
    HeadTooLarge,
    TargetTooLong,
    BodyTooLarge,
    BodyStalled,
    TooManyConnections,
    CrossSite,
    CookiesNotKept,
    SignInOutOfReach,
    ProofNotCounted,
    Internal,
}

impl Reason {
    /// Every reason, in label order.
    pub const ALL: [Self; 62] = [
        Self::Managed,
        Self::FreshProof,
        Self::ApiToken,
        Self::LoginPage,
        Self::Anonymous,
        Self::EnforcementOff,
        Self::PublicResource,
        Self::TrustedSource,
        Self::MobileSession,
        Self::PortalCustomer,
        Self::VerificationOff,
        Self::GroupExempt,
        Self::OwnPage,
        Self::NoProof,
        Self::ProofInvalid,
        Self::ProofExpired,
        Self::ProofFromFuture,
        Self::ProofRevoked,
        Self::ProofMethod,
        Self::AddressUnknown,
        Self::TokenBlocked,
        Self::NotInvited,
        Self::PolicyUnreadable,
        Self::AccountSuspended,
        Self::AccountDeactivated,
        Self::AccountClosed,
        Self::AccessEnded,
        Self::SecondStep,
        Self::SecondStepSetup,
        Self::SecondStepImpossible,
        Self::SingleSignOn,
        Self::SessionReset,
        Self::SessionExpired,
        Self::SessionIdle,
        Self::IdentityUnavailable,
        Self::IdentityMismatch,
        Self::StoreUnavailable,
        Self::UpstreamUnreachable,
        Self::UpstreamTimeout,
        Self::MalformedRequest,
        Self::AmbiguousHost,
        Self::HostMismatch,
        Self::UnknownHost,
        Self::MalformedPath,
        Self::SessionIdInPath,
        Self::UnknownPage,
        Self::HardenedPath,
        Self::DuplicateCookie,
        Self::DuplicateAuthorization,
        Self::QueryCredentials,
        Self::MethodNotAllowed,
        Self::UpgradeRefused,
        Self::HeadTooLarge,
        Self::TargetTooLong,
        Self::BodyTooLarge,
        Self::BodyStalled,
        Self::TooManyConnections,
        Self::CrossSite,
        Self::CookiesNotKept,
        Self::SignInOutOfReach,
        Self::ProofNotCounted,
        Self::Internal,
    ];

    /// The stable code, as in logs, metrics and problem documents.
    pub const fn code(self) -> &'static str {
        self.row().0
    }

    /// What happened, in one plain sentence for a person.
    pub const fn meaning(self) -> &'static str {
        self.row().1
    }

    #[expect(clippy::too_many_lines, reason = "one row for each reason")]
    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::Managed => ("managed", "The account is managed by the organization."),
            Self::FreshProof => ("fresh-proof", "The person verified their mailbox recently enough."),
            Self::ApiToken => ("api-token", "The request carries an API token and nothing else."),
            Self::LoginPage => ("login-page", "The product's own sign-in or sign-out page."),
            Self::Anonymous => ("anonymous", "Nobody is signed in; the product shows what is public."),
            Self::EnforcementOff => ("enforcement-off", "This site is not enforced."),
            Self::PublicResource => (
                "public-resource",
                "A public page or hook, asked for as by a stranger: without any credential.",
            ),
            Self::TrustedSource => {
                ("trusted-source", "The request comes from a configured machine; its cookies do not go on.")
            }
            Self::MobileSession => {
                ("mobile-session", "The session of a mobile app, enrolled when it signed in there.")
            }
            Self::PortalCustomer => (
                "portal-customer",
                "A customer of the service desk, who has no access to the product itself.",
            ),
            Self::VerificationOff => ("verification-off", "The organization asks this person for no code."),
            Self::GroupExempt => (
                "group-exempt",
                "The organization asks the people of this person's group for no code for the time being.",
            ),
            Self::OwnPage => ("own-page", "One of Postern's own pages."),
            Self::NoProof => ("no-proof", "You have not verified your mailbox in this browser yet."),
            Self::ProofInvalid => {
                ("proof-invalid", "The verification of this browser is not valid for this account.")
            }
            Self::ProofExpired => ("proof-expired", "Your last verification is too long ago."),
            Self::ProofFromFuture => {
                ("proof-from-future", "The verification of this browser carries an impossible time.")
            }
            Self::ProofRevoked => {
                ("proof-revoked", "You signed out since your last verification, or it was reset.")
            }
            Self::ProofMethod => (
                "proof-method",
                "Your organization no longer takes a verification of the kind that you made.",
            ),
            Self::AddressUnknown => (
                "address-unknown",
                "No mailbox is known for your account, so no code can be sent. Please ask your organization's admin.",
            ),
            Self::TokenBlocked => (
                "token-blocked",
                "API tokens are blocked here by the organization. Please ask your organization's admin.",
            ),
            Self::NotInvited => (
                "not-invited",
                "This site is only for people from outside who were invited to it. Please ask whoever you work with here, or your organization's admin.",
            ),
            Self::PolicyUnreadable => (
                "policy-unreadable",
                "What the organization asks for cannot be read right now. Please try again in a moment.",
            ),
            Self::AccountSuspended => (
                "account-suspended",
                "The organization suspended your access. Please ask your organization's admin, who can restore it.",
            ),
            Self::AccountDeactivated => (
                "account-deactivated",
                "Your account was deactivated. Please ask your organization's admin, who can reactivate it.",
            ),
            Self::AccountClosed => (
                "account-closed",
                "Your account was deleted. Please ask your organization's admin whether you should have another one.",
            ),
            Self::AccessEnded => (
                "access-ended",
                "Your access ended on the day that was agreed. Please ask your contact in the organization, who can extend it.",
            ),
            Self::SecondStep => {
                ("second-step", "Your organization asks you to confirm that it is you each time you sign in.")
            }
            Self::SecondStepSetup => (
                "second-step-setup",
                "Your organization asks for more than a code by mail: please set up another way to confirm that it is you.",
            ),
            Self::SecondStepImpossible => (
                "second-step-impossible",
                "Your organization asks for a second step that nobody can set up here. Please ask your organization's admin.",
            ),
            Self::SingleSignOn => (
                "single-sign-on",
                "Your organization wants you to sign in with its single sign-on. Please sign in again.",
            ),
            Self::SessionReset => {
                ("session-reset", "Your organization ended all earlier sign-ins. Please sign in again.")
            }
            Self::SessionExpired => (
                "session-expired",
                "You signed in longer ago than your organization allows. Please sign in again.",
            ),
            Self::SessionIdle => (
                "session-idle",
                "You were away for longer than your organization allows. Please sign in again.",
            ),
            Self::IdentityUnavailable => (
                "identity-unavailable",
                "The site cannot say who is signed in right now. Please try again in a moment.",
            ),
            Self::IdentityMismatch => {
                ("identity-mismatch", "The sign-in changed while the page was loading. Please load it again.")
            }
            Self::StoreUnavailable => {
                ("store-unavailable", "Verification is not possible right now. Please try again in a moment.")
            }
            Self::UpstreamUnreachable => {
                ("upstream-unreachable", "The site behind this gateway cannot be reached.")
            }
            Self::UpstreamTimeout => {
                ("upstream-timeout", "The site behind this gateway did not answer in time.")
            }
            Self::MalformedRequest => ("malformed-request", "The request is malformed."),
            Self::AmbiguousHost => ("ambiguous-host", "The request must name exactly one host."),
            Self::HostMismatch => (
                "host-mismatch",
                "The connection was opened for another host. Please open a new one for this host.",
            ),
            Self::UnknownHost => ("unknown-host", "No site of this name is served here."),
            Self::MalformedPath => ("malformed-path", "The path of the request is malformed."),
            Self::SessionIdInPath => ("session-id-in-path", "A session id must not be part of the path."),
            Self::UnknownPage => ("unknown-page", "There is no such page here."),
            Self::HardenedPath => {
                ("hardened-path", "This address could open a file of the product's own, so it is not served.")
            }
            Self::DuplicateCookie => {
                ("duplicate-cookie", "The request carries a session cookie or token twice.")
            }
            Self::DuplicateAuthorization => {
                ("duplicate-authorization", "The request carries more than one Authorization header.")
            }
            Self::QueryCredentials => ("query-credentials", "Credentials must not be part of the address."),
            Self::MethodNotAllowed => ("method-not-allowed", "This method is not allowed here."),
            Self::UpgradeRefused => ("upgrade-refused", "This protocol upgrade is not allowed."),
            Self::HeadTooLarge => ("head-too-large", "The request headers are too large."),
            Self::TargetTooLong => ("target-too-long", "The address is too long."),
            Self::BodyTooLarge => ("body-too-large", "The request body is too large."),
            Self::BodyStalled => ("body-stalled", "The request body stopped arriving. Please send it again."),
            Self::TooManyConnections => (
                "too-many-connections",
                "Too many connections are open from your address. Please close some and try again.",
            ),
            Self::CrossSite => {
                ("cross-site", "The form did not come from this site. Please open the page again.")
            }
            Self::CookiesNotKept => (
                "cookies-not-kept",
                "This browser does not keep the cookie that says that you verified, so you would be asked again and again. Please allow cookies for this site, then try again.",
            ),
            Self::SignInOutOfReach => (
                "sign-in-out-of-reach",
                "The page sees your sign-in and the verification does not, so you would be sent to and fro. Please sign out and in again; if that does not help, tell your organization's admin.",
            ),
            Self::ProofNotCounted => (
                "proof-not-counted",
                "You verified, and it does not count: the organization asks anew each time, or the clocks of its servers differ. Please tell your organization's admin.",
            ),
            Self::Internal => ("internal", "Something went wrong here. Please try again."),
        }
    }

    /// Which class of people the reason speaks of, for labels.
    pub const fn class(self) -> Class {
        match self {
            Self::Managed
            | Self::AccountDeactivated
            | Self::AccountClosed
            | Self::SecondStep
            | Self::SecondStepSetup
            | Self::SecondStepImpossible
            | Self::SingleSignOn
            | Self::SessionReset
            | Self::SessionExpired
            | Self::SessionIdle => Class::Managed,
            Self::FreshProof
            | Self::NoProof
            | Self::ProofInvalid
            | Self::ProofExpired
            | Self::ProofFromFuture
            | Self::ProofRevoked
            | Self::ProofMethod
            | Self::AddressUnknown
            | Self::MobileSession
            | Self::PortalCustomer
            | Self::VerificationOff
            | Self::GroupExempt
            | Self::NotInvited
            | Self::PolicyUnreadable
            | Self::TokenBlocked
            | Self::AccountSuspended
            | Self::AccessEnded => Class::External,
            Self::Anonymous => Class::Anonymous,
            Self::ApiToken => Class::Token,
            _ => Class::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_reason_has_its_own_stable_code() {
        let codes: HashSet<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(codes.len(), Reason::ALL.len());
        for (index, reason) in Reason::ALL.iter().enumerate() {
            assert_eq!(*reason as usize, index, "ALL lists the reasons in declaration order");
            assert!(reason.meaning().ends_with('.'));
        }
    }
}
