//! How the API says no: one cause, in the dialect of the family that was asked. Clients of each read their own.
//!
//! It repeats what the client sent only where a sentence of ours must name it, and never what a library said.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::store::StoreError;

/// A cause: its status, its stable code, and its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cause(pub StatusCode, pub &'static str, pub &'static str);

/// The path leads nowhere.
pub const UNKNOWN_RESOURCE: Cause = Cause(StatusCode::NOT_FOUND, "ADMIN-404-1", "Unknown resource");
/// Another organization's id, or nobody's.
pub const NO_ORGANIZATION: Cause = Cause(StatusCode::NOT_FOUND, "ADMIN-404-2", "Organization not found");
/// The organization has no such domain.
pub const NO_DOMAIN: Cause = Cause(StatusCode::NOT_FOUND, "ADMIN-404-3", "Domain not found");
/// The organization has no such policy.
pub const NO_POLICY: Cause = Cause(StatusCode::NOT_FOUND, "ADMIN-404-5", "Policy not found");
/// The policy is applied to nothing by this id.
pub const NO_POLICY_RESOURCE: Cause =
    Cause(StatusCode::NOT_FOUND, "ADMIN-404-6", "Policy resource not found");
/// The organization, or the policy, has no such account.
pub const NO_USER: Cause = Cause(StatusCode::NOT_FOUND, "ADMIN-404-8", "User not found");
/// The organization has no such task.
pub const NO_TASK: Cause = Cause(StatusCode::NOT_FOUND, "ADMIN-404-1", "Task not found");
/// The organization has no such key.
pub const NO_KEY: Cause = Cause(StatusCode::NOT_FOUND, "ADMIN-404-1", "API key not found");
/// The organization has no such directory.
pub const NO_DIRECTORY: Cause = Cause(StatusCode::NOT_FOUND, "ADMIN-404-1", "Directory not found");
/// The directory has no such user or group, or the organization no such account.
pub const NO_RESOURCE: Cause = Cause(StatusCode::NOT_FOUND, "ADMIN-404-8", "User or group not found");
/// A cursor that this list did not give out.
pub const BAD_CURSOR: Cause = Cause(StatusCode::BAD_REQUEST, "ADMIN-400-1", "Invalid page cursor");
/// A time that cannot be read.
pub const BAD_TIME: Cause = Cause(StatusCode::BAD_REQUEST, "ADMIN-400-3", "Invalid time or date");
/// The organization's log has no such event.
pub const NO_EVENT: Cause = Cause(StatusCode::NOT_FOUND, "ADMIN-404-4", "Event not found");
/// Nothing is kept of such a decision.
pub const NO_DECISION: Cause = Cause(StatusCode::NOT_FOUND, "ADMIN-404-1", "Decision not found");
/// The organization has no such group.
pub const NO_GROUP: Cause = Cause(StatusCode::NOT_FOUND, "ADMIN-404-10", "Group not found");
/// An identity provider keeps the group, or the directory that it would be in.
pub const SYNCED_GROUP: Cause = Cause(StatusCode::FORBIDDEN, "ADMIN-403-5", "May not manage the group");
/// The organization has no such external user policy.
pub const NO_EXTERNAL_POLICY: Cause = Cause(StatusCode::NOT_FOUND, "ADMIN-404-5", "Policy not found");
/// An id that no domain has.
pub const BAD_DOMAIN_ID: Cause = Cause(StatusCode::BAD_REQUEST, "ADMIN-400-2", "Invalid domain identifier");
/// A parameter that cannot be read.
pub const BAD_PARAMETER: Cause = Cause(StatusCode::BAD_REQUEST, "ADMIN-400-4", "Invalid resource");
/// A body that cannot be read, or that cannot be done.
pub const BAD_BODY: Cause = Cause(StatusCode::BAD_REQUEST, "ADMIN-400-24", "Invalid request body");
/// No key, or none that opens anything.
pub const UNAUTHORIZED: Cause = Cause(StatusCode::UNAUTHORIZED, "ADMIN-401-2", "Unauthorized");
/// The key does not open this.
pub const FORBIDDEN: Cause = Cause(StatusCode::FORBIDDEN, "ADMIN-403-3", "May not manage the organization");
/// The path takes other methods.
pub const BAD_METHOD: Cause = Cause(StatusCode::METHOD_NOT_ALLOWED, "ADMIN-405-1", "Method not supported");
/// It cannot be done as things stand.
pub const CONFLICT: Cause = Cause(StatusCode::CONFLICT, "ADMIN-409-28", "Conflict");
/// Somebody else changed it since it was read.
pub const CHANGED: Cause = Cause(StatusCode::PRECONDITION_FAILED, "ADMIN-412-1", "Changed meanwhile");
/// More than is taken.
pub const TOO_LARGE: Cause = Cause(StatusCode::PAYLOAD_TOO_LARGE, "ADMIN-413-1", "Request too large");
/// A body of a kind that is not read.
pub const BAD_MEDIA_TYPE: Cause =
    Cause(StatusCode::UNSUPPORTED_MEDIA_TYPE, "ADMIN-415-1", "Unsupported media type");
