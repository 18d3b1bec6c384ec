//! A browser as far as HTTP goes: cookies kept per host, redirects followed only when asked, and nothing retried.
//!
//! It speaks plain HTTP/1.1 to the usual world, and HTTP/1.1 or HTTP/2 over TLS to one that has certificates. A table of
//! requests is tried over both by one loop; what `send` is given is the same, and over HTTP/2 the host goes into
//! `:authority` unless the table names a `host` of its own:
//!
//! ```ignore
//! let world = World::over_tls().await;
//! for protocol in Protocol::BOTH {
//!     let mut browser = world.browser_over(protocol);
//!     for (method, target, headers, body) in table { browser.send(method, target, headers, body).await; }
//! }
//! ```

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioExecutor;
use rustls::ClientConfig;

use super::tls::{Authority, Client as TlsClient};
use super::world::World;

/// What a page load of a browser says of itself.
pub const NAVIGATION: [(&str, &str); 4] = [
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-site", "none"),
];
/// What a script's fetch says.
pub const FETCH: [(&str, &str); 4] = [
    ("accept", "*/*"),
    ("sec-fetch-mode", "cors"),
    ("sec-fetch-dest", "empty"),
    ("sec-fetch-site", "same-origin"),
];

/// What a browser speaks over TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2.
    Http2,
}

impl Protocol {
    /// Both of them, for tables.
    pub const BOTH: [Self; 2] = [Self::Http1, Self::Http2];
}

/// A browser at one host.
#[derive(Clone)]
pub struct Browser {
    client: Client<HttpsConnector<HttpConnector<ToGateway>>, Full<Bytes>>,
    /// `None` is plain HTTP/1.1.
    protocol: Option<Protocol>,
    address: SocketAddr,
    /// The host it asks for.
    pub host: String,
    /// The origin of the pages it shows.
    pub origin: String,
    /// Its cookies by name.
    pub cookies: BTreeMap<String, String>,
    /// The languages it asks for; empty for none.
    pub languages: &'static str,
    /// Those that it has at other hosts.
    pub elsewhere: BTreeMap<String, BTreeMap<String, String>>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

impl Answer {
    /// A header as text, empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// The value of a hidden field of a form of ours.
    pub fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let rest = self.body.split(&start).nth(1).unwrap_or_else(|| panic!("no field {name}: {}", self.body));
        let value = rest.split('"').next().expect("an end");
        [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")]
            .into_iter()
            .fold(value.to_owned(), |value, (escaped, plain)| value.replace(escaped, plain))
    }

    /// The cookies it sets, whole lines.
    pub fn set_cookies(&self) -> Vec<&str> {
        let lines = self.headers.get_all("set-cookie").iter();
        lines.map(|line| line.to_str().expect("a cookie")).collect()
    }

    /// Whether this is the way to the challenge.
    pub fn is_challenge(&self) -> bool {
        self.status == StatusCode::SEE_OTHER && self.header("location").contains("/.postern/challenge?")
    }
}

impl Browser {
    /// A browser without cookies.
    pub fn new(address: SocketAddr, host: &str) -> Self {
        let client = client(connector(address), None, TlsClient::default().config());
        Self::with(client, None, address, host)
    }

    /// A browser without cookies that speaks TLS, and trusts this authority.
    pub fn over_tls(protocol: Protocol, address: SocketAddr, host: &str, authority: &Authority) -> Self {
        let config = TlsClient::trusting(authority).config();
        Self::with(client(connector(address), Some(protocol), config), Some(protocol), address, host)
    }

    fn with(
        client: Client<HttpsConnector<HttpConnector<ToGateway>>, Full<Bytes>>,
        protocol: Option<Protocol>,
        address: SocketAddr,
        host: &str,
    ) -> Self {
        let origin = format!("https://{host}");
        let (host, cookies, elsewhere) = (host.to_owned(), BTreeMap::new(), BTreeMap::new());
        Self { client, protocol, address, host, origin, cookies, elsewhere, languages: "" }
    }

    /// Connects anew from another address of this machine (`127.0.x.1`), as from another network. In the clear.
    pub fn connecting_from(mut self, local: impl Into<IpAddr>) -> Self {
        let mut connector = connector(self.address);
        connector.set_local_address(Some(local.into()));
        self.client = client(connector, None, TlsClient::default().config());
        self
    }

    /// The same browser after the gateway was started anew.
    pub fn follow_to(&mut self, world: &World) {
        let (cookies, elsewhere) = (std::mem::take(&mut self.cookies), std::mem::take(&mut self.elsewhere));
        *self = Self { cookies, elsewhere, ..world.browser_at(&self.host) };
    }

    /// Goes to another host, with the cookies that it has there.
    pub fn go_to(&mut self, host: &str) {
        if self.host == host {
            return;
        }
        let there = self.elsewhere.remove(host).unwrap_or_default();
        let left = std::mem::replace(&mut self.host, host.to_owned());
        self.elsewhere.insert(left, std::mem::replace(&mut self.cookies, there));
        self.origin = format!("https://{host}");
    }

    /// Loads what an answer leads to, and says where that was. Where it is looked whether a proof is kept is gone through.
    pub async fn go_on(&mut self, answer: &Answer) -> (String, Answer) {
        let (place, next) = self.one_step(answer).await;
        let is_on_the_way = place.contains("/.postern/arrived?") && next.status.is_redirection();
        if is_on_the_way { self.one_step(&next).await } else { (place, next) }
    }

