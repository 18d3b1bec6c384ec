//! All that is special to PostgreSQL: signing in, the schema, its checks, and how gateways take turns at writing.
//!
//! Every write transaction takes one row first and holds it to its end, so that of all gateways one writes at a time, as in
//! SQLite. What a statement reads before it writes is then as safe here as there. The price: each write waits for the one
//! before it, some fifteen round trips long, so a server a millisecond away takes about sixty verifications a second.

use std::io::ErrorKind;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::MigrateError;
use sqlx::postgres::PgDatabaseError;
use sqlx::{ConnectOptions, Connection as _};
use url::Url;

use super::audit::AuditAction;
use super::audit_event::AuditEvent;
use super::audit_log;
use super::database::{Connection, Connections, Pool, Transaction};
use super::error::StoreError;
use super::migrations::POSTGRES as MIGRATIONS;
use super::timely::{Timely, within};
use crate::clock::Clock;
use crate::config::database::{Postgres, PostgresHost, PostgresTls};

const READERS: u32 = 4;
/// How long a request waits for a connection; then it gets 503.
const LONGEST_WAIT: Duration = Duration::from_secs(3);
/// How long a statement may take before the server is held for gone; the server itself gives up before.
pub(super) const LONGEST_ANSWER: Duration = Duration::from_secs(12);
/// What the server is asked to hold to, in its own units. A gateway that vanishes in the middle of a write would keep all others
/// from writing: the server gives it up by its silence, in a transaction or on the wire.
const SETTINGS: [(&str, &str); 8] = [
    ("statement_timeout", "10s"),
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "20s"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "20s"),
    // A plan that was made while a table was small reads all of it once it is large: in an import, at each of its batches.
    ("plan_cache_mode", "force_custom_plan"),
];

/// As in `sqlite.rs`; an id is compared as the text of its bytes, for which alone every version has a `max`.
pub(super) const ACCOUNT_PAGE: &str = "SELECT json_agg(json_build_array(organization, claimed, email, username, standing, \
     ends_at, policy))::text AS rows, decode(max(encode(id, 'hex') COLLATE \"C\"), 'hex') AS last FROM \
     (SELECT id, organization, claimed + claimed * email_verified AS claimed, email, username, CASE status WHEN 'active' THEN \
     CASE WHEN suspended_at IS NULL THEN 0 ELSE 1 END WHEN 'closed' THEN 3 ELSE 2 END AS standing, ends_at, \
     encode(policy, 'hex') AS policy FROM accounts WHERE id > $1 ORDER BY id LIMIT $2) AS page";
pub(super) const USER_KEY_PAGE: &str = "SELECT \
     coalesce(json_agg(json_build_array(site, user_key, email) ORDER BY site, user_key)::text, '[]') AS rows FROM \
     (SELECT site, user_key, email FROM user_keys WHERE (site, user_key) > ($1, $2) ORDER BY site, user_key LIMIT $3) \
     AS page";

/// Fills an empty database: the schema and its first audit event exist together or not at all.
pub(super) async fn create(server: &Postgres) -> Result<(), StoreError> {
    let refuse = |error| refusal(server, error);
    let mut connection = options(server).connect().await.map_err(refuse)?;
    let filled = fill(server, &mut connection).await;
    // What was not committed is gone with the connection.
    let closed = connection.close().await.map_err(refuse);
    filled.and(closed)
}

/// The checks come first. A schema that is up to date takes no rights but those to use its tables.
pub(super) async fn open(server: &Postgres) -> Result<Connections, StoreError> {
    let refuse = |error| refusal(server, error);
    let mut connection = options(server).connect().await.map_err(refuse)?;
    match inspect(server, &mut connection).await? {
        Found::Nothing => return Err(StoreError::Missing(server.to_string())),
        Found::Current => {}
        Found::Older => {
            allow_time(&mut connection).await.map_err(refuse)?;
            MIGRATIONS.run(&mut connection).await.map_err(|error| migration_refusal(server, error))?;
        }
    }
    probe(server, &mut connection).await?;
    connection.close().await.map_err(refuse)?;
    Ok(Connections::of_server(pool(server, 1), pool(server, READERS), server))
}

/// Takes the row that every change updates at its end. From then on each statement sees all that was ever committed.
///
/// It is a task of its own: sqlx forgets a transaction that nobody waits for any more while it begins, and the connection
/// would go on in it, holding the row or the moment it sees.
pub(super) async fn begin_write(writer: &Pool) -> Result<Transaction, sqlx::Error> {
    let writer = writer.clone();
    uncancelled(async move {
        let mut transaction = writer.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE").await?;
        let turn = sqlx::query("SELECT value FROM sequences WHERE name = 'audit' FOR UPDATE");
        turn.execute(&mut *transaction).await?;
        Ok(transaction)
    })
    .await
}

/// Reads all of one moment.
pub(super) async fn begin_read(readers: &Pool) -> Result<Transaction, sqlx::Error> {
    let readers = readers.clone();
    uncancelled(async move { readers.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await })
        .await
}

