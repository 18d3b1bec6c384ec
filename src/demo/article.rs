//! The Confluence look-alike's content: articles as pages and as REST resources.
//!
//! Articles of the space PUB are public; all others need somebody who is signed in.

use axum::{
    Extension, Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};

use super::{page, people::Person, product::Product, seraph::Visit};

pub fn routes() -> Router<Product> {
    Router::new()
        .route("/", get(home))
        .route("/display/{space}/{title}", get(display))
        .route("/rest/api/content", get(list))
        .route("/rest/api/content/{id}", get(show))
}

struct Article {
    id: u32,
    space: &'static str,
    title: &'static str,
    text: &'static str,
}

const ARTICLES: [Article; 3] = [
    Article { id: 1, space: "DEMO", title: "Home", text: "Start here: the plan, the people, the meetings." },
    Article {
        id: 2,
        space: "DEMO",
        title: "Roadmap",
        text: "Autumn: the release. Winter: the move. Spring: everything that waited.",
    },
    Article {
        id: 3,
        space: "PUB",
        title: "Welcome",
        text: "This page is public: visitors who are not signed in may read it.",
    },
];

impl Article {
    fn visible_to(&self, person: Option<&Person>) -> bool {
        self.space == "PUB" || person.is_some()
    }

    fn path(&self) -> String {
        format!("/display/{}/{}", self.space, self.title)
    }
}

async fn home(State(product): State<Product>, Extension(visit): Extension<Visit>, uri: Uri) -> Response {
    let person = visit.person();
    let visible = ARTICLES.iter().filter(|article| article.visible_to(person.as_ref()));
    let links = visible.map(|article| page::Link {
        href: article.path(),
        label: article.space.to_owned(),
        text: article.title.to_owned(),
    });
    page::home(&product, &visit, &uri, "All pages", links.collect())
}

async fn display(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    uri: Uri,
    Path((space, title)): Path<(String, String)>,
) -> Response {
    let person = visit.person();
    let found = ARTICLES.iter().find(|article| article.space == space && article.title == title);
    match found {
        Some(article) if article.visible_to(person.as_ref()) => {
            page::article(&product, &visit, &uri, article.space, article.title, article.text)
        }
        // A visitor does not learn which pages exist.
        _ if person.is_none() && space != "PUB" => page::sign_in_first(&product, &visit, &uri),
        _ => page::missing(&product, &visit, &uri),
    }
}

async fn list(Extension(visit): Extension<Visit>, headers: HeaderMap) -> Json<Value> {
    let person = visit.person();
    let base = page::base_url(&headers);
    let visible = ARTICLES.iter().filter(|article| article.visible_to(person.as_ref()));
    let results: Vec<Value> = visible.map(|article| as_json(article, &base)).collect();
    Json(json!({ "results": results, "start": 0, "limit": 25, "size": results.len() }))
}

async fn show(Extension(visit): Extension<Visit>, Path(id): Path<u32>, headers: HeaderMap) -> Response {
    let person = visit.person();
    let found = ARTICLES.iter().find(|article| article.id == id && article.visible_to(person.as_ref()));
    match found {
        Some(article) => Json(as_json(article, &page::base_url(&headers))).into_response(),
        None => page::error_json(StatusCode::NOT_FOUND, "No content found with that id"),
    }
}

fn as_json(article: &Article, base: &str) -> Value {
    json!({
        "id": article.id.to_string(),
        "type": "page",
        "status": "current",
        "title": article.title,
        "space": { "key": article.space },
        "_links": { "self": format!("{base}/rest/api/content/{}", article.id), "webui": article.path() },
    })
}
