//! What a product's login, logout, cookies and introspection look like: data, one TOML file per profile.

use http::HeaderName;

/// A product's profile, with a site's overrides applied.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Sign-in and call-back pages that pass without a code. Where `GET` is listed, so is `HEAD`.
    pub login: Vec<Endpoint>,
    /// Sign-out pages; a success there ends the proof.
    pub logout: Vec<Endpoint>,
    /// Cookies known to authenticate; two of one name in a request are refused.
    pub credential_cookies: Vec<String>,
    /// Cookies known to be harmless, exact or with a trailing `*`. Any other cookie is treated as a credential.
    pub harmless_cookies: Vec<String>,
    /// Headers that carry a session, from the site's sources; two lines of one in a request are refused.
    pub credential_headers: Vec<HeaderName>,
}

/// A page by exact method and plain path (below the site's prefix).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The method.
    pub method: http::Method,
    /// The path, compared byte for byte.
    pub path: String,
}

/// What kind of server a site is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// Jira for software teams.
    JiraSoftware,
    /// Jira with a customer portal.
    JiraServiceManagement,
    /// Jira for business teams.
    JiraWorkManagement,
    /// Confluence.
    Confluence,
    /// Anything else; its site says everything itself.
    Generic,
}

impl Product {
    /// Every product.
    pub const ALL: [Self; 5] = [
        Self::JiraSoftware,
        Self::JiraServiceManagement,
        Self::JiraWorkManagement,
        Self::Confluence,
        Self::Generic,
    ];

    /// As in the configuration file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::JiraSoftware => "jira-software",
            Self::JiraServiceManagement => "jira-service-management",
            Self::JiraWorkManagement => "jira-work-management",
            Self::Confluence => "confluence",
            Self::Generic => "generic",
        }
    }
}

impl Profile {
    /// Whether the cookie is known not to authenticate anybody.
    pub fn is_harmless(&self, name: &str) -> bool {
        self.harmless_cookies.iter().any(|known| match known.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => name == known,
        })
    }
}
