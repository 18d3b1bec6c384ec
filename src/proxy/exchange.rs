//! One request on its way through the phases: what its refusal would need, what its answer must carry, what is recorded.

use std::net::IpAddr;
use std::sync::Arc;

use http::header::{self, HeaderValue};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, Response};
use http_body::Body as _;

use crate::actions::StoreError;
use crate::domain::browser::Browser;
use crate::domain::decision::{Decision, Reason};
use crate::domain::language::Language;
use crate::domain::return_target::ReturnTarget;
use crate::telemetry::labels::DecisionLabel;

use super::body::Body;
use super::lane::{is_form_post, is_navigation};
use super::languages::Languages;
use super::plan::Plan;
use super::record::Record;
use super::respond::{self, Refusal};
use super::route::Served;
use super::wire::{Connection, address_value};

/// Why a request is not forwarded, and how that is counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refused {
    pub reason: Reason,
    pub decision: DecisionLabel,
}

/// One request on its way.
pub(super) struct Exchange {
    /// The configuration it is served by, even if a new one comes into force meanwhile.
    pub plan: Arc<Plan>,
    /// Who connected: the client, or a proxy in front of us.
    pub peer: IpAddr,
    /// Whether the client showed a certificate of an authority that is trusted for clients.
    pub client_certificate: bool,
    /// Where it came from.
    pub client: IpAddr,
    /// The same as `X-Forwarded-For` says it.
    pub client_value: HeaderValue,
    /// What is written down at the end.
    pub record: Record,
    /// Cookies that the answer must set, whatever it is.
    pub set_cookies: Vec<HeaderValue>,
    /// Whether a person waits for a page.
    pub navigation: bool,
    /// Whether a form of our own pages came back, whose sender waits for a page too.
    own_form: bool,
    /// What was asked for, to go back to.
    target: Option<PathAndQuery>,
    /// The token of a request on the API lane, where it matters whose it is.
    pub authorization: Option<HeaderValue>,
    /// What the program that asks says it is.
    pub agent: Option<HeaderValue>,
    /// Whether what was decided is kept already.
    pub is_kept: bool,
    /// Whether somebody signs in by it inside a mobile app whose sessions are enrolled.
    pub app_sign_in: bool,
    /// Where the person signs in again, where the decision says so.
    pub sign_in: Option<ReturnTarget>,
    /// What is worth trying once more, where a loop was found.
    pub again: Option<ReturnTarget>,
    /// Of whoever waits for a page: the languages that they read.
    languages: Languages,
    /// Of background work: where it was started from.
    referer: Option<HeaderValue>,
    /// Of background work: the origin of the page whose script asked, by its own word.
    origin: Option<HeaderValue>,
    /// The site's host, with the port that was asked for; set once a site was found.
    pub host: String,
    /// Whether the request has a body that may be unread when it is refused.
    has_body: bool,
}

impl Exchange {
    pub(super) fn new(
        plan: Arc<Plan>,
        connection: &Connection,
        record: Record,
        parts: &Parts,
        has_body: bool,
    ) -> Self {
        let (peer, client) = (connection.peer.ip().to_canonical(), record.client);
        let client_value = if client == peer { connection.peer_value.clone() } else { address_value(client) };
        let (navigation, own_form) = (is_navigation(parts), is_own_form(parts));
        // A page load needs none of what background work does, so what passes pays for half of it.
        let said = |name| parts.headers.get(name).cloned();
        Self {
            plan,
            peer,
            client_certificate: connection.client_certificate,
            client,
            client_value,
            record,
            set_cookies: Vec::new(),
            navigation,
            own_form,
            target: parts.uri.path_and_query().cloned(),
            languages: if navigation || own_form || is_form_post(parts) {
                Languages::of(&parts.headers)
            } else {
                Languages::none()
            },
            referer: if navigation { None } else { said(header::REFERER) },
            origin: if navigation { None } else { said(header::ORIGIN) },
            host: String::new(),
            has_body,
            authorization: None,
            agent: said(header::USER_AGENT),
            is_kept: false,
            app_sign_in: false,
            sign_in: None,
            again: None,
        }
    }

    /// Remembers the site that was found, by its configured name: of what the client wrote only the port is kept.
    pub(super) fn served_by(&mut self, served: &Served, host: &str) {
        self.record.site = Arc::clone(&served.site.id);
        self.record.metrics = Arc::clone(&served.metrics);
        served.site.host.as_str().clone_into(&mut self.host);
        if let Some((_, port)) = host.rsplit_once(':') {
            self.host.push(':');
            self.host.push_str(port);
        }
    }

    /// Remembers the decision.
    pub(super) fn decided(&mut self, decision: &Decision) {
        self.record.decision = DecisionLabel::from(decision);
        self.record.reason = decision.reason();
    }

    /// Refuses what is no page load: an image, a frame, a script or a prefetch gets no page that somebody is to read and act on.
    pub(super) fn expect_page_load(&self) -> Result<(), Refused> {
        let refused = Refused { reason: Reason::NoProof, decision: DecisionLabel::Challenge };
        if self.navigation { Ok(()) } else { Err(refused) }
    }

