//! The audit log: read by filters, followed by programs, and taken as a file. It has no operation that changes it.

mod query;
mod shapes;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::{Json, http::HeaderValue};
use futures_util::stream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::actions::export_events::EventExport;
use crate::store::{AuditAction, AuditRow, EventId, EventOrder};

use super::error::{self, ApiError};
use super::guard::Caller;
use super::page::{Cut, Data, Page};
use super::params::Params;
use super::{Api, Shared};
use query::{StreamPlace, filter, sort_order};
use shapes::{Action, Event, action, event};

/// Entries of a page, and of a page of the stream.
const PAGE: u32 = 50;
const STREAM_PAGE: u32 = 200;
const LONGEST_PAGE: u32 = 500;

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(list_v2))
        .routes(routes!(show))
        .routes(routes!(show_v2))
        .routes(routes!(follow))
        .routes(routes!(actions))
        .routes(routes!(export))
}

/// List events
///
/// Newest first. Of several parameters all hold, of several values of one any.
#[utoipa::path(
    get, path = "/admin/v1/orgs/{org}/events", tag = "events", operation_id = "listEvents",
    security(("api_key" = ["read:events:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("cursor" = Option<String>, Query, description = "The place to go on, from `links.next`"),
        ("limit" = Option<u32>, Query, description = "Entries of a page, 50 unless said, 500 at most"),
        ("q" = Option<String>, Query, description = "One exact term: who, to whom or what, an action's id, a site, an IP address"),
        ("from" = Option<String>, Query, description = "Milliseconds since 1970"),
        ("to" = Option<String>, Query, description = "Milliseconds since 1970"),
        ("action" = Option<String>, Query, description = "Ids of actions; may be repeated"),
        ("actor" = Option<String>, Query, description = "Who did it, or with which API key; may be repeated"),
        ("ip" = Option<String>, Query, description = "From where; may be repeated"),
        ("site" = Option<String>, Query, description = "At which site; may be repeated"),
    ),
    responses((status = 200, body = Page<Event>), (status = 400, description = "A parameter that cannot be read"))
)]
async fn list(api: Shared, caller: Caller, params: Params) -> Result<Json<Page<Event>>, ApiError> {
    page(&api, &caller, &params).await
}

/// List events (v2)
///
/// The same as v1: the best-known client asks here.
#[utoipa::path(
    get, path = "/admin/v2/orgs/{org}/events", tag = "events", operation_id = "listEventsV2",
    security(("api_key" = ["read:events:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("cursor" = Option<String>, Query, description = "The place to go on, from `links.next`"),
        ("limit" = Option<u32>, Query, description = "Entries of a page, 50 unless said, 500 at most"),
    ),
    responses((status = 200, body = Page<Event>), (status = 400, description = "A parameter that cannot be read"))
)]
async fn list_v2(api: Shared, caller: Caller, params: Params) -> Result<Json<Page<Event>>, ApiError> {
    page(&api, &caller, &params).await
}

