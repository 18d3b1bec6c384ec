//! A browser as far as HTTP goes: cookies kept per host, redirects followed only when asked, and nothing retried.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

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

/// A browser at one host.
#[derive(Clone)]
pub struct Browser {
    client: Client<HttpConnector, Full<Bytes>>,
    address: SocketAddr,
    /// The host it asks for.
    pub host: String,
    /// Its cookies by name.
    pub cookies: BTreeMap<String, String>,
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
        self.status == StatusCode::SEE_OTHER && self.header("location").starts_with("/.postern/challenge")
    }
}

impl Browser {
    /// A browser without cookies.
    pub fn new(address: SocketAddr, host: &str) -> Self {
        let client = client(HttpConnector::new());
        Self { client, address, host: host.to_owned(), cookies: BTreeMap::new() }
    }

    /// Connects anew from another address of this machine (`127.0.x.1`), as from another network.
    pub fn from_address(mut self, local: impl Into<IpAddr>) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_local_address(Some(local.into()));
        self.client = client(connector);
        self
    }

    /// The same browser after the gateway was started anew.
    pub fn follow_to(&mut self, world: &World) {
        *self = Self { cookies: std::mem::take(&mut self.cookies), ..Self::new(world.address, &self.host) };
    }

    /// Sends a request with exactly these headers, `Host` and the cookies, and keeps what cookies come back.
    pub async fn send(
        &mut self,
        method: Method,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let uri = format!("http://{}{target}", self.address);
        let mut request = Request::builder().method(method).uri(uri);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", &self.host);
        }
        if !self.cookies.is_empty() && !headers.iter().any(|(name, _)| *name == "cookie") {
            request = request.header("cookie", self.cookie_header());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::from(body.to_owned())).expect("a request");
        let response = self.client.request(request).await.expect("an answer");
        let (head, body) = response.into_parts();
        for line in head.headers.get_all("set-cookie") {
            self.keep(line.to_str().expect("a cookie"));
        }
        let body = body.collect().await.expect("a whole body").to_bytes();
        let body = String::from_utf8_lossy(&body).into_owned();
        Answer { status: head.status, headers: head.headers, body }
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
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let origin = format!("https://{}", self.host);
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", &origin),
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
            ("accept", "text/html"),
        ];
        self.send(Method::POST, target, &headers, &body).await
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

    /// Loads a page that must be challenged, and the challenge page after it.
    pub async fn challenge(&mut self, target: &str) -> Answer {
        let answer = self.open(target).await;
        assert!(answer.is_challenge(), "{target} is challenged: {} {}", answer.status, answer.body);
        let location = answer.header("location").to_owned();
        self.open(&location).await
    }

    /// Posts a code from a challenge page.
    pub async fn submit(&mut self, page: &Answer, code: &str) -> Answer {
        let (token, return_to) = (page.field("token"), page.field("return"));
        self.post("/.postern/verify", &[("token", &token), ("return", &return_to), ("code", code)]).await
    }

    /// Asks for another mail from a challenge page.
    pub async fn resend(&mut self, page: &Answer) -> Answer {
        let (token, return_to) = (page.field("token"), page.field("return"));
        self.post("/.postern/resend", &[("token", &token), ("return", &return_to)]).await
    }

    /// Signs in, meets the challenge and passes it.
    pub async fn verify(&mut self, world: &World, username: &str, email: &str) {
        self.sign_in(username).await;
        let page = self.challenge("/").await;
        let answer = self.submit(&page, &world.newest_mail(email).code()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
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

fn client(connector: HttpConnector) -> Client<HttpConnector, Full<Bytes>> {
    Client::builder(TokioExecutor::new()).set_host(false).build(connector)
}
