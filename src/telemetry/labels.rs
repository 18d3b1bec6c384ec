//! Every value that a metric's label may take, so that the number of series is bounded by this file.
//!
//! No user, address, path or anything else that a client chooses may become a label.

use std::marker::PhantomData;

use http::StatusCode;
use prometheus::{IntCounter, IntCounterVec};

use crate::domain::decision::{Decision, Instead};

/// A closed set of label values.
pub trait Label: Copy + 'static {
    /// Every value, in declaration order.
    const ALL: &'static [Self];

    /// The value as metrics and logs show it.
    fn label(self) -> &'static str;

    /// Its place in `ALL`.
    fn index(self) -> usize;
}

macro_rules! labels {
    ($($(#[$about:meta])* $name:ident { $($(#[$case:meta])* $variant:ident => $label:literal,)+ })+) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$case])* $variant,)+ }

        impl Label for $name {
            const ALL: &'static [Self] = &[$(Self::$variant,)+];

            fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }

            fn index(self) -> usize {
                self as usize
            }
        }
    )+};
}

labels! {
    /// How a request was answered.
    DecisionLabel {
        /// Forwarded, or one of our own pages shown.
        Pass => "pass",
        /// A code was asked for.
        Challenge => "challenge",
        /// Forwarded where it is only reported that a code would have been asked for.
        WouldChallenge => "would_challenge",
        /// Forwarded where it is only reported that it would not have been.
        WouldBlock => "would_block",
        /// Sent to sign in again.
        SignIn => "sign-in",
        /// Refused.
        Deny => "deny",
        /// Could not be judged or served now.
        Unavailable => "unavailable",
    }
    /// What came of a request to an upstream.
    UpstreamResult {
        /// It answered, whatever the status.
        Ok => "ok",
        /// No connection.
        Unreachable => "unreachable",
        /// No answer in time.
        Timeout => "timeout",
        /// The connection broke while the answer was on its way.
        Aborted => "aborted",
    }
    /// The first digit of an answer's status.
    StatusClass {
        /// Interim answers and switched protocols.
        Informational => "1xx",
        /// Done.
        Success => "2xx",
        /// Elsewhere.
        Redirect => "3xx",
        /// The client's mistake.
        ClientError => "4xx",
        /// A server's mistake.
        ServerError => "5xx",
    }
    /// Why a client's connection was closed without an answer.
    CutCause {
        /// Its address has more than twice as many as it may.
        TooMany => "too_many",
        /// It does not begin with a PROXY header, or nobody may believe it.
        ProxyHeader => "proxy_header",
        /// TLS did not come about.
        Handshake => "handshake",
        /// The head of a request did not come in time.
        SlowHead => "slow_head",
        /// The client did not take its answer.
        Stalled => "stalled",
    }
    /// What a product said about a session.
    IntrospectionResult {
        /// Somebody is signed in.
        Person => "person",
        /// Nobody is.
        Anonymous => "anonymous",
        /// It did not say.
        Failed => "failed",
    }
    /// What came of checking a token's signature.
    TokenResult {
        /// The issuer's key signed it.
        Valid => "valid",
        /// It did not.
        Invalid => "invalid",
    }
    /// What came of fetching an issuer's keys.
    KeySetResult {
        /// They are current again.
        Fetched => "fetched",
        /// No answer, or none in time.
        Unreachable => "unreachable",
        /// An answer that is no set of keys, or holds one that must not be.
        Refused => "refused",
    }
    /// What the identity cache knew.
    CacheResult {
        /// The answer.
        Hit => "hit",
        /// Nothing; the product was asked.
        Miss => "miss",
        /// Nothing yet; the question was already on its way.
        Joined => "joined",
    }
    /// A step on the way through a challenge.
    ChallengeEvent {
        /// The page was shown for a new challenge.
        Opened => "opened",
        /// The first code was ordered.
        MailRequested => "mail_requested",
        /// The code was asked for again.
        Resend => "resend",
        /// Another code was typed.
        WrongCode => "wrong_code",
        /// Something was typed that is no code.
        MalformedCode => "malformed_code",
        /// The code came too late.
        Expired => "expired",
        /// The tries were used up.
        Exhausted => "exhausted",
        /// A limit on sending or trying said no.
        Limited => "limited",
        /// The right code was typed.
        Verified => "verified",
        /// The form came from another site.
        RefusedCrossSite => "refused_cross_site",
        /// A sign-out ended a proof.
        SignedOut => "signed_out",
        /// A verification at another host of the organization counts here, and nobody was asked.
        HandedOver => "handed_over",
        /// The home host of the organization knew of none.
        NotHandedOver => "not_handed_over",
        /// A ticket between two hosts was of another browser, account or site, too old, used or void.
        RefusedTicket => "refused_ticket",
    }
    /// What became of the enrolment of a mobile app's session.
    EnrolmentEvent {
        /// Somebody signed in inside the app.
        Enrolled => "enrolled",
        /// The product gave the session other cookies.
        Renewed => "renewed",
        /// It signed out.
        SignedOut => "signed_out",
        /// Its cookies carry another person than the one who signed in.
        WrongUser => "wrong_user",
        /// The store failed, so it was not enrolled or renewed.
        Failed => "failed",
    }
    /// What came of handing a mail on.
    MailResult {
        /// The mail server took it.
        Sent => "sent",
        /// It did not work yet; it is tried again.
        Retried => "retried",
        /// The mail server refused it for good.
        Failed => "failed",
        /// Its code died before a mail server took it.
        Expired => "expired",
    }
    /// Why an open socket or a long answer was ended here.
    StreamEnd {
        /// The verification was too long ago.
        Lapsed => "lapsed",
        /// What permitted it was taken away.
        Revoked => "revoked",
        /// The gateway stops.
        Stopped => "stopped",
    }
    /// What came of reading the configuration again.
    ReloadResult {
        /// The new one is in force.
        Success => "success",
        /// The old one stays.
        Failure => "failure",
    }
}

