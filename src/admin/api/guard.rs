//! Who asks, and whether they may: before any operation is reached, in an order that tells nobody more than they may know.
//!
//! 1. A key that opens something, or 401: also for what does not exist.
//! 2. Not too often, or 429.
//! 3. An operation that exists, or 404 and 405.
//! 4. A scope that opens it, or 403.
//! 5. Its own organization, or the 404 that an unknown one gets; with a key of a directory, that directory and nothing else.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

use crate::admin::Ends;
use crate::domain::actor::Actor;
use crate::domain::api_key::Scope;
use crate::domain::client_address::client_address;
use crate::domain::organization::{Organization, OrganizationId};
use crate::store::ApiKeyRow;

use super::Api;
use super::accept::scim_media_type;
use super::cursor::Cursors;
use super::documentation::Scopes;
use super::error::{self, ApiError, Family};
use super::rate::{Limiter, Standing};

/// What the guard knows.
pub struct Guard {
    /// What each operation asks for.
    pub scopes: Scopes,
    /// How often keys may ask.
    pub limiter: Limiter,
    /// Who may ask.
    pub api: Arc<Api>,
}

/// Who asks. A handler that takes it is reached by nobody else.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Whose key it is. Nothing of another is read or written for it.
    pub organization: Arc<Organization>,
    /// Who the audit log says did it.
    pub actor: Actor,
    /// What links begin with: where the client reached us.
    base: Arc<str>,
    /// The path and query of the request.
    target: Arc<str>,
}

impl Caller {
    /// The organization's id.
    pub fn id(&self) -> &OrganizationId {
        &self.organization.id
    }

    /// A whole address of ours; the path begins with a slash.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The address of this very request.
    pub fn here(&self) -> String {
        self.link(&self.target)
    }

    /// The cursors of one of the organization's lists.
    pub fn cursors<'a>(&'a self, api: &'a Api, list: &'a str) -> Cursors<'a> {
        Cursors::new(&api.cursor_key, list, self.id())
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        // Behind the guard it is always there.
        parts.extensions.get().cloned().ok_or_else(|| ApiError::of(error::UNAUTHORIZED))
    }
}

