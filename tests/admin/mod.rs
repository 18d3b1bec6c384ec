//! The API of the admin listener, asked as its clients ask it. What is true of every operation is tried on every operation of
//! its document (`every_operation.rs`); each family has a file of its own. `domains.rs` is the one to copy.

pub mod accounts;
pub mod auth_policies;
mod auth_policy_files;
mod claims;
mod document;
mod domains;
mod every_operation;
mod groups;
mod keys;
mod manage;
mod orgs;
mod policies;
mod scim_directories;
mod scim_discovery;
mod scim_groups;
mod scim_patch;
mod scim_users;

use std::net::SocketAddr;
use std::time::Duration;

use http::{Method, Request, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use postern::actions::api_keys::NewKey;
use postern::actions::scim::directories::create_directory;
use postern::domain::api_key::{Scope, Scopes};
use postern::domain::email::EmailAddress;
use postern::domain::organization::OrganizationId;
use postern::store::ApiKeyRow;
use serde_json::Value;

use crate::support::client::Answer;
use crate::support::world::World;

/// A client of the API, with one key.
pub struct Api {
    client: Client<HttpConnector, Full<Bytes>>,
    address: SocketAddr,
    /// The text of its key.
    pub key: String,
    /// The row of its key.
    pub row: ApiKeyRow,
}

impl Api {
    /// With a key that opens everything of the world's organization.
    pub async fn new(world: &World) -> Self {
        Self::with(world, OrganizationId::only(), Scopes::Everything).await
    }

    /// The same with an owner, who is written to.
    pub async fn owned(world: &World, owner: &str) -> Self {
        let owner = Some(EmailAddress::parse(owner).expect("an address"));
        Self::of_owner(world, OrganizationId::only(), Scopes::Everything, owner).await
    }

    /// With a key that opens these of an organization.
    pub async fn with(world: &World, organization: OrganizationId, scopes: Scopes) -> Self {
        Self::of_owner(world, organization, scopes, None).await
    }

    async fn of_owner(
        world: &World,
        organization: OrganizationId,
        scopes: Scopes,
        owner: Option<EmailAddress>,
    ) -> Self {
        let new = NewKey {
            organization,
            name: "test".to_owned(),
            owner,
            scopes,
            directory: None,
            lifetime: Duration::from_secs(7 * 86_400),
        };
        let (text, row) = world.app.api.keys.create(new, &"operator".into()).await.expect("a key");
        Self::showing(world, text.reveal(), row)
    }

    /// With the key of a directory, which is made if there is none of this name.
    pub async fn of_directory(world: &World, organization: OrganizationId, name: &str) -> Self {
        let (keys, lifetime) = (&world.app.api.keys, Duration::from_secs(86_400));
        let made = create_directory(keys, &organization, name, lifetime, &"operator".into()).await;
        let (_, text, row) = made.expect("a directory");
        Self::showing(world, text.reveal(), row)
    }

    fn showing(world: &World, key: &str, row: ApiKeyRow) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { client, address: world.admin, key: key.to_owned(), row }
    }

    /// A path below the directory that its key opens.
    pub fn below(&self, path: &str) -> String {
        format!("/scim/directory/{}{path}", self.row.directory.expect("the key of a directory"))
    }

    /// Changes some of a resource.
    pub async fn patch(&self, target: &str, operations: Value) -> Answer {
        let body = serde_json::json!({ "Operations": operations });
        self.ask(Method::PATCH, target, Some(body)).await
    }

    /// With a key that has these scopes.
    pub async fn scoped(world: &World, scopes: &[Scope]) -> Self {
        Self::with(world, OrganizationId::only(), Scopes::These(scopes.iter().copied().collect())).await
    }

    /// What links of answers begin with.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Reads.
    pub async fn get(&self, target: &str) -> Answer {
        self.ask(Method::GET, target, None).await
    }

    /// Sends JSON.
    pub async fn post(&self, target: &str, body: Value) -> Answer {
        self.ask(Method::POST, target, Some(body)).await
    }

    /// Replaces.
    pub async fn put(&self, target: &str, body: Value) -> Answer {
        self.ask(Method::PUT, target, Some(body)).await
    }

    /// Removes.
    pub async fn delete(&self, target: &str) -> Answer {
        self.ask(Method::DELETE, target, None).await
    }

    /// Asks with the key, with or without JSON.
    pub async fn ask(&self, method: Method, target: &str, body: Option<Value>) -> Answer {
        let key = format!("Bearer {}", self.key);
        let mut headers = vec![("authorization", key.as_str())];
        let body = body.map(|body| body.to_string());
        if body.is_some() {
            headers.push(("content-type", "application/json"));
        }
        self.send(method, target, &headers, body.unwrap_or_default()).await
    }

    /// Sends just this.
    pub async fn send(
        &self,
        method: Method,
        target: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let target = target.strip_prefix(&self.base()).unwrap_or(target);
        let mut request = Request::builder().method(method).uri(format!("{}{target}", self.base()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).expect("a request");
        let (head, body) = self.client.request(request).await.expect("an answer").into_parts();
        let body = body.collect().await.expect("a whole answer").to_bytes();
        Answer {
            status: head.status,
            headers: head.headers,
            body: String::from_utf8(body.to_vec()).expect("text"),
        }
    }
}

/// The code of the first error of an answer of the organizations' family.
pub fn code(answer: &Answer) -> String {
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json", "{answer:?}");
    answer.json()["errors"][0]["code"].as_str().unwrap_or_else(|| panic!("no code: {answer:?}")).to_owned()
}
