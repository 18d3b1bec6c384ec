//! A real mail server in a process of its own (`smtp.py`, on aiosmtpd), and the certificates it shows.
//!
//! Every wait is for something the server says, bounded by [`PATIENCE`]; nothing here sleeps.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde::Deserialize;
use tokio::sync::mpsc;

use super::needs::left_out;

/// How long a test waits for what must happen; far more than any machine needs.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What the server says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Event {
    /// It is ready.
    Listening { port: u16 },
    /// It has a whole message.
    Mail(Received),
    /// It refused a recipient or a message for good.
    Refused { to: String },
    /// It refused a recipient for now.
    Deferred { to: String },
    /// It took a connection that it will never greet.
    Tarpit,
}

/// A message as the server has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Received {
    /// The address in `MAIL FROM`.
    pub sender: String,
    /// The addresses in `RCPT TO`.
    pub to: Vec<String>,
    /// Header and body, with CR LF.
    pub data: String,
    /// Whether it came over TLS.
    pub encrypted: bool,
    /// The client's port, which tells connections apart.
    pub peer: u16,
}

/// A running server; it ends with this value.
pub struct SmtpServer {
    /// Its port on the loopback address it was given.
    pub port: u16,
    child: Child,
    events: mpsc::UnboundedReceiver<Event>,
}

impl SmtpServer {
    /// Starts a server with these arguments of `smtp.py`. `None`, with a printed line, where there is no aiosmtpd.
    pub async fn start(arguments: &[&str]) -> Option<Self> {
        let python = python()?;
        let mut child = Command::new(python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/smtp.py"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, events) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).unwrap());
            }
        });
        let mut server = Self { port: 0, child, events };
        let Event::Listening { port } = server.next().await else { panic!("the first line is the port") };
        server.port = port;
        Some(server)
    }

    /// What the server says next.
    pub async fn next(&mut self) -> Event {
        let event = tokio::time::timeout(PATIENCE, self.events.recv()).await;
        event.expect("the mail server said nothing").expect("the mail server ended")
    }

    /// The next message; anything else the server says is a failure.
    pub async fn mail(&mut self) -> Received {
        match self.next().await {
            Event::Mail(received) => received,
            other => panic!("expected a mail, got {other:?}"),
        }
    }

    /// Lets a held message go (`--hold`).
    pub fn release(&mut self) {
        self.child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    }

    /// Ends the server and returns what it had said that nobody read.
    pub async fn stop(mut self) -> Vec<Event> {
        self.child.kill().unwrap();
        let mut unread = Vec::new();
        while let Some(event) = self.events.recv().await {
            unread.push(event);
        }
        unread
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A certificate for one host name, and the authority that signed it, as PEM files.
pub struct Certificates {
    /// For the server.
    pub cert: PathBuf,
    /// For the server.
    pub key: PathBuf,
    /// For the client to trust.
    pub ca: PathBuf,
    _folder: tempfile::TempDir,
}

impl Certificates {
    /// Makes both, for `host`.
    pub fn for_host(host: &str) -> Self {
        let mut authority = CertificateParams::new(vec![]).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_key = KeyPair::generate().unwrap();
        let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
        let issuer = Issuer::new(authority, authority_key);
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec![host.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, pem: String| {
            let path = folder.path().join(name);
            std::fs::write(&path, pem).unwrap();
            path
        };
        let (cert, key) = (write("cert.pem", leaf.pem()), write("key.pem", key.serialize_pem()));
        Self { cert, key, ca: write("ca.pem", authority_pem), _folder: folder }
    }
}

/// The Python that has the packages of `requirements.txt`: `POSTERN_TEST_PYTHON`, or a virtual environment under `target/` that is made when it
/// can be. Where neither works tests say so and pass, but not where `CI` is set.
pub fn python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = PYTHON.get_or_init(|| {
        let named = std::env::var_os("POSTERN_TEST_PYTHON").map(PathBuf::from);
        named.or_else(own_environment).filter(|python| has_packages(python))
    });
    if found.is_none() {
        left_out(
            "aiosmtpd",
            "set POSTERN_TEST_PYTHON to a Python that has aiosmtpd and websockets, or let `python3 -m venv` and pip work",
        );
    }
    found.as_deref()
}

/// One environment for all test processes; the lock is for those that start at once.
fn own_environment() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let environment = root.join("target/test-venv");
    let python = environment.join("bin/python");
    std::fs::create_dir_all(root.join("target")).ok()?;
    let lock = File::create(root.join("target/test-venv.lock")).ok()?;
    lock.lock().ok()?;
    if !has_packages(&python) {
        let requirements = root.join("tests/support/requirements.txt");
        let made = succeeds(Command::new("python3").args(["-m", "venv"]).arg(&environment));
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
        let filled = made && succeeds(Command::new(&python).args(pip).arg(requirements));
        return filled.then_some(python);
    }
    Some(python)
}

fn has_packages(python: &Path) -> bool {
    succeeds(Command::new(python).args(["-c", "import aiosmtpd, websockets"]).stderr(Stdio::null()))
}

fn succeeds(command: &mut Command) -> bool {
    command.status().is_ok_and(|status| status.success())
}
