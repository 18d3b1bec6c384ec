//! The Jira look-alike's content: issues as pages and as REST resources.
//!
//! Issues of the project PUB are public; all others need somebody who is signed in.

use axum::{
    Extension, Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{identity, lock, page, people::Person, product::Product, seraph::Visit};

/// How many issues can be created; later ones are refused.
const CAPACITY: usize = 1_000;
/// How many issues a search returns when it does not say.
const PAGE: usize = 50;

pub fn routes() -> Router<Product> {
    let mut routes = Router::new()
        .route("/", get(dashboard))
        .route("/secure/Dashboard.jspa", get(dashboard))
        .route("/secure/Background.jspa", get(background))
        .route("/browse/{key}", get(browse));
    for version in ["2", "latest"] {
        let path = |resource: &str| format!("/rest/api/{version}/{resource}");
        routes = routes
            .route(&path("search"), get(search).post(search))
            .route(&path("field"), get(fields))
            .route(&path("project/{key}"), get(project))
            .route(&path("issue"), axum::routing::post(create))
            .route(&path("issue/{key}"), get(show));
    }
    routes
}

#[derive(Clone, Debug)]
pub struct Issue {
    pub id: u32,
    pub project: String,
    pub number: u32,
    pub summary: String,
    pub description: String,
    /// Who made it; `None` for those that were there from the start.
    pub reporter: Option<Person>,
}

impl Issue {
    pub fn key(&self) -> String {
        format!("{}-{}", self.project, self.number)
    }

    fn visible_to(&self, person: Option<&Person>) -> bool {
        self.project == "PUB" || person.is_some()
    }
}

/// Every issue, oldest first.
#[derive(Debug)]
pub struct Issues {
    list: Vec<Issue>,
}

impl Issues {
    pub fn new() -> Self {
        let mut issues = Issues { list: Vec::new() };
        for (project, summary, description) in [
            ("DEMO", "Prepare the autumn release", "Collect what is ready, and say what waits for spring."),
            (
                "DEMO",
                "Review the partner contract",
                "Omar's side has sent a new draft; legal reads it on Thursday.",
            ),
            ("DEMO", "Order badges for the offsite", "Forty badges, two of them for guests."),
            ("PUB", "Known problems", "This issue is public: visitors who are not signed in may read it."),
        ] {
            issues.add(project, summary.to_owned(), description.to_owned(), None);
        }
        issues
    }

    fn add(
        &mut self,
        project: &str,
        summary: String,
        description: String,
        reporter: Option<Person>,
    ) -> Issue {
        let taken = self.list.iter().filter(|issue| issue.project == project).map(|issue| issue.number).max();
        let number = taken.unwrap_or(0) + 1;
        let id = u32::try_from(10_000 + self.list.len()).expect("the list is bounded");
        let issue = Issue { id, project: project.to_owned(), number, summary, description, reporter };
        self.list.push(issue.clone());
        issue
    }

    fn find(&self, key: &str) -> Option<Issue> {
        self.list.iter().find(|issue| issue.key() == key || issue.id.to_string() == key).cloned()
    }

    fn visible(&self, person: Option<&Person>) -> Vec<Issue> {
        self.list.iter().filter(|issue| issue.visible_to(person)).cloned().collect()
    }
}

async fn dashboard(State(product): State<Product>, Extension(visit): Extension<Visit>, uri: Uri) -> Response {
    let issues = lock(&product.inner.issues).visible(visit.person().as_ref());
    let links = issues.iter().map(|issue| page::Link {
        href: format!("/browse/{}", issue.key()),
        label: issue.key(),
        text: issue.summary.clone(),
    });
    page::home(&product, &visit, &uri, "Dashboard", links.collect())
}

async fn background(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    uri: Uri,
) -> Response {
    page::background(&product, &visit, &uri)
}

async fn browse(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    uri: Uri,
    Path(key): Path<String>,
) -> Response {
    let found = lock(&product.inner.issues).find(&key);
    let person = visit.person();
    match found {
        Some(issue) if issue.visible_to(person.as_ref()) => {
            page::article(&product, &visit, &uri, &issue.key(), &issue.summary, &issue.description)
        }
        // A visitor does not learn which issues exist.
        _ if person.is_none() && !key.starts_with("PUB-") => page::sign_in_first(&product, &visit, &uri),
        _ => page::missing(&product, &visit, &uri),
    }
}

/// `startAt` and `maxResults` of a search; the query language is not understood, every visible issue matches.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Window {
    #[serde(default)]
    start_at: usize,
    max_results: Option<usize>,
}

