//! A PostgreSQL that is not as it must be: refused in one sentence that says what to do, left as it is, and without a password.

use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Executor as _};

use super::*;
use crate::config::database::PostgresHost;

const PASSWORD: &str = "not-hunter2";

/// Why it is not opened.
async fn refusal(place: &Postgres) -> String {
    let error = Store::open(&Database::Postgres(place.clone())).await.unwrap_err();
    let (sentence, details) = (error.to_string(), format!("{error:?}"));
    assert!(!sentence.contains(PASSWORD) && !details.contains(PASSWORD), "{details}");
    sentence
}

#[track_caller]
fn says(sentence: &str, pieces: &[&str]) {
    for piece in pieces {
        assert!(sentence.contains(piece), "{piece:?} is not in {sentence:?}");
    }
}

/// Runs statements behind the store's back, as the owner.
async fn tamper(place: &Postgres, statements: &str) {
    let mut connection = server::shared().unwrap().connect(server::OWNER, &place.name).await;
    connection.execute(AssertSqlSafe(statements.to_owned())).await.unwrap();
}

#[tokio::test]
async fn an_empty_database_is_filled_once_and_kept_from_then_on() {
    let Some(place) = empty_database().await else { return };
    says(&refusal(&place).await, &["does not exist", "`postern init` creates one", &place.name]);
    let database = Database::Postgres(place.clone());
    // Two operators at once.
    let (one, other) = tokio::join!(Store::create(&database), Store::create(&database));
    let exists = [&one, &other].into_iter().filter(|made| matches!(made, Err(StoreError::Exists(_)))).count();
    assert!(exists == 1 && (one.is_ok() || other.is_ok()), "{one:?} {other:?}");
    let store = Store::open(&database).await.unwrap();
    store.ping().await.unwrap();
    let first = store.audit_tail(9).await.unwrap();
    assert_eq!(first.iter().map(|row| row.action.as_str()).collect::<Vec<_>>(), ["store_created"]);
    assert!(matches!(Store::create(&database).await, Err(StoreError::Exists(_))));
    assert_eq!(store.verify_audit_chain().await.unwrap(), 1);
}

#[tokio::test]
async fn the_database_of_another_program_is_left_alone() {
    let Some(place) = empty_database().await else { return };
    tamper(&place, "CREATE TABLE customers (id BIGINT)").await;
    let made = Store::create(&Database::Postgres(place.clone())).await.unwrap_err().to_string();
    for sentence in [made, refusal(&place).await] {
        says(&sentence, &["holds tables of another program", "createdb --owner postern"]);
    }
    // One that keeps its migrations as we do.
    tamper(
        &place,
        "CREATE TABLE _sqlx_migrations (version BIGINT, checksum BYTEA); INSERT INTO _sqlx_migrations VALUES (1, '\\x00')",
    )
    .await;
    says(&refusal(&place).await, &["holds tables of another program"]);
}

#[tokio::test]
async fn a_newer_or_altered_schema_is_refused() {
    let Some(place) = empty_database().await else { return };
    fresh_in(&place).await.close().await;
    tamper(
        &place,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'from the future', true, '\\x00', 0)",
    )
    .await;
    let error = Store::open(&Database::Postgres(place.clone())).await.unwrap_err();
    assert!(matches!(error, StoreError::Newer { database_version: 9999, known: ..9999, .. }), "{error}");
    tamper(
        &place,
        "DELETE FROM _sqlx_migrations WHERE version = 9999; UPDATE _sqlx_migrations SET checksum = '\\x00'",
    )
    .await;
    says(&refusal(&place).await, &["another program"]);
}

/// What an older Postern wrote belongs to the only organization that there was.
#[tokio::test]
async fn an_older_schema_is_brought_up_to_date_with_all_it_holds() {
    let Some(place) = empty_database().await else { return };
    let mut old = server::shared().unwrap().connect(server::OWNER, &place.name).await;
    let first = migrations::POSTGRES.iter().filter(|migration| migration.version <= 3);
    Migrator::with_migrations(first.cloned().collect()).run(&mut old).await.unwrap();
    for statement in [
        "INSERT INTO domains VALUES ('acme.test', 1)",
        "INSERT INTO accounts VALUES (decode(repeat('00', 16), 'hex'), 'jane@acme.test', 'jane', 'Jane', 1, 1, 1)",
        "INSERT INTO user_keys VALUES ('jira.test', 'JIRAUSER1', 'jane@acme.test')",
    ] {
        old.execute(statement).await.unwrap();
    }
    let store = Store::open(&Database::Postgres(place)).await.unwrap();
    let (mut accounts, mut keys) = (Vec::new(), Vec::new());
    store.each_account(|row| accounts.push((row.organization, row.email.to_string()))).await.unwrap();
    store.each_user_key(|key, email| keys.push((key.key, email.to_string()))).await.unwrap();
    assert_eq!(accounts, [(only(), "jane@acme.test".to_owned())]);
    assert_eq!(keys, [("JIRAUSER1".to_owned(), "jane@acme.test".to_owned())]);
}

#[tokio::test]
async fn a_server_that_does_not_let_us_in_is_named_with_what_to_do() {
    let Some(place) = empty_database().await else { return };
    fresh_in(&place).await.close().await;
    let nowhere = PostgresHost::Socket("/nowhere".into());
    says(
        &refusal(&Postgres { host: nowhere, ..place.clone() }).await,
        &["no server answers there", "start it"],
    );
    let missing = Postgres { name: "missing".to_owned(), ..place.clone() };
    says(&refusal(&missing).await, &["has no such database", "createdb --owner postern missing"]);
    let nobody = Postgres { user: "nobody_here".to_owned(), ..place.clone() };
    says(&refusal(&nobody).await, &["does not let nobody_here in", "pg_hba.conf"]);
    let wrong = Postgres {
        user: server::LOCKED.to_owned(),
        password: Some(PASSWORD.to_owned().into()),
        ..place.clone()
    };
    says(&refusal(&wrong).await, &["refuses the password of locked", "POSTERN_STORE_PASSWORD"]);
    let right = Postgres { password: Some("hunter2".to_owned().into()), ..wrong };
    says(&refusal(&right).await, &["locked has too few rights", "ALTER DATABASE"]);
    tamper(&place, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO locked").await;
    says(&refusal(&right).await, &["locked has too few rights: it may not write"]);
    tamper(&place, "GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO locked").await;
    let store = Store::open(&Database::Postgres(right)).await.unwrap();
    open_challenge(&store, 1, at(0)).await;
}

#[tokio::test]
async fn texts_that_are_not_kept_in_utf_8_are_refused() {
    let Some(mut place) = empty_database().await else { return };
    let mut connection = server::shared().unwrap().connect("postgres", "postgres").await;
    place.name += "_latin";
    let create = format!("CREATE DATABASE {} OWNER postern ENCODING LATIN1 TEMPLATE template0", place.name);
    connection.execute(AssertSqlSafe(create)).await.unwrap();
    says(&refusal(&place).await, &["keeps texts in LATIN1", "createdb --encoding UTF8"]);
}

/// Whoever holds the turn and says nothing more would stop every gateway.
#[tokio::test]
async fn who_waits_too_long_for_a_turn_is_told_so_and_the_next_one_goes_on() {
    let Some(place) = empty_database().await else { return };
    let (one, other) = (fresh_in(&place).await, opened(&place).await);
    let held = one.write().await.unwrap();
    let refused = other.write().await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    drop(held);
    open_challenge(&other, 1, at(0)).await;
}

async fn opened(place: &Postgres) -> Store {
    Store::open(&Database::Postgres(place.clone())).await.unwrap()
}
