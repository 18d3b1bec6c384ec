//! The REST API: what organizations keep, for the clients they already have.
//!
//! Every request passes `guard.rs`, which knows who asks and refuses what the key does not open; the scopes that it holds
//! an operation to are those of the operation's own documentation. One file per family of operations: `domains.rs` is the
//! one to copy. Nothing of another organization is ever told from what does not exist.

mod accept;
mod accounts;
mod auth_policies;
mod body;
mod claims;
mod cursor;
mod decisions;
mod documentation;
mod domains;
mod error;
mod events;
mod explain;
mod exports;
mod external_policies;
mod external_users;
mod groups;
mod guard;
mod keys;
mod manage;
mod orgs;
mod page;
mod params;
mod policies;
mod policy_history;
mod rate;
mod scim;
mod seen;

use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::routing::{any, get};
use axum::{Json, Router, middleware};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::actions::accounts::Accounts;
use crate::actions::api_keys::ApiKeys;
use crate::actions::claims::Claims;
use crate::actions::domains::Domains;
use crate::actions::exports::Exports;
use crate::actions::external_policies::ExternalPolicies;
use crate::actions::groups::Groups;
use crate::actions::policies::Policies;
use crate::actions::scim::Scim;
use crate::config::admin::Admin;
use crate::config::settings::Site;
use crate::directory::Directory;
use crate::domain::organization::{Organization, OrganizationId};
use crate::entropy::Entropy;
use crate::store::Store;

use documentation::Scopes;
use error::ApiError;
use rate::Limiter;
pub use scim::Places;

/// What the API works with.
pub struct Api {
    /// How it is reached.
    pub settings: Admin,
    /// Whom it serves; a reload puts others in their place.
    pub served: ArcSwap<Served>,
    /// Where state lasts. Handlers read it; every change is a deed.
    pub store: Store,
    /// Who may ask.
    pub keys: ApiKeys,
    /// The deeds about domains; a reload puts others in their place.
    pub domains: Arc<ArcSwap<Domains>>,
    /// The deeds about accounts; a reload puts others in their place.
    pub accounts: Arc<ArcSwap<Accounts>>,
    /// The deeds about claims.
    pub claims: Arc<Claims>,
    /// The deeds about directories of identity providers.
    pub scim: Scim,
    /// Where pages of directories' lists ended.
    pub scim_places: Places,
    /// The deeds about authentication policies.
    pub policies: Arc<Policies>,
    /// The deeds about files.
    pub exports: Arc<Exports>,
    /// The deeds about external user policies.
    pub external_policies: ExternalPolicies,
    /// The deeds about groups; a reload puts others in their place.
    pub groups: ArcSwap<Groups>,
    /// What is in force.
    pub directory: Arc<Directory>,
    /// What cursors are made with.
    pub cursor_key: [u8; 32],
    /// For the ids of errors.
    pub entropy: Entropy,
}

/// Whom the API serves, and who is believed.
pub struct Served {
    /// The organizations.
    pub organizations: Vec<Arc<Organization>>,
    /// Their sites.
    pub sites: Vec<Arc<Site>>,
    /// The organizations of which a verification counts at all hosts.
    pub with_home: Vec<OrganizationId>,
    /// Whose requests are believed about where they come from.
    pub trusted_proxies: Vec<ipnet::IpNet>,
}

/// What handlers are given.
type Shared = axum::extract::State<Arc<Api>>;

/// All of the API, behind its guard.
pub fn router(api: Arc<Api>) -> Router {
    let (routes, mut document) = described().split_for_parts();
    documentation::complete(&mut document);
    let guarded = guard::Guard {
        scopes: Scopes::of(&document),
        limiter: Limiter::new(api.settings.requests_per_minute),
        api: Arc::clone(&api),
    };
    let document = Arc::new(document);
    routes
        // What none of them is, but stands under one of their prefixes, has an answer of its family's.
        .route("/admin/{*rest}", any(async || ApiError::of(error::UNKNOWN_RESOURCE)))
        .route("/users/{account}", any(async || ApiError::of(error::UNKNOWN_RESOURCE)))
        .route("/users/{account}/{*rest}", any(async || ApiError::of(error::UNKNOWN_RESOURCE)))
        .route("/scim/{*rest}", any(async || ApiError::of(error::UNKNOWN_RESOURCE)))
        .layer(middleware::from_fn_with_state(Arc::new(guarded), guard::guard))
        // The document is about the software and not about anybody's data.
        .route("/openapi.json", get(async move || Json(document.as_ref().clone())))
        .with_state(Arc::clone(&api))
        .merge(exports::links(api))
}

/// The document that describes the API.
pub fn document() -> OpenApi {
    let mut document = described().into_openapi();
    documentation::complete(&mut document);
    document
}

fn described() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::with_openapi(documentation::frame())
        .merge(orgs::routes())
        .merge(domains::routes())
        .merge(accounts::routes())
        .merge(claims::routes())
        .merge(manage::routes())
        .merge(keys::routes())
        .merge(scim::routes())
        .merge(auth_policies::routes())
        .merge(policies::routes())
        .merge(events::routes())
        .merge(explain::routes())
        .merge(decisions::routes())
        .merge(policy_history::routes())
        .merge(exports::routes())
        .merge(external_policies::routes())
        .merge(external_users::routes())
        .merge(groups::routes())
}
