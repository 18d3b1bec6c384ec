//! Lists of users and groups: by place and number, as the protocol counts them, whether they are asked for by a query or by a
//! search.

use serde_json::Value;
use uuid::Uuid;

use crate::domain::scim::filter::Equals;
use crate::domain::scim::path::{Home, home};
use crate::domain::scim::person::folded;
use crate::domain::scim::schema::{
    DISPLAY_NAME, EXTERNAL_ID, GROUPS, MEMBERS, ResourceType, USER_NAME, USERS,
};
use crate::domain::scim::selection::Selection;
use crate::domain::scim::{Mistake, MistakeKind};
use crate::store::{ScimFilter, ScimStart, ScimTotal, StoreError};

use super::super::Api;
use super::super::error::ApiError;
use super::super::params::Params;
use super::{At, shapes};

/// Resources of a page, unless said.
pub const PAGE: u32 = 100;
/// Resources of a page at most. Who asks for more gets as many.
pub const LONGEST_PAGE: u32 = 1_000;

/// What is asked of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The filter, as it was written.
    pub filter: Option<String>,
    /// The place of the first one, from 1.
    pub start: u64,
    /// How many.
    pub count: u32,
    /// What of each is seen.
    pub selection: Selection,
}

impl Asked {
    /// Reads a query.
    pub fn of_query(params: &Params) -> Result<Self, ApiError> {
        let selection = selection(params)?;
        let number = |name: &'static str| params.one(name).map(|text| whole(name, text)).transpose();
        Ok(Self::new(
            params.one("filter").map(ToOwned::to_owned),
            number("startIndex")?,
            number("count")?,
            selection,
        ))
    }

    /// Reads the body of a search, which has the same in it (RFC 7644 section 3.4.3).
    pub fn of_body(body: &Value) -> Result<Self, ApiError> {
        let refused = |name: &str| MistakeKind::InvalidValue.because(format!("{name} is of a wrong type."));
        let number = |name: &'static str| match &body[name] {
            Value::Null => Ok(None),
            value => value.as_i64().map(Some).ok_or_else(|| refused(name)),
        };
        let names = |name: &'static str| match &body[name] {
            Value::Null => Ok(Vec::new()),
            Value::Array(names) => names
                .iter()
                .map(|item| item.as_str().ok_or_else(|| refused(name)))
                .collect::<Result<Vec<_>, _>>(),
            _ => Err(refused(name)),
        };
        let filter = match &body["filter"] {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            _ => return Err(refused("filter").into()),
        };
        let selection = Selection::read(&names("attributes")?, &names("excludedAttributes")?)?;
        Ok(Self::new(filter, number("startIndex")?, number("count")?, selection))
    }

    fn new(filter: Option<String>, start: Option<i64>, count: Option<i64>, selection: Selection) -> Self {
        let start = start.and_then(|start| u64::try_from(start).ok()).unwrap_or(1).max(1);
        let count = count.map_or(PAGE, |count| {
            u32::try_from(count.clamp(0, i64::from(LONGEST_PAGE))).unwrap_or(LONGEST_PAGE)
        });
        Self { filter, start, count, selection }
    }

    /// The filter, for one kind of resource.
    fn narrowed(&self, kind: &ResourceType) -> Result<ScimFilter, Mistake> {
        let Some(text) = &self.filter else { return Ok(ScimFilter::All) };
        let Equals { attribute, value } = Equals::parse(text)?;
        let name = match home(kind, &attribute) {
            Some((Home::Own, name)) => name,
            _ => "",
        };
        let own_name = if kind.name == USERS.name { USER_NAME } else { DISPLAY_NAME };
        if name.eq_ignore_ascii_case(own_name) {
            return Ok(ScimFilter::Name(folded(&value)));
        }
        if kind.name == USERS.name && name.eq_ignore_ascii_case(EXTERNAL_ID) {
            return Ok(ScimFilter::ExternalId(value));
        }
        let taken = if kind.name == USERS.name { "userName or externalId" } else { "displayName" };
        Err(MistakeKind::InvalidFilter.because(format!("A filter compares {taken} with a text by eq.")))
    }
}

/// What of a resource is seen.
pub fn selection(params: &Params) -> Result<Selection, Mistake> {
    Selection::read(&params.many("attributes"), &params.many("excludedAttributes"))
}

/// A page of the resources of some kinds, one kind after the other.
pub async fn page(api: &Api, at: &At, asked: &Asked, kinds: &[&ResourceType]) -> Result<Value, ApiError> {
    let (mut total, mut resources) = (0, Vec::new());
    for kind in kinds {
        let filter = asked.narrowed(kind)?;
        let ScimTotal { count, version } = match kind.name == USERS.name {
            true => api.store.count_scim_users(&at.directory, &filter).await?,
            false => api.store.count_scim_groups(&at.directory, &filter).await?,
        };
        let left = asked.count - u32::try_from(resources.len()).unwrap_or(asked.count).min(asked.count);
        let passed = (asked.start - 1).saturating_sub(total);
        if left > 0 && passed < count {
            // Those of a filter are few.
            let is_whole = filter == ScimFilter::All;
            let start = match is_whole {
                true => api.scim_places.start(&at.directory, kind, passed, version),
                false => ScimStart::Behind(passed),
            };
            let (found, last) = match kind.name == USERS.name {
                true => users(api, at, &asked.selection, &filter, start, left).await?,
                false => groups(api, at, &asked.selection, &filter, start, left).await?,
            };
            if let Some(last) = last.filter(|_| is_whole) {
                let passed = passed + found.len() as u64;
                api.scim_places.note(&at.directory, kind, passed, version, last);
            }
            resources.extend(found);
        }
        total += count;
    }
    Ok(shapes::list(total, asked.start, &resources))
}

/// Users as they are shown, and the id of the last one.
async fn users(
    api: &Api,
    at: &At,
    selection: &Selection,
    filter: &ScimFilter,
    start: ScimStart,
    limit: u32,
) -> Result<(Vec<Value>, Option<Uuid>), StoreError> {
    let rows = api.store.scim_users(&at.directory, filter, start, limit).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let groups = match selection.shows(&USERS, "groups") {
        true => api.store.groups_of_scim_users(&ids).await?,
        false => Vec::new(),
    };
    let groups = shapes::by(groups, |group| group.user);
    let of = |id| groups.get(&id).map_or(&[][..], Vec::as_slice);
    let shown = rows.iter().map(|row| shapes::user(at, selection, row, of(row.id)));
    Ok((shown.collect(), ids.last().copied()))
}

/// Groups as they are shown, and the id of the last one.
async fn groups(
    api: &Api,
    at: &At,
    selection: &Selection,
    filter: &ScimFilter,
    start: ScimStart,
    limit: u32,
) -> Result<(Vec<Value>, Option<Uuid>), StoreError> {
    let rows = api.store.scim_groups(&at.directory, filter, start, limit).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    // Groups are large, and clients that look for one by its name leave the members out.
    let members = match selection.shows(&GROUPS, MEMBERS) {
        true => api.store.scim_members(&ids).await?,
        false => Vec::new(),
    };
    let members = shapes::by(members, |member| member.group);
    let of = |id| members.get(&id).map_or(&[][..], Vec::as_slice);
    let shown = rows.iter().map(|row| shapes::group(at, selection, row, of(row.id)));
    Ok((shown.collect(), ids.last().copied()))
}

fn whole(name: &str, text: &str) -> Result<i64, ApiError> {
    let number = text.parse();
    number.map_err(|_| MistakeKind::InvalidValue.because(format!("{name} is a whole number.")).into())
}
