//! All that is special to SQLite: the file, its pragmas, its connections, its checks.
//!
//! Durability rests on three settings here: WAL, `synchronous=FULL`, and a single writer that begins with
//! `BEGIN IMMEDIATE`, so that a change never finds out at its end that it has to be repeated.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::MigrateError;
use sqlx::sqlite::SqliteError;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _};

use super::audit::AuditAction;
use super::audit_event::AuditEvent;
use super::audit_log;
use super::database::{Connection, Connections, Pool, Transaction};
use super::error::StoreError;
use super::migrations::SQLITE as MIGRATIONS;
use super::read_ahead;
use super::timely::Timely;
use crate::clock::Clock;

/// Marks a file as ours ("Pstn"), so that another program's database is never migrated.
const APPLICATION_ID: i64 = 0x5073_746E;
/// How long a connection waits for another process's write, such as an import beside a running gateway.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How far apart a waiting process looks whether it may write, and somewhat more.
pub(super) const LONGEST_LOOK: Duration = Duration::from_millis(120);
const READERS: u32 = 4;
/// What the writer may keep of the file in memory. An import of rows in no order touches each page of each index again and
/// again, and what is not kept is written and read back each time. A gateway writes few rows, next to each other: more would
/// only be memory that grows with the file.
const FEW_PAGES_MIB: u32 = 2;
const MANY_PAGES_MIB: u32 = 2048;

// What a claim amounts to and the status are numbers: see `directory.rs`.
pub(super) const ACCOUNT_PAGE: &str = "SELECT json_group_array(json_array(organization, claimed, email, username, standing, \
     ends_at, policy)) AS rows, max(id) AS last FROM (SELECT id, organization, claimed + claimed * email_verified AS claimed, \
     email, username, CASE status WHEN 'active' THEN CASE WHEN suspended_at IS NULL THEN 0 ELSE 1 END WHEN 'closed' THEN 3 \
     ELSE 2 END AS standing, ends_at, CASE WHEN policy IS NOT NULL THEN hex(policy) END AS policy FROM accounts WHERE id > $1 ORDER BY id LIMIT $2)";
pub(super) const USER_KEY_PAGE: &str = "SELECT json_group_array(json_array(site, user_key, email) ORDER BY site, user_key) \
     AS rows FROM \
     (SELECT site, user_key, email FROM user_keys WHERE (site, user_key) > ($1, $2) ORDER BY site, user_key LIMIT $3)";

/// Makes the store under another name and links it to its own when it is whole: a crash leaves no half of one, and a
/// link, unlike a rename, never replaces a file.
pub(super) async fn create(path: &Path) -> Result<(), StoreError> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(StoreError::Exists(name(path)));
    }
    let draft = beside(path, &format!(".{}.new", std::process::id()));
    let made = fill(&draft, path).await.and_then(|()| publish(&draft, path));
    for leftover in [beside(&draft, "-wal"), beside(&draft, "-shm"), draft] {
        let _ = fs::remove_file(leftover);
    }
    made
}

/// The checks come first, on a connection that cannot write; only then the file is opened for writing.
pub(super) async fn open(path: &Path, for_import: bool) -> Result<Connections, StoreError> {
    match File::open(path).and_then(|file| file.metadata()) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(StoreError::Missing(name(path))),
        Err(error) => return Err(unreadable(path, error)),
        Ok(metadata) if !metadata.is_file() => return Err(unreadable(path, "it is not a file")),
        Ok(_) => {}
    }
    let mut inspector = connect(path, Mode::Reading, FOR_ALL).await.map_err(|error| refusal(path, error))?;
    let sound = inspect(path, &mut inspector).await;
    inspector.close().await.map_err(|error| refusal(path, error))?;
    sound?;

    probe_folder(path)?;
    let pragmas = writing(if for_import { MANY_PAGES_MIB } else { FEW_PAGES_MIB });
    // A pool would try again what a connection says at once.
    let mut first = connect(path, Mode::Writing, &pragmas).await.map_err(|error| refusal(path, error))?;
    probe_file(&mut first).await.map_err(|error| refusal(path, error))?;
    MIGRATIONS.run(&mut first).await.map_err(|error| migration_refusal(path, error))?;
    let writer = pool(path, 1, Mode::Writing, pragmas).await.map_err(|error| refusal(path, error))?;
    let readers = pool(path, READERS, Mode::Reading, FOR_ALL.to_owned()).await;
    first.close().await.map_err(|error| refusal(path, error))?;
    Ok(Connections::of_file(writer, readers.map_err(|error| refusal(path, error))?))
}

/// See [`Store::read_ahead`](super::Store::read_ahead). What is wrong with the file is told by who opens it.
pub(super) async fn read_ahead(path: &Path) {
    let Ok(file) = File::open(path) else { return };
    let _ = tokio::task::spawn_blocking(move || read_ahead::read_ahead(&file)).await;
}

/// Takes the write lock at once: a transaction that upgrades later may be refused halfway.
pub(super) async fn begin_write(writer: &Pool) -> Result<Transaction, sqlx::Error> {
    writer.begin_with("BEGIN IMMEDIATE").await
}

/// Whether the database says that its file is not what it wrote (SQLITE_CORRUPT, SQLITE_NOTADB).
pub(super) fn is_damage(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.try_downcast_ref::<SqliteError>().is_some() && matches!(primary_code(error), Some(11 | 26))
}

