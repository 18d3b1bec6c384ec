//! The real binary in a process of its own, with the look-alikes in the test's process behind it. What it prints is
//! collected and can be waited for; it never outlives its value. `world.rs` is the gateway without a process.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use postern::demo::{Person, Product, ProductKind};
use tempfile::TempDir;
use tokio::sync::watch;

use super::client::Browser;
use super::world::{JIRA, Mail, behind, mails_in};

/// How long anything may take before the test gives up; far more than a busy machine needs.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// More limits than any test reaches.
pub const WIDE_LIMITS: &str = r#"
[limits]
sends_per_account = ["100000/1d"]
sends_per_network = ["100000/1d"]
sends = ["100000/1d"]
tries_per_account = ["100000/1d"]
tries_per_network = ["100000/1d"]
"#;

/// A folder with a configuration, keys and a store, as an operator has them.
pub struct Installation {
    /// Everything it owns.
    pub folder: TempDir,
}

/// A process, running or not any more.
pub struct Process {
    child: Child,
    /// What it printed so far.
    said: watch::Receiver<Said>,
    /// How long it may keep the test waiting.
    patience: Duration,
}

/// A gateway that serves.
pub struct Running {
    /// The data plane's address.
    pub address: SocketAddr,
    /// The admin listener's address.
    pub admin: SocketAddr,
    /// The process it is.
    pub process: Process,
}

/// What a process printed.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// On standard output.
    pub stdout: String,
    /// On standard error.
    pub stderr: String,
    /// How many of the two have ended.
    ended: u8,
}

/// How a process ended.
#[derive(Debug)]
pub struct Finished {
    /// Its exit code; none if a signal killed it.
    pub code: Option<i32>,
    /// All of its standard output.
    pub stdout: String,
    /// All of its standard error.
    pub stderr: String,
}

impl Installation {
    /// Made by `postern init`, before a Jira look-alike with these people. `more` is more configuration: whole sections.
    pub async fn with(people: Vec<Person>, more: &str) -> Self {
        let jira = Product::new(ProductKind::Jira, people);
        let installation = Self::before(behind(jira.router()).await, more);
        let made = installation.command(&["init"]).await;
        assert_eq!(made.code, Some(0), "{made:?}");
        installation
    }

    /// With a configuration alone, before any server.
    pub fn before(upstream: SocketAddr, more: &str) -> Self {
        let installation = Self { folder: tempfile::tempdir().expect("a folder") };
        installation.configure(&configuration(upstream, more));
        installation
    }

    /// A path in its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Its configuration as it stands.
    pub fn configuration(&self) -> String {
        std::fs::read_to_string(self.path("postern.toml")).expect("the configuration")
    }

    /// Writes another configuration.
    pub fn configure(&self, text: &str) {
        std::fs::write(self.path("postern.toml"), text).expect("the configuration is written");
    }

    /// Starts the binary with these arguments and this configuration.
    pub fn spawn(&self, arguments: &[&str]) -> Process {
        Process::spawn(&mut self.program(arguments))
    }

    fn program(&self, arguments: &[&str]) -> Command {
        // Another build of it, to compare: with another allocator, or an optimised one.
        let binary = std::env::var_os("POSTERN_TEST_BINARY");
        let mut command = Command::new(binary.unwrap_or(env!("CARGO_BIN_EXE_postern").into()));
        let config = self.path("postern.toml");
        command.args(arguments).env("POSTERN_CONFIG", config).current_dir(self.folder.path());
        command
    }

    /// Runs the binary to its end.
    pub async fn command(&self, arguments: &[&str]) -> Finished {
        self.spawn(arguments).finish().await
    }

    /// Runs the gateway until it serves, as `/readyz` has it.
    pub async fn start(&self) -> Running {
        Self::until_it_serves(self.spawn(&["run"])).await
    }

    /// The same for millions of requests: nobody keeps its access log, but it is written.
    pub async fn start_for_long(&self) -> Running {
        Self::until_it_serves(Process::spawn_with(&mut self.program(&["run"]), Stdio::null())).await
    }

