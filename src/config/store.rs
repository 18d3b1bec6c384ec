//! `[store]` and `[keys]`: where state lasts. Nothing is opened here, only named.
//!
//! The password of a database server never stands in this file or in a URL.

use std::net::{IpAddr, Ipv6Addr};
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::Url;

use crate::domain::domain_name::DomainName;

use super::Surroundings;
use super::database::{Database, Postgres, PostgresHost, PostgresTls};
use super::mail::{certificate, password};
use super::section::Section;
use super::values::{Refusal, choice};

/// Where a password may come from instead of a file.
const PASSWORD_VARIABLE: &str = "POSTERN_STORE_PASSWORD";
/// The keys that mean something only for PostgreSQL.
const SERVER_KEYS: [&str; 3] = ["tls", "ca_file", "password_file"];
const DEFAULT_PORT: u16 = 5432;

/// What a URL names.
enum Named {
    File(PathBuf),
    Server(Server),
}

/// A server as its URL names it.
struct Server {
    host: PostgresHost,
    port: u16,
    user: String,
    name: String,
}

/// Reads both sections: the database and the key file.
pub(super) fn read(root: &mut Section<'_>, around: &Surroundings<'_>) -> Option<(Database, PathBuf)> {
    let mut keys = root.section("keys");
    let key_file = keys.text("file", |text| around.file(text));
    let key_file_is_named = keys.has("file");

    let database = read_store(root, around);
    if matches!(database, Some(Database::Postgres(_))) && !key_file_is_named {
        keys.reject_whole(
            "has no `file`, and beside a database server there is no place for one",
            "add `file = \"/var/lib/postern/keys\"`: all gateways of one database need a copy of the same key file",
        );
    }
    keys.finish();
    let database = database?;
    let key_file = match &database {
        Database::Sqlite(path) => key_file.unwrap_or_else(|| path.with_file_name("keys")),
        Database::Postgres(_) => key_file?,
    };
    Some((database, key_file))
}

fn read_store(root: &mut Section<'_>, around: &Surroundings<'_>) -> Option<Database> {
    let mut store = root.required_section("store", "`url`")?;
    let named = store.required("url", "sqlite:///var/lib/postern/postern.db", database);
    let wanted = store.text("tls", choice(&[("required", true), ("none", false)]));
    let ca_file = store.text("ca_file", |text| certificate(around.file(text)?));
    let from_file = store.text("password_file", |text| password(&around.file(text)?));
    let database = match named {
        Some(Named::File(path)) => {
            for key in SERVER_KEYS.into_iter().filter(|key| store.has(key)) {
                store.reject(
                    key,
                    "has no meaning for a file",
                    "remove it, or name a database server in `url`",
                );
            }
            Some(Database::Sqlite(around.base.join(path)))
        }
        Some(Named::Server(Server { host, port, user, name })) => {
            let tls = read_tls(&store, &host, wanted, ca_file);
            let password = read_password(&store, around, from_file);
            Some(Database::Postgres(Postgres { host, port, user, password, name, tls }))
        }
        None => None,
    };
    store.finish();
    database
}

/// Required, unless nothing leaves this machine.
fn read_tls(
    store: &Section<'_>,
    host: &PostgresHost,
    wanted: Option<bool>,
    ca_file: Option<PathBuf>,
) -> PostgresTls {
    if matches!(host, PostgresHost::Socket(_)) && wanted == Some(true) {
        store.reject("tls", "has no meaning for a socket", "remove it, or name a host in `url`");
    }
    if wanted.unwrap_or(!host.is_local()) {
        return PostgresTls::Required { ca_file };
    }
    if store.has("ca_file") {
        store.reject("ca_file", "has no meaning without TLS", "remove it, or add `tls = \"required\"`");
    }
    PostgresTls::None
}

/// From one place at most: a server may let a user in without one.
fn read_password(
    store: &Section<'_>,
    around: &Surroundings<'_>,
    from_file: Option<SecretString>,
) -> Option<SecretString> {
    let from_environment = (around.environment)(PASSWORD_VARIABLE).filter(|password| !password.is_empty());
    if store.has("password_file") && from_environment.is_some() {
        let instead = format!("{PASSWORD_VARIABLE} is set too: remove one of the two");
        store.reject("password_file", "is not the only password", instead);
    }
    from_file.or(from_environment.map(SecretString::from))
}

fn database(url: &str) -> Result<Named, Refusal> {
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        return server(url).map(Named::Server);
    }
    database_file(url).map(Named::File)
}

/// `sqlite:///abs/path`, or `sqlite:path` from the configuration's folder. The path is taken as it stands, without options.
fn database_file(url: &str) -> Result<PathBuf, Refusal> {
    let expected =
        "expected `sqlite:///absolute/path`, `sqlite:relative/path` or `postgres://user@host/database`";
    let refuse = |reason: &str| Err(Refusal::new(reason, expected));
    let Some(path) = url.strip_prefix("sqlite:") else {
        return refuse("is neither a SQLite nor a PostgreSQL URL");
    };
    let path = match path.strip_prefix("//") {
        Some(absolute) if absolute.starts_with('/') => absolute,
        Some(_) => return refuse("has two slashes: an absolute path takes three, a relative one none"),
        None => path,
    };
    if path.starts_with(':') {
        return refuse("is a database in memory, which would forget used codes");
    }
    if path.is_empty() || path.ends_with('/') || path.contains(['?', '#', '%', '\0']) {
        return refuse("does not name a plain file");
    }
    Ok(PathBuf::from(path))
}

/// `postgres://user@host:port/database` (default port 5432), and nothing else in it. In place of a host there may be the
/// folder of a Unix socket, its slashes written as `%2F`.
fn server(text: &str) -> Result<Server, Refusal> {
    let refuse = |reason| Refusal::new(reason, "expected `postgres://user@host:5432/database`");
    let url = Url::parse(text).map_err(|_| refuse("is not a URL"))?;
    if url.password().is_some() {
        return Err(Refusal::new(
            "carries a password",
            format!("use `password_file` or {PASSWORD_VARIABLE}, and write `postgres://user@host/database`"),
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("has something after the database"));
    }
    let user = decoded(url.username()).ok_or_else(|| refuse("names no user"))?;
    let name = url.path().strip_prefix('/').filter(|name| !name.contains('/')).and_then(decoded);
    let name = name.ok_or_else(|| refuse("names no database"))?;
    let host = url.host_str().and_then(host).ok_or_else(|| refuse("has no valid host name"))?;
    let port = url.port().unwrap_or(DEFAULT_PORT);
    if port == 0 {
        return Err(refuse("has no valid port"));
    }
    Ok(Server { host, port, user, name })
}

fn host(text: &str) -> Option<PostgresHost> {
    if let Some(ip) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        return ip.parse::<Ipv6Addr>().ok().map(|ip| PostgresHost::Tcp(ip.to_string()));
    }
    let text = decoded(text)?;
    if text.starts_with('/') {
        return Some(PostgresHost::Socket(PathBuf::from(text)));
    }
    if text.parse::<IpAddr>().is_ok() {
        return Some(PostgresHost::Tcp(text));
    }
    DomainName::parse_host(&text).ok().map(|name| PostgresHost::Tcp(name.to_string()))
}

/// A piece of a URL as it is meant; none that is empty or could end a message early.
fn decoded(piece: &str) -> Option<String> {
    let text = percent_decode_str(piece).decode_utf8().ok()?;
    (!text.is_empty() && !text.contains(char::is_control)).then(|| text.into_owned())
}
