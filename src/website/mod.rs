//! The way to a domain's own web site, for the file that proves who owns it. Whoever may add a domain chooses where this
//! connects to, so it goes to public addresses alone, and to the very ones that were judged.
//!
//! A name is looked up once: its next answer may lead inside (DNS rebinding). Nothing leads on from the answer either, no
//! redirect and no second connection. What the file must say is the business of `domain/ownership.rs`.

#[cfg(test)]
pub(crate) mod tests;

use std::io;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::config::domains::{Authorities, Domains};
use crate::config::trust;
use crate::dns::{Answer, Resolver, Unanswered};
use crate::domain::domain_name::DomainName;
use crate::domain::public_address::is_public;

/// Any other port of a machine may be somebody else's (T150).
const PORT: u16 = 443;

/// The line is less than 200 bytes; the rest is room for spaces.
const MAX_FILE_BYTES: usize = 4 * 1024;

/// The least that hyper takes, and plenty for the head of an answer.
const MAX_HEAD_BYTES: usize = 8 * 1024;

/// How long one address may take to accept a connection, so that a dead one leaves time for the next.
const CONNECT_PATIENCE: Duration = Duration::from_secs(3);

/// Fetches files from the web sites of domains.
pub struct Website {
    resolver: Resolver,
    settings: Domains,
    /// [`PORT`], but for tests, which may not listen there.
    port: u16,
}

/// Why there is no file. Each is a sentence for who wants to prove the domain; none tells an address, as that may be one of a
/// network inside.
#[derive(Debug, thiserror::Error)]
pub enum WebsiteError {
    /// DNS has no address for the domain.
    #[error("the domain has no address in DNS, so it has no web site")]
    NoAddress,
    /// DNS gave no answer.
    #[error(transparent)]
    Dns(Unanswered),
    /// One of the domain's addresses is not public.
    #[error("the domain has an address that is not public, and no server inside is asked")]
    NotPublic,
    /// No address accepts a connection.
    #[error("the web site accepts no connection on port 443")]
    Unreachable,
    /// Its certificate is not trusted, or is another's, or TLS failed otherwise.
    #[error("the web site does not prove by TLS that it is the domain's: {0}")]
    Untrusted(io::Error),
    /// It sends people to another place.
    #[error(
        "the web site answers with a redirect, which is not followed: the file must be at this very address"
    )]
    Redirect,
    /// It has no such file, or does not hand it out.
    #[error("the web site answers with status {}", .0.as_u16())]
    Status(StatusCode),
    /// The file comes in another form than plain text.
    #[error("the web site sends the file compressed, or not as text/html or text/plain")]
    Form,
    /// The file is something else.
    #[error("the file is longer than 4 KiB, so it holds more than the line")]
    TooLong,
    /// The answer is no HTTP, or broke off.
    #[error("the web site's answer broke off or is no HTTP")]
    Broken(#[source] hyper::Error),
    /// All of it took too long.
    #[error("the web site took longer than {} s", .0.as_secs())]
    TooSlow(Duration),
    /// This machine trusts nobody.
    #[error("the gateway has no CA certificates to check a web site by")]
    NoAuthorities,
}

impl WebsiteError {
    /// Whether nobody answered in the domain's name, so that nothing is known of the file.
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Dns(_)
            | Self::Unreachable
            | Self::Untrusted(_)
            | Self::Broken(_)
            | Self::TooSlow(_)
            | Self::NoAuthorities => true,
            Self::Status(status) => status.is_server_error(),
            Self::NoAddress | Self::NotPublic | Self::Redirect | Self::Form | Self::TooLong => false,
        }
    }
}

impl Website {
    /// One that finds web sites by this resolver.
    pub fn new(settings: &Domains, resolver: Resolver) -> Self {
        Self { resolver, settings: settings.clone(), port: PORT }
    }

    /// The content of the file, at most 4 KiB.
    pub async fn fetch(&self, domain: &DomainName) -> Result<Bytes, WebsiteError> {
        self.fetch_from(domain, self.port).await
    }

    #[cfg(test)]
    pub(crate) fn at_port(self, port: u16) -> Self {
        Self { port, ..self }
    }

    async fn fetch_from(&self, domain: &DomainName, port: u16) -> Result<Bytes, WebsiteError> {
        let patience = self.settings.timeout;
        let fetched = tokio::time::timeout(patience, self.fetch_patiently(domain, port)).await;
        fetched.unwrap_or(Err(WebsiteError::TooSlow(patience)))
    }

