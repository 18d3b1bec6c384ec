//! A server that a script sets up: on a port of its own, with a folder that goes with it. It never outlives its value.

use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tempfile::TempDir;

/// What a server on a loaded machine may take until it answers.
const PATIENCE: Duration = Duration::from_secs(60);
const PERIOD: Duration = Duration::from_millis(25);

/// An address that nobody listens on. It has to be known before the server is, because the gateway's configuration names
/// the server and the server's names the gateway.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address")
}

/// A running server.
pub struct Server {
    /// Its data; what it logged is in `log`.
    pub folder: TempDir,
    child: Child,
}

impl Server {
    /// Runs `servers/SCRIPT FOLDER ADDRESS ARGUMENTS...`, which makes a server and becomes it, until each of `pages` was
    /// answered with 200. The first look at a page is slow, and the gateway's questions are not patient.
    pub async fn start(script: &str, address: SocketAddr, arguments: &[&str], pages: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let log = std::fs::File::create(folder.path().join("log")).expect("a log");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real/servers").join(script);
        let child = Command::new(script)
            .arg(folder.path())
            .arg(address.to_string())
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(log.try_clone().expect("a log"))
            .stdout(log)
            // Its workers join its group, so that they can be ended with it.
            .process_group(0)
            .spawn()
            .expect("the script starts");
        let mut server = Self { folder, child };
        let answers = async {
            for page in pages {
                server.answers(&format!("http://{address}{page}")).await;
            }
        };
        let answers = tokio::time::timeout(PATIENCE, answers).await;
        assert!(answers.is_ok(), "the server never answered: {}", server.said());
        server
    }

    /// What it logged.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    async fn answers(&mut self, page: &str) {
        let client = hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new())
            .build_http::<http_body_util::Empty<bytes::Bytes>>();
        let page: http::Uri = page.parse().expect("an address");
        loop {
            let ended = self.child.try_wait().expect("a child of ours");
            assert!(ended.is_none(), "the server ended: {}", self.said());
            match client.get(page.clone()).await {
                Ok(answer) if answer.status() == http::StatusCode::OK => return,
                Ok(_) | Err(_) => tokio::time::sleep(PERIOD).await,
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(group) = i32::try_from(self.child.id()) {
            let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
        }
        let _ = self.child.wait();
    }
}
