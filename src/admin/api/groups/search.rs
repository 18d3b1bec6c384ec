//! The search of v1: groups of all directories, by their ids and names.

use std::sync::Arc;

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::store::{AccountFilter, DirectoryGroup, GroupFilter, GroupPlace, Holder};

use super::super::body::OptionalBody;
use super::super::error::{self, ApiError};
use super::super::guard::Caller;
use super::super::page::{Cut, Page};
use super::super::params::Params;
use super::super::{Api, Shared};
use super::own::people;
use super::shapes::{AssignedRole, GroupMember, assigned, group};
use super::{LONGEST_PAGE, PAGE};

/// Values of one filter.
const MOST_VALUES: usize = 1000;
/// People that are shown with a group.
const MOST_SHOWN: u32 = 100;

/// The operation.
pub(super) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(search))
}

/// Which groups are looked for. Of several filters all hold.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupSearchV1 {
    group_ids: Vec<String>,
    group_names: Option<GroupNames>,
    cursor: Option<String>,
    /// 50 unless said, 200 at most.
    limit: Option<u32>,
    /// What is shown besides: `META`, `ROLE_ASSIGNMENTS` and `USERS`. Others are not known here, and show nothing.
    expand: Vec<String>,
}

/// Names, whole or in part.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct GroupNames {
    /// One of these, or this one.
    eq: Option<OneOrMany>,
    /// With this inside.
    contains: Option<String>,
}

/// A text, or several.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// A group that was found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FoundGroup {
    id: Uuid,
    name: String,
    description: String,
    /// With `META`.
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<GroupMeta>,
    /// With `ROLE_ASSIGNMENTS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    role_assignments: Option<Vec<AssignedRole>>,
    /// With `USERS`: by address, and 100 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    users: Option<Vec<GroupMember>>,
}

/// What is said of a group.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupMeta {
    total_user_count: u64,
}

/// Search groups (v1)
#[utoipa::path(
    post, path = "/admin/v1/orgs/{org}/groups/search", tag = "groups", operation_id = "searchGroups",
    security(("api_key" = ["read:groups:admin"])),
    params(
        ("org" = String, Path, description = "The organization's id"),
        ("cursor" = Option<String>, Query, description = "The place to go on, as `links.next` has it; before that of the body"),
    ),
    request_body = Option<GroupSearchV1>,
    responses((status = 200, body = Page<FoundGroup>), (status = 400, description = "A filter or a cursor that cannot be read"))
)]
async fn search(
    api: Shared,
    caller: Caller,
    params: Params,
    OptionalBody(search): OptionalBody<GroupSearchV1>,
) -> Result<Json<Page<FoundGroup>>, ApiError> {
    let limit = search.limit.unwrap_or(PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        return Err(refused("limit", &format!("a number from 1 to {LONGEST_PAGE}")));
    }
    let cursors = caller.cursors(&api, "groups/search");
    // Some clients send the next page's address as it is, and the body as it was.
    let cursor = params.one("cursor").or(search.cursor.as_deref());
    let after = cursor.map(|cursor| cursors.take(cursor)).transpose()?;
    let after = after.as_deref().and_then(GroupPlace::of);
    let filter = filter(&search)?;
    let rows = api.store.directory_groups(caller.id(), &filter, after.as_ref(), limit + 1).await?;
    let cut = Cut::new(rows, limit);
    let next = cut.next(|row| cursors.give(&row.place().to_text()));
    let mut groups = Vec::with_capacity(cut.rows.len());
    for row in &cut.rows {
        groups.push(found(&api, &caller, row, &search.expand).await?);
    }
    Ok(Json(Page::new(groups, caller.here(), next)))
}

fn filter(search: &GroupSearchV1) -> Result<GroupFilter, ApiError> {
    let names = search.group_names.as_ref();
    let eq = match names.and_then(|names| names.eq.clone()) {
        Some(OneOrMany::One(name)) => vec![name],
        Some(OneOrMany::Many(names)) => names,
        None => Vec::new(),
    };
    if eq.len() > MOST_VALUES || search.group_ids.len() > MOST_VALUES {
        return Err(refused("a filter", "1000 values at most"));
    }
    Ok(GroupFilter {
        ids: search.group_ids.iter().map(|id| Uuid::try_parse(id).unwrap_or_default()).collect(),
        names: eq,
        text: names.and_then(|names| names.contains.clone()).unwrap_or_default(),
        ..GroupFilter::default()
    })
}

async fn found(
    api: &Api,
    caller: &Caller,
    row: &DirectoryGroup,
    expand: &[String],
) -> Result<FoundGroup, ApiError> {
    let shows = |what: &str| expand.iter().any(|asked| asked.eq_ignore_ascii_case(what));
    let (mut meta, mut role_assignments, mut users) = (None, None, None);
    if shows("META") {
        let filter = AccountFilter { groups: vec![row.id()], ..AccountFilter::default() };
        let counts = api.store.count_accounts(caller.id(), &filter).await?;
        meta = Some(GroupMeta { total_user_count: counts.iter().map(|(_, count)| count).sum() });
    }
    if shows("ROLE_ASSIGNMENTS") {
        role_assignments = Some(assigned(api.store.roles_of(caller.id(), Holder::Group(row.id())).await?));
    }
    if shows("USERS") {
        users = Some(people(api, caller, row, None, MOST_SHOWN).await?.0);
    }
    let (name, description) = group(caller, row).into_texts();
    Ok(FoundGroup { id: row.id(), name, description, meta, role_assignments, users })
}

fn refused(name: &str, expected: &str) -> ApiError {
    ApiError::because(error::BAD_PARAMETER, format!("{name}: expected {expected}."))
}
