//! A whole gateway in the test's own process: frozen clock, seeded randomness, port 0, the real look-alikes behind it and
//! the real mail files beside it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;
use postern::actions::import_directory::{Owner, import_directory};
use postern::app::{App, Reloader};
use postern::cli::import::owner;
use postern::clock::Clock;
use postern::config;
use postern::demo::{self, Product, ProductKind, demo_people};
use postern::entropy::Entropy;
use postern::keys::Keys;
use postern::proxy::wire;
use postern::store::Store;
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::client::{Browser, Protocol};
use super::tls::Authority;

/// The host of the Jira look-alike.
pub const JIRA: &str = "jira.test";
/// The host of the wiki look-alike.
pub const WIKI: &str = "wiki.test";

/// How browsers see the gateway.
#[derive(Debug, Clone, Copy)]
struct Front {
    /// What the hosts `jira.` and `wiki.` end in.
    domain: &'static str,
    scheme: &'static str,
}

/// A gateway that differs from the usual one.
#[derive(Default)]
pub struct Setup<'a> {
    /// Lines of `[listen]`.
    pub listen: &'a str,
    /// Whole sections such as `[limits]`.
    pub more: &'a str,
    /// Certificates of ours: a name for the files (`NAME.pem`, `NAME.key`), and the hosts in them. With any the gateway
    /// speaks TLS, and `ca.pem` stands beside them.
    pub certificates: &'a [(&'a str, &'a [&'a str])],
    /// How patient it is.
    pub tempo: wire::Tempo,
}

/// Behind something that ends TLS.
const BEHIND_TLS: Front = Front { domain: "test", scheme: "https" };
/// Browsers resolve every name under `localhost` to this machine, and take plain HTTP there for secure.
const LOCALHOST: Front = Front { domain: "localhost", scheme: "http" };

/// The people of the demo: Liam and Mia are managed, the others are not.
pub const PEOPLE: &str = "\
type,domain,email,name,username,claimed
domain,acme.com,,,,
account,,liam@acme.com,Liam Hart,liam,yes
account,,mia@acme.com,Mia Chen,mia,yes
account,,jane@acme.com,Jane Doe,jane,no
account,,jane@gmail.com,Jane Doe (personal),jane.personal,no
account,,omar@partner.example,Omar Aziz,omar,no
";

/// Everything that runs.
pub struct World {
    /// The data plane's address.
    pub address: SocketAddr,
    /// The admin listener's address.
    pub admin: SocketAddr,
    /// The time; it stands still until it is moved.
    pub clock: Clock,
    /// The Jira look-alike.
    pub jira: Product,
    /// The wiki look-alike.
    pub wiki: Product,
    /// The parts of the gateway.
    pub app: Arc<App>,
    /// Database, keys, configuration and mail.
    pub folder: TempDir,
    /// Who signed its certificates, where it has any.
    authority: Option<Arc<Authority>>,
    tempo: wire::Tempo,
    stop: watch::Sender<bool>,
}

/// A mail as it was delivered.
#[derive(Debug, Clone)]
pub struct Mail {
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The whole file.
    pub raw: String,
}

impl Mail {
    /// Reads a message.
    pub fn parse(raw: &[u8]) -> Self {
        let mail = mail_parser::MessageParser::default().parse(raw).expect("a mail");
        let to = mail.to().and_then(|to| to.first()).and_then(|to| to.address()).expect("a recipient");
        Self {
            to: to.to_owned(),
            subject: mail.subject().expect("a subject").to_owned(),
            text: mail.body_text(0).expect("a text part").into_owned(),
            html: mail.body_html(0).expect("an HTML part").into_owned(),
            raw: String::from_utf8_lossy(raw).into_owned(),
        }
    }

    /// The one code in it.
    pub fn code(&self) -> String {
        let codes: Vec<&str> = self
            .text
            .split(|char: char| !char.is_ascii_digit())
            .filter(|digits| digits.len() == 6 || digits.len() == 8)
            .collect();
        assert_eq!(codes.len(), 1, "a mail has exactly one code:\n{}", self.text);
        codes[0].to_owned()
    }
}

impl World {
    /// A gateway with the demo's people and everything at its default.
    pub async fn start() -> Self {
        Self::with("").await
    }

    /// As [`start`](Self::start), with more configuration: whole sections such as `[limits]`.
    pub async fn with(more: &str) -> Self {
        Self::build(BEHIND_TLS, Setup { more, ..Setup::default() }).await
    }

