//! The promises of the store: the story of one verification, then what must hold when things run at once or break.

/// Tells each of these promises over a file of SQLite and over a database of PostgreSQL.
macro_rules! over_both {
    ($($promise:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                let (_folder, store) = super::fresh().await;
                super::$promise(store).await;
            })+
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                if let Some(place) = super::empty_database().await {
                    super::$promise(super::fresh_in(&place).await).await;
                }
            })+
        }
    };
}

mod accounts;
pub(crate) use over_both;

mod authenticators;
mod decisions;
mod domains;
mod events;
mod file;
mod gateways;
mod groups;
mod imports;
mod kept;
mod parallel;
mod policies;
mod refused;
mod scale;
mod schema;
mod scim;
#[path = "../../../tests/support/postgres.rs"]
mod server;
mod sessions;
mod silence;
mod story;

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::config;
use crate::config::database::Postgres;
use crate::domain::account::{DeviceId, Family, Subject};
use crate::domain::email::EmailAddress;
use crate::domain::language::Language;
use crate::domain::look::Look;
use crate::domain::organization::{Organization, OrganizationId};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);
const JANE: Subject = Subject([1; 16]);
const BROWSER: DeviceId = DeviceId([2; 16]);
const FAMILY: Family = Family([3; 16]);

/// A new store in a folder that lives as long as the first value.
pub(crate) async fn fresh() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("postern.db");
    Store::create(&path).await.unwrap();
    (folder, Store::open(&path).await.unwrap())
}

/// An empty database of a PostgreSQL of the tests' own. Where there is none, that is said.
pub(crate) async fn empty_database() -> Option<Postgres> {
    match server::shared() {
        Ok(server) => Some(place(&server.url(server::OWNER, &server.fresh_database().await))),
        Err(advice) => {
            let excused = std::env::var("POSTERN_TEST_WITHOUT").unwrap_or_default();
            let is_excused = excused.split_whitespace().any(|name| name == "postgresql");
            assert!(std::env::var_os("CI").is_none() || is_excused, "this test needs postgresql: {advice}");
            println!("skipped: this test needs postgresql: {advice}");
            None
        }
    }
}

/// A database by its URL.
fn place(url: &str) -> Postgres {
    let minimal = include_str!("../../../config/examples/minimal.toml");
    let text = minimal.replace("sqlite:///var/lib/postern/postern.db", url);
    let settings =
        config::parse("test", &format!("{text}\n[keys]\nfile = \"keys\"\n"), Path::new(""), &|_| None);
    match settings.unwrap().database {
        Database::Postgres(server) => server,
        Database::Sqlite(path) => panic!("{path:?}"),
    }
}

/// A new store in an empty database.
pub(crate) async fn fresh_in(place: &Postgres) -> Store {
    let place = Database::Postgres(place.clone());
    Store::create(&place).await.unwrap();
    Store::open(&place).await.unwrap()
}

/// So many seconds after the start of the test's world.
fn at(second: u64) -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap() + Duration::from_secs(second)
}

fn only() -> OrganizationId {
    OrganizationId::only()
}

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn challenged() -> AuditEvent {
    AuditEvent::new("jane@ext.test", AuditAction::ExternalUserChallenged, "jane@ext.test")
}

fn new_challenge(id: u128, now: Timestamp) -> NewChallenge {
    NewChallenge {
        id: Uuid::from_u128(id),
        subject: JANE,
        device: BROWSER,
        site: "jira.acme.test".to_owned(),
        email: email("jane@ext.test"),
        key_id: 3,
        created_at: now,
        expires_at: now + MINUTE * 10,
    }
}

fn new_mail(id: u128, challenge: u128, now: Timestamp) -> NewMail {
    NewMail {
        id: Uuid::from_u128(id),
        letter: Letter::Code {
            challenge: Uuid::from_u128(challenge),
            key_id: 3,
            site: "jira.acme.test".to_owned(),
            language: Language::Hebrew,
        },
        to: email("jane@ext.test"),
        organization: Organization { id: only(), name: "Acme".into(), contact: None, look: Look::default() },
        created_at: now,
        due_at: now,
        expires_at: now + MINUTE * 10,
    }
}

async fn open_challenge(store: &Store, id: u128, now: Timestamp) {
    let mut change = store.write().await.unwrap();
    change.open_challenge(&new_challenge(id, now)).await.unwrap();
    change.commit(challenged(), now).await.unwrap();
}

/// How many rows a table has, seen by a reader.
async fn rows(store: &Store, table: &'static str) -> i64 {
    let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
    sqlx::query_scalar(count).fetch_one(store.readers()).await.unwrap()
}
