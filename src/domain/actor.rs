//! Who does something: a person by their address, an operator, a key to the API, or Postern by itself.

use std::net::IpAddr;

use uuid::Uuid;

/// Who did it, as the audit log keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// An address, the name of an API key, `operator` for a command, or `postern`.
    pub name: String,
    /// The API key it was done with.
    pub key: Option<Uuid>,
    /// Where the request came from.
    pub address: Option<IpAddr>,
}

impl<T: Into<String>> From<T> for Actor {
    /// By name alone.
    fn from(name: T) -> Self {
        Self { name: name.into(), key: None, address: None }
    }
}
