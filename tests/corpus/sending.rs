//! A request in bytes: by hand for HTTP/1.1, whatever they are, and by a library for HTTP/2, as far as it can be valid there.

use bytes::Bytes;
use http::uri::{Authority, PathAndQuery, Scheme, Uri};
use http::{HeaderName, HeaderValue, Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::case::Shot;
use crate::support::tls::Client;
use crate::support::world::World;

/// Lines that HTTP/2 has no place for, or that mean something else there.
const ONLY_HTTP1: [&str; 8] = [
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// An answer, as much of it as both versions have. Without one the status is 0.
#[derive(Debug, Default)]
pub struct Answered {
    /// Its status.
    pub status: u16,
    /// Its `Location`, empty without one.
    pub location: String,
    /// Its body, empty where that was not read.
    pub body: String,
}

impl Answered {
    /// Whether this asks for a code. A `HEAD` is told by its status alone.
    pub fn is_challenge(&self, method: &str) -> bool {
        match self.status {
            303 => self.location.starts_with("/.postern/challenge"),
            401 => method == "HEAD" || self.body.contains("challenge_url"),
            _ => false,
        }
    }
}

/// The bytes of a request with this cookie line, empty for none.
pub fn http1(shot: &Shot, cookie: &str) -> Vec<u8> {
    let mut bytes =
        [shot.method.as_bytes(), b" ", &shot.target, b" ", shot.version.as_bytes(), b"\r\n"].concat();
    let mut line = |name: &str, value: &[u8]| bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
    if let Some(host) = shot.host {
        line("Host", host.as_bytes());
    }
    if !cookie.is_empty() {
        line("Cookie", cookie.as_bytes());
    }
    for (name, value) in &shot.lines {
        line(name, value);
    }
    let body = shot.body.as_deref().unwrap_or_default();
    if shot.body.is_some() && !shot.is_framed() {
        line("Content-Length", body.len().to_string().as_bytes());
    }
    [&bytes, b"\r\n".as_slice(), body].concat()
}

/// The same for HTTP/2; `None` where it would be no valid request, or another one.
pub fn http2(shot: &Shot, cookie: &str) -> Option<Request<Full<Bytes>>> {
    let target = PathAndQuery::try_from(shot.target.as_slice()).ok()?;
    if shot.target.first() != Some(&b'/')
        || target.as_str().as_bytes() != shot.target
        || shot.version != "HTTP/1.1"
    {
        return None;
    }
    let authority = Authority::try_from(shot.host?).ok()?;
    let uri =
        Uri::builder().scheme(Scheme::HTTPS).authority(authority).path_and_query(target).build().ok()?;
    let method = Method::from_bytes(shot.method.as_bytes()).ok()?;
    let mut request = Request::builder().method(method).uri(uri);
    if !cookie.is_empty() {
        request = request.header("cookie", cookie);
    }
    for (name, value) in &shot.lines {
        let is_valid =
            value.trim_ascii() == value && !ONLY_HTTP1.iter().any(|only| only.eq_ignore_ascii_case(name));
        let name = HeaderName::from_bytes(name.as_bytes()).ok().filter(|_| is_valid)?;
        request = request.header(name, HeaderValue::from_bytes(value).ok()?);
    }
    request.body(Full::from(shot.body.clone().unwrap_or_default())).ok()
}

/// A connection of HTTP/2, opened anew where it has ended.
pub struct Http2<'a> {
    world: &'a World,
    host: &'static str,
    sender: SendRequest<Full<Bytes>>,
}

impl<'a> Http2<'a> {
    /// Connects, asking for this host.
    pub async fn connect(world: &'a World, host: &'static str) -> Self {
        let client = Client::trusting(world.authority()).speaking(&[b"h2"]);
        let stream = client.connect(world.address, host).await.expect("TLS");
        let (sender, connection) =
            handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("a connection of HTTP/2");
        tokio::spawn(connection);
        Self { world, host, sender }
    }

    /// Sends a request and waits for the whole answer.
    pub async fn ask(&mut self, request: Request<Full<Bytes>>) -> Answered {
        if self.sender.ready().await.is_err() {
            *self = Self::connect(self.world, self.host).await;
        }
        let Ok(response) = self.sender.send_request(request).await else { return Answered::default() };
        let (head, body) = response.into_parts();
        let Ok(body) = body.collect().await else { return Answered::default() };
        let location = head.headers.get("location").and_then(|value| value.to_str().ok());
        Answered {
            status: head.status.as_u16(),
            location: location.unwrap_or_default().to_owned(),
            body: String::from_utf8_lossy(&body.to_bytes()).into_owned(),
        }
    }
}
