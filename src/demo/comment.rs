//! The Jira look-alike's form for a comment: a page that somebody types on for a while, and sends as browsers send forms.

use axum::extract::{Form, State};
use axum::http::Uri;
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use serde::Deserialize;

use super::page;
use super::product::Product;
use super::seraph::Visit;

pub fn routes() -> Router<Product> {
    Router::new().route("/secure/AddComment.jspa", get(form).post(add))
}

#[derive(Debug, Deserialize)]
struct Comment {
    comment: String,
}

async fn form(State(product): State<Product>, Extension(visit): Extension<Visit>, uri: Uri) -> Response {
    if visit.person().is_none() {
        return page::sign_in_first(&product, &visit, &uri);
    }
    page::comment(&product, &visit, &uri)
}

async fn add(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    uri: Uri,
    Form(comment): Form<Comment>,
) -> Response {
    if visit.person().is_none() {
        return page::unauthorized();
    }
    page::article(&product, &visit, &uri, "DEMO-1", "Your comment", &comment.comment)
}