    async fn fetch_patiently(&self, domain: &DomainName, port: u16) -> Result<Bytes, WebsiteError> {
        let addresses = match self.resolver.addresses(domain).await {
            Answer::Found(addresses) => addresses,
            Answer::Absent(_) => return Err(WebsiteError::NoAddress),
            Answer::Unknown(why) => return Err(WebsiteError::Dns(why)),
        };
        // One that may be asked does not excuse one that may not: which one is taken would be the stranger's choice.
        if !addresses.iter().all(|address| self.may_ask(*address)) {
            return Err(WebsiteError::NotPublic);
        }
        let tls = client(self.settings.authorities.as_ref()).ok_or(WebsiteError::NoAuthorities)?;
        let tcp = connect(&addresses, port).await.ok_or(WebsiteError::Unreachable)?;
        let name = ServerName::try_from(domain.to_string())
            .map_err(|error| WebsiteError::Untrusted(io::Error::other(error)))?;
        let stream = TlsConnector::from(tls).connect(name, tcp).await.map_err(WebsiteError::Untrusted)?;
        self.ask(domain, stream).await
    }

    fn may_ask(&self, address: IpAddr) -> bool {
        is_public(address) || self.settings.private_addresses.iter().any(|network| network.contains(&address))
    }

    async fn ask(&self, domain: &DomainName, stream: TlsStream<TcpStream>) -> Result<Bytes, WebsiteError> {
        let request = Request::get(format!("/{}", self.settings.prefix.file()))
            .header(HOST, domain.as_str())
            .header(USER_AGENT, "postern")
            .header(ACCEPT, "text/html, text/plain")
            .header(ACCEPT_ENCODING, "identity")
            .header(CONNECTION, "close")
            .body(Empty::<Bytes>::new())
            .expect("a prefix makes a path, and a domain a header");
        let mut http = http1::Builder::new();
        http.max_buf_size(MAX_HEAD_BYTES);
        let (mut sender, connection) =
            http.handshake(TokioIo::new(stream)).await.map_err(WebsiteError::Broken)?;
        // It ends with this set, and so with this function, whether that returns or is given up.
        let mut driven = JoinSet::new();
        driven.spawn(connection);
        let answer = sender.send_request(request).await.map_err(WebsiteError::Broken)?;
        read(answer).await
    }
}

/// A connection to the first address that accepts one.
async fn connect(addresses: &[IpAddr], port: u16) -> Option<TcpStream> {
    for address in addresses {
        let opened = tokio::time::timeout(CONNECT_PATIENCE, TcpStream::connect((*address, port))).await;
        if let Ok(Ok(stream)) = opened {
            return Some(stream);
        }
    }
    None
}

async fn read(answer: Response<Incoming>) -> Result<Bytes, WebsiteError> {
    let (head, body) = answer.into_parts();
    if head.status.is_redirection() {
        return Err(WebsiteError::Redirect);
    }
    if head.status != StatusCode::OK {
        return Err(WebsiteError::Status(head.status));
    }
    if !is_plain(&head.headers) {
        return Err(WebsiteError::Form);
    }
    match Limited::new(body, MAX_FILE_BYTES).collect().await {
        Ok(file) => Ok(file.to_bytes()),
        Err(error) => match error.downcast::<hyper::Error>() {
            Ok(broken) => Err(WebsiteError::Broken(*broken)),
            Err(error) => {
                debug_assert!(error.is::<LengthLimitError>(), "nothing else goes wrong with a bounded body");
                Err(WebsiteError::TooLong)
            }
        },
    }
}

/// A file, as web servers hand one out. An answer of some program, as JSON or as a download, may repeat what it was asked.
fn is_plain(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let is_text = ["text/html", "text/plain"].iter().any(|text| kind.eq_ignore_ascii_case(text));
    is_text && headers.get(CONTENT_ENCODING).is_none_or(|coding| coding == "identity")
}

/// For the authorities of the configuration, or else those of the machine, which are read when they are first needed.
fn client(authorities: Option<&Authorities>) -> Option<Arc<ClientConfig>> {
    static OF_THE_MACHINE: OnceLock<Option<Arc<ClientConfig>>> = OnceLock::new();
    let build = |roots| {
        trust::client(roots)
            .inspect_err(|error| tracing::error!(%error, "the machine's CA certificates cannot be used"))
            .map(Arc::new)
            .ok()
    };
    match authorities {
        Some(authorities) => build(Some(Arc::clone(&authorities.roots))),
        None => OF_THE_MACHINE.get_or_init(|| build(None)).clone(),
    }
}
