//! A look-alike served on a port of its own, and a client that follows no redirect and keeps no cookie.
//!
//! Start here for a new test; the promises are in the files beside this one.

use std::net::SocketAddr;

use axum::body::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use postern::demo::{Product, ProductKind, demo_people, serve};
use serde_json::Value;
use tokio::net::TcpListener;

/// The resource that says whose a session is.
pub const MYSELF: &str = "/rest/api/2/myself";
/// The form that signs Liam in.
pub const LIAM: &str = "os_username=liam&os_password=demo";

/// A served router, and a client for it that follows no redirect and keeps no cookie.
pub struct Site {
    pub address: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Site {
    pub async fn start(router: axum::Router) -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        tokio::spawn(serve(listener, router, std::future::pending()));
        Site { address, client: Client::builder(TokioExecutor::new()).build_http() }
    }

    pub async fn send(
        &self,
        method: Method,
        target: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("http://{}{target}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).expect("the test writes valid requests");
        let response = self.client.request(request).await.expect("the server answers");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the body ends").to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn get(&self, target: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, target, headers, "").await
    }

    pub async fn form(&self, target: &str, cookie: &str, body: &'static str) -> Answer {
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("cookie", cookie)];
        self.send(Method::POST, target, &headers, body).await
    }

    /// Signs in with the form and returns the `Cookie` line that a browser would send afterwards.
    pub async fn sign_in(&self, target: &str, body: &'static str) -> String {
        let answer = self.form(target, "", body).await;
        assert_eq!(answer.status, StatusCode::FOUND);
        answer.cookies().join("; ")
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("the header is text"))
    }

    pub fn reasons(&self) -> Vec<&str> {
        let lines = self.headers.get_all("x-seraph-loginreason");
        lines.iter().map(|value| value.to_str().expect("the header is text")).collect()
    }

    /// `name=value` of each `Set-Cookie`.
    pub fn cookies(&self) -> Vec<String> {
        let lines = self.headers.get_all("set-cookie").iter();
        let text = lines.map(|value| value.to_str().expect("the header is text"));
        text.map(|line| line.split(';').next().unwrap_or_default().to_owned()).collect()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).expect("the body is text")
    }
}

pub async fn jira() -> (Product, Site) {
    let product = Product::new(ProductKind::Jira, demo_people());
    let site = Site::start(product.router()).await;
    (product, site)
}

pub async fn wiki() -> (Product, Site) {
    let product = Product::new(ProductKind::Wiki, demo_people());
    let site = Site::start(product.router()).await;
    (product, site)
}