    /// A gateway that speaks TLS itself, with one certificate for both hosts.
    pub async fn over_tls() -> Self {
        Self::set_up(Setup { certificates: &[("both", &[JIRA, WIKI])], ..Setup::default() }).await
    }

    /// A gateway that differs from the usual one.
    pub async fn set_up(setup: Setup<'_>) -> Self {
        Self::build(BEHIND_TLS, setup).await
    }

    /// A gateway that a real browser reaches at `http://jira.localhost` and `http://wiki.localhost`, on the port of
    /// [`address`](Self::address).
    pub async fn for_browsers() -> Self {
        Self::for_browsers_with("").await
    }

    /// As [`for_browsers`](Self::for_browsers), with more configuration, such as further sites.
    pub async fn for_browsers_with(more: &str) -> Self {
        Self::build(LOCALHOST, Setup { more, ..Setup::default() }).await
    }

    async fn build(front: Front, setup: Setup<'_>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let authority = (!setup.certificates.is_empty()).then(|| Arc::new(Authority::new(folder.path())));
        let mut more = setup.more.to_owned();
        for (name, hosts) in setup.certificates {
            authority.as_ref().expect("there are certificates").issue(folder.path(), name, hosts);
            more +=
                &format!("\n[[listen.certificate]]\ncert_file = \"{name}.pem\"\nkey_file = \"{name}.key\"\n");
        }
        let (jira, wiki) =
            (Product::new(ProductKind::Jira, demo_people()), Product::new(ProductKind::Wiki, demo_people()));
        let (jira_address, wiki_address) = (behind(jira.router()).await, behind(wiki.router()).await);
        let text = configuration(front, setup.listen, jira_address, wiki_address, &more);
        std::fs::write(folder.path().join("postern.toml"), &text).expect("the configuration is written");
        let settings = config::parse("postern.toml", &text, folder.path(), &|_| None)
            .unwrap_or_else(|errors| panic!("{errors}"));
        let entropy = Entropy::seeded(7);
        Keys::create(&settings.keys, &entropy).expect("keys");
        Store::create(&settings.database).await.expect("a store");
        let store = Store::open(&settings.database).await.expect("the store opens");
        let clock = Clock::manual(Timestamp::from_second(1_800_000_000).expect("a time"));
        let owner = owner(&settings, None).expect("one organization");
        import_directory(&store, &clock, &owner, PEOPLE.as_bytes(), "people.csv", |_| ())
            .await
            .expect("people");
        store.close().await;
        Self::run(folder, settings, clock, entropy, jira, wiki, authority, setup.tempo).await
    }

    #[expect(clippy::too_many_arguments, reason = "everything that outlives a restart")]
    async fn run(
        folder: TempDir,
        settings: config::settings::Settings,
        clock: Clock,
        entropy: Entropy,
        jira: Product,
        wiki: Product,
        authority: Option<Arc<Authority>>,
        tempo: wire::Tempo,
    ) -> Self {
        let mut app = App::build(settings, clock.clone(), entropy).await.expect("the gateway starts");
        let (stop, stopped) = watch::channel(false);
        let (listener, address) = listener().await;
        let (admin_listener, admin) = self::listener().await;
        tokio::spawn(app.upkeep(&stopped));
        tokio::spawn(postern::admin::serve(
            admin_listener,
            app.admin(),
            postern::app::stopping(stopped.clone()),
        ));
        let gateway = Arc::clone(&app.gateway);
        tokio::spawn(wire::serve_at(tempo, gateway, listener, stopped, Duration::from_secs(1)));
        Self { address, admin, clock, jira, wiki, app: Arc::new(app), folder, authority, tempo, stop }
    }

    /// Ends the gateway and starts another on the same files, as a restart does. The products live on.
    pub async fn restart(self) -> Self {
        let _ = self.stop.send(true);
        self.app.close().await;
        let text =
            std::fs::read_to_string(self.folder.path().join("postern.toml")).expect("the configuration");
        let settings =
            config::parse("postern.toml", &text, self.folder.path(), &|_| None).expect("the configuration");
        // Another seed: a restarted process does not repeat its randomness.
        let entropy = Entropy::seeded(8);
        let (authority, tempo) = (self.authority, self.tempo);
        Self::run(self.folder, settings, self.clock, entropy, self.jira, self.wiki, authority, tempo).await
    }

    /// A fresh browser at Jira.
    pub fn browser(&self) -> Browser {
        self.browser_at(JIRA)
    }

