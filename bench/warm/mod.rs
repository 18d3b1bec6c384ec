//! A gateway that knows everybody already, the requests that are measured on it, and the dearest steps of one.
//!
//! Gateway, store, keys and tables are real. The product is asked once, before anything is measured; each measured request is
//! polled exactly once, so one that waits for anything is an error and not a slow result.

use std::fs::OpenOptions;
use std::hint::black_box;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use futures_util::FutureExt as _;
use http::request::Parts;
use http::{HeaderValue, Request};
use jsonwebtoken::{EncodingKey, Header};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use postern::actions::import_directory::import_directory;
use postern::app::App;
use postern::cli::import::owner;
use postern::clock::Clock;
use postern::config;
use postern::config::settings::{Scheme, Settings};
use postern::domain::account::{DeviceId, Family, Subject};
use postern::domain::decision::Reason;
use postern::domain::lane::Lane;
use postern::domain::method::Method;
use postern::domain::organization::OrganizationId;
use postern::domain::proof::{self, Binding, Proof};
use postern::entropy::Entropy;
use postern::identity::{Identities, Presented, SessionIdentity, SessionKey};
use postern::keys::Keys;
use postern::proxy::cookies::{self, Cookies, OwnNames};
use postern::proxy::rehearse::lane_of;
use postern::proxy::wire::Connection;
use postern::store::Store;

const HOST: &str = "jira.acme.com";
const DEVICE: DeviceId = DeviceId([7; 16]);
const PAGE: &str = "/browse/DEMO-1?focus=comments";
const STYLES: &str =
    "/s/d41d8cd98f00b204e9800998ecf8427e-CDN/-lqyq1/_/download/resources/jira.webresources/global.css";
const JANE: &str = r#"{"key":"JIRAUSER10101","name":"jane","emailAddress":"jane@partner.example"}"#;
const LIAM: &str = r#"{"key":"JIRAUSER10102","name":"liam","emailAddress":"liam@acme.com"}"#;
const PEOPLE: &str = "\
type,domain,email,name,username,claimed
domain,acme.com,,,,
account,,liam@acme.com,Liam Cole,liam,yes
";
/// What an issuer and the gateway share. How a token is signed makes no difference once it is known.
const SECRET: &str = "0123456789abcdef0123456789abcdef";
const TOKENS: &str = r#"
[[site.session]]
source = "jwt"
issuer = "https://id.acme.com"
audience = "jira"
algorithms = ["HS256"]
secret_file = "secret"
cookie = "id_token"
"#;
const TOKEN: &str = "Bearer NjQ1ODc0NDk2MzQwOr5yLmJhc2U2NCBqdW5rIGhlcmU";