/// Lets a request through, or refuses it; and says every refusal, of whomever, in the family's words.
pub async fn guard(
    State(guard): State<Arc<Guard>>,
    ConnectInfo(ends): ConnectInfo<Ends>,
    operation: Option<MatchedPath>,
    params: RawPathParams,
    request: Request,
    next: Next,
) -> Response {
    // A body is not to be shared, and nothing is decided by it here.
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let (family, wanted) = (Family::of(&path), scim_media_type(&parts.headers));
    let mut standing = None;
    let admitted = guard.admit(&parts, ends.peer, operation.as_ref(), &params, &mut standing).await;
    let mut response = match admitted {
        Ok(caller) => {
            parts.extensions.insert(caller);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(refusal) => axum::response::IntoResponse::into_response(refusal),
    };
    if let Some(error) = refusal(&mut response) {
        let family = family.unwrap_or(Family::Organizations);
        let now = guard.api.keys.clock.now();
        response = error.into_dialect(family, guard.api.entropy.row_id(now), &path, now);
    }
    if family == Some(Family::Scim) && response.headers().contains_key(header::CONTENT_TYPE) {
        response.headers_mut().insert(header::CONTENT_TYPE, wanted);
    }
    if let Some(standing) = standing {
        standing.write(response.headers_mut());
    }
    response
}

impl Guard {
    async fn admit(
        &self,
        request: &Parts,
        peer: IpAddr,
        operation: Option<&MatchedPath>,
        params: &RawPathParams,
        standing: &mut Option<Standing>,
    ) -> Result<Caller, ApiError> {
        let unauthorized = || {
            ApiError::because(
                error::UNAUTHORIZED,
                "Send a key that is in force as Authorization: Bearer KEY.",
            )
        };
        let key = bearer(&request.headers).ok_or_else(unauthorized)?;
        let key = self.api.keys.open(key).await?.ok_or_else(unauthorized)?;
        // A key may outlive its organization in the configuration.
        let served = self.api.served.load();
        let known = served.organizations.iter().find(|known| known.id == key.organization);
        let organization = known.ok_or_else(unauthorized)?;
        *standing = Some(match self.limiter.count(key.id, self.api.keys.clock.now()) {
            Ok(counted) => counted,
            Err((refusal, counted)) => {
                *standing = Some(counted);
                return Err(refusal);
            }
        });
        let asked = self.asked(request, operation)?;
        if !key.scopes.allow_any(asked) {
            return Err(forbidden(asked));
        }
        if let Some(own) = key.directory {
            require_own_directory(own, operation, params)?;
        }
        let foreign = |(name, value): (&str, &str)| name == "org" && value != organization.id.as_str();
        if params.iter().any(foreign) {
            return Err(ApiError::of(error::NO_ORGANIZATION));
        }
        Ok(self.caller(&key, organization, request, peer))
    }

    /// What an operation asks for, if there is one.
    fn asked(&self, request: &Parts, operation: Option<&MatchedPath>) -> Result<&[Scope], ApiError> {
        let path = operation.map_or("", MatchedPath::as_str);
        if path.contains("{*") || path.is_empty() {
            return Err(ApiError::unknown_resource(request.uri.path()));
        }
        self.scopes.asked(&request.method, path).ok_or_else(|| {
            let methods = self.scopes.methods(path);
            // A path that is there for its family's refusal alone has no operation.
            if methods.is_empty() {
                return ApiError::of(error::UNKNOWN_RESOURCE);
            }
            let allowed = HeaderValue::try_from(methods);
            ApiError::of(error::BAD_METHOD)
                .with_header(header::ALLOW, allowed.unwrap_or(HeaderValue::from_static("")))
        })
    }

    fn caller(
        &self,
        key: &ApiKeyRow,
        organization: &Arc<Organization>,
        request: &Parts,
        peer: IpAddr,
    ) -> Caller {
        let headers = &request.headers;
        let forwarded: Vec<_> =
            headers.get_all("x-forwarded-for").iter().map(|line| line.to_str().ok()).collect();
        let address = client_address(peer, forwarded.into_iter(), &self.api.served.load().trusted_proxies);
        let target = request.uri.path_and_query().map_or("/", |target| target.as_str());
        Caller {
            organization: Arc::clone(organization),
            actor: Actor { name: key.name.clone(), key: Some(key.id), address: Some(address) },
            base: self.base(headers, &request.uri).into(),
            target: target.into(),
        }
    }

    /// The address under which a client reached us, which `host::require_own` let in.
    fn base(&self, headers: &HeaderMap, target: &Uri) -> String {
        let named = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let host = target.authority().map(|authority| authority.as_str()).or(named).unwrap_or("localhost");
        match self.api.settings.urls.iter().find(|url| url.authority.eq_ignore_ascii_case(host)) {
            Some(url) => url.base.clone(),
            None => format!("http://{host}"),
        }
    }
}

/// The key of a directory opens its own one. What other families hold is not the identity provider's, and of other directories
/// it learns nothing.
fn require_own_directory(
    own: Uuid,
    operation: Option<&MatchedPath>,
    params: &RawPathParams,
) -> Result<(), ApiError> {
    if !operation.is_some_and(|path| path.as_str().starts_with("/scim/directory/{directory}/")) {
        return Err(ApiError::because(error::FORBIDDEN, "This key opens a directory and nothing else."));
    }
    let named = |(name, value): (&str, &str)| name == "directory" && Uuid::try_parse(value) == Ok(own);
    if params.iter().any(named) { Ok(()) } else { Err(ApiError::of(error::NO_DIRECTORY)) }
}

/// The key of a request. Two are none, and neither is one in the address, where logs would keep it.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return None };
    let (scheme, key) = line.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

fn forbidden(asked: &[Scope]) -> ApiError {
    let labels: Vec<_> = asked.iter().map(|scope| scope.label()).collect();
    ApiError::because(error::FORBIDDEN, format!("This key lacks the scope {}.", labels.join(" or ")))
}

/// What a response refuses, if it does. What axum refuses by itself has no cause with it.
fn refusal(response: &mut Response) -> Option<ApiError> {
    let known = response.extensions_mut().remove::<ApiError>();
    let status = response.status();
    known.or_else(|| match status {
        StatusCode::METHOD_NOT_ALLOWED => Some(ApiError::of(error::BAD_METHOD)),
        StatusCode::PAYLOAD_TOO_LARGE => Some(ApiError::of(error::TOO_LARGE)),
        _ if status.is_client_error() => Some(ApiError::of(error::BAD_PARAMETER)),
        _ if status.is_server_error() => Some(ApiError::of(error::INTERNAL)),
        _ => None,
    })
}
