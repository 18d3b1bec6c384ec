//! What a client finds out by itself: the schemas, the kinds of resources, and what of the protocol there is (RFC 7644 section 4).

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::scim::schema::{
    Attribute, ENTERPRISE, GROUP, GROUPS, Kind, Mutability, ResourceType, Schema, USER, USERS,
};

use super::super::Api;
use super::super::error::{self, ApiError};
use super::super::params::Params;
use super::listing::LONGEST_PAGE;
use super::{At, shapes};

/// What is declared. The extension with the account is shown and not declared, as its product does: its URN is of a form that
/// libraries for clients do not read.
static SCHEMAS: [&Schema; 3] = [&USER, &GROUP, &ENTERPRISE];
static RESOURCE_TYPES: [&ResourceType; 2] = [&USERS, &GROUPS];

/// The operations.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(schemas))
        .routes(routes!(one_schema))
        .routes(routes!(resource_types))
        .routes(routes!(one_resource_type))
        .routes(routes!(configuration))
}

/// List schemas
#[utoipa::path(
    get, path = "/scim/directory/{directory}/Schemas", tag = "scim", operation_id = "listScimSchemas",
    security(("api_key" = ["read:directories:admin", "write:directories:admin"])),
    params(("directory" = String, Path, description = "The directory's id")),
    responses(
        (status = 200, body = Value, content_type = "application/scim+json"),
        (status = 404, description = "No such directory")
    )
)]
async fn schemas(at: At, params: Params) -> Result<Json<Value>, ApiError> {
    let all: Vec<Value> = SCHEMAS.iter().map(|found| schema(&at, found)).collect();
    unfiltered(&params)?;
    Ok(Json(shapes::list(all.len() as u64, 1, &all)))
}

/// Show a schema
#[utoipa::path(
    get, path = "/scim/directory/{directory}/Schemas/{schema}", tag = "scim", operation_id = "showScimSchema",
    security(("api_key" = ["read:directories:admin", "write:directories:admin"])),
    params(("directory" = String, Path, description = "The directory's id"), ("schema" = String, Path, description = "Its URN")),
    responses(
        (status = 200, body = Value, content_type = "application/scim+json"),
        (status = 404, description = "No such schema")
    )
)]
async fn one_schema(at: At, Path((_, id)): Path<(String, String)>) -> Result<Json<Value>, ApiError> {
    let found = SCHEMAS.iter().find(|schema| schema.id.eq_ignore_ascii_case(&id));
    found.map(|found| Json(schema(&at, found))).ok_or_else(|| ApiError::of(error::NO_RESOURCE))
}

/// List kinds of resources
#[utoipa::path(
    get, path = "/scim/directory/{directory}/ResourceTypes", tag = "scim", operation_id = "listScimResourceTypes",
    security(("api_key" = ["read:directories:admin", "write:directories:admin"])),
    params(("directory" = String, Path, description = "The directory's id")),
    responses(
        (status = 200, body = Value, content_type = "application/scim+json"),
        (status = 404, description = "No such directory")
    )
)]
async fn resource_types(at: At, params: Params) -> Result<Json<Value>, ApiError> {
    let all: Vec<Value> = RESOURCE_TYPES.iter().map(|found| resource_type(&at, found)).collect();
    unfiltered(&params)?;
    Ok(Json(shapes::list(all.len() as u64, 1, &all)))
}

/// Show a kind of resource
#[utoipa::path(
    get, path = "/scim/directory/{directory}/ResourceTypes/{name}", tag = "scim", operation_id = "showScimResourceType",
    security(("api_key" = ["read:directories:admin", "write:directories:admin"])),
    params(("directory" = String, Path, description = "The directory's id"), ("name" = String, Path, description = "User or Group")),
    responses(
        (status = 200, body = Value, content_type = "application/scim+json"),
        (status = 404, description = "No such kind")
    )
)]
async fn one_resource_type(at: At, Path((_, name)): Path<(String, String)>) -> Result<Json<Value>, ApiError> {
    let found = RESOURCE_TYPES.iter().find(|kind| kind.name.eq_ignore_ascii_case(&name));
    found.map(|found| Json(resource_type(&at, found))).ok_or_else(|| ApiError::of(error::NO_RESOURCE))
}

/// Show what of the protocol there is
#[utoipa::path(
    get, path = "/scim/directory/{directory}/ServiceProviderConfig", tag = "scim", operation_id = "showScimConfiguration",
    security(("api_key" = ["read:directories:admin", "write:directories:admin"])),
    params(("directory" = String, Path, description = "The directory's id")),
    responses(
        (status = 200, body = Value, content_type = "application/scim+json"),
        (status = 404, description = "No such directory")
    )
)]
async fn configuration(at: At) -> Json<Value> {
    let unsupported = json!({ "supported": false });
    Json(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": LONGEST_PAGE },
        "changePassword": unsupported,
        "sort": unsupported,
        "etag": unsupported,
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Key of a directory",
            "description": "Authorization: Bearer KEY, with the key that was made with the directory.",
            "primary": true,
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": at.place("/ServiceProviderConfig"),
        },
    }))
}

/// These lists are never narrowed (RFC 7644 section 4).
fn unfiltered(params: &Params) -> Result<(), ApiError> {
    match params.one("filter") {
        None => Ok(()),
        Some(_) => Err(ApiError::because(error::FORBIDDEN, "This list takes no filter.")),
    }
}

fn schema(at: &At, schema: &Schema) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": schema.id,
        "name": schema.name,
        "description": schema.about,
        "attributes": schema.attributes.iter().map(attribute).collect::<Vec<_>>(),
        "meta": { "resourceType": "Schema", "location": at.place(&format!("/Schemas/{}", schema.id)) },
    })
}

fn attribute(attribute: &Attribute) -> Value {
    let mut shown = json!({
        "name": attribute.name,
        "type": match attribute.kind {
            Kind::Text => "string",
            Kind::Switch => "boolean",
            Kind::Reference => "reference",
            Kind::Complex => "complex",
        },
        "multiValued": attribute.many,
        "description": attribute.about,
        "required": attribute.required,
        "mutability": match attribute.mutability {
            Mutability::ReadWrite => "readWrite",
            Mutability::ReadOnly => "readOnly",
            Mutability::Immutable => "immutable",
        },
        "returned": "default",
    });
    if matches!(attribute.kind, Kind::Text | Kind::Reference) {
        shown["caseExact"] = attribute.case_exact.into();
        shown["uniqueness"] = if attribute.unique { "server" } else { "none" }.into();
    }
    if !attribute.usual.is_empty() {
        shown["canonicalValues"] = attribute.usual.into();
    }
    if !attribute.refers_to.is_empty() {
        shown["referenceTypes"] = attribute.refers_to.into();
    }
    if !attribute.parts.is_empty() {
        shown["subAttributes"] = attribute.parts.iter().map(self::attribute).collect();
    }
    shown
}

fn resource_type(at: &At, kind: &ResourceType) -> Value {
    let declared = kind.extensions.iter().filter(|schema| SCHEMAS.contains(schema));
    let extension = |schema: &&Schema| json!({ "schema": schema.id, "required": false });
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": kind.name,
        "name": kind.name,
        "endpoint": kind.endpoint,
        "description": kind.about,
        "schema": kind.schema.id,
        "schemaExtensions": declared.map(extension).collect::<Vec<_>>(),
        "meta": {
            "resourceType": "ResourceType",
            "location": at.place(&format!("/ResourceTypes/{}", kind.name)),
        },
    })
}
