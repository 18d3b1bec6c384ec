//! What kind of traffic a request is, by the credentials that will be forwarded and by nothing a client merely claims.

use serde::{Deserialize, Serialize};

/// A lane. User-Agent, `Accept` and `Sec-Fetch-*` never choose one between "judged" and "not judged"; they only tell a
/// navigation from background work, which shapes a refusal. Two lanes share a label where only the reason differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lane {
    /// A page navigation with cookies.
    Browser,
    /// Any other request with cookies: fetch, XHR, form post, upload, download.
    Background,
    /// A WebSocket handshake.
    Websocket,
    /// Exactly one well-formed `Authorization`; every cookie is removed.
    Api,
    /// The same from a configured machine, which is never blocked.
    TrustedApi,
    /// An app's enrolled web view.
    Mobile,
    /// The product's own login and logout pages, by exact method and path; the cookies go on.
    Public,
    /// A login page asked for with an `Authorization`, where signing in is an HTTP Basic request; every cookie is removed.
    SignIn,
    /// What the product shows to everybody, and hooks whose address is their secret; no credential goes on.
    Resource,
    /// No credential at all.
    Anonymous,
    /// From a configured machine, without an `Authorization`; no credential goes on.
    Trusted,
    /// Our own pages.
    Own,
}

impl Lane {
    /// Every lane, in label order.
    pub const ALL: [Self; 12] = [
        Self::Browser,
        Self::Background,
        Self::Websocket,
        Self::Api,
        Self::TrustedApi,
        Self::Mobile,
        Self::Public,
        Self::SignIn,
        Self::Resource,
        Self::Anonymous,
        Self::Trusted,
        Self::Own,
    ];

    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Background => "background",
            Self::Websocket => "websocket",
            Self::Api | Self::TrustedApi => "api",
            Self::Mobile => "mobile",
            Self::Public | Self::SignIn | Self::Resource => "public",
            Self::Anonymous | Self::Trusted => "anonymous",
            Self::Own => "own",
        }
    }
}
