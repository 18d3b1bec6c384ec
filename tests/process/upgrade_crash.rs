//! T199: the process is killed at moments all through bringing an older store up to date. The next start goes on from there, and
//! the store is what an undisturbed one is.

use std::path::Path;

use nix::sys::signal::Signal;
use postern::clock;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, SqlStr};

use crate::support::process::{Installation, send_signal};

/// How often the process is killed.
const KILLS: u32 = 12;
/// What the first Postern made.
const FIRST: [(i64, &str, &str); 3] = [
    (1, "first", include_str!("../../src/store/migrations/sqlite/0001_first.sql")),
    (2, "joins", include_str!("../../src/store/migrations/sqlite/0002_joins.sql")),
    (3, "enrolments", include_str!("../../src/store/migrations/sqlite/0003_enrolments.sql")),
];
/// Enough people for the steps that rewrite them to last.
const PEOPLE: &str = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 5000) \
     INSERT INTO accounts SELECT randomblob(16), 'person' || n || '@acme.test', 'person' || n, 'A person', n % 2, 1, 1 FROM n";

#[tokio::test]
async fn t199_a_kill_while_a_store_is_brought_up_to_date_is_made_good_by_the_next_start() {
    let installation = Installation::before("127.0.0.1:9".parse().unwrap(), "");
    assert_eq!(installation.command(&["init"]).await.code, Some(0));
    let (old, store) = (installation.path("old.db"), installation.path("postern.db"));
    let expected = schema(&store).await;
    older(&old).await;

    place(&old, &store);
    let since = clock::stopwatch();
    assert_eq!(installation.command(&["audit", "verify"]).await.code, Some(0));
    let undisturbed = clock::stopwatch() - since;
    assert_eq!(schema(&store).await, expected, "an older store becomes as a new one");

    for number in 1..=KILLS {
        place(&old, &store);
        let process = installation.spawn(&["audit", "verify"]);
        tokio::time::sleep(undisturbed * number / KILLS).await;
        send_signal(process.id(), Signal::SIGKILL);
        process.finish().await;
        let again = installation.command(&["audit", "verify"]).await;
        assert_eq!(again.code, Some(0), "killed at {number} of {KILLS}: {again:?}");
        assert_eq!(schema(&store).await, expected, "killed at {number} of {KILLS}");
        assert_eq!(people(&store).await, 5000, "killed at {number} of {KILLS}");
    }
}

/// Puts the older store where the store is, with nothing of what was there.
fn place(old: &Path, store: &Path) {
    for left in ["postern.db-wal", "postern.db-shm"] {
        let _ = std::fs::remove_file(store.with_file_name(left));
    }
    std::fs::copy(old, store).expect("a copy");
}

async fn open(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.expect("the database opens")
}

async fn older(path: &Path) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut old = options.pragma("application_id", 0x5073_746E.to_string()).connect().await.unwrap();
    let steps = FIRST.map(|(number, what, text)| {
        Migration::new(number, what.into(), MigrationType::Simple, SqlStr::from_static(text), false)
    });
    Migrator::with_migrations(steps.into()).run(&mut old).await.unwrap();
    sqlx::query(PEOPLE).execute(&mut old).await.unwrap();
    old.close().await.unwrap();
}

/// Everything in the database that has a form, and which steps were taken.
async fn schema(path: &Path) -> Vec<(String, String)> {
    let forms = "SELECT name, coalesce(sql, '') FROM sqlite_master UNION ALL \
                 SELECT 'step ' || version, CAST(success AS TEXT) FROM _sqlx_migrations ORDER BY 1, 2";
    sqlx::query_as(forms).fetch_all(&mut open(path).await).await.expect("the schema")
}

async fn people(path: &Path) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM accounts")
        .fetch_one(&mut open(path).await)
        .await
        .expect("a number")
}
