//! Files of people: ask for one, see how far it is, and fetch it with the key that asked for it. Where an organization wants it
//! so, a mailed link opens a file too: then, outside the guard, whoever has it is let in, and nobody learns what else there is.
//!
//! A file leaves part by part, as it stands in the store: it may be larger than is good for one answer in memory.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures_util::stream;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::actions::exports::ask::ExportError;
use crate::actions::exports::fetch::FetchError;
use crate::admin::Ends;
use crate::admin::problem::Problem;
use crate::domain::client_address::client_address;
use crate::store::{Store, TaskRow};

use super::auth_policies::{Begun, Task, policy_id, task};
use super::body::OptionalBody;
use super::error::{self, ApiError};
use super::guard::Caller;
use super::page::Data;
use super::{Api, Shared};

/// How often links may be tried from one network: more than any mailbox and its scanners need.
const LINKS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).expect("60 is not 0");
/// How many networks are remembered before those are let go of that may try again anyway.
const MANY_NETWORKS: usize = 10_000;

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(export_members))
        .routes(routes!(export_external_users))
        .routes(routes!(show))
        .routes(routes!(fetch))
}

/// What mailed links lead to. It asks for no key, so it stands outside the guard and outside the document.
pub fn links(api: Arc<Api>) -> Router {
    let opened = Arc::new(Links { api, limiter: RateLimiter::keyed(Quota::per_minute(LINKS_PER_MINUTE)) });
    Router::new().route("/exports/{token}", get(open)).with_state(opened)
}

/// What links are opened with.
struct Links {
    api: Arc<Api>,
    limiter: DefaultKeyedRateLimiter<IpAddr>,
}

/// What is to be exported.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewExport {
    /// The policy whose members are exported; those of all without it.
    policy_id: Option<String>,
}

/// Export members of authentication policies
///
/// The file is made as a task, which says where it is when it is done.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/auth-policy/export", tag = "exports", operation_id = "exportAuthPolicyMembers",
    security(("api_key" = ["read:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    request_body = Option<NewExport>,
    responses(
        (status = 202, body = Begun),
        (status = 400, description = "A body that cannot be read"),
        (status = 404, description = "No such policy"),
        (status = 409, description = "Too many tasks are waiting")
    )
)]
async fn export_members(
    State(api): Shared,
    caller: Caller,
    OptionalBody(NewExport { policy_id: policy }): OptionalBody<NewExport>,
) -> Result<(StatusCode, Json<Begun>), ApiError> {
    let policy = policy.as_deref().map(policy_id).transpose()?;
    let task = api.exports.ask_for_members(caller.id(), policy, &caller.actor).await?;
    Ok(begun(&caller, &task))
}

/// Export external users
///
/// The file is made as a task, which says where it is when it is done.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/external-users/export", tag = "exports", operation_id = "exportExternalUsers",
    security(("api_key" = ["read:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    responses((status = 202, body = Begun), (status = 409, description = "Too many tasks are waiting"))
)]
async fn export_external_users(
    State(api): Shared,
    caller: Caller,
) -> Result<(StatusCode, Json<Begun>), ApiError> {
    let task = api.exports.ask_for_external_users(caller.id(), &caller.actor).await?;
    Ok(begun(&caller, &task))
}

/// Show how far an export is
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/exports/{task}", tag = "exports", operation_id = "showExport",
    security(("api_key" = ["read:policies:admin", "read:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("task" = String, Path, description = "The task's id")),
    responses((status = 200, body = Data<Task>), (status = 404, description = "No such export"))
)]
async fn show(
    State(api): Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Data<Task>>, ApiError> {
    let row = api.store.task(caller.id(), task_id(&id)?).await?.filter(|row| row.kind.makes_file());
    Ok(Json(Data { data: task(&caller, row.ok_or_else(|| ApiError::of(error::NO_TASK))?) }))
}

/// Fetch an export
///
/// For 24 hours, and with the key that asked for it. No cell of it is a formula.
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/exports/{task}/file", tag = "exports", operation_id = "fetchExport",
    security(("api_key" = ["read:policies:admin", "read:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("task" = String, Path, description = "The task's id")),
    responses(
        (status = 200, body = String, content_type = "text/csv"),
        (status = 404, description = "No such file for this key, or its time is over"),
        (status = 409, description = "It is not ready yet")
    )
)]
async fn fetch(
    State(api): Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let task = api.exports.fetch(caller.id(), task_id(&id)?, &caller.actor).await?;
    Ok(file(&api.store, &task))
}

/// Opens a mailed link. Whatever is wrong with it, the answer is that of a page that does not exist.
async fn open(
    State(links): State<Arc<Links>>,
    ConnectInfo(ends): ConnectInfo<Ends>,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response {
    let api = &links.api;
    let forwarded: Vec<_> =
        headers.get_all("x-forwarded-for").iter().map(|line| line.to_str().ok()).collect();
    let address = client_address(ends.peer, forwarded.into_iter(), &api.served.load().trusted_proxies);
    let is_allowed = links.limiter.check_key(&network(address)).is_ok();
    if links.limiter.len() > MANY_NETWORKS {
        links.limiter.retain_recent();
    }
    if !is_allowed {
        let said = "Links are tried too often from your network. Please try again in a minute.";
        let refusal = Problem::new(StatusCode::TOO_MANY_REQUESTS, said);
        return ([(header::RETRY_AFTER, "60")], refusal).into_response();
    }
    match api.exports.fetch_by_link(&token, address).await {
        Ok(task) => file(&api.store, &task),
        Err(FetchError::Unknown | FetchError::NotReady) => {
            Problem::new(StatusCode::NOT_FOUND, "There is no such page here.").into_response()
        }
        Err(FetchError::Store(error)) => {
            tracing::error!(%error, "an export could not be fetched by its link");
            let said = "The file cannot be fetched right now. Please try again in a moment.";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, said).into_response()
        }
    }
}

/// Who is likely one and the same: an address, or the /64 of one.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

fn begun(caller: &Caller, task: &TaskRow) -> (StatusCode, Json<Begun>) {
    let task_link = caller.link(&format!("/admin/control/v1/orgs/{}/exports/{}", caller.id(), task.id));
    (StatusCode::ACCEPTED, Json(Begun { task_id: task.id, task_link }))
}

/// A file as it leaves: never shown as a page, never run, and its address told to nobody.
fn file(store: &Store, task: &TaskRow) -> Response {
    let name = format!("attachment; filename=\"{}-{}.csv\"", task.kind.label(), task.id);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    (headers, parts(store.clone(), task.id)).into_response()
}

/// The parts one after the other. One that cannot be read breaks the answer off, so that nobody takes it for whole.
fn parts(store: Store, task: Uuid) -> Body {
    let read = move |part: u32| {
        let store = store.clone();
        async move {
            let content = store.task_file_part(task, part).await.transpose()?;
            Some((content.map(Bytes::from), part.saturating_add(1)))
        }
    };
    Body::from_stream(stream::unfold(0, read))
}

fn task_id(text: &str) -> Result<Uuid, ApiError> {
    Uuid::try_parse(text).map_err(|_| ApiError::of(error::NO_TASK))
}

impl From<ExportError> for ApiError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => error.into(),
            ExportError::Unknown => Self::of(error::NO_POLICY),
            ExportError::Busy => Self::because(error::CONFLICT, error),
        }
    }
}

impl From<FetchError> for ApiError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Store(error) => error.into(),
            FetchError::Unknown => Self::because(error::NO_TASK, error),
            FetchError::NotReady => Self::because(error::CONFLICT, error),
        }
    }
}
