//! What a product's login, logout, cookies and introspection look like: data, one TOML file per profile.

use http::HeaderName;

use http::Method;

use crate::domain::path_pattern::PathPattern;

/// A product's profile, with a site's overrides applied.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Sign-in and call-back pages that pass without a code. Where `GET` is listed, so is `HEAD`.
    pub login: Vec<Endpoint>,
    /// Sign-out pages; a success there ends the proof.
    pub logout: Vec<Endpoint>,
    /// What the product shows to everybody (health, style sheets, scripts), by `GET` and `HEAD`; passes as a stranger's
    /// request.
    pub public: Vec<Shape>,
    /// What machines call without a session, such as addresses that are their own secret; passes as a stranger's request.
    pub hooks: Vec<Shape>,
    /// Feeds and exports, whose readers choose the way to sign in by `os_authType`.
    pub feeds: Vec<Shape>,
    /// What pages send by themselves while nobody does anything. It does not keep the session of a managed person from idling.
    /// What reads counts as little, so here are only pages that write.
    pub polling: Vec<Shape>,
    /// Cookies known to authenticate; two of one name in a request are refused.
    pub credential_cookies: Vec<String>,
    /// Cookies known to be harmless, exact or with a trailing `*`. Any other cookie is treated as a credential.
    pub harmless_cookies: Vec<String>,
    /// Cookies by which a load balancer finds a visitor's server, as in `harmless_cookies`. They are harmless and go on with
    /// every request, also with those whose other cookies stay here.
    pub affinity_cookies: Vec<String>,
    /// Headers that carry a session, from the site's sources; two lines of one in a request are refused.
    pub credential_headers: Vec<HeaderName>,
}

/// A page by exact method and plain path (below the site's prefix).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The path, compared byte for byte.
    pub path: String,
}

/// Pages by method and pattern (below the site's prefix).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The method.
    pub method: Method,
    /// What their paths look like.
    pub path: PathPattern,
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
    /// Whether a plain path below the site's prefix is answered alike for everybody: a public resource or a hook.
    pub fn is_for_strangers(&self, method: &Method, path: &str) -> bool {
        is_among(&self.public, method, path) || is_among(&self.hooks, method, path)
    }

    /// Whether a plain path below the site's prefix is a feed or an export.
    pub fn is_feed(&self, method: &Method, path: &str) -> bool {
        is_among(&self.feeds, method, path)
    }

    /// Whether a page sends this by itself.
    pub fn is_polling(&self, method: &Method, path: &str) -> bool {
        is_among(&self.polling, method, path)
    }

    /// Whether the cookie is known not to authenticate anybody.
    pub fn is_harmless(&self, name: &str) -> bool {
        is_listed(&self.harmless_cookies, name) || self.is_affinity(name)
    }

    /// Whether the cookie is a load balancer's.
    pub fn is_affinity(&self, name: &str) -> bool {
        is_listed(&self.affinity_cookies, name)
    }
}

/// Whether a list of cookies, exact or with a trailing `*`, has this one.
fn is_listed(known: &[String], name: &str) -> bool {
    known.iter().any(|known| match known.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == known,
    })
}

fn is_among(shapes: &[Shape], method: &Method, path: &str) -> bool {
    shapes.iter().any(|shape| shape.method == *method && shape.path.matches(path))
}
