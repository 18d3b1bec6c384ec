//! The settings as the rest of the program reads them: parsed, checked, complete.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::code::CodeDigits;
use crate::domain::domain_name::DomainName;
use crate::domain::method::Methods;
use crate::domain::mode::Mode;
use crate::domain::organization::{Office, Organization};
pub use crate::domain::policy::{ApiTokens, Limits};

use super::admin::Admin;
use super::audit::Audit;
use super::database::Database;
use super::decisions::Decisions;
use super::dns::Dns;
use super::domains::Domains;
use super::profile::{Product, Profile};
use super::session::SessionSource;
use super::tls::Tls;

/// The whole configuration.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The organizations, at least one; no two share an id.
    pub organizations: Vec<Arc<Organization>>,
    /// The same, each with how it is run.
    pub offices: Vec<Office>,
    /// Where to listen, and how.
    pub listen: Listen,
    /// The API of the admin listener.
    pub admin: Admin,
    /// The sites, at least one; no two share host and prefix.
    pub sites: Vec<Arc<Site>>,
    /// Codes and proofs.
    pub verification: Verification,
    /// How often codes may be sent and tried.
    pub limits: Limits,
    /// How mail leaves.
    pub mail: Mail,
    /// Where the store is.
    pub database: Database,
    /// The key file.
    pub keys: PathBuf,
    /// What is logged.
    pub log: Log,
    /// How assertions are made.
    pub assertion: Assertions,
    /// How long the audit log is kept.
    pub audit: Audit,
    /// What is kept of what the gate decided.
    pub decisions: Decisions,
    /// Who is asked about domains.
    pub dns: Dns,
    /// How domains are proved.
    pub domains: Domains,
    /// The first 12 hex digits of the file's SHA-256, for the configuration-info metric.
    pub fingerprint: String,
}

/// The listeners.
#[derive(Debug, Clone)]
pub struct Listen {
    /// The data plane.
    pub proxy: SocketAddr,
    /// The control plane.
    pub admin: SocketAddr,
    /// How browsers reach the data plane; decides cookie prefixes and links.
    pub scheme: Scheme,
    /// TLS on the data plane; without it plain HTTP is spoken there.
    pub tls: Option<Tls>,
    /// Whether each connection begins with a PROXY protocol header, which names the client.
    pub proxy_protocol: bool,
    /// How many connections one address may have open.
    pub max_connections_per_address: u32,
    /// The proxies in front of us whose `X-Forwarded-For` is believed; nobody else's is.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// How many worker threads, one runtime each.
    pub workers: usize,
    /// How long open requests may take to finish after SIGTERM.
    pub drain: Duration,
}

/// The scheme that browsers see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// TLS, ended here or in front of us: cookies are `__Host-` and `Secure`.
    Https,
    /// Plain HTTP, for the demo and by explicit setting.
    Http,
}

impl Scheme {
    /// As in a URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
        }
    }
}

/// One product server behind the gateway.
#[derive(Debug)]
pub struct Site {
    /// Stable id in labels and proofs: the host, and the prefix where there is one (`wiki.acme.com/wiki`).
    pub id: Arc<str>,
    /// Whose site it is. All sites of one host belong to one organization.
    pub organization: Arc<Organization>,
    /// The host browsers ask for.
    pub host: DomainName,
    /// The path prefix without a trailing slash; empty for the whole host.
    pub prefix: String,
    /// What kind of server it is.
    pub product: Product,
    /// Where requests go.
    pub upstream: Upstream,
    /// The largest request body that is forwarded.
    pub max_body_bytes: u64,
    /// How much of what is decided is carried out here. Off makes it a plain proxy.
    pub mode: Mode,
    /// Whether paths are refused that have opened products' own files.
    pub hardening: bool,
    /// The machines whose requests are never judged and never carry a cookie; the peer's address alone counts.
    pub trusted_sources: Vec<ipnet::IpNet>,
    /// Which external people are let in at all.
    pub external_access: ExternalAccess,
    /// What is asked of people who have an account for the customer portal alone.
    pub portal_customers: PortalCustomers,
    /// Whether the upstream is told in headers who asks.
    pub identity_headers: bool,
    /// Whether the upstream gets a signed statement of who asks.
    pub assertion: bool,
    /// What the product's pages and cookies are called.
    pub profile: Profile,
    /// Where its sessions come from, at least one source; the first that knows a session wins.
    pub sessions: Vec<SessionSource>,
    /// Whether browsers have passkeys there: they keep none for what they see over plain HTTP, but on their own machine.
    pub takes_passkeys: bool,
    /// Whose API tokens are taken.
    pub api: Api,
    /// How mobile apps are treated.
    pub mobile: Mobile,
}

/// Whose API tokens a site takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Api {
    /// Whether it is found out whose token it is. Always, where those of external people are blocked.
    pub introspect: bool,
    /// Whether those of external people are taken.
    pub for_external: ApiTokens,
}

