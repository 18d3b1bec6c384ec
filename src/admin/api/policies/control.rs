//! The same operations under each prefix, with their documentation: what they do is in `mod.rs`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::body::{Body, OptionalBody};
use super::super::error::ApiError;
use super::super::guard::Caller;
use super::super::page::{Data, Page};
use super::super::params::Params;
use super::super::seen::Seen;
use super::super::{Api, Shared};
use super::shapes::{Policy, PolicyInput, PolicyResource};

/// All of them.
pub fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .merge(org::routes())
        .merge(org_single::routes())
        .merge(control_v1::routes())
        .merge(control_v1_single::routes())
        .merge(control_v1_resources::routes())
        .merge(control_v2::routes())
        .merge(control_v2_resources::routes())
        .routes(routes!(publish))
}

type Answered<T> = Result<Json<T>, ApiError>;
type Accepted = Result<(StatusCode, Json<Data<Policy>>), ApiError>;

/// What every prefix has.
macro_rules! policies {
    ($module:ident, $prefix:literal, $name:literal) => {
        mod $module {
            use super::*;

            pub(super) fn routes() -> OpenApiRouter<Arc<Api>> {
                OpenApiRouter::new()
                    .routes(routes!(list, create))
                    .routes(routes!(show, update, remove))
                    .routes(routes!(add_resource))
            }

            #[utoipa::path(
                get, path = concat!($prefix, "/orgs/{org}/policies"), tag = "policies", operation_id = concat!("listPolicies", $name),
                summary = "List policies",
                security(("api_key" = ["read:policies:admin"])),
                params(
                    ("org" = String, Path, description = "The organization's id"),
                    ("type" = Option<String>, Query, description = "Only policies of this type, such as `authentication`"),
                    ("cursor" = Option<String>, Query, description = "The place to go on, from `meta.next`"),
                    ("limit" = Option<u32>, Query, description = "Entries of a page, 50 unless said, 200 at most"),
                ),
                responses((status = 200, body = Page<Policy>), (status = 400, description = "A cursor or a limit that cannot be read"))
            )]
            async fn list(State(api): Shared, caller: Caller, params: Params) -> Answered<Page<Policy>> {
                super::super::list(&api, &caller, &params).await
            }

            #[utoipa::path(
                post, path = concat!($prefix, "/orgs/{org}/policies"), tag = "policies", operation_id = concat!("createPolicy", $name),
                summary = "Create a policy",
                security(("api_key" = ["write:policies:admin"])),
                params(("org" = String, Path, description = "The organization's id")),
                request_body = PolicyInput,
                responses(
                    (status = 202, body = Data<Policy>),
                    (status = 400, description = "A body that cannot be read, or fields that are wrong: one error for each"),
                    (status = 409, description = "There is a policy of this name")
                )
            )]
            async fn create(State(api): Shared, caller: Caller, Body(body): Body<Value>) -> Accepted {
                super::super::create(&api, &caller, body).await
            }

            #[utoipa::path(
                get, path = concat!($prefix, "/orgs/{org}/policies/{policy}"), tag = "policies",
                operation_id = concat!("showPolicy", $name), summary = "Show a policy",
                security(("api_key" = ["read:policies:admin"])),
                params(
                    ("org" = String, Path, description = "The organization's id"),
                    ("policy" = String, Path, description = "The policy's id"),
                ),
                responses((status = 200, body = Data<Policy>), (status = 404, description = "No such policy"))
            )]
            async fn show(
                State(api): Shared,
                caller: Caller,
                Path((_, policy)): Path<(String, String)>,
            ) -> Answered<Data<Policy>> {
                super::super::show(&api, &caller, &policy).await
            }

            #[utoipa::path(
                put, path = concat!($prefix, "/orgs/{org}/policies/{policy}"), tag = "policies",
                operation_id = concat!("updatePolicy", $name), summary = "Update a policy",
                description = "What is not named stays as it is. With `If-Match`, only the version that was seen is changed.",
                security(("api_key" = ["write:policies:admin"])),
                params(
                    ("org" = String, Path, description = "The organization's id"),
                    ("policy" = String, Path, description = "The policy's id"),
                    ("If-Match" = Option<String>, Header, description = "`metadata.version` of what was seen, in quotes"),
                ),
                request_body = PolicyInput,
                responses(
                    (status = 202, body = Data<Policy>),
                    (status = 400, description = "A body that cannot be read, or fields that are wrong: one error for each"),
                    (status = 404, description = "No such policy"),
                    (status = 409, description = "There is another policy of this name"),
                    (status = 412, description = "It was changed since it was seen")
                )
            )]
            async fn update(
                State(api): Shared,
                caller: Caller,
                Path((_, policy)): Path<(String, String)>,
                Seen(seen): Seen,
                Body(body): Body<Value>,
            ) -> Accepted {
                super::super::update(&api, &caller, &policy, seen, body).await
            }

            #[utoipa::path(
                delete, path = concat!($prefix, "/orgs/{org}/policies/{policy}"), tag = "policies",
                operation_id = concat!("deletePolicy", $name), summary = "Delete a policy",
                description = "The default one cannot be deleted, and one that has members only if it is said where they go.",
                security(("api_key" = ["delete:policies:admin"])),
                params(
                    ("org" = String, Path, description = "The organization's id"),
                    ("policy" = String, Path, description = "The policy's id"),
                    ("membersTo" = Option<String>, Query, description = "The id of the policy that its members go to"),
                    ("If-Match" = Option<String>, Header, description = "`metadata.version` of what was seen, in quotes"),
                ),
                responses(
                    (status = 202, description = "Deleted"),
                    (status = 404, description = "No such policy"),
                    (status = 409, description = "It is the default one, or has members"),
                    (status = 412, description = "It was changed since it was seen"),
                    (status = 422, description = "Its members cannot go there")
                )
            )]
            async fn remove(
                State(api): Shared,
                caller: Caller,
                Path((_, policy)): Path<(String, String)>,
                params: Params,
                Seen(seen): Seen,
            ) -> Result<StatusCode, ApiError> {
                super::super::remove(&api, &caller, &policy, seen, &params).await
            }

            #[utoipa::path(
                post, path = concat!($prefix, "/orgs/{org}/policies/{policy}/resources"), tag = "policies",
                operation_id = concat!("addPolicyResource", $name), summary = "Apply a policy to a resource",
                description = "Always refused: an authentication policy is applied to its members.",
                security(("api_key" = ["write:policies:admin"])),
                params(
                    ("org" = String, Path, description = "The organization's id"),
                    ("policy" = String, Path, description = "The policy's id"),
                ),
                responses(
                    (status = 400, description = "Members are added instead"),
                    (status = 404, description = "No such policy")
                )
            )]
            async fn add_resource(
                State(api): Shared,
                caller: Caller,
                Path((_, policy)): Path<(String, String)>,
            ) -> Result<StatusCode, ApiError> {
                super::super::refuse_change_of_resources(&api, &caller, &policy).await
            }
        }
    };
}

