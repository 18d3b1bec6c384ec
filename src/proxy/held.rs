//! A form that a challenge interrupts: it is held, and after the code offered to be sent on. Nothing is ever sent by itself.
//!
//! What lies here goes out again as a form of our own page, so a form of another site must never be held: it would come back
//! as one of this site. The browser must say in so many words that the form was on this site; who does not say so gets a page
//! that says what was not sent. Passwords and files are not held, see `domain/held_form.rs`.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use data_encoding::BASE64URL_NOPAD;
use http::header::{self, HeaderName, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use multer::Multipart;
use uuid::Uuid;

use crate::actions::hold_form::Holder;
use crate::domain::account::CookieSet;
use crate::domain::decision::Decision;
use crate::domain::held_form::HeldForm;
use crate::domain::lane::Lane;
use crate::domain::return_target::ReturnTarget;
use crate::identity::{Identity, SessionIdentity};

use super::Gateway;
use super::body::Body;
use super::cookies::{self, Cookies};
use super::exchange::{Exchange, Refused};
use super::form::{parameter, says_same_site};
use super::handover::Here;
use super::lane::{FormKind, form_kind};
use super::pages::held::{HeldPage, UnsentPage};
use super::pages::{Frame, SiteName};
use super::respond;
use super::route::Served;
use super::upload::Upload;

/// How long a form may take to arrive. Who sends more slowly sends it again.
const READING: Duration = Duration::from_secs(10);
/// As long as any form is kept.
const COOKIE_AGE: Duration = Duration::from_secs(3600);
/// What of a form that is sent on is read before its answer: more than any that was held, in whatever coding.
const MOST_SENT_BYTES: usize = 4 * 1024 * 1024;

/// What becomes of a held form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leave {
    Send,
    Drop,
}

/// Whose held form is asked for.
enum Asker<'a> {
    /// Somebody's who must verify first.
    Challenged,
    /// Nobody's.
    Nobody,
    Holder(Holder<'a>),
}

