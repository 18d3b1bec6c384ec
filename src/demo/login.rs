//! Signing in (form, JSON, Jira's session resource) and signing out.
//!
//! A destination is followed only when it is a path of this server.

use axum::{
    Extension, Form, Json, Router,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::{
    lock, page,
    product::{Product, ProductKind},
    seraph::Visit,
};

pub fn routes(kind: ProductKind) -> Router<Product> {
    let shared = Router::new().route("/rest/tsv/1.0/authenticate", post(json_login));
    match kind {
        ProductKind::Jira => shared
            .route("/login.jsp", get(form).post(form_login))
            .route("/secure/Logout!default.jspa", get(logout).post(logout))
            .route("/logout", get(logout).post(logout))
            .route("/rest/auth/1/session", post(open_session).get(show_session).delete(close_session)),
        ProductKind::Wiki => shared
            .route("/login.action", get(form))
            .route("/dologin.action", get(form).post(form_login))
            .route("/logout.action", get(logout).post(logout)),
    }
}

/// The fields of the form, and of the query that leads to it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LoginForm {
    os_username: String,
    os_password: String,
    /// `true` asks for a remember-me cookie.
    os_cookie: String,
    os_destination: String,
}

async fn form(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<LoginForm>,
) -> Response {
    page::login_form(&product, &visit, &query.os_destination, None)
}

async fn form_login(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    Form(form): Form<LoginForm>,
) -> Response {
    let Some(person) = product.check_password(&form.os_username, &form.os_password) else {
        visit.fail_sign_in(&product);
        let message = "Sorry, your username and password are incorrect. Please try again.";
        return page::login_form(&product, &visit, &form.os_destination, Some(message));
    };
    visit.sign_in(&product, person, form.os_cookie == "true");
    let destination = local_path(&form.os_destination).unwrap_or(product.kind().home_path());
    (StatusCode::FOUND, [(header::LOCATION, destination)]).into_response()
}

/// The destination when it is a path here. `//host` and `/\host` would lead a browser elsewhere.
fn local_path(destination: &str) -> Option<&str> {
    let local = destination.starts_with('/')
        && !destination.starts_with("//")
        && !destination.starts_with("/\\")
        && destination.bytes().all(|byte| byte.is_ascii_graphic());
    local.then_some(destination)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonLogin {
    username: String,
    password: String,
    #[serde(default, deserialize_with = "bool_or_word")]
    remember_me: bool,
    #[serde(default)]
    target_url: String,
}

/// The vendor's own load-test scripts send `"rememberMe": "True"`.
fn bool_or_word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Bool(bool),
        Word(String),
    }
    Ok(match Either::deserialize(deserializer)? {
        Either::Bool(value) => value,
        Either::Word(word) => word.eq_ignore_ascii_case("true"),
    })
}

async fn json_login(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    Json(login): Json<JsonLogin>,
) -> Response {
    let Some(person) = product.check_password(&login.username, &login.password) else {
        visit.fail_sign_in(&product);
        let answer = json!({ "success": false, "message": "The username or the password is wrong." });
        return (StatusCode::UNAUTHORIZED, Json(answer)).into_response();
    };
    visit.sign_in(&product, person, login.remember_me);
    let target = local_path(&login.target_url).unwrap_or(product.kind().home_path());
    Json(json!({ "success": true, "targetUrl": target })).into_response()
}

async fn open_session(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    Json(login): Json<JsonLogin>,
) -> Response {
    let Some(person) = product.check_password(&login.username, &login.password) else {
        visit.fail_sign_in(&product);
        return page::unauthorized();
    };
    let username = person.username.clone();
    let id = visit.sign_in(&product, person, false);
    let session = json!({ "name": "JSESSIONID", "value": id });
    Json(json!({ "session": session, "loginInfo": login_info(&product, &username) })).into_response()
}

async fn show_session(State(product): State<Product>, Extension(visit): Extension<Visit>) -> Response {
    let Some(person) = visit.person() else { return page::unauthorized() };
    let itself = format!("/rest/api/latest/user?username={}", person.username);
    let info = login_info(&product, &person.username);
    Json(json!({ "self": itself, "name": person.username, "loginInfo": info })).into_response()
}

async fn close_session(State(product): State<Product>, Extension(visit): Extension<Visit>) -> Response {
    if visit.person().is_none() {
        return page::unauthorized();
    }
    visit.sign_out(&product);
    StatusCode::NO_CONTENT.into_response()
}

fn login_info(product: &Product, username: &str) -> serde_json::Value {
    let count = lock(&product.inner.people).login_count(username);
    json!({ "loginCount": count.succeeded, "failedLoginCount": count.failed })
}

async fn logout(State(product): State<Product>, Extension(visit): Extension<Visit>) -> Response {
    visit.sign_out(&product);
    page::signed_out(&product, &visit)
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn a_destination_on_another_host_is_not_followed() {
        assert_eq!(local_path("/browse/DEMO-1?x=%20y"), Some("/browse/DEMO-1?x=%20y"));
        for elsewhere in ["", "//evil.example/", "/\\evil.example", "https://evil.example/", "/a\r\nX: y"] {
            assert_eq!(local_path(elsewhere), None, "{elsewhere:?}");
        }
    }
}
