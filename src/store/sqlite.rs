//! All that is special to SQLite: the file, its pragmas, its connections, its checks.
//!
//! Durability rests on three settings here: WAL, `synchronous=FULL`, and a single writer that begins with
//! `BEGIN IMMEDIATE`, so that a change never finds out at its end that it has to be repeated.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _};

use super::audit::{self, AuditAction, AuditEvent};
use super::error::StoreError;
use crate::clock::Clock;

pub(super) type Database = sqlx::Sqlite;
pub(super) type Pool = sqlx::SqlitePool;
pub(super) type Connection = sqlx::SqliteConnection;
pub(super) type Transaction = sqlx::Transaction<'static, sqlx::Sqlite>;
pub(super) type Row = sqlx::sqlite::SqliteRow;

/// Marks a file as ours ("Pstn"), so that another program's database is never migrated.
const APPLICATION_ID: i64 = 0x5073_746E;
/// How long a connection waits for another process's write, such as an import beside a running gateway.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const READERS: u32 = 4;
/// What the writer may keep of the file in memory. An import of rows in no order touches each page of each index again and
/// again, and what is not kept is written and read back each time.
pub(super) const FEW_PAGES_MIB: u32 = 64;
pub(super) const MANY_PAGES_MIB: u32 = 2048;

/// A page of accounts as one JSON text, and where it ends: rows that come one by one cost three times as much. JSON, because
/// no name can have anything in it that passes for the next row. PostgreSQL: `json_agg(json_build_array(…))`.
pub(super) const ACCOUNT_PAGE: &str = "SELECT json_group_array(json_array(organization, claimed, email, username)) AS rows, \
     max(id) AS last FROM (SELECT id, organization, claimed, email, username FROM accounts WHERE id > $1 ORDER BY id LIMIT $2)";
/// As above, of user keys.
pub(super) const USER_KEY_PAGE: &str = "SELECT json_group_array(json_array(site, user_key, email) ORDER BY site, user_key) \
     AS rows FROM \
     (SELECT site, user_key, email FROM user_keys WHERE (site, user_key) > ($1, $2) ORDER BY site, user_key LIMIT $3)";

static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations");

/// Makes the store under another name and links it to its own when it is whole: a crash leaves no half of one, and a
/// link, unlike a rename, never replaces a file.
pub(super) async fn create(path: &Path) -> Result<(), StoreError> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(StoreError::Exists(path.into()));
    }
    let draft = beside(path, &format!(".{}.new", std::process::id()));
    let made = fill(&draft, path).await.and_then(|()| publish(&draft, path));
    for leftover in [beside(&draft, "-wal"), beside(&draft, "-shm"), draft] {
        let _ = fs::remove_file(leftover);
    }
    made
}

/// The checks come first, on a connection that cannot write; only then the file is opened for writing.
pub(super) async fn open(path: &Path, cache_mib: u32) -> Result<(Pool, Pool), StoreError> {
    match File::open(path).and_then(|file| file.metadata()) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(StoreError::Missing(path.into())),
        Err(error) => return Err(StoreError::unreadable(path, error)),
        Ok(metadata) if !metadata.is_file() => return Err(StoreError::unreadable(path, "it is not a file")),
        Ok(_) => {}
    }
    let mut inspector =
        options(path).read_only(true).connect().await.map_err(|error| refusal(path, error))?;
    let sound = inspect(path, &mut inspector).await;
    inspector.close().await.map_err(|error| refusal(path, error))?;
    sound?;

    probe_folder(path)?;
    let writer =
        pool(1).connect_with(writing(path, cache_mib)).await.map_err(|error| refusal(path, error))?;
    probe_file(&writer).await.map_err(|error| refusal(path, error))?;
    MIGRATIONS.run(&writer).await.map_err(|error| migration_refusal(path, error))?;
    let readers = pool(READERS).connect_with(options(path).read_only(true));
    Ok((writer, readers.await.map_err(|error| refusal(path, error))?))
}

/// Takes the write lock at once: a transaction that upgrades later may be refused halfway.
pub(super) async fn begin_write(writer: &Pool) -> Result<Transaction, sqlx::Error> {
    writer.begin_with("BEGIN IMMEDIATE").await
}

