//! TLS to products: whose certificate is believed, for which name, and what is said when it is not.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;

use super::{HOST, head};
use crate::support::process::Installation;
use crate::support::raw::{Raw, ask};
use crate::support::recorder::{Recorder, Step, site};
use crate::support::world::World;

/// The name in the recorder's certificate; nothing resolves it.
const NAME: &str = "jira.internal";

/// An authority of a test.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority"))
    }

    fn server(&self, name: &str) -> ServerConfig {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a configuration")
    }

    /// Its certificate as a file.
    fn write(&self, folder: &Path, name: &str) -> String {
        let path = folder.join(name);
        std::fs::write(&path, self.0.pem()).expect("a file");
        path.display().to_string()
    }
}

fn protected(host: &str, address: SocketAddr, name: &str, ca_file: &str) -> String {
    let tls = format!("[site.upstream_tls]\nname = \"{name}\"\nca_file = \"{ca_file}\"");
    site(host, &format!("https://{address}"), &tls)
}

fn code(body: &str) -> serde_json::Value {
    serde_json::from_str::<serde_json::Value>(body).map_or_else(|_| body.into(), |body| body["code"].clone())
}

fn question(host: &str) -> String {
    format!("GET /x HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer demo\r\n\r\n")
}

#[tokio::test]
async fn a_product_with_the_right_certificate_is_asked_for_pages_sessions_and_sockets() {
    let (folder, authority) = (tempfile::tempdir().expect("a folder"), Authority::new("One"));
    let recorder = Recorder::with_tls(authority.server(NAME)).await;
    recorder.knows("liam-1", "liam");
    let ca_file = authority.write(folder.path(), "ca.pem");
    let world = World::with(&protected(HOST, recorder.address, NAME, &ca_file)).await;

    let mut liam = world.browser_at(HOST);
    liam.cookies.insert("JSESSIONID".to_owned(), "liam-1".to_owned());
    let answer = liam.open("/page").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["person"]), (200, &"liam".into()), "{answer:?}");

    let shaken = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    recorder.script("/socket", [Step::send(shaken), Step::Echo]);
    let mut socket = Raw::connect(world.address).await;
    let lines = "Cookie: JSESSIONID=liam-1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                 Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    socket.send(format!("GET /socket HTTP/1.1\r\nHost: {HOST}\r\n{lines}\r\n")).await;
    assert_eq!(socket.answer().await.status, 101);
    socket.send("hello").await;
    assert_eq!(socket.bytes(5).await, b"hello");

    for connection in recorder.connections() {
        assert_eq!(connection.server_name.as_deref(), Some(NAME), "the name is asked for, not the address");
    }
    assert_eq!(recorder.connections().len(), 3, "one for questions, one for pages, one for the socket");
}

#[tokio::test]
async fn a_certificate_of_another_name_or_authority_gets_no_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    let (authority, other) = (Authority::new("One"), Authority::new("Other"));
    let recorder = Recorder::with_tls(authority.server(NAME)).await;
    let plain = Recorder::start().await;
    let (right, wrong) = (authority.write(folder.path(), "ca.pem"), other.write(folder.path(), "other.pem"));
    let untrusted = format!(
        "[site.upstream_tls]\nname = \"{NAME}\"" // No file: the machine's authorities, none of which signed it.
    );
    let sites = [
        protected("name.test", recorder.address, "wiki.internal", &right),
        protected("authority.test", recorder.address, NAME, &wrong),
        site("machine.test", &format!("https://{}", recorder.address), &untrusted),
        protected("plain.test", plain.address, NAME, &right),
    ];
    let world = World::with(&sites.join("\n")).await;
    for host in ["name.test", "authority.test", "machine.test", "plain.test"] {
        let answer = ask(world.address, question(host)).await;
        assert_eq!((answer.status, code(&answer.body)), (502, "upstream-unreachable".into()), "{host}");
        let mut liam = world.browser_at(host);
        liam.cookies.insert("JSESSIONID".to_owned(), "liam-1".to_owned());
        let answer = liam.fetch("/page").await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (503, &"identity-unavailable".into()));
    }
    assert!(recorder.forwarded().is_empty() && plain.forwarded().is_empty());
    assert!(recorder.connections().iter().all(|connection| connection.bytes.is_empty()));
    let readable = plain.connections().iter().any(|connection| connection.bytes.starts_with(b"GET"));
    assert!(!readable, "no request is tried in the clear");
}

#[tokio::test]
async fn a_connection_of_one_trust_never_serves_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let (authority, other) = (Authority::new("One"), Authority::new("Other"));
    let recorder = Recorder::with_tls(authority.server(NAME)).await;
    let (right, wrong) = (authority.write(folder.path(), "ca.pem"), other.write(folder.path(), "other.pem"));
    let sites = [
        protected("right.test", recorder.address, NAME, &right),
        protected("wrong.test", recorder.address, NAME, &wrong),
        protected("again.test", recorder.address, NAME, &right),
    ];
    let world = World::with(&sites.join("\n")).await;
    for _ in 0..3 {
        // The idle connection of the first site leads to the address of the second.
        assert_eq!(ask(world.address, question("right.test")).await.status, 200);
        assert_eq!(ask(world.address, question("wrong.test")).await.status, 502);
    }
    assert_eq!(ask(world.address, question("again.test")).await.status, 200);
}

#[tokio::test]
async fn a_protected_answer_that_is_cut_off_is_not_taken_for_whole() {
    let (folder, authority) = (tempfile::tempdir().expect("a folder"), Authority::new("One"));
    let recorder = Recorder::with_tls(authority.server(NAME)).await;
    let ca_file = authority.write(folder.path(), "ca.pem");
    let world = World::with(&protected(HOST, recorder.address, NAME, &ca_file)).await;
    // Without a length the answer ends with the connection, which anybody on the way can end; TLS has a word for a real end.
    recorder.script("/cut", [Step::send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf"), Step::Close]);
    let mut connection = Raw::connect(world.address).await;
    connection.send(head("GET", "/cut", "")).await;
    let seen = String::from_utf8(connection.rest().await).expect("text");
    assert!(seen.contains("\r\n4\r\nhalf\r\n") && !seen.ends_with("0\r\n\r\n"), "{seen:?}");
}

#[tokio::test]
async fn the_log_says_once_why_a_certificate_was_refused() {
    let (authority, other) = (Authority::new("One"), Authority::new("Other"));
    let recorder = Recorder::with_tls(authority.server(NAME)).await;
    let installation = Installation::before(recorder.address, "");
    let wrong = other.write(installation.folder.path(), "other.pem");
    installation
        .configure(&(installation.configuration() + &protected(HOST, recorder.address, NAME, &wrong)));
    assert_eq!(installation.command(&["init"]).await.code, Some(0));
    let mut gateway = installation.start().await;
    assert_eq!(ask(gateway.address, question(HOST)).await.status, 502);
    let said = gateway.process.says("no connection to an upstream could be opened").await.stderr;
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("certificate")).collect();
    assert!(lines.len() == 1 && lines[0].contains("UnknownIssuer"), "{said}");
    assert!(!said.contains("Bearer") && !said.contains("demo"), "{said}");
}