/// The rules forbid it, whatever its form.
pub const UNPROCESSABLE: Cause =
    Cause(StatusCode::UNPROCESSABLE_ENTITY, "ADMIN-422-1", "Cannot be done as asked");
/// More often than is allowed.
pub const RATE_LIMITED: Cause = Cause(StatusCode::TOO_MANY_REQUESTS, "ADMIN-429-1", "Rate limit exceeded");
/// Something broke here.
pub const INTERNAL: Cause = Cause(StatusCode::INTERNAL_SERVER_ERROR, "ADMIN-500-1", "Internal error");
/// The store does not answer.
pub const UNAVAILABLE: Cause = Cause(StatusCode::SERVICE_UNAVAILABLE, "ADMIN-503-1", "Try again later");

/// What the product whose API this is keeps, and Postern does not: a part of a path, and what it is.
const KEPT_ELSEWHERE: &[(&str, &str)] = &[
    ("/oauth-clients", "OAuth clients"),
    ("/service-accounts", "service accounts"),
    ("/api-tokens", "API tokens of people: the products do, and a policy says whether they are let through"),
    ("/admin/dlp/", "classification levels"),
    ("/workspaces", "workspaces"),
    ("/role-assignments/", "roles of an organization: who has a key to the API keeps it"),
];

/// A refusal, before it is said in anybody's dialect.
#[derive(Debug, Clone)]
pub struct ApiError {
    cause: Cause,
    /// Plain sentences, one for each thing that is wrong.
    details: Vec<String>,
    /// What user management says instead of the cause's default.
    key: Option<Box<(&'static str, Value)>>,
    /// What SCIM adds (RFC 7644 section 3.12).
    scim_type: Option<&'static str>,
    /// A header that belongs to it.
    header: Option<Box<(HeaderName, HeaderValue)>>,
}

/// How the family of the organizations says no.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it describes; what is sent is made by hand, as every family does it in another way"
)]
pub struct Errors {
    errors: Vec<ErrorEntry>,
}

/// One thing that is wrong.
#[derive(ToSchema)]
#[expect(dead_code, reason = "as above")]
pub struct ErrorEntry {
    /// Names this very refusal.
    id: String,
    /// The status, as a text.
    status: String,
    /// What clients may rely on, such as `ADMIN-404-3`.
    code: String,
    title: String,
    /// A plain sentence.
    detail: String,
    /// The same, where the best-known client looks for it.
    message: String,
}

/// How user management says no.
#[derive(ToSchema)]
#[expect(dead_code, reason = "as above")]
pub struct UserManagementError {
    /// What clients may rely on, such as `forbidden.targetUnverified`.
    key: String,
    /// A plain sentence.
    message: String,
    /// More, by the key.
    #[schema(value_type = Option<Object>)]
    context: Option<Value>,
}

/// How SCIM says no (RFC 7644 section 3.12).
#[derive(ToSchema)]
#[expect(dead_code, reason = "as above")]
#[schema(rename_all = "camelCase")]
pub struct ScimError {
    schemas: Vec<String>,
    status: String,
    detail: String,
    scim_type: Option<String>,
}

/// Who is asked, and so how a refusal is worded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `/admin`: the organizations, their directory, their policies.
    Organizations,
    /// `/users`: the management of one account.
    UserManagement,
    /// `/scim`: the directories of identity providers.
    Scim,
}

impl ApiError {
    /// A refusal that its title says enough of.
    pub fn of(cause: Cause) -> Self {
        Self { cause, details: Vec::new(), key: None, scim_type: None, header: None }
    }

    /// The refusal of a path that leads nowhere.
    pub fn unknown_resource(path: &str) -> Self {
        match KEPT_ELSEWHERE.iter().find(|(part, _)| path.contains(part)) {
            Some((_, what)) => Self::because(UNKNOWN_RESOURCE, format!("Postern keeps no {what}.")),
            None => Self::of(UNKNOWN_RESOURCE),
        }
    }

    /// A refusal with a sentence about it.
    pub fn because(cause: Cause, detail: impl ToString) -> Self {
        Self { details: vec![detail.to_string()], ..Self::of(cause) }
    }