/// Whether the server says that its files are not what it wrote.
pub(super) fn is_damage(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.try_downcast_ref::<PgDatabaseError>().is_some_and(|error| matches!(error.code(), "XX001" | "XX002"))
}

async fn uncancelled(
    beginning: impl Future<Output = Result<Transaction, sqlx::Error>> + Send + 'static,
) -> Result<Transaction, sqlx::Error> {
    match tokio::spawn(within(Some(LONGEST_ANSWER), beginning)).await {
        Ok(begun) => begun,
        // The runtime ends.
        Err(_) => Err(sqlx::Error::WorkerCrashed),
    }
}

/// Statements are not logged: a log of them says who verifies when. Everything is said, so that none of PostgreSQL's own
/// variables (`PGSSLMODE`) says otherwise.
fn options(server: &Postgres) -> AnyConnectOptions {
    let mut url = Url::parse("postgres://localhost").expect("a URL as written");
    {
        let mut pairs = url.query_pairs_mut();
        match &server.host {
            PostgresHost::Tcp(host) => pairs.append_pair("host", host),
            PostgresHost::Socket(folder) => pairs.append_pair("host", &folder.to_string_lossy()),
        };
        pairs.append_pair("port", &server.port.to_string());
        pairs.append_pair("user", &server.user).append_pair("dbname", &server.name);
        if let Some(password) = &server.password {
            pairs.append_pair("password", password.expose_secret());
        }
        match &server.tls {
            PostgresTls::None => pairs.append_pair("sslmode", "disable"),
            PostgresTls::Required { ca_file } => {
                if let Some(file) = ca_file {
                    pairs.append_pair("sslrootcert", &file.to_string_lossy());
                }
                pairs.append_pair("sslmode", "verify-full")
            }
        };
        pairs.append_pair("application_name", "postern");
        for (setting, value) in SETTINGS {
            pairs.append_pair(&format!("options[{setting}]"), value);
        }
    }
    AnyConnectOptions::from_url(&url).expect("sqlx takes any URL").disable_statement_logging()
}

/// Connections that are made when they are first needed, and live as long as the store, or as long as the server.
pub(super) fn pool(server: &Postgres, connections: u32) -> Pool {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(LONGEST_WAIT)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(|connection, _| {
            // A server that answers a commit before it is on its disk could forget a used code.
            let durable = "SELECT set_config('synchronous_commit', 'on', false) \
                           WHERE current_setting('synchronous_commit') = 'off'";
            Box::pin(async move { sqlx::query(durable).execute(connection).await.map(|_| ()) })
        })
        .connect_lazy_with(options(server))
}

/// What stands in the database.
enum Found {
    Nothing,
    Older,
    Current,
}

async fn fill(server: &Postgres, connection: &mut Connection) -> Result<(), StoreError> {
    let refuse = |error| refusal(server, error);
    allow_time(connection).await.map_err(refuse)?;
    let mut transaction = connection.begin().await.map_err(refuse)?;
    // Of two that fill one database at once, the second finds it full. The number is "Pstn".
    sqlx::query("SELECT pg_advisory_xact_lock(1349743726)")
        .execute(&mut *transaction)
        .await
        .map_err(refuse)?;
    if !matches!(inspect(server, &mut transaction).await?, Found::Nothing) {
        return Err(StoreError::Exists(server.to_string()));
    }
    MIGRATIONS.run(&mut *transaction).await.map_err(|error| migration_refusal(server, error))?;
    let event = AuditEvent::new("postern", AuditAction::StoreCreated, "store");
    let first = audit_log::append(Timely::new(&mut transaction, None), &event, Clock::system().now()).await;
    first.map_err(refuse)?;
    transaction.commit().await.map_err(refuse)
}

/// Whether the database is ours. The checksum of its first migration is the mark: no other program has it.
async fn inspect(server: &Postgres, connection: &mut Connection) -> Result<Found, StoreError> {
    let refuse = |error| refusal(server, error);
    let encoding: String = sqlx::query_scalar("SELECT current_setting('server_encoding')")
        .fetch_one(&mut *connection)
        .await
        .map_err(refuse)?;
    if encoding != "UTF8" {
        let reason = format!("the database keeps texts in {encoding}");
        let advice = "create one with `createdb --encoding UTF8 --template template0`";
        return Err(unusable(server, reason, advice));
    }
    let migrated: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await
        .map_err(refuse)?;
    if !migrated {
        return match tables(connection).await.map_err(refuse)? {
            0 => Ok(Found::Nothing),
            _ => Err(foreign(server)),
        };
    }
    let applied: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations ORDER BY version")
            .fetch_all(&mut *connection)
            .await
            .map_err(refuse)?;
    let known: Vec<(i64, &[u8])> =
        MIGRATIONS.iter().map(|migration| (migration.version, &*migration.checksum)).collect();
    let mut pairs = applied.iter().zip(&known);
    if applied.is_empty() || !pairs.all(|(one, other)| one.0 == other.0 && one.1 == other.1) {
        return Err(foreign(server));
    }
    let newest = applied.last().map_or(0, |applied| applied.0);
    match applied.len().cmp(&known.len()) {
        std::cmp::Ordering::Less => Ok(Found::Older),
        std::cmp::Ordering::Equal => Ok(Found::Current),
        std::cmp::Ordering::Greater => Err(StoreError::Newer {
            store: server.to_string(),
            database_version: newest,
            known: known.last().map_or(0, |known| known.0),
        }),
    }
}

