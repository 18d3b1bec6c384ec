//! Who a request belongs to, decided in the order in which Atlassian's Seraph library decides it, weaknesses included:
//! a bad credential beside a good session is passed over in silence, a Basic call leaves a session behind, a
//! remember-me cookie alone signs in, and `os_username`/`os_password` in the query work on any URL.
//!
//! It must stay that weak: the gateway is tested against it. The answers' identity headers are written here too.

use std::sync::{Arc, Mutex};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use percent_encoding::{CONTROLS, utf8_percent_encode};

use super::{
    credential::{LoginParameters, basic, bearer, cookies, session_ids},
    lock, page,
    people::Person,
    product::{Product, ProductKind},
    session::REMEMBER_ME_AGE,
};

const AUSERNAME: HeaderName = HeaderName::from_static("x-ausername");
const LOGIN_REASON: HeaderName = HeaderName::from_static("x-seraph-loginreason");

/// Seraph's `LoginReason`, as far as the look-alikes know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginReason {
    Ok,
    AuthenticatedFailed,
    AuthorisationFailed,
    Out,
}

impl LoginReason {
    fn as_str(self) -> &'static str {
        match self {
            LoginReason::Ok => "OK",
            LoginReason::AuthenticatedFailed => "AUTHENTICATED_FAILED",
            LoginReason::AuthorisationFailed => "AUTHORISATION_FAILED",
            LoginReason::Out => "OUT",
        }
    }
}

/// One request's identity, and what its answer will say of it. Handlers get it as an extension; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    state: Arc<Mutex<VisitState>>,
}

#[derive(Debug, Default)]
struct VisitState {
    person: Option<Person>,
    /// The id of the live session of this request, a visitor's included.
    session: Option<String>,
    /// The remember-me cookie that came with the request.
    token: Option<String>,
    /// The person was named by a personal access token, for this request only.
    by_token: bool,
    /// The `JSESSIONID` that the answer sets.
    set_session: Option<String>,
    /// The remember-me cookie that the answer sets; an empty one clears it.
    set_token: Option<String>,
    /// The `X-Seraph-LoginReason` lines of the answer.
    reasons: Vec<LoginReason>,
}

impl Visit {
    pub fn person(&self) -> Option<Person> {
        lock(&self.state).person.clone()
    }

    /// Adds a line `X-Seraph-LoginReason` to the answer.
    pub fn because(&self, reason: LoginReason) {
        lock(&self.state).reasons.push(reason);
    }

    /// Opens a new session for `person` and ends the old one, so that an id known before the sign-in is worth nothing.
    /// Returns the new id.
    pub fn sign_in(&self, product: &Product, person: Person, remember: bool) -> String {
        let mut state = lock(&self.state);
        let old = state.session.take();
        let (id, token) = product.sessions(|sessions, now| {
            if let Some(old) = old {
                sessions.close(&old);
            }
            let token = remember.then(|| sessions.remember(person.username.clone(), now));
            (sessions.open(Some(person.username.clone()), now), token)
        });
        state.session = Some(id.clone());
        state.set_session = Some(id.clone());
        state.set_token = token.or(state.set_token.take());
        state.person = Some(person);
        state.reasons.push(LoginReason::Ok);
        id
    }

    /// Ends the session and the remember-me token.
    pub fn sign_out(&self, product: &Product) {
        let mut state = lock(&self.state);
        if let Some(id) = state.session.take() {
            product.sessions(|sessions, _| sessions.close(&id));
        }
        state.drop_token(product);
        state.person = None;
        state.set_session = None;
        state.reasons = vec![LoginReason::Out];
    }

    /// A sign-in failed: the remember-me cookie is removed, and the session goes on.
    pub fn fail_sign_in(&self, product: &Product) {
        let mut state = lock(&self.state);
        state.drop_token(product);
        state.reasons.push(LoginReason::AuthenticatedFailed);
    }
}

impl VisitState {
    fn drop_token(&mut self, product: &Product) {
        if let Some(token) = self.token.take() {
            product.sessions(|sessions, _| sessions.forget(&token));
            self.set_token = Some(String::new());
        }
    }
}

/// Identifies the request, passes it on, and writes the identity into the answer.
pub async fn attend(State(product): State<Product>, mut request: Request<Body>, next: Next) -> Response {
    if is_static(request.uri().path()) {
        return next.run(request).await;
    }
    let visit = Visit::default();
    let live_session = identify(&product, &visit, &request);
    let mut response = match refusal(&visit, &request, live_session) {
        Some(refusal) => refusal,
        None => {
            request.extensions_mut().insert(visit.clone());
            next.run(request).await
        }
    };
    stamp(&product, &visit, response.headers_mut());
    response
}

/// Bundled style sheets and scripts carry no identity; Confluence leaves `X-AUSERNAME` away there.
fn is_static(path: &str) -> bool {
    let download = path.strip_prefix("/download/").unwrap_or_default();
    path.starts_with("/s/")
        || ["resources/", "sources/", "contextbatch/", "batch/"].iter().any(|kind| download.starts_with(kind))
}