impl Gateway {
    /// Answers a page's form whose sender must verify: on to the challenge where it is held, or with what was not sent.
    pub(super) async fn interrupt(
        &self,
        exchange: &mut Exchange,
        served: &Served,
        cookies: &Cookies,
        session: &Option<SessionIdentity>,
        parts: &Parts,
        body: Incoming,
    ) -> Response<Body> {
        let id = match session {
            Some(SessionIdentity::Person(person)) => {
                self.hold(exchange, served, cookies, person, parts, body).await
            }
            _ => None,
        };
        let prefix = &served.site.prefix;
        let mut response = match id {
            Some(id) => {
                let held = ReturnTarget::held_form(prefix, &id.simple().to_string());
                respond::see_other(&respond::challenge_target(prefix, &held))
            }
            None => self.unsent(exchange, served),
        };
        let headers = response.headers_mut();
        if exchange.has_unread_body() {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Ok(receipt) = HeaderValue::from_str(&exchange.record.receipt.to_string()) {
            headers.insert(HeaderName::from_static("x-postern-receipt"), receipt);
        }
        respond::protect(headers, exchange.plan.scheme);
        response
    }

    /// Holds a form, if it may be and can be; nothing of it is read otherwise.
    async fn hold(
        &self,
        exchange: &mut Exchange,
        served: &Served,
        cookies: &Cookies,
        person: &Identity,
        parts: &Parts,
        body: Incoming,
    ) -> Option<Uuid> {
        let plan = std::sync::Arc::clone(&exchange.plan);
        if plan.hold_forms_bytes == 0 || !says_same_site(&parts.headers, plan.scheme, &exchange.host) {
            return None;
        }
        let most = usize::try_from(plan.hold_forms_bytes).unwrap_or(usize::MAX);
        let bytes = read(&parts.headers, body, most).await?;
        exchange.body_was_read();
        let form = form(parts, bytes).await?;
        let known = browsers_half(&parts.headers, plan.names.held);
        let secret = known.unwrap_or_else(|| self.entropy.bytes());
        let holder = self.holder(served, cookies, person, secret);
        let id = match self.actions.hold_form(&holder, &form, plan.rules.code_lifetime).await {
            Ok(id) => id?,
            Err(error) => {
                tracing::warn!(%error, "a form could not be kept; its sender is told to send it again");
                return None;
            }
        };
        let half = BASE64URL_NOPAD.encode(&secret);
        exchange.set_cookies.push(cookies::keep(plan.names.held, &half, plan.scheme, COOKIE_AGE));
        Some(id)
    }

    fn unsent(&self, exchange: &Exchange, served: &Served) -> Response<Body> {
        let (language, site) = (exchange.language(), &served.site);
        let page = UnsentPage {
            frame: Frame::new(language, Some(&site.organization)),
            site: SiteName::of(site),
            challenge: respond::challenge_target(&site.prefix, &exchange.return_to()),
            receipt: exchange.record.receipt.to_string(),
        };
        let mut response = respond::html(StatusCode::UNAUTHORIZED, page.html(), language);
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Postern-Code"));
        response
    }

    /// `GET held`: shows where a form goes, and asks what is to become of it. It changes nothing.
    pub(super) async fn held(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
    ) -> Result<Response<Body>, Refused> {
        exchange.expect_page_load()?;
        let form = match self.asker(exchange, here).await? {
            Asker::Challenged => return Ok(to_challenge(here)),
            Asker::Nobody => None,
            Asker::Holder(holder) => match form_id(here.parts) {
                Some(id) => self.actions.held_form(&holder, id).await.map_err(Refused::by_store)?,
                None => None,
            },
        };
        Ok(self.show(exchange, here, form))
    }

    /// `POST held/send` and `POST held/drop`: takes a form out. What is sent on comes with the request, and the browser sends it
    /// once more, to where it was going: there it is judged like any other.
    pub(super) async fn leave_held(
        &self,
        exchange: &mut Exchange,
        here: Here<'_>,
        body: Incoming,
        leave: Leave,
    ) -> Result<Response<Body>, Refused> {
        if !says_same_site(&here.parts.headers, exchange.plan.scheme, &exchange.host) {
            return Err(self.cross_site());
        }
        let holder = match self.asker(exchange, here).await? {
            Asker::Challenged => return Ok(to_challenge(here)),
            Asker::Nobody => return Ok(self.show(exchange, here, None)),
            Asker::Holder(holder) => holder,
        };
        if read(&HeaderMap::new(), body, MOST_SENT_BYTES).await.is_some() {
            exchange.body_was_read();
        }
        let form = match form_id(here.parts) {
            Some(id) => self.actions.take_form(&holder, id).await.map_err(Refused::by_store)?,
            None => None,
        };
        let mut response = match (form, leave) {
            (None, Leave::Send) => self.show(exchange, here, None),
            (Some(form), Leave::Send) => {
                let mut response = respond::see_other(&form.target);
                *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
                response
            }
            (_, Leave::Drop) => respond::see_other(&format!("{}/", here.served.site.prefix)),
        };
        if exchange.has_unread_body() {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response)
    }

    fn show(&self, exchange: &Exchange, here: Here<'_>, form: Option<HeldForm>) -> Response<Body> {
        let (language, site) = (exchange.language(), &here.served.site);
        let status = if form.is_some() { StatusCode::OK } else { StatusCode::GONE };
        let page = HeldPage {
            frame: Frame::new(language, Some(&site.organization)),
            site: SiteName::of(site),
            form: form.zip(form_id(here.parts).map(|id| id.simple().to_string())),
            front: format!("{}/", site.prefix),
        };
        respond::html(status, page.html(), language)
    }

    async fn asker<'a>(&self, exchange: &mut Exchange, here: Here<'a>) -> Result<Asker<'a>, Refused> {
        let Here { served, cookies, parts } = here;
        if cookies.session.is_none() {
            return Ok(Asker::Nobody);
        }
        let judged = self.judge(exchange, served, Lane::Own, cookies).await;
        self.turn_away(exchange, served, cookies, &judged);
        match (&judged.decision, &judged.session) {
            (Decision::Challenge(_), _) => Ok(Asker::Challenged),
            (Decision::Pass(_), Some(SessionIdentity::Person(person))) => {
                let secret = browsers_half(&parts.headers, exchange.plan.names.held);
                Ok(secret.map_or(Asker::Nobody, |secret| {
                    Asker::Holder(self.holder(served, cookies, person, secret))
                }))
            }
            (Decision::Pass(_), _) => Ok(Asker::Nobody),
            (decision, _) => Err(Refused::by(decision)),
        }
    }

    fn holder<'a>(
        &self,
        served: &'a Served,
        cookies: &Cookies,
        person: &Identity,
        secret: [u8; 32],
    ) -> Holder<'a> {
        let site = &served.site;
        let named = cookies.forward.as_ref().map(|line| cookies::of_session(line, &site.profile));
        // A session that comes in a header alone has a new one for each request.
        let session = self.identities.cookie_set(&site.id, named.unwrap_or_default().into_iter());
        Holder {
            subject: person.subject,
            session: session.unwrap_or(CookieSet([0; 16])),
            site: &site.id,
            secret,
        }
    }
}

