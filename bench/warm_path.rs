//! The gateway's own work for a warm request: from a parsed head to the head that goes upstream, and its dearest pieces.
//!
//! Gateway, store, keys and tables are real. The product is asked once, before the measurement; each measured request is
//! polled exactly once, so one that waits for anything is an error and not a slow result.

use std::hint::black_box;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use futures_util::FutureExt as _;
use http::Request;
use http::request::Parts;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use postern::actions::import_directory::import_directory;
use postern::app::App;
use postern::clock::Clock;
use postern::config;
use postern::config::settings::{Scheme, Settings};
use postern::domain::account::{DeviceId, Subject};
use postern::domain::decision::Reason;
use postern::domain::facts::ProofFact;
use postern::domain::proof::{self, Binding};
use postern::entropy::Entropy;
use postern::identity::{Identities, Presented, SessionIdentity, SessionKey};
use postern::keys::Keys;
use postern::proxy::cookies::{self, Cookies, OwnNames};
use postern::proxy::wire::Connection;
use postern::store::Store;

const HOST: &str = "jira.acme.com";
const DEVICE: DeviceId = DeviceId([7; 16]);
const JANE: &str = r#"{"key":"JIRAUSER10101","name":"jane","emailAddress":"jane@partner.example"}"#;
const LIAM: &str = r#"{"key":"JIRAUSER10102","name":"liam","emailAddress":"liam@acme.com"}"#;
const PEOPLE: &str = "\
type,domain,email,name,username,claimed
domain,acme.com,,,,
account,,liam@acme.com,Liam Cole,liam,yes
";
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

/// A gateway and what it stands on.
struct Warm {
    runtime: Runtime,
    app: App,
    settings: Settings,
    folder: TempDir,
}

impl Warm {
    fn start() -> Self {
        Self::with("")
    }

    /// With more keys of the site.
    fn with(keys: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let upstream = runtime.block_on(product());
        let text = configuration(upstream, keys);
        let read =
            || config::parse("postern.toml", &text, folder.path(), &|_| None).expect("a configuration");
        let app = runtime.block_on(build(read()));
        Self { runtime, app, settings: read(), folder }
    }

    /// Whom the gateway takes the session for: the same keys and tables give the same subject.
    fn subject(&self, cookies: &str) -> Subject {
        let keys = Keys::load(&self.settings.keys).expect("keys").into();
        let (directory, metrics) = (self.app.directory.clone(), self.app.metrics.clone());
        let identities = Identities::new(directory, keys, Clock::system(), metrics);
        let site = &self.settings.sites[0];
        let line: http::HeaderValue = cookies.parse().expect("cookies");
        let (counters, key) = (self.app.metrics.site(&site.id), SessionKey::of(&site.id, std::iter::empty()));
        let presented = Presented { cookies: Some(&line), headers: &[], client: connection().peer.ip() };
        let resolved = self.runtime.block_on(identities.resolve(site, &counters, &key, presented));
        let SessionIdentity::Person(person) = resolved.session else { panic!("the product knows nobody") };
        person.subject
    }

    fn proof(&self, subject: Subject) -> String {
        let keys = Keys::load(&self.settings.keys).expect("keys");
        let binding = binding(subject);
        let (id, keys) = keys.current();
        proof::mint(id, &keys.proof, &binding, Clock::system().now())
    }

    /// Sends a request once, so that the identity is remembered, and checks where it goes.
    fn warmed(&self, parts: &Parts) -> Result<(), Reason> {
        self.runtime.block_on(self.app.gateway.rehearse(&connection(), parts.clone())).map(drop)
    }
}

fn connection() -> Connection {
    Connection::plain(SocketAddr::from(([192, 0, 2, 7], 40_000)))
}

fn binding(subject: Subject) -> Binding<'static> {
    Binding { organization: "Acme", site: HOST, subject, device: DEVICE }
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
    import_directory(&store, &clock, PEOPLE.as_bytes(), "people.csv", |_| ()).await.expect("people");
    store.close().await;
    App::build(settings, clock, Entropy::System).await.expect("a gateway")
}

