//! A small Jira and Confluence look-alike and a mailbox, for `postern demo` and the tests.
//!
//! It imports no other room, so that what it proves about the gateway it proves from outside. It must never
//! pretend to be the real product: every page says what it is. Start at `product.rs`; `seraph.rs` decides who
//! a request belongs to, `mailbox.rs` shows the mail that the gateway wrote.

#![expect(
    clippy::disallowed_methods,
    reason = "it stands for another machine, which has its own clock and randomness"
)]

mod article;
mod attachment;
mod bundle;
mod comment;
mod credential;
mod crowd;
mod fault;
mod identity;
mod issue;
mod login;
pub mod mailbox;
mod page;
pub mod people;
pub mod product;
mod range;
mod received;
mod seraph;
mod session;
mod synchrony;

use std::{
    future::Future,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::serve::ListenerExt;
use tokio::net::TcpListener;

pub use crowd::{CROWD_APPLICATION, Crowd};
pub use fault::Fault;
pub use people::{Person, demo_people};
pub use product::{Product, ProductKind};
pub use received::Received;

/// How long open requests may take to finish once the server is told to stop. A hanging [`Fault`] and an open
/// WebSocket never finish by themselves.
const GRACE: Duration = Duration::from_secs(1);

/// Serves `router` on `listener` until `shutdown` is done, then gives open requests one second.
///
/// # Errors
/// Only what the listener itself reports; a failed connection ends alone.
pub async fn serve(
    listener: TcpListener,
    router: axum::Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    let listener = listener.tap_io(|connection| {
        // Nagle's delay would be measured as the gateway's latency.
        let _ = connection.set_nodelay(true);
    });
    let served = axum::serve(listener, router).with_graceful_shutdown(async move {
        shutdown.await;
        drop(stopping);
    });
    tokio::select! {
        result = served.into_future() => result,
        () = async { let _ = stopped.await; tokio::time::sleep(GRACE).await } => Ok(()),
    }
}

/// Locks, also after a panic elsewhere: each lock here guards one complete value at a time.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