    /// Where the person goes on after a challenge: the page asked for, or the page whose script asked.
    pub(super) fn return_to(&self) -> ReturnTarget {
        if self.navigation {
            return self
                .target
                .as_ref()
                .map_or_else(ReturnTarget::front_page, |target| ReturnTarget::parse(target.as_str()));
        }
        let referer = self.referer.as_ref().and_then(|referer| referer.to_str().ok());
        let origin = format!("{}://{}", self.plan.scheme.as_str(), self.host);
        match referer.and_then(|referer| referer.strip_prefix(&origin)) {
            Some(target) => ReturnTarget::parse(target),
            None => ReturnTarget::front_page(),
        }
    }

    /// The prefix of the site, found again from what was asked for, as only a refusal needs it.
    fn prefix(&self) -> &str {
        let path = self.target.as_ref().map_or("/", PathAndQuery::path);
        self.plan.routes.find(&self.host, path).map_or("", |served| served.site.prefix.as_str())
    }

    /// Whether somebody at the challenge wants to confirm with what they set up, though a mailed code lives.
    pub(super) fn asks_otherwise(&self) -> bool {
        let query = self.target.as_ref().and_then(PathAndQuery::query).unwrap_or_default();
        query.split('&').any(|pair| pair == "by=other")
    }

    /// Whether its body may be unread: the connection must then not be used again.
    pub(super) fn has_unread_body(&self) -> bool {
        self.has_body
    }

    /// Remembers that the body was read to its end.
    pub(super) fn body_was_read(&mut self) {
        self.has_body = false;
    }

    /// What the browser is called, by its own word.
    pub(super) fn browser(&self) -> Browser {
        let said = self.agent.as_ref().and_then(|said| said.to_str().ok());
        Browser::of(said.unwrap_or_default())
    }

    /// The language of the pages that answer it.
    pub(super) fn language(&self) -> Language {
        self.languages.language()
    }

    /// Answers with a refusal.
    pub(super) fn refuse(&mut self, refused: Refused) -> Response<Body> {
        self.record.reason = refused.reason;
        self.record.decision = refused.decision;
        respond::refuse(&Refusal {
            reason: refused.reason,
            navigation: self.navigation || self.own_form,
            challenge: refused.decision == DecisionLabel::Challenge,
            sign_in: self.sign_in.take(),
            again: self.again.take(),
            page_origin: self.page_origin(),
            unread_body: self.has_body,
            scheme: self.plan.scheme,
            organization: self.plan.routes.organization_of(&self.host),
            host: &self.host,
            prefix: self.prefix(),
            return_to: self.return_to(),
            language: self.language(),
            receipt: self.record.receipt,
        })
    }

    fn page_origin(&self) -> Option<HeaderValue> {
        let (scheme, routes) = (self.plan.scheme, &self.plan.routes);
        self.origin.clone().filter(|origin| respond::is_own_origin(origin, scheme, &self.host, routes))
    }

    /// The answer as it goes out: with its cookies, and written down when its last byte is sent.
    pub(super) fn finish(mut self, response: Response<Body>) -> Response<Body> {
        let (mut head, body) = response.into_parts();
        append_cookies(&mut head.headers, self.set_cookies);
        self.record.status = Some(head.status);
        let body =
            if self.record.method == Method::HEAD { without_content(&mut head.headers, body) } else { body };
        Response::from_parts(head, body.recorded(self.record))
    }
}

/// Only for the shape of a refusal, so it may believe what the client says of itself.
fn is_own_form(parts: &Parts) -> bool {
    parts.method == Method::POST
        && parts.uri.path().contains("/.postern/")
        && parts.headers.get("sec-fetch-mode").is_some_and(|mode| mode == "navigate")
}

/// What answers a `HEAD` says how long its content would be, and has none (RFC 9110 section 9.3.2). hyper sees to that over
/// HTTP/1.1 alone; over HTTP/2 clients give up the stream and never learn the status.
fn without_content(headers: &mut HeaderMap, body: Body) -> Body {
    match body.size_hint().exact() {
        Some(length @ 1..) => {
            headers.entry(header::CONTENT_LENGTH).or_insert(length.into());
            Body::empty()
        }
        _ => body,
    }
}

fn append_cookies(headers: &mut HeaderMap, cookies: Vec<HeaderValue>) {
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
}

impl From<Reason> for Refused {
    fn from(reason: Reason) -> Self {
        let decision = match reason {
            Reason::IdentityUnavailable
            | Reason::IdentityMismatch
            | Reason::PolicyUnreadable
            | Reason::StoreUnavailable
            | Reason::UpstreamUnreachable
            | Reason::UpstreamTimeout
            | Reason::TooManyConnections
            | Reason::Internal => DecisionLabel::Unavailable,
            _ => DecisionLabel::Deny,
        };
        Self { reason, decision }
    }
}

impl Refused {
    /// The refusal of whatever needs the store while it fails.
    pub(super) fn by_store(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed; nobody can verify until it works again");
        Reason::StoreUnavailable.into()
    }

    /// The refusal of a decision that is no pass.
    pub(super) fn by(decision: &Decision) -> Self {
        Self { reason: decision.reason(), decision: DecisionLabel::from(decision) }
    }
}