/// How a site's mobile apps are treated.
#[derive(Debug, Clone)]
pub struct Mobile {
    /// The client ids whose bearer tokens are labelled `mobile`. A label for metrics and logs, which chooses nothing.
    pub clients: Vec<String>,
    /// Whether a session that began in an app's web view needs a code.
    pub web_sessions: WebSessions,
    /// What an app's User-Agent has in it.
    pub user_agent: String,
    /// Where such a session must begin; empty for everywhere.
    pub networks: Vec<ipnet::IpNet>,
    /// Whether it must begin on a connection with a client certificate.
    pub client_certificate: bool,
}

/// What becomes of a session that begins in the web view of a mobile app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebSessions {
    /// It needs a code, like any other.
    Challenge,
    /// It is enrolled and passes without one.
    Pass,
}

impl Site {
    /// Whether anybody is judged here, whatever comes of it.
    pub fn judges(&self) -> bool {
        self.mode != Mode::Off
    }

    /// Whether a source of its sessions answers for one client's address alone, so that the address is part of each session.
    pub fn reads_address(&self) -> bool {
        self.sessions.iter().any(SessionSource::reads_address)
    }
}

/// Where a site's requests go. `Display` writes it as the file does.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// `host:port`; the port is always written.
    pub authority: http::uri::Authority,
    /// How its server proves itself; `None` for plain HTTP.
    pub tls: Option<Arc<UpstreamTls>>,
}

impl Upstream {
    /// The scheme of its requests.
    pub fn scheme(&self) -> http::uri::Scheme {
        if self.tls.is_some() { http::uri::Scheme::HTTPS } else { http::uri::Scheme::HTTP }
    }
}

impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme(), self.authority)
    }
}

/// How the server of an upstream proves itself.
pub struct UpstreamTls {
    /// The name its certificate must carry.
    pub name: rustls::pki_types::ServerName<'static>,
    /// The file with the only authorities that are believed; `None` for those that the machine believes.
    pub ca_file: Option<PathBuf>,
    /// The same for TLS.
    pub client: Arc<rustls::ClientConfig>,
}

impl fmt::Debug for UpstreamTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, ca_file, client: _ } = self;
        f.debug_struct("UpstreamTls").field("name", name).field("ca_file", ca_file).finish_non_exhaustive()
    }
}

/// Which external people a site lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExternalAccess {
    /// Whoever has an account at the product.
    Any,
    /// Those alone who have a role there, by themselves or by a group or company.
    Invited,
}

/// What is asked of people whom the product counts as customers of its portal, without access to the product itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortalCustomers {
    /// A code, like everybody else from outside.
    Challenge,
    /// Nothing.
    Exempt,
}

/// Codes and proofs.
#[derive(Debug, Clone)]
pub struct Verification {
    /// How long a verification counts.
    pub frequency: Duration,
    /// In which ways it may be made where a policy says nothing else.
    pub methods: Methods,
    /// How long a code is.
    pub code_digits: CodeDigits,
    /// How long a code lives, 10 minutes at most.
    pub code_lifetime: Duration,
    /// How many tries a code has.
    pub code_tries: u32,
    /// The largest form that is held while somebody verifies; 0 for none.
    pub hold_forms_bytes: u64,
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The sender, `Name <address>`.
    pub from: lettre::message::Mailbox,
    /// By which way.
    pub transport: MailTransport,
}

/// The way mail leaves.
#[derive(Debug, Clone)]
pub enum MailTransport {
    /// To a mail server.
    Smtp {
        /// The one that gets every mail that it takes.
        first: Smtp,
        /// The one that takes over while the first fails.
        second: Option<Smtp>,
    },
    /// Into a folder, one `.eml` file a mail: for the demo and for tests.
    File(PathBuf),
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// Its name, which its certificate must carry.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// A file with one extra trusted CA certificate in PEM.
    pub ca_file: Option<PathBuf>,
    /// Sign-in, where the server wants one.
    pub credentials: Option<SmtpCredentials>,
    /// How long one delivery may take.
    pub timeout: Duration,
}

/// How the connection to a mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// TLS from the first byte (`smtps://`).
    Implicit,
    /// STARTTLS, and no mail without it: the default for `smtp://`.
    StartTls,
    /// None: an explicit setting, for a server on the same machine.
    None,
}

/// A sign-in at a mail server; the password comes from a file.
#[derive(Clone)]
pub struct SmtpCredentials {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: secrecy::SecretString,
}

impl fmt::Debug for SmtpCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpCredentials").field("username", &self.username).finish_non_exhaustive()
    }
}

/// How assertions are made, for the sites that get them.
#[derive(Debug, Clone)]
pub struct Assertions {
    /// What they are signed with.
    pub algorithm: AssertionAlgorithm,
    /// Who speaks in them: the claim `iss`. `None` for the name of the site's organization.
    pub issuer: Option<Arc<str>>,
}

/// What assertions are signed with (RFC 7518 section 3.1, RFC 8037).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssertionAlgorithm {
    /// ECDSA with P-256, which every library knows.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl AssertionAlgorithm {
    /// As in the file and in the token.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

/// What is logged.
#[derive(Debug, Clone)]
pub struct Log {
    /// A `tracing` filter, such as `info` or `postern=debug`.
    pub level: String,
    /// How lines look.
    pub format: LogFormat,
    /// Whether there is one line per request.
    pub access: bool,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For a person at a terminal.
    Text,
}
