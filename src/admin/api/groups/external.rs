//! People from outside: invited with their groups and roles, exempt from codes for a while, and removed from everything.
//!
//! Companies, which the product does not know, are groups with mail domains.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::actions::accounts::terms::TermsEdit;
use crate::actions::groups::invite::Invitation;
use crate::actions::groups::roles::RoleAt;
use crate::domain::group::{GroupDraft, GroupKind};
use crate::store::DirectoryGroup;

use super::super::body::Body;
use super::super::error::ApiError;
use super::super::guard::Caller;
use super::super::page::Data;
use super::super::{Api, Shared};
use super::own::shown;
use super::shapes::{Company, Exemption, GroupV2, InvitedUser, NewInvitation, group, invited};
use super::{account_id, group_id};

/// The operations.
pub(super) fn routes() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new()
        .routes(routes!(create_company))
        .routes(routes!(invite_v1))
        .routes(routes!(invite_v2))
        .routes(routes!(remove))
        .routes(routes!(reset))
        .routes(routes!(exempt, end_exemption))
}

/// Create a company
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/companies", tag = "groups", operation_id = "createCompany",
    security(("api_key" = ["write:groups:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    request_body = Company,
    responses((status = 201, body = Data<GroupV2>), (status = 400, description = "The body cannot be read"), (status = 422, description = "A member is wrong"))
)]
async fn create_company(
    State(api): Shared,
    caller: Caller,
    Body(Company { name, description, domains }): Body<Company>,
) -> Result<(StatusCode, Json<Data<GroupV2>>), ApiError> {
    let draft = GroupDraft { name, description, kind: GroupKind::Company, domains };
    let made = api.groups.load_full().create(caller.id(), &draft, &caller.actor).await?;
    Ok((StatusCode::CREATED, Json(Data { data: group(&caller, &DirectoryGroup::Own(made)) })))
}

/// Invite people (v1)
#[utoipa::path(
    post, path = "/admin/v1/orgs/{org}/users/invite", tag = "groups", operation_id = "inviteUsersV1",
    security(("api_key" = ["write:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    request_body = NewInvitation,
    responses((status = 200, body = Data<Vec<InvitedUser>>), (status = 400, description = "The body cannot be read"), (status = 403, description = "The key lacks the scope, or an identity provider keeps the group"), (status = 404, description = "No such group or account"), (status = 409, description = "Terms are given, and somebody is managed"), (status = 422, description = "A member is wrong"))
)]
async fn invite_v1(
    State(api): Shared,
    caller: Caller,
    Body(invitation): Body<NewInvitation>,
) -> Result<Json<Data<Vec<InvitedUser>>>, ApiError> {
    invite(&api, &caller, &invitation).await
}

/// Invite people
#[utoipa::path(
    post, path = "/admin/v2/orgs/{org}/users/invite", tag = "groups", operation_id = "inviteUsers",
    security(("api_key" = ["write:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id")),
    request_body = NewInvitation,
    responses((status = 200, body = Data<Vec<InvitedUser>>), (status = 400, description = "The body cannot be read"), (status = 403, description = "The key lacks the scope, or an identity provider keeps the group"), (status = 404, description = "No such group or account"), (status = 409, description = "Terms are given, and somebody is managed"), (status = 422, description = "A member is wrong"))
)]
async fn invite_v2(
    State(api): Shared,
    caller: Caller,
    Body(invitation): Body<NewInvitation>,
) -> Result<Json<Data<Vec<InvitedUser>>>, ApiError> {
    invite(&api, &caller, &invitation).await
}

/// Remove an external person
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/external-users/{account}/remove", tag = "groups", operation_id = "removeExternalUser",
    security(("api_key" = ["write:accounts:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("account" = String, Path, description = "The account's id")),
    responses((status = 204, description = "Out of every group, role and policy, and verified nowhere"), (status = 404, description = "No such group or account"), (status = 409, description = "The account is managed"))
)]
async fn remove(
    State(api): Shared,
    caller: Caller,
    Path((_, account)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let account = account_id(&account)?;
    api.groups.load_full().remove_external(caller.id(), account, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reset the sessions of a group
///
/// Its people, and for a company everybody of its mail domains, verify again at their next request.
#[utoipa::path(
    post, path = "/admin/control/v1/orgs/{org}/groups/{group}/reset-sessions", tag = "groups", operation_id = "resetGroup",
    security(("api_key" = ["write:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("group" = String, Path, description = "The group's id")),
    responses((status = 204, description = "Reset"), (status = 404, description = "No such group"))
)]
async fn reset(
    State(api): Shared,
    caller: Caller,
    Path((_, group)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    api.external_policies.reset_group(caller.id(), group_id(&group)?, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Exempt a group from codes
///
/// Its people from outside, and for a company everybody of its mail domains, are asked for no code until then. Whoever may change the
/// members or the domains of such a group says for whom that is.
#[utoipa::path(
    put, path = "/admin/control/v1/orgs/{org}/groups/{group}/exemption", tag = "groups", operation_id = "exemptGroup",
    security(("api_key" = ["write:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("group" = String, Path, description = "The group's id")),
    request_body = Exemption,
    responses(
        (status = 200, body = Data<GroupV2>),
        (status = 400, description = "The body cannot be read"),
        (status = 403, description = "The key lacks the scope, or an identity provider keeps the group"),
        (status = 404, description = "No such group"),
        (status = 422, description = "The end is over already, or more than a year away")
    )
)]
async fn exempt(
    State(api): Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
    Body(Exemption { until }): Body<Exemption>,
) -> Result<Response, ApiError> {
    let groups = api.groups.load_full();
    let row = groups.exempt(caller.id(), group_id(&id)?, Some(&until), &caller.actor).await?;
    Ok(shown(group(&caller, &DirectoryGroup::Own(row))))
}

/// End the exemption of a group
#[utoipa::path(
    delete, path = "/admin/control/v1/orgs/{org}/groups/{group}/exemption", tag = "groups", operation_id = "endGroupExemption",
    security(("api_key" = ["write:policies:admin"])),
    params(("org" = String, Path, description = "The organization's id"), ("group" = String, Path, description = "The group's id")),
    responses(
        (status = 204, description = "Its people are asked again"),
        (status = 403, description = "The key lacks the scope, or an identity provider keeps the group"),
        (status = 404, description = "No such group")
    )
)]
async fn end_exemption(
    State(api): Shared,
    caller: Caller,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    api.groups.load_full().exempt(caller.id(), group_id(&id)?, None, &caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn invite(
    api: &Api,
    caller: &Caller,
    asked: &NewInvitation,
) -> Result<Json<Data<Vec<InvitedUser>>>, ApiError> {
    let groups = asked.additional_groups.iter().map(|id| group_id(id)).collect::<Result<Vec<_>, _>>()?;
    let rules = asked.permission_rules.iter();
    let roles: Vec<RoleAt<'_>> =
        rules.map(|rule| RoleAt { role: &rule.role, resource: &rule.resource }).collect();
    let invitation = Invitation {
        emails: &asked.emails,
        roles: &roles,
        groups: &groups,
        notify: asked.send_notification.unwrap_or(true),
        text: asked.notification_text.as_deref().unwrap_or_default(),
        terms: TermsEdit {
            sponsor: asked.sponsor.as_deref().map(Some),
            ends_on: asked.ends_on.as_deref().map(Some),
        },
    };
    let people = api.groups.load_full().invite(&caller.organization, &invitation, &caller.actor).await?;
    Ok(Json(Data { data: people.into_iter().map(invited).collect() }))
}
