//! Which database holds the store: a file of SQLite, or a database of a PostgreSQL server.
//!
//! Nothing is opened here. What this prints goes into messages and logs, so it never has the password in it.

use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

/// Where the store is.
#[derive(Debug, Clone)]
pub enum Database {
    /// The SQLite database file.
    Sqlite(PathBuf),
    /// A database of a PostgreSQL server.
    Postgres(Postgres),
}

/// A database of a PostgreSQL server, and how to sign in there.
#[derive(Debug, Clone)]
pub struct Postgres {
    /// The server.
    pub host: PostgresHost,
    /// Its port; a part of the name of its socket too.
    pub port: u16,
    /// The role to sign in as.
    pub user: String,
    /// Its password; none where the server lets this user in without.
    pub password: Option<SecretString>,
    /// The database.
    pub name: String,
    /// How the connection is protected.
    pub tls: PostgresTls,
}

/// Where a PostgreSQL server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostgresHost {
    /// At a host name or an IP address, without brackets.
    Tcp(String),
    /// At a Unix socket in this folder.
    Socket(PathBuf),
}

/// How the connection to a PostgreSQL server is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostgresTls {
    /// Not at all.
    None,
    /// By TLS with a certificate for its host, of an authority that is publicly trusted or stands in this PEM file.
    Required {
        /// More authorities to trust.
        ca_file: Option<PathBuf>,
    },
}

impl PostgresHost {
    /// Whether nothing between it and us leaves this machine.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Socket(_) => true,
            Self::Tcp(host) if host == "localhost" => true,
            Self::Tcp(host) => host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback()),
        }
    }
}

impl fmt::Display for Database {
    /// As the configuration names it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres(server) => server.fmt(f),
        }
    }
}

impl fmt::Display for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, user, name, .. } = self;
        match host {
            PostgresHost::Tcp(host) if host.contains(':') => {
                write!(f, "postgres://{user}@[{host}]:{port}/{name}")
            }
            PostgresHost::Tcp(host) => write!(f, "postgres://{user}@{host}:{port}/{name}"),
            PostgresHost::Socket(folder) => {
                let folder = folder.display().to_string().replace('/', "%2F");
                write!(f, "postgres://{user}@{folder}:{port}/{name}")
            }
        }
    }
}

impl From<&Path> for Database {
    fn from(path: &Path) -> Self {
        Self::Sqlite(path.to_owned())
    }
}

impl From<&PathBuf> for Database {
    fn from(path: &PathBuf) -> Self {
        Self::Sqlite(path.clone())
    }
}

impl From<&Self> for Database {
    fn from(database: &Self) -> Self {
        database.clone()
    }
}
