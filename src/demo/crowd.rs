//! A small look-alike of Crowd's REST resource for sessions, as single sign-on uses it: who a token belongs to.
//!
//! Like Crowd it knows its applications by name and password, and a token only together with the address it was given to.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{credential::basic, lock, people::Person};

/// The application that may ask, by name and password.
pub const CROWD_APPLICATION: (&str, &str) = ("postern", "demo-crowd");

/// A running Crowd look-alike. Clones share one state.
#[derive(Clone, Debug, Default)]
pub struct Crowd {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    people: Vec<Person>,
    /// Token → whose it is, where it was given out, and how long it lives.
    sessions: HashMap<String, Session>,
    /// The proxies whose `X-Forwarded-For` is believed.
    trusted: Vec<IpAddr>,
    /// How often it was asked.
    questions: u32,
}

#[derive(Debug, Clone)]
struct Session {
    username: String,
    address: String,
    until: Instant,
}

/// Crowd takes the factors in any order; the two that single sign-on uses are told apart by name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Factors {
    validation_factors: Vec<Factor>,
}

#[derive(Debug, Deserialize)]
struct Factor {
    name: String,
    value: String,
}

impl Crowd {
    /// A Crowd with these people, and nobody signed in.
    pub fn new(people: Vec<Person>) -> Self {
        let crowd = Self::default();
        lock(&crowd.inner).people = people;
        crowd
    }

    /// Believes what a proxy at this address says of its clients.
    pub fn trust(&self, proxy: IpAddr) {
        lock(&self.inner).trusted.push(proxy);
    }

    /// Everything it answers, below `/crowd`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/crowd/rest/usermanagement/1/session/{token}", post(validate))
            .with_state(self.clone())
    }

    /// Signs somebody in who comes from this address, and returns the token.
    pub fn sign_in(&self, username: &str, address: &str, lifetime: Duration) -> String {
        let token = format!("{:032x}", rand::random::<u128>());
        let until = Instant::now() + lifetime;
        let session = Session { username: username.to_owned(), address: address.to_owned(), until };
        lock(&self.inner).sessions.insert(token.clone(), session);
        token
    }

    /// Ends a session.
    pub fn sign_out(&self, token: &str) {
        lock(&self.inner).sessions.remove(token);
    }

    /// Changes a person; false when nobody has that name.
    pub fn change(&self, username: &str, change: impl FnOnce(&mut Person)) -> bool {
        let mut inner = lock(&self.inner);
        let found = inner.people.iter_mut().find(|person| person.username == username);
        found.map(change).is_some()
    }

    /// How often it was asked whose a token is.
    pub fn questions(&self) -> u32 {
        lock(&self.inner).questions
    }

    /// Whom a token signs in at a product that uses it.
    pub(super) fn owner(&self, token: &str) -> Option<String> {
        let inner = lock(&self.inner);
        let session = inner.sessions.get(token).filter(|session| Instant::now() < session.until)?;
        Some(session.username.clone())
    }
}

async fn validate(
    State(crowd): State<Crowd>,
    Path(token): Path<String>,
    headers: HeaderMap,
    Json(factors): Json<Factors>,
) -> Response {
    let mut inner = lock(&crowd.inner);
    inner.questions += 1;
    let application = basic(&headers);
    if application.as_ref().map(|(name, password)| (name.as_str(), password.as_str()))
        != Some(CROWD_APPLICATION)
    {
        return (StatusCode::UNAUTHORIZED, "Application failed to authenticate").into_response();
    }
    let session = inner.sessions.get(&token).filter(|session| Instant::now() < session.until);
    let Some(session) = session.filter(|session| session.address == factors.address(&inner.trusted)) else {
        return refusal(StatusCode::NOT_FOUND, "INVALID_SSO_TOKEN", "Token does not validate.");
    };
    let Some(person) = inner.people.iter().find(|person| person.username == session.username) else {
        return refusal(StatusCode::BAD_REQUEST, "INVALID_USER_AUTHENTICATION", "User does not exist.");
    };
    Json(json!({ "expand": "user", "token": token, "user": user(person) })).into_response()
}

impl Factors {
    /// The address of the person: the one that a trusted proxy names, else the one that connected.
    fn address(&self, trusted: &[IpAddr]) -> &str {
        let factor = |name: &str| {
            let found = self.validation_factors.iter().find(|factor| factor.name == name);
            found.map(|factor| factor.value.as_str())
        };
        let remote = factor("remote_address").unwrap_or_default();
        let by_proxy = remote.parse().is_ok_and(|address: IpAddr| trusted.contains(&address));
        factor("X-Forwarded-For").filter(|_| by_proxy).unwrap_or(remote)
    }
}

fn user(person: &Person) -> Value {
    json!({
        "name": person.username,
        "key": format!("32769:{}", person.wiki_key),
        "display-name": person.display_name,
        "email": person.email,
        "active": person.active,
    })
}

fn refusal(status: StatusCode, reason: &str, message: &str) -> Response {
    (status, Json(json!({ "reason": reason, "message": message }))).into_response()
}
