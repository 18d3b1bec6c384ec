//! What kind of traffic a request is, by the credentials that will be forwarded and by nothing a client merely claims.

/// A lane. User-Agent, `Accept` and `Sec-Fetch-*` never choose one between "judged" and "not judged"; they only tell a
/// navigation from background work, which shapes a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// A page navigation with cookies.
    Browser,
    /// Any other request with cookies: fetch, XHR, form post, upload, download.
    Background,
    /// A WebSocket handshake.
    Websocket,
    /// Exactly one well-formed `Authorization`; every cookie is removed.
    Api,
    /// An app's enrolled web view.
    Mobile,
    /// The product's own login and logout pages, by exact method and path.
    Public,
    /// No credential at all.
    Anonymous,
    /// Our own pages.
    Own,
}

impl Lane {
    /// Every lane, in label order.
    pub const ALL: [Self; 8] = [
        Self::Browser,
        Self::Background,
        Self::Websocket,
        Self::Api,
        Self::Mobile,
        Self::Public,
        Self::Anonymous,
        Self::Own,
    ];

    /// The stable label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Background => "background",
            Self::Websocket => "websocket",
            Self::Api => "api",
            Self::Mobile => "mobile",
            Self::Public => "public",
            Self::Anonymous => "anonymous",
            Self::Own => "own",
        }
    }
}
