//! The look-alike itself: its state, the handle that tests hold, and its routes.
//!
//! A request is recorded, cleared of path parameters as Tomcat does, given to a [`Fault`] if one is set, identified
//! by `seraph.rs`, and only then routed. To add a resource, add it to the routes of the file that it belongs to.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{Method, Request, Uri},
    middleware::{Next, from_fn_with_state},
    response::Response,
};

use super::{
    article::{self, Articles},
    attachment::{self, Attachments},
    bundle, comment,
    crowd::Crowd,
    fault::Fault,
    identity,
    issue::{self, Issues},
    lock, login,
    people::{People, Person},
    received::{Received, Record},
    seraph,
    session::Sessions,
    synchrony,
};

/// Which product a look-alike imitates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProductKind {
    /// Jira: issues, `login.jsp`, `/rest/api/2`.
    Jira,
    /// Confluence: pages, `login.action`, `/rest/api`.
    Wiki,
}

impl ProductKind {
    /// The resource that says whose a session is.
    pub fn introspection_path(self) -> &'static str {
        match self {
            ProductKind::Jira => "/rest/api/2/myself",
            ProductKind::Wiki => "/rest/api/user/current",
        }
    }

    /// The name of the remember-me cookie.
    pub fn remember_me_cookie(self) -> &'static str {
        match self {
            ProductKind::Jira => "seraph.rememberme.cookie",
            ProductKind::Wiki => "seraph.confluence",
        }
    }

    /// The page to sign in at.
    pub fn login_path(self) -> &'static str {
        match self {
            ProductKind::Jira => "/login.jsp",
            ProductKind::Wiki => "/login.action",
        }
    }

    /// Where a sign-in leads that names no other place.
    pub fn home_path(self) -> &'static str {
        match self {
            ProductKind::Jira => "/secure/Dashboard.jspa",
            ProductKind::Wiki => "/",
        }
    }

    /// How long a session lives without a request.
    fn session_idle(self) -> Duration {
        let minutes = match self {
            ProductKind::Jira => 300,
            ProductKind::Wiki => 60,
        };
        Duration::from_secs(minutes * 60)
    }
}

/// A running look-alike. Clones share one state, so a test keeps a clone of what it serves.
#[derive(Clone, Debug)]
pub struct Product {
    pub(super) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub kind: ProductKind,
    pub people: Mutex<People>,
    pub sessions: Mutex<Sessions>,
    /// Jira's issues; the wiki shows none of them.
    pub issues: Mutex<Issues>,
    /// The wiki's pages; Jira shows none of them.
    pub articles: Mutex<Articles>,
    /// The uploads that are small enough to keep.
    pub attachments: Mutex<Attachments>,
    /// Whether a sign-out ends nothing.
    pub keeps_sessions: AtomicBool,
    /// The Crowd whose tokens it takes for sessions.
    pub crowd: Mutex<Option<Crowd>>,
    record: Mutex<Record>,
    fault: Mutex<Option<Fault>>,
}

impl Product {
    /// A look-alike with these accounts, its sample content, and nobody signed in.
    pub fn new(kind: ProductKind, people: Vec<Person>) -> Self {
        Product {
            inner: Arc::new(Inner {
                kind,
                people: Mutex::new(People::new(people)),
                sessions: Mutex::new(Sessions::new(kind.session_idle())),
                issues: Mutex::new(Issues::new()),
                articles: Mutex::new(Articles::new()),
                attachments: Mutex::new(Attachments::default()),
                keeps_sessions: AtomicBool::new(false),
                crowd: Mutex::new(None),
                record: Mutex::new(Record::default()),
                fault: Mutex::new(None),
            }),
        }
    }

    /// Which product it imitates.
    pub fn kind(&self) -> ProductKind {
        self.inner.kind
    }

    /// Everything the look-alike answers, for [`super::serve`].
    pub fn router(&self) -> Router {
        let routes = match self.kind() {
            ProductKind::Jira => Router::new().merge(issue::routes()).merge(comment::routes()),
            ProductKind::Wiki => Router::new().merge(article::routes()).merge(synchrony::routes()),
        };
        let routes = routes
            .merge(login::routes(self.kind()))
            .merge(identity::routes(self.kind()))
            .merge(attachment::routes(self.kind()))
            .merge(bundle::routes())
            .fallback(super::page::not_found)
            .layer(from_fn_with_state(self.clone(), seraph::attend))
            .with_state(self.clone());
        // The outer router has no routes of its own, so that the path is rewritten before it is matched.
        Router::new().fallback_service(routes).layer(from_fn_with_state(self.clone(), arrive))
    }

