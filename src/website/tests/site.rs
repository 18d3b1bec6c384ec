//! A real HTTPS server that answers as it is told, and a gateway that trusts its authority and finds it by a real name server.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex};

use hickory_server::proto::op::ResponseCode;
use hickory_server::proto::rr::{RData, RecordType};
use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::super::*;
use super::name_server::{NameServer, record};
use crate::config;
use crate::config::settings::Settings;

/// What the site does with a connection, once it has read the head of a request.
#[derive(Clone)]
pub(crate) enum Act {
    /// Sends this, and closes.
    Send(Vec<u8>),
    /// Sends the first, and then the second again and again.
    Repeat(Vec<u8>, Vec<u8>),
    /// Sends this, and then nothing more.
    Stall(Vec<u8>),
}

/// A web site at 127.0.0.1.
pub(crate) struct Site {
    /// Where it listens.
    pub(crate) port: u16,
    /// The head of each request.
    pub(crate) heads: Arc<Mutex<Vec<String>>>,
    folder: tempfile::TempDir,
}

/// How the site's certificate is.
pub(crate) struct Certificate {
    /// Whose it is.
    pub(crate) name: &'static str,
    /// The year that it ends with the beginning of.
    pub(crate) until: i32,
    /// Whether the settings trust its authority.
    pub(crate) is_trusted: bool,
}

/// The domain's own.
pub(crate) const GOOD: Certificate = Certificate { name: "corp.test", until: 2100, is_trusted: true };

/// A file of this content.
pub(crate) fn page(body: &str) -> Vec<u8> {
    answer("200 OK", "Content-Type: text/html", body)
}

/// An answer with these lines of its head.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\n{headers}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

impl Site {
    /// Starts one.
    pub(crate) async fn new(certificate: Certificate, act: Act) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(tls(folder.path(), &certificate)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&heads);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (acceptor, act, told) = (acceptor.clone(), act.clone(), Arc::clone(&told));
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    serve(stream, act, &told).await;
                });
            }
        });
        Self { port, heads, folder }
    }

    /// How the gateway would ask, with this name server.
    pub(crate) fn website(&self, server: SocketAddr) -> Website {
        let settings = self.settings(server);
        Website::new(&settings.domains, Resolver::new(&settings.dns))
    }

    /// That is, with these settings.
    pub(crate) fn settings(&self, server: SocketAddr) -> Settings {
        let text = format!(
            r#"
            organization.name = "Acme"
            listen.proxy = "127.0.0.1:0"
            mail = {{ from = "access@acme.com", file = "mails" }}
            store.url = "sqlite:postern.db"
            dns = {{ servers = ["{server}"], timeout = "5s", attempts = 1 }}
            domains = {{ ca_file = "ca.pem", allow_private_addresses = ["127.0.0.0/24"] }}
            [[site]]
            host = "jira.acme.com"
            product = "jira-software"
            upstream = "http://127.0.0.1:9"
            "#
        );
        config::parse("postern.toml", &text, self.folder.path(), &|_| None)
            .unwrap_or_else(|errors| panic!("{errors}"))
    }

    /// Fetches the file of corp.test from this site.
    pub(crate) async fn fetch(&self) -> Result<Bytes, WebsiteError> {
        let server = addresses(&["127.0.0.1"]).await;
        self.website(server.address).fetch_from(&corp(), self.port).await
    }

    /// How many requests came in.
    pub(crate) fn requests(&self) -> usize {
        self.heads.lock().unwrap().len()
    }
}

async fn serve(mut stream: TlsStream<TcpStream>, act: Act, heads: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    heads.lock().unwrap().push(String::from_utf8(head).unwrap());
    match act {
        Act::Send(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Act::Repeat(bytes, more) => {
            let _ = stream.write_all(&bytes).await;
            while stream.write_all(&more).await.is_ok() {}
        }
        Act::Stall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.flush().await;
            let _ = stream.read_u8().await;
        }
    }
}

/// The TLS of a site, with the authority that settings trust written into the folder.
fn tls(folder: &Path, wanted: &Certificate) -> ServerConfig {
    let authority = || {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name = DistinguishedName::new();
        let key = KeyPair::generate().unwrap();
        (params.self_signed(&key).unwrap().pem(), Issuer::new(params, key))
    };
    let ((pem, trusted), (_, other)) = (authority(), authority());
    std::fs::write(folder.join("ca.pem"), pem).unwrap();
    let mut params = CertificateParams::new(vec![wanted.name.to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(wanted.until, 1, 1);
    let key = KeyPair::generate().unwrap();
    let issuer = if wanted.is_trusted { &trusted } else { &other };
    let certificate = params.signed_by(&key, issuer).unwrap();
    ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )
        .unwrap()
}

/// A name server by which every name has these addresses.
pub(crate) async fn addresses(addresses: &[&str]) -> NameServer {
    let all: Vec<IpAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
    NameServer::start(move |name, kind, _, _| {
        let of_kind = all.iter().filter(|address| address.is_ipv4() == (kind == RecordType::A));
        Some((ResponseCode::NoError, of_kind.map(|address| record(name, RData::from(*address))).collect()))
    })
    .await
}

/// The domain of the tests.
pub(crate) fn corp() -> DomainName {
    DomainName::parse("corp.test").unwrap()
}