/// What only the first version of each has.
macro_rules! single {
    ($module:ident, $prefix:literal, $name:literal) => {
        mod $module {
            use super::*;

            pub(super) fn routes() -> OpenApiRouter<Arc<Api>> {
                OpenApiRouter::new().routes(routes!(validate)).routes(routes!(update_resource, remove_resource))
            }

            #[utoipa::path(
                get, path = concat!($prefix, "/orgs/{org}/policies/{policy}/validate"), tag = "policies",
                operation_id = concat!("validatePolicy", $name), summary = "Validate a policy",
                description = "What is kept is valid, so that it is there is all there is to find out.",
                security(("api_key" = ["read:policies:admin"])),
                params(
                    ("org" = String, Path, description = "The organization's id"),
                    ("policy" = String, Path, description = "The policy's id"),
                ),
                responses((status = 202, description = "It is valid"), (status = 404, description = "No such policy"))
            )]
            async fn validate(
                State(api): Shared,
                caller: Caller,
                Path((_, policy)): Path<(String, String)>,
            ) -> Result<StatusCode, ApiError> {
                super::super::validate(&api, &caller, &policy).await
            }

            #[utoipa::path(
                put, path = concat!($prefix, "/orgs/{org}/policies/{policy}/resources/{resource}"), tag = "policies",
                operation_id = concat!("updatePolicyResource", $name), summary = "Change how a policy is applied to a resource",
                description = "Always 404: an authentication policy is applied to its members.",
                security(("api_key" = ["write:policies:admin"])),
                params(
                    ("org" = String, Path, description = "The organization's id"),
                    ("policy" = String, Path, description = "The policy's id"),
                    ("resource" = String, Path, description = "The resource's id"),
                ),
                responses((status = 404, description = "No such policy, or no such resource"))
            )]
            async fn update_resource(
                State(api): Shared,
                caller: Caller,
                Path((_, policy, _)): Path<(String, String, String)>,
            ) -> Result<StatusCode, ApiError> {
                super::super::refuse_resource(&api, &caller, &policy).await
            }

            #[utoipa::path(
                delete, path = concat!($prefix, "/orgs/{org}/policies/{policy}/resources/{resource}"), tag = "policies",
                operation_id = concat!("removePolicyResource", $name), summary = "No longer apply a policy to a resource",
                description = "Always 404: an authentication policy is applied to its members.",
                security(("api_key" = ["write:policies:admin", "delete:policies:admin"])),
                params(
                    ("org" = String, Path, description = "The organization's id"),
                    ("policy" = String, Path, description = "The policy's id"),
                    ("resource" = String, Path, description = "The resource's id"),
                ),
                responses((status = 404, description = "No such policy, or no such resource"))
            )]
            async fn remove_resource(
                State(api): Shared,
                caller: Caller,
                Path((_, policy, _)): Path<(String, String, String)>,
            ) -> Result<StatusCode, ApiError> {
                super::super::refuse_resource(&api, &caller, &policy).await
            }
        }
    };
}