    /// Changes a person's address, as they could themselves. False when nobody has that name.
    pub fn set_email(&self, username: &str, email: &str) -> bool {
        lock(&self.inner.people).change(username, |person| email.clone_into(&mut person.email))
    }

    /// Gives a person another token. False when nobody has that name.
    pub fn set_token(&self, username: &str, token: &str) -> bool {
        lock(&self.inner.people).change(username, |person| token.clone_into(&mut person.token))
    }

    /// Takes a token as a password too, as products do where that is switched on: beside any name, it signs its owner in.
    pub fn set_token_as_password(&self, taken: bool) {
        lock(&self.inner.people).token_as_password = taken;
    }

    /// Disables or enables an account; an open session of a disabled one is anonymous. False when nobody has that
    /// name.
    pub fn set_active(&self, username: &str, active: bool) -> bool {
        lock(&self.inner.people).change(username, |person| person.active = active)
    }

    /// Ends every session and forgets every remember-me token, as a restart or a change of node does.
    pub fn forget_sessions(&self) {
        *lock(&self.inner.sessions) = Sessions::new(self.kind().session_idle());
    }

    /// Ends every session and keeps the remember-me tokens, as the hours do.
    pub fn end_sessions(&self) {
        lock(&self.inner.sessions).close_all();
    }

    /// Says goodbye and keeps the session all the same, as a product does whose sign-out is broken.
    pub fn keep_sessions_on_sign_out(&self, kept: bool) {
        self.inner.keeps_sessions.store(kept, Ordering::Relaxed);
    }

    /// Takes the tokens of this Crowd for sessions, as a product with Crowd's single sign-on does.
    pub fn sign_on_by(&self, crowd: &Crowd) {
        *lock(&self.inner.crowd) = Some(crowd.clone());
    }

    /// Makes a person a customer of the portal, or a user of the product again. False when nobody has that name.
    pub fn set_customer(&self, username: &str, customer: bool) -> bool {
        lock(&self.inner.people).change(username, |person| person.customer = customer)
    }

    /// Gives a person another login name; their key stays. False when nobody has that name.
    pub fn rename(&self, username: &str, to: &str) -> bool {
        lock(&self.inner.people).change(username, |person| to.clone_into(&mut person.username))
    }

    /// The requests that have arrived (the newest 10,000), oldest first, introspection included.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.inner.record).all()
    }

    /// Forgets the requests that have arrived.
    pub fn clear_received(&self) {
        lock(&self.inner.record).clear();
    }

    /// What the introspection resource answers from now on; `None` for the truth.
    pub fn set_fault(&self, fault: Option<Fault>) {
        *lock(&self.inner.fault) = fault;
    }

    pub(super) fn check_password(&self, username: &str, password: &str) -> Option<Person> {
        lock(&self.inner.people).check_password(username, password)
    }

    pub(super) fn sessions<T>(&self, with: impl FnOnce(&mut Sessions, Instant) -> T) -> T {
        with(&mut lock(&self.inner.sessions), Instant::now())
    }
}

/// The session id that a path parameter carried (`/x;jsessionid=…`).
#[derive(Clone, Debug)]
pub(super) struct PathSession(pub String);

async fn arrive(State(product): State<Product>, mut request: Request<Body>, next: Next) -> Response {
    lock(&product.inner.record).push(Received::from(&request));
    let (plain, session) = without_path_parameters(request.uri());
    if let Some(uri) = plain {
        *request.uri_mut() = uri;
    }
    if let Some(id) = session {
        request.extensions_mut().insert(PathSession(id));
    }
    let asks_who =
        request.method() == Method::GET && request.uri().path() == product.kind().introspection_path();
    let fault = *lock(&product.inner.fault);
    if asks_who && let Some(fault) = fault {
        return fault.answer().await;
    }
    next.run(request).await
}

/// Tomcat matches a path without its `;…` parameters and takes a session id from one. The first value is `None` when
/// there is nothing to remove.
fn without_path_parameters(uri: &Uri) -> (Option<Uri>, Option<String>) {
    let path = uri.path();
    if !path.contains(';') {
        return (None, None);
    }
    let session = path.split(['/', ';']).find_map(|part| part.strip_prefix("jsessionid=")).map(str::to_owned);
    let kept: Vec<&str> = path.split('/').map(|part| part.split(';').next().unwrap_or_default()).collect();
    let mut target = kept.join("/");
    if let Some(query) = uri.query() {
        target.push('?');
        target.push_str(query);
    }
    (target.parse().ok(), session)
}