/// What a browser sends with every page load, besides host and cookies.
const BROWSER: [(&str, &str); 11] = [
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"),
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("accept-language", "en-US,en;q=0.5"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("connection", "keep-alive"),
    ("upgrade-insecure-requests", "1"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-site", "same-origin"),
    ("sec-fetch-user", "?1"),
    ("priority", "u=0, i"),
];

/// A request to measure.
pub struct Case {
    /// What it is called in results.
    pub name: &'static str,
    bearer: Bearer,
    target: &'static str,
    /// More keys of the site.
    keys: &'static str,
    expected: Result<(), Reason>,
}

/// What a request brings along.
enum Bearer {
    /// Jane's session, and a fresh proof.
    Verified,
    /// The same, and somebody else's came before it over the connection.
    VerifiedAnew,
    /// The same with a signed token in place of the session.
    VerifiedByToken,
    /// Jane's session alone.
    External,
    /// Liam's session.
    Managed,
    /// An API token.
    Program,
}

/// The requests that are measured.
pub const CASES: [Case; 9] = [
    case("external, fresh proof", Bearer::Verified, PAGE, "", Ok(())),
    case("external, fresh proof, not the cookies before", Bearer::VerifiedAnew, PAGE, "", Ok(())),
    case("external, fresh proof, nobody told", Bearer::Verified, PAGE, "identity_headers = false", Ok(())),
    case("external, fresh proof, with an assertion", Bearer::Verified, PAGE, "assertion = true", Ok(())),
    case("external, fresh proof, session by a signed token", Bearer::VerifiedByToken, PAGE, TOKENS, Ok(())),
    case("external, refused without a proof", Bearer::External, PAGE, "", Err(Reason::NoProof)),
    case("managed", Bearer::Managed, PAGE, "", Ok(())),
    case("API token", Bearer::Program, PAGE, "", Ok(())),
    case("public resource", Bearer::External, STYLES, "", Ok(())),
];

const fn case(
    name: &'static str,
    bearer: Bearer,
    target: &'static str,
    keys: &'static str,
    expected: Result<(), Reason>,
) -> Case {
    Case { name, bearer, target, keys, expected }
}

/// A gateway and what it stands on.
pub struct Warm {
    runtime: Runtime,
    app: App,
    settings: Settings,
    /// Over which all requests come.
    connection: Connection,
    /// Whether the connection forgets the cookies that came last before each of them.
    forgets: bool,
    folder: TempDir,
}

impl Warm {
    /// A gateway of its own for a case, so that what it remembers is fresh, and the case's request, which it has seen once.
    pub fn of(case: &Case) -> (Self, Parts) {
        let forgets = matches!(case.bearer, Bearer::VerifiedAnew);
        let warm = Self { forgets, ..Self::with(case.keys) };
        let parts = request(case.target, &warm.credentials(&case.bearer));
        let first = warm.runtime.block_on(warm.app.gateway.rehearse(&warm.connection, parts.clone()));
        assert_eq!(first.map(drop), case.expected, "{}", case.name);
        (warm, parts)
    }

    /// With more keys of the site.
    fn with(keys: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let upstream = runtime.block_on(product());
        let text = configuration(upstream, keys);
        write_secret(&folder.path().join("secret"));
        let read =
            || config::parse("postern.toml", &text, folder.path(), &|_| None).expect("a configuration");
        let app = runtime.block_on(build(read()));
        Self { runtime, app, settings: read(), connection: Connection::plain(peer()), forgets: false, folder }
    }

    /// A measured request: from a head that was read to the head that goes upstream.
    pub fn rehearse(&self, parts: Parts) -> Result<Parts, Reason> {
        if self.forgets {
            self.connection.cookies.forget();
        }
        let waiting = self.app.gateway.rehearse(&self.connection, parts);
        waiting.now_or_never().expect("a warm request waits for nothing")
    }

    /// Ends it, so that nothing of it runs beside what is measured next.
    pub fn end(self) {
        let Self { runtime, folder, .. } = self;
        runtime.shutdown_timeout(Duration::from_secs(1));
        drop(folder);
    }

    fn credentials(&self, bearer: &Bearer) -> Vec<(&'static str, String)> {
        let cookies = match bearer {
            Bearer::Program => return vec![("authorization", TOKEN.to_owned())],
            Bearer::Managed => session_cookies("liam"),
            Bearer::External => session_cookies("jane"),
            Bearer::Verified | Bearer::VerifiedAnew => self.verified(&session_cookies("jane")),
            Bearer::VerifiedByToken => self.verified(&format!("id_token={}", signed_token())),
        };
        vec![("cookie", cookies)]
    }

    /// A session's cookies with ours.
    fn verified(&self, cookies: &str) -> String {
        let proof = self.proof(self.subject(cookies));
        let device = cookies::device_text(DEVICE);
        format!("{cookies}; __Host-postern-device={device}; __Host-postern-proof={proof}")
    }

    /// Whom the gateway takes the session for: the same keys and tables give the same subject.
    fn subject(&self, cookies: &str) -> Subject {
        let keys = Keys::load(&self.settings.keys).expect("keys").into();
        let (directory, metrics) = (self.app.directory.clone(), self.app.metrics.clone());
        let identities = Identities::new(directory, keys, Clock::system(), metrics);
        let site = &self.settings.sites[0];
        let line: HeaderValue = cookies.parse().expect("cookies");
        let (counters, key) = (self.app.metrics.site(&site.id), SessionKey::of(&site.id, std::iter::empty()));
        let presented = Presented { cookies: Some(&line), headers: &[], client: peer().ip() };
        let resolved = self.runtime.block_on(identities.resolve(site, &counters, &key, presented));
        let SessionIdentity::Person(person) = resolved.session else {
            panic!("nobody is known by {cookies}")
        };
        person.subject
    }

    fn proof(&self, subject: Subject) -> String {
        let keys = Keys::load(&self.settings.keys).expect("keys");
        let binding = binding(subject);
        let (id, keys) = keys.current();
        let proof =
            Proof { verified_at: Clock::system().now(), by: Method::MailedCode, family: Family([1; 16]) };
        proof::mint(id, &keys.proof, &binding, &proof)
    }
}

/// The dearest steps of a request of an external person with a fresh proof, and the choice of its lane.
pub struct Pieces {
    warm: Warm,
    parts: Parts,
    cookies: Cookies,
    keys: Keys,
    subject: Subject,
}

impl Pieces {
    /// The names of the steps, in the order in which [`run`](Self::run) numbers them.
    pub const NAMES: [&'static str; 4] =
        ["cookies read, with the digest", "lane chosen", "session digest", "proof verified"];

    /// What the steps work on.
    pub fn start() -> Self {
        let (warm, parts) = Warm::of(&CASES[0]);
        let subject = warm.subject(&session_cookies("jane"));
        let keys = Keys::load(&warm.settings.keys).expect("keys");
        let cookies = read_cookies(&warm, &parts);
        let pieces = Self { warm, parts, cookies, keys, subject };
        assert_eq!(pieces.lane(), Ok(Lane::Browser));
        assert!(pieces.verify().is_some());
        pieces
    }

    /// Runs one of the steps.
    pub fn run(&self, step: usize) {
        match step {
            0 => drop(black_box(read_cookies(&self.warm, black_box(&self.parts)))),
            1 => _ = black_box(self.lane()),
            2 => _ = black_box(digest()),
            _ => _ = black_box(self.verify()),
        }
    }

    /// Ends the gateway that they were taken from.
    pub fn end(self) {
        self.warm.end();
    }

    fn lane(&self) -> Result<Lane, Reason> {
        lane_of(black_box(&self.parts), &self.warm.settings.sites[0], peer().ip(), &self.cookies)
    }

    fn verify(&self) -> Option<Proof> {
        let proof = black_box(self.cookies.proof.as_deref().expect("a proof"));
        proof::verify(proof.token(), |id| self.keys.of(id).map(|keys| &keys.proof), &binding(self.subject))
    }
}

fn read_cookies(warm: &Warm, parts: &Parts) -> Cookies {
    let profile = &warm.settings.sites[0].profile;
    Cookies::read(&parts.headers, HOST, profile, OwnNames::of(Scheme::Https)).expect("cookies")
}

fn digest() -> SessionKey {
    let session: [&[u8]; 1] = [b"JSESSIONID=jane-4A1E0B7C95D24F0E8D6E3C1B2A99"];
    SessionKey::of(HOST, black_box(session).into_iter())
}

fn peer() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 7], 40_000))
}

