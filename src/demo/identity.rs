//! The resources that say who somebody is, and the two that need nobody: `/status` and Jira's server information.
//!
//! Jira tells the address, the wiki never does; both let people change their own with nothing but the password.

use std::borrow::Cow;

use axum::{
    Extension, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    page,
    people::Person,
    product::{Product, ProductKind},
    seraph::Visit,
};

pub fn routes(kind: ProductKind) -> Router<Product> {
    let shared = Router::new().route("/status", get(status));
    match kind {
        ProductKind::Jira => shared
            .route("/rest/api/2/myself", get(myself).put(change_email))
            .route("/rest/api/latest/myself", get(myself).put(change_email))
            .route("/rest/api/2/serverInfo", get(server_info))
            .route("/rest/api/latest/serverInfo", get(server_info)),
        ProductKind::Wiki => shared.route("/rest/api/user/current", get(current_user).put(change_email)),
    }
}

async fn status() -> Json<Value> {
    Json(json!({ "state": "RUNNING" }))
}

async fn myself(Extension(visit): Extension<Visit>, uri: Uri) -> Response {
    let expands = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
        name == "expand" && value.split(',').any(|wanted| wanted == "applicationRoles")
    };
    let expanded = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).any(expands);
    match visit.person() {
        Some(person) if expanded => Json(with_roles(&person)).into_response(),
        Some(person) => Json(jira_user(&person)).into_response(),
        None => page::unauthorized(),
    }
}

async fn current_user(Extension(visit): Extension<Visit>) -> Response {
    let Some(person) = visit.person() else {
        return Json(json!({ "type": "anonymous", "displayName": "Anonymous" })).into_response();
    };
    Json(wiki_user(&person)).into_response()
}

pub fn jira_user(person: &Person) -> Value {
    json!({
        "self": format!("/rest/api/2/user?username={}", person.username),
        "key": person.jira_key,
        "name": person.username,
        "emailAddress": person.email,
        "displayName": person.display_name,
        "active": person.active,
    })
}

/// As `?expand=applicationRoles` answers: who has no role may use the portal alone.
fn with_roles(person: &Person) -> Value {
    let roles = match person.customer {
        true => Vec::new(),
        false => vec![json!({ "key": "jira-software", "name": "Jira Software" })],
    };
    let mut user = jira_user(person);
    user["applicationRoles"] = json!({ "size": roles.len(), "items": roles });
    user
}

pub fn wiki_user(person: &Person) -> Value {
    json!({
        "type": "known",
        "username": person.username,
        "userKey": person.wiki_key,
        "displayName": person.display_name,
    })
}

/// Both spellings: Jira's specification says `emailAddress`, the wiki's says `email`.
#[derive(Debug, Deserialize)]
struct EmailChange {
    #[serde(rename = "emailAddress", alias = "email")]
    email: String,
    #[serde(default, alias = "currentPassword")]
    password: String,
}

async fn change_email(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    Json(change): Json<EmailChange>,
) -> Response {
    let Some(mut person) = visit.person() else { return page::unauthorized() };
    if change.password != person.password {
        let errors = json!({ "errorMessages": [], "errors": { "password": "The password is wrong." } });
        return (StatusCode::BAD_REQUEST, Json(errors)).into_response();
    }
    product.set_email(&person.username, &change.email);
    person.email = change.email;
    Json(match product.kind() {
        ProductKind::Jira => jira_user(&person),
        ProductKind::Wiki => wiki_user(&person),
    })
    .into_response()
}

async fn server_info(headers: HeaderMap) -> Json<Value> {
    Json(json!({
        "baseUrl": page::base_url(&headers),
        "version": "9.12.0",
        "versionNumbers": [9, 12, 0],
        "deploymentType": "Server",
        "buildNumber": 912_000,
        "serverTitle": "look-alike for trying Postern; not Jira",
    }))
}
