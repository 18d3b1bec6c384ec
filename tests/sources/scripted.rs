//! An upstream that says of every session what a test tells it to, and remembers what it was asked.

use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;

use crate::support::client::Browser;
use crate::support::world::{World, behind};

/// What it answers when it is asked whose a session is.
#[derive(Clone, Debug)]
pub enum Says {
    /// A whole answer.
    Whole(StatusCode, &'static str, String),
    /// A body of this content type that never ends.
    Endless(&'static str),
    /// Nothing.
    Hangs,
}

/// An upstream.
#[derive(Clone)]
pub struct Scripted(Arc<Mutex<Script>>);

struct Script {
    says: Says,
    /// The targets of the questions.
    asked: Vec<String>,
    /// The cookies of what was forwarded; empty where there were none.
    forwarded: Vec<String>,
}

impl Scripted {
    /// A gateway before a scripted upstream at each of these hosts, with these keys in each `[site.introspect]`, and a
    /// browser at the first, with a session.
    pub async fn at(sites: &[(&str, &str)]) -> (World, Self, Browser) {
        let nothing = Says::Whole(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", String::new());
        let script = Script { says: nothing, asked: Vec::new(), forwarded: Vec::new() };
        let scripted = Self(Arc::new(Mutex::new(script)));
        let upstream = behind(Router::new().fallback(answer).with_state(scripted.clone())).await;
        let site = |(host, keys): &(&str, &str)| {
            format!(
                "[[site]]\nhost = \"{host}\"\nproduct = \"generic\"\nupstream = \"http://{upstream}\"\n[site.introspect]\n{keys}\n"
            )
        };
        let world = World::with(&sites.iter().map(site).collect::<String>()).await;
        let mut browser = world.browser_at(sites[0].0);
        browser.cookies.insert("session".to_owned(), "one".to_owned());
        (world, scripted, browser)
    }

    pub fn says(&self, says: Says) {
        self.0.lock().unwrap().says = says;
    }

    pub fn says_json(&self, body: &str) {
        self.says(Says::Whole(StatusCode::OK, "application/json; charset=utf-8", body.to_owned()));
    }

    pub fn says_page(&self, body: &str) {
        self.says(Says::Whole(StatusCode::OK, "text/html;charset=utf-8", body.to_owned()));
    }

    pub fn asked(&self) -> Vec<String> {
        self.0.lock().unwrap().asked.clone()
    }

    pub fn forwarded(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().forwarded)
    }
}

async fn answer(State(scripted): State<Scripted>, uri: Uri, headers: HeaderMap) -> Response {
    if headers.contains_key("x-forwarded-for") {
        let cookies = headers.get("cookie").map_or("", |line| line.to_str().unwrap()).to_owned();
        scripted.0.lock().unwrap().forwarded.push(cookies);
        return "the page".into_response();
    }
    let says = {
        let mut script = scripted.0.lock().unwrap();
        script.asked.push(uri.to_string());
        script.says.clone()
    };
    match says {
        Says::Whole(status, kind, body) => (status, [("content-type", kind)], body).into_response(),
        Says::Endless(kind) => {
            let blank =
                futures_util::stream::repeat_with(|| Ok::<_, io::Error>(Bytes::from_static(&[b' '; 4096])));
            ([("content-type", kind)], Body::from_stream(blank)).into_response()
        }
        Says::Hangs => std::future::pending().await,
    }
}