async fn search(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    Query(window): Query<Window>,
    headers: HeaderMap,
) -> Json<Value> {
    let visible = lock(&product.inner.issues).visible(visit.person().as_ref());
    let base = page::base_url(&headers);
    let limit = window.max_results.unwrap_or(PAGE);
    let issues: Vec<Value> =
        visible.iter().skip(window.start_at).take(limit).map(|issue| as_json(issue, &base)).collect();
    Json(json!({
        "startAt": window.start_at,
        "maxResults": limit,
        "total": visible.len(),
        "issues": issues,
    }))
}

async fn show(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Response {
    let found = lock(&product.inner.issues).find(&key);
    let person = visit.person();
    match found {
        Some(issue) if issue.visible_to(person.as_ref()) => {
            Json(as_json(&issue, &page::base_url(&headers))).into_response()
        }
        _ if person.is_none() => page::unauthorized(),
        _ => page::error_json(StatusCode::NOT_FOUND, "Issue Does Not Exist"),
    }
}

/// The names of an issue's fields; client libraries ask for them before their first search.
async fn fields() -> Json<Value> {
    let names = ["summary", "description", "project", "issuetype", "status", "reporter"];
    let field = |name: &str| json!({ "id": name, "name": name, "custom": false, "clauseNames": [name] });
    Json(names.iter().map(|name| field(name)).collect())
}

async fn project(Extension(visit): Extension<Visit>, Path(key): Path<String>) -> Response {
    match (key.as_str(), visit.person()) {
        ("PUB", _) | ("DEMO", Some(_)) => {
            let types = json!([{ "id": "1", "name": "Task", "subtask": false }]);
            Json(json!({ "id": key, "key": key, "name": key, "issueTypes": types })).into_response()
        }
        _ => page::error_json(StatusCode::NOT_FOUND, "No project could be found with that key."),
    }
}

#[derive(Debug, Deserialize)]
struct NewIssue {
    fields: NewIssueFields,
}

#[derive(Debug, Deserialize)]
struct NewIssueFields {
    #[serde(default)]
    project: NewIssueProject,
    summary: String,
    description: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct NewIssueProject {
    key: Option<String>,
}

async fn create(
    State(product): State<Product>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
    Json(NewIssue { fields }): Json<NewIssue>,
) -> Response {
    let Some(person) = visit.person() else { return page::unauthorized() };
    let project = match fields.project.key.as_deref() {
        None | Some("DEMO") => "DEMO",
        Some("PUB") => "PUB",
        Some(_) => return page::error_json(StatusCode::BAD_REQUEST, "valid project is required"),
    };
    let mut issues = lock(&product.inner.issues);
    if issues.list.len() >= CAPACITY {
        return page::error_json(StatusCode::INSUFFICIENT_STORAGE, "the look-alike keeps no more issues");
    }
    let issue = issues.add(project, fields.summary, fields.description.unwrap_or_default(), Some(person));
    let itself = format!("{}/rest/api/2/issue/{}", page::base_url(&headers), issue.id);
    let answer = json!({ "id": issue.id.to_string(), "key": issue.key(), "self": itself });
    (StatusCode::CREATED, Json(answer)).into_response()
}

fn as_json(issue: &Issue, base: &str) -> Value {
    json!({
        "id": issue.id.to_string(),
        "key": issue.key(),
        "self": format!("{base}/rest/api/2/issue/{}", issue.id),
        "fields": {
            "summary": issue.summary,
            "description": issue.description,
            "project": { "key": issue.project, "name": issue.project },
            "issuetype": { "name": "Task" },
            "status": { "name": "To Do" },
            "reporter": issue.reporter.as_ref().map(identity::jira_user),
        },
    })
}
