//! The document of the API, and what the guard reads from it: which scopes an operation asks for. What the document says is
//! what is enforced, and an operation that says nothing is open to nobody.

use std::collections::HashMap;

use axum::http::Method;
use utoipa::PartialSchema as _;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, Info, License, OpenApi, OpenApiBuilder, PathItem, Ref, RefOr,
    ResponseBuilder,
};

use crate::domain::api_key::Scope;

use super::error::{ErrorEntry, Errors, Family, ScimError, UserManagementError};

/// The name of the one way to show who asks.
pub const API_KEY: &str = "api_key";

/// The document before any operation is in it.
pub fn frame() -> OpenApi {
    let mut info = Info::new("Postern", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "What organizations keep: domains, accounts, policies. Ask with `Authorization: Bearer KEY`. The families under /admin, \
         /users and /scim each have their own shape of pages and errors, which are those of the clients that exist for them."
            .to_owned(),
    );
    info.license = Some(License::new("Apache-2.0"));
    let errors = [
        ("Errors", Errors::schema()),
        ("ErrorEntry", ErrorEntry::schema()),
        ("UserManagementError", UserManagementError::schema()),
        ("ScimError", ScimError::schema()),
    ];
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    OpenApiBuilder::new()
        .info(info)
        .components(Some(
            ComponentsBuilder::new().security_scheme(API_KEY, bearer).schemas_from_iter(errors).build(),
        ))
        .build()
}

/// Adds what every operation of a family may answer besides what is said of it: the refusals of the guard and of the readers of
/// bodies and queries.
pub fn complete(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let (schema, media_type) = match Family::of(path) {
            Some(Family::UserManagement) => ("UserManagementError", "application/json"),
            Some(Family::Scim) => ("ScimError", "application/scim+json"),
            _ => ("Errors", "application/json"),
        };
        let schema = Ref::from_schema_name(schema);
        for operation in operations_mut(item) {
            let mut all = vec![
                ("400", "Something of the request cannot be read"),
                ("404", "There is no such thing in this organization"),
                ("503", "The store does not answer now; nothing was changed"),
            ];
            if operation.request_body.is_some() {
                all.extend([
                    ("413", "The body is too large"),
                    ("415", "The body is of a kind that is not read"),
                ]);
            }
            let others = &mut operation.responses.responses;
            for (status, what) in all {
                let response = ResponseBuilder::new()
                    .description(what)
                    .content(media_type, ContentBuilder::new().schema(Some(schema.clone())).build());
                others.entry(status.to_owned()).or_insert_with(|| RefOr::T(response.build()));
            }
            for (status, what) in [
                ("401", "No key, or none that is in force"),
                ("403", "The key lacks the scope"),
                ("429", "The key asks too often; `Retry-After` says when to come back"),
            ] {
                // These have shapes of their own in some families.
                let response = ResponseBuilder::new().description(what);
                others.entry(status.to_owned()).or_insert_with(|| RefOr::T(response.build()));
            }
        }
    }
}

/// The scopes that each operation asks for: any one of them opens it.
pub struct Scopes(HashMap<(Method, String), Vec<Scope>>);

impl Scopes {
    /// Those of a document.
    pub fn of(document: &OpenApi) -> Self {
        let operations = document.paths.paths.iter().flat_map(|(path, item)| {
            operations(item).map(move |(method, operation)| ((method, path.clone()), scopes(operation)))
        });
        Self(operations.collect())
    }

    /// The methods that a path takes, as `Allow` lists them.
    pub fn methods(&self, path: &str) -> String {
        let mut methods: Vec<&str> =
            self.0.keys().filter(|(_, known)| known == path).map(|(method, _)| method.as_str()).collect();
        methods.sort_unstable();
        methods.join(", ")
    }

    /// Those of an operation; `None` if there is no such one.
    pub fn asked(&self, method: &Method, path: &str) -> Option<&[Scope]> {
        // Whoever may read something may ask for its head.
        let method = if method == Method::HEAD { &Method::GET } else { method };
        self.0.get(&(method.clone(), path.to_owned())).map(Vec::as_slice)
    }
}

/// The operations of a path.
fn operations(item: &PathItem) -> impl Iterator<Item = (Method, &Operation)> {
    [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}

fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// A label that is no scope opens nothing, so that a slip of the pen closes an operation.
fn scopes(operation: &Operation) -> Vec<Scope> {
    let requirements = serde_json::to_value(&operation.security).unwrap_or_default();
    let lists = requirements
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|requirement| requirement[API_KEY].as_array());
    lists.flatten().filter_map(|label| Scope::of(label.as_str()?)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::document;
    use super::*;

    #[test]
    fn every_operation_says_which_scopes_open_it() {
        let document = document();
        let all: Vec<_> = document
            .paths
            .paths
            .iter()
            .flat_map(|(path, item)| {
                operations(item).map(move |(method, operation)| (method, path, operation))
            })
            .collect();
        assert!(!all.is_empty());
        for (method, path, operation) in all {
            let written = serde_json::to_value(&operation.security).unwrap();
            let labels =
                written[0][API_KEY].as_array().unwrap_or_else(|| panic!("{method} {path} says nothing"));
            assert_eq!(labels.len(), scopes(operation).len(), "{method} {path}: {written}");
            assert!(!labels.is_empty(), "{method} {path}");
            assert!(operation.summary.is_some() && operation.operation_id.is_some(), "{method} {path}");
        }
    }

    /// The guard tells organizations apart by the parameter of this name and no other.
    #[test]
    fn every_path_below_an_organization_names_it() {
        for path in document().paths.paths.keys() {
            let below = ["/orgs/", "/org/"].iter().filter_map(|prefix| path.split_once(prefix));
            for (_, rest) in below {
                assert_eq!(rest.split('/').next(), Some("{org}"), "{path}");
            }
        }
    }
}