    /// A fresh browser at another host. Over TLS it speaks HTTP/1.1.
    pub fn browser_at(&self, host: &str) -> Browser {
        match &self.authority {
            Some(authority) => Browser::over_tls(Protocol::Http1, self.address, host, authority),
            None => Browser::new(self.address, host),
        }
    }

    /// A fresh browser at Jira that speaks this over TLS.
    pub fn browser_over(&self, protocol: Protocol) -> Browser {
        Browser::over_tls(protocol, self.address, JIRA, self.authority())
    }

    /// Who signed the certificates.
    pub fn authority(&self) -> &Authority {
        self.authority.as_ref().expect("this world has certificates")
    }

    /// The only organization, for imports.
    pub fn owner(&self) -> Owner {
        owner(&self.app.settings, None).expect("one organization")
    }

    /// Replaces a piece of the configuration and reads it again, as SIGHUP does. Says whether it was taken.
    pub fn reload(&self, from: &str, to: &str) -> Result<(), String> {
        let path = self.folder.path().join("postern.toml");
        let text = std::fs::read_to_string(&path).expect("the configuration");
        assert!(text.contains(from), "{from} is not in\n{text}");
        std::fs::write(&path, text.replace(from, to)).expect("the configuration is written");
        Reloader::new(&self.app).reload(&path).map_err(|errors| errors.to_string())
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
        // The mail worker looks at the clock when it is woken, and so does whoever watches something open.
        self.app.outbox.wake();
        self.app.directory.announce();
    }

    /// Sets the clock back, as somebody at the machine could.
    pub fn set_back(&self, by: Duration) {
        let Clock::Manual(millis) = &self.clock else {
            unreachable!("the clock of a world is moved by hand")
        };
        millis.fetch_sub(i64::try_from(by.as_millis()).expect("a short time"), Ordering::SeqCst);
    }

    /// One number from the database, read beside the gateway.
    pub async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&mut self.database().await).await.expect("a number")
    }

    /// The database, as another program opens it.
    pub async fn database(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.folder.path().join("postern.db"));
        options.connect().await.expect("the database opens")
    }

    /// All mails so far, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        mails_in(&self.folder.path().join("mail"))
    }

    /// The newest mail with a code to an address. The challenge page is answered after its mail was delivered, so no waiting is needed.
    pub fn newest_mail(&self, to: &str) -> Mail {
        super::newest_code_mail(self, to).unwrap_or_else(|| panic!("no mail to {to}"))
    }

    /// Serves the page that shows the mails, and says where.
    pub async fn mailbox(&self) -> SocketAddr {
        behind(demo::mailbox::router(self.folder.path().join("mail"))).await
    }

    /// How many requests other than introspections the Jira look-alike received since the record was cleared.
    pub fn reached_jira(&self) -> Vec<demo::Received> {
        let mut received = self.jira.received();
        received.retain(|request| request.path() != ProductKind::Jira.introspection_path());
        received
    }

    /// The exposed metrics.
    pub fn metrics(&self) -> String {
        self.app.metrics.expose().expect("metrics")
    }
}

/// The mails in a folder, oldest first.
pub fn mails_in(folder: &Path) -> Vec<Mail> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    paths.sort();
    paths.iter().map(|path| Mail::parse(&std::fs::read(path).expect("a mail"))).collect()
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

/// Serves a router on a port of its own, for sites that a test adds.
pub async fn behind(router: axum::Router) -> SocketAddr {
    let (listener, address) = listener().await;
    tokio::spawn(demo::serve(listener, router, std::future::pending()));
    address
}

fn configuration(front: Front, listen: &str, jira: SocketAddr, wiki: SocketAddr, more: &str) -> String {
    let Front { domain, scheme } = front;
    // Tests ask at once, and as often as they like, unless that is what they are about.
    let patience = if more.contains("[admin]") { "" } else { "[admin]\nrequests_per_minute = 1000000\n" };
    format!(
        r#"
[organization]
name = "Acme"

[listen]
proxy = "127.0.0.1:1"
admin = "127.0.0.1:2"
scheme = "{scheme}"
{listen}

[[site]]
host = "jira.{domain}"
product = "jira-software"
upstream = "http://{jira}"

[[site]]
host = "wiki.{domain}"
product = "confluence"
upstream = "http://{wiki}"

[mail]
from = "Acme access <access@acme.com>"
file = "mail"

[store]
url = "sqlite:postern.db"

[log]
access = false

{patience}
{more}
"#
    )
}
