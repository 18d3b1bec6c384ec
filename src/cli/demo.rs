//! `postern demo`: the whole gateway on loopback, with look-alikes to stand in front of and a mailbox to read codes in.
//!
//! It writes an ordinary configuration into its folder and runs it the ordinary way; only the products are not real.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::actions::import_directory::import_directory;
use crate::app::process;
use crate::clock::Clock;
use crate::config;
use crate::config::settings::Settings;
use crate::demo::{Product, ProductKind, demo_people, mailbox};
use crate::store::Store;
use crate::{demo, telemetry};

use super::{import, init};

/// Who is managed and who is not: the three rows of the managed-accounts example, and one more of each kind. Jane's first
/// address has a verified domain, but nobody claimed her account.
const PEOPLE: &str = "\
type,domain,email,name,username,claimed
domain,acme.com,,,,
account,,liam@acme.com,Liam Hart,liam,yes
account,,mia@acme.com,Mia Chen,mia,yes
account,,jane@acme.com,Jane Doe,jane,no
account,,jane@gmail.com,Jane Doe (personal),jane.personal,no
account,,omar@partner.example,Omar Aziz,omar,no
";

/// What the demo is asked to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where its data lies; a fresh folder by default.
    pub data: Option<PathBuf>,
    /// The first of its five ports.
    pub port_base: u16,
    /// How long a verification counts.
    pub frequency: String,
}

/// The demo's listeners, in the order of their ports.
struct Ports {
    gateway: u16,
    admin: u16,
    mailbox: u16,
    jira: u16,
    wiki: u16,
}

/// Runs the demo until Ctrl-C.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let ports = Ports::from(options.port_base)?;
    let folder = folder(options)?;
    let config = folder.join("postern.toml");
    write(&config, &configuration(&ports, &options.frequency))?;
    let settings = config::load(&config, &|_| None).map_err(|errors| anyhow::anyhow!("{errors}"))?;
    telemetry::log::init(&settings.log.level, false)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(prepare(&settings, &folder))?;
    serve_stand_ins(&runtime, &ports, &folder)?;
    process::serve(settings, &config, || println!("{}", welcome(&ports, &folder, options)))?;
    println!("\nStopped. Everything stays in {}; start again with --data {0}.", folder.display());
    Ok(())
}

impl Ports {
    fn from(base: u16) -> anyhow::Result<Self> {
        base.checked_add(4).context("--port-base must leave room for five ports below 65536")?;
        Ok(Self { gateway: base, admin: base + 1, mailbox: base + 2, jira: base + 3, wiki: base + 4 })
    }
}

fn folder(options: &Options) -> anyhow::Result<PathBuf> {
    let folder = match &options.data {
        Some(folder) => folder.clone(),
        None => fresh_folder()?,
    };
    fs::create_dir_all(&folder)
        .with_context(|| format!("the folder {} cannot be created", folder.display()))?;
    folder.canonicalize().with_context(|| format!("the folder {} cannot be used", folder.display()))
}

/// A new folder that only its owner can enter.
fn fresh_folder() -> anyhow::Result<PathBuf> {
    use std::os::unix::fs::DirBuilderExt as _;
    let name = format!(
        "postern-demo-{}",
        data_encoding::HEXLOWER.encode(&crate::entropy::Entropy::System.bytes::<4>())
    );
    let folder = std::env::temp_dir().join(name);
    fs::DirBuilder::new()
        .mode(0o700)
        .create(&folder)
        .with_context(|| format!("the folder {} cannot be created", folder.display()))?;
    Ok(folder)
}

fn configuration(ports: &Ports, frequency: &str) -> String {
    let Ports { gateway, admin, jira, wiki, .. } = ports;
    format!(
        r#"# Written by `postern demo`; the annotated reference is config/postern.toml in the sources.
[organization]
name = "Acme"

[listen]
proxy = "127.0.0.1:{gateway}"
admin = "127.0.0.1:{admin}"
scheme = "http"
drain = "2s"

[[site]]
host = "jira.localhost"
product = "jira-software"
upstream = "http://127.0.0.1:{jira}"

[[site]]
host = "wiki.localhost"
product = "confluence"
upstream = "http://127.0.0.1:{wiki}"

[verification]
frequency = {frequency:?}

[mail]
from = "Acme access <access@acme.com>"
file = "mail"

[store]
url = "sqlite:postern.db"

[log]
level = "warn"
format = "text"
access = false
"#
    )
}

async fn prepare(settings: &Settings, folder: &Path) -> anyhow::Result<()> {
    init::create(settings).await?;
    fs::create_dir_all(folder.join("mail")).context("the mail folder cannot be created")?;
    let people = folder.join("people.csv");
    write(&people, PEOPLE)?;
    let store = Store::open(&settings.database).await?;
    let name = people.display().to_string();
    let owner = import::owner(settings, None)?;
    import_directory(&store, &Clock::system(), &owner, PEOPLE.as_bytes(), &name, |_| ()).await?;
    store.close().await;
    Ok(())
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}

/// The products and the mailbox, for as long as the process lives.
fn serve_stand_ins(runtime: &Runtime, ports: &Ports, folder: &Path) -> anyhow::Result<()> {
    let jira = Product::new(ProductKind::Jira, demo_people()).router();
    let wiki = Product::new(ProductKind::Wiki, demo_people()).router();
    let mailbox = mailbox::router(folder.join("mail"));
    for (port, router) in [(ports.mailbox, mailbox), (ports.jira, jira), (ports.wiki, wiki)] {
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let listener = runtime.block_on(TcpListener::bind(address));
        let listener = listener
            .with_context(|| format!("cannot listen on {address}; choose other ports with --port-base"))?;
        runtime.spawn(serve(listener, router));
    }
    Ok(())
}

async fn serve(listener: TcpListener, router: axum::Router) {
    if let Err(error) = demo::serve(listener, router, std::future::pending()).await {
        tracing::error!(%error, "a stand-in failed");
    }
}

fn welcome(ports: &Ports, folder: &Path, options: &Options) -> String {
    let Ports { gateway, admin, mailbox, .. } = ports;
    format!(
        "
Postern stands before two look-alikes.

  Jira      http://jira.localhost:{gateway}/browse/DEMO-1
  Wiki      http://wiki.localhost:{gateway}/display/DEMO/Home
  Mailbox   http://127.0.0.1:{mailbox}/            the codes arrive here
  Metrics   http://127.0.0.1:{admin}/metrics

Sign in with the password \"demo\" as
  liam, mia              managed: they never meet Postern
  jane, jane.personal    external: asked for a code at the first page, then every {frequency}
  omar                   external, of another company

Data lies in {folder}. Ctrl-C ends it.",
        frequency = options.frequency,
        folder = folder.display(),
    )
}