    async fn until_it_serves(mut process: Process) -> Running {
        let said = process.says("\"serving\"").await;
        let line = said.stderr.lines().find(|line| line.contains("\"serving\"")).expect("it was said");
        let line: serde_json::Value = serde_json::from_str(line).expect("the log is JSON");
        let address = |key: &str| line[key].as_str().and_then(|text| text.parse().ok()).expect("an address");
        let running = Running { address: address("proxy"), admin: address("admin"), process };
        let ready = running.ask("/readyz").await;
        assert!(ready.contains("\"status\":\"ok\""), "{ready}");
        running
    }

    /// The newest mail to an address.
    pub fn newest_mail(&self, to: &str) -> Option<Mail> {
        mails_in(&self.path("mail")).into_iter().rfind(|mail| mail.to == to)
    }
}

impl Running {
    /// A fresh browser at Jira.
    pub fn browser(&self) -> Browser {
        Browser::new(self.address, JIRA)
    }

    /// The same browser after a restart: another address, the same cookies.
    pub fn again(&self, browser: &Browser) -> Browser {
        let mut again = Browser::new(self.address, &browser.host);
        again.cookies.clone_from(&browser.cookies);
        again.elsewhere.clone_from(&browser.elsewhere);
        again
    }

    /// A page of the admin listener.
    pub async fn ask(&self, page: &str) -> String {
        Browser::new(self.admin, &self.admin.to_string()).fetch(page).await.body
    }
}

impl Process {
    /// Starts a program that reads nothing.
    pub fn spawn(command: &mut Command) -> Self {
        Self::spawn_with(command, Stdio::piped())
    }

    fn spawn_with(command: &mut Command, stdout: Stdio) -> Self {
        command.stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let (sender, said) = watch::channel(Said::default());
        match child.stdout.take() {
            Some(out) => collect(out, sender.clone(), |said| &mut said.stdout),
            None => sender.send_modify(|said| said.ended += 1),
        }
        collect(child.stderr.take().expect("piped"), sender, |said| &mut said.stderr);
        Self { child, said, patience: PATIENCE }
    }

    /// Allows it more time than [`PATIENCE`].
    pub fn within(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until this text was printed, on either stream.
    pub async fn says(&mut self, text: &str) -> Said {
        let heard = |said: &Said| said.stdout.contains(text) || said.stderr.contains(text);
        let waiting = self.said.wait_for(|said| heard(said) || said.ended == 2);
        let said =
            tokio::time::timeout(self.patience, waiting).await.map(|said| said.expect("a reader").clone());
        match said {
            Ok(said) if heard(&said) => said,
            Ok(said) => panic!("it ended without {text:?}: {said:?}"),
            Err(_) => panic!("it never said {text:?}: {:?}", *self.said.borrow()),
        }
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        send_signal(self.id(), signal);
    }

    /// Waits for its end.
    pub async fn finish(mut self) -> Finished {
        let ended = tokio::time::timeout(self.patience, self.said.wait_for(|said| said.ended == 2)).await;
        let Ok(ended) = ended.map(|said| said.expect("a reader").clone()) else {
            panic!("it did not end: {:?}", *self.said.borrow())
        };
        // Both of its streams are closed, so this takes no time.
        let status = self.child.wait().expect("a child of ours");
        Finished { code: status.code(), stdout: ended.stdout, stderr: ended.stderr }
    }
}

/// Sends a signal to a child that was not waited for yet.
pub fn send_signal(id: u32, signal: Signal) {
    let id = i32::try_from(id).expect("a process id");
    kill(Pid::from_raw(id), signal).expect("it still runs");
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(
    stream: impl Read + Send + 'static,
    said: watch::Sender<Said>,
    text: impl Fn(&mut Said) -> &mut String + Send + 'static,
) {
    std::thread::spawn(move || {
        let mut lines = BufReader::new(stream);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            said.send_modify(|said| text(said).push_str(&String::from_utf8_lossy(&line)));
            line.clear();
        }
        said.send_modify(|said| said.ended += 1);
    });
}

/// Port 0 is a free one, which the log names.
fn configuration(jira: SocketAddr, more: &str) -> String {
    format!(
        r#"
[organization]
name = "Acme"

[listen]
proxy = "127.0.0.1:0"
admin = "127.0.0.1:0"
workers = 2
drain = "20s"

[[site]]
host = "{JIRA}"
product = "jira-software"
upstream = "http://{jira}"

[mail]
from = "Acme access <access@acme.com>"
file = "mail"

[store]
url = "sqlite:postern.db"

{more}
"#
    )
}