/// The challenge, and back to the form.
fn to_challenge(here: Here<'_>) -> Response<Body> {
    let prefix = &here.served.site.prefix;
    let id = form_id(here.parts).map(|id| id.simple().to_string()).unwrap_or_default();
    respond::see_other(&respond::challenge_target(prefix, &ReturnTarget::held_form(prefix, &id)))
}

fn form_id(parts: &Parts) -> Option<Uuid> {
    Uuid::try_parse(&parameter(parts, "form")?).ok()
}

/// The half of the key that the browser's cookie carries.
fn browsers_half(headers: &HeaderMap, name: &str) -> Option<[u8; 32]> {
    BASE64URL_NOPAD.decode(cookies::own(headers, name)?).ok()?.try_into().ok()
}

/// A whole body that is small enough, by its own word and in truth, and comes soon enough.
async fn read(headers: &HeaderMap, body: Incoming, most_bytes: usize) -> Option<Bytes> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|bytes: usize| bytes > most_bytes) {
        return None;
    }
    let reading = Limited::new(Upload::new(body, u64::MAX), most_bytes).collect();
    Some(tokio::time::timeout(READING, reading).await.ok()?.ok()?.to_bytes())
}

/// The form in a body; `None` for one that must not be held, or that would come back as another one.
async fn form(parts: &Parts, bytes: Bytes) -> Option<HeldForm> {
    let target = parts.uri.path_and_query()?.as_str();
    match form_kind(&parts.headers)? {
        FormKind::Urlencoded => {
            let fields = form_urlencoded::parse(&bytes);
            let fields = fields.map(|(name, value)| (name.into_owned(), value.into_owned()));
            HeldForm::new(target, false, fields.collect())
        }
        FormKind::Multipart => HeldForm::new(target, true, parts_of(&parts.headers, bytes).await?),
    }
}

/// The texts of a multipart body; `None` where any part is a file, or claims to be.
async fn parts_of(headers: &HeaderMap, bytes: Bytes) -> Option<Vec<(String, String)>> {
    let boundary = multer::parse_boundary(headers.get(header::CONTENT_TYPE)?.to_str().ok()?).ok()?;
    let whole = futures_util::stream::once(std::future::ready(Ok::<_, Infallible>(bytes)));
    let mut multipart = Multipart::new(whole, boundary);
    let mut fields = Vec::new();
    while let Some(field) = multipart.next_field().await.ok()? {
        if field.file_name().is_some() || field.content_type().is_some() {
            return None;
        }
        let name = field.name()?.to_owned();
        fields.push((name, String::from_utf8(field.bytes().await.ok()?.to_vec()).ok()?));
    }
    Some(fields)
}