fn binding(subject: Subject) -> Binding<'static> {
    static ONLY: LazyLock<OrganizationId> = LazyLock::new(OrganizationId::only);
    Binding { organization: &ONLY, site: HOST, subject, device: DEVICE }
}

/// A product reduced to the question whose session it is.
async fn product() -> SocketAddr {
    let myself = |headers: http::HeaderMap| async move {
        let is_jane =
            headers.get("cookie").is_some_and(|line| line.as_bytes().starts_with(b"JSESSIONID=jane"));
        ([("content-type", "application/json")], if is_jane { JANE } else { LIAM })
    };
    let router = Router::new().route("/rest/api/2/myself", get(myself));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn build(settings: Settings) -> App {
    Keys::create(&settings.keys, &Entropy::System).expect("keys");
    Store::create(&settings.database).await.expect("a store");
    let store = Store::open(&settings.database).await.expect("the store opens");
    let clock = Clock::system();
    let owner = owner(&settings, None).expect("one organization");
    import_directory(&store, &clock, &owner, PEOPLE.as_bytes(), "people.csv", |_| ()).await.expect("people");
    store.close().await;
    App::build(settings, clock, Entropy::System).await.expect("a gateway")
}

/// Answers are believed for as long as may be configured: longer than one benchmark takes. The access log would be written
/// among the results.
fn configuration(upstream: SocketAddr, keys: &str) -> String {
    let believed = if keys == TOKENS { "" } else { "introspect.cache = \"60s\"" };
    format!(
        r#"
[organization]
name = "Acme"
[listen]
proxy = "127.0.0.1:1"
[mail]
from = "Acme access <access@acme.com>"
file = "mail"
[store]
url = "sqlite:postern.db"
[log]
access = false
[[site]]
host = "{HOST}"
product = "jira-software"
upstream = "http://{upstream}"
{believed}
{keys}
"#
    )
}

fn write_secret(path: &Path) {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(SECRET.as_bytes())).expect("a secret");
}

fn signed_token() -> String {
    let now = Clock::system().now().as_second();
    let claims = serde_json::json!({
        "iss": "https://id.acme.com", "aud": "jira", "sub": "jane", "email": "jane@partner.example",
        "iat": now, "exp": now + 900,
    });
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    jsonwebtoken::encode(&Header::default(), &claims, &key).expect("a token")
}

fn request(target: &str, credentials: &[(&str, String)]) -> Parts {
    let mut request = Request::builder().uri(target).header("host", HOST);
    for (name, value) in BROWSER {
        request = request.header(name, value);
    }
    for (name, value) in credentials {
        request = request.header(*name, value);
    }
    request.body(()).expect("a request").into_parts().0
}

fn session_cookies(session: &str) -> String {
    format!(
        "JSESSIONID={session}-4A1E0B7C95D24F0E8D6E3C1B2A99; atlassian.xsrf.token=BWP3-NOKB_lin; AJS.mode=1"
    )
}