/// Show an event
#[utoipa::path(
    get, path = "/admin/v1/orgs/{org}/events/{event}", tag = "events", operation_id = "showEvent",
    security(("api_key" = ["read:events:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("event" = String, Path, description = "The event's id")),
    responses((status = 200, body = Data<Event>), (status = 404, description = "No such event"))
)]
async fn show(
    api: Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Data<Event>>, ApiError> {
    one(&api, &caller, &id).await
}

/// Show an event (v2)
#[utoipa::path(
    get, path = "/admin/v2/orgs/{org}/events/{event}", tag = "events", operation_id = "showEventV2",
    security(("api_key" = ["read:events:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("event" = String, Path, description = "The event's id")),
    responses((status = 200, body = Data<Event>), (status = 404, description = "No such event"))
)]
async fn show_v2(
    api: Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Data<Event>>, ApiError> {
    one(&api, &caller, &id).await
}

/// Follow events
///
/// Oldest first unless said otherwise. `meta.next` is always there: kept and sent again later, it gives what came since. The
/// order and the times are part of it, and are not read from the query again.
#[utoipa::path(
    get, path = "/admin/v1/orgs/{org}/events-stream", tag = "events", operation_id = "followEvents",
    security(("api_key" = ["read:events:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("cursor" = Option<String>, Query, description = "The place to go on, from `meta.next`"),
        ("limit" = Option<u32>, Query, description = "Entries of a page, 200 unless said, 500 at most"),
        ("from" = Option<String>, Query, description = "Milliseconds since 1970"),
        ("to" = Option<String>, Query, description = "Milliseconds since 1970"),
        ("sortOrder" = Option<String>, Query, description = "asc (unless said) or desc"),
    ),
    responses((status = 200, body = Page<Event>), (status = 400, description = "A parameter that cannot be read"))
)]
async fn follow(api: Shared, caller: Caller, params: Params) -> Result<Json<Page<Event>>, ApiError> {
    let cursors = caller.cursors(&api, "events-stream");
    let place = match params.one("cursor") {
        Some(cursor) => StreamPlace::read(&cursors.take(cursor)?).ok_or_else(query::bad_cursor)?,
        None => StreamPlace::begin(sort_order(&params)?, &params)?,
    };
    let limit = params.limit("limit", STREAM_PAGE, LONGEST_PAGE)?;
    let rows = api.store.events(caller.id(), &place.filter(), place.order, place.after, limit + 1).await?;
    let cut = Cut::new(rows, limit);
    let after = cut.rows.last().map(AuditRow::id).or(place.after);
    let next = cursors.give(&StreamPlace { after, ..place }.to_string());
    let events = cut.rows.iter().map(|row| event(&caller, row).processed()).collect();
    let mut page = Page::new(events, caller.here(), cut.has_more.then(|| next.clone()));
    page.meta.next = Some(next);
    Ok(Json(page))
}

/// List actions
///
/// Every id that an event's `action` may have.
#[utoipa::path(
    get, path = "/admin/v1/orgs/{org}/event-actions", tag = "events", operation_id = "listEventActions",
    security(("api_key" = ["read:events:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    responses((status = 200, body = Data<Vec<Action>>))
)]
async fn actions(_: Caller) -> Json<Data<Vec<Action>>> {
    let shown = AuditAction::ALL.iter().filter(|known| known.is_of_organization());
    Json(Data { data: shown.map(|known| action(*known)).collect() })
}

/// Export events
///
/// A CSV file, newest first, with the parameters of the list. What a spreadsheet would read as a formula begins with an
/// apostrophe.
#[utoipa::path(
    get, path = "/admin/control/v1/orgs/{org}/events/export", tag = "events", operation_id = "exportEvents",
    security(("api_key" = ["read:events:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("q" = Option<String>, Query, description = "As in the list, like the other parameters"),
    ),
    responses((status = 200, content_type = "text/csv", body = String), (status = 400, description = "A parameter that cannot be read"))
)]
async fn export(State(api): Shared, caller: Caller, params: Params) -> Result<Response, ApiError> {
    let (store, now) = (api.store.clone(), api.keys.clock.now());
    let export = EventExport::begin(store, caller.id().clone(), filter(&params)?, &caller.actor, now).await?;
    let parts = stream::try_unfold(export, |mut export| async move {
        // What was sent cannot be taken back: a broken end shows the client that it is not whole.
        let next =
            export.next().await.inspect_err(|error| tracing::warn!(%error, "an export of events broke off"));
        Ok::<_, crate::store::StoreError>(next?.map(|part| (part, export)))
    });
    let mut response = Body::from_stream(parts).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers
        .insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"events.csv\""));
    Ok(response)
}

async fn page(api: &Api, caller: &Caller, params: &Params) -> Result<Json<Page<Event>>, ApiError> {
    let cursors = caller.cursors(api, "events");
    let after = params.one("cursor").map(|cursor| cursors.take(cursor)).transpose()?;
    let after = after.map(|place| place.parse().map(EventId).map_err(|_| query::bad_cursor())).transpose()?;
    let (filter, limit) = (filter(params)?, params.limit("limit", PAGE, LONGEST_PAGE)?);
    let rows = api.store.events(caller.id(), &filter, EventOrder::NewestFirst, after, limit + 1).await?;
    let cut = Cut::new(rows, limit);
    let next = cut.next(|row| cursors.give(&row.id().0.to_string()));
    Ok(Json(Page::new(cut.rows.iter().map(|row| event(caller, row)).collect(), caller.here(), next)))
}

async fn one(api: &Api, caller: &Caller, id: &str) -> Result<Json<Data<Event>>, ApiError> {
    let missing = || ApiError::of(error::NO_EVENT);
    let id = Uuid::try_parse(id).map(EventId).map_err(|_| missing())?;
    let row = api.store.event(caller.id(), id).await?.ok_or_else(missing)?;
    Ok(Json(Data { data: event(caller, &row) }))
}