    /// A refusal with a sentence for each thing that is wrong.
    pub fn for_each(cause: Cause, details: impl IntoIterator<Item = String>) -> Self {
        Self { details: details.into_iter().collect(), ..Self::of(cause) }
    }

    /// What user management says of it: a key, and a context or null.
    #[must_use]
    pub fn key(self, key: &'static str, context: Value) -> Self {
        Self { key: Some(Box::new((key, context))), ..self }
    }

    /// What SCIM calls it.
    #[must_use]
    pub fn scim(self, scim_type: &'static str) -> Self {
        Self { scim_type: Some(scim_type), ..self }
    }

    /// The same with a header.
    #[must_use]
    pub fn with_header(self, name: HeaderName, value: HeaderValue) -> Self {
        Self { header: Some(Box::new((name, value))), ..self }
    }

    /// The answer, in a family's words.
    pub fn into_dialect(self, family: Family, id: Uuid, path: &str, at: jiff::Timestamp) -> Response {
        let status = self.cause.0;
        let body = match family {
            Family::Organizations => self.organizations(id, path, at),
            Family::UserManagement => self.user_management(),
            Family::Scim => self.scim_body(id),
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some((name, value)) = self.header.map(|header| *header) {
            headers.insert(name, value);
        }
        response
    }

    /// The first sentence, or the title.
    fn message(&self) -> &str {
        self.details.first().map_or(self.cause.2, String::as_str)
    }

    fn organizations(&self, id: Uuid, path: &str, at: jiff::Timestamp) -> Value {
        let Cause(status, code, title) = self.cause;
        match status {
            // A gateway in front of the product answers these there, so clients know another shape.
            StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS => {
                json!({ "code": status.as_u16(), "message": self.message() })
            }
            StatusCode::FORBIDDEN if path.contains("/domains") => json!({
                "timestamp": at,
                "path": path,
                "status": status.as_u16(),
                "error": title,
                "message": self.message(),
                "requestId": id,
            }),
            _ => {
                let titled = [title.to_owned()];
                let details = if self.details.is_empty() { &titled[..] } else { &self.details };
                let entry = |detail: &String| {
                    json!({
                        "id": id,
                        "status": status.as_str(),
                        "code": code,
                        "title": title,
                        "detail": detail,
                        "message": detail,
                    })
                };
                json!({ "errors": details.iter().map(entry).collect::<Vec<_>>() })
            }
        }
    }

    fn user_management(&self) -> Value {
        let (key, context) = self.key.clone().map(|key| *key).unwrap_or_else(|| {
            let key = match self.cause.0 {
                StatusCode::BAD_REQUEST => "bodyParseFailure",
                StatusCode::UNAUTHORIZED => "unauthorized",
                StatusCode::FORBIDDEN => "forbidden",
                StatusCode::NOT_FOUND => "notFound",
                StatusCode::CONFLICT => "conflict",
                StatusCode::TOO_MANY_REQUESTS => "rateLimited",
                StatusCode::SERVICE_UNAVAILABLE => "unavailable",
                _ => "error",
            };
            (key, Value::Null)
        });
        let mut body = json!({ "key": key, "message": self.message() });
        if !context.is_null() {
            body["context"] = context;
        }
        body
    }

    fn scim_body(&self, id: Uuid) -> Value {
        let status = self.cause.0;
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return json!({ "error": self.message(), "traceId": id });
        }
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": status.as_str(),
            "detail": self.message(),
        });
        // A body that is no JSON is known to no operation.
        let unread = (self.cause == BAD_BODY).then_some("invalidSyntax");
        if let Some(scim_type) = self.scim_type.or(unread) {
            body["scimType"] = scim_type.into();
        }
        body
    }
}

impl Family {
    /// The family that a path belongs to; `None` for what is not the API's.
    pub fn of(path: &str) -> Option<Self> {
        [("/admin/", Self::Organizations), ("/users/", Self::UserManagement), ("/scim/", Self::Scim)]
            .into_iter()
            .find_map(|(prefix, family)| path.starts_with(prefix).then_some(family))
    }
}

impl IntoResponse for ApiError {
    /// The guard finds it in the response and says it in the family's words.
    fn into_response(self) -> Response {
        let mut response = self.cause.0.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        tracing::warn!(%error, "an operation of the API failed");
        match error {
            StoreError::Unavailable(_) => {
                Self::because(UNAVAILABLE, "The store does not answer now, and nothing was changed.")
                    .with_header(header::RETRY_AFTER, HeaderValue::from_static("5"))
            }
            _ => Self::because(INTERNAL, "Something broke here; the log says what, and nothing was changed."),
        }
    }
}