/// What a connection may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Reading,
    Writing,
}

const FOR_ALL: &str = "PRAGMA foreign_keys = ON;";

fn writing(cache_mib: u32) -> String {
    // The cache is in KiB where it is negative.
    let cache_kib = cache_mib * 1024;
    format!(
        "{FOR_ALL} PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -{cache_kib};"
    )
}

/// Statements are not logged: a log of them says who verifies when.
fn options(path: &Path, mode: Mode) -> Result<AnyConnectOptions, sqlx::Error> {
    // Every byte is escaped, so that the path stays the operator's own: a URL would shorten `a/../b`.
    let path = percent_encode(path.as_os_str().as_bytes(), NON_ALPHANUMERIC);
    let mode = if mode == Mode::Reading { "ro" } else { "rw" };
    let options: AnyConnectOptions = format!("sqlite:{path}?mode={mode}").parse()?;
    Ok(options.disable_statement_logging())
}

async fn connect(path: &Path, mode: Mode, pragmas: &str) -> Result<Connection, sqlx::Error> {
    let mut connection = options(path, mode)?.connect().await?;
    set(&mut connection, pragmas).await?;
    Ok(connection)
}

async fn set(connection: &mut Connection, pragmas: &str) -> Result<(), sqlx::Error> {
    let busy = format!("PRAGMA busy_timeout = {}; {pragmas}", BUSY_TIMEOUT.as_millis());
    sqlx::raw_sql(AssertSqlSafe(busy)).execute(connection).await.map(|_| ())
}

/// Connections live as long as the store: opening one costs more than any query.
async fn pool(path: &Path, connections: u32, mode: Mode, pragmas: String) -> Result<Pool, sqlx::Error> {
    let pragmas: std::sync::Arc<str> = pragmas.into();
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |connection, _| {
            let pragmas = std::sync::Arc::clone(&pragmas);
            Box::pin(async move { set(connection, &pragmas).await })
        })
        .connect_with(options(path, mode)?)
        .await
}

async fn inspect(path: &Path, connection: &mut Connection) -> Result<(), StoreError> {
    let refuse = |error| refusal(path, error);
    let application: i64 =
        sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *connection).await.map_err(refuse)?;
    if application != APPLICATION_ID {
        return Err(damaged(path, "its header does not have the mark of Postern"));
    }
    let version: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(&mut *connection)
        .await
        .map_err(refuse)?;
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    match version {
        Some(database_version) if database_version > known => {
            return Err(StoreError::Newer { store: name(path), database_version, known });
        }
        Some(_) => {}
        None => return Err(damaged(path, "it has no schema")),
    }
    let verdict: String =
        sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut *connection).await.map_err(refuse)?;
    if verdict == "ok" { Ok(()) } else { Err(damaged(path, verdict)) }
}

/// SQLite makes files beside the store, and with those of an earlier run in place it would find out only at the end.
fn probe_folder(path: &Path) -> Result<(), StoreError> {
    let probe = beside(path, &format!(".{}.probe", std::process::id()));
    File::create(&probe).and_then(|_| fs::remove_file(&probe)).map_err(|error| unreadable(path, error))
}

/// A file that may only be read is opened all the same, even by `BEGIN IMMEDIATE`, and fails at the first write: make
/// one, and take it back.
async fn probe_file(connection: &mut Connection) -> Result<(), sqlx::Error> {
    let mut probe = connection.begin_with("BEGIN IMMEDIATE").await?;
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
        .map_err(|error| unreadable(path, error))?;
    let marked = format!("{} PRAGMA application_id = {APPLICATION_ID};", writing(FEW_PAGES_MIB));
    let mut connection =
        connect(draft, Mode::Writing, &marked).await.map_err(|error| refusal(path, error))?;
    MIGRATIONS.run(&mut connection).await.map_err(|error| migration_refusal(path, error))?;
    let event = AuditEvent::new("postern", AuditAction::StoreCreated, "store");
    let first = audit_log::append(Timely::new(&mut connection, None), &event, Clock::system().now()).await;
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
        ErrorKind::AlreadyExists => StoreError::Exists(name(path)),
        _ => unreadable(path, error),
    })
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

fn damaged(path: &Path, detail: impl ToString) -> StoreError {
    StoreError::damaged(&name(path), detail)
}

fn unreadable(path: &Path, reason: impl ToString) -> StoreError {
    StoreError::unusable(
        &name(path),
        reason,
        "Postern must be able to read and write the file and its folder",
    )
}

/// An error before the store is open: if it is no damage, then the file or its folder is to blame.
fn refusal(path: &Path, error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(database) => match primary_code(database.as_ref()) {
            // SQLITE_PERM, READONLY, IOERR, FULL, CANTOPEN
            Some(3 | 8 | 10 | 13 | 14) => unreadable(path, database),
            // SQLITE_BUSY and LOCKED: another process writes.
            Some(5 | 6) => StoreError::Unavailable(error),
            _ => damaged(path, database),
        },
        _ => StoreError::of(&name(path), error),
    }
}

fn migration_refusal(path: &Path, error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => refusal(path, error),
        other => damaged(path, other),
    }
}

/// The low byte of an extended result code.
fn primary_code(error: &dyn sqlx::error::DatabaseError) -> Option<u32> {
    error.code()?.parse::<u32>().ok().map(|code| code & 0xff)
}