/// Answers are believed for as long as may be configured: longer than one benchmark takes. The access log would be written
/// among the results.
fn configuration(upstream: SocketAddr, keys: &str) -> String {
    format!(
        r#"
[organization]
name = "Acme"
[listen]
proxy = "127.0.0.1:1"
[[site]]
host = "{HOST}"
product = "jira-software"
upstream = "http://{upstream}"
{keys}
[site.introspect]
cache = "60s"
[mail]
from = "Acme access <access@acme.com>"
file = "mail"
[store]
url = "sqlite:postern.db"
[log]
access = false
"#
    )
}

fn request(headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().uri("/browse/DEMO-1?focus=comments").header("host", HOST);
    for (name, value) in BROWSER.iter().chain(headers) {
        request = request.header(*name, *value);
    }
    request.body(()).expect("a request").into_parts().0
}

fn cookie_line(session: &str, proof: &str) -> String {
    let device = cookies::device_text(DEVICE);
    let ours = format!("__Host-postern-device={device}; __Host-postern-proof={proof}");
    format!("{}; {ours}", session_cookies(session))
}

fn session_cookies(session: &str) -> String {
    format!(
        "JSESSIONID={session}-4A1E0B7C95D24F0E8D6E3C1B2A99; atlassian.xsrf.token=BWP3-NOKB_lin; AJS.mode=1"
    )
}

fn requests(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("warm request");
    let rows = [
        ("external, fresh proof", "jane", "", Ok(())),
        ("external, fresh proof, nobody told", "jane", "identity_headers = false", Ok(())),
        ("external, fresh proof, with an assertion", "jane", "assertion = true", Ok(())),
        ("managed", "liam", "", Ok(())),
        ("external, refused without a proof", "jane", "", Err(Reason::NoProof)),
        ("API token", "", "", Ok(())),
    ];
    for (name, session, keys, expected) in rows {
        // A gateway of its own for each, so that what it remembers is fresh.
        let warm = Warm::with(keys);
        let line = match (session, expected) {
            ("jane", Ok(())) => cookie_line(session, &warm.proof(warm.subject(&session_cookies(session)))),
            _ => session_cookies(session),
        };
        let parts = match session {
            "" => request(&[("authorization", "Bearer NjQ1ODc0NDk2MzQwOr5yLmJhc2U2NCBqdW5rIGhlcmU")]),
            _ => request(&[("cookie", &line)]),
        };
        assert_eq!(warm.warmed(&parts), expected, "{name}");
        let connection = connection();
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || parts.clone(),
                |parts| {
                    let waiting = warm.app.gateway.rehearse(&connection, parts);
                    waiting.now_or_never().expect("a warm request waits for nothing")
                },
                BatchSize::SmallInput,
            );
        });
        let Warm { runtime, folder, .. } = warm;
        runtime.shutdown_timeout(Duration::from_secs(1));
        drop(folder);
    }
    group.finish();
}

fn pieces(criterion: &mut Criterion) {
    let warm = Warm::start();
    let subject = warm.subject(&session_cookies("jane"));
    let proof = warm.proof(subject);
    let line = cookie_line("jane", &proof);
    let headers = request(&[("cookie", &line)]).headers;
    let profile = &warm.settings.sites[0].profile;
    let session: [&[u8]; 1] = [b"JSESSIONID=jane-4A1E0B7C95D24F0E8D6E3C1B2A99"];
    let keys = Keys::load(&warm.settings.keys).expect("keys");
    let check =
        || proof::verify(proof.as_bytes(), |id| keys.of(id).map(|keys| &keys.proof), &binding(subject));
    assert!(matches!(check(), ProofFact::VerifiedAt(_)));

    let mut group = criterion.benchmark_group("piece");
    group.bench_function("cookies read, with the digest", |bencher| {
        bencher.iter(|| Cookies::read(black_box(&headers), HOST, profile, OwnNames::of(Scheme::Https)));
    });
    group.bench_function("session digest", |bencher| {
        bencher.iter(|| SessionKey::of(HOST, black_box(session).into_iter()));
    });
    group.bench_function("proof verified", |bencher| bencher.iter(|| black_box(&check)()));
    group.finish();
}

criterion_group!(benches, requests, pieces);
criterion_main!(benches);