impl From<&Decision> for DecisionLabel {
    fn from(decision: &Decision) -> Self {
        match decision {
            Decision::Pass(permit) => match permit.instead() {
                None => Self::Pass,
                Some(Instead::Challenge) => Self::WouldChallenge,
                Some(Instead::Block) => Self::WouldBlock,
            },
            Decision::Challenge(_) => Self::Challenge,
            Decision::SignIn(_) => Self::SignIn,
            Decision::Deny(_) => Self::Deny,
            Decision::Unavailable(_) => Self::Unavailable,
        }
    }
}

impl From<StatusCode> for StatusClass {
    /// A status from 600 on is nobody's success: it counts as a server's mistake.
    fn from(status: StatusCode) -> Self {
        match status.as_u16() / 100 {
            1 => Self::Informational,
            2 => Self::Success,
            3 => Self::Redirect,
            4 => Self::ClientError,
            _ => Self::ServerError,
        }
    }
}

/// One counter per label value, all there from the start: a series that begins at its first event hides that event
/// from `rate()`.
#[derive(Debug)]
pub struct Counters<L> {
    /// In the order of `L::ALL`, so that counting hashes nothing and locks nothing.
    children: Vec<IntCounter>,
    label: PhantomData<L>,
}

impl<L: Label> Counters<L> {
    /// The counters of a family whose last label is `L`; `before` are the values of the labels before it.
    pub(super) fn new(family: &IntCounterVec, before: &[&str]) -> Self {
        let child = |value: &L| family.with_label_values(&[before, &[value.label()]].concat());
        Self { children: L::ALL.iter().map(child).collect(), label: PhantomData }
    }

    /// Counts one.
    pub fn count(&self, value: L) {
        self.children[value.index()].inc();
    }

    /// How many there have been.
    pub fn total(&self, value: L) -> u64 {
        self.children[value.index()].get()
    }
}