/// What only the prefixes of admin control have.
macro_rules! resources {
    ($module:ident, $prefix:literal, $name:literal) => {
        mod $module {
            use super::*;

            pub(super) fn routes() -> OpenApiRouter<Arc<Api>> {
                OpenApiRouter::new().routes(routes!(list_resources, remove_resources))
            }

            #[utoipa::path(
                get, path = concat!($prefix, "/orgs/{org}/policies/{policy}/resources"), tag = "policies",
                operation_id = concat!("listPolicyResources", $name), summary = "List what a policy is applied to",
                description = "Always empty for an authentication policy: it is applied to its members.",
                security(("api_key" = ["read:policies:admin"])),
                params(
                    ("org" = String, Path, description = "The organization's id"),
                    ("policy" = String, Path, description = "The policy's id"),
                ),
                responses((status = 200, body = Page<PolicyResource>), (status = 404, description = "No such policy"))
            )]
            async fn list_resources(
                State(api): Shared,
                caller: Caller,
                Path((_, policy)): Path<(String, String)>,
            ) -> Answered<Page<PolicyResource>> {
                super::super::list_resources(&api, &caller, &policy).await
            }

            #[utoipa::path(
                delete, path = concat!($prefix, "/orgs/{org}/policies/{policy}/resources"), tag = "policies",
                operation_id = concat!("removePolicyResources", $name), summary = "No longer apply a policy to anything",
                description = "Always refused: an authentication policy is applied to its members.",
                security(("api_key" = ["write:policies:admin", "delete:policies:admin"])),
                params(
                    ("org" = String, Path, description = "The organization's id"),
                    ("policy" = String, Path, description = "The policy's id"),
                ),
                responses(
                    (status = 400, description = "Members are removed instead"),
                    (status = 404, description = "No such policy")
                )
            )]
            async fn remove_resources(
                State(api): Shared,
                caller: Caller,
                Path((_, policy)): Path<(String, String)>,
            ) -> Result<StatusCode, ApiError> {
                super::super::refuse_change_of_resources(&api, &caller, &policy).await
            }
        }
    };
}

policies!(org, "/admin/v1", "");
single!(org_single, "/admin/v1", "");
policies!(control_v1, "/admin/control/v1", "ControlV1");
single!(control_v1_single, "/admin/control/v1", "ControlV1");
resources!(control_v1_resources, "/admin/control/v1", "ControlV1");
policies!(control_v2, "/admin/control/v2", "ControlV2");
resources!(control_v2_resources, "/admin/control/v2", "ControlV2");

/// Publish all draft policies
///
/// A draft has no members and is not the default; what is published stays so. The answer has those that were drafts until now.
#[utoipa::path(
    post, path = "/admin/control/v2/orgs/{org}/policies/publishDraftPolicies", tag = "policies",
    operation_id = "publishDraftPolicies",
    security(("api_key" = ["write:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    responses((status = 202, body = Page<Policy>), (status = 400, description = "A body that cannot be read"))
)]
async fn publish(
    State(api): Shared,
    caller: Caller,
    OptionalBody(_): OptionalBody<Value>,
) -> Result<(StatusCode, Json<Page<Policy>>), ApiError> {
    super::publish(&api, &caller).await
}
