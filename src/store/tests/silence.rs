//! A PostgreSQL that vanishes, with a word or without one: what waits for it is told so, and nothing is restarted.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::PgConnection;

use super::*;

/// Every process of the server that answers a database: stopped, as if its machine had lost its power, until this is dropped.
struct Silent(Vec<i32>);

impl Silent {
    async fn all_of(database: &str, beside: &mut PgConnection) -> Self {
        let processes = sqlx::query_scalar("SELECT pid FROM pg_stat_activity WHERE datname = $1");
        let silent = Self(processes.bind(database).fetch_all(beside).await.unwrap());
        silent.send(Signal::SIGSTOP);
        silent
    }

    fn send(&self, signal: Signal) {
        for process in &self.0 {
            let _ = kill(Pid::from_raw(*process), signal);
        }
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        self.send(Signal::SIGCONT);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_falls_silent_is_given_up_and_connected_to_anew() {
    let Some(place) = empty_database().await else { return };
    let (store, mut beside) =
        (fresh_in(&place).await, server::shared().unwrap().connect("postgres", "postgres").await);
    open_challenge(&store, 1, at(0)).await;
    let mut change = store.write().await.unwrap();
    let reader = store.clone();
    let asking = tokio::spawn(async move {
        let slow = sqlx::query("SELECT pg_sleep(60)").execute(reader.readers()).await;
        slow.map_err(reader.fault())
    });
    let asked = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND state = 'active' AND datname = $1";
    while sqlx::query_scalar::<_, i64>(asked).bind(&place.name).fetch_one(&mut beside).await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    let silent = Silent::all_of(&place.name, &mut beside).await;
    let (asked, tried) = tokio::join!(asking, change.count_try(Uuid::from_u128(1), 5, at(1)));
    for error in [asked.unwrap().unwrap_err(), tried.unwrap_err()] {
        assert!(error.to_string().contains("no answer came in time"), "{error}");
    }
    drop(change);
    store.ping().await.expect("by another connection");
    let error = store.write().await.unwrap_err().to_string();
    assert!(
        error.contains("lock timeout"),
        "another connection waits for what the silent one holds: {error}"
    );
    drop(silent);
    open_challenge(&store, 2, at(900)).await;
    assert_eq!(
        store.challenge(Uuid::from_u128(1)).await.unwrap().unwrap().tries,
        0,
        "the try was taken back"
    );
}

#[tokio::test]
async fn a_server_that_is_killed_is_found_again_when_it_is_back() {
    let Ok(mut server) = server::PostgresServer::start() else { return drop(empty_database().await) };
    let store = fresh_in(&place(&server.url(server::OWNER, &server.fresh_database().await))).await;
    open_challenge(&store, 1, at(0)).await;
    let interrupted = store.write().await.unwrap();
    server.kill();
    for refused in [
        interrupted.commit(challenged(), at(1)).await.unwrap_err(),
        store.write().await.map(drop).unwrap_err(),
        store.ping().await.unwrap_err(),
    ] {
        assert!(matches!(refused, StoreError::Unavailable(_)), "{refused}");
    }
    server.run();
    store.ping().await.unwrap();
    let mut change = store.write().await.unwrap();
    assert!(change.live_challenge(JANE, BROWSER, at(1)).await.unwrap().is_some(), "nothing is lost");
    assert_eq!(change.count_try(Uuid::from_u128(1), 5, at(1)).await.unwrap(), Some(1));
}
