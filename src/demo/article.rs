//! The Confluence look-alike's content: articles as pages and as REST resources.
//!
//! Articles of the space PUB are public; all others need somebody who is signed in.

use axum::{
    Extension, Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{lock, page, people::Person, product::Product, seraph::Visit};

/// How many articles can be written; later ones are refused.
const CAPACITY: usize = 1_000;
/// How many articles a list returns when it does not say.
const PAGE: usize = 25;

pub fn routes() -> Router<Product> {
    Router::new()
        .route("/", get(home))
        .route("/display/{space}/{title}", get(display))
        .route("/rest/api/content", get(list).post(create))
        .route("/rest/api/content/", get(list).post(create))
        .route("/rest/api/content/{id}", get(show))
}

#[derive(Clone, Debug)]
struct Article {
    id: u32,
    space: String,
    title: String,
    text: String,
}

impl Article {
    fn visible_to(&self, person: Option<&Person>) -> bool {
        self.space == "PUB" || person.is_some()
    }

    fn path(&self) -> String {
        let title = percent_encoding::utf8_percent_encode(&self.title, percent_encoding::NON_ALPHANUMERIC);
        format!("/display/{}/{title}", self.space)
    }
}

/// Every article, oldest first.
#[derive(Debug)]
pub struct Articles {
    list: Vec<Article>,
}

impl Articles {
    pub fn new() -> Self {
        let mut articles = Articles { list: Vec::new() };
        for (space, title, text) in [
            ("DEMO", "Home", "Start here: the plan, the people, the meetings."),
            ("DEMO", "Roadmap", "Autumn: the release. Winter: the move. Spring: everything that waited."),
            ("PUB", "Welcome", "This page is public: visitors who are not signed in may read it."),
        ] {
            articles.add(space, title.to_owned(), text.to_owned());
        }
        articles
    }

    fn add(&mut self, space: &str, title: String, text: String) -> Article {
        let id = u32::try_from(self.list.len() + 1).expect("the list is bounded");
        let article = Article { id, space: space.to_owned(), title, text };
        self.list.push(article.clone());
        article
    }

    fn find(&self, wanted: impl Fn(&Article) -> bool) -> Option<Article> {
        self.list.iter().find(|article| wanted(article)).cloned()
    }

    fn visible(&self, person: Option<&Person>) -> Vec<Article> {
        self.list.iter().filter(|article| article.visible_to(person)).cloned().collect()
    }
}

async fn home(State(product): State<Product>, Extension(visit): Extension<Visit>, uri: Uri) -> Response {
    let articles = lock(&product.inner.articles).visible(visit.person().as_ref());
    let links = articles.iter().map(|article| page::Link {
        href: article.path(),
        label: article.space.clone(),
        text: article.title.clone(),
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
    let found =
        lock(&product.inner.articles).find(|article| article.space == space && article.title == title);
    match found {
        Some(article) if article.visible_to(person.as_ref()) => {
            page::article(&product, &visit, &uri, &article.space, &article.title, &article.text)
        }
        // A visitor does not learn which pages exist.
        _ if person.is_none() && space != "PUB" => page::sign_in_first(&product, &visit, &uri),
        _ => page::missing(&product, &visit, &uri),
    }
}

/// What a list is narrowed to, and which part of it is wanted.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    space_key: Option<String>,
    title: Option<String>,
    #[serde(default)]
    start: usize,
    limit: Option<usize>,
}

async fn list(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Json<Value> {
    let mut articles = lock(&product.inner.articles).visible(visit.person().as_ref());
    articles.retain(|article| {
        wanted.space_key.as_ref().is_none_or(|space| article.space == *space)
            && wanted.title.as_ref().is_none_or(|title| article.title == *title)
    });
    let base = page::base_url(&headers);
    let limit = wanted.limit.unwrap_or(PAGE);
    let results: Vec<Value> =
        articles.iter().skip(wanted.start).take(limit).map(|article| as_json(article, &base)).collect();
    Json(json!({ "results": results, "start": wanted.start, "limit": limit, "size": results.len() }))
}

async fn show(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<u32>,
    headers: HeaderMap,
) -> Response {
    let person = visit.person();
    let found =
        lock(&product.inner.articles).find(|article| article.id == id && article.visible_to(person.as_ref()));
    match found {
        Some(article) => Json(as_json(&article, &page::base_url(&headers))).into_response(),
        None => page::error_json(StatusCode::NOT_FOUND, "No content found with that id"),
    }
}

#[derive(Debug, Deserialize)]
struct NewArticle {
    title: String,
    space: Space,
    body: NewBody,
}

#[derive(Debug, Deserialize)]
struct Space {
    key: String,
}

#[derive(Debug, Deserialize)]
struct NewBody {
    storage: Storage,
}

#[derive(Debug, Deserialize)]
struct Storage {
    value: String,
}

async fn create(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    Json(new): Json<NewArticle>,
) -> Response {
    if visit.person().is_none() {
        return page::unauthorized();
    }
    if !matches!(new.space.key.as_str(), "DEMO" | "PUB") {
        return page::error_json(StatusCode::NOT_FOUND, "No space with that key");
    }
    let mut articles = lock(&product.inner.articles);
    if articles.find(|known| known.space == new.space.key && known.title == new.title).is_some() {
        return page::error_json(StatusCode::BAD_REQUEST, "A page with this title already exists");
    }
    if articles.list.len() >= CAPACITY {
        return page::error_json(StatusCode::INSUFFICIENT_STORAGE, "the look-alike keeps no more pages");
    }
    let article = articles.add(&new.space.key, new.title, new.body.storage.value);
    Json(as_json(&article, &page::base_url(&headers))).into_response()
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
