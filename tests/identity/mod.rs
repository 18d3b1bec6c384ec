//! Whose session it is, where the product is not the one to say: tokens of an issuer, and several sources at one site.

mod claims;
mod forged;
mod issuer;
mod keys;
mod sources;
mod warm;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};

use crate::support::client::{Answer, Browser, NAVIGATION};
use crate::support::world::{World, behind};
use issuer::{ISSUER, Issuer, RSA, Signer};

/// The host of the site that takes tokens.
const APP: &str = "app.test";

/// When the clock of every world begins.
const NOW: i64 = 1_800_000_000;

/// A gateway before a server that records what reaches it, and whose sessions are the tokens of an issuer.
struct Realm {
    world: World,
    issuer: Issuer,
    received: Arc<Mutex<Vec<HeaderMap>>>,
}

impl Realm {
    /// Tokens in the cookie `up_jwt`, signed with the first of the RSA keys.
    async fn start() -> Self {
        Self::with(&[&RSA[0]], "cookie = \"up_jwt\"\nalgorithms = [\"RS256\"]").await
    }

    /// As [`start`](Self::start), with these keys published and these lines in the source's section.
    async fn with(signers: &[&Signer], lines: &str) -> Self {
        let issuer = Issuer::start(signers).await;
        let received: Arc<Mutex<Vec<HeaderMap>>> = Arc::default();
        let upstream = behind(Router::new().fallback(record).with_state(Arc::clone(&received))).await;
        let url = issuer.url();
        let site = format!(
            "[[site]]\nhost = \"{APP}\"\nproduct = \"generic\"\nupstream = \"http://{upstream}\"\n\
             [[site.session]]\nsource = \"jwt\"\nissuer = \"{ISSUER}\"\naudience = \"app\"\njwks_url = \"{url}\"\n{lines}\n"
        );
        Self { world: World::with(&site).await, issuer, received }
    }

    fn browser(&self, token: &str) -> Browser {
        let mut browser = self.world.browser_at(APP);
        browser.cookies.insert("up_jwt".to_owned(), token.to_owned());
        browser
    }

    /// Loads a page with a token in the cookie.
    async fn open(&self, token: &str) -> Answer {
        self.browser(token).open("/page").await
    }

    /// Loads a page with these more headers and nothing else.
    async fn send(&self, more: &[(&str, &str)]) -> Answer {
        let headers = [&NAVIGATION[..], more].concat();
        self.world.browser_at(APP).send(http::Method::GET, "/page", &headers, "").await
    }

    /// What reached the server since it was last asked.
    fn received(&self) -> Vec<HeaderMap> {
        std::mem::take(&mut *self.received.lock().unwrap())
    }

    /// Whether a page load with this token is let through with it. Without it, it is a stranger's.
    async fn accepts(&self, token: &str) -> bool {
        let answer = self.open(token).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let received = self.received();
        assert_eq!(received.len(), 1);
        let carried = received[0].contains_key("cookie");
        assert!(carried || !format!("{received:?}").contains(token), "{received:?}");
        carried
    }
}

/// Liam's claims, valid for a quarter of an hour. He is managed, so a token that counts passes.
fn liam() -> Value {
    claims("liam", "liam@acme.com")
}

fn claims(sub: &str, email: &str) -> Value {
    json!({"iss": ISSUER, "aud": "app", "sub": sub, "email": email, "iat": NOW, "exp": NOW + 900})
}

/// Claims with one of them changed.
fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

/// The server names whose token it got, as products do.
async fn record(State(received): State<Arc<Mutex<Vec<HeaderMap>>>>, request: Request) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let cookies = request.headers().get("cookie").and_then(|line| line.to_str().ok()).unwrap_or_default();
    let header = request.headers().get("x-acme-token").and_then(|line| line.to_str().ok());
    let token = header.or(cookies.split("; ").find_map(|cookie| cookie.strip_prefix("up_jwt=")));
    let claims = token.and_then(|token| token.split('.').nth(1));
    let json = claims.and_then(|claims| data_encoding::BASE64URL_NOPAD.decode(claims.as_bytes()).ok());
    let claims: Value = json.and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default();
    let name = claims["sub"].as_str().unwrap_or("anonymous");
    headers.insert("x-ausername", name.parse().unwrap());
    received.lock().unwrap().push(request.headers().clone());
    headers
}