/// Seraph's order: token filter, login filter (one attempt), session, remember-me, late Basic. Says whether the request
/// came with a session that is alive, or with none at all.
fn identify(product: &Product, visit: &Visit, request: &Request<Body>) -> bool {
    let ids = session_ids(request);
    let found = product.sessions(|sessions, now| {
        ids.iter().find_map(|id| sessions.touch(id, now).map(|username| (id.clone(), username)))
    });
    let (session, username) = found.unzip();
    let alive = ids.is_empty() || session.is_some();
    {
        let mut state = lock(&visit.state);
        state.session = session;
        state.token =
            cookies(request.headers(), product.kind().remember_me_cookie()).next().map(str::to_owned);
    }
    if let Some(person) =
        bearer(request.headers()).and_then(|token| lock(&product.inner.people).by_token(token))
    {
        let mut state = lock(&visit.state);
        (state.person, state.by_token) = (Some(person), true);
        state.reasons.push(LoginReason::Ok);
        return alive;
    }
    let owner = username.flatten().or_else(|| by_crowd(product, request));
    let query = LoginParameters::of(request);
    // Jira takes the form filter when the query names either of these, and the Basic filter otherwise.
    let form_filter =
        product.kind() == ProductKind::Jira && (query.username.is_some() || query.auth_type.is_some());
    let early = query.credentials().or_else(|| basic(request.headers()).filter(|_| !form_filter));
    attempt_login(product, visit, early, query.remember, owner.as_deref());
    if visit.person().is_none() {
        resume(product, visit, owner);
    }
    if visit.person().is_none() && form_filter && query.auth_type.as_deref() == Some("basic") {
        attempt_login(product, visit, basic(request.headers()), false, None);
    }
    alive
}

/// Whom a token of Crowd signs in. The real products ask Crowd with the factors of the request.
fn by_crowd(product: &Product, request: &Request<Body>) -> Option<String> {
    let crowd = lock(&product.inner.crowd).clone()?;
    cookies(request.headers(), "crowd.token_key").find_map(|token| crowd.owner(token))
}

/// One attempt to sign in; `owner` is whose session the request came with.
fn attempt_login(
    product: &Product,
    visit: &Visit,
    credentials: Option<(String, String)>,
    remember: bool,
    owner: Option<&str>,
) {
    let Some((username, password)) = credentials else { return };
    match product.check_password(&username, &password) {
        // A client that sends Basic every time keeps the session that it already has.
        Some(person) if owner == Some(&person.username) => {
            let mut state = lock(&visit.state);
            state.person = Some(person);
            state.reasons.push(LoginReason::Ok);
        }
        Some(person) => {
            visit.sign_in(product, person, remember);
        }
        None => visit.fail_sign_in(product),
    }
}

/// The authenticator: the session's owner, else whom the remember-me cookie names (with a new session), else nobody.
fn resume(product: &Product, visit: &Visit, owner: Option<String>) {
    let by_name = |username: String| lock(&product.inner.people).by_username(&username);
    if let Some(person) = owner.and_then(by_name) {
        let mut state = lock(&visit.state);
        state.person = Some(person);
        return state.reasons.push(LoginReason::Ok);
    }
    let token = lock(&visit.state).token.clone();
    let remembered =
        token.and_then(|token| product.sessions(|sessions, now| sessions.remembered(&token, now)));
    if let Some(person) = remembered.and_then(by_name) {
        visit.sign_in(product, person, false);
    }
}

/// `os_authType`, and the one way in which `/rest` differs: a cookie of a session that has ended gets 401, so that a
/// client notices, instead of an anonymous answer.
fn refusal(visit: &Visit, request: &Request<Body>, live_session: bool) -> Option<Response> {
    let path = request.uri().path();
    let open_to_all = matches!(path, "/rest/auth/1/session" | "/rest/tsv/1.0/authenticate");
    let on_rest = path.starts_with("/rest/") && !open_to_all;
    let auth_type = LoginParameters::of(request).auth_type;
    if visit.person().is_some() {
        return None;
    }
    match auth_type.as_deref() {
        Some("basic") => {
            let challenge = [(header::WWW_AUTHENTICATE, "Basic realm=\"protected-area\"")];
            Some((StatusCode::UNAUTHORIZED, challenge).into_response())
        }
        Some("cookie") => Some(page::unauthorized()),
        Some("none") => None,
        _ => (on_rest && !live_session).then(page::unauthorized),
    }
}

fn stamp(product: &Product, visit: &Visit, headers: &mut HeaderMap) {
    let mut state = lock(&visit.state);
    if state.by_token {
        // A call with a personal access token leaves no session, not even the one that it came with.
        if let Some(id) = state.session.take() {
            product.sessions(|sessions, _| sessions.close(&id));
        }
    } else if state.session.is_none() && is_html(headers) {
        // A page opens a session for a visitor too, as Tomcat does when a page has a form.
        state.set_session = Some(product.sessions(|sessions, now| sessions.open(None, now)));
    }
    if let Some(id) = &state.set_session {
        append(headers, header::SET_COOKIE, &format!("JSESSIONID={id}; Path=/; HttpOnly"));
    }
    if let Some(token) = &state.set_token {
        let name = product.kind().remember_me_cookie();
        let age = if token.is_empty() { 0 } else { REMEMBER_ME_AGE.as_secs() };
        append(headers, header::SET_COOKIE, &format!("{name}={token}; Max-Age={age}; Path=/; HttpOnly"));
    }
    match (&state.person, product.kind()) {
        (Some(person), _) => {
            append(headers, AUSERNAME, &utf8_percent_encode(&person.username, CONTROLS).to_string());
        }
        (None, ProductKind::Jira) => append(headers, AUSERNAME, "anonymous"),
        (None, ProductKind::Wiki) => {}
    }
    for reason in &state.reasons {
        append(headers, LOGIN_REASON, reason.as_str());
    }
    let never_cache = HeaderValue::from_static("no-cache, no-store, no-transform");
    headers.entry(header::CACHE_CONTROL).or_insert(never_cache);
}

fn is_html(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
}

fn append(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    // Nothing of this comes from a client except a username that the test's own list holds.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.append(name, value);
    }
}