/// How many tables there are where ours would stand. What an extension brought along does not count.
async fn tables(connection: &mut Connection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT count(*) FROM pg_catalog.pg_class AS c WHERE c.relnamespace = \
         (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = current_schema()) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend AS d \
         WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')",
    )
    .fetch_one(connection)
    .await
}

/// A server that may not be written to, or not by this user, is opened all the same, and would fail at the first write.
async fn probe(server: &Postgres, connection: &mut Connection) -> Result<(), StoreError> {
    let refuse = |error| refusal(server, error);
    let standby: bool =
        sqlx::query_scalar("SELECT pg_is_in_recovery()").fetch_one(&mut *connection).await.map_err(refuse)?;
    if standby {
        return Err(unusable(server, "the server is a standby", "name the primary server in `url`"));
    }
    let may_write: bool = sqlx::query_scalar(
        "SELECT bool_and(has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT') \
         AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE')) FROM pg_catalog.pg_class \
         WHERE relnamespace = (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = 'sequences'::regclass) \
         AND relkind = 'r' AND relname <> '_sqlx_migrations'",
    )
    .fetch_one(connection)
    .await
    .map_err(refuse)?;
    if may_write { Ok(()) } else { Err(rightless(server, "it may not write to each of its tables")) }
}

/// A migration of many rows may take long, and waits for the writes of gateways that run on.
async fn allow_time(connection: &mut Connection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("SET statement_timeout = 0; SET lock_timeout = '60s'").execute(connection).await.map(|_| ())
}

/// An error before the store is open, with what an operator can do. The server's own words never have a password in them.
fn refusal(server: &Postgres, error: sqlx::Error) -> StoreError {
    let user = &server.user;
    match &error {
        // By this kind rustls says that a certificate does not do.
        sqlx::Error::Io(reason) if reason.kind() == ErrorKind::InvalidData => untrusted(server, reason),
        sqlx::Error::Io(reason) => {
            let reason = format!("no server answers there: {reason}");
            unusable(server, reason, "start it, or mend `url` in [store]")
        }
        sqlx::Error::Tls(reason) => untrusted(server, reason),
        sqlx::Error::Database(database) => match database.code().as_deref() {
            Some("28P01") => unusable(
                server,
                format!("the server refuses the password of {user}"),
                "mend `password_file` or POSTERN_STORE_PASSWORD",
            ),
            Some("28000") => unusable(
                server,
                format!("the server does not let {user} in: {database}"),
                "mend `url` in [store], or pg_hba.conf at the server",
            ),
            Some("3D000") => {
                let create = format!("create it with `createdb --owner {user} {}`", server.name);
                unusable(
                    server,
                    "the server has no such database",
                    format!("{create}, then run `postern init`"),
                )
            }
            Some("42501") => rightless(server, database),
            Some("3F000") => rightless(server, "its `search_path` names no schema that exists"),
            Some("53300") => unusable(
                server,
                "the server has no connection left",
                "raise its `max_connections`: each gateway takes five",
            ),
            _ => StoreError::of(&server.to_string(), error),
        },
        _ => StoreError::of(&server.to_string(), error),
    }
}

fn migration_refusal(server: &Postgres, error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => refusal(server, error),
        other => StoreError::damaged(&server.to_string(), other),
    }
}

fn rightless(server: &Postgres, reason: impl ToString) -> StoreError {
    let reason = format!("{} has too few rights: {}", server.user, reason.to_string());
    let owner = format!("make it the owner: `ALTER DATABASE {} OWNER TO {}`", server.name, server.user);
    unusable(server, reason, format!("{owner}, and of what is in it"))
}

fn untrusted(server: &Postgres, reason: impl ToString) -> StoreError {
    let advice = "the server must offer TLS with a certificate for this host, of an authority that is publicly trusted or \
                  stands in `ca_file`";
    unusable(server, format!("TLS cannot be spoken with it: {}", reason.to_string()), advice)
}

fn foreign(server: &Postgres) -> StoreError {
    let create = format!("create one for Postern alone with `createdb --owner {} NAME`", server.user);
    unusable(
        server,
        "the database holds tables of another program",
        format!("{create}, and name it in `url`"),
    )
}

fn unusable(server: &Postgres, reason: impl ToString, advice: impl Into<String>) -> StoreError {
    StoreError::unusable(&server.to_string(), reason, advice)
}