    async fn one_step(&mut self, answer: &Answer) -> (String, Answer) {
        let location = answer.header("location");
        assert!(answer.status.is_redirection() && !location.is_empty(), "{}: {}", answer.status, answer.body);
        let path = match location.split_once("://") {
            None => location,
            Some((_, address)) => {
                let (authority, _) = address.split_once('/').expect("a path");
                self.go_to(authority.split(':').next().expect("a host"));
                address.strip_prefix(authority).expect("a path")
            }
        };
        let (place, path) = (format!("{}{path}", self.host), path.to_owned());
        (place, self.open(&path).await)
    }

    /// Loads a page as a browser does, through all redirects; gives the page and where it went on the way.
    pub async fn settle(&mut self, target: &str) -> (Vec<String>, Answer) {
        let (mut way, mut answer) = (Vec::new(), self.open(target).await);
        while answer.status.is_redirection() {
            let (place, next) = self.go_on(&answer).await;
            way.push(place);
            answer = next;
            assert!(way.len() < 20, "a loop: {way:?}");
        }
        (way, answer)
    }

    /// Sends a request with exactly these headers, `Host` and the cookies, and keeps what cookies come back.
    pub async fn send(
        &mut self,
        method: Method,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        self.try_send(method, target, headers, body).await.expect("an answer")
    }

    /// As [`send`](Self::send), before a gateway that may not answer: `None` without a whole answer.
    pub async fn try_send(
        &mut self,
        method: Method,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Option<Answer> {
        let uri = match self.protocol {
            Some(_) => format!("https://{}{target}", self.host),
            None => format!("http://{}{target}", self.address),
        };
        let mut request = Request::builder().method(method).uri(uri);
        if self.protocol != Some(Protocol::Http2) && !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", &self.host);
        }
        if !self.cookies.is_empty() && !headers.iter().any(|(name, _)| *name == "cookie") {
            request = request.header("cookie", self.cookie_header());
        }
        if !self.languages.is_empty() {
            request = request.header("accept-language", self.languages);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::from(body.to_owned())).expect("a request");
        let response = self.client.request(request).await.ok()?;
        let (head, body) = response.into_parts();
        for line in head.headers.get_all("set-cookie") {
            self.keep(line.to_str().expect("a cookie"));
        }
        let body = body.collect().await.ok()?.to_bytes();
        let body = String::from_utf8_lossy(&body).into_owned();
        Some(Answer { status: head.status, headers: head.headers, body })
    }

    /// Loads a page.
    pub async fn open(&mut self, target: &str) -> Answer {
        self.send(Method::GET, target, &NAVIGATION, "").await
    }

    /// Asks from a script.
    pub async fn fetch(&mut self, target: &str) -> Answer {
        self.send(Method::GET, target, &FETCH, "").await
    }

    /// Posts a form from a page of the same site.
    pub async fn post(&mut self, target: &str, fields: &[(&str, &str)]) -> Answer {
        self.try_post(target, fields).await.expect("an answer")
    }

    /// As [`post`](Self::post), before a gateway that may not answer.
    pub async fn try_post(&mut self, target: &str, fields: &[(&str, &str)]) -> Option<Answer> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let origin = self.origin.clone();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", &origin),
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
            ("accept", "text/html"),
        ];
        self.try_send(Method::POST, target, &headers, &body).await
    }

    /// Signs in at the product, as its login form does.
    pub async fn sign_in(&mut self, username: &str) {
        let page = if self.host.starts_with("wiki") { "/dologin.action" } else { "/login.jsp" };
        let answer = self.post(page, &[("os_username", username), ("os_password", "demo")]).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{username} signs in: {}", answer.body);
    }

    /// Signs out at the product.
    pub async fn sign_out(&mut self) {
        let page =
            if self.host.starts_with("wiki") { "/logout.action" } else { "/secure/Logout!default.jspa" };
        let answer = self.open(page).await;
        assert!(answer.status.is_success() || answer.status.is_redirection(), "{}", answer.body);
    }

    /// The `Cookie` header it would send.
    pub fn cookie_header(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, line: &str) {
        let (name, value) = line.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
        if line.contains("Max-Age=0") || value.is_empty() {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// Finds every host at the gateway.
#[derive(Clone, Copy)]
pub struct ToGateway(SocketAddr);

impl tower_service::Service<Name> for ToGateway {
    type Response = std::iter::Once<SocketAddr>;
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Name) -> Self::Future {
        std::future::ready(Ok(std::iter::once(self.0)))
    }
}

fn connector(gateway: SocketAddr) -> HttpConnector<ToGateway> {
    let mut connector = HttpConnector::new_with_resolver(ToGateway(gateway));
    connector.enforce_http(false);
    connector
}

fn client(
    connector: HttpConnector<ToGateway>,
    protocol: Option<Protocol>,
    config: ClientConfig,
) -> Client<HttpsConnector<HttpConnector<ToGateway>>, Full<Bytes>> {
    let builder = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http();
    let connector = match protocol {
        Some(Protocol::Http2) => builder.enable_http2().wrap_connector(connector),
        _ => builder.enable_http1().wrap_connector(connector),
    };
    let is_http2 = protocol == Some(Protocol::Http2);
    Client::builder(TokioExecutor::new()).set_host(false).http2_only(is_http2).build(connector)
}
