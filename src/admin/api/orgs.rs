//! Organizations: a key sees its own.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use std::sync::Arc;

use super::Api;
use super::error::ApiError;
use super::guard::Caller;
use super::page::{Data, Page};

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show))
}

/// An organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct Org {
    /// Its id.
    id: String,
    /// Always `orgs`.
    #[serde(rename = "type")]
    kind: &'static str,
    attributes: OrgAttributes,
    relationships: OrgRelationships,
    links: OrgLinks,
}

/// What an organization is.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrgAttributes {
    /// What it is called.
    name: String,
}

/// What it has.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrgRelationships {
    domains: Related,
    users: Related,
}

/// Something that it has.
#[derive(Debug, Serialize, ToSchema)]
pub struct Related {
    links: RelatedLinks,
}

/// Where that is.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelatedLinks {
    related: String,
}

/// Where it is itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrgLinks {
    #[serde(rename = "self")]
    here: String,
}

/// List organizations
///
/// The organizations that the key belongs to, which is one.
#[utoipa::path(
    get, path = "/admin/v1/orgs", tag = "organizations", operation_id = "listOrgs",
    security(("api_key" = ["read:orgs:admin"])),
    params(("cursor" = Option<String>, Query, description = "The place to go on; this list has one page.")),
    responses((status = 200, body = Page<Org>), (status = 400, description = "A cursor that this list did not give out"))
)]
async fn list(
    api: super::Shared,
    caller: Caller,
    params: super::params::Params,
) -> Result<Json<Page<Org>>, ApiError> {
    if let Some(cursor) = params.one("cursor") {
        caller.cursors(&api, "orgs").take(cursor)?;
    }
    Ok(Json(Page::new(vec![org(&caller)], caller.here(), None)))
}

/// Show an organization
#[utoipa::path(
    get, path = "/admin/v1/orgs/{org}", tag = "organizations", operation_id = "showOrg",
    security(("api_key" = ["read:orgs:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    responses((status = 200, body = Data<Org>), (status = 404, description = "Another organization, or none"))
)]
async fn show(caller: Caller) -> Json<Data<Org>> {
    Json(Data { data: org(&caller) })
}

fn org(caller: &Caller) -> Org {
    let here = caller.link(&format!("/admin/v1/orgs/{}", caller.id()));
    let related = |what: &str| Related { links: RelatedLinks { related: format!("{here}/{what}") } };
    Org {
        id: caller.id().to_string(),
        kind: "orgs",
        attributes: OrgAttributes { name: caller.organization.name.to_string() },
        relationships: OrgRelationships { domains: related("domains"), users: related("users") },
        links: OrgLinks { here },
    }
}