/// Whether the database says that its file is not what it wrote (SQLITE_CORRUPT, SQLITE_NOTADB).
pub(super) fn is_damage(error: &dyn sqlx::error::DatabaseError) -> bool {
    matches!(primary_code(error), Some(11 | 26))
}

/// Whether a unique index refused a row.
pub(super) fn is_duplicate(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.is_unique_violation())
}

/// Statements are not logged: a log of them says who verifies when.
fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging()
}

fn writing(path: &Path, cache_mib: u32) -> SqliteConnectOptions {
    options(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // In KiB where it is negative.
        .pragma("cache_size", format!("-{}", cache_mib * 1024))
}

/// Connections live as long as the store: opening one costs more than any query.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(None)
        .max_lifetime(None)
}

async fn inspect(path: &Path, connection: &mut Connection) -> Result<(), StoreError> {
    let refuse = |error| refusal(path, error);
    let application: i64 =
        sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *connection).await.map_err(refuse)?;
    if application != APPLICATION_ID {
        return Err(StoreError::damaged(path, "its header does not have the mark of Postern"));
    }
    let version: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(&mut *connection)
        .await
        .map_err(refuse)?;
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    match version {
        Some(database_version) if database_version > known => {
            return Err(StoreError::Newer { path: path.into(), database_version, known });
        }
        Some(_) => {}
        None => return Err(StoreError::damaged(path, "it has no schema")),
    }
    let verdict: String =
        sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut *connection).await.map_err(refuse)?;
    if verdict == "ok" { Ok(()) } else { Err(StoreError::damaged(path, verdict)) }
}

/// SQLite makes files beside the store, and with those of an earlier run in place it would find out only at the end.
fn probe_folder(path: &Path) -> Result<(), StoreError> {
    let probe = beside(path, &format!(".{}.probe", std::process::id()));
    File::create(&probe)
        .and_then(|_| fs::remove_file(&probe))
        .map_err(|error| StoreError::unreadable(path, error))
}

/// A file that may only be read is opened all the same, even by `BEGIN IMMEDIATE`, and fails at the first write: make
/// one, and take it back.
async fn probe_file(writer: &Pool) -> Result<(), sqlx::Error> {
    let mut probe = begin_write(writer).await?;
    sqlx::query("UPDATE sequences SET value = value").execute(&mut *probe).await?;
    probe.rollback().await
}

/// Fills a new file that nobody else may read. SQLite gives its side files the same mode.
async fn fill(draft: &Path, path: &Path) -> Result<(), StoreError> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(draft)
        .map_err(|error| StoreError::unreadable(path, error))?;
    let marked = writing(draft, FEW_PAGES_MIB).pragma("application_id", APPLICATION_ID.to_string());
    let mut connection = marked.connect().await.map_err(|error| refusal(path, error))?;
    MIGRATIONS.run(&mut connection).await.map_err(|error| migration_refusal(path, error))?;
    let event = AuditEvent::new("postern", AuditAction::StoreCreated, "store");
    let first = audit::append(&mut connection, &event, Clock::system().now()).await;
    first.map_err(|error| refusal(path, error))?;
    // The last connection to close moves the whole log into the file.
    connection.close().await.map_err(|error| refusal(path, error))
}

fn publish(draft: &Path, path: &Path) -> Result<(), StoreError> {
    let linked = fs::hard_link(draft, path).and_then(|()| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    });
    linked.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => StoreError::Exists(path.into()),
        _ => StoreError::unreadable(path, error),
    })
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// An error before the store is open: if it is no damage, then the file or its folder is to blame.
fn refusal(path: &Path, error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(database) => match primary_code(database.as_ref()) {
            // SQLITE_PERM, READONLY, IOERR, FULL, CANTOPEN
            Some(3 | 8 | 10 | 13 | 14) => StoreError::unreadable(path, database),
            // SQLITE_BUSY and LOCKED: another process writes.
            Some(5 | 6) => StoreError::Unavailable(error),
            _ => StoreError::damaged(path, database),
        },
        _ => StoreError::of(path, error),
    }
}

fn migration_refusal(path: &Path, error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => refusal(path, error),
        other => StoreError::damaged(path, other),
    }
}

/// The low byte of an extended result code.
fn primary_code(error: &dyn sqlx::error::DatabaseError) -> Option<u32> {
    error.code()?.parse::<u32>().ok().map(|code| code & 0xff)
}
