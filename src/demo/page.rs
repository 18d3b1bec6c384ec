//! The HTML pages of both look-alikes, their JSON errors, and the way to the sign-in page.
//!
//! Every page says that it is a look-alike. Templates are in `pages/`; askama escapes what they show.

use askama::Template;
use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::{
    product::{Product, ProductKind},
    seraph::{LoginReason, Visit},
};

/// What the frame of every page shows.
pub struct Frame {
    jira: bool,
    /// The display name and the username of whoever is signed in.
    person: Option<(String, String)>,
    sign_in_href: String,
    sign_out_href: &'static str,
}

impl Frame {
    fn new(product: &Product, visit: &Visit, destination: &str) -> Self {
        let jira = product.kind() == ProductKind::Jira;
        Frame {
            jira,
            person: visit.person().map(|person| (person.display_name, person.username)),
            sign_in_href: sign_in_href(product.kind(), destination),
            sign_out_href: if jira { "/secure/Logout!default.jspa" } else { "/logout.action" },
        }
    }

    fn product_name(&self) -> &'static str {
        if self.jira { "Jira" } else { "Confluence" }
    }
}

/// One row of a list: a key or space, and what it is about.
pub struct Link {
    pub href: String,
    pub label: String,
    pub text: String,
}

#[derive(Template)]
#[template(path = "lookalike_login.html")]
struct LoginPage<'a> {
    frame: Frame,
    action: &'static str,
    destination: &'a str,
    message: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "lookalike_home.html")]
struct HomePage<'a> {
    frame: Frame,
    title: &'a str,
    links: Vec<Link>,
}

#[derive(Template)]
#[template(path = "lookalike_article.html")]
struct ArticlePage<'a> {
    frame: Frame,
    label: &'a str,
    title: &'a str,
    text: &'a str,
}

#[derive(Template)]
#[template(path = "lookalike_background.html")]
struct BackgroundPage {
    frame: Frame,
}

#[derive(Template)]
#[template(path = "lookalike_comment.html")]
struct CommentPage {
    frame: Frame,
}

/// The form to sign in; it keeps the destination, and says `message` after a failure.
pub fn login_form(product: &Product, visit: &Visit, destination: &str, message: Option<&str>) -> Response {
    let action = match product.kind() {
        ProductKind::Jira => "/login.jsp",
        ProductKind::Wiki => "/dologin.action",
    };
    render(&LoginPage { frame: Frame::new(product, visit, destination), action, destination, message })
}

/// The dashboard, or the list of all pages.
pub fn home(product: &Product, visit: &Visit, uri: &Uri, title: &str, links: Vec<Link>) -> Response {
    render(&HomePage { frame: Frame::new(product, visit, &target(uri)), title, links })
}

/// One issue or wiki page.
pub fn article(
    product: &Product,
    visit: &Visit,
    uri: &Uri,
    label: &str,
    title: &str,
    text: &str,
) -> Response {
    render(&ArticlePage { frame: Frame::new(product, visit, &target(uri)), label, title, text })
}

/// A form for a comment, whose scripts save drafts.
pub fn comment(product: &Product, visit: &Visit, uri: &Uri) -> Response {
    render(&CommentPage { frame: Frame::new(product, visit, &target(uri)) })
}

/// A page whose script fetches a REST resource and shows what came back.
pub fn background(product: &Product, visit: &Visit, uri: &Uri) -> Response {
    render(&BackgroundPage { frame: Frame::new(product, visit, &target(uri)) })
}

pub fn signed_out(product: &Product, visit: &Visit) -> Response {
    let frame = Frame::new(product, visit, "");
    render(&ArticlePage { frame, label: "", title: "You are signed out", text: "Sign in again to go on." })
}

pub fn missing(product: &Product, visit: &Visit, uri: &Uri) -> Response {
    let frame = Frame::new(product, visit, &target(uri));
    let text = "There is nothing at this address.";
    (StatusCode::NOT_FOUND, render(&ArticlePage { frame, label: "404", title: "Not found", text }))
        .into_response()
}

/// The answer for every path that is not a route.
pub async fn not_found(
    State(product): State<Product>,
    visit: Option<Extension<Visit>>,
    uri: Uri,
) -> Response {
    match visit {
        Some(Extension(visit)) if !uri.path().starts_with("/rest/") => missing(&product, &visit, &uri),
        _ => error_json(StatusCode::NOT_FOUND, "null for uri"),
    }
}

/// 302 to the sign-in page, which leads back.
pub fn sign_in_first(product: &Product, visit: &Visit, uri: &Uri) -> Response {
    visit.because(LoginReason::AuthorisationFailed);
    let location = sign_in_href(product.kind(), &target(uri));
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

/// 401 as the products' REST resources answer: without a challenge that would open a browser's own dialogue.
pub fn unauthorized() -> Response {
    error_json(
        StatusCode::UNAUTHORIZED,
        "You are not authenticated. Authentication required to perform this operation.",
    )
}

pub fn error_json(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "errorMessages": [message], "errors": {}, "message": message }))).into_response()
}

/// Scheme and host as the client sees them, as the products build absolute URLs behind a proxy.
pub fn base_url(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = text("x-forwarded-proto").unwrap_or("http");
    format!("{scheme}://{}", text("x-forwarded-host").or(text("host")).unwrap_or("localhost"))
}

fn sign_in_href(kind: ProductKind, destination: &str) -> String {
    let path = kind.login_path();
    if destination.is_empty() {
        return path.to_owned();
    }
    format!("{path}?os_destination={}", utf8_percent_encode(destination, NON_ALPHANUMERIC))
}

fn target(uri: &Uri) -> String {
    uri.path_and_query().map(ToString::to_string).unwrap_or_default()
}

/// The template as an answer; one that cannot be rendered is a defect, and says so in the log.
pub fn render(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a look-alike page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
